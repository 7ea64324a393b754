import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export class HealthController {
  private readonly started = Date.now()

  constructor(private readonly app: FastifyInstance) {}

  mount(): void {
    this.app.get('/livez', this.live)
    this.app.get('/readyz', this.ready.bind(this))
  }

  live = async () => ({ uptime: Date.now() - this.started })

  private async ready(_request: FastifyRequest, reply: FastifyReply) {
    return reply.send({ since: this.started })
  }
}
