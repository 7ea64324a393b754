'use strict'

module.exports = async function draft (fastify) {
  fastify.get('/draft', async () => 'ignored')
}
