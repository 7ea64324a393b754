'use strict'

module.exports = async function orders (fastify) {
  fastify.get('/', async () => [])
  fastify.get('/:id', async () => ({}))
}

module.exports.autoPrefix = '/purchases'
