'use strict'

module.exports = function (fastify, opts, next) {
  fastify.get('/', (request, reply) => reply.send([]))
  fastify.get('/:code', getParcel)
  fastify.post('/:code/events', { preValidation: [checkCode] }, recordEvent)
  next()

  function getParcel (request, reply) {
    reply.send(fastify.tracking.history(request.params.code))
  }

  function recordEvent (request, reply) {
    fastify.tracking.record(request.params.code)
    reply.code(202).send()
  }
}

function checkCode (request, reply, next) {
  next(/^\w+$/.test(request.params.code) ? undefined : new Error('no code'))
}
