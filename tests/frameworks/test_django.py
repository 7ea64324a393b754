"""Django: Buttress's routes against the resolver, and the order of matching and slashes against requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Write
from tests.frameworks.harness import APPS, Table, apps, facts_of, run_python, static_routes
from verifier.evaluate.routing import braces
from verifier.link.matching import covers
from verifier.model import Route

SETTINGS = {
    "clinic": "clinic.settings.container",
    "ledger": "ledger.settings",
    "museum": "museum.settings",
    "newsroom": "newsroom.settings",
    "shop": "config.settings",
    "snippets": "",
    "stacks": "stacks.settings",
}
START = """
import json, os, re, sys
if sys.argv[1]:
    os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
else:
    sys.argv[1:2] = []
    import app
    sys.modules["app"] = sys.modules["__main__"] = app
import django
django.setup()
from django.urls import URLResolver, get_resolver
"""

# Prints the resolver's leaves as [method, path]. Left out: the admin, what the routers of REST framework and Ninja add
# by themselves, paths with a format suffix, and patterns with groups that only bracket something (see VARIANTS).
# Functions are asked with each method.
TABLE = (
    START
    + r"""
import asyncio
import inspect
from django.test import RequestFactory
from django.urls.resolvers import LocalePrefixPattern, RoutePattern

def groups(text):
    # named and unnamed groups of a regular expression become {name}
    found, at, count = "", 0, 0
    while at < len(text):
        if text[at] == "\\":
            found += text[at + 1]
            at += 2
        elif text[at] == "(":
            depth, end = 1, at + 1
            while depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0) if text[end - 1] != "\\" else 0
                end += 1
            name = re.match(r"\(\?P<(\w+)>", text[at:end])
            count += not name
            found += "{%s}" % (name.group(1) if name else "arg%d" % count)
            at = end
        else:
            found += text[at]
            at += 1
    return found

def shown(pattern):
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:[^>:]+:)?([^>]+)>", r"{\1}", str(pattern._route))
    if isinstance(pattern, LocalePrefixPattern):
        return ""
    return groups(re.sub(r"/\?$", "", pattern._regex.lstrip("^").rstrip("$")))

def library(callback):
    cls = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    return getattr(cls, "__name__", "") == "APIRootView" or callback.__module__ == "django.views.static"

def methods(callback, patterns):
    cls = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    actions = getattr(callback, "actions", None)
    if callback.__module__.startswith("ninja"):
        view = callback.__self__ if hasattr(callback, "__self__") else None
        view = view or next(cell.cell_contents for cell in callback.__closure__)
        return sorted({name for operation in view.operations for name in operation.methods})
    own = getattr(cls, "dispatch", None)
    if own is None or (not library_member(own) and "super" not in inspect.unwrap(own).__code__.co_names):
        return asked(callback, patterns)
    allowed = getattr(callback, "view_initkwargs", {}).get("http_method_names", cls.http_method_names)
    found = []
    for name in allowed:
        handler = actions.get(name) if actions is not None else name
        member = getattr(cls, handler, None) if handler else None
        if member is None or (name in ("head", "options") and not actions and library_member(member)):
            continue
        found.append(name.upper())
    return found

class User:
    pk = 1
    is_authenticated = is_staff = True
    has_perms = save = lambda self, *args, **kwargs: True

def library_member(member):
    return inspect.unwrap(member).__module__.startswith(("django.", "rest_framework."))

def asked(callback, patterns):
    pattern = patterns[-1]
    kwargs = {}
    for found in patterns:
        numbers = [name for name, inner in found.converters.items() if type(inner).__name__ == "IntConverter"]
        kwargs.update({name: 1 if name in numbers else "1" for name in found.regex.groupindex})
    args = ["1"] * (pattern.regex.groups if not kwargs else 0)
    answered = []
    for name in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        request = RequestFactory().generic(name, "/")
        request.user = User()
        try:
            response = callback(request, *args, **kwargs)
            if inspect.iscoroutine(response):
                response = asyncio.run(response)
            status = response.status_code
        except Exception:
            status = 500
        if status != 405:
            answered.append(name)
    return answered if len(answered) < 5 else ["*"]

def show(resolver, before, outer=()):
    for entry in resolver.url_patterns:
        path = before + shown(entry.pattern)
        patterns = (*outer, entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name not in ("admin", "rest_framework"):
                show(entry, path, patterns)
        elif "(?:" in str(entry.pattern) or entry.name in ("openapi-json", "openapi-view", "api-root"):
            continue
        elif not library(entry.callback) and "{format}" not in path.replace("{number}.{format}", ""):
            for name in methods(entry.callback, patterns):
                print(json.dumps([name, path]))

show(get_resolver(), "/")
"""
)

# For each [method, path] asked: which view Django resolves the path to.
RESOLVE = (
    START
    + """
from django.urls import Resolver404, resolve

def name_of(view):
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is not None and cls.__name__ != "WrappedAPIView":
        return cls.__name__
    if view.__module__.startswith("ninja"):
        view = view.__closure__[0].cell_contents.operations[0].view_func
    while hasattr(view, "func") or hasattr(view, "__wrapped__"):
        view = getattr(view, "func", None) or view.__wrapped__
    return getattr(view, "__name__", type(view).__name__)

for method, path in json.loads(sys.argv[-1]):
    try:
        print(json.dumps([name_of(resolve(path).func), path]))
    except Resolver404:
        print(json.dumps(["", path]))
"""
)

SAMPLES = {
    "account": "3",
    "account_id": "3",
    "arg1": "1999",
    "arg2": "12",
    "book": "40",
    "city": "Oslo",
    "customer": "5",
    "ending": "png",
    "entry": "8",
    "format": "json",
    "key": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "language": "de",
    "level": "2",
    "month": "7",
    "name": "munch",
    "number": "41",
    "order": "9",
    "page": "2",
    "path": "a/b.png",
    "pk": "6",
    "product_id": "11",
    "reader": "12",
    "rest": "products/9",
    "review_id": "77",
    "room": "C",
    "season": "winter-2023",
    "slug": "red-coat",
    "story_slug": "flood",
    "work": "17",
    "year": "2024",
}
# Optional parts come out as several paths; Django has one pattern for them.
# Classes whose methods answer by themselves.
CONTROLLERS = {"Shelves", "Loans", "Counted", "Readers"}
# Views that look their method up in a dict, which is not followed.
TABLE_DRIVEN = {"/wards/cardiology/patients", "/wards/surgery/patients"}
VARIANTS = {"/artists/{name}/{work}/", "/artists/{name}/", "/jobs/", "/careers/"}


def real_table(app: str) -> Table:
    """The resolver's own table."""
    return run_python("django", app, TABLE, SETTINGS[app])


def comparable(routes: tuple[Route, ...]) -> list[tuple[str, str]]:
    """Our table, without what the resolver has no row of its own for."""
    return sorted(
        (route.method, route.path) for route in routes if route.path not in VARIANTS and "{language}" not in route.path
    )


def sample(route: Route) -> str:
    """A path that the route takes."""
    return re.sub(r"\{(\w+)\}", lambda found: SAMPLES[found.group(1)], route.path)


def takes(route: Route, path: str) -> bool:
    """Whether a route's pattern takes a path."""
    pattern = "".join(
        "/" + (re.escape(segment.text) if segment.literal else segment.pattern or "[^/]+")
        for segment in route.pattern.segments
    )
    slash = "/" if route.pattern.slash or not pattern else "/?" if route.trailing == "lenient" else ""
    return re.fullmatch(pattern + slash, path) is not None


def test_every_app_is_compared() -> None:
    assert apps("django") == sorted(SETTINGS)


@pytest.mark.parametrize("app", sorted(SETTINGS))
def test_table(app: str) -> None:
    found = set(real_table(app))
    for path in TABLE_DRIVEN & {path for _, path in found}:
        assert {method for method, other in found if other == path} == {"GET", "POST"}
        found = {row for row in found if row[1] != path} | {("*", path)}
    assert comparable(static_routes("django", app)) == sorted(found)


def test_optional_parts_come_out_as_paths() -> None:
    assert {route.path for route in static_routes("django", "museum")} >= VARIANTS


def test_languages() -> None:
    found = {str(route.pattern): route for route in static_routes("django", "museum") if "{language}" in route.path}
    assert sorted(found) == ["/{language}/about/", "/{language}/labels.js", "/{language}/visit/"]
    assert {route.pattern.segments[0].pattern for route in found.values()} == {"en|de"}


@pytest.mark.parametrize("app", sorted(SETTINGS))
def test_order_of_matching(app: str) -> None:
    routes = [route for route in static_routes("django", app) if "{language}" not in route.path]
    paths = [sample(route) for route in routes]
    asked = json.dumps([["GET", path] for path in paths])
    answers = [name for name, _ in run_python("django", app, RESOLVE, SETTINGS[app], asked)]
    assert answers == [view_of(next(route for route in routes if takes(route, path))) for path in paths]


def view_of(route: Route) -> str:
    """The class or function behind a route."""
    name = route.handler
    if route.function is None:
        name = name.rpartition(".")[2]
    if name.partition(".")[0] in CONTROLLERS:
        return name.rpartition(".")[2]
    # The decorator of these names its own function, and this view is a class in Django.
    return {"orders": "checked", "obtain_auth_token": "ObtainAuthToken"}.get(name, name.partition(".")[0])


def rows(app: str) -> dict[str, Route]:
    """Routes by method and path."""
    return {f"{route.method} {route.path}": route for route in static_routes("django", app)}


def test_handlers() -> None:
    shop, newsroom, clinic = rows("shop"), rows("newsroom"), rows("clinic")
    assert str(shop["GET /shop/products/{slug}/delete/"].function) == "catalogue/views.py:ProductDelete.get"
    assert str(shop["POST /shop/products/new/"].function) == "catalogue/views.py:ProductCreate.post"
    assert str(shop["GET /accounts/{customer}/orders/"].function) == "accounts/views.py:orders"
    assert shop["GET /"].function is None
    assert shop["GET /"].handler == "django.views.generic.TemplateView"
    assert str(newsroom["POST /api/stories"].function) == "stories/views.py:StoryViewSet.create"
    assert str(newsroom["PATCH /api/stories/{slug}"].function) == "stories/views.py:StoryViewSet.update"
    assert str(newsroom["DELETE /api/stories/{slug}/publish"].function) == "stories/views.py:StoryViewSet.unpublish"
    assert str(newsroom["DELETE /api/archive/{pk}"].function) == "stories/views.py:ArchivedStory.destroy"
    assert newsroom["POST /api/token"].handler == "rest_framework.authtoken.views.obtain_auth_token"
    assert str(clinic["PATCH /patients/{number}"].function) == "wards/views.py:Patient.put"
    assert str(clinic["* /board"].function) == "wards/board.py:Board.__call__"
    assert str(clinic["* /wards/surgery/patients"].function) == "wards/views.py:patients"


def test_guards() -> None:
    shop, newsroom, clinic, ledger = (rows(app) for app in ("shop", "newsroom", "clinic", "ledger"))
    staff = ("basket_middleware", "LoginRequiredMixin", "PermissionRequiredMixin")
    assert shop["GET /shop/products/"].guards == ("basket_middleware",)
    assert shop["POST /shop/products/new/"].guards == staff
    assert shop["DELETE /shop/reviews/{review_id}/"].guards == ("basket_middleware", "login_required")
    assert shop["GET /accounts/me/"].guards == ("basket_middleware", "login_required")
    assert shop["GET /accounts/{customer}/orders/"].guards == ("basket_middleware", "owner_only")
    assert newsroom["GET /api/stories"].guards == ()
    assert newsroom["POST /api/stories"].guards == ("IsAuthenticated", "IsEditor")
    assert newsroom["POST /api/stories/{slug}/publish"].guards == ("IsEditor",)
    assert newsroom["GET /api/desks"].guards == ("IsAuthenticated",)
    assert newsroom["GET /api/wires/"].guards == ("IsAuthenticated | IsEditor",)
    assert newsroom["GET /api/tips"].guards == ()
    assert newsroom["GET /api/weather/{city}"].guards == ("IsAuthenticated",)
    assert clinic["GET /reports/beds"].guards == ("AuditMiddleware", "user_passes_test")
    assert ledger["GET /api/health"].guards == ()
    assert ledger["GET /api/accounts"].guards == ("ApiKey",)
    assert ledger["GET /api/accounts/{account}/entries/"].guards == ("Auditor",)
    stacks = rows("stacks")
    assert stacks["GET /api/loans/{reader}/"].guards == ("IsAuthenticated",)
    assert stacks["GET /api/readers"].guards == ()


def test_dynamic() -> None:
    reasons = {app: [found.reason for found in facts_of(APPS / "django" / app).dynamic_routes] for app in SETTINGS}
    listed = "the routes of the library `{}` itself, which are not listed"
    assert reasons == {
        "clinic": [],
        "ledger": [],
        "museum": [],
        "newsroom": [listed.format("rest_framework")],
        "shop": [],  # its admin stands below a path of its own
        "snippets": [],
        "stacks": [],
    }


def test_the_admin_at_the_root_may_take_any_path(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text('import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n')
    (tmp_path / "settings.py").write_text('ROOT_URLCONF = "urls"\n')
    (tmp_path / "urls.py").write_text(
        "from django.contrib import admin\nfrom django.urls import path\nurlpatterns = [path('', admin.site.urls)]\n"
    )
    [found] = facts_of(tmp_path).dynamic_routes
    assert found.reason == "the routes of the library `django.contrib.admin` itself, which are not listed"


def test_a_start_command_may_name_a_package(tmp_path: Path) -> None:
    (tmp_path / "shop" / "asgi").mkdir(parents=True)
    (tmp_path / "manage.py").write_text('import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n')
    (tmp_path / "Dockerfile").write_text("FROM python\nCMD uvicorn shop.asgi:application\n")
    (tmp_path / "shop" / "settings.py").write_text('ROOT_URLCONF = "shop.urls"\n')
    (tmp_path / "shop" / "urls.py").write_text("urlpatterns = []\n")
    (tmp_path / "shop" / "asgi" / "__init__.py").write_text(
        "import os\nfrom django.core.asgi import get_asgi_application\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_asgi_application()\n'
    )
    assert [found.span.path for found in facts_of(tmp_path).startup.served] == ["shop/asgi/__init__.py"]


def test_the_application_is_what_the_start_command_runs() -> None:
    served = {app: [found.identity for found in facts_of(APPS / "django" / app).startup.served] for app in SETTINGS}
    assert served["newsroom"] == ["newsroom/wsgi.py:application"]
    assert served["clinic"] == ["clinic/asgi.py:application"]


# Slashes: every combination of what decides them, asked by the test client.

SLASHES = (
    START
    + """
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, path, re_path
from django.views.decorators.common import no_append_slash

def view(request):
    return HttpResponse("ok")

urlpatterns = [
    path("with/", view),
    path("without", view),
    path("kept/", no_append_slash(view)),
    re_path("^either/?$", view),
]
middleware = ["django.middleware.common.CommonMiddleware"]
for on in (True, False):
    for append in (True, False):
        for debug in (True, False):
            changed = override_settings(
                ROOT_URLCONF=__name__, MIDDLEWARE=middleware if on else [], APPEND_SLASH=append, DEBUG=debug
            )
            with changed:
                client = Client(raise_request_exception=False)
                for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
                    for asked in ("/with", "/without/", "/kept", "/either", "/either/"):
                        status = client.generic(method, asked).status_code
                        case = [on, append, debug, method, asked]
                        print(json.dumps([json.dumps(case), str(status)]))
"""
)


def test_slashes() -> None:
    for case, status in run_python("django", "museum", SLASHES, SETTINGS["museum"]):
        on, append, debug, method, asked = json.loads(case)
        if asked in ("/either", "/either/"):
            expected = {"200"}  # lenient
        elif asked == "/with" and on and append:  # append: only a method without a body survives
            expected = {"301"} if method in ("GET", "HEAD") or not debug else {"500"}
        else:
            expected = {"404"}  # exact
        assert status in expected, case


def test_trailing() -> None:
    trailing = {app: {route.path: route.trailing for route in static_routes("django", app)} for app in SETTINGS}
    assert trailing["shop"]["/shop/products/"] == "append"
    assert trailing["shop"]["/health"] == "exact"
    assert trailing["newsroom"]["/api/archive/"] == "exact"  # APPEND_SLASH is off
    assert trailing["newsroom"]["/api/lenient/wires"] == "lenient"
    assert trailing["snippets"]["/snippets/{name}/"] == "append"
    assert trailing["museum"]["/exhibits/"] == "append"  # by a class made from CommonMiddleware
    assert trailing["museum"]["/exhibits/tours/"] == "exact"  # no_append_slash
    assert trailing["museum"]["/exhibits/{number}"] == "lenient"
    assert trailing["clinic"]["/wards/surgery/"] == "exact"  # no CommonMiddleware


def reached(app: str, path: str) -> Iterator[str]:
    """The functions that the requests of a route run through."""
    facts = facts_of(APPS / "django" / app)
    [route] = [found for found in facts.routes if f"{found.method} {found.path}" == path]
    graph = facts.trace(route)
    for _, handler in graph.entries:
        yield from map(str, graph.below(handler))


@pytest.mark.parametrize(
    ("app", "route", "function"),
    [
        ("shop", "POST /shop/products/{product_id}/reviews/", "catalogue/services.py:write_review"),
        ("shop", "GET /shop/products/", "catalogue/services.py:products_of"),  # called back by ListView
        ("shop", "POST /shop/products/new/", "catalogue/services.py:write_review"),  # called back by CreateView
        ("shop", "DELETE /shop/basket/", "catalogue/basket.py:Basket.empty"),  # put on the request by a middleware
        ("shop", "POST /accounts/me/newsletter/", "accounts/models.py:Customer.subscribe"),  # AUTH_USER_MODEL
        ("newsroom", "POST /api/stories", "stories/slugs.py:slug_of"),  # serializer.create, by ModelViewSet
        ("newsroom", "POST /api/stories", "stories/rota.py:on_duty"),  # a permission class
        ("newsroom", "POST /api/archive/", "stories/views.py:Archive.perform_create"),
        ("newsroom", "POST /api/archive/", "stories/slugs.py:slug_of"),
        ("newsroom", "GET /api/search", "stories/serializers.py:StorySerializer.get_words"),  # self.list of a mixin
        ("newsroom", "GET /api/profile", "stories/authentication.py:Reporter.byline"),  # what authentication gave
        ("clinic", "* /wards/cardiology/patients", "wards/store.py:Patients.admit"),  # a dict of handlers, a partial
        ("clinic", "POST /patients/{number}/discharge", "wards/store.py:Patients.discharge"),
        ("clinic", "* /wards", "wards/log.py:write"),  # a middleware
        ("ledger", "PUT /api/accounts/{account_id}", "accounts/services.py:rename"),
        ("stacks", "POST /api/loans/{reader}/", "loans/services.py:Register.lend"),
    ],
)
def test_the_way_of_a_request(app: str, route: str, function: str) -> None:
    assert function in set(reached(app, route))


DESK = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")\n',
    "desk/__init__.py": "",
    "desk/settings.py": 'ROOT_URLCONF = "desk.urls"\nINSTALLED_APPS = ["desk"]\n',
    "desk/service.py": "class Service:\n    def open(self): ...\n",
    "desk/apps.py": """
        from django.apps import AppConfig
        from desk.service import Service

        def prepare(): ...

        class DeskConfig(AppConfig):
            name = "desk"

            def ready(self):
                prepare()
                self.service = Service()
    """,
    "desk/urls.py": """
        from django.apps import apps
        from django.urls import path, register_converter
        from django.urls.converters import IntConverter

        class Number(IntConverter):
            def to_python(self, value):
                return min(int(value), 999)

        register_converter(Number, "number")

        def show(request, number):
            return apps.get_app_config("desk").service.open()

        urlpatterns = [path("tickets/<number:number>", show)]
    """,
}


def test_configuration_of_an_application(write: Write) -> None:
    facts = facts_of(write(DESK))
    [route] = facts.routes
    called = {str(call.callee) for call in facts.trace(route).calls if call.callee is not None}
    assert called == {"desk/service.py:Service.open"}  # not what `ready` does: that is done before


def test_converter_that_inherits_its_expression(write: Write) -> None:
    facts = facts_of(write(DESK))
    assert facts.dynamic_routes == ()
    [route] = facts.routes
    assert route.path == "/tickets/{number}"
    assert covers(route.pattern, braces("/tickets/12"))
    assert not covers(route.pattern, braces("/tickets/twelve"))
