import auth from '@fastify/auth'
import bearerAuth from '@fastify/bearer-auth'
import env from '@fastify/env'
import Fastify from 'fastify'
import S from 'fluent-json-schema'
import access from './plugins/access.js'
import documents from './routes/documents.js'

const schema = S.object()
  .prop('ARCHIVE_PREFIX', S.string().default('/archive'))
  .prop('ARCHIVE_TOKEN', S.string().default('secret').minLength(4))

const app = Fastify()

await app.register(env, { schema, confKey: 'settings' })
await app.register(auth)
await app.register(access)

app.register(documents, { prefix: app.settings.ARCHIVE_PREFIX })
app.register(async (internal) => {
  await internal.register(bearerAuth, { keys: new Set([app.settings.ARCHIVE_TOKEN]) })
  internal.get('/internal/queue', async () => [])
})
app.get('/open', async () => ({ open: true }))

await app.listen({ port: Number(process.env.PORT ?? 3000) })
