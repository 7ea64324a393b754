"""What findings in JavaScript projects say: whom they name, where they stand, and which endpoints they affect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Buttress, Write
from verifier.check import check
from verifier.model import Confidence, Finding
from verifier.session import Options, open_session

PACKAGE = json.dumps({"dependencies": {"express": "^5.0.0", "knex": "^3.0.0"}, "scripts": {"start": "node app.js"}})
APP = """
const express = require('express')
const app = express()
app.use('/books', require('./routes/books'))
app.listen(3000)
"""
DB = "const knex = require('knex')\nmodule.exports = knex({ client: 'pg' })\n"
WRAP = "module.exports = (inner) => (req, res, next) => inner(req, res).catch(next)\n"


def findings(root: Path, *rules: str) -> list[Finding]:
    """What some rules of the clean architecture report."""
    options = Options(path=root, cache=False, quiet=True, architecture="clean", select=rules)
    return list(check(open_session(options).facts).findings)


ROUTES = """
const { Router } = require('express')
const db = require('../db')
const wrap = require('../lib/wrap')

const router = Router()
router.get('/', wrap(async (req, res) => {
  const books = await db('books').select()
  res.json(await Promise.all(books.map((book) => db('authors').where({ id: book.author }).first())))
}))
router.post('/', wrap(async (req, res) => {
  res.json(await db('books').insert(req.body))
}))
router.delete('/:id', wrap(remove))
router.put('/:id', wrap(async (req, res) => {
  const found = [1, 2].map((id) => db('books').where({ id }))
  res.json([1, 2].map((id) => db('authors').where({ id })))
}))
router.get('/about', wrap(async (req, res) => res.json({ version: 1 })))

async function remove(req, res) {
  await db('books').where({ id: req.params.id }).del()
  res.end()
}
module.exports = router
"""


def test_functions_without_a_name_are_told_apart(write: Write) -> None:
    """Each handler is reported once, with what it answers, and with its own endpoint in spite of the shared wrapper."""
    root = write({"package.json": PACKAGE, "app.js": APP, "db.js": DB, "lib/wrap.js": WRAP, "routes/books.js": ROUTES})
    found = findings(root, "layers/data-access-in-route")
    assert [(finding.message.partition(" is in")[0], finding.span.line, finding.endpoints) for finding in found] == [
        ("The handler of `GET /books`", 8, ("GET /books",)),
        ("The handler of `POST /books`", 12, ("POST /books",)),
        ("The handler of `PUT /books/{id}`", 16, ("PUT /books/{id}",)),
        ("`remove`", 22, ("DELETE /books/{id}",)),
    ]


MIDDLEWARE = """
const users = require('../repositories/users')

exports.attempt = async (work) => {
  try {
    return await work()
  } catch (error) {
    return null
  }
}
exports.timed = (work) => (...given) => work.apply(null, given)
exports.current = async (req, res, next) => {
  req.user = await users.byToken(req.headers.authorization)
  next()
}
"""
SERVICES = """
const users = require('../repositories/users')
const { attempt, timed } = require('../middleware')

exports.read = (id) => attempt(users.all)
exports.find = timed(users.byToken)
exports.who = async (request) => { await require('../middleware').current(request, null, () => {}) }
"""


def test_whoever_hands_a_function_over_calls_it(write: Write) -> None:
    """A helper that calls what it is given does not use the repository; a middleware that names it does."""
    root = write(
        {
            "package.json": PACKAGE,
            "app.js": APP,
            "db.js": DB,
            "middleware/index.js": MIDDLEWARE,
            "services/users.js": SERVICES,
            "repositories/users.js": (
                "const db = require('../db')\n"
                "exports.all = () => db('users').select()\n"
                "exports.byToken = (token) => db('users').where({ token }).first()\n"
            ),
            "routes/books.js": (
                "const { Router } = require('express')\n"
                "const users = require('../services/users')\n"
                "module.exports = Router()\n"
                "  .get('/', async (req, res) => res.json(await users.read(1)))\n"
                "  .get('/find', async (req, res) => res.json(await users.find('x')))\n"
                "  .get('/who', async (req, res) => res.json(await users.who(req)))\n"
            ),
        }
    )
    found = findings(root, "layers/repository-outside-service")
    assert [(finding.span.path, finding.span.line) for finding in found] == [("middleware/index.js", 13)]


def test_an_import_affects_the_routes_that_use_it(write: Write) -> None:
    routes = (
        "const { Router } = require('express')\n"
        "const books = require('../repositories/books')\n"
        "module.exports = Router()\n"
        "  .get('/', async (req, res) => res.json(await books.all()))\n"
        "  .get('/about', (req, res) => res.json({ version: 1 }))\n"
    )
    repository = "const db = require('../db')\nexports.all = () => db('books').select()\n"
    files = {"package.json": PACKAGE, "app.js": APP, "db.js": DB, "routes/books.js": routes}
    found = findings(write({**files, "repositories/books.js": repository}), "layers/repository-in-route")
    assert [(finding.span.line, finding.endpoints) for finding in found] == [(2, ("GET /books",))]


def test_another_name_for_a_service_is_not_ruled_out(write: Write) -> None:
    """Where services exist, data access alone does not make a repository of what a route calls for sure."""
    routes = (
        "const { Router } = require('express')\n"
        "const { archive } = require('../commands/archive')\n"
        "module.exports = Router().post('/', async (req, res) => res.json(await archive(req.body)))\n"
    )
    files = {
        "package.json": PACKAGE,
        "app.js": APP,
        "db.js": DB,
        "routes/books.js": routes,
        "commands/archive.js": "const db = require('../db')\nexports.archive = () => db('books').update({ old: 1 })\n",
    }
    for more, confidence, compliant in (
        ({}, Confidence.HIGH, False),
        ({"services/mail.js": "exports.send = () => 1\n"}, Confidence.MEDIUM, None),
    ):
        options = Options(path=write({**files, **more}), cache=False, quiet=True, architecture="clean")
        report = check(open_session(options).facts)
        found = [finding for finding in report.findings if finding.rule == "layers/repository-in-route"]
        assert [(finding.span.line, finding.confidence) for finding in found] == [(3, confidence)]
        verdict = next(verdict for verdict in report.verdicts if verdict.clause == "routes import services only")
        assert verdict.compliant is compliant


def test_two_files_without_a_name_are_not_held_against_each_other(write: Write) -> None:
    """What only its data access makes a repository may be called by what belongs to no layer."""
    app = (
        "const express = require('express')\n"
        "const { summary } = require('./helpers')\n"
        "const app = express()\n"
        "app.get('/totals', async (req, res) => res.json(await summary()))\n"
    )
    root = write(
        {
            "package.json": PACKAGE,
            "app.js": app,
            "db.js": DB,
            "helpers.js": "const { totals } = require('./totals')\nexports.summary = async () => [await totals()]\n",
            "totals.js": "const db = require('./db')\nexports.totals = () => db('books').count()\n",
        }
    )
    assert findings(root, "layers/repository-outside-service") == []


def test_the_import_of_the_framework_is_underlined(write: Write) -> None:
    service = (
        "import type { Request } from 'express'\n"
        "const { validationResult } = require('express-validator')\n"
        "export const read = (request: Request) => validationResult(request)\n"
    )
    root = write({"package.json": PACKAGE, "app.js": APP, "services/books.ts": service})
    found = findings(root, "layers/framework-in-service")
    assert [(finding.span.line, finding.span.column, finding.span.end_column) for finding in found] == [
        (1, 1, 39),
        (2, 30, 58),
    ]
    assert [finding.message for finding in found] == [
        "The service imports `Request` from `express`, the web framework, if only for its types",
        "The service imports `validationResult` from `express-validator`, which ties it to express",
    ]


def test_models_in_a_language_of_their_own(write: Write) -> None:
    """A Prisma schema is the layer of the models."""
    files = {
        "package.json": PACKAGE,
        "app.js": APP,
        "routes/books.js": "module.exports = require('express').Router()\n",
        "services/books.js": "exports.all = () => []\n",
        "repositories/books.js": "exports.all = () => []\n",
    }
    schema = "model Book {\n  id Int @id\n}\n"
    root = write(files)
    assert [finding.message for finding in findings(root, "layers/missing-layer", "layers/shared-directory")] == [
        "No file belongs to the layer models (entities)"
    ]
    (root / "prisma").mkdir()
    (root / "prisma" / "schema.prisma").write_text(schema, encoding="utf-8")
    assert findings(root, "layers/missing-layer", "layers/shared-directory") == []


TRANSACTIONS = """
const express = require('express')
const knex = require('knex')({ client: 'pg' })
const { PrismaClient } = require('@prisma/client')
const { Kysely } = require('kysely')
const { drizzle } = require('drizzle-orm/node-postgres')

const prisma = new PrismaClient().$extends({})
const kysely = new Kysely({})
const db = drizzle('postgres://localhost/books')

const app = express()
app.get('/knex', async (req, res) => {
  res.json(await knex.transaction(async (trx) => {
    const ids = [1, 2].map((id) => id + 1)
    return trx('books').whereIn('id', ids).update({ read: true })
  }))
})
app.get('/prisma', async (req, res) => {
  res.json(await prisma.$transaction(async (inner) => inner.book.count()))
})
app.get('/kysely', async (req, res) => {
  res.json(await kysely.transaction().execute((trx) => trx.deleteFrom('books').execute()))
})
app.get('/drizzle', async (req, res) => {
  res.json(await db.transaction(async (tx) => tx.insert(books).values(req.body)))
})
"""


def test_what_a_transaction_hands_over_reaches_the_database(write: Write) -> None:
    root = write({"package.json": PACKAGE, "app.js": TRANSACTIONS})
    found = findings(root, "layers/data-access-in-route")
    assert [(finding.message.rpartition(" with ")[2], finding.endpoints) for finding in found] == [
        ("`trx` (knex)", ("GET /knex",)),
        ("`inner.book.count` (@prisma/client)", ("GET /prisma",)),
        ("`trx.deleteFrom` (kysely)", ("GET /kysely",)),
        ("`tx.insert` (drizzle-orm/node-postgres)", ("GET /drizzle",)),
    ]


def test_a_trace_shows_functions_and_what_they_reach(write: Write, buttress: Buttress) -> None:
    """Callbacks that reach nothing are part of the function around them."""
    lines = buttress("trace", "GET /knex", write({"package.json": PACKAGE, "app.js": TRANSACTIONS})).out.splitlines()
    assert [line.split("  app.js")[0].strip(" └─├│") for line in lines] == [
        "GET /knex",
        "<anonymous>",
        "<anonymous>",
        "knex",
    ]


TYPED = """
import express from 'express'
import type { Knex } from 'knex'
import type { Kysely, Transaction } from 'kysely'
import type { Prisma, PrismaClient } from '@prisma/client'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'

const byKnex = (db: Knex) => db('books').first()
const byKysely = (db: Kysely<Tables>) => db.selectFrom('books').execute()
const inKysely = (db: Transaction<Tables>) => db.deleteFrom('books').execute()
const byPrisma = (db: PrismaClient) => db.book.findMany()
const inPrisma = (db: Prisma.TransactionClient) => db.book.count()
const byDrizzle = (db: NodePgDatabase) => db.select().from(books)

const app = express()
app.get('/books', async (req, res) => {
  const db = req.app.get(req.query.database)
  res.json([byKnex(db), byKysely(db), inKysely(db), byPrisma(db), inPrisma(db), byDrizzle(db)])
})
"""


def test_the_declared_type_tells_where_a_value_does_not(write: Write) -> None:
    package = PACKAGE.replace("app.js", "app.ts")
    found = findings(write({"package.json": package, "app.ts": TYPED}), "layers/data-access-in-route")
    assert [finding.message.partition(" is in")[0] for finding in found] == [
        "`byKnex`",
        "`byKysely`",
        "`inKysely`",
        "`byPrisma`",
        "`inPrisma`",
        "`byDrizzle`",
    ]


NOWHERE = {
    "express": """
const express = require('express')
const knex = require('knex')({ client: 'pg' })
const app = express()
const router = express.Router()
router.get('/books', (req, res) => knex('books').then((books) => res.json(books)))
app.use(process.env.PREFIX, router)
app.get(process.env.ABOUT, (req, res) => knex('about').then((about) => res.json(about)))
app.listen(3000)
""",
    "fastify": """
const fastify = require('fastify')()
const knex = require('knex')({ client: 'pg' })
fastify.get(process.env.PREFIX + '/books', async () => knex('books'))
fastify.route({ method: 'GET', url: process.env.ABOUT, handler: async () => knex('about') })
fastify.listen({ port: 3000 })
""",
    "koa": """
const Koa = require('koa')
const Router = require('@koa/router')
const knex = require('knex')({ client: 'pg' })
const app = new Koa()
const router = new Router({ prefix: process.env.PREFIX })
router.get('/books', async (ctx) => { ctx.body = await knex('books') })
router.get(process.env.ABOUT, async (ctx) => { ctx.body = await knex('about') })
app.use(router.routes())
app.listen(3000)
""",
    "hono": """
import { Hono } from 'hono'
import knexOf from 'knex'
const knex = knexOf({ client: 'pg' })
const app = new Hono()
app.get(process.env.PREFIX + '/books', async (c) => c.json(await knex('books')))
app.get(process.env.ABOUT, async (c) => c.json(await knex('about')))
export default app
""",
}


@pytest.mark.parametrize("framework", NOWHERE)
def test_handlers_whose_path_only_run_time_knows_are_followed(framework: str, write: Write) -> None:
    """They are no routes, and no endpoint is affected; what they do is seen all the same."""
    package = {"dependencies": {framework: "*", "knex": "^3.0.0"}, "scripts": {"start": "node app.js"}}
    root = write({"package.json": json.dumps(package), "routes/empty.js": "", "app.js": NOWHERE[framework]})
    options = Options(path=root, cache=False, quiet=True, architecture="clean")
    facts = open_session(options).facts
    assert not facts.routes
    assert len(facts.dynamic_routes) == 2
    sites = [site for found in facts.data_access.values() for site in found]
    assert [site.what for site in sites] == ["knex()()"] * 2
    assert [finding.endpoints for finding in check(facts).findings if finding.rule.startswith("layers/data")] == []


LOOKUP = {
    "express": "module.exports = ({ users }) => async (req, res, next) => {\n"
    "  req.user = await users.find(req.headers.id)\n  next()\n}\n",
    "koa": "module.exports = ({ users }) => async (ctx, next) => {\n"
    "  ctx.state.user = await users.find(ctx.headers.id)\n  await next()\n}\n",
}
SERVING = {
    "express": "const express = require('express')\nconst app = express()\n"
    "app.use(require('./middleware/lookup')({ users: require('./repositories/users') }))\n"
    "app.get('/me', (req, res) => res.json(req.user))\napp.listen(3000)\n",
    "koa": "const Koa = require('koa')\nconst router = new (require('@koa/router'))()\n"
    "router.get('/me', require('./middleware/lookup')({ users: require('./repositories/users') }),"
    " (ctx) => { ctx.body = ctx.state.user })\n"
    "new Koa().use(router.routes()).listen(3000)\n",
}


@pytest.mark.parametrize("framework", ["express", "koa"])
def test_middleware_that_is_given_a_repository(write: Write, framework: str) -> None:
    root = write(
        {
            "app.js": SERVING[framework],
            "middleware/lookup.js": LOOKUP[framework],
            "repositories/users.js": "exports.find = async (id) => ({ id })\n",
        }
    )
    [found] = findings(root, "layers/repository-outside-service")
    assert (found.span.path, found.span.line) == ("middleware/lookup.js", 2)
