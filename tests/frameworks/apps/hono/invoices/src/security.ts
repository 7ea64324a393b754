import type { Context, Next } from 'hono'

export async function requireToken(c: Context, next: Next) {
  if (!c.req.header('authorization')) return c.json({ error: 'a token is missing' }, 401)
  await next()
}

export const requireAccountant = async (c: Context, next: Next) => {
  if (c.req.header('x-role') !== 'accountant') return c.json({ error: 'accountants only' }, 403)
  await next()
}
