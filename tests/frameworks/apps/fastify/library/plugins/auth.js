'use strict'

const fp = require('fastify-plugin')

module.exports = fp(async function auth (fastify, { realm }) {
  fastify.decorateRequest('user', null)

  fastify.decorate('authenticate', async function (request, reply) {
    const [scheme, name] = (request.headers.authorization ?? '').split(' ')
    if (scheme !== 'Bearer') {
      return reply.code(401).header('www-authenticate', realm).send({ message: 'sign in' })
    }
    request.user = { name }
  })

  fastify.decorate('allow', function (role) {
    return async function allowRole (request, reply) {
      if (request.user?.role !== role) return reply.code(403).send({ message: 'forbidden' })
    }
  })

  // A prefix has no meaning for a plugin that breaks the encapsulation.
  fastify.register(fp(async function whoami (instance) {
    instance.get('/whoami', { onRequest: instance.authenticate }, async (request) => request.user)
  }), { prefix: '/ignored' })
}, { name: 'auth', dependencies: ['store'] })
