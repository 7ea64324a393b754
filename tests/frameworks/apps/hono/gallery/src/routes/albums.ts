import { Hono } from 'hono'
import type { Env } from '../app.js'
import { requireUser } from '../middleware/auth.js'

const albums = new Hono<Env>()

albums.get('/', (c) => c.json([]))
albums.get('/popular', (c) => c.json([]))
albums.get('/:album', (c) => c.json({ album: c.req.param('album') }))
albums.use('/:album/*', requireUser)
albums.put('/:album/cover', (c) => c.json({}))
albums.delete('/:album', (c) => c.body(null, 204))

export default albums
