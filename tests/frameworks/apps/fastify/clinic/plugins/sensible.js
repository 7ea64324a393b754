import fp from 'fastify-plugin'

export default fp(async (fastify) => {
  fastify.decorateReply('notFoundEntity', function notFoundEntity (name) {
    return this.code(404).send({ message: `no such ${name}` })
  })
})
