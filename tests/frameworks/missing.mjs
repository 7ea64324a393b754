// Prints what the objects of a framework have, in the version that is installed below a folder: one real exchange is
// made, and the names are read from the objects that took part in it.
//
//     node missing.mjs FOLDER express|fastify|hono|koa

import http from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, framework] = process.argv.slice(2)
const require = createRequire(join(folder, 'package.json'))
const { version } = require(join(folder, 'node_modules', framework, 'package.json'))
const found = {}

function note(role, object) {
  const names = { methods: new Set(), others: new Set() }
  for (let one = object; one && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    for (const name of Object.getOwnPropertyNames(one)) {
      if (!/^[A-Za-z]\w*$/.test(name) || name === 'constructor') continue
      let kind = 'others'
      try {
        if (typeof object[name] === 'function') kind = 'methods'
      } catch {}
      names[kind].add(name)
    }
  }
  found[role] = { methods: [...names.methods].sort(), others: [...names.others].sort() }
}

async function ask(port) {
  await fetch(`http://127.0.0.1:${port}/a`).then((answer) => answer.text())
}

const make = {
  async express() {
    const express = require('express')
    const app = express()
    note('app', app)
    note('router', express.Router())
    app.get('/a', (req, res) => {
      note('request', req)
      note('response', res)
      res.end()
    })
    const server = http.createServer(app).listen(0)
    await ask(server.address().port)
  },
  async fastify() {
    const app = require('fastify')()
    note('app', app)
    app.get('/a', (request, reply) => {
      note('request', request)
      note('response', reply)
      reply.send({})
    })
    await app.inject('/a')
  },
  async hono() {
    const { Hono } = require('hono')
    const app = new Hono()
    app.get('/a', (c) => {
      note('context', c)
      note('request', c.req)
      return c.json({})
    })
    await app.request('/a')
    note('app', app)
  },
  async koa() {
    const Koa = require('koa')
    const app = new Koa()
    note('app', app)
    app.use((ctx) => {
      note('context', ctx)
      note('request', ctx.request)
      note('response', ctx.response)
      ctx.body = {}
    })
    const server = http.createServer(app.callback()).listen(0)
    await ask(server.address().port)
  },
}

await make[framework]()
console.log(JSON.stringify({ version, objects: found }))
process.exit(0)
