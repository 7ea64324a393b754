"""Middleware of libraries that looks for tokens: which requests it leaves alone, and what it makes of a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.config import Config
from verifier.link import ContractText
from verifier.link.access import Access
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

CONTRACT = """
openapi: 3.0.3
info: { title: Garden, version: "1" }
servers: [{ url: /api }]
paths:
  /beds/{name}:
    get: { security: [{ key: [] }], responses: { "200": { description: ok } } }
components:
  securitySchemes:
    key: { type: http, scheme: token }
"""
EXPRESS = """
const express = require('express')
const { expressjwt } = require('express-jwt')
const passport = require('passport')
const { ExtractJwt, Strategy } = require('passport-jwt')
const beds = (req) => '/api/beds'
const jwt = (options) => expressjwt({ secret: 's', algorithms: ['HS256'], ...options })
const app = express()
app.use(MIDDLEWARE)
app.get('/api/beds/:name', (req, res) => res.json({}))
app.listen(3000)
"""
HONO = """
import { Hono } from 'hono'
import { jwt } from 'hono/jwt'
import { every, except, some } from 'hono/combine'
const guard = jwt({ secret: 's', alg: 'HS256' })
const app = new Hono()
app.use('*', MIDDLEWARE)
app.get('/api/beds/:name', (c) => c.json({}))
export default app
"""


def tried(folder: Path, name: str, text: str) -> Access:
    """The one operation, tried."""
    (folder / name).write_text(text)
    facts = link_project(read(folder), Config(), load_book(), contract=ContractText(CONTRACT, "openapi.yml"))
    (access,) = facts.access
    return access


@pytest.mark.parametrize(
    ("middleware", "guarded", "refused"),
    [
        ("jwt({})", True, True),
        ("jwt({ credentialsRequired: false })", False, False),
        ("jwt({ credentialsRequired: process.env.OPEN })", True, False),
        ("jwt({ ...require('./options') })", True, False),
        ("jwt({ getToken: (req) => req.query.key })", True, False),
        ("jwt({ getToken: (req) => null })", True, True),
        ("jwt({}).unless({ path: ['/api/beds'] })", True, True),
        ("jwt({}).unless({ path: /^\\/api\\/beds\\// })", False, False),
        ("jwt({}).unless({ path: [/^\\/api\\/beds\\/\\d+$/] })", True, False),
        ("jwt({}).unless({ path: ['/api/beds/roses'] })", True, False),
        ("jwt({}).unless({ path: [{ url: /beds/, methods: ['POST'] }] })", True, True),
        ("jwt({}).unless({ path: [{ url: /beds/, methods: ['GET', 'POST'] }] })", False, False),
        ("jwt({}).unless({ method: 'GET' })", False, False),
        ("jwt({}).unless({ path: beds })", True, False),
        ("jwt({}).unless((req) => req.ip)", True, False),
        ("jwt({}).unless({ path: ['/api'] }).unless({ method: ['GET'] })", False, False),
        ("passport.authenticate('jwt', { session: false })", True, False),
        ("passport.authenticate(['jwt', 'anonymous'])", False, False),
        ("passport.authenticate(new Strategy({ jwtFromRequest: ExtractJwt.fromHeader('x-key') }, beds))", True, False),
        (
            "passport.authenticate(new Strategy({ jwtFromRequest: ExtractJwt.fromExtractors("
            "[ExtractJwt.fromAuthHeaderWithScheme('Token'), ExtractJwt.fromAuthHeaderAsBearerToken()]) }, beds))",
            True,
            True,
        ),
    ],
)
def test_express(tmp_path: Path, middleware: str, guarded: bool, refused: bool) -> None:
    found = tried(tmp_path, "app.js", EXPRESS.replace("MIDDLEWARE", middleware))
    assert bool(found.route.guards) == guarded
    assert found.stranger.refused == refused


@pytest.mark.parametrize(
    ("middleware", "refused"),
    [
        ("guard", True),
        ("every(guard)", True),
        ("some(guard)", True),
        ("some(guard, (c, next) => next())", False),
        ("every(some((c) => c.req.query('key') === 'k', guard))", False),
        ("except('/api/beds', guard)", True),
        ("except('/api/beds/*', guard)", False),
        ("except((c) => c.req.path === '/api/beds/roses', guard)", False),
    ],
)
def test_hono(tmp_path: Path, middleware: str, refused: bool) -> None:
    assert tried(tmp_path, "app.mjs", HONO.replace("MIDDLEWARE", middleware)).stranger.refused == refused
