'use strict'

const fastify = require('fastify')({ logger: false })

fastify.register(require('./plugins/store'))
fastify.register(require('./plugins/auth'), { realm: 'library' })

fastify.get('/health', { logLevel: 'warn' }, async () => ({ status: 'ok' }))

fastify.register(async function api (instance) {
  instance.addHook('preHandler', countRequests)

  instance.register(require('./routes/books'), { prefix: '/books' })
  instance.register(require('./routes/members'), { prefix: 'members' })
  instance.register(require('./routes/loans'), { prefix: '/loans/' })
  instance.register(require('./routes/admin'), { prefix: '/admin', logLevel: 'warn' })

  // Stands behind the plugins above, and still guards them: hooks are added to the instances below too.
  instance.addHook('onRequest', requireTenant)
}, { prefix: '/api' })

async function countRequests (request) {
  request.server.store.hits += 1
  if (request.server.store.hits > 1e6) throw new Error('too many requests')
}

async function requireTenant (request, reply) {
  if (!request.headers['x-tenant']) {
    return reply.code(400).send({ message: 'missing tenant' })
  }
}

if (require.main === module) {
  fastify.listen({ port: Number(process.env.PORT || 3000), host: '0.0.0.0' }, (error) => {
    if (error) throw error
  })
}

module.exports = fastify
