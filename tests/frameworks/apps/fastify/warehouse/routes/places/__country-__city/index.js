'use strict'

module.exports = async function place (fastify) {
  fastify.get('/', async (request) => request.params)
}
