import { createRoute, z } from '@hono/zod-openapi'
import { requireAccountant, requireToken } from '../security.js'

const Invoice = z.object({ id: z.string(), total: z.number() })
const params = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const json = (schema: z.ZodType, description: string) => ({ description, content: { 'application/json': { schema } } })

const base = '/invoices'

export const list = createRoute({
  method: 'get',
  path: base,
  responses: { 200: json(z.array(Invoice), 'all invoices') },
})

export const read = createRoute({
  method: 'get',
  path: `${base}/{id}`,
  middleware: requireToken,
  request: { params },
  responses: { 200: json(Invoice, 'one invoice') },
})

export const create = createRoute({
  method: 'post',
  path: base,
  middleware: [requireToken, requireAccountant] as const,
  request: { body: { required: true, ...json(Invoice.omit({ id: true }), 'a new invoice') } },
  responses: { 201: json(Invoice, 'the invoice') },
})

export const remove = createRoute({
  method: 'delete',
  path: `${base}/{id}`,
  middleware: [requireToken] as const,
  request: { params },
  responses: { 204: { description: 'gone' } },
})
