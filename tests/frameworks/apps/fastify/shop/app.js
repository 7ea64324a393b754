'use strict'

const Fastify = require('fastify')
const products = require('./routes/products')
const { cartRoutes } = require('./routes/carts')

function createApp ({ catalogue, beta }) {
  const app = Fastify({ exposeHeadRoutes: false })
  const tenant = process.env.TENANT

  app.decorate('catalogue', catalogue)

  app.addHook('onRoute', (route) => {
    if (route.config && route.config.staff) {
      route.onRequest = [requireStaff, ...(route.onRequest ?? [])]
    }
  })
  app.addHook('onRequest', (request, reply, done) => {
    request.catalogue = catalogue
    done()
  })

  app.register(products, { prefix: '/products', staffOnly: { staff: true } })
  cartRoutes.forEach((route) => app.route(route))

  const pages = [
    ['get', '/about', about],
    ['get', '/terms', terms],
    ['post', '/contact', contact]
  ]
  for (const [verb, path, handler] of pages) {
    app[verb](path, handler)
  }

  if (beta) {
    app.register(async function preview (instance) {
      instance.get('/', async () => ({ preview: true }))
    }, { prefix: '/preview' })
  }

  app.register(async (instance) => {
    instance.get('/offers', async () => [])
  }, { prefix: `/tenants/${tenant}` })
  app.get(tenant === undefined ? '/default' : `/${tenant}/home`, about)
  app.route({ method: process.env.HOOK_METHOD, url: '/hook', handler: contact })

  return app
}

function requireStaff (request, reply, done) {
  done(request.headers['x-staff'] ? undefined : new Error('staff only'))
}

async function about () {
  return { name: 'shop' }
}

async function terms () {
  return { text: 'be kind' }
}

async function contact (request) {
  return request.body
}

module.exports = { createApp }
