import { Hono } from 'hono'

export const channels = new Hono()
  .get('/', (c) => c.json([]))
  .get('/:channel', (c) => c.json({}))
  .get('/:channel/shows/:show', (c) => c.json({}))

// Nothing mounts this one.
export const podcasts = new Hono().get('/podcasts', (c) => c.json([]))
