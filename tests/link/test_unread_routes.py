"""Places that look as if they registered routes and of which none came: coverage tells of them, verdicts stay open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Buttress, Write
from tests.frameworks.harness import facts_of

CONTRACT = """
openapi: 3.0.0
info: {title: Books, version: "1"}
paths:
  /books: {get: {operationId: books, responses: {"200": {description: All}}}}
  /spare: {get: {operationId: spare, responses: {"200": {description: All}}}}
"""
APP = """
from flask import Flask
from {module} import {name}

app = Flask(__name__)

@app.get("/books")
def books():
    return []
{rest}
"""
INSTALL = '''
"""Registers routes:

@app.get("/never")
"""
from flask import Flask

def install(app):
    # @app.get("/neither")
    @app.get("/spare")
    def spare():
        return []
'''


def unread(folder: Path) -> list[tuple[str, int, str, bool]]:
    """What is not read, with its place and whether it leaves doubt."""
    return [(one.span.path, one.span.line, one.reason, one.doubtful) for one in facts_of(folder).unread_routes]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (
            "import atexit\natexit.register(install, app)",
            "no route came of it: it was not reached, or what it is registered with is not known",
        ),
        ("HOOKS = {'install': install}", "`install` was not seen to be called"),
    ],
)
def test_what_is_not_seen_to_be_called_leaves_doubt(write: Write, buttress: Buttress, rest: str, reason: str) -> None:
    files = {"app.py": APP.format(module="plugin", name="install", rest=rest), "plugin.py": INSTALL}
    folder = write({**files, "openapi.yml": CONTRACT, "requirements.txt": "flask\n"})
    assert unread(folder) == [("plugin.py", 10, reason, True)]
    ran = buttress("check", folder, "--contract", folder / "openapi.yml", "--format", "json")
    data = json.loads(ran.out)
    assert data["coverage"]["routes"] == {
        "found": 1,
        "dynamic": [],
        "unread": [{"path": "plugin.py", "line": 10, "reason": reason}],
    }
    assert not data["findings"]
    clause = data["constraints"][0]
    assert (clause["clause"], clause["compliant"]) == ("every operation has a route", None)
    text = buttress("check", folder).out
    assert "Not read with certainty: 1 unread route (-v lists them)" in text
    assert f"plugin.py:10:5 route: {reason}" in buttress("check", folder, "-v").out
    assert "not read:" in buttress("facts", "routes", folder).out


@pytest.mark.parametrize(("module", "name"), [("flask", "g"), ("plugin", "install"), ("plugin", "(\n    install,\n)")])
def test_what_nothing_calls_leaves_none(write: Write, buttress: Buttress, module: str, name: str) -> None:
    files = {"app.py": APP.format(module=module, name=name, rest=""), "plugin.py": INSTALL}
    folder = write({**files, "openapi.yml": CONTRACT, "requirements.txt": "flask\n"})
    assert unread(folder) == [("plugin.py", 10, "nothing that was read calls `install`", False)]
    data = json.loads(buttress("check", folder, "--contract", folder / "openapi.yml", "--format", "json").out)
    assert [found["rule"] for found in data["findings"]] == ["contract/missing-operation"]


@pytest.mark.parametrize(
    ("bringing", "using", "named"),
    [
        ("import { install } from './parts/plugin.js';", "", False),
        ("import {\n  install,\n} from './parts/plugin.js';", "later(install);", True),
        ("const { install } = require('./parts/plugin');", "", False),
        ("const parts = require('./parts/plugin');", "later(parts.install);", True),
        ("import other from './parts/plugin.js';", "", False),
        ("import other from './parts/plugin.js';", "later(other);", True),
        ("const other = require('./parts/plugin');", "", False),
        ("const other = require('./parts/plugin');", "later(other);", True),
        ("", "later(require('./parts/plugin'));", True),
        ("", "later(() => import('./parts/plugin.js'));", True),
    ],
)
def test_what_is_brought_is_not_named_by_that(write: Write, bringing: str, using: str, named: bool) -> None:
    nameless = "other" in bringing or not bringing
    common = "require" in bringing + using
    leaving = {
        (False, False): "export { install };",
        (False, True): "module.exports = { install };",
        (True, False): "export default install;",
        (True, True): "module.exports = install;",
    }[nameless, common]
    express = "const express = require('express');" if common else "import express from 'express';"
    files = {
        "app.js": f"{express}\n{bringing}\nconst app = express();\napp.get('/x', (q, s) => s.end());\n{using}\n",
        "parts/plugin.js": f"{express}\nfunction install(app) {{\n  app.get('/y', answer);\n}}\n{leaving}\n",
    }
    assert [found[3] for found in unread(write(files))] == [named]


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("app.py", "from somewhere import app\nimport fastapi\n\n@app.get('/x')\ndef x(): ...\n", [4]),
        ("app.py", "from aiohttp import web\nsite = find()\nsite.router.add_get('/x', answer)\n", [3]),
        ("app.js", "const express = require('express');\nfind().then((app) => {\n  app.get('/x', answer);\n});\n", [3]),
        ("app.js", "import Router from '@koa/router';\nrouter.get('/x', answer);\n// router.get('/y', z);\n", [2]),
        ("app.js", "import fastify from 'fastify';\nlet app = find();\napp.get(\n  '/x', answer);\n", [3]),
        ("app.ts", "import { Hono } from 'hono';\nfind().use((api: any) => api.get('/x', answer));\n", [2]),
    ],
)
def test_registrations_with_what_is_not_known(write: Write, path: str, text: str, lines: list[int]) -> None:
    found = unread(write({path: text}))
    assert [(place, line) for place, line, *_ in found] == [(path, line) for line in lines]


def test_what_is_no_registration(write: Write) -> None:
    text = """
import express from 'express';
const app = express();
const server = request(app);
app.get('/x', (request, response) => fetcher.get('/y', response));
app.get('setting');
cache.get('/x', 5);
"""
    assert unread(write({"app.js": text})) == []


@pytest.mark.parametrize(
    ("path", "text", "line", "name"),
    [
        ("a.ts", "import { Get } from '@nestjs/common';\nclass A {\n  @Get()\n  all() {}\n}\n", 3, "NestJS"),
        ("a.ts", "import { Get } from 'tsoa';\nclass A {\n  @Get('/x')\n  all() {}\n}\n", 3, "tsoa"),
        ("a.js", "import Hapi from '@hapi/hapi';\nserver.route({ method: 'GET', path: '/' });\n", 2, "hapi"),
        ("a.ts", "import * as t from '@trpc/server';\nt.router({ one: made\n  .query(() => 1) });\n", 3, "tRPC"),
        ("a.py", "from sanic import Sanic\napp = Sanic('x')\n@app.get('/x')\nasync def x(request): ...\n", 3, "Sanic"),
        ("a.py", "from litestar import get\n\n@get('/x')\nasync def x() -> str: ...\n", 3, "Litestar"),
        ("a.py", "import tornado.web\napp = tornado.web.Application([\n    (r'/x', Answer),\n])\n", 2, "Tornado"),
        ("a.py", "import flask_appbuilder\nclass A:\n    @expose('/x')\n    def x(self): ...\n", 3, "Flask-AppBuilder"),
        ("a.py", "import falcon\n", 1, "Falcon"),
    ],
)  # fmt: skip
def test_frameworks_that_nothing_is_taught_of(write: Write, path: str, text: str, line: int, name: str) -> None:
    found = unread(write({path: text, "tests/test_a.py": text}))
    assert found == [(path, line, f"routes of {name} are not read", True)]


def test_they_leave_no_doubt_where_they_belong_to_another_program(write: Write) -> None:
    page = "import next from 'next';\nexport async function GET(request) {}\n"
    api = "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/x')\ndef x(): ...\n"
    found = unread(write({"web/app/api/route.ts": page, "api/main.py": api}))
    assert found == [("web/app/api/route.ts", 2, "routes of Next.js are not read", False)]


def test_wrappers_around_an_application_that_is_read_leave_doubt(write: Write) -> None:
    app = (
        "import express from 'express';\nexport const app = express();\napp.get('/health', (one, two) => two.end());\n"
    )
    users = "import { Get } from 'routing-controllers';\nclass A {\n  @Get()\n  x() {}\n}\n"
    found = unread(write({"app.ts": app, "users.ts": users}))
    assert found == [("users.ts", 3, "routes of routing-controllers are not read", True)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("from flask import Flask\n\napp = Flask(__name__)\n", "no route of this flask application was found"),
        ("from flask import request\n", "flask is imported here, and no application of it was found"),
        ("import aiohttp\n\nsession = aiohttp.ClientSession()\n", None),
    ],
)
def test_a_framework_without_routes_is_told_of(write: Write, text: str, reason: str | None) -> None:
    assert [found[2:] for found in unread(write({"app.py": text}))] == ([(reason, False)] if reason else [])


@pytest.mark.parametrize("begun", ["import a\n", "export {\n", "const a = ", "from a import (\n", "__all__ = [\n"])
def test_statements_without_end_do_not_hold_it_up(write: Write, begun: str) -> None:
    folder = write(
        {
            "package.json": '{"dependencies": {"express": "5.1.0"}}',
            "app.js": "const express = require('express');\nconst install = require('./plugin.js');\nexpress();\n",
            "other.js": "// install plugin\n" + begun * 60_000,
            "plugin.js": "import express from 'express';\nfunction install(app) {\n  app.get('/spare', () => {});\n}\n"
            "export default install;\n",
        }
    )
    assert {path for path, *_ in unread(folder)} == {"plugin.js"}
