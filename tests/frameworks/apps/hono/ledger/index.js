import { Hono } from 'hono'

const app = new Hono()

app.use('*', async function trace (c, next) {
  if (c.req.header('x-trace') === 'no') return c.text('no trace', 400)
  await next()
})
app.get('/accounts', (c) => c.json([]))
// Before version 4, `use` without a path keeps the path used last.
app.use(async function requireAuditor (c, next) {
  if (!c.req.header('x-auditor')) return c.text('auditors only', 403)
  await next()
})
app.post((c) => c.json({}, 201))
app.get('/entries/:entry{[0-9]+}', (c) => c.json({}))
app.get('/entries/recent', (c) => c.json([]))

const exports_ = new Hono().basePath('/exports')
exports_.get('/:format?', (c) => c.text(c.req.param('format') ?? 'csv'))
app.route('/v1', exports_)

export { app }
export default app
