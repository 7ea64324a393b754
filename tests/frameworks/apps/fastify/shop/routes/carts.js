'use strict'

const getCart = {
  method: 'GET',
  url: '/carts/:cart',
  handler: async (request) => request.params
}

const addItem = {
  method: 'POST',
  path: '/carts/:cart/items',
  preHandler (request, reply, done) {
    if (!request.body) return reply.code(400).send()
    done()
  },
  handler: async (request) => request.body
}

exports.cartRoutes = [getCart, addItem]
