import fp from 'fastify-plugin'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    requireSession: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  }
  interface FastifyRequest {
    agent: { id: string; team: string } | null
  }
}

const plugin: FastifyPluginAsync<{ cookie: string }> = async (fastify, { cookie }) => {
  fastify.decorateRequest('agent', null)

  async function requireSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const id = request.headers.cookie?.split(`${cookie}=`)[1]
    if (id === undefined) {
      await reply.code(401).send({ error: 'sign in first' })
      return
    }
    request.agent = { id, team: 'support' }
  }

  fastify.decorate('requireSession', requireSession)
}

export default fp(plugin, { name: 'session', fastify: '>=4' })
