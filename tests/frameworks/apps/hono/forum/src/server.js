import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { except } from 'hono/combine'
import { moderation } from './moderation.js'
import { threads } from './threads.js'

export const app = new Hono()

app.get('/about', (c) => c.text('a forum'))

const routes = app
  .route('/threads', threads)
  .route('/', moderation)
  // Stand behind `moderation`, whose middleware covers everything from here on.
  .get('/stats', (c) => c.json({}))
  .get('/threads/:thread/summary', (c) => c.json({}))

app.use('/admin/*', except(['/admin/login', '/admin/help/*'], basicAuth({ username: 'root', password: 'root' })))
app.get('/admin', (c) => c.text('admin'))
app.post('/admin/login', (c) => c.text('welcome'))
app.get('/admin/help/:topic', (c) => c.text(c.req.param('topic')))
app.on(['GET', 'PURGE'], ['/admin/cache', '/admin/cache/:key'], (c) => c.text('cache'))
app.all('/admin/echo', (c) => c.text(c.req.method))

// Registered after `route` has copied what was there: never served.
threads.get('/late', (c) => c.text('too late'))

export const types = routes

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
