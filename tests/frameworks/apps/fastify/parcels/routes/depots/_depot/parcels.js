'use strict'

module.exports = async function parcelsOfDepot (fastify) {
  fastify.get('/parcels', async (request) => request.params.depot)
}
