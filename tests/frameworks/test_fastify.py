"""Fastify's own table, as its ``onRoute`` hook hears of it, beside the one that Buttress reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.frameworks import harness
from tests.frameworks.harness import facts_of
from tests.proofs.node import run_fixture
from verifier.model import Route

# Prints what each Fastify instance registers. Fastify tells of a new instance by a diagnostics channel, so the
# applications need no hook for this. Guards are the functions that run before the handler, by name.
TABLE = """
import { subscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { writeSync } from 'node:fs'

process.env.PORT = '0'
delete process.env.BETA
const [entry, wanted, ...words] = process.argv.slice(2)
const routes = []
const instances = []
subscribe('fastify.initialization', ({ fastify }) => {
  instances.push(fastify)
  fastify.addHook('onRoute', function (route) { routes.push([this, { ...route }]) })
})
if (entry === 'fastify-cli') {
  await createRequire(import.meta.url)('fastify-cli/start').runFastify(words)
} else {
  await import('./' + entry)
  for (const instance of instances) await instance.ready()
}

const kinds = ['onRequest', 'preParsing', 'preValidation', 'preHandler']
const hooks = Object.getOwnPropertySymbols(instances[0]).find((symbol) => symbol.description === 'fastify.hooks')
const bare = (url) => url.replace(/\\/$/, '')
const lenient = (config) => config.ignoreTrailingSlash || config.routerOptions?.ignoreTrailingSlash
const automatic = ({ method, url }) =>
  method === 'HEAD' && routes.some(([, other]) => other.method === 'GET' && bare(other.url) === bare(url))

function written (url) {
  const parameter = /:([^:(/.-]+)(?:\\((?:\\\\.|[^()]|\\([^()]*\\))*\\))?/g
  let path = url.replace(parameter, (all, name, place) => url[place - 1] === ':' ? all : `{${name}}`)
  path = path.replace(/::/g, ':').replace(/\\*$/, '{wild}')
  return path.startsWith('/') ? path : '/' + path
}

for (const [instance, route] of routes) {
  if (automatic(route)) continue
  const all = Array.isArray(route.method) && route.method.length >= 7
  const methods = all ? ['*'] : [route.method].flat()
  const optional = /\\/:[^/]*\\?$/.test(route.url)
  const urls = optional ? [route.url.slice(0, -1), route.url.replace(/\\/:[^/]*\\?$/, '')] : [route.url]
  const before = kinds.flatMap((kind) => [...instance[hooks][kind], ...[route[kind] ?? []].flat()])
  for (const method of methods) {
    for (const url of urls) {
      let path = written(url)
      if (lenient(instance.initialConfig) && path.length > 1) path = bare(path)
      if (wanted === 'slashes') {
        if (methods[0] === '*' || written(url).includes('{')) continue
        const plain = url.replace(/::/g, ':')
        const other = plain.endsWith('/') && plain.length > 1 ? bare(plain) : plain + '/'
        const found = instances[0].findRoute({ method, url: other, constraints: route.constraints })
        path += '|' + (found && Object.keys(found.params).length === 0 ? 'lenient' : 'exact')
      }
      if (wanted === 'functions') path += '|' + [...before, route.handler].map((found) => found.name).join('|')
      writeSync(1, JSON.stringify([method, path]) + '\\n')
    }
  }
}
process.exit(0)
"""

# application, set of packages, entry, further words
RUNS = {
    "library on 5": ("library", "current", "server.js"),
    "library on 4": ("library", "previous", "server.js"),
    "warehouse on 5": ("warehouse", "current", "app.js"),
    "warehouse on 4": ("warehouse", "previous", "app.js"),
    "tickets on 5": ("tickets", "current", "src/main.ts"),
    "tickets on 4": ("tickets", "previous", "src/main.ts"),
    "files on 5": ("files", "current", "app.js"),
    "clinic on 5": ("clinic", "current", "fastify-cli", "-o", "--prefix", "/clinic", "app.js"),
    "parcels on 3": ("parcels", "older", "index.js"),
    "archive on 5": ("archive", "current", "server.js"),
    "news on 5": ("news", "current", "app.js"),
    "news on 3": ("news", "older", "app.js"),
}


def real_table(run: str, wanted: str) -> harness.Table:
    """Fastify's own rows."""
    app, packages, entry, *words = RUNS[run]
    loader = () if packages == "older" else ("--import", "tsx")
    script = TABLE.replace("process.argv.slice(2)", repr([entry, wanted, *words]).replace("'", '"'))
    return sorted(harness.run_node("fastify", app, script, *loader, packages=packages))


def routes_of(run: str) -> tuple[Route, ...]:
    """The routes that Buttress reads."""
    return harness.static_routes("fastify", RUNS[run][0])


@pytest.mark.parametrize("run", RUNS)
def test_routes(run: str) -> None:
    """Methods and full paths are those of Fastify."""
    assert sorted((route.method, route.path) for route in routes_of(run)) == real_table(run, "routes")


# These turn no request away.
ONLY_PROVIDE = {"audit", "knownDepot"}


@pytest.mark.parametrize("run", [run for run in RUNS if not run.startswith("archive")])
def test_guards_and_handlers(run: str) -> None:
    """Each route has the functions that Fastify runs, in its order; one without a name may be named by us."""
    ours = sorted((route.method, route.path, route.guards, route.handler) for route in routes_of(run))
    real = [(method, *row.split("|")) for method, row in real_table(run, "functions")]
    assert len(ours) == len(real)
    for (method, path, guards, handler), (real_method, real_path, *names) in zip(ours, sorted(real), strict=True):
        assert (method, path) == (real_method, real_path)
        names = [name for name in names if name not in ONLY_PROVIDE]
        assert len(guards) == len(names) - 1, (path, guards, names)
        for guard, name in zip(guards, names[:-1], strict=True):
            assert name in ("", "onRequest", guard), (path, guards, names)
        assert not names[-1] or handler.endswith(names[-1].removeprefix("bound ")), (path, handler, names)


@pytest.mark.parametrize("run", [run for run in RUNS if not run.endswith("3")])
def test_trailing_slash(run: str) -> None:
    """A path that differs by the slash at its end is answered or not, as Fastify's router says."""
    literal = [route for route in routes_of(run) if route.method != "*" and not route.pattern.parameters]
    assert sorted((route.method, f"{route.path}|{route.trailing}") for route in literal) == real_table(run, "slashes")


def test_autoload_before_version_6(tmp_path: Path) -> None:
    """Up to version 5, autoload groups plugins by prefix: the same folder gives what that version makes of it."""
    folder = tmp_path / "warehouse"
    shutil.copytree(harness.APPS / "fastify" / "warehouse", folder)
    manifest = folder / "package.json"
    manifest.write_text(manifest.read_text().replace('"@fastify/autoload": "^6', '"@fastify/autoload": "^5'))
    ours = sorted((route.method, route.path, *route.guards) for route in harness.facts_of(folder).routes)
    real = [(method, *row.split("|")[:-1]) for method, row in real_table("warehouse on 4", "functions")]
    assert ours == sorted(tuple(name or "region" for name in row) for row in real)


def test_what_run_time_decides() -> None:
    """Prefixes, paths and methods that come from the environment are listed with their reason, and not guessed."""
    facts = harness.facts_of(harness.APPS / "fastify" / "shop")
    assert [(found.span.path, found.span.line, found.reason) for found in facts.dynamic_routes] == [
        ("app.js", 41, "the prefix of a plugin depends on the environment variable `TENANT`"),
        ("app.js", 44, "the path depends on the environment variable `TENANT`"),
        ("app.js", 45, "the method of a route depends on the environment variable `HOOK_METHOD`"),
    ]
    rows = {f"{route.method} {route.path}": route for route in facts.routes}
    assert sorted(rows) == [
        "GET /about",
        "GET /carts/{cart}",
        "GET /preview",
        "GET /products",
        "GET /products/{id}",
        "GET /terms",
        "POST /carts/{cart}/items",
        "POST /contact",
        "PUT /products/{id}",
    ]
    assert [row for row, route in rows.items() if route.conditional] == ["GET /preview"]


def test_hooks_that_change_routes_or_only_provide_values() -> None:
    """An ``onRoute`` hook adds a guard; a hook that only puts a value on the request, or writes a log, is none."""
    routes = {f"{route.method} {route.path}": route.guards for route in harness.static_routes("fastify", "shop")}
    assert routes["PUT /products/{id}"] == ("requireStaff",)
    assert routes["GET /products/{id}"] == ()
    assert routes["POST /carts/{cart}/items"] == ("preHandler",)


def test_hooks_without_a_name() -> None:
    """A function without a name is known by what it calls, by the plugin that adds it, or by the kind of the hook."""
    guards = {guard for route in harness.static_routes("fastify", "warehouse") for guard in route.guards}
    assert guards == {"region", "checkRegion", "checkSku", "requireClerk"}
    loans = {route.guards for route in harness.static_routes("fastify", "library") if route.path == "/api/loans/"}
    assert ("requireTenant", "authenticate", "countRequests") in loans


def test_guards_of_libraries() -> None:
    """``fastify.auth([...])`` stands for its functions; @fastify/bearer-auth guards the instance that registers it."""
    routes = {f"{route.method} {route.path}": route.guards for route in harness.static_routes("fastify", "archive")}
    assert routes == {
        "GET /archive/documents": ("verifyReader",),
        "GET /archive/documents/{id}": (),
        "POST /archive/documents": ("verifyReader", "verifyArchivist"),
        "DELETE /archive/documents/{id}": ("verifyReader", "verifyArchivist"),
        "GET /internal/queue": ("verifyBearerAuth",),
        "GET /open": (),
    }


def test_described_routes_stand_where_they_are_described() -> None:
    """A route given as an object is found at the object; one in a chain of calls, at its own call."""
    routes = {f"{route.method} {route.path}": route.span for route in harness.static_routes("fastify", "shop")}
    assert (routes["GET /carts/{cart}"].path, routes["GET /carts/{cart}"].line) == ("routes/carts.js", 3)
    chained = {f"{route.method} {route.path}": route.span.line for route in harness.static_routes("fastify", "library")}
    assert [chained[row] for row in ("GET /api/members", "POST /api/members", "GET /api/members/{id}")] == [10, 11, 12]


def test_decorators_lead_to_services() -> None:
    """The way of a request: through hooks, ``this``, the closed-over instance and ``request.server``."""
    facts = harness.facts_of(harness.APPS / "fastify" / "shop")
    reached = {
        f"{route.method} {route.path}": {str(call.callee) for call in facts.trace(route).calls if call.callee}
        for route in facts.routes
    }
    assert "catalogue.js:Catalogue.all" in reached["GET /products"]
    assert "catalogue.js:Catalogue.find" in reached["GET /products/{id}"]
    saved = reached["PUT /products/{id}"]
    assert {"catalogue.js:Catalogue.find", "app.js:requireStaff", "routes/products.js:audit"} <= saved
    library = harness.facts_of(harness.APPS / "fastify" / "library")
    book = next(route for route in library.routes if (route.method, route.path) == ("GET", "/api/books/{isbn}"))
    assert "plugins/store.js:Store.findBook" in {str(call.callee) for call in library.trace(book).calls}


def test_start_command() -> None:
    """The application that fastify-cli starts is the one that is served."""
    facts = harness.facts_of(harness.APPS / "fastify" / "clinic")
    assert {entry.path for entry in facts.startup.entries} == {"app.js"}
    assert facts.startup.served == facts.applications
    assert len(facts.applications) == 1


BODIES = """
const schema = {
  type: 'object',
  required: ['name', 'kind', 'age'],
  properties: { name: { type: 'string' }, kind: { type: 'string', default: 'oak' }, age: { type: 'integer' } },
}

export default async function (app) {
  app.post('/trees', { schema: { body: schema } }, async () => ({ planted: true }))
  app.post('/lenient', { schema: { body: schema }, attachValidation: true }, async () => ({ planted: true }))
}
"""
TYPEBOX = """
import fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import trees from './trees.mjs'
export const app = fastify()
app.register(trees)
const tags = Type.Array(Type.String())
const body = Type.Object({
  tree: Type.Object({ name: Type.String(), height: Type.Optional(Type.Number()), tags, twigs: Type.Optional(tags) }),
  note: Type.Optional(Type.Array(Type.String())),
  kind: Type.String({ default: 'oak' }),
})
app.post('/typed', { schema: { body } }, async () => ({ planted: true }))
"""


def test_what_schemas_of_bodies_demand(tmp_path: Path) -> None:
    (tmp_path / "trees.mjs").write_text(BODIES)
    (tmp_path / "app.mjs").write_text(TYPEBOX)
    (tmp_path / "package.json").write_text('{"dependencies": {"fastify": "^5", "@sinclair/typebox": "^0.34"}}')
    facts = facts_of(tmp_path)
    demands = {route.path: facts.answered(route).demands for route in facts.routes}
    assert [one.demand.required for one in demands["/trees"]] == [{"name", "age"}]
    assert demands["/lenient"] == ()
    (typed,) = demands["/typed"]
    assert "tree" in typed.demand.required
    assert "note" not in typed.demand.required
    assert typed.demand.fields["tree"].required == {"name", "tags"}


ASK_BODIES = """
const { default: fastify } = await import('fastify')
const app = fastify()
app.register((await import('./trees.mjs')).default)
for (const [path, payload] of [['/trees', { name: 'ash' }], ['/trees', { name: 'ash', age: 7 }], ['/lenient', {}]]) {
  console.log(JSON.stringify([(await app.inject({ method: 'POST', url: path, payload })).statusCode]))
}
"""


def test_fastify_refuses_what_lacks_a_required_property(tmp_path: Path) -> None:
    (tmp_path / "trees.mjs").write_text(BODIES)
    assert run_fixture(tmp_path, ASK_BODIES) == [[400], [200], [200]]
