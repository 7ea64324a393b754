'use strict'

const fp = require('fastify-plugin')

class Store {
  constructor () {
    this.books = new Map()
    this.hits = 0
  }

  findBook (isbn) {
    return this.books.get(isbn)
  }

  listBooks () {
    return [...this.books.values()]
  }
}

function store (fastify, options, done) {
  fastify.decorate('store', new Store())
  done()
}

module.exports = fp(store, { name: 'store' })
