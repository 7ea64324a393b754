'use strict'

const fp = require('fastify-plugin')

async function region (fastify, options) {
  fastify.decorate('region', { name: 'north' })
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.hostname.startsWith('south.')) return reply.code(421).send({ message: 'ask the other region' })
  })
}

module.exports = fp(region, { name: 'region' })
