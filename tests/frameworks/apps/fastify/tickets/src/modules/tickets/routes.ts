import type { FastifyInstance, FastifyPluginOptions } from 'fastify'
import type { TicketService } from './service.js'

interface Options extends FastifyPluginOptions {
  tickets: TicketService
}

export default async function routes(app: FastifyInstance, { tickets }: Options) {
  const guarded = { onRequest: [app.requireSession] }

  app.get<{ Querystring: { team?: string } }>('/', async ({ query }) =>
    query.team ? tickets.byTeam(query.team) : tickets.open(),
  )

  app.get<{ Params: { id: string } }>('/:id(^\\d+$)', async ({ params }, reply) => {
    const ticket = tickets.find(Number(params.id))
    return ticket ?? reply.code(404).send({ error: 'no such ticket' })
  })

  app.post<{ Body: { title: string; team: string } }>('/', { ...guarded, schema: { body: {} } }, async (request, reply) => {
    const { title, team } = request.body
    return reply.code(201).send(tickets.create(title, team))
  })

  app.route<{ Params: { id: string } }>({
    method: 'DELETE',
    url: '/:id',
    ...guarded,
    async handler(request, reply) {
      void tickets.find(Number(request.params.id))
      return reply.code(204).send()
    },
  })
}
