"""aiohttp: Buttress's routes against ``app.router``, and the order of matching against ``app.router.resolve``."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import Write
from tests.frameworks.harness import APPS, Table, apps, facts_of, run_python, static_routes
from verifier.model import Route

# How each application comes into being.
FACTORIES = {
    "boards": "from boards.server import Server; app = Server().build()",
    "gateway": "from gateway import init; app = init()",
    "inventory": "from server import main; app = main()",
    "library": "import asyncio; from library import create_app; app = asyncio.run(create_app())",
    "orders": "from main import app",
    "tickets": "from app import app",
}

# HEAD beside each GET is aiohttp's own; views are written out as their methods; static folders and
# what aiohttp_cors adds are left out.
TABLE = """
import json
from aiohttp import web
from aiohttp.web_urldispatcher import PrefixedSubAppResource, StaticResource, UrlDispatcher

def add_get(self, path, handler, *, name=None, allow_head=True, **options):
    return self.add_resource(path, name=name).add_route("GET", handler, **options)

UrlDispatcher.add_get = add_get
{factory}

def show(app):
    for resource in app.router.resources():
        if isinstance(resource, StaticResource):
            continue
        if isinstance(resource, PrefixedSubAppResource):
            show(resource._app)
            continue
        for route in resource:
            if getattr(route.handler, "__module__", "").startswith("aiohttp_cors"):
                continue
            methods = [route.method]
            if isinstance(route.handler, type) and route.method == "*":
                verbs = ("HEAD", "GET", "DELETE", "OPTIONS", "PATCH", "POST", "PUT")
                methods = [verb for verb in verbs if getattr(route.handler, verb.lower(), None)]
            for method in methods:
                print(json.dumps([method, resource.canonical]))

show(app)
"""

RESOLVE = """
import asyncio, json, sys
from aiohttp.test_utils import make_mocked_request
{factory}

def name_of(handler, method):
    if isinstance(handler, type):
        handler = getattr(handler, method.lower())
    handler = getattr(handler, "__wrapped__", handler)
    handler = getattr(handler, "func", handler)
    if not hasattr(handler, "__qualname__"):
        handler = type(handler).__call__
    return handler.__qualname__.replace(".<locals>", "")

async def main():
    for method, path in json.loads(sys.argv[1]):
        found = await app.router.resolve(make_mocked_request(method, path))
        print(json.dumps([name_of(found.handler, method), path]))

asyncio.run(main())
"""

SAMPLES = {
    "board": "7",
    "card": "c1",
    "ending": "json",
    "isbn": "9780262046305",
    "kind": "monthly",
    "label": "urgent",
    "name": "stock",
    "number": "12",
    "path": "shots/one.png",
    "sku": "A-1",
    "state": "paid",
    "tail": "any/thing",
    "ticket_id": "4",
    "year": "2024",
}


def real_table(app: str) -> Table:
    """aiohttp's own table."""
    return run_python("aiohttp", app, TABLE.replace("{factory}", FACTORIES[app]))


def sample(route: Route) -> str:
    """A path that the route takes."""
    return re.sub(r"\{(\w+)\}", lambda found: SAMPLES[found.group(1)], route.path)


def takes(route: Route, path: str) -> bool:
    """Whether a route's pattern takes a path."""
    pattern = ""
    for segment in route.pattern.segments:
        pattern += "/" + (re.escape(segment.text) if segment.literal else segment.pattern or "[^/]+")
    return re.fullmatch(pattern + ("/" if route.pattern.slash or not pattern else ""), path) is not None


def test_every_app_is_compared() -> None:
    assert apps("aiohttp") == sorted(FACTORIES)


@pytest.mark.parametrize("app", sorted(FACTORIES))
def test_table(app: str) -> None:
    assert sorted((route.method, route.path) for route in static_routes("aiohttp", app)) == sorted(real_table(app))


@pytest.mark.parametrize("app", sorted(FACTORIES))
def test_order_of_matching(app: str) -> None:
    routes = [route for route in static_routes("aiohttp", app) if not route.conditional]
    asked = [("GET" if route.method == "*" else route.method, sample(route)) for route in routes]
    script = RESOLVE.replace("{factory}", FACTORIES[app])
    answers = [name for name, _ in run_python("aiohttp", app, script, json.dumps(asked))]
    expected = [
        next(route.handler for route in routes if route.method in (method, "*") and takes(route, path))
        for method, path in asked
    ]
    decorated = {"agent_required.guarded": "TicketList.post"}
    assert [decorated.get(name, name) for name in answers] == expected


def handlers(app: str) -> dict[str, str]:
    """Handler by method and path."""
    return {f"{route.method} {route.path}": str(route.function) for route in static_routes("aiohttp", app)}


def test_handlers() -> None:
    assert handlers("orders")["PUT /orders/{number}/payment"] == "shop/orders.py:Payment.put"
    assert handlers("orders")["PATCH /orders/{number}"] == "shop/orders.py:cancel_order"
    assert handlers("library")["GET /api/v2/books/{isbn}"] == "library/books.py:BookHandlers.show"
    assert handlers("inventory")["GET /items"] == "handlers.py:read_items"
    assert handlers("inventory")["GET /items.csv"] == "handlers.py:Export.__call__"
    assert handlers("tickets")["GET /tickets/unassigned"] == "views.py:Listing.get"
    assert handlers("tickets")["GET /tickets/{ticket_id}/comments"] == "views.py:CommentMixin.get"
    assert handlers("gateway")["* /upstream/v2/{tail}"] == "gateway.py:proxy"
    assert handlers("boards")["PATCH /boards/{board}/cards/{card}"] == "boards/modules/cards.py:move"


def test_guards() -> None:
    guards = {
        f"{route.method} {route.path}": route.guards
        for app in FACTORIES
        for route in static_routes("aiohttp", app)
        if not route.conditional
    }
    assert guards["GET /orders"] == ("timing", "token_required")
    assert guards["GET /api/v2/members/fines/{year}"] == ("librarian_only",)
    assert guards["GET /api/v1/books"] == ()
    assert guards["POST /tickets"] == ("agent_required",)
    assert guards["GET /tickets"] == ()
    assert guards["GET /me"] == ("login_required",)  # `authenticate` puts a user on the request, and lets all pass
    assert guards["* /upstream/v1/{tail}"] == ("require_scope",)


def test_trailing_slash() -> None:
    trailing = {route.path: route.trailing for route in static_routes("aiohttp", "gateway") if not route.conditional}
    assert trailing == {
        "/status/": "redirect",
        "/me": "exact",
        "/upstream/v1/health/": "redirect",
        "/upstream/v1/{tail}": "exact",
        "/upstream/v2/{tail}": "exact",
    }


ASK = """
import asyncio, json
from aiohttp.test_utils import TestClient, TestServer
from gateway import init

async def main():
    async with TestClient(TestServer(init())) as client:
        for method in ("GET", "POST"):
            for path in ("/status", "/status/", "/me", "/me/", "/upstream/v1/health"):
                response = await client.request(method, path, allow_redirects=False)
                print(json.dumps([str(response.status), method + " " + path]))

asyncio.run(main())
"""


def test_trailing_slash_is_as_aiohttp_does() -> None:
    answers = {asked: status for status, asked in run_python("aiohttp", "gateway", ASK)}
    assert answers["GET /status"] == "308"
    assert answers["GET /status/"] == "200"
    assert answers["GET /me"] == "401"
    assert answers["GET /me/"] == "404"
    assert answers["POST /status"] == "404"  # no route takes it with a slash either


def test_domains_are_conditional() -> None:
    found = [route for route in static_routes("aiohttp", "gateway") if route.conditional]
    assert [(route.path, route.handler) for route in found] == [("/", "admin_index"), ("/status", "status")]


def test_nothing_is_dynamic() -> None:
    assert {app: facts_of(APPS / "aiohttp" / app).dynamic_routes for app in FACTORIES} == dict.fromkeys(FACTORIES, ())


def reached(app: str, path: str) -> set[str]:
    """The functions that the requests of a route run through."""
    facts = facts_of(APPS / "aiohttp" / app)
    [route] = [found for found in facts.routes if f"{found.method} {found.path}" == path and not found.conditional]
    graph = facts.trace(route)
    [(_, handler)] = graph.entries
    return {str(function) for function in graph.below(handler)}


@pytest.mark.parametrize(
    ("app", "route", "function"),
    [
        ("orders", "POST /orders", "shop/store.py:OrderStore.add"),  # request.app[AppKey]
        ("orders", "POST /orders", "shop/middlewares.py:token_required"),
        ("orders", "PUT /orders/{number}/payment", "shop/store.py:OrderStore.find"),  # self.request of a view
        ("library", "GET /api/v1/books/{isbn}", "library/books.py:BookRepository.find"),  # constructor injection
        ("library", "POST /api/v2/members/", "library/members.py:MemberService.invite"),  # request.config_dict
        ("inventory", "GET /items", "stock.py:Stock.items"),  # functools.partial, positional
        ("inventory", "PUT /items/{sku}", "stock.py:Stock.put"),  # functools.partial, by name
        ("inventory", "GET /items.tsv", "stock.py:Stock.items"),
        ("tickets", "GET /tickets/unassigned", "views.py:Unassigned.conditions"),  # of the subclass
        ("tickets", "POST /tickets", "repository.py:TicketRepository.add"),  # behind a decorator
        ("gateway", "GET /me", "gateway.py:User.greeting"),  # what a middleware stored, behind *args
        ("boards", "PATCH /boards/{board}/cards/{card}", "boards/store.py:Cards.move"),  # set by cleanup_ctx
    ],
)
def test_the_way_of_a_request(app: str, route: str, function: str) -> None:
    assert function in reached(app, route)


def test_what_was_stored_under_a_key_may_be_there(write: Write) -> None:
    text = """
        from aiohttp import web

        VIEWER = web.RequestKey("viewer", str)

        def absent(): ...

        def present(): ...

        async def show(request):
            viewer = request.get(VIEWER)
            if viewer is None:
                return absent()
            return present()

        app = web.Application()
        app.router.add_get("/", show)
    """
    facts = facts_of(write({"main.py": text}))
    called = {call.callee.name for call in facts.trace(facts.routes[0]).calls if call.callee is not None}
    assert called == {"absent", "present"}
