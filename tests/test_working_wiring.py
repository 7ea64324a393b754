"""Working wiring of applications, and beside it the mistake that it resembles: see test_working_code.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_working_code import Pair, found

if TYPE_CHECKING:
    from pathlib import Path

NODE = {
    "package.json": '{"dependencies": {"express": "5.0.0", "fastify": "5.0.0", "koa": "2.0.0", "@koa/router": "13.0.0",'
    ' "hono": "4.0.0"}}'
}
EXPRESS = "const express = require('express');\nconst app = express();\napp.use(express.json());\n"
STREAM = """
class Stream {
  constructor(values) { this.values = values; }
  map(work) { this.work = work; return this; }
  filter(wanted) { return this.values.length ? this.values.filter(wanted) : null; }
  run() { return this.values.map(this.work); }
}
const stream = new Stream([1]);
app.get('/', (req, res) => {
  const shown = stream.map((item) => { console.log(item); });
  const kept = stream.filter((item) => item > 1);
  if (kept === null) return res.status(404).end();
  res.json({ shown: shown.run(), kept });
});
"""
FETCHING = """
import sqlite3

from flask import Flask

app = Flask(__name__)


@app.get("/")
def books():
    fetch = sqlite3.connect("books.db").execute("select title from books").fetchone
    titles = []
    while row := fetch():
        titles.append(row[0])
    return titles
"""
PAGED = """
from flask import Flask

app = Flask(__name__)


class Page:
    def __init__(self, first):
        self.first = first


class Client:
    def query(self, text):
        return Page(text)


client = Client()


@app.get("/")
def books():
    first = client.query("books").first
    return {"first": first}
"""
BODY = """
app.post('/', async (req, res) => {
  const { title } = await req.body;
  res.json({ title });
});
"""
HONO = """
import { Hono } from 'hono';

const app = new Hono();
const cars = [{ status: () => ({ label: 'new' }) }];
app.get('/', (c) => c.json(cars.map((c) => c.status().label)));
export default app;
"""
NOT_FOUND = """
const app = require('fastify')();
app.register(async (missing) => {
  missing.addHook('onRequest', async (request, reply) => { reply.header('x-missing', '1'); });
  missing.setNotFoundHandler(async (request, reply) => reply.code(404).send({}));
});
app.get('/', async () => ({}));
app.listen({ port: 3000 });
"""
HEADERS = """
app.use((req, res, next) => {
  if (req.query.token) req.headers.Authorization = `Bearer ${req.query.token}`;
  next();
});
app.get('/', (req, res) => {
  if (!req.headers.Authorization) return res.status(401).end();
  res.json({});
});
"""
KOA = """
const Koa = require('koa');
const Router = require('@koa/router');
const app = new Koa();
const router = new Router();
const refuse = async (ctx, next) => {
  try { await next(); } catch (error) { ctx.status = 400; ctx.body = error.message; }
};
router.get('/', (ctx) => { throw new Error('closed'); });
app.use(refuse);
app.use(router.routes());
app.use(async (ctx, next) => {
  try { await next(); } catch (error) { ctx.status = 404; ctx.body = 'no such file'; }
});
app.use(async (ctx) => { ctx.body = require('fs').readFileSync(ctx.path); });
app.listen(3000);
"""
MAINTAINED = """
if (process.env.MAINTENANCE) {
  app.use((req, res) => { res.status(503).end(); });
}
app.get('/', (req, res) => res.json({}));
"""
MARKED = """
from aiohttp import web


async def timed(request, handler):
    return await handler(request)


async def up(request):
    return web.Response()


app = web.Application(middlewares=[web.middleware(timed)])
app.router.add_get("/", up)
"""
CLAIMS = """
const jwt = require('jsonwebtoken');
app.post('/', (req, res) => res.json(jwt.sign({ id: req.body.id }, 's')));
app.get('/', (req, res) => {
  const claims = jwt.verify(req.headers.authorization, 's');
  if (claims.purpose) return res.status(401).end();
  if (claims.kind === 'reset') return res.status(401).end();
  res.json({ id: claims.reader ?? claims.id, keeper: claims.keeper || false });
});
"""
PLAIN = EXPRESS + STREAM.replace("stream.map(", "[1].map(").replace("stream.filter(", "[1].filter(").replace(
    ".run()", ""
)
KOA_LAST = KOA.replace("app.use(refuse);\n", "").replace(
    "app.use(async (ctx) => { ctx.body = require('fs').readFileSync(ctx.path); });\n", ""
)

PAIRS = [
    Pair(
        "a method of the project is no array's",
        "names/callback-without-return",
        NODE | {"app.js": EXPRESS + STREAM},
        {"app.js": PLAIN},
    ),
    Pair(
        "what a method of the project gives may be nothing",
        "names/list-compared-with-nothing",
        NODE | {"app.js": EXPRESS + STREAM},
        {"app.js": PLAIN},
    ),
    Pair(
        "a method is kept to be called",
        "names/method-not-called",
        {"app.py": FETCHING},
        {"app.py": FETCHING.replace("fetch()", "fetch[0]")},
    ),
    Pair(
        "an attribute of the project's own objects is no method",
        "names/method-not-called",
        {"app.py": PAGED},
        {"app.py": PAGED.replace("client = Client()", "from database import client")},
    ),
    Pair(
        "what is no promise may be awaited",
        "names/method-not-called",
        NODE | {"app.js": EXPRESS + BODY},
        {"app.js": HONO.replace("(c) => c.json(cars.map((c) => c.status().label))", "async (c) => await c.req.json")},
    ),
    Pair(
        "the parameter of an inner function hides the context",
        "hono/chained-answer",
        NODE | {"app.js": HONO},
        {"app.js": HONO.replace("cars.map((c) =>", "cars.map((car) =>")},
    ),
    Pair(
        "hooks run for what a plugin answers to paths that nobody has",
        "fastify/encapsulated-plugin",
        NODE | {"app.js": NOT_FOUND},
        {"app.js": NOT_FOUND.replace("missing.setNotFoundHandler", "app.setNotFoundHandler")},
    ),
    Pair(
        "a header is set under the name that is read",
        "auth/header-under-another-name",
        NODE | {"app.js": EXPRESS + HEADERS},
        {"app.js": EXPRESS + HEADERS.replace("req.headers.Authorization =", "req.token =")},
    ),
    Pair(
        "a claim that older tokens have may be missing",
        "auth/claim-never-signed",
        NODE | {"app.js": EXPRESS + CLAIMS},
        {"app.js": EXPRESS + CLAIMS.replace("claims.reader ?? claims.id", "claims.reader")},
    ),
    Pair(
        "errors of what stands behind the routes are answered there",
        "koa/errors-caught-too-late",
        NODE | {"app.js": KOA},
        {"app.js": KOA_LAST},
    ),
    Pair(
        "a router answers its errors itself",
        "koa/errors-caught-too-late",
        NODE | {"app.js": KOA_LAST.replace("router.get(", "router.use(refuse);\nrouter.get(")},
        {"app.js": KOA_LAST},
    ),
    Pair(
        "requests are turned away while a setting says so",
        "express/nothing-handed-on",
        NODE | {"app.js": EXPRESS + MAINTAINED},
        {"app.js": EXPRESS + MAINTAINED.replace("if (process.env.MAINTENANCE) {", "{")},
    ),
    Pair(
        "middleware is marked where it is used",
        "aiohttp/unmarked-middleware",
        {"app.py": MARKED},
        {"app.py": MARKED.replace("[web.middleware(timed)]", "[timed]")},
    ),
]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_works_is_let_be(pair: Pair, tmp_path: Path) -> None:
    assert [one.message for one in found(tmp_path, pair.works, pair.rule)] == []


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_it_resembles_is_told(pair: Pair, tmp_path: Path) -> None:
    assert found(tmp_path, pair.works | pair.fails, pair.rule)
