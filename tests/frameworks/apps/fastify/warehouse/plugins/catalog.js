'use strict'

const fp = require('fastify-plugin')

module.exports = fp(async function catalog (fastify) {
  fastify.decorate('catalog', {
    find (sku) {
      return { sku, region: fastify.region.name }
    },
    async stockOf (sku) {
      return this.find(sku).stock
    }
  })
}, { name: 'catalog', dependencies: ['region'] })
