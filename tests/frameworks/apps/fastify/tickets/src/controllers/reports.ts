import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { TicketService } from '../modules/tickets/service.js'

export class ReportController {
  constructor(private tickets: TicketService) {}

  get routes(): RouteOptions[] {
    return [
      { method: 'GET', url: '/open', handler: () => this.open() },
      { method: 'GET', url: '/teams/:team', handler: (request) => this.byTeam(request) },
      { method: ['POST', 'PUT'], url: '/schedules/:id', handler: async () => ({ scheduled: true }) },
    ]
  }

  register(app: FastifyInstance): void {
    app.addHook('onRequest', app.requireSession)
    this.routes.forEach((route) => app.route(route))
  }

  private async open() {
    return this.tickets.open()
  }

  private async byTeam(request: FastifyRequest) {
    const { team } = request.params as { team: string }
    return this.tickets.byTeam(team)
  }
}
