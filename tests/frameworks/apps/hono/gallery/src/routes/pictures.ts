import { Hono } from 'hono'
import type { Env } from '../app.js'

export const pictureRoutes = new Hono<Env>()
  .get('/pictures', (c) => c.json(c.get('services').pictures.all()))
  .get('/pictures/:id{[0-9]+}', (c) => {
    const { pictures } = c.var.services
    const picture = pictures.find(Number(c.req.param('id')))
    return picture ? c.json(picture) : c.notFound()
  })
  .get('/pictures/latest', (c) => c.json(c.get('services').pictures.all().slice(-1)))
  .post('/pictures', async (c) => c.json(await c.req.json(), 201))
