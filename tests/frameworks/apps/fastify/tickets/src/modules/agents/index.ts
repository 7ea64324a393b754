import type { FastifyPluginCallback, FastifyRequest } from 'fastify'

type Handler = (request: FastifyRequest) => Promise<unknown>

const handlers: Record<string, Handler> = {
  '/': async () => [],
  '/online': async () => [],
  '/:agent/tickets': async (request) => request.params,
}

const agents: FastifyPluginCallback = (app, _options, done) => {
  app.addHook('onRequest', async (request, reply) => {
    await app.requireSession(request, reply)
  })
  Object.keys(handlers).forEach((path) => app.get(path, handlers[path]!))
  done()
}

export default agents
