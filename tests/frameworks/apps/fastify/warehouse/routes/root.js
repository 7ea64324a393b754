'use strict'

module.exports = async function root (fastify) {
  fastify.get('/', async () => ({ name: 'warehouse' }))
  fastify.get('/status', async () => ({ region: fastify.region.name }))
}
