import { Hono } from 'hono'

export const moderation = new Hono()

moderation.use('*', async function requireModerator (c, next) {
  if (c.req.header('x-role') !== 'moderator') return c.text('moderators only', 403)
  return next()
})
moderation.use('/reports/:report', async function lockReport (c, next) {
  c.header('x-locked', c.req.param('report'))
  if (c.req.query('force')) return c.text('locked', 409)
  return next()
})
moderation.get('/reports', (c) => c.json([]))
moderation.get('/reports/:report', (c) => c.json({}))
moderation.delete('/reports/:report/posts/:post', (c) => c.body(null, 204))
