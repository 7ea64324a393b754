'use strict'

module.exports = async function off (fastify) {
  fastify.get('/off', async () => 'never')
}

module.exports.autoload = false
