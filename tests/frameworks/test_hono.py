"""Hono's own table (``app.routes``, and what its router matches) beside the one that Buttress reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.frameworks import harness
from verifier.model import Route

# Prints the handlers of an application in their order. What takes `next` is middleware, unless `answers` names it.
# With `guards`, the middleware that Hono's router finds in front of the handler for a path of that form is added.
TABLE = """
import { writeSync } from 'node:fs'

process.env.PORT = '0'
for (const name of ['DEBUG', 'SECRET_PATH']) delete process.env[name]
const [entry, wanted, answers] = ARGUMENTS
const { app, ...others } = await import('./' + entry)

const inner = (handler) => {
  const composed = Object.getOwnPropertySymbols(handler).find((symbol) => symbol.description === 'composedHandler')
  return handler[composed ?? '__COMPOSED_HANDLER'] ?? handler
}
const isMiddleware = (handler) => inner(handler).length > 1 && !answers.includes(inner(handler).name)

function variants (path) {
  if (!path.endsWith('?')) return [path]
  const found = []
  let base = ''
  for (const part of path.split('/').slice(1)) {
    if (/^:.*\\?$/.test(part)) {
      found.push(base || '/')
      base += '/' + part.slice(0, -1)
      found.push(base)
    } else base += '/' + part
  }
  return found
}
const parameter = /:([^/{}]+)(?:\\{((?:[^{}]|\\{[^}]*\\})+)\\})?/g
const written = (path) => path.replace(parameter, '{$1}').replace(/\\*/g, '{wild}')
function concrete (path) {
  const fitting = (all, name, regex) =>
    ['x', '1', '2024', 'abcdef', 'a.png'].find((text) => new RegExp(`^${regex ?? '.*'}$`).test(text))
  return path.replace(parameter, fitting).replace(/\\*/g, 'y')
}

const unlisted = ['/stats/*', '/undefined/metrics'] // the mounted application; a path that run time decides
const real = app.routes.filter(({ handler, path }) => !isMiddleware(handler) && !unlisted.includes(path))
for (const route of real) {
  for (const path of variants(route.path)) {
    const method = route.method === 'ALL' ? '*' : route.method
    let row = written(path)
    if (wanted === 'guards') {
      const [matched] = app.router.match(method === '*' ? 'GET' : method, concrete(path))
      const handlers = matched.map((found) => [found[0]].flat()[0])
      const before = handlers.slice(0, handlers.indexOf(route.handler)).filter(isMiddleware)
      row += '|' + before.map((handler) => inner(handler).name).filter(Boolean).join('|')
    }
    writeSync(1, JSON.stringify([method, row]) + '\\n')
  }
}
process.exit(0)
"""

# application, set of packages, entry, handlers that take `next` and answer nevertheless
RUNS = {
    "gallery": ("gallery", "current", "src/main.ts", []),
    "forum": ("forum", "current", "src/server.js", ["findThread"]),
    "invoices": ("invoices", "current", "src/index.ts", []),
    "shortener": ("shortener", "current", "server.ts", []),
    "workshop": ("workshop", "current", "src/index.ts", []),
    "radio": ("radio", "current", "public.js", []),
    "ledger on 3": ("ledger", "older", "index.js", []),
}

UNNAMED = {"hono/basic-auth.basicAuth"}  # stands inside `except`, where the router does not see it
UNSEEN = {"", "except", "mediaTypeGate"}  # what @hono/zod-openapi adds by itself is no guard
HARMLESS = {"cors", "logger", "secureHeaders", "timing"}  # of Hono itself: they turn no request away


def real_table(run: str, wanted: str) -> harness.Table:
    """Hono's own rows."""
    app, packages, entry, answers = RUNS[run]
    loader = () if packages == "older" else ("--import", "tsx")
    script = TABLE.replace("ARGUMENTS", repr([entry, wanted, answers]))
    return harness.run_node("hono", app, script, *loader, packages=packages)


def routes_of(run: str) -> list[Route]:
    """The routes that Buttress reads from the application that is exported as ``app``."""
    facts = harness.facts_of(harness.APPS / "hono" / RUNS[run][0])
    entry = RUNS[run][2].rpartition("/")[0]
    main = [found for found in facts.applications if found.name != "internal"]
    assert len(main) == 1, (entry, facts.applications)
    return [route for route in facts.routes if route.application == main[0].identity and not route.conditional]


def mounted(route: Route) -> bool:
    """Whether Hono answers a route by handing the request to another application, which its table does not show."""
    return route.span.path == "stats.ts"


@pytest.mark.parametrize("run", RUNS)
def test_routes(run: str) -> None:
    """Methods, full paths and their order are those of Hono."""
    ours = [(route.method, route.path) for route in routes_of(run) if not mounted(route)]
    assert ours == real_table(run, "routes")


@pytest.mark.parametrize("run", RUNS)
def test_guards(run: str) -> None:
    """The middleware in front of a handler is what Hono's router finds there, in its order."""
    ours = [
        (route.method, route.path, [guard.rpartition(".")[2] for guard in route.guards if guard not in UNNAMED])
        for route in routes_of(run)
        if not mounted(route)
    ]
    real = [(method, *row.split("|")) for method, row in real_table(run, "guards")]
    assert len(ours) == len(real)
    for (method, path, guards), (real_method, real_path, *names) in zip(ours, real, strict=True):
        found = [name.rstrip("0123456789") for name in names if name not in UNSEEN]  # bundlers number names
        assert (method, path, guards) == (real_method, real_path, [name for name in found if name not in HARMLESS])


def test_mounted_application() -> None:
    """An application behind `mount` is listed below its path, with its own guards in front."""
    routes = {f"{route.method} {route.path}": route.guards for route in routes_of("shortener") if mounted(route)}
    guards = ("hono/bearer-auth.bearerAuth",)
    assert routes == {"GET /stats/daily": guards, "GET /stats/links/{code}": guards}


def test_exceptions_of_middleware() -> None:
    """What ``except`` leaves out is not guarded."""
    routes = {f"{route.method} {route.path}": route.guards for route in routes_of("forum")}
    assert routes["GET /admin"] == ("requireModerator", "hono/basic-auth.basicAuth")
    assert routes["POST /admin/login"] == routes["GET /admin/help/{topic}"] == ("requireModerator",)


def test_middleware_that_leaks() -> None:
    """Middleware of a sub-application guards what is registered later, of the parent too, and nothing before."""
    routes = {f"{route.method} {route.path}": route.guards for route in routes_of("forum")}
    assert routes["GET /about"] == routes["GET /threads"] == ()
    assert routes["GET /stats"] == routes["GET /threads/{thread}/summary"] == ("requireModerator",)


def test_middleware_that_only_provides_values() -> None:
    """A function that only sets variables of the context is no guard, nor is what logs or writes headers."""
    guards = {guard for route in routes_of("gallery") for guard in route.guards}
    assert guards == {"limitRequests", "requireUser"}


def test_constraints_and_fall_through() -> None:
    """Regular expressions restrict segments; a handler that takes ``next`` may leave the request to a later one."""
    routes = {f"{route.method} {route.path}": route for route in routes_of("gallery")}
    assert [segment.pattern for segment in routes["GET /api/pictures/{id}"].pattern.segments] == [None, None, "[0-9]+"]
    forum = {f"{route.method} {route.path}": route.falls_through for route in routes_of("forum")}
    assert [row for row, falls in forum.items() if falls] == ["GET /threads/{thread}"]
    covers = next(route for route in routes_of("shortener") if route.path == "/covers/{file}")
    assert covers.pattern.segments[-1].rest


def test_served_applications() -> None:
    """Two applications are served; a third is mounted by nobody, which is said."""
    facts = harness.facts_of(harness.APPS / "hono" / "radio")
    assert [found.identity for found in facts.applications] == ["internal.js:internal", "public.js:app"]
    assert [(found.span.path, found.span.line, found.reason) for found in facts.dynamic_routes] == [
        ("channels.js", 9, "no application that was read mounts this router")
    ]
    assert {route.trailing for route in facts.routes if route.application == "public.js:app"} == {"lenient"}
    assert {route.trailing for route in facts.routes if route.application == "internal.js:internal"} == {"exact"}


def test_what_run_time_decides() -> None:
    """A path from the environment is listed with its reason; a route under a condition is marked."""
    facts = harness.facts_of(harness.APPS / "hono" / "workshop")
    assert [(found.span.path, found.span.line, found.reason) for found in facts.dynamic_routes] == [
        ("src/index.ts", 27, "the path depends on the environment variable `SECRET_PATH`")
    ]
    assert [route.path for route in facts.routes if route.conditional] == ["/debug"]


def test_context_leads_to_services() -> None:
    """The way of a request through variables that middleware sets, classes and handlers made by a factory."""
    gallery = harness.facts_of(harness.APPS / "hono" / "gallery")
    reached = {
        f"{route.method} {route.path}": {str(call.callee) for call in gallery.trace(route).calls if call.callee}
        for route in gallery.routes
    }
    service = "src/services/pictures.ts:PictureService"
    assert f"{service}.all" in reached["GET /api/pictures"]
    assert {f"{service}.find", f"{service}.all"} <= reached["GET /api/pictures/{id}"]
    assert {"src/middleware/auth.ts:requireUser", f"{service}.of"} <= reached["GET /api/me/pictures"]
    workshop = harness.facts_of(harness.APPS / "hono" / "workshop")
    booking = next(route for route in workshop.routes if (route.method, route.path) == ("POST", "/bookings"))
    assert "src/service.ts:BookingService.add" in {str(call.callee) for call in workshop.trace(booking).calls}


@pytest.mark.parametrize("command", ["wrangler dev src/worker.ts --port 3000", "deno serve --port 3000 src/worker.ts"])
def test_start_commands(tmp_path: Path, command: str) -> None:
    """Commands of the platforms that Hono runs on name the file that is served."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "worker.ts").write_text(
        "import { Hono } from 'hono'\nconst app = new Hono().get('/', (c) => c.text(''))\nexport default app\n"
    )
    (tmp_path / "run.sh").write_text(f"#!/bin/sh\nexec {command}\n")
    facts = harness.facts_of(tmp_path)
    assert [entry.path for entry in facts.startup.entries] == ["src/worker.ts"]
    assert [found.name for found in facts.startup.served] == ["app"]
