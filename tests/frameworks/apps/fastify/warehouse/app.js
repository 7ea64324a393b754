'use strict'

const path = require('node:path')
const Fastify = require('fastify')
const AutoLoad = require('@fastify/autoload')

function build (options = {}) {
  const app = Fastify(options)

  app.register(AutoLoad, {
    dir: path.join(__dirname, 'plugins'),
    ignorePattern: /.*\.spec\.js$/
  })

  app.register(AutoLoad, {
    dir: path.join(__dirname, 'routes'),
    options: { prefix: '/v1/', region: 'north' },
    routeParams: true,
    autoHooks: true,
    cascadeHooks: true,
    ignorePattern: /drafts|\.spec\.js$/,
    ignoreFilter: (file) => file.endsWith('.helper.js')
  })

  return app
}

build().listen({ port: Number(process.env.PORT ?? 3000) })
