export default async function patients (fastify) {
  fastify.get('/', async () => [...fastify.patients.values()])

  fastify.get('/:patient', async function getPatient (request, reply) {
    return fastify.patients.get(request.params.patient) ?? reply.notFoundEntity('patient')
  })

  fastify.post('/', {
    preHandler: async function checkName (request) {
      if (!request.body?.name) throw new Error('a name is missing')
    },
    handler: async (request) => request.body
  })
}
