'use strict'

module.exports = async function detail (fastify) {
  fastify.get('/', async (request) => fastify.catalog.find(request.params.sku))
  fastify.put('/', { preHandler: requireClerk }, async (request) => request.body)
}

async function requireClerk (request) {
  if (request.headers['x-role'] !== 'clerk') throw new Error('only clerks may do that')
}
