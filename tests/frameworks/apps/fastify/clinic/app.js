import path from 'node:path'
import { fileURLToPath } from 'node:url'
import AutoLoad from '@fastify/autoload'

const here = path.dirname(fileURLToPath(import.meta.url))

export const options = { routerOptions: { caseSensitive: false } }

export default async function app (fastify, opts) {
  fastify.register(AutoLoad, {
    dir: path.join(here, 'plugins'),
    options: {}
  })

  fastify.register(AutoLoad, {
    dir: path.join(here, 'routes'),
    dirNameRoutePrefix: (folder, name) => (name === 'visits' ? 'appointments' : name),
    options: {}
  })
}
