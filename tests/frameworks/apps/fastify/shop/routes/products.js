'use strict'

module.exports = async function products (fastify, { staffOnly }) {
  fastify.get('/', async function listProducts (request) {
    return request.catalogue.all()
  })

  fastify.get('/:id', async function getProduct () {
    return this.catalogue.find(1)
  })

  fastify.put('/:id', { config: staffOnly, onRequest: [audit] }, async function saveProduct (request) {
    return request.server.catalogue.find(request.params.id)
  })
}

function audit (request, reply, done) {
  request.log.info(request.url)
  done()
}
