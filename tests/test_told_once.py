"""A defect that shows in many places is told of once, where it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from verifier.check import check
from verifier.config import Config
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Write
    from verifier.model import Finding

PART = """
from flask import Flask


class Shelf:
    def __init__(self, books):
        self.books = books


def create_app():
    app = Flask(__name__)
    shelf = Shelf()

    @app.get("/books")
    def books():
        return {"books": shelf.books}

    return app


app = create_app()
"""
PAGES = """
from flask import Flask

app = Flask(__name__)


def cut(offset, limit):
    return list(range(100))[offset : offset + limit]


@app.get("/books")
def books():
    limit, offset = 10, 20
    return {"books": cut(limit, offset)}


@app.get("/readers")
def readers():
    limit, offset = 30, 40
    return {"readers": cut(limit, offset)}
"""
AUTH = """
const fp = require('fastify-plugin');

module.exports = fp(async (app) => {
  app.decorate('authenticate', async (request, reply) => reply.code(401).send({}));
  app.decorate('identify', async (request) => { request.reader = 1; });
});
"""
APP = """
const app = require('fastify')();

app.register(async (books) => {
  books.get('/books', { onRequest: books.identify }, async () => []);
  books.post('/books', { onRequest: books.authenticate }, async () => []);
});
app.register(async (readers) => {
  readers.get('/readers', { onRequest: readers.authenticate }, async () => []);
});
app.register(require('./auth'));
app.listen({ port: 3000 });
"""
NODE = '{"dependencies": {"fastify": "5.0.0", "fastify-plugin": "5.0.0"}}'


def found(root: Path, *select: str) -> list[Finding]:
    """What the selected rules report of a project."""
    return list(check(link_project(read(root), Config(select=select), load_book())).findings)


@pytest.mark.parametrize(
    ("select", "rule"),
    [
        ((), "startup/missing-argument"),
        (("names", "startup"), "startup/missing-argument"),
        (("names",), "names/wrong-arguments"),
    ],
)
def test_an_argument_that_the_start_leaves_out(write: Write, select: tuple[str, ...], rule: str) -> None:
    told = [one for one in found(write({"app.py": PART}), *select) if one.span.line == 12]
    assert [one.rule for one in told] == [rule]


def test_parameters_that_all_calls_give_in_another_order(write: Write) -> None:
    (told,) = found(write({"app.py": PAGES}), "names/swapped-arguments")
    assert (told.span.line, told.endpoints) == (7, ("GET /books", "GET /readers"))


def test_one_call_in_another_order_than_the_function_and_the_rest(write: Write) -> None:
    root = write({"app.py": PAGES.replace('"readers": cut(limit, offset)', '"readers": cut(offset, limit)')})
    assert [(one.span.line, one.endpoints) for one in found(root, "names/swapped-arguments")] == [(14, ("GET /books",))]


@pytest.mark.parametrize(
    ("auth", "path", "line"),
    [(AUTH, "app.js", 11), (AUTH.replace("fp(", "("), "auth.js", 6)],
    ids=["later", "apart"],
)
def test_decorators_that_are_not_there(write: Write, auth: str, path: str, line: int) -> None:
    (told,) = found(write({"package.json": NODE, "app.js": APP, "auth.js": auth}), "fastify/decorator-not-there")
    assert (told.span.path, told.span.line) == (path, line)
    assert told.endpoints == ("GET /books", "POST /books", "GET /readers")


def test_rules_that_give_way_name_others() -> None:
    rules = load_book().rules
    assert [name for name in rules if not set(rules[name].unless) <= set(rules)] == []
