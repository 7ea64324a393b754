'use strict'

module.exports = async function (fastify) {
  fastify.addHook('preHandler', async function checkSku (request) {
    if (!/^[A-Z]\d+$/.test(request.params.sku)) throw new Error('no such item')
  })
}
