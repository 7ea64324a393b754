'use strict'

module.exports = async function admin (fastify) {
  fastify.addHook('onRequest', fastify.authenticate)
  fastify.addHook('onRequest', fastify.allow('admin'))
  fastify.addHook('onResponse', async () => {})

  fastify.head('/ping', async () => '')
  fastify.options('/ping', async () => '')

  const reports = { daily: dailyReport, weekly: weeklyReport }
  for (const [name, handler] of Object.entries(reports)) {
    fastify.get(`/reports/${name}`, handler)
  }

  await fastify.register(async function audit (inner) {
    inner.get('/entries', async () => [])
    inner.get('/entries/:entry', async () => ({}))
  }, { prefix: '/audit' })
}

async function dailyReport () {
  return { period: 'day' }
}

async function weeklyReport () {
  return { period: 'week' }
}
