"""Middleware of libraries that turns no request away is no guard."""

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
"""
KOA = """
const Koa = require('koa')
const Router = require('@koa/router')
const bodyParser = require('koa-bodyparser')
const cors = require('@koa/cors')
const jwt = require('koa-jwt')

const app = new Koa()
const router = new Router()
router.get('/files', (ctx) => { ctx.body = [] })
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

const app = new Hono()
app.use(logger(), secureHeaders())
app.use('*', cors(), csrf())
app.get('/files', jwt({ secret: 's' }), (c) => c.json([]))
export default app
"""


@pytest.mark.parametrize(
    ("framework", "text", "guards"),
    [
        (
            "express",
            EXPRESS,
            {"POST /files": ("csurf", "passport.authenticate"), "GET /files": ("express-jwt.expressjwt",)},
        ),
        ("koa", KOA, {"GET /files": ("koa-jwt",)}),
        ("hono", HONO, {"GET /files": ("hono/csrf.csrf", "hono/jwt.jwt")}),
    ],
)
def test_guards(framework: str, text: str, guards: dict[str, tuple[str, ...]], write: Write) -> None:
    package = {"dependencies": {framework: "*"}, "scripts": {"start": "node app.js"}}
    routes = facts_of(write({"package.json": json.dumps(package), "app.js": text})).routes
    assert {f"{route.method} {route.path}": route.guards for route in routes} == guards
