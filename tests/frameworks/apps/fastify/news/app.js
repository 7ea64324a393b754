'use strict'

const fastify = require('fastify')()

// Fastify prefers fixed text to parameters, and parameters to wildcards, whatever comes first.
fastify.get('/stories/*', async () => ({ found: 'anything' }))
fastify.get('/stories/:slug', async (request) => ({ found: request.params.slug }))
fastify.get('/stories/latest', async () => ({ found: 'the latest' }))
fastify.register(async (desk) => {
  desk.get('/:desk/today', async (request) => ({ found: request.params.desk }))
  desk.get('/sports/today', async () => ({ found: 'sports of today' }))
}, { prefix: '/desks' })

if (require.main === module) fastify.listen({ port: Number(process.env.PORT || 3000) })

module.exports = fastify
