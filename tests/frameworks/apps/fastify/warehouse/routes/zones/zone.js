'use strict'

module.exports = async function zone (fastify, opts) {
  fastify.get('/', async () => opts.zone)
}

module.exports.autoConfig = (fastify) => ({ zone: fastify.region.name })
