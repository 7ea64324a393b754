export const autoPrefix = '/rooms'

export default async (fastify) => {
  fastify.get('/', async () => [])
}
