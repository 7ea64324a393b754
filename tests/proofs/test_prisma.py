"""What the rules of Prisma claim, shown on its own client."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from tests.queries.prisma_client import run_prisma
from verifier.packs import load_book

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "prisma"
EXPRESS = """
const routes = [];
const app = { use: () => {}, listen: () => {} };
for (const method of ['get', 'post', 'put', 'delete']) {
  app[method] = (path, handler) => routes.push([method, path, handler]);
}
module.exports = Object.assign(() => app, { json: () => {}, routes });
"""
ASK = """
globalThis.adapter = require('./adapter.cjs').adapter;
require('./app.js');
const { routes } = require('express');
const request = {
  query: { title: 'x', reader: 'y', loans: 'yes' },
  params: { id: '1', name: 'a', title: 'b', isbn: 'c', model: 'book' },
  body: { email: 'a@b.c', name: 'n', isbn: 'i', readerId: 1, bookId: 2, reader: { email: 'd@e.f' } },
};
(async () => {
  for (const [method, path, handler] of routes) {
    let found = '';
    try { await handler(request, { json: () => {}, end: () => {} }) } catch (error) {
      found = `${error.constructor.name}: ${error.message}`;
    }
    console.log(JSON.stringify([method, path, found]));
  }
})();
"""
SYMPTOMS = {
    "unknown_field": [
        "Unknown argument",
        "Unknown argument",
        "Unknown argument",
        "Unknown argument",
        "Unknown argument",
    ],
    "unknown_model": ["Cannot read properties of undefined", "Cannot read properties of undefined"],
    "unknown_method": ["prisma.book.findOne is not a function", "tx.reader.findAll is not a function"],
    "select_with_include": ["either use `include` or `select`", "either use `include` or `select`"],
    "where_not_unique": ["needs at least one of", "needs at least one of", "needs"],
}
REFUSED = (
    "PrismaClientValidationError",
    "TypeError: Cannot read properties of undefined",
    "TypeError: prisma.",
    "TypeError: tx.",
)


def outcomes(rule: str, kind: str) -> list[str]:
    """What each route of a fixture throws."""
    folder = FIXTURES / rule / kind
    text = (folder / "app.js").read_text().replace("'@prisma/client'", "'./client'")
    files = {"app.js": text, "node_modules/express/index.js": EXPRESS}
    schema = (folder / "prisma" / "schema.prisma").read_text()
    return [found for _, _, found in run_prisma(schema, files, ASK, f"{rule}-{kind}")]


@pytest.mark.parametrize("rule", SYMPTOMS)
def test_bad(rule: str) -> None:
    found = outcomes(rule, "bad")
    assert len(found) == len(SYMPTOMS[rule])
    for thrown, symptom in zip(found, SYMPTOMS[rule], strict=True):
        assert thrown.startswith(REFUSED) and symptom in thrown


@pytest.mark.parametrize("rule", SYMPTOMS)
def test_good(rule: str) -> None:
    assert not [thrown for thrown in outcomes(rule, "good") if thrown.startswith(REFUSED)]


DELEGATES = """
const { PrismaClient } = require('./client');
const { adapter } = { adapter: { provider: 'sqlite', adapterName: 'plain', connect: async () => ({}) } };
const book = new PrismaClient({ adapter }).book;
for (const name of NAMES) console.log(JSON.stringify([name, typeof book[name]]));
"""


def test_the_rule_knows_the_methods_of_the_client() -> None:
    load_book()
    reader = import_module("buttress_pack_prisma._queries")
    known = (reader.TAKES.keys() | reader.ONLY_SOME) - {"findRaw", "aggregateRaw"}  # those of MongoDB
    names = sorted({*known, *reader.METHODS_ELSEWHERE})
    schema = (FIXTURES / "unknown_method" / "good" / "prisma" / "schema.prisma").read_text()
    found = dict(run_prisma(schema, {}, DELEGATES.replace("NAMES", json.dumps(names)), "methods"))
    assert {name for name, kind in found.items() if kind == "function"} == known
