import { Hono } from 'hono'

interface Feature {
  path: string
  app: Hono
}

const benches = new Hono()
benches.get('/', (c) => c.json([]))
benches.get('/:bench', (c) => c.json({}))

export const features: Feature[] = [
  { path: '/benches', app: benches },
  { path: '/rooms', app: new Hono().get('/', (c) => c.json([])) },
]
