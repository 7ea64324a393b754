"""The stacks of koa-router and @koa/router, and what they run for a request, beside the table that Buttress reads."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.frameworks import harness
from verifier.model import Route

# Remembers what was mounted and composed, which Koa forgets, and either prints the routers' stacks or says which
# functions run for a request: no function of the application is called, each is only named.
SCRIPT = r"""
import { createRequire } from 'node:module'

process.env.EXTRA_PATH = '/extra'
process.env.EXTRA_PREFIX = '/extra'
const require = createRequire(import.meta.url)
const [entry, wanted, requests, passing] = SETTINGS
const load = (name) => { try { return require(name) } catch { return null } }
const Koa = require('koa')
const imported = (name) => import(name).catch(() => null)  // a build of its own, in some versions
const builds = ['@koa/router', 'koa-router'].flatMap((name) => [load(name), imported(name)])
const found = (await Promise.all(builds)).filter(Boolean).map((build) => build.default ?? build)
const routers = new Set(found.filter((Router) => Router.prototype?.register))
const applications = []
const mounted = []
const name = (found) => found.name || '<anonymous>'

function watched (found, last = false) {
  if (wanted !== 'chains' || found.router || found.inside || found.watched) return found
  const watcher = (ctx, next) => {
    ctx.chain.push(name(found))
    return last ? (ctx.body = ctx.chain.join('|')) : next()
  }
  return Object.assign(watcher, { watched: true })
}

const { use } = Koa.prototype
Koa.prototype.use = function (found) {
  if (!applications.includes(this)) applications.push(this)
  return use.call(this, watched(found))
}
for (const Router of routers) {
  const { register, param } = Router.prototype
  Router.prototype.register = function (path, methods, given, options) {
    const all = [given].flat()
    const last = (found, place) => methods.length > 0 && place === all.length - 1 && !passing.includes(name(found))
    return register.call(this, path, methods, all.map((found, place) => watched(found, last(found, place))), options)
  }
  if (wanted === 'chains') {
    Router.prototype.param = function (parameter, found) {
      return param.call(this, parameter, (value, ctx, next) => { ctx.chain.push(name(found)); return next() })
    }
  }
}
const compose = load('koa-compose')
const mount = load('koa-mount')
if (compose) {
  const replaced = (list) => Object.assign(compose(list), { inside: { prefix: '', list } })
  require.cache[require.resolve('koa-compose')].exports = replaced
}
if (mount) {
  require.cache[require.resolve('koa-mount')].exports = (...given) => {
    const target = given.pop()
    mounted.push(target)
    const answering = typeof target === 'function' ? watched(target, true) : target
    const prefix = given[0] === '/' ? '' : given[0] ?? ''
    const list = target.middleware ?? [answering]
    const result = mount(prefix || '/', answering)
    return Object.assign((ctx, next) => result(ctx, next), { inside: { prefix, list } })
  }
}

const module = await import('./' + entry)
await (module.default ?? module)
const application = applications.find((found) => !mounted.includes(found))

function choices (path, braces) {
  const optional = braces ? /\{([^{}]*)\}/ : /([/.]:\w+(?:\([^()]*\))?)\?/
  const found = optional.exec(path)
  if (!found) return [path]
  const [before, after] = [path.slice(0, found.index), path.slice(found.index + found[0].length)]
  return [...choices(before + after, braces), ...choices(before + found[1] + after, braces)]
}

function written (path) {
  let number = 0
  return path
    .replace(/[:*](\w+)(?:\((?:[^()]|\([^()]*\))*\))?/g, '{$1}')
    .replace(/\(\.\*\)|\*/g, () => `{${number++}}`)
}

function print (list, prefix) {
  for (const found of list) {
    if (found.inside) print(found.inside.list, prefix + found.inside.prefix)
    if (!found.router) continue
    for (const layer of found.router.stack) {
      const methods = layer.methods.filter((method) => method !== 'HEAD')
      if (methods.length === 0) continue
      const path = String(layer.path)
      const full = layer.path instanceof RegExp ? [path] : choices(path, path.includes('{')).map(written)
      for (const one of full) {
        const row = prefix && one === '/' ? prefix : prefix + one
        for (const method of methods.length > 10 ? ['*'] : methods) console.log(JSON.stringify([method, row]))
      }
    }
  }
}

if (wanted === 'routes') {
  print(application.middleware, '')
} else {
  application.silent = true
  application.middleware.unshift((ctx, next) => { ctx.chain = []; return next() })
  const server = application.listen(0)
  for (const [method, url] of requests) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${url}`, { method, redirect: 'manual' })
    const text = await answer.text()
    console.log(JSON.stringify([`${method} ${url}`, answer.status === 200 ? text : '']))
  }
}
process.exit(0)
"""

# application, set of packages, entry
RUNS = {
    "library on @koa/router 15": ("library", "current", "app.js"),
    "library on @koa/router 12": ("library", "previous", "app.js"),
    "kitchen on koa-router 12": ("kitchen", "previous", "index.js"),
    "portal on @koa/router 15": ("portal", "current", "src/main.ts"),
    "atelier on @koa/router 15": ("atelier", "current", "src/server.js"),
    "atelier on @koa/router 12": ("atelier", "previous", "src/server.js"),
    "museum on koa-router 7": ("museum", "older", "app.js"),
    "forms on koa-joi-router 8": ("forms", "previous", "app.js"),
    "depot on @koa/router 15": ("depot", "current", "app.js"),
}
EXPRESSIONS = {r"/^\/years\/(\d+)$/": "/years/{0}", r"/intern/^\/years\/(\d+)$/": "/intern/years/{0}"}
# Rows of the routers that no request reaches, or that come from the environment.
OTHERS = {("GET", "keys"), ("GET", "/extra"), ("GET", "/extra/Gates/"), ("GET", "/extra/ramps")}
# Middleware that only provides values, and is no guard; what has no name may be that, or a guard that we name.
ONLY_PROVIDE = {"requestId", "<anonymous>", "allowedMethods", "failures", "timing"}


def ask(run: str, wanted: str, requests: list[tuple[str, str]] | None = None) -> harness.Table:
    """What the routers say."""
    app, packages, entry = RUNS[run]
    settings = json.dumps([entry, wanted, requests or [], []])
    loader = () if packages == "older" else ("--import", "tsx")
    return harness.run_node("koa", app, SCRIPT.replace("SETTINGS", settings), *loader, packages=packages)


def routes_of(run: str) -> tuple[Route, ...]:
    """The routes that Buttress reads."""
    return harness.static_routes("koa", RUNS[run][0])


def is_mounted_function(route: Route) -> bool:
    """Whether a route is a function below a mount: for the routers it is no route."""
    return route.path.startswith(("/status", "/metrics"))


def address(route: Route) -> tuple[str, str]:
    """A request for a route."""
    path = re.sub(r"/\{(?:0|path|rest)\}$", "/1999" if "years" in route.path else "/far/away", route.path)
    return route.method if route.method != "*" else "GET", re.sub(r"\{\w+\}", "7", path)


def in_order(run: str) -> list[tuple[str, str]]:
    """Our rows; those of a router that runs its last match alone stand in the order in which they were registered."""
    rows = [(route.method, route.path) for route in routes_of(run) if not is_mounted_function(route)]
    if run.startswith("depot"):
        rows[0], rows[1] = rows[1], rows[0]
    return rows


@pytest.mark.parametrize("run", RUNS)
def test_routes_in_order(run: str) -> None:
    """Methods, full paths and their order are those of the routers."""
    real = [(method, EXPRESSIONS.get(path, path)) for method, path in ask(run, "routes")]
    assert in_order(run) == [row for row in real if row not in OTHERS]


@pytest.mark.parametrize("run", [run for run in RUNS if not run.startswith("forms")])
def test_guards_and_handlers(run: str) -> None:
    """For each route, the routers run the functions that stand as its guards, in that order, and then its handler."""
    unique = {address(route): route for route in reversed(routes_of(run)) if not route.conditional}
    for (request, chain), route in zip(ask(run, "chains", list(unique)), unique.values(), strict=True):
        *names, last = chain.split("|")
        known = [name for name in names if name not in ONLY_PROVIDE]
        assert [guard for guard in route.guards if guard in known] == known, request
        assert len(route.guards) - len(known) <= names.count("<anonymous>"), request
        assert last in ("", "<anonymous>", "bound show") or route.handler.endswith(last), (request, chain)


@pytest.mark.parametrize("run", [run for run in RUNS if not run.startswith("forms")])
def test_trailing_slash(run: str) -> None:
    """A path that differs by the slash at its end is found or not, as the route says."""
    literal = [
        route
        for route in routes_of(run)
        if route.pattern.segments and not route.pattern.parameters and not route.conditional
    ]
    turned = [path.rstrip("/") if path.endswith("/") else f"{path}/" for path in (route.path for route in literal)]
    asked = [(address(route)[0], other) for route, other in zip(literal, turned, strict=True)]
    for route, (request, chain) in zip(literal, ask(run, "chains", asked), strict=True):
        assert bool(chain) == (route.trailing == "lenient"), (request, route.path)


def test_what_run_time_decides() -> None:
    """What cannot be read is listed with its reason, and not guessed."""
    facts = harness.facts_of(harness.APPS / "koa" / "depot")
    assert [(row.span.line, row.reason) for row in facts.dynamic_routes] == [
        (22, "the path depends on the environment variable `EXTRA_PREFIX`"),
        (23, "the path depends on the environment variable `EXTRA_PREFIX`"),
        (38, "the path depends on the environment variable `EXTRA_PATH`"),
        (40, "the path `keys` does not begin with a slash, so no request matches it"),
    ]
    routes = [*facts.routes, *harness.static_routes("koa", "portal")]
    assert [route.path for route in routes if route.conditional] == ["/payroll", "/metrics", "/metrics/{rest}"]


def test_versions_that_read_paths_and_middleware_in_another_way(tmp_path: Path) -> None:
    """Version 14 takes the path of middleware for a regular expression: with a parameter in it, it never runs."""
    folder = tmp_path / "kitchen"
    shutil.copytree(harness.APPS / "koa" / "kitchen", folder)
    manifest = folder / "package.json"
    manifest.write_text(manifest.read_text().replace('"koa-router": "^12.0.0"', '"koa-router": "^14.0.0"'))
    facts = harness.facts_of(folder)
    guards = {f"{route.method} {route.path}": route.guards for route in facts.routes}
    assert guards["POST /service/tables/{table}/orders"] == ("waiter",)
    assert guards["GET /service/orders/closed"] == ("waiter",)
    refused = [row for row in facts.dynamic_routes if "refused by the installed version" in row.reason]
    assert [(row.span.path, row.span.line) for row in refused] == [("routes/dishes.js", line) for line in (14, 15, 16)]


def test_constraints() -> None:
    """Parameters with an expression of their own keep it, and wildcards take the rest."""
    patterns = {route.path: route.pattern for route in harness.static_routes("koa", "kitchen")}
    assert patterns["/dishes/{dish}"].segments[1].pattern == r"\d+"
    assert patterns["/dishes/files/{0}"].segments[2].rest
    assert (
        {route.path: route.pattern for route in harness.static_routes("koa", "museum")}["/plans/{0}"].segments[1].rest
    )


def test_who_passes_the_request_on() -> None:
    """A handler that may call ``next``, itself or through a method that it is handed to, leaves requests to others."""
    falling = {
        app: [f"{route.method} {route.path}" for route in harness.static_routes("koa", app) if route.falls_through]
        for app in harness.apps("koa")
    }
    assert {app: rows for app, rows in falling.items() if rows} == {
        "atelier": ["DELETE /workshops/{id}"],
        "portal": ["GET /pages/{page}"],
    }


def test_context_leads_to_services() -> None:
    """The way of a request: through ``ctx.state``, what the application put on its context, and a bound controller."""
    facts = harness.facts_of(harness.APPS / "koa" / "atelier")
    reached = {
        f"{route.method} {route.path}": {str(call.callee) for call in facts.trace(route).calls if call.callee}
        for route in facts.routes
    }
    assert {"src/item-service.js:ItemService.all", "src/item-store.js:ItemStore.all"} <= reached["GET /items"]
    assert "src/item-store.js:ItemStore.find" in reached["GET /items/{id}"]
    assert {
        "src/workshop-controller.js:WorkshopController.create",
        "src/item-service.js:ItemService.add",
        "src/item-store.js:ItemStore.add",
    } <= reached["POST /workshops"]
