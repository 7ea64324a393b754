import Fastify, { type FastifyInstance } from 'fastify'
import session from './shared/session.js'
import { API_PREFIX, versions } from './shared/settings.js'
import { HealthController } from './controllers/health.js'
import { ReportController } from './controllers/reports.js'
import { TicketService } from './modules/tickets/service.js'

export async function buildServer(): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, caseSensitive: true }).withTypeProvider()
  const tickets = new TicketService()

  await app.register(session, { cookie: 'sid' })
  await app.after()

  new HealthController(app).mount()

  for (const version of versions) {
    await app.register(
      async (api) => {
        api.register(import('./modules/tickets/routes.js'), { prefix: '/tickets', tickets })
        api.register(import('./modules/agents/index.js'), { prefix: '/agents' })
        if (version.reports) {
          api.register((inner, _opts, done) => {
            new ReportController(tickets).register(inner)
            done()
          }, { prefix: '/reports' })
        }
      },
      { prefix: `${API_PREFIX}/${version.name}` },
    )
  }

  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'nothing here' }))
  return app
}
