"""Flask and what is built on it: our table against the map of rules that the applications really have."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.frameworks.harness import APPS, Table, apps, facts_of, run, run_python
from tests.frameworks.older import run_older
from verifier.link import Facts
from verifier.model import Route

TABLE = """
import importlib, json, re, sys, warnings
warnings.simplefilter("ignore")
module, _, variable = sys.argv[1].partition(":")
app = getattr(importlib.import_module(module), variable)
OWN = {"specs", "root", "doc", "restx_doc.static", "static"}
for rule in app.url_map.iter_rules():
    if rule.endpoint.rpartition(".")[2] in OWN or rule.endpoint in OWN:
        continue
    view = app.view_functions[rule.endpoint]
    cls = getattr(view, "view_class", None)
    explicit = {"OPTIONS"} if cls is not None and hasattr(cls, "options") else set()
    path = re.sub(r"<(?:\\w+(?:\\(.*?\\))?:)?([\\w-]+)>", r"{\\1}", rule.rule)
    slash = "lenient" if not rule.strict_slashes else "redirect" if rule.rule.endswith("/") else "exact"
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"} | explicit):
        print(json.dumps([f"{method} {slash}", path]))
"""
MAIN = {
    "clinic": ("app:app", "app:portal", "app:built"),
    "depot": ("app:app",),
    "festival": ("app:app",),
    "magazine": ("wsgi:app",),
    "observatory": ("app:app",),
    "relay": ("app:app",),
    "workshop": ("app:smorest", "app:plain", "app:openapi"),
}
ALONE = [(app, name) for app, names in MAIN.items() for name in names if (app, name) != ("clinic", "app:portal")]


@cache
def facts(app: str) -> Facts:
    return facts_of(APPS / "flask" / app)


def routes(app: str, name: str = "") -> tuple[Route, ...]:
    """The routes of one application of a project."""
    wanted = {found.identity for found in facts(app).applications if found.name == name.rpartition(":")[2]}
    return tuple(route for route in facts(app).routes if not wanted or route.application in wanted)


def by_path(app: str, method: str, path: str) -> Route:
    found = [route for route in facts(app).routes if (route.method, route.path) == (method, path)]
    assert len(found) == 1, found
    return found[0]


def test_every_application_is_tested() -> None:
    assert sorted(MAIN) == apps("flask")


@pytest.mark.parametrize(("app", "name"), ALONE)
def test_table_is_the_map_of_rules(app: str, name: str) -> None:
    ours = [(f"{route.method} {route.trailing}", route.path) for route in routes(app, name) if app != "relay"]
    theirs = run_python("flask", app, TABLE, name)
    if app == "relay":
        ours = [(f"{found.method} {found.trailing}", found.path) for found in routes(app) if found.path != "/debug"]
    assert sorted(ours) == sorted(theirs)


ASK = """
import json, sys, warnings
warnings.simplefilter("ignore")
from app import door
from werkzeug.test import Client
client = Client(door.wsgi_app)
for method, path in json.loads(sys.argv[1]):
    print(json.dumps([str(client.open(path, method=method).status_code), path]))
"""


def test_applications_behind_a_dispatcher_are_below_its_paths() -> None:
    import json

    found = [route for route in facts("clinic").routes if route.application == "app.py:door"]
    assert {(route.method, route.path) for route in found} == {
        ("GET", "/hello/"),
        ("GET", "/portal/appointments"),
        ("GET", "/office/rota/"),
        ("GET", "/office/payroll"),
        ("POST", "/office/archive/payroll/{year}"),
    }
    asked = [(route.method, re.sub(r"\{\w+\}", "7", route.path)) for route in found]
    answers: Table = run_python("flask", "clinic", ASK, json.dumps(asked))
    # Its own hook answers at the door and not behind it; the one of the portal refuses.
    assert {path: status for status, path in answers} == {
        "/hello/": "200",
        "/portal/appointments": "401",
        "/office/rota/": "200",
        "/office/payroll": "200",
        "/office/archive/payroll/7": "500",
    }
    assert by_path("clinic", "GET", "/hello/").guards == ("knock",)
    assert by_path("clinic", "GET", "/portal/appointments").guards == ("only_patients",)
    assert by_path("clinic", "GET", "/office/rota/").guards == ()


def test_what_run_time_decides_is_dynamic() -> None:
    text = (APPS / "flask/relay/app.py").read_text().splitlines()
    reasons = {text[found.span.line - 1].strip(): found.reason for found in facts("relay").dynamic_routes}
    assert reasons == {
        'lost = Blueprint("lost", __name__, url_prefix="/lost")': "no application that was read mounts this router",
        "forgotten = Api()": "no application that was read mounts this router",
        "app.register_blueprint(relays, url_prefix=load_prefix())": (
            "the prefix of a mount depends on an object of `open().read()`"
        ),
        "module.register(app)": "what is registered here depends on a module that run time chooses",
        'app.add_url_rule(f"/extra/{name}", f"extra-{name}", state, methods=name.split("+"))': reasons[
            'app.add_url_rule(f"/extra/{name}", f"extra-{name}", state, methods=name.split("+"))'
        ],
        'app.add_url_rule(f"/named/{name}", f"named-{name}", state)': reasons[
            'app.add_url_rule(f"/named/{name}", f"named-{name}", state)'
        ],
    }
    assert all(found.conditional for found in facts("relay").routes)
    assert not any(facts(app).dynamic_routes for app in MAIN if app != "relay")


@pytest.mark.parametrize(
    ("app", "method", "path", "handler", "file"),
    [
        ("magazine", "GET", "/health", "create_app.<lambda>", "site_factory.py"),
        ("magazine", "GET", "/issues/{month}", "create_app.issue", "site_factory.py"),
        ("magazine", "PUT", "/issues/{code}/cover", "create_app.cover", "site_factory.py"),
        ("magazine", "GET", "/archive/{year}/", "year", "pages.py"),
        ("magazine", "PATCH", "/api/v2/articles/{slug}", "change", "api.py"),
        ("magazine", "GET", "/{language}/api/latest/{slug}", "list_comments", "api.py"),
        ("depot", "GET", "/parcels", "Tracked.get", "views/parcels.py"),
        ("depot", "POST", "/parcels/{number}/label", "LabelView.dispatch_request", "views/parcels.py"),
        ("depot", "POST", "/scans", "ParcelListAPI.post", "views/parcels.py"),
        ("depot", "PATCH", "/shelf/{id}", "ItemAPI.patch", "views/base.py"),
        ("festival", "PUT", "/api/b/{number}", "FrontBox.put", "app.py"),
        ("festival", "GET", "/api/b/{number}", "Box.get", "stages.py"),
        ("festival", "OPTIONS", "/api/artists", "Base.options", "artists.py"),
        ("observatory", "GET", "/v1/lists/no/{number}", "Entry.get", "stars.py"),
        ("observatory", "GET", "/v1/fixed/stars/{name}/light", "Light.get", "app.py"),
        ("workshop", "GET", "/v2/bikes/", "Bikes.get", "app.py"),
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
        ("magazine", "GET", "/", ("reject_robots",)),
        ("magazine", "GET", "/me/favourites", ("reject_robots", "login_required")),
        ("magazine", "GET", "/me", ("reject_robots",)),  # the decorator above the route is never run
        ("magazine", "GET", "/archive/{section}/{rest}", ("reject_robots", "subscribers_only")),
        ("magazine", "GET", "/api/v2/articles/", ("reject_robots",)),  # optional=True
        ("magazine", "POST", "/api/v2/articles/", ("reject_robots", "jwt_required")),
        ("magazine", "DELETE", "/api/v2/articles/{slug}", ("reject_robots", "jwt_required", "editor_of")),
        ("magazine", "GET", "/api/v2/articles/{slug}/comments", ("reject_robots", "only_members")),
        ("magazine", "GET", "/office/users", ("reject_robots", "only_staff")),
        ("depot", "GET", "/parcels", ("audited",)),
        ("depot", "GET", "/parcels/{number}", ("scanner_required", "audited")),
        ("depot", "GET", "/scans", ("scanner_required", "audited")),
        ("depot", "GET", "/scans/audited", ("audited", "scanner_required")),
        ("festival", "GET", "/api/stages/{name}", ()),
        ("festival", "PUT", "/api/stages/{name}", ("staff_only", "counted")),
        ("festival", "GET", "/api/boxes/{number}", ("counted",)),
        ("festival", "POST", "/behind/crew/shifts/{day}", ("staff_only",)),
        ("observatory", "GET", "/dome/api/planets/{planet}", ("keeper", "tracked")),
        ("observatory", "GET", "/v1/fixed/stars/", ()),
        ("workshop", "POST", "/parts/{part}/orders", ("parts.auth_required",)),
        ("workshop", "GET", "/", ()),
    ],
)
def test_guards_are_hooks_that_refuse_and_decorators(app: str, method: str, path: str, guards: tuple[str, ...]) -> None:
    assert by_path(app, method, path).guards == guards


MATCH = """
import json, sys, warnings
warnings.simplefilter("ignore")
from wsgi import app
adapter = app.url_map.bind("localhost")
for text in json.loads(sys.argv[1]):
    try:
        rule, _ = adapter.match(text, return_rule=True)
        print(json.dumps([rule.rule, text]))
    except Exception as error:
        print(json.dumps([type(error).__name__, text]))
"""


@pytest.mark.parametrize(
    ("path", "matching", "others"),
    [
        ("/issues/{month}", ["/issues/2024-05"], ["/issues/May", "/issues/24-05"]),
        ("/issues/{code}/cover", ["/issues/abc1/cover"], ["/issues/abc/cover", "/issues/ABC1/cover"]),
        ("/archive/{section}/{rest}", ["/archive/art/a/b", "/archive/pop culture/x"], ["/archive/sport/x"]),
        (
            "/archive/{score}/{issue}.{kind}",
            ["/archive/-1.5/12345678-1234-1234-1234-123456789abc.pdf"],
            ["/archive/1/12345678-1234-1234-1234-123456789abc.pdf", "/archive/1.5/1.pdf"],
        ),
        ("/{language}/api/latest/{slug}", ["/de/api/latest/x"], ["/deu/api/latest/x"]),
    ],
)
def test_converters_restrict_what_a_segment_takes(path: str, matching: list[str], others: list[str]) -> None:
    import json

    pattern = by_path("magazine", "GET", path).pattern
    whole = re.compile(
        "/"
        + "/".join(
            found.pattern or ("[^/]+" if found.parameters else re.escape(found.text)) for found in pattern.segments
        )
    )
    answers = {text: rule for rule, text in run_python("flask", "magazine", MATCH, json.dumps([*matching, *others]))}
    for text in matching:
        assert whole.fullmatch(text) is not None, text
        assert re.sub(r"<[^>]*?([\w]+)>", r"{\1}", answers[text]) == path
    for text in others:
        assert whole.fullmatch(text) is None, text
        assert re.sub(r"<[^>]*?([\w]+)>", r"{\1}", answers[text]) != path


def below(app: str, method: str, path: str) -> list[str]:
    """The functions that a request runs through."""
    route = by_path(app, method, path)
    assert route.function is not None
    return [str(function) for function in facts(app).trace(route).below(route.function)]


def test_services_on_the_application_are_followed() -> None:
    found = below("magazine", "GET", "/api/v2/articles/{slug}")
    assert "services/articles.py:ArticleService.find" in found
    assert "services/store.py:Store.get" in found
    assert "site_factory.py:create_app.reject_robots" in found  # the hook is part of the request's way


def test_the_current_user_is_followed() -> None:
    found = below("magazine", "GET", "/me/favourites")
    assert "accounts.py:Reader.favourites" in found
    assert "services/store.py:Store.all" in found


def test_what_proxies_lead_to_is_followed() -> None:
    assert "wards.py:WardBook.names" in below("clinic", "GET", "/wards")


def test_objects_given_to_views_are_followed() -> None:
    assert "views/stock.py:ShelfStore.load" in below("depot", "GET", "/shelves/{shelf}")
    assert "views/stock.py:Shelf.all" in below("depot", "GET", "/shelf/")
    assert "stages.py:StageRepository.find" in below("festival", "GET", "/api/stages/{name}")
    assert "planets.py:Orbit.at" in below("observatory", "GET", "/dome/api/planets/{planet}")


OLD = ["flask==1.1.4", "werkzeug<2", "jinja2<3", "markupsafe<2.1", "itsdangerous<2", "setuptools<70"]


@pytest.mark.parametrize(
    "packages",
    [["flask==2.2.5", "werkzeug<2.3"], OLD],
    ids=["2.2", "1.1"],
)
def test_older_versions_have_the_same_rules(packages: list[str]) -> None:
    theirs = run_older(packages, APPS / "flask" / "depot", TABLE, "app:app")
    ours = [(f"{route.method} {route.trailing}", route.path) for route in routes("depot")]
    assert sorted(ours) == sorted(theirs)


def test_the_harness_fails_loudly() -> None:
    with pytest.raises(AssertionError):
        run(["python", "-c", "raise SystemExit(3)"], APPS, {})
