import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'

export const stats = new Hono()

stats.use(bearerAuth({ token: 'secret' }))
stats.get('/daily', (c) => c.json([]))
stats.get('/links/:code', (c) => c.json({}))
