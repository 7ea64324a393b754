import { Hono } from 'hono'

export const threads = new Hono()

threads
  .get((c) => c.json([]))
  .post(requireMember, (c) => c.json({}, 201))
  .get('/:thread', async function findThread (c, next) {
    if (c.req.param('thread') === 'drafts') return next()
    return c.json({ thread: c.req.param('thread') })
  })
  .get('/drafts', requireMember, (c) => c.json([]))
  .patch('/:thread', requireMember, (c) => c.json({}))
  .patch('/pinned', (c) => c.json({}))

threads.get('/:thread/posts', (c) => c.json([])).post(requireMember, requireVerified, (c) => c.json({}, 201))

async function requireMember (c, next) {
  if (!c.req.header('x-member')) return c.text('members only', 401)
  await next()
}

async function requireVerified (c, next) {
  if (c.req.header('x-verified') !== 'yes') return c.text('verify your address', 403)
  await next()
}
