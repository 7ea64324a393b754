'use strict'

function members (fastify, options, done) {
  fastify.addHook('preValidation', function normalise (request, reply, next) {
    if (request.params.id === 'me' && !request.user) return next(new Error('nobody is signed in'))
    next()
  })

  fastify
    .get('', async () => [])
    .post('', async (request, reply) => reply.code(201).send(request.body))
    .get('/:id', async (request) => ({ id: request.params.id }))
    .get('/:id/cards/:card', async (request) => request.params)

  fastify.register(function notes (inner, _, next) {
    inner.get('/', async () => [])
    inner.post('/', { prefixTrailingSlash: 'no-slash' }, async () => ({}))
    inner.put('/', { prefixTrailingSlash: 'slash' }, async () => ({}))
    next()
  }, { prefix: '/:id/notes' })

  done()
}

module.exports = members
