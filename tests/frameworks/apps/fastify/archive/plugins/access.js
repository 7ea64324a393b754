import fp from 'fastify-plugin'

export default fp(async (fastify) => {
  fastify.decorate('verifyReader', (request, reply, done) => {
    done(request.headers['x-reader'] ? undefined : new Error('readers only'))
  })
  fastify.decorate('verifyArchivist', async (request) => {
    if (request.headers['x-role'] !== 'archivist') throw new Error('archivists only')
  })
}, { name: 'access' })
