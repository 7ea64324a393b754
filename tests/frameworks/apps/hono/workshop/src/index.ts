import { serve } from '@hono/node-server'
import { BookingController } from './controllers/bookings.js'
import { toolHandlers } from './controllers/tools.js'
import { factory } from './factory.js'
import { features } from './plugins/features.js'
import { BookingService } from './service.js'

export const app = factory.createApp()

const bookings = new BookingController(new BookingService())
app.get('/bookings', bookings.list)
app.get('/bookings/:id', (c) => bookings.read(c))
app.post('/bookings', ...bookings.create)
app.get('/tools', ...toolHandlers.list)
app.get('/tools/:tool', ...toolHandlers.read)

for (const feature of features) {
  app.route(feature.path, feature.app)
}

const redirects = { '/home': '/bookings', '/shop': '/tools' } as const
Object.entries(redirects).forEach(([from, to]) => app.get(from, (c) => c.redirect(to)))

if (process.env.DEBUG) {
  app.get('/debug', (c) => c.json({ debug: true }))
}
app.get(`/${process.env.SECRET_PATH}/metrics`, (c) => c.text(''))

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
