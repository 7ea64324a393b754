"""What is no guard: what libraries make for other ends than to refuse, and what only puts values on the request."""

from __future__ import annotations

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of

FASTAPI = """
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi_cache.decorator import cache
from slowapi.middleware import SlowAPIMiddleware
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

app = FastAPI(middleware=[Middleware(HTTPSRedirectMiddleware), Middleware(AuthenticationMiddleware, backend=None)])


class Wider(CORSMiddleware):
    pass


class Own(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        return await call_next(request)


async def checked(request, call_next):
    if "key" not in request.query_params:
        return None
    return await call_next(request)


def known(request):
    if request.headers.get("Authorization") is None:
        raise HTTPException(401)
    return 1


app.add_middleware(Own)
app.add_middleware(BaseHTTPMiddleware, dispatch=checked)
for each in (CORSMiddleware, GZipMiddleware, TrustedHostMiddleware, SessionMiddleware, CorrelationIdMiddleware, Wider):
    app.add_middleware(each)
app.add_middleware(SlowAPIMiddleware)


@app.middleware("http")
async def numbered(request, call_next):
    request.state.number = next(NUMBERS)
    return await call_next(request)


@app.middleware("http")
async def signed_in(request, call_next):
    request.state.user = known(request)
    return await call_next(request)


@app.get("/")
@cache(expire=60)
async def books():
    return []
"""
FLASK = """
from flask import Flask
from flask_cors import CORS, cross_origin
from flask_talisman import Talisman
from webargs.flaskparser import FlaskParser, parser, use_kwargs

app = Flask(__name__)
CORS(app)
talisman = Talisman(app)
own = FlaskParser()


def only_members(view):
    return view


@app.get("/")
@talisman(frame_options=None)
@cross_origin()
@parser.use_args({})
@own.use_kwargs({})
@use_kwargs({})
@only_members
def books():
    return []
"""
AIOHTTP = """
from aiohttp import web
from aiohttp_apispec import docs, headers_schema, json_schema, querystring_schema, request_schema, validation_middleware
from aiohttp_session import setup
from webargs.aiohttpparser import parser, use_kwargs


@web.middleware
async def numbered(request, handler):
    request["number"] = 1
    return await handler(request)


@web.middleware
async def signed_in(request, handler):
    request["user"] = known(request)
    return await handler(request)


def known(request):
    raise web.HTTPUnauthorized


def only_members(handler):
    return handler


@docs(summary="Books")
@headers_schema(object)
@request_schema(object)
@json_schema(object)
@querystring_schema(object)
@parser.use_args({})
@use_kwargs({})
@only_members
async def books(request):
    return web.json_response([])


app = web.Application(middlewares=[validation_middleware, numbered, signed_in])
setup(app, None)
app.router.add_get("/", books)
web.run_app(app)
"""


@pytest.mark.parametrize(
    ("text", "guards"),
    [
        (
            FASTAPI,
            (
                "signed_in",
                "slowapi.middleware.SlowAPIMiddleware",
                "checked",
                "Own",
                "starlette.middleware.authentication.AuthenticationMiddleware",
            ),
        ),
        (FLASK, ("only_members",)),
        (AIOHTTP, ("signed_in", "only_members")),
    ],
    ids=["fastapi", "flask", "aiohttp"],
)
def test_guards(text: str, guards: tuple[str, ...], write: Write) -> None:
    (route,) = facts_of(write({"main.py": text})).routes
    assert route.guards == guards


AROUND = """
from functools import wraps
from flask import Flask


def required(view):
    @wraps(view)
    def inner(*args, **kwargs):
        return view(*args, **kwargs)

    return inner


def limited(times):
    def decorator(view):
        def wrapper(*args, **kwargs):
            return view(*args, **kwargs)

        return wrapper

    return decorator


class Guard:
    def member(self, view):
        @wraps(view)
        def inner(*args, **kwargs):
            return view(*args, **kwargs)

        return inner


@required
def books():
    return []


def shelves():
    return []


app = Flask(__name__)
app.add_url_rule("/books", view_func=Guard().member(books))
app.add_url_rule("/shelves", view_func=limited(3)(required(shelves)))
app.add_url_rule("/free", "free", shelves)
"""


def test_helpers_that_a_handler_is_handed_to(write: Write) -> None:
    routes = {route.path: (route.handler, route.guards) for route in facts_of(write({"main.py": AROUND})).routes}
    assert routes == {
        "/books": ("books", ("member", "required")),
        "/shelves": ("shelves", ("limited", "required")),
        "/free": ("shelves", ()),
    }


@pytest.mark.parametrize(
    ("body", "guards"),
    [
        (
            "try:\n        return await handler(request)\n    except KeyError:\n        return web.Response()",
            (),
        ),
        (
            "start = clock()\n    answer = await handler(request)\n    log(request, start)\n    return answer",
            (),
        ),
        ("known(request)\n    return await handler(request)", ("around",)),
        ("if request.path:\n        return web.Response(status=401)\n    return await handler(request)", ("around",)),
        ("user = known(request)\n    answer = await handler(request)\n    return answer", ("around",)),
    ],
)
def test_middleware_that_passes_on_first(body: str, guards: tuple[str, ...], write: Write) -> None:
    text = f"""
from aiohttp import web


@web.middleware
async def around(request, handler):
    {body}


async def books(request):
    return web.json_response([])


app = web.Application(middlewares=[around])
app.router.add_get("/", books)
"""
    (route,) = facts_of(write({"main.py": text})).routes
    assert route.guards == guards
