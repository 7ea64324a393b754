import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { logger } from 'hono/logger'
import { requireUser } from './middleware/auth.js'
import { limit } from './middleware/limit.js'
import albums from './routes/albums.js'
import { pictureRoutes } from './routes/pictures.js'
import type { PictureService } from './services/pictures.js'

export interface Services {
  pictures: PictureService
}

export type Env = { Variables: { services: Services; user: string } }

export function createApp(services: Services) {
  const app = new Hono<Env>()

  app.use(logger())
  app.use('/api/*', cors())
  app.use('*', async (c, next) => {
    c.set('services', services)
    await next()
  })

  app.get('/health', (c) => c.json({ ok: true }))

  const api = app.basePath('/api')
  api.get('/', (c) => c.json({ name: 'gallery' }))
  api.use('/albums/*', limit({ perMinute: 60 }))
  api.route('/albums', albums)
  api.route('/', pictureRoutes)
  api.use('/me', requireUser)
  api.get('/me', (c) => c.json({ user: c.get('user') }))
  api.get('/me/pictures', requireUser, (c) => c.json(c.var.services.pictures.of(c.get('user'))))

  app.notFound((c) => c.json({ error: 'nothing here' }, 404))
  app.onError((error, c) => c.json({ error: error.message }, 500))
  return app
}
