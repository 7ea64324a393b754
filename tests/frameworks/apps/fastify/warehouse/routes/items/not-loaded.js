'use strict'

module.exports = async function (fastify) {
  fastify.get('/never', async () => 'an index file stands beside this one')
}
