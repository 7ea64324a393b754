export default async function documents (fastify) {
  const archivist = { preHandler: fastify.auth([fastify.verifyReader, fastify.verifyArchivist], { relation: 'and' }) }

  fastify.get('/documents', { preHandler: fastify.auth([fastify.verifyReader]) }, async () => [])
  fastify.get('/documents/:id', async (request) => request.params)
  fastify.post('/documents', archivist, async (request, reply) => reply.code(201).send(request.body))
  fastify.delete('/documents/:id', { ...archivist, schema: {} }, async () => ({}))
}
