import { serve } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import { customerApp } from './customers/app.js'
import { createRouter } from './router.js'
import * as invoices from './routes/invoices.js'

export const app = new OpenAPIHono().basePath('/api')

app.openapi(invoices.list, (c) => c.json([], 200))
app.openapi(invoices.read, async (c) => {
  const { id } = c.req.valid('param')
  return c.json({ id, total: 0 }, 200)
})
app.openapi(invoices.create, async function createInvoice(c) {
  return c.json({ id: '1', ...c.req.valid('json') }, 201)
})
app.openapi(invoices.remove, (c) => c.body(null, 204))

const reports = createRouter()
reports.get('/monthly/:year{\\d{4}}', (c) => c.json({ year: c.req.param('year') }))

app.route('/customers', customerApp)
app.route('/reports', reports)
app.doc('/openapi.json', { openapi: '3.0.0', info: { title: 'Invoices', version: '1' } })

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
