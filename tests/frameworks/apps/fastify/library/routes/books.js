'use strict'

const bookSchema = { type: 'object', properties: { isbn: { type: 'string' }, title: { type: 'string' } } }

module.exports = async function books (fastify, options) {
  fastify.get('/', { schema: { response: { 200: { type: 'array', items: bookSchema } } } }, listBooks)
  fastify.get('/:isbn', getBook)
  fastify.get('/new', listNewBooks)

  fastify.route({
    method: ['PUT', 'PATCH'],
    url: '/:isbn',
    schema: { body: bookSchema },
    onRequest: [fastify.authenticate],
    preHandler: [checkBody, fastify.allow('librarian')],
    handler: saveBook
  })

  fastify.delete('/:isbn', {
    onRequest: [fastify.authenticate],
    handler: async function removeBook (request, reply) {
      this.store.books.delete(request.params.isbn)
      return reply.code(204).send()
    }
  })

  async function listBooks () {
    return fastify.store.listBooks()
  }

  async function getBook (request) {
    return this.store.findBook(request.params.isbn)
  }
}

async function listNewBooks (request) {
  return request.server.store.listBooks().slice(-10)
}

function checkBody (request, reply, done) {
  if (!request.body) return done(new Error('a book is missing'))
  done()
}

async function saveBook (request) {
  request.server.store.books.set(request.params.isbn, request.body)
  return request.body
}
