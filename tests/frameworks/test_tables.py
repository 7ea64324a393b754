"""How agents wire Node backends: tables in loops, factories, parameters' middleware, programs without an ending."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layers.projects import facts_of, report_of
from verifier.link import Facts
from verifier.model import Finding

SERVED = {
    "express": "import express from 'express'\nconst app = express()\n",
    "hono": "import { Hono } from 'hono'\nconst app = new Hono()\n",
    "koa": "import Koa from 'koa'\nimport Router from '@koa/router'\nconst app = new Router()\n",
}
TABLE = """
const routes = [
  ['get', '/notes/:name', async (first) => first.read()],
  ['post', '/notes/new', async (first) => first.write()],
  ['get', '/notes/new', async (first) => first.form()],
]
for (const [method, path, handler] of routes) app[method](path, handler)
"""
END = {"express": "", "hono": "", "koa": "new Koa().use(app.routes())\n"}


def shadowing(folder: Path, framework: str, table: str) -> list[Finding]:
    """What the rule on shadowed routes says of a table of routes that a loop registers."""
    files = {"app.js": SERVED[framework] + table + END[framework]}
    return [found for found in report_of(folder, files).findings if found.rule == f"{framework}/shadowed-route"]


@pytest.mark.parametrize("framework", ["express", "hono", "koa"])
def test_rows_of_a_table_shadow_each_other(tmp_path: Path, framework: str) -> None:
    [found] = shadowing(tmp_path, framework, TABLE)
    assert found.endpoints == ("GET /notes/new",)
    assert found.symptom == "GET /notes/new is answered by the route for `/notes/{name}`"
    lines = (SERVED[framework] + TABLE).splitlines()
    assert "for (const" in lines[found.span.line - 1]
    [row] = [other.span.line for other in found.related if other.message == "the handler of `GET /notes/new`"]
    assert "form" in lines[row - 1]


@pytest.mark.parametrize("framework", ["express", "hono", "koa"])
def test_one_handler_for_all_rows_is_missed_by_none(tmp_path: Path, framework: str) -> None:
    table = "const page = async (first) => first.read()\n"
    table += "for (const path of ['/notes/:name', '/notes/new']) app.get(path, page)\n"
    assert shadowing(tmp_path, framework, table) == []


def handlers(folder: Path, text: str) -> dict[str, str]:
    """Path to handler, of an Express application."""
    return {route.path: route.handler for route in facts_of(folder, {"app.js": SERVED["express"] + text}).routes}


def test_a_function_that_stands_beside_a_handler_is_not_inside_it(tmp_path: Path) -> None:
    text = """
const guard = (strict) => (req, res, next) => (strict ? res.end() : next())
function notes({ service }) {
  const router = express.Router()
  const maybe = guard(false)
  router.get('/', maybe, async (req, res) => res.json(await service.all(req.query)))
  return router
}
const listTags = async (kind) => [kind]
const showTags = ({ list }) => async (req, res) => res.json(await list(req.query.kind))
app.use('/notes', notes({ service: { all: async () => [] } }))
app.get('/tags', showTags({ list: listTags }))
"""
    assert handlers(tmp_path, text) == {"/notes": "notes.<anonymous>", "/tags": "showTags.<anonymous>"}


def test_what_a_wrapper_hands_on_to_is_the_handler(tmp_path: Path) -> None:
    text = """
const safely = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)
const whole = (fn) => async (...given) => { try { await fn(...given) } catch (error) { given[2](error) } }
const applied = (fn) => function () { return fn.apply(this, arguments) }
const body = (make) => async (req, res) => res.json(await make(req))
async function show(req, res) { res.json([]) }
app.get('/safely', safely(show))
app.get('/whole', whole(show))
app.get('/applied', applied(show))
app.get('/body', body(show))
"""
    assert set(handlers(tmp_path, text).values()) == {"show"}


KOA_PARAM = """
app.param('name', (name, ctx, next) => { ctx.state.name = name.trim(); return next() })
app.param('id', (id, ctx, next) => { if (!/^\\d+$/.test(id)) return ctx.throw(404); return next() })
app.get('/notes/:name', (ctx) => { ctx.body = ctx.state.name })
app.get('/rows/:id', (ctx) => { ctx.body = ctx.params.id })
"""


def test_what_only_reads_a_parameter_is_no_guard(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"app.js": SERVED["koa"] + KOA_PARAM + END["koa"]})
    assert [(route.path, len(route.guards)) for route in facts.routes] == [("/notes/{name}", 0), ("/rows/{id}", 1)]


def started(folder: Path, program: str) -> Facts:
    """A project whose start command runs a program in `bin/`."""
    files = {
        "package.json": '{"dependencies": {"express": "^5"}, "scripts": {"start": "node bin/www"}}',
        "bin/www": program,
        "bin/deploy": "#!/bin/bash\nif true; then echo done; fi\n",
        "app.js": "const express = require('express')\nconst app = express()\n"
        "app.get('/notes', (req, res) => res.end())\nmodule.exports = app\n",
    }
    return facts_of(folder, files)


def test_a_program_without_an_ending_serves_what_it_requires(tmp_path: Path) -> None:
    facts = started(tmp_path, "#!/usr/bin/env node\nrequire('../app').listen(3000)\n")
    assert [entry.path for entry in facts.startup.entries] == ["bin/www"]
    assert [application.span.path for application in facts.startup.served] == ["app.js"]
    assert sorted(facts.project.files) == ["app.js", "bin/www"]


def test_a_program_of_another_kind_is_not_read(tmp_path: Path) -> None:
    assert sorted(started(tmp_path, "#!/bin/sh\necho $(( 1\n").project.files) == ["app.js"]
