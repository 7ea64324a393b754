'use strict'

async function depots (fastify) {
  fastify.get('/', async () => [])
}

module.exports = depots
