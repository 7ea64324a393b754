import type { MiddlewareHandler } from 'hono'

export const limit = ({ perMinute }: { perMinute: number }): MiddlewareHandler => {
  const seen = new Map<string, number>()
  return async function limitRequests(c, next) {
    const key = c.req.header('x-user') ?? 'anyone'
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    if (count > perMinute) return c.json({ error: 'slow down' }, 429)
    await next()
  }
}
