import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import type { Env } from '../app.js'

export const requireUser = createMiddleware<Env>(async function requireUser(c, next) {
  const user = c.req.header('x-user')
  if (user === undefined) throw new HTTPException(401, { message: 'sign in' })
  c.set('user', user)
  await next()
})
