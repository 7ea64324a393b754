"""Express's own router stacks, and what it runs for a request, beside the table that Buttress reads."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.frameworks import harness
from verifier.model import Route

# Notes where each router is mounted, which Express forgets, and either prints its stacks or says which functions run
# for a request: no function of the application is called, each is only named.
SCRIPT = r"""
import { createRequire } from 'node:module'
import http from 'node:http'

process.env.INTERNAL_PATH = '/internal'
const require = createRequire(import.meta.url)
const [entry, wanted, requests, passing] = SETTINGS
const express = require('express')
const routers = express.Router.prototype?.use ? express.Router.prototype : express.Router
const five = routers !== express.Router
const Layer = require(five ? 'router/lib/layer' : 'express/lib/router/layer')
const Route = require(five ? 'router/lib/route' : 'express/lib/router/route')
const applications = []
const subapplications = []

const { init, use: useInApplication } = express.application
express.application.init = function () {
  applications.push(this)
  return init.apply(this, arguments)
}
express.application.use = function (...given) {
  const isApplication = (found) => typeof found === 'function' && found.handle && found.set
  subapplications.push(...given.flat(Infinity).filter(isApplication))
  return useInApplication.apply(this, given)
}
const { use, param } = routers
routers.use = function (...given) {
  const before = this.stack.length
  const result = use.apply(this, given)
  const first = [given[0]].flat(Infinity)[0]
  for (const layer of this.stack.slice(before)) {
    layer.mountedAt = typeof first === 'function' ? '/' : given[0]
    if (layer.name === 'mounted_app') layer.application = subapplications.shift()
  }
  return result
}

if (wanted === 'chains') {
  const name = (found) => found.name || '<anonymous>'
  const handle = five ? 'handleRequest' : 'handle_request'
  const original = Layer.prototype[handle]
  Layer.prototype[handle] = function (req, res, next) {
    const inner = this.route || this.handle.stack || ['mounted_app', 'query', 'expressInit'].includes(this.name)
    if (inner) return original.call(this, req, res, next)
    if (this.handle.length <= 3) req.chain.push(name(this.handle))
    next()
  }
  Route.prototype.dispatch = function (req, res, done) {
    const own = this.stack.filter((layer) => !layer.method || layer.method === req.method.toLowerCase())
    req.chain.push(...own.map((layer) => name(layer.handle)))
    if (own.length === 0 || passing.includes(req.chain.at(-1))) return done()
    res.end(req.chain.join('|'))
  }
  routers.param = function (parameter, found) {
    return param.call(this, parameter, (req, res, next) => { req.chain.push(name(found)); next() })
  }
}

const module = await import('./' + entry)
await new Promise((resolve) => setTimeout(resolve, 100))
const application = applications.find((found) => !applications.some((other) => found.parent === other))

function join (prefix, path) {
  const inner = path.replace(/^\/+/, '')
  return inner ? prefix.replace(/\/+$/, '') + (inner.startsWith('{/') ? inner : '/' + inner) : prefix || '/'
}

function choices (path) {
  const optional = five ? /\{([^{}]*)\}/ : /(\/:\w+(?:\([^()]*\))?)\?/
  const found = optional.exec(path)
  if (!found) return [path]
  const [before, after] = [path.slice(0, found.index), path.slice(found.index + found[0].length)]
  return [...choices(before + after), ...choices(before + found[1] + after)]
}

function written (path) {
  let number = 0
  return path
    .replace(/\\(.)/g, (all, sign) => '\u0001' + sign.charCodeAt(0) + ';')
    .replace(/[:*](\w+)(?:\((?:[^()]|\([^()]*\))*\))?/g, '{$1}')
    .replace(/\*/g, () => `{${number++}}`)
    .replace(/\u0001(\d+);/g, (all, code) => String.fromCharCode(Number(code)))
}

function print (router, prefix) {
  for (const layer of router.stack) {
    if (layer.route) {
      for (const path of [layer.route.path].flat()) {
        const full = path instanceof RegExp ? [prefix + String(path)] : choices(join(prefix, path)).map(written)
        for (const one of full) {
          const answering = layer.route.stack.filter(({ method }, place, all) => method || place === all.length - 1)
          const methods = new Set(answering.map((inner) => inner.method?.toUpperCase() ?? '*'))
          for (const method of methods.size > 20 ? ['*'] : methods) console.log(JSON.stringify([method, one]))
        }
      }
      continue
    }
    const inner = layer.application ? layer.application._router ?? layer.application.router : layer.handle
    if (!inner.stack) continue
    for (const path of [layer.mountedAt].flat()) print(inner, join(prefix, path))
  }
}

if (wanted === 'routes') {
  print(application._router ?? application.router, '')
} else {
  const server = http.createServer((req, res) => { req.chain = []; application(req, res) }).listen(0)
  for (const [method, url] of requests) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${url}`, { method })
    const text = wanted === 'chains' ? await answer.text() : String(answer.status)
    console.log(JSON.stringify([`${method} ${url}`, text.startsWith('<!') ? '' : text]))
  }
}
process.exit(0)
"""

# application, set of packages, entry
RUNS = {
    "bookshop on 5": ("bookshop", "current", "app.js"),
    "bookshop on 4": ("bookshop", "previous", "app.js"),
    "helpdesk on 5": ("helpdesk", "current", "src/index.ts"),
    "helpdesk on 4": ("helpdesk", "previous", "src/index.ts"),
    "gateway on 5": ("gateway", "current", "index.js"),
    "gateway on 4": ("gateway", "previous", "index.js"),
    "courses on 5": ("courses", "current", "src/main.js"),
    "archive on 4": ("archive", "previous", "app.js"),
    "atlas on 5": ("atlas", "current", "app.js"),
    "parcels on 4": ("parcels", "previous", "app.js"),
    "clinic on 5": ("clinic", "current", "src/main.ts"),
    "clinic on 4": ("clinic", "previous", "src/main.ts"),
}

# Paths that are regular expressions, as Buttress says them; none where they are no paths.
EXPRESSIONS = {
    r"/^\/years\/(\d{4})$/": ["/years/{0}"],
    r"/^\/catalogue\/(?:old|new)\/([^\/]+)\/?$/": ["/catalogue/old/{0}", "/catalogue/new/{0}"],
    "/fly$/": [],
    "/ab(cd)?e": [],
}
# Rows of Express that are no routes for Buttress: middleware for one path, a path that no request has, and one that
# comes from the environment.
OTHERS = {
    ("*", "/staff/{0}"),
    ("*", "/api/v1/tickets/{id}/comments"),
    ("GET", "/maps/legend"),
    ("GET", "/internal/jobs"),
}
PASSING = ["signedIn", "staff", "ofYear", "byCode"]
ONLY_PROVIDE = {"noteVisit", "context", "jsonParser", "requestId", "requestLog"}


def ask(run: str, wanted: str, requests: list[tuple[str, str]] | None = None) -> harness.Table:
    """What Express says."""
    app, packages, entry = RUNS[run]
    settings = json.dumps([entry, wanted, requests or [], PASSING])
    return harness.run_node("express", app, SCRIPT.replace("SETTINGS", settings), "--import", "tsx", packages=packages)


def routes_of(run: str) -> tuple[Route, ...]:
    """The routes that Buttress reads."""
    return harness.static_routes("express", RUNS[run][0])


def is_used(route: Route) -> bool:
    """Whether a route comes from ``use``: for Express it is middleware."""
    return route.handler.endswith("status")


def address(route: Route) -> tuple[str, str]:
    """A request for a route."""
    path = re.sub(r"\{lang\}", "en", route.path)
    path = re.sub(r"\{format\}", "png", path)
    path = re.sub(
        r"/\{(?:0|any|file|rest)\}$", "/far/away" if "years" not in path and "catalogue" not in path else "/1999", path
    )
    return route.method if route.method != "*" else "GET", re.sub(r"\{\w+\}", "7", path).replace("?", "%3F")


@pytest.mark.parametrize("run", RUNS)
def test_routes_in_order(run: str) -> None:
    """Methods, full paths and their order are those of Express."""
    routes = [route for route in routes_of(run) if not is_used(route) and not route.conditional]
    real = [(method, bare(one)) for method, path in ask(run, "routes") for one in EXPRESSIONS.get(path, [path])]
    ours = [(route.method, bare(route.path)) for route in routes]
    assert ours == [row for row in real if row not in OTHERS]


def bare(path: str) -> str:
    """A path without the slash at its end."""
    return path.rstrip("/") or "/"


@pytest.mark.parametrize("run", RUNS)
def test_guards_and_handlers(run: str) -> None:
    """For each route, Express runs the functions that stand as its guards, in that order, and then its handler."""
    routes = [route for route in routes_of(run) if not is_used(route) and not route.conditional]
    unique = {address(route): route for route in reversed(routes) if not route.falls_through}
    asked = list(unique)
    for (request, chain), route in zip(ask(run, "chains", asked), unique.values(), strict=True):
        names = [name for name in chain.split("|") if name not in ONLY_PROVIDE]
        earlier = [other for other in routes if other.falls_through and address(other) == address(route)]
        for other in earlier:  # its handler has run too
            names.remove(other.handler)
        if run.startswith("parcels") and "{" in route.path:
            names.remove("<anonymous>")  # the function of a parameter, also of the earlier route's, which only loads
        assert len(names) == len(route.guards) + 1, (request, names, route.guards)
        for name, guard in zip(names, route.guards, strict=False):
            assert name in ("<anonymous>", guard), (request, names, route.guards)
        last = names[-1].removeprefix("bound ")
        assert last in ("<anonymous>", "asyncUtilWrap", "measured") or route.handler.endswith(last), (request, names)


@pytest.mark.parametrize("run", ["archive on 4", "atlas on 5", "bookshop on 5", "bookshop on 4"])
def test_trailing_slash_and_case(run: str) -> None:
    """A path that differs by the slash at its end, or in its letters, is found or not as the route says."""
    literal = [
        route
        for route in routes_of(run)
        if route.pattern.segments and not route.pattern.parameters and route.method == "GET" and route.guards == ()
        if not route.path.startswith("/maps")  # a router that minds letters, at a mount that does not
    ]
    catch_all = {"archive": "notFound", "atlas": "notFound"}.get(RUNS[run][0])
    turned = [(path.rstrip("/") if path.endswith("/") else f"{path}/") for path in (route.path for route in literal)]
    upper = [re.sub(r"^/\w+", lambda first: first.group().upper(), route.path) for route in literal]
    chains = dict(ask(run, "chains", [("GET", path) for path in (*turned, *upper)]))
    for route, other, loud in zip(literal, turned, upper, strict=True):
        found = chains[f"GET {other}"]
        assert (found not in ("", catch_all)) == (route.trailing == "lenient"), route.path
        assert (chains[f"GET {loud}"] not in ("", catch_all)) == (not route.case_sensitive), route.path


def test_what_run_time_decides() -> None:
    """What cannot be read is listed with its reason, and not guessed."""
    found = {
        app: [(row.span.path, row.span.line, row.reason) for row in harness.facts_of(folder).dynamic_routes]
        for app in ("archive", "atlas", "gateway")
        for folder in [harness.APPS / "express" / app]
    }
    assert found == {
        "archive": [
            ("app.js", 24, "the path is the regular expression `/fly$/`, which may match anywhere"),
            ("app.js", 25, "the path `/ab(cd)?e` is a regular expression"),
        ],
        "atlas": [("maps.js", 7, "the path `legend` does not begin with a slash, so no request matches it")],
        "gateway": [("index.js", 32, "the prefix of a mount depends on the environment variable `INTERNAL_PATH`")],
    }
    conditional = [route.path for route in harness.static_routes("express", "gateway") if route.conditional]
    assert conditional == ["/preview"]


def test_paths_are_read_as_the_installed_version_does(tmp_path: Path) -> None:
    """The same paths under another major version are refused, as they are by that version."""
    for app, pinned, other in (("archive", "^4.18.2", "^5.0.0"), ("atlas", "^5.1.0", "^4.18.2")):
        folder = tmp_path / app
        shutil.copytree(harness.APPS / "express" / app, folder)
        manifest = folder / "package.json"
        manifest.write_text(manifest.read_text().replace(pinned, other))
        facts = harness.facts_of(folder)
        paths = {route.path for route in facts.routes}
        reasons = [row.reason for row in facts.dynamic_routes]
        if app == "archive":
            assert "/search" in paths
            assert not any("shelves" in path or "boxes" in path or "files" in path for path in paths)
            assert sum("refused by the installed version" in reason for reason in reasons) == 10
        else:
            assert "/places" not in paths
            assert "/tiles/{layer}/{z}/{x}/{y}.png" in paths


def test_constraints() -> None:
    """Parameters with an expression of their own keep it."""
    patterns = {route.path: route.pattern for route in harness.static_routes("express", "archive")}
    assert patterns["/boxes/{box}"].segments[1].pattern == r"\d+"
    assert patterns["/boxes/{from}-{to}"].segments[1].pattern == r"(?:\d+)\-(?:\d+)"
    assert patterns["/{lang}/help"].segments[0].pattern == "en|fr"
    assert patterns["/files/{0}"].segments[1].rest
    assert patterns["/years/{0}"].segments[1].pattern == r"\d{4}"


def test_who_passes_the_request_on() -> None:
    """A handler that may say ``next()`` leaves requests to later routes; one that only hands on errors does not."""
    falling = {
        app: [route.handler for route in harness.static_routes("express", app) if route.falls_through]
        for app in harness.apps("express")
    }
    assert falling["courses"] == ["ofYear"]
    assert falling["parcels"] == ["byCode"]
    assert falling["helpdesk"] == []
    assert falling["bookshop"] == []


def test_requests_lead_to_services() -> None:
    """The way of a request: settings and locals of the application, and what middleware put on the request."""
    facts = harness.facts_of(harness.APPS / "express" / "clinic")
    reached = {
        f"{route.method} {route.path}": {str(call.callee) for call in facts.trace(route).calls if call.callee}
        for route in facts.routes
    }
    assert reached == {
        "GET /patients": {"src/store.ts:Store.patients"},
        "GET /patients/{id}": {"src/store.ts:Store.patient"},
        "GET /patients/{id}/visits": {"src/visit-service.ts:VisitService.of", "src/store.ts:Store.visits"}
        | {"src/patients.ts:<anonymous>"},
        "POST /visits": {"src/visit-service.ts:VisitService.book", "src/store.ts:Store.add"},
        "DELETE /visits/{id}": {
            "src/visits.ts:VisitController.service",
            "src/visit-service.ts:VisitService.cancel",
            "src/store.ts:Store.remove",
        },
    }
