'use strict'

async function metrics (fastify, opts) {
  fastify.get(opts.path, async () => ({}))
}

module.exports = metrics
module.exports.autoConfig = { path: '/prometheus' }
