"""Routes that only methods or functions register which nothing that is followed calls, and defaults of settings."""

from __future__ import annotations

import pytest

from tests.conftest import Buttress, Write
from tests.frameworks.harness import facts_of
from verifier.link import Facts


def table(facts: Facts) -> list[tuple[str, str, bool]]:
    """Method, path and whether it is conditional, of all routes."""
    return [(route.method, route.path, route.conditional) for route in facts.routes]


API = """
from aiohttp import hdrs, web

class Api:
    def __init__(self, core):
        self.core = core
        self.site = web.Application()

    async def load(self):
        self._books(self.site)
        self.site.router.add_get("/health", self.health)

    def _books(self, site: web.Application):
        site.add_routes([web.get("/books", self.books), web.route(hdrs.METH_ANY, "/any", self.books)])

    def _spare(self):
        self.site.router.add_get("/spare", self.books)

    async def books(self, request): ...
    async def health(self, request): ...
"""
STARTED = """
from api import Api

async def prepare(core):
    core.api = Api(core)

async def start(core):
    await prepare(core)
    await core.api.load()
"""


def test_methods_of_what_holds_an_application_are_run(write: Write) -> None:
    facts = facts_of(write({"api.py": API, "core.py": STARTED, "requirements.txt": "aiohttp\n"}))
    assert sorted(table(facts)) == [("*", "/any", False), ("GET", "/books", False), ("GET", "/health", False)]


SITE = """
from flask import Flask

from pages import make_pages

app = Flask(__name__)

def setup(settings, store=None):
    app.register_blueprint(make_pages(store), url_prefix="/pages")

    @app.route("/state")
    def state():
        return "fine"

def forgotten():
    @app.route("/forgotten")
    def answer():
        return ""
"""
PAGES = """
from flask import Blueprint

def make_pages(store):
    pages = Blueprint("pages", __name__)

    @pages.route("/<int:number>")
    def page(number):
        return store.read(number)

    return pages
"""
RUN = """
import sys

def main(arguments):
    from site_app import setup
    setup(arguments)

if len(sys.argv) > 5:
    main(sys.argv)
"""


def test_functions_beside_an_application_are_run_where_something_names_them(write: Write) -> None:
    facts = facts_of(write({"site_app.py": SITE, "pages.py": PAGES, "run.py": RUN, "requirements.txt": "flask\n"}))
    assert sorted(table(facts)) == [("GET", "/pages/{number}", False), ("GET", "/state", False)]


CONTROLLER = """
import { Router } from 'express';

export class Controller {
  app = Router();

  add(options) {
    this.app[options.method](options.path, options.handler);
  }
}
"""
BOOKS = """
import { Controller } from './controller';

const ROOT = '/';

export class Books extends Controller {
  constructor(settings) {
    super();
    this.add({ method: 'get', path: ROOT, handler: this.list });
    this.add({
      method: 'get', path: `/:id`, handler: this.one });
  }
  list(request, response) { response.json([]); }
  one(request, response) { response.json({}); }
}
"""
SERVER = """
import express from 'express';
import { Books } from './books';

export default async function build(settings) {
  const app = express();
  const base = settings.server.base || '%s';
  app.use(`${base}/books`, new Books(settings).app);
  app.get(settings.other, (request, response) => response.end());
  return app;
}
"""


@pytest.mark.parametrize("default", ["", "/v1"])
def test_what_is_written_for_where_a_setting_is_not_given_is_listed_and_told(write: Write, default: str) -> None:
    files = {"src/controller.ts": CONTROLLER, "src/books.ts": BOOKS, "src/server.ts": SERVER % default}
    facts = facts_of(write({**files, "package.json": '{"dependencies": {"express": "^5"}}'}))
    assert table(facts) == [("GET", f"{default}/books", True), ("GET", f"{default}/books/{{id}}", True)]
    assert [(route.span.path, route.span.line) for route in facts.routes] == [("src/books.ts", 9), ("src/books.ts", 10)]
    mount, other = facts.dynamic_routes
    assert mount.reason.endswith("; what is written for where that is not given is listed")
    assert other.reason == "the path depends on the parameter `settings`"


FINDING = """
import os
from importlib import import_module

from flask import Flask

from bases import Pages, busy

def make():
    app = Flask(__name__)
    for number in range(20):
        busy(number)
    for name in os.environ["PAGES"].split():
        app.register_blueprint(getattr(import_module(name), "pages"))
    return app
"""
BASES = """
from flask import Blueprint
from flask.blueprints import BlueprintSetupState

class State(BlueprintSetupState):
    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
        if rule.startswith("!"):
            rule, self.url_prefix = rule[1:], None
        super().add_url_rule(rule, endpoint, view_func, **options)

class Pages(Blueprint):
    def make_setup_state(self, app, options, first_registration=False):
        return State(self, app, options, first_registration)

def busy(number):
    for left in range(30):
        for right in range(20):
            number = number + left * right
    return number
"""
FOUND = """
from bases import Pages

pages = Pages("{name}", __name__, url_prefix="/{name}")

@pages.route("/all")
def all_of_them(): ...

@pages.route("!/outside-{name}")
def outside(): ...
"""
STARTING = """
from finding import make

application = make()
"""


def test_blueprints_that_run_time_finds_are_listed_under_a_condition(write: Write) -> None:
    """The factory takes longer than a file is given that names no framework, and is run to its end all the same."""
    files = {"finding.py": FINDING, "bases.py": BASES, "start.py": STARTING, "requirements.txt": "flask\n"}
    found = {f"{name}.py": FOUND.format(name=name) for name in ("books", "tests/authors", "lenders")}
    facts = facts_of(write({**files, **found}))
    assert sorted(table(facts)) == [("GET", "/books/all", True), ("GET", "/lenders/all", True)]
    reasons = {(one.span.path, one.reason.partition(" depends")[0]) for one in facts.dynamic_routes}
    assert reasons == {
        ("books.py", "the path"),
        ("finding.py", "the registered blueprint"),
        ("lenders.py", "the path"),
    }
    assert facts.unread_routes == ()


MARKS = """
def answers(method, path):
    def decorate(function):
        function.method_, function.path_ = method, path
        return function
    return decorate
"""
HANDLERS = """
from marks import answers
from rows import Note

@answers("GET", "/notes")
async def notes(request):
    note = Note()
    return note.title.upper()

@answers("POST", "/notes")
async def new(request): ...

async def helper(request): ...
"""
# The class that makes `Note` keeps its fields elsewhere: an object has values in their place.
ROWS = """
class Field:
    pass

class Kind(type):
    def __new__(cls, name, bases, members):
        fields = {key: value for key, value in members.items() if isinstance(value, Field)}
        for key in fields:
            members.pop(key)
        made = super().__new__(cls, name, bases, members)
        made.fields = fields
        return made

class Row(dict, metaclass=Kind):
    def __getattr__(self, key):
        return self.get(key)

class Note(Row):
    title = Field()
"""
LOOP = """
from aiohttp import web

def register(app, name):
    if name.rfind(".") == -1:
        module = __import__(name)
    else:
        module = find(name)
    for word in dir(module):
        if not word.startswith("_"):
            function = getattr(module, word)
            method, path = getattr(function, "method_", None), getattr(function, "path_", None)
            if callable(function) and method and path:
                app.router.add_route(method, path, function)

async def build():
    app = web.Application()
    register(app, "handlers")
    return app

web.run_app(build())
"""


def test_handlers_that_a_loop_over_the_names_of_a_module_registers(write: Write, buttress: Buttress) -> None:
    files = {"marks.py": MARKS, "handlers.py": HANDLERS, "rows.py": ROWS, "app.py": LOOP}
    folder = write({**files, "requirements.txt": "aiohttp\n"})
    assert sorted((method, path) for method, path, _ in table(facts_of(folder))) == [
        ("GET", "/notes"),
        ("POST", "/notes"),
    ]
    assert "names/unknown-member" not in buttress("check", folder, "--ignore", "names/undefined-name").out


PLUGINS = """
import fastify from 'fastify';

function slow(name) {
  let total = 0;
  for (const left of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm']) {
    for (const right of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      total = total + right;
    }
  }
  return '/' + name;
}

export function build() {
  const app = fastify();
  app.register(async (instance) => {
    instance.get(slow('first'), async () => 1);
    instance.get(slow('second'), async () => 2);
    instance.get(slow('third'), async () => 3);
    instance.get(slow('fourth'), async () => 4);
    instance.get(slow('last'), async () => 5);
  });
  return app;
}
"""
LISTENING = """
import { build } from './plugins';

const app = build();
const start = async () => {
  await app.listen({ port: 3000 });
};
start();
"""


def test_plugins_are_given_time_whatever_file_starts_them(write: Write) -> None:
    files = {
        "src/plugins.ts": PLUGINS,
        "src/index.ts": LISTENING,
        "package.json": '{"dependencies": {"fastify": "^5"}}',
    }
    facts = facts_of(write(files))
    assert [path for _, path, _ in table(facts)] == ["/first", "/second", "/third", "/fourth", "/last"]
    assert not facts.program.engine.unfinished


LOADED = """
import express from 'express';
import load from './load';

const app = express();

async function prepare() {
  await load(app);
}
app['prepare'] = prepare;

export default app;
"""
LOAD = """
export default async (app) => {
  app.get('/state', (request, response) => response.end());
};
"""
PREPARED = """
import app from './app';

(async () => {
  await app['prepare']();
  app.listen(3000);
})();
"""


def test_functions_that_hand_on_an_application_without_routes_are_run(write: Write) -> None:
    facts = facts_of(write({"src/app.ts": LOADED, "src/load.ts": LOAD, "src/index.ts": PREPARED}))
    assert table(facts) == [("GET", "/state", False)]
