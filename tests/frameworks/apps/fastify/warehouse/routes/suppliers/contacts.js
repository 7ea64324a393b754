'use strict'

const fp = require('fastify-plugin')

// Breaks the encapsulation, and with it loses the folder's prefix.
module.exports = fp(async function contacts (fastify) {
  fastify.get('/contacts', async () => [])
})
