'use strict'

const path = require('path')
const fastify = require('fastify')({ ignoreTrailingSlash: true })

fastify
  .register(require('./services/tracking'))
  .register(require('fastify-autoload'), {
    dir: path.join(__dirname, 'routes'),
    routeParams: true,
    autoHooks: true,
    options: { prefix: '/api' }
  })
  .after((error) => {
    if (error) throw error
    fastify.get('/ready', (request, reply) => { reply.send({ ready: true }) })
  })

fastify.get('/', function (request, reply) {
  reply.send({ service: 'parcels' })
})

fastify.listen(process.env.PORT || 3000, (error) => {
  if (error) {
    fastify.log.error(error)
    process.exit(1)
  }
})
