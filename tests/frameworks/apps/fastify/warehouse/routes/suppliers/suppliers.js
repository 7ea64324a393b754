'use strict'

module.exports = async function suppliers (fastify) {
  fastify.get('/', async () => [])
}

module.exports.prefixOverride = '/partners'
