'use strict'

module.exports = async (fastify) => {
  fastify.get('/', async () => [])
  fastify.post('/', { onRequest: (request, reply) => fastify.authenticate(request, reply) }, async () => ({}))
  fastify.get('overdue', async () => [])
  fastify.get('/:loan/renewals', async () => [])
  fastify.all('/:loan/history', async () => [])
}
