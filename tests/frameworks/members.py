"""Writes ``rules/<framework>/_members.json``: what each version of a library offers, as it says itself.

    python -m tests.frameworks.members [library ...]

Each version is installed into a folder of its own and asked, in a process of its own, which names its modules and
its objects have. A name that some versions lack is noted with the versions that have it. A test asks the installed
versions again, so that the files cannot go stale unseen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

RULES = Path(__file__).parents[2] / "rules"

# Asks what is installed. Names are looked up one by one, too: some modules answer for names that they do not list.
SCRIPT = r"""
import importlib, importlib.util, json, pkgutil, sys, warnings
warnings.simplefilter("ignore")
modules, setup, objects, wanted = json.loads(sys.stdin.read())
space = {}
exec(setup, space)

def has(value, name):
    try:
        getattr(value, name)
    except AttributeError:
        return False
    except RuntimeError:
        return True
    except Exception as error:
        return "Pydantic" not in type(error).__name__
    return True

def names(value, known):
    listed = set(dir(value)) | set(getattr(type(value), "__annotations__", ())) | set(known)
    wanted = [name for name in listed if not name.startswith("_") or name.endswith("_ctx_stack")]
    return sorted(name for name in wanted if has(value, name))

def package(name):
    try:
        if importlib.util.find_spec(name) is None:
            return []
    except ImportError:
        return []
    except Exception:
        return None
    try:
        module = importlib.import_module(name)
    except Exception:  # what it needs is not installed, or this Python is too new for it
        return None
    inner = [found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    return sorted({*names(module, wanted.get(name, ())), *(one for one in inner if not one.startswith("_"))})

def described(path, made):
    try:
        return names(eval(made, space), wanted.get(path, ()))
    except NameError:
        return None

print(json.dumps({
    "modules": {name: package(name) for name in modules},
    "classes": {path: described(path, made) for path, made in objects.items()},
}))
"""


class Library(NamedTuple):
    """A library: the pack that keeps what it offers, its versions with what else they need, and what is asked."""

    pack: str
    name: str
    versions: Mapping[str, tuple[str, ...]]
    modules: tuple[str, ...]
    setup: str = ""
    objects: Mapping[str, str] = {}


OLD_FLASK = ("werkzeug<2.1", "jinja2<3.1", "itsdangerous<2.1", "markupsafe<2.1", "click<8.1")
LIBRARIES = (
    Library(
        "flask",
        "flask",
        {
            "1.1.0": OLD_FLASK,
            "2.0.0": OLD_FLASK,
            "2.1.0": ("werkzeug<2.2", "markupsafe<2.2"),
            "2.2.0": ("werkzeug<2.3",),
            "2.3.0": ("werkzeug<3",),
            "2.3.3": ("werkzeug<3",),
            "3.0.0": ("werkzeug<3.1",),
            "3.1.0": (),
            "3.1.3": (),
        },
        ("flask", "flask.json", "flask.helpers", "flask.globals", "flask.views", "flask.ctx", "flask.wrappers"),
        """
import flask
app = flask.Flask("shop")
with app.test_request_context("/"):
    request = flask.request._get_current_object()
response = flask.Response()
blueprint = flask.Blueprint("shop", "shop")
""",
        {
            "flask.Flask": "app",
            "flask.Blueprint": "blueprint",
            "flask.request": "request",
            "flask.Response": "response",
        },
    ),
    Library(
        "flask",
        "werkzeug",
        {
            "1.0.0": (),
            "2.0.0": (),
            "2.1.0": (),
            "2.2.0": (),
            "2.3.0": (),
            "3.0.0": (),
            "3.1.0": (),
            "3.1.9": (),
        },
        (
            *("werkzeug", "werkzeug.urls", "werkzeug.utils", "werkzeug.security", "werkzeug.exceptions"),
            *("werkzeug.http", "werkzeug.datastructures", "werkzeug.wrappers", "werkzeug.wsgi", "werkzeug.local"),
        ),
    ),
    Library(
        "fastapi",
        "fastapi",
        {
            **dict.fromkeys(("0.68.0", "0.80.0", "0.90.0", "0.95.0"), ("pydantic<2",)),
            **dict.fromkeys(("0.100.0", "0.105.0", "0.110.0", "0.115.0", "0.120.0", "0.128.0"), ()),
            **dict.fromkeys(("0.137.0", "0.150.0", "0.165.0"), ()),
        },
        (
            *("fastapi", "fastapi.responses", "fastapi.security", "fastapi.routing", "fastapi.params"),
            *("fastapi.middleware", "fastapi.middleware.cors", "fastapi.encoders", "fastapi.exceptions"),
            *("fastapi.requests", "fastapi.staticfiles", "fastapi.templating", "fastapi.concurrency"),
            *("fastapi.testclient", "fastapi.utils", "fastapi.background", "fastapi.datastructures"),
        ),
        """
import fastapi
app = fastapi.FastAPI()
router = fastapi.APIRouter()
request = fastapi.Request({"type": "http", "headers": [], "method": "GET", "path": "/", "query_string": b"", "app": app,
    "session": {}, "user": None, "auth": None, "router": router, "path_params": {}, "client": None, "server": None})
response = fastapi.Response()
""",
        {
            "fastapi.FastAPI": "app",
            "fastapi.APIRouter": "router",
            "fastapi.Request": "request",
            "fastapi.Response": "response",
        },
    ),
    Library(
        "fastapi",
        "starlette",
        dict.fromkeys(("0.14.2", "0.20.0", "0.27.0", "0.36.0", "0.40.0", "0.46.0", "0.50.0"), ())
        | dict.fromkeys(("1.0.0", "1.10.0"), ()),
        (
            *("starlette", "starlette.applications", "starlette.requests", "starlette.responses", "starlette.routing"),
            *("starlette.middleware", "starlette.middleware.base", "starlette.status", "starlette.exceptions"),
            *("starlette.background", "starlette.config", "starlette.datastructures", "starlette.concurrency"),
        ),
    ),
    Library(
        "fastapi",
        "pydantic",
        dict.fromkeys(("1.8.0", "1.9.0", "1.10.0", "1.10.26"), ())
        | dict.fromkeys(("2.0", "2.4.0", "2.8.0", "2.11.0", "2.14.0", "2.14.3"), ()),
        (
            *("pydantic", "pydantic.fields", "pydantic.generics", "pydantic.main", "pydantic.error_wrappers"),
            *("pydantic.networks", "pydantic.types", "pydantic.class_validators", "pydantic.tools", "pydantic.json"),
            *("pydantic.env_settings", "pydantic.utils", "pydantic.typing", "pydantic.schema", "pydantic.validators"),
        ),
    ),
    Library(
        "aiohttp",
        "aiohttp",
        dict.fromkeys(("3.8.3", "3.9.0", "3.10.0", "3.11.0", "3.12.0", "3.13.0", "3.14.0", "3.14.5"), ()),
        ("aiohttp", "aiohttp.web", "aiohttp.web_exceptions", "aiohttp.helpers", "aiohttp.hdrs"),
        """
import warnings
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
app = web.Application()
request = make_mocked_request("GET", "/")
response = web.Response()
json_response = web.json_response({})
stream = web.StreamResponse()
routes = web.RouteTableDef()
""",
        {
            "aiohttp.web.Application": "app",
            "aiohttp.web.Request": "request",
            "aiohttp.web.Response": "response",
            "aiohttp.web.RouteTableDef": "routes",
        },
    ),
    Library(
        "django",
        "django",
        dict.fromkeys(("2.2", "3.0", "3.1", "3.2", "4.0", "4.1", "4.2", "5.0", "5.1", "5.2", "5.2.19"), ()),
        (
            *(
                "django",
                "django.http",
                "django.urls",
                "django.shortcuts",
                "django.conf.urls",
                "django.core.urlresolvers",
            ),
            *("django.utils.translation", "django.utils.encoding", "django.utils.http", "django.utils.timezone"),
            *("django.utils", "django.utils.decorators", "django.utils.text", "django.utils.html", "django.utils.six"),
            *("django.utils.deprecation", "django.views", "django.views.generic", "django.views.decorators"),
            *("django.views.decorators.csrf", "django.views.decorators.http", "django.views.decorators.cache"),
            *(
                "django.db",
                "django.db.transaction",
                "django.dispatch",
                "django.core.exceptions",
                "django.core.paginator",
            ),
            *("django.core.cache", "django.core.validators", "django.core.serializers", "django.core.mail"),
            *("django.db.models.functions", "django.middleware", "django.middleware.csrf", "django.test"),
        ),
        """
from django.conf import settings
settings.configure()
import django
django.setup()
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
request = RequestFactory().get("/")
response = HttpResponse()
answer = JsonResponse({})
""",
        {
            "django.http.HttpRequest": "request",
            "django.http.HttpResponse": "response",
            "django.http.JsonResponse": "answer",
        },
    ),
    Library(
        "django",
        "djangorestframework",
        {
            **dict.fromkeys(("3.12.0", "3.13.0"), ("django<4",)),
            **dict.fromkeys(("3.14.0",), ("django<5",)),
            **dict.fromkeys(("3.15.0", "3.16.0", "3.17.0", "3.18.0", "3.18.3"), ("django<6",)),
        },
        (
            *("rest_framework", "rest_framework.status", "rest_framework.decorators", "rest_framework.response"),
            *("rest_framework.views", "rest_framework.viewsets", "rest_framework.generics", "rest_framework.mixins"),
            *("rest_framework.permissions", "rest_framework.authentication", "rest_framework.exceptions"),
            *("rest_framework.routers", "rest_framework.pagination", "rest_framework.filters"),
            *(
                "rest_framework.parsers",
                "rest_framework.renderers",
                "rest_framework.request",
                "rest_framework.settings",
            ),
            *("rest_framework.throttling", "rest_framework.reverse", "rest_framework.validators"),
        ),
        """
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"])
import django
django.setup()
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
request = Request(RequestFactory().get("/"))
response = Response({})
""",
        {
            "rest_framework.request.Request": "request",
            "rest_framework.response.Response": "response",
        },
    ),
)


def install(library: Library, version: str, folder: Path) -> None:
    """Put a version, with what it needs, into a folder."""
    wanted = [f"{library.name}=={version}", *library.versions[version]]
    command = ["uv", "pip", "install", "-q", "--target", str(folder), "--python", sys.executable, *wanted]
    subprocess.run(command, check=True, capture_output=True, text=True)


def ask(library: Library, folder: Path | None, wanted: Mapping[str, Iterable[str]] = {}) -> dict[str, Any]:
    """What a version offers: the one in a folder, or the one that is installed."""
    given = json.dumps(
        (library.modules, library.setup, library.objects, {key: sorted(names) for key, names in wanted.items()})
    )
    environment = {**os.environ, "PYTHONPATH": str(folder) if folder is not None else "", "AIOHTTP_NO_EXTENSIONS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=given, capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{library.name}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def specifier(versions: list[str], having: list[bool]) -> str:
    """Which versions have a name, as a specifier."""
    found: list[str] = []
    place = 0
    while place < len(versions):
        if not having[place]:
            place += 1
            continue
        first = place
        while place < len(versions) and having[place]:
            place += 1
        bounds = [f">={versions[first]}"] * (first > 0) + [f"<{versions[place]}" for _ in [0] if place < len(versions)]
        found.append(",".join(bounds))
    return " || ".join(found)


def merged(versions: list[str], answers: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """What all versions offer, and what some of them do. One that could not be asked counts as having all names."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(key for answer in answers for key in answer[kind]):
        known = [answer[kind][name] for answer in answers]
        every = {one for names in known if names is not None for one in names}
        having = {one: [names is None or one in names for names in known] for one in sorted(every)}
        if every:
            always = " ".join(one for one in having if all(having[one]))
            sometimes = {one: specifier(versions, had) for one, had in having.items() if not all(had)}
            found[name] = {"always": always, "sometimes": sometimes}
    return found


def table(library: Library) -> dict[str, Any]:
    """What all versions of a library offer."""
    versions = list(library.versions)
    with TemporaryDirectory() as folder:
        folders = [Path(folder) / version for version in versions]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda version: install(library, version, Path(folder) / version), versions))
        first = [ask(library, where) for where in folders]
        union: dict[str, set[str]] = {}
        for answer in first:
            for key, names in (*answer["modules"].items(), *answer["classes"].items()):
                union.setdefault(key, set()).update(names or ())
        answers = [ask(library, where, union) for where in folders]
    return {
        "versions": versions,
        "modules": merged(versions, answers, "modules"),
        "classes": merged(versions, answers, "classes"),
    }


def write(names: Iterable[str]) -> None:
    """Write the tables of some libraries, and keep those of the others."""
    for library in LIBRARIES:
        if library.name in names:
            target = RULES / library.pack / "_members.json"
            known = json.loads(target.read_text("utf-8")) if target.exists() else {}
            known["made by"] = "python -m tests.frameworks.members"
            known[library.name] = table(library)
            target.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    write(sys.argv[1:] or [library.name for library in LIBRARIES])
