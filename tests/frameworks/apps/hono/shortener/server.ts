import { Hono } from 'hono'
import { stats } from './stats'

export const app = new Hono({ strict: true })

app.get('/links/:code{[a-z0-9]{6}}', (c) => c.text(c.req.param('code')))
app.get('/links/:code/:format?', (c) => c.text(c.req.param('format') ?? 'html'))
app.get('/search/:term?', (c) => c.text(c.req.param('term') ?? ''))
app.get('/archive/:year{[0-9]+}/:month{[0-9]+}?', (c) => c.json(c.req.param()))
app.get('/assets/*', (c) => c.text(c.req.path))
app.get('/covers/:file{.+\\.png}', (c) => c.text(c.req.param('file')))
app.get('/users/*/links', (c) => c.text('links of somebody'))
app.get('/v1/', (c) => c.text('with a slash'))
app.get('/:code.txt', (c) => c.text('a parameter with a dot in its name'))
app.mount('/stats', stats.fetch)
app.route('/legacy/', new Hono().get('/', (c) => c.text('old')).get('/list', (c) => c.text('old list')))

export default { port: Number(process.env.PORT ?? 3000), fetch: app.fetch }
