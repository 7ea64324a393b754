export default async (fastify) => {
  fastify.get('/', async () => [])
  fastify.delete('/:visit', async () => ({}))
}
