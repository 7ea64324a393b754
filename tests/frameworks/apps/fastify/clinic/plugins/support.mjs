import fp from 'fastify-plugin'

export default fp(async function support (fastify, opts) {
  fastify.decorate('patients', new Map())
  fastify.addHook('onRequest', async function requireStaff (request, reply) {
    if (!request.headers['x-staff']) return reply.code(401).send({ message: 'staff only' })
  })
})
