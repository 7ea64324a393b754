import { createRoute, z } from '@hono/zod-openapi'
import { createRouter } from '../router.js'
import { requireToken } from '../security.js'

const one = createRoute({
  method: 'get',
  path: '/{customer}/invoices/{invoice}',
  request: { params: z.object({ customer: z.string(), invoice: z.string() }) },
  responses: { 200: { description: 'an invoice of a customer' } },
})

export const customerApp = createRouter()

customerApp.use(requireToken)
customerApp.get('/', (c) => c.json([]))
customerApp.openapi(one, (c) => c.json(c.req.valid('param'), 200))
