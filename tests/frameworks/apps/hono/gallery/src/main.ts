import { serve } from '@hono/node-server'
import { createApp } from './app.js'
import { PictureService } from './services/pictures.js'

export const app = createApp({ pictures: new PictureService() })

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, (info) => {
  console.log(`listening on ${info.port}`)
})
