"""Whether a handler may leave a request to a later route: read from its code, shown by Express itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.frameworks import harness
from tests.proofs.node import run_fixture

HELPERS = """
const express = require('express');
const createError = require('http-errors');
const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);
const spread = (handler) => (...given) => handler(...given).catch(given[given.length - 1]);
const swallow = (handler) => (req, res, next) => handler(req, res, () => res.json('swallowed'));
const answer = (res) => res.json('early');
const proceed = (next) => next();
const fail = (next) => next(new Error('failed'));
const later = async () => null;
class Controller {
  constructor() {
    this.bound = this.bound.bind(this);
  }
  bound(req, res, next) {
    this.finish(res, next);
  }
  finish(res, next) {
    if (res.locals.failed) next(new Error('failed'));
    else answer(res);
  }
  passing = (req, res, next) => this.hand(next);
  hand(next) {
    next();
  }
}
const controller = new Controller();
"""
# A handler, and whether it may pass the request on. Those that may do so for the request that is sent.
HANDLERS = {
    "(req, res) => answer(res)": False,
    "(req, res, next) => answer(res)": False,
    "(req, res, next) => next()": True,
    "(req, res, go) => go()": True,
    "function (req, res) { arguments[2](); }": True,
    "(req, res, next) => next(undefined)": True,
    "(req, res, next) => next(null)": True,
    "(req, res, next) => next('route')": True,
    "(req, res, next) => next('failed')": False,
    "(req, res, next) => next(new Error('failed'))": False,
    "(req, res, next) => next(createError(404))": False,
    "(req, res, next) => { const error = new Error('x'); error.status = 404; next(error); }": False,
    "async (req, res, next) => { try { answer(res); } catch (error) { next(error); } }": False,
    "(req, res, next) => later().then(() => answer(res)).catch(next)": False,
    "(req, res, next) => later().then(() => answer(res), next)": False,
    "(req, res, next) => later().then(() => answer(res)).catch((error) => next(error))": False,
    "(req, res, next) => later().then((found) => next(found))": True,
    "(req, res, next) => { const problem = req.query.problem; if (problem) return next(problem); answer(res); }": False,
    "(req, res, next) => { const problem = req.query.problem; next(problem); }": True,
    "(req, res, next) => (req.query.found ? answer(res) : next())": True,
    "(req, res, next) => { const inner = (next) => next(); answer(res); }": False,
    "(req, res, next) => setTimeout(next, 1)": True,
    "(req, res, next) => fail(next)": False,
    "(req, res, next) => proceed(next)": True,
    "(...given) => given[2]()": True,
    "(...given) => answer(given[1])": False,
    "({ query }, { json }, { name }) => json.call(query, name)": None,
    "wrap(async (req, res) => answer(res))": False,
    "wrap(async (req, res, next) => next())": True,
    "spread(async (req, res) => answer(res))": False,
    "spread(async (req, res, next) => next())": True,
    "swallow((req, res, next) => next())": None,
    "controller.bound": False,
    "controller.passing": True,
    "controller.finish.bind(controller)": None,
}


def write(folder: Path) -> list[str]:
    """An application with two routes for each handler: the handler's, and one that says so when it is reached."""
    sources = list(HANDLERS)
    lines = [HELPERS, "const app = express();"]
    for number, source in enumerate(sources):
        lines.append(f"app.get('/{number}', {source});")
        lines.append(f"app.get('/{number}', function late(req, res) {{ res.json('late'); }});")
    lines.append("app.use((error, req, res, next) => res.json('failed'));")
    lines.append("module.exports = app;")
    folder.mkdir(parents=True)
    (folder / "app.js").write_text("\n".join(lines))
    (folder / "package.json").write_text('{ "name": "passing", "dependencies": { "express": "^5.0.0" } }')
    return sources


def test_handlers_that_may_pass_requests_on(tmp_path: Path) -> None:
    """What is called, with what, and through which functions."""
    sources = write(tmp_path / "app")
    routes = {
        route.path: route.falls_through
        for route in harness.facts_of(tmp_path / "app").routes
        if route.handler != "late" and not route.handler.endswith(".late")
    }
    found = {source: routes[f"/{number}"] for number, source in enumerate(sources)}
    assert {source: found[source] for source, expected in HANDLERS.items() if expected is not None} == {
        source: expected for source, expected in HANDLERS.items() if expected is not None
    }


@pytest.mark.parametrize("packages", ["current", "previous"])
def test_express_agrees(tmp_path: Path, packages: str) -> None:
    """Each handler that is said to keep its requests keeps this one; each of the others passes it on."""
    sources = write(tmp_path / "passing" / "app")
    script = """
    import http from 'node:http'
    import { createRequire } from 'node:module'
    const app = createRequire(import.meta.url)('./app.js')
    const server = http.createServer(app).listen(0)
    for (let number = 0; number < COUNT; number++) {
      const answer = await fetch(`http://127.0.0.1:${server.address().port}/${number}`)
      console.log(JSON.stringify(await answer.json()))
    }
    process.exit(0)
    """
    given = run_fixture(tmp_path / "passing" / "app", script.replace("COUNT", json.dumps(len(sources))), packages)
    for (source, expected), body in zip(HANDLERS.items(), given, strict=True):
        if expected is not None:
            assert (body == "late") == expected, (source, body)
