"""Knex's builders: what we lift, and what Knex itself would send."""

from __future__ import annotations

import pytest
from sqlglot import exp

from tests.conftest import Write
from tests.queries.comparing import all_of, expressions, normal, ours, parsed, printed
from verifier.lift.nouns import Query

LINES = expressions("knex")
HEAD = "const knex = require('knex')({ client: 'pg' })\n"
SERVED = (
    "const express = require('express')\nconst app = express()\n"
    f"{HEAD}app.get('/all', async (request, response) => {{\n"
    "{}\n  response.json([])\n})\napp.listen(3000)\n"
)
ASK = "console.log(JSON.stringify([{}].map((make) => make().toSQL().sql)))"


@pytest.fixture(scope="module")
def sent() -> list[str]:
    """What Knex would send."""
    asked = HEAD + ASK.format(",\n".join(f"() => {line}" for line in LINES))
    return printed({"ask.cjs": asked}, ["node", "ask.cjs"], "builders", "knex")


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Query]:
    """What we lift."""
    folder = tmp_path_factory.mktemp("knex")
    (folder / "package.json").write_text('{"dependencies": {"knex": "^3", "express": "^5"}}')
    (folder / "app.js").write_text(SERVED.replace("{}", "\n".join(f"  await {line}" for line in LINES)))
    return ours(folder, "knex")


@pytest.mark.parametrize("place", range(len(LINES)), ids=LINES)
def test_as_knex(place: int, sent: list[str], lifted: dict[int, Query]) -> None:
    query = lifted.get(place + 5)
    assert query is not None, "not read"
    assert query.statements, query.reason
    statement = query.statements[0]
    assert statement.exact, statement.reasons
    assert normal(statement.tree) == normal(parsed(sent[place].replace("?", "$1")))


APP = """const express = require('express')
const knex = require('knex')({ client: 'pg', connection: process.env.URL })
const app = express()

function base() { return knex('articles').join('users', 'users.id', 'articles.author_id') }

async function list({ tag, author, drafts }) {
  const query = base().select('articles.id')
  if (tag) {
    query.join('tags', 'tags.article_id', 'articles.id')
  }
  if (tag) {
    query.where('tags.name', tag)
  }
  if (author) query.where('users.name', author)
  else query.whereNull('articles.deleted_at')
  const total = await query.clone().clearSelect().count('* as n').first()
  for (const draft of drafts) query.orWhere('articles.draft', draft)
  return [await query.limit(10), total]
}

async function move(from, to) {
  await knex.transaction(async (trx) => {
    await trx('accounts').where('id', from).decrement('amount', 5)
    await knex('accounts').transacting(trx).where('id', to).increment('amount', 5)
  })
}

app.get('/articles', async (request, response) => response.json(await list(request.query)))
app.post('/move', async (request, response) => { await move(1, 2); await base().first(); response.end() })
app.listen(3000)
"""


def forms(queries: dict[int, Query], line: int) -> list[str]:
    """The forms of the query that begins on a line."""
    return [statement.tree.sql(dialect="postgres") for statement in queries[line].statements]


@pytest.fixture
def app(write: Write) -> list[Query]:
    """The queries of a small application."""
    folder = write({"app.js": APP, "package.json": '{"dependencies": {"knex": "^3", "express": "^5"}}'})
    return all_of(folder, "knex")


def test_branches(app: list[Query]) -> None:
    found = [query for query in app if query.site is not None and query.site.span.line == 19]
    assert len(found) == 1
    texts = [" ".join(statement.tree.sql(dialect="postgres").split()) for statement in found[0].statements]
    head = "SELECT articles.id FROM articles JOIN users ON users.id = articles.author_id"
    tag = "JOIN tags ON tags.article_id = articles.id WHERE tags.name = %(value)s"
    assert texts[0] == (f"{head} {tag} AND users.name = %(value)s OR articles.draft = %(value)s LIMIT 10")
    assert f"{head} WHERE articles.deleted_at IS NULL LIMIT 10" in texts
    # Never the condition on a table without the join that the same test decides.
    assert all(("JOIN tags" in text) == ("tags.name" in text) for text in texts)


def test_clones_and_shared_beginnings(app: list[Query]) -> None:
    first = [query for query in app if query.action == "first"]
    texts = [query.statements[0].tree.sql(dialect="postgres") for query in first]
    assert len(texts) == 2
    assert texts[0].startswith("SELECT COUNT(*) AS n FROM articles JOIN users") and "tags.name" in texts[0]
    assert texts[1] == "SELECT * FROM articles JOIN users ON users.id = articles.author_id LIMIT 1"


def test_transactions(app: list[Query]) -> None:
    texts = [query.statements[0].tree.sql(dialect="postgres") for query in app if query.span.line in (24, 25)]
    assert texts == [
        "UPDATE accounts SET amount = amount - 5 WHERE id = %(from)s",
        "UPDATE accounts SET amount = amount + 5 WHERE id = %(to)s",
    ] or texts == [
        "UPDATE accounts SET amount = amount - 5 WHERE id = 1",
        "UPDATE accounts SET amount = amount + 5 WHERE id = 2",
    ]


def test_words_have_their_places(app: list[Query]) -> None:
    data = APP.encode()
    words = {
        (node.this, data[at.start : at.end].decode())
        for query in app
        for node in query.statements[0].tree.find_all(exp.Identifier)
        if (at := node.meta.get("at")) is not None
    }
    assert words and all(name == word for name, word in words)
    assert ("author_id", "author_id") in words and ("amount", "amount") in words


def test_joins_of_a_write_are_left_open(write: Write) -> None:
    line = "knex('users').join('teams', 'teams.id', 'users.team_id').where('teams.gone', true).update({ name: 'x' })"
    files = {"app.js": SERVED.replace("{}", f"  await {line}"), "package.json": '{"dependencies": {"knex": "^3"}}'}
    (query,) = all_of(write(files), "knex")
    assert "from" in query.statements[0].open


def test_what_promise_all_waits_for_is_sent(write: Write) -> None:
    app = """const knex = require('knex')({ client: 'pg' })
async function page(limit) {
  const rows = knex('users').select('id').whereNull('left').limit(limit)
  const total = rows.clone().clear('limit').count('id as n').first()
  return Promise.all([rows, total])
}
module.exports = page
"""
    folder = write({"package.json": '{"dependencies": {"knex": "^3"}}', "app.js": app})
    said = {query.statements[0].tree.sql() for query in all_of(folder, "knex")}
    assert any("LIMIT" in sql for sql in said)
    assert any("COUNT(id)" in sql and "LIMIT :limit" not in sql for sql in said)
