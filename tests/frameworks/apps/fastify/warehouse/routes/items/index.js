'use strict'

module.exports = async function items (fastify, opts) {
  fastify.get('/', async () => ({ region: opts.region }))
  fastify.get('/search', async () => [])
}
