'use strict'

module.exports = async function stock (fastify) {
  fastify.get('/', async (request) => fastify.catalog.stockOf(request.params.sku))
  fastify.post('/moves', async () => ({}))
}
