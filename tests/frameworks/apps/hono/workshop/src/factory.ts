import { createFactory } from 'hono/factory'
import { timing } from 'hono/timing'

export type Env = { Variables: { locale: string } }

export const factory = createFactory<Env>({
  initApp: (app) => {
    app.use(timing())
    app.use(async (c, next) => {
      c.set('locale', c.req.header('accept-language') ?? 'en')
      await next()
    })
  },
})

export const requireStaff = factory.createMiddleware(async function requireStaff(c, next) {
  if (!c.req.header('x-staff')) return c.json({ error: 'staff only' }, 403)
  await next()
})
