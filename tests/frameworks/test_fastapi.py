"""FastAPI and Starlette: our table against the routes that the applications really have."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.frameworks.harness import APPS, Table, apps, facts_of, run_python, static_routes
from verifier.link import Facts
from verifier.model import Route

TABLE = """
import importlib, json, re, sys, warnings
warnings.simplefilter("ignore")
from starlette.routing import Host, Mount
from starlette.testclient import TestClient
try:
    from fastapi.routing import iter_route_contexts
except ImportError:
    iter_route_contexts = None

OWN = {"openapi", "swagger_ui_html", "swagger_ui_redirect", "redoc_html"}


def effective(routes):
    for route in routes if iter_route_contexts is None else iter_route_contexts(routes):
        if iter_route_contexts is None and hasattr(route, "effective_route_contexts"):
            for inner in route.effective_route_contexts():
                yield inner.starlette_route or inner
            continue
        inner = getattr(route, "_effective_route", None)
        yield getattr(inner, "starlette_route", None) or inner or route


def rows(routes, prefix):
    for route in effective(routes):
        if not getattr(route, "path", None) and getattr(route, "original_route", None) is not None:
            route = route.original_route
        if isinstance(route, (Mount, Host)):
            app = route.app
            while not hasattr(app, "routes") and hasattr(app, "app"):
                app = app.app
            path = getattr(route, "path", "")
            if hasattr(app, "routes"):
                yield from rows(app.routes, prefix + path)
            elif type(app).__name__ != "StaticFiles":
                yield "*", prefix + path + "/{path}"
            continue
        endpoint = getattr(route, "endpoint", None)
        if getattr(endpoint, "__name__", "") in OWN:
            continue
        methods = getattr(route, "methods", None)
        if methods is None and isinstance(endpoint, type) and "WebSocket" not in type(route).__name__:
            methods = {name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(endpoint, name)}
        added = {"HEAD"} if type(route).__name__ == "Route" and "GET" in (methods or ()) else set()
        other = "WEBSOCKET" if "WebSocket" in type(route).__name__ else "*"
        for method in sorted(set(methods) - added) if methods else [other]:
            yield method, prefix + route.path


application = importlib.import_module("main")
for part in sys.argv[1].split("."):
    application = getattr(application, part.removesuffix("()"))
    application = application() if part.endswith("()") else application
if len(sys.argv) > 2:
    with TestClient(application):
        pass
for method, path in rows(application.routes, ""):
    print(json.dumps([method, re.sub(r"\\{(\\w+):\\w+\\}", r"{\\1}", path)]))
"""
MAIN = {
    "lending": "app",
    "station": "app",
    "controllers": "app",
    "tickets": "app",
    "tenants": "app",
    "toolshed": "app",
    "kiosk": "public",
}


@cache
def facts(app: str) -> Facts:
    return facts_of(APPS / "fastapi" / app)


@cache
def routes(app: str, variable: str = "") -> tuple[Route, ...]:
    """The routes of one application of a project."""
    wanted = variable or MAIN[app]
    named = {found.identity for found in facts(app).applications if found.name == wanted}
    return tuple(route for route in static_routes("fastapi", app) if not named or route.application in named)


def table(app: str, variable: str = "") -> Table:
    """Methods and paths in order, without conditional ones.

    The methods of one declaration are sorted, for FastAPI keeps them in a set.
    """
    certain = [route for route in routes(app, variable) if not route.conditional]
    found = [(route.order, route.span, route.path, route.method) for route in certain]
    groups: list[list[tuple[str, str]]] = []
    last: object = None
    for _, span, path, method in sorted(found, key=lambda row: row[0]):
        if (span, path) != last:
            groups.append([])
            last = (span, path)
        groups[-1].append((method, path))
    return [row for group in groups for row in sorted(group)]


def real(app: str, variable: str = "", *, started: bool = False) -> Table:
    arguments = [variable or MAIN[app], *(["started"] if started else [])]
    return run_python("fastapi", app, TABLE, *arguments)


def by_path(app: str, method: str, path: str, variable: str = "") -> Route:
    found = [route for route in routes(app, variable) if (route.method, route.path) == (method, path)]
    assert len(found) == 1, found
    return found[0]


def test_every_application_is_tested() -> None:
    assert sorted(MAIN) == apps("fastapi")


@pytest.mark.parametrize("app", ["lending", "station", "controllers", "tickets", "toolshed"])
def test_table_is_the_frameworks_own_in_its_order(app: str) -> None:
    assert table(app) == real(app)


def test_each_application_of_a_project_has_its_own_table() -> None:
    for variable in ("public", "staff"):
        assert table("kiosk", variable) == real("kiosk", variable)


def test_what_is_registered_at_start_up_is_there() -> None:
    ours = set(table("tenants"))
    theirs = set(real("tenants", started=True))
    assert ours == theirs | {(method, f"/office{path}") for method, path in theirs}


def test_what_run_time_decides_is_dynamic() -> None:
    reasons = {(found.span.path, found.span.line, found.reason) for found in facts("kiosk").dynamic_routes}
    line = next(
        number
        for number, text in enumerate((APPS / "fastapi/kiosk/main.py").read_text().splitlines(), 1)
        if "read_prefix())" in text
    )
    assert {(path, at) for path, at, _ in reasons} == {("main.py", line)}
    assert all("the prefix of a mount depends on" in reason for _, _, reason in reasons)
    assert not any(facts(app).dynamic_routes for app in MAIN if app != "kiosk")


def test_a_factory_that_nothing_calls_is_run() -> None:
    found = [route for route in static_routes("fastapi", "kiosk") if route.path.startswith("/kiosk/")]
    assert [(route.method, route.path) for route in found] == [
        ("GET", "/kiosk/rooms/{room}"),
        ("GET", "/kiosk/rooms/{room}/guide"),
    ]
    assert all(route.guards[0] == "TenantMiddleware" for route in found)
    assert not [route for route in static_routes("fastapi", "kiosk") if route.path.startswith("/debug/")]


def test_flags_of_the_environment_make_routes_conditional() -> None:
    assert by_path("tickets", "GET", "/api/v2/archive/{year}").conditional is False
    debug = [route for route in static_routes("fastapi", "tickets") if route.path == "/debug"]
    assert [route.conditional for route in debug] in ([], [True])


@pytest.mark.parametrize(
    ("app", "method", "path", "handler", "file"),
    [
        ("lending", "GET", "/api/books", "list_books", "api/books.py"),
        ("lending", "PATCH", "/api/books/{book_id}", "change_book", "api/books.py"),
        ("lending", "POST", "/api/{branch}/members/{name}/loans/{loan_id}/extension", "extend", "api/loans.py"),
        ("lending", "WEBSOCKET", "/live/shelves/{shelf}", "shelf_changes", "api/realtime.py"),
        ("station", "GET", "/sensors/{sensor}", "SensorEndpoint.get", "panels.py"),
        ("station", "DELETE", "/sensors/{sensor}", "SensorEndpoint.delete", "panels.py"),
        ("station", "WEBSOCKET", "/ticker", "Ticker.on_receive", "panels.py"),
        ("station", "POST", "/double", "scaled", "main.py"),
        ("station", "POST", "/panels/admin/reset", "show", "panels.py"),
        ("controllers", "GET", "/v1/rooms/{number}", "Rooms.room", "rooms.py"),
        ("controllers", "POST", "/v1/rooms/summary", "Rooms.post", "rooms.py"),
        ("controllers", "DELETE", "/v1/desk/arrivals/{guest}", "FrontDesk.check_out", "frontdesk.py"),
        ("controllers", "PATCH", "/v1/invoices/{number}/paid", "InvoiceView.pay", "billing.py"),
        ("controllers", "GET", "/v2/cards", "KeyCards.get", "resources.py"),
        ("controllers", "GET", "/v1/housekeeping/tasks", "HousekeepingRoutes.tasks", "housekeeping.py"),
        ("tickets", "GET", "/stats", "Tracker.stats", "main.py"),
        ("tickets", "GET", "/call", "Tracker.__call__", "main.py"),
        ("tickets", "GET", "/groups/blue-team/members", "make_router.group_members", "modules/boards.py"),
        ("tickets", "GET", "/api/v2/milestones", "make_lister.list_items", "main.py"),
    ],
)
def test_handlers_are_the_functions_that_run(app: str, method: str, path: str, handler: str, file: str) -> None:
    route = by_path(app, method, path)
    assert route.handler == handler
    assert route.function is not None
    assert route.function.path == file


@pytest.mark.parametrize(
    ("app", "method", "path", "guards"),
    [
        ("lending", "GET", "/api/books", ("require_client",)),
        ("lending", "GET", "/api/books/{book_id}", ("require_client",)),
        ("lending", "POST", "/api/books", ("require_client", "librarian")),
        ("lending", "PUT", "/api/books/{book_id}", ("require_client", "librarian")),
        ("lending", "GET", "/api/{branch}/members/me", ("require_client", "current_member")),
        ("lending", "GET", "/api/{branch}/members/{name}/loans/", ("require_client", "current_member")),
        ("lending", "GET", "/health", ("require_client",)),
        ("lending", "WEBSOCKET", "/live/shelves/{shelf}", ("require_client",)),
        ("station", "GET", "/first", ("timing",)),
        ("controllers", "GET", "/v1/rooms/{number}", ("signed_in",)),
        ("controllers", "POST", "/v1/rooms/summary", ("signed_in",)),
        ("toolshed", "GET", "/tools/{shed}/nothing", ("signed", "verify")),
        ("toolshed", "GET", "/tools/{shed}/by-instance", ("signed", "verify", "Roles")),
        ("tenants", "PATCH", "/users/me", ("current_user",)),
        ("tenants", "GET", "/leases", ("fastapi_users.current_user",)),
        ("tenants", "GET", "/leases/{number}", ()),
        ("kiosk", "GET", "/rooms/{room}", ("limited", "logged")),
        ("kiosk", "GET", "/rooms/{room}/guide", ()),
    ],
)
def test_guards_are_those_that_turn_a_request_away(app: str, method: str, path: str, guards: tuple[str, ...]) -> None:
    assert by_path(app, method, path).guards == guards


def test_converters_restrict_a_segment() -> None:
    patterns = {
        (app, route.path): [segment.pattern for segment in route.pattern.segments if segment.parameters]
        for app in ("lending", "station")
        for route in routes(app)
    }
    assert patterns["lending", "/api/books/{book_id}"] == ["[0-9]+"]
    assert patterns["station", "/readings/{day}"] == ["[0-9]{4}-[0-9]{2}-[0-9]{2}"]
    assert patterns["lending", "/api/books/{book_id}/pages/{page}.{kind}"][1] == r"[^/]+\.[^/]+"
    cover = by_path("lending", "GET", "/api/books/covers/{path}")
    assert cover.pattern.segments[-1].rest


def test_slashes_are_decided_by_the_application() -> None:
    assert by_path("lending", "GET", "/api/books").trailing == "redirect"
    assert by_path("station", "GET", "/readings/latest").trailing == "exact"
    assert by_path("station", "GET", "/outer/nested/inner/json").trailing == "exact"
    assert by_path("station", "GET", "/reports/").trailing == "redirect"  # an application of its own


SLASH = """
from starlette.testclient import TestClient
from main import app
client = TestClient(app, follow_redirects=False)
print('["LENGTH", "%d"]' % client.get("/readings/latest/").status_code)
print('["LENGTH", "%d"]' % client.get("/outer/nested/inner/json/").status_code)
print('["LENGTH", "%d"]' % client.get("/reports").status_code)
print('["LENGTH", "%d"]' % client.get("/reports/2024/1/").status_code)
"""


def test_slashes_do_what_we_say() -> None:
    assert [status for _, status in run_python("fastapi", "station", SLASH)] == ["404", "404", "404", "307"]


def below(app: str, method: str, path: str) -> list[str]:
    """The functions that a request runs through."""
    route = by_path(app, method, path)
    graph = facts(app).trace(route)
    assert route.function is not None
    return [str(function) for function in graph.below(route.function)]


def test_a_request_is_followed_through_its_dependencies() -> None:
    found = below("lending", "GET", "/api/books/search")
    assert "api/deps.py:get_session" in found
    assert "services/books.py:BookService.search" in found
    assert "repositories/books.py:BookRepository.select" in found
    guarded = below("lending", "POST", "/api/books")
    assert "api/deps.py:librarian" in guarded
    assert "repositories/books.py:BookRepository.insert" in guarded


def test_state_of_application_and_lifespan_is_followed() -> None:
    assert "store.py:Store.last" in below("station", "GET", "/readings/latest")
    assert "store.py:Store.last" in below("station", "GET", "/readings/clock")
    assert "store.py:Store.last" in below("station", "GET", "/sensors/{sensor}")


def test_objects_behind_class_based_views_are_followed() -> None:
    assert "stock.py:RoomStock.free" in below("controllers", "GET", "/v1/rooms/")
    assert "stock.py:RoomStock.free" in below("controllers", "POST", "/v1/desk/arrivals")
    assert "housekeeping.py:TaskBook.open" in below("controllers", "GET", "/v1/housekeeping/tasks")
    assert "resources.py:KeyCards.left" in below("controllers", "GET", "/v1/cards")


def test_overrides_of_dependencies_are_followed() -> None:
    assert "storage.py:MemoryLeases.find" in below("tenants", "GET", "/leases")
    assert "storage.py:MemoryLeases.open" in below("tenants", "GET", "/leases/{number}")


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("by-class", "stock.py:Catalogue.list"),
        ("by-class", "stock.py:Page.size"),
        ("by-method", "stock.py:Shelves.first"),
        ("by-static-method", "stock.py:Shelves.spare"),
        ("by-instance", "access.py:Roles.__call__"),
        ("by-lambda", "stock.py:Shelf.items"),
        ("by-partial", "stock.py:open_shelf"),
        ("by-partial", "stock.py:Shelf.items"),
        ("nothing", "access.py:verify"),
    ],
)
def test_dependencies_of_every_kind_are_followed(path: str, function: str) -> None:
    assert function in below("toolshed", "GET", f"/tools/{{shed}}/{path}")


def test_calls_stand_in_the_file_of_their_caller() -> None:
    graph = facts("toolshed").calls
    lengths = {path: source.text.count("\n") + 1 for path, source in facts("toolshed").project.files.items()}
    for call in graph.calls:
        assert call.caller is None or call.caller.path == call.span.path
        assert call.span.line <= lengths[call.span.path]


def older(version: str, app: str, variable: str) -> Table:
    """The table under an older FastAPI."""
    from tests.frameworks.older import run_older

    return run_older([f"fastapi=={version}", "httpx<0.28"], APPS / "fastapi" / app, TABLE, variable)


def test_an_older_fastapi_copies_what_is_included(tmp_path: object) -> None:
    from pathlib import Path
    from shutil import copytree

    target = Path(str(tmp_path)) / "lending"
    copytree(APPS / "fastapi" / "lending", target)
    (target / "requirements.txt").write_text("fastapi==0.136.3\n")
    ours = {(route.method, route.path) for route in facts_of(target).routes}
    assert ("GET", "/api/books/newest") not in ours
    assert ("GET", "/api/{branch}/members/{name}/loans/late/fees") not in ours
    assert ours == set(older("0.136.3", "lending", "app"))
    assert set(older("0.137.0", "lending", "app")) == set(table("lending"))


def test_python_of_the_tests_runs_the_applications() -> None:
    """The harness itself: a broken application fails loudly."""
    done = subprocess.run([sys.executable, "-c", "import fastapi"], check=False)
    assert done.returncode == 0


def test_modules_of_a_package_that_is_started_inside_a_package(tmp_path: Path) -> None:
    """The folder `shop` is a package and the program runs in it, so `api` is `shop/api`."""
    files = {
        "requirements.txt": "fastapi\n",
        "shop/__init__.py": "",
        "shop/app.py": "from fastapi import FastAPI\nfrom api.router import router\n\napp = FastAPI()\n"
        "app.include_router(router)\n",
        "shop/api/__init__.py": "",
        "shop/api/router.py": "from fastapi import APIRouter\nfrom api.routes import books\n\nrouter = APIRouter()\n"
        "router.include_router(books.router, prefix='/books')\n",
        "shop/api/routes/__init__.py": "",
        "shop/api/routes/books.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get('/all')\n"
        "def books():\n    return []\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert [route.path for route in facts_of(tmp_path).routes] == ["/books/all"]
