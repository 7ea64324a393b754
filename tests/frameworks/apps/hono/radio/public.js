import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { channels } from './channels.js'
import { internal } from './internal.js'

export const app = new Hono({ strict: false })

app.use(secureHeaders())
app.route('/channels', channels)
app.get('/now', (c) => c.text('silence'))

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
serve({ fetch: internal.fetch, port: Number(process.env.INTERNAL_PORT ?? 0) })
