'use strict'

const { createApp } = require('./app')
const { Catalogue } = require('./catalogue')

const app = createApp({ catalogue: new Catalogue(), beta: process.env.BETA === '1' })

async function main () {
  try {
    await app.listen({ port: process.env.PORT || 3000 })
  } catch (error) {
    app.log.error(error)
    process.exit(1)
  }
}

main()
