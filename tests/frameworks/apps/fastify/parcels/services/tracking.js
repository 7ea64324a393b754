'use strict'

const fp = require('fastify-plugin')

function tracking (fastify, opts, next) {
  const events = []
  fastify.decorate('tracking', {
    record (code) { events.push(code) },
    history (code) { return events.filter((event) => event === code) }
  })
  next()
}

module.exports = fp(tracking, { fastify: '3.x', name: 'tracking' })
