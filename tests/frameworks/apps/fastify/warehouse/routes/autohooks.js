'use strict'

module.exports = async function (fastify) {
  fastify.addHook('onRequest', async function checkRegion (request, reply) {
    if (!request.headers['x-region']) return reply.code(400).send({ message: 'which region?' })
  })
}
