import 'reflect-metadata'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { container } from 'tsyringe'
import { BreadService, type Oven, OVEN } from './bread.js'
import { GasOven } from './oven.js'

container.register<Oven>(OVEN, { useClass: GasOven })
container.register('greeting', { useValue: { text: 'good morning' } })
container.registerSingleton(BreadService)

const app = new Hono()
app.get('/breads', (c) => c.json(container.resolve(BreadService).list()))
app.post('/breads', async (c) => c.json(await container.resolve<Oven>(OVEN).bake(await c.req.text()), 201))

serve({ fetch: app.fetch, port: 3000 })
