"""Middleware that turns no request away for who sends it is no guard; what does is named as the project names it."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of

EXPRESS = """
const express = require('express')
const helmet = require('helmet')
const csurf = require('csurf')
const passport = require('passport')
const { graphqlUploadExpress } = require('graphql-upload/graphqlUploadExpress.js')
const upload = require('multer')({ dest: 'files' })
const { expressjwt } = require('express-jwt')

const app = express()
app.use(express.json(), express.static('public'), helmet.hsts({}), helmet(), passport.initialize())
app.use(graphqlUploadExpress())
app.post('/files', csurf(), passport.authenticate('jwt'), upload.single('file'), (req, res) => res.end())
app.get('/files', expressjwt({ secret: 's', algorithms: ['HS256'] }), (req, res) => res.end())

const authenticate = expressjwt({ secret: 's', algorithms: ['HS256'] })
const { body, validationResult } = require('express-validator')
const { celebrate, Joi } = require('celebrate')
const asyncHandler = require('express-async-handler')
const visitor = asyncHandler(async (req, res, next) => { req.visitor = req.get('x-visitor'); next() })
const member = asyncHandler(async (req, res, next) => { if (!req.visitor) throw new Error('401'); next() })
const valid = (req, res, next) => validationResult(req).isEmpty() ? next() : res.sendStatus(422)
app.put('/files', authenticate, body('name').isString(), celebrate({ body: Joi.object() }), (req, res) => res.end())
app.patch('/files', visitor, member, body('name').isString(), valid, (req, res) => res.end())
"""
KOA = """
const Koa = require('koa')
const Router = require('@koa/router')
const bodyParser = require('koa-bodyparser')
const cors = require('@koa/cors')
const jwt = require('koa-jwt')
const validate = require('koa-joi-validate')

const app = new Koa()
const router = new Router()
router.get('/files', (ctx) => { ctx.body = [] })
const editor = () => async (ctx, next) => { if (ctx.state.user.role !== 'editor') ctx.throw(403); await next() }
const editors = editor()
const visitor = jwt({ secret: 's', passthrough: true })
router.put('/files', visitor, editors, validate({ body: {} }), (ctx) => { ctx.body = [] })
app.use(cors()).use(require('koa-helmet')()).use(require('koa-logger')()).use(jwt({ secret: 's' })).use(bodyParser())
app.use(router.routes())
app.listen(3000)
"""
HONO = """
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { logger } from 'hono/logger'
import { secureHeaders } from 'hono/secure-headers'
import { csrf } from 'hono/csrf'
import { jwt } from 'hono/jwt'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { zValidator } from '@hono/zod-validator'

const app = new Hono()
app.use(logger(), secureHeaders())
app.use('*', cors(), csrf())
app.get('/files', jwt({ secret: 's' }), (c) => c.json([]))

function authentication(sessions) {
  const required = createMiddleware(async (c, next) => {
    c.set('user', await sessions.user(c.req.header('authorization')))
    await next()
  })
  const optional = createMiddleware(async (c, next) => {
    let user = null
    try {
      user = await sessions.user(c.req.header('authorization'))
    } catch (error) {
      if (error.status !== 401) throw error
    }
    c.set('user', user)
    await next()
  })
  return { required, optional, admin: createMiddleware(async (c, next) => {
    if (c.get('user')?.admin) await next()
    else return c.text('', 403)
  }) }
}
const auth = authentication({
  async user(token) {
    if (!token) throw new Error('401')
    return { token }
  }
})
app.get('/files/:id', auth.optional, (c) => c.json([]))
app.put('/files/:id', auth.required, auth.admin, bodyLimit({}), zValidator('json', {}), (c) => c.json([]))
export default app
"""
FASTIFY = """
const fastify = require('fastify')()
fastify.register(require('@fastify/auth'))
fastify.addHook('onRequest', async (request, reply) => { reply.header('x-started', String(Date.now())) })
fastify.addHook('onRequest', (request, reply, done) => { request.log.info(request.url); done() })
const visitor = async (request) => { try { await request.jwtVerify() } catch { request.user = null } }
const signedIn = async (request) => { await request.jwtVerify() }
const signedOut = (request, reply, done) => done()
const verifyEditor = (request, reply, done) => { request.user.editor ? done() : done(new Error('403')) }
const isEditor = (request, reply) => request.editing(reply)
fastify.get('/files', { preHandler: visitor }, async () => [])
fastify.put('/files', { schema: { body: {} }, preHandler: [signedIn, verifyEditor] }, async () => [])
fastify.after(() => {
  fastify.get('/public', { preHandler: fastify.auth([signedOut, verifyEditor]) }, async () => [])
})
fastify.delete('/files', { preHandler: isEditor }, async () => [])
fastify.listen({ port: 3000 })
"""


@pytest.mark.parametrize(
    ("framework", "text", "guards"),
    [
        (
            "express",
            EXPRESS,
            {
                "POST /files": ("csurf", "passport.authenticate"),
                "GET /files": ("express-jwt.expressjwt",),
                "PUT /files": ("authenticate",),
                "PATCH /files": ("member", "valid"),
            },
        ),
        ("koa", KOA, {"GET /files": ("koa-jwt",), "PUT /files": ("koa-jwt", "editors")}),
        (
            "hono",
            HONO,
            {
                "GET /files": ("hono/csrf.csrf", "hono/jwt.jwt"),
                "GET /files/{id}": ("hono/csrf.csrf",),
                "PUT /files/{id}": ("hono/csrf.csrf", "required", "admin"),
            },
        ),
        (
            "fastify",
            FASTIFY,
            {
                "GET /files": (),
                "PUT /files": ("signedIn", "verifyEditor"),
                "DELETE /files": ("isEditor",),
                "GET /public": (),
            },
        ),
    ],
)
def test_guards(framework: str, text: str, guards: dict[str, tuple[str, ...]], write: Write) -> None:
    package = {"dependencies": {framework: "*"}, "scripts": {"start": "node app.js"}}
    routes = facts_of(write({"package.json": json.dumps(package), "app.js": text})).routes
    assert {f"{route.method} {route.path}": route.guards for route in routes} == guards
