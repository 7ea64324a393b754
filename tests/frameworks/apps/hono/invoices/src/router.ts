import { OpenAPIHono } from '@hono/zod-openapi'

export const createRouter = () =>
  new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : c.json({ error: 'invalid' }, 422)),
  })
