'use strict'

module.exports = async function (fastify) {
  fastify.addHook('onRequest', function knownDepot (request, reply, next) {
    next()
  })
  fastify.addHook('preHandler', function openDepot (request, reply, next) {
    if (request.query.closed) return next(new Error('closed'))
    next()
  })
}
