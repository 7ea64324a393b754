"""Kysely's builders: what we lift, and what Kysely itself would send."""

from __future__ import annotations

import pytest
from sqlglot import exp

from tests.conftest import Write
from tests.queries.comparing import all_of, expressions, normal, ours, parsed, printed
from verifier.lift.nouns import Query

LINES = expressions("kysely")
ASK = """
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
const db = new Kysely({ dialect: {
  createAdapter: () => new PostgresAdapter(), createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db), createQueryCompiler: () => new PostgresQueryCompiler(),
} })
console.log(JSON.stringify([{}].map((make) => make().compile().sql)))
"""
SERVED = """import express from 'express'
import { Kysely, PostgresDialect, sql } from 'kysely'
const app = express(), db = new Kysely({ dialect: new PostgresDialect({}) })
app.get('/all', async (request, response) => {
LINES
  response.json([])
})
app.listen(3000)
"""
PACKAGE = '{"type": "module", "dependencies": {"kysely": "^0.28", "express": "^5"}}'


@pytest.fixture(scope="module")
def sent() -> list[str]:
    """What Kysely would send."""
    asked = ASK.replace("[{}]", "[\n" + ",\n".join(f"() => {line}" for line in LINES) + "]")
    return printed({"ask.mjs": asked}, ["node", "ask.mjs"], "builders", "kysely")


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Query]:
    """What we lift."""
    folder = tmp_path_factory.mktemp("kysely")
    (folder / "package.json").write_text(PACKAGE)
    (folder / "app.js").write_text(SERVED.replace("LINES", "\n".join(f"  await {line}.execute()" for line in LINES), 1))
    return ours(folder, "kysely")


@pytest.mark.parametrize("place", range(len(LINES)), ids=LINES)
def test_as_kysely(place: int, sent: list[str], lifted: dict[int, Query]) -> None:
    query = lifted.get(place + 5)
    assert query is not None, "not read"
    assert query.statements, query.reason
    statement = query.statements[0]
    assert statement.exact, statement.reasons
    assert normal(statement.tree) == normal(parsed(sent[place]))


APP = """import express from 'express'
import { Kysely, PostgresDialect, sql } from 'kysely'

const db = new Kysely({ dialect: new PostgresDialect({}) })
const app = express()

function listed(db, { tag, author, newest }) {
  let query = db.selectFrom('articles').select(['articles.id', 'articles.slug'])
  if (tag !== undefined) {
    query = query.innerJoin('tags', 'tags.article_id', 'articles.id')
  }
  if (tag !== undefined) {
    query = query.where('tags.name', '=', tag)
  }
  return query
    .$if(author !== undefined, (qb) => qb.innerJoin('users', 'users.id', 'articles.author_id'))
    .$if(author !== undefined, (qb) => qb.where('users.name', '=', author))
    .orderBy(newest ? sql`articles.created_at desc` : sql`articles.title`)
}

app.get('/articles', async (request, response) => {
  const rows = await listed(db, request.query).execute()
  const count = listed(db, request.query).clearSelect().select((eb) => eb.fn.countAll().as('n'))
  const { n } = await count.executeTakeFirst()
  response.json({ rows, n })
})

app.post('/articles', async (request, response) => {
  const made = await db.transaction().execute(async (trx) => {
    const values = { title: request.body.title }
    const article = await trx.insertInto('articles').values(values).returning('id').executeTakeFirst()
    await trx.insertInto('tags').values(request.body.tags.map((name) => ({ name, article_id: article.id }))).execute()
    return article
  })
  response.json(made)
})
app.listen(3000)
"""


@pytest.fixture
def app(write: Write) -> list[Query]:
    """The queries of a small application."""
    return all_of(write({"app.js": APP, "package.json": PACKAGE}), "kysely")


def texts_of(query: Query) -> list[str]:
    """The forms of a query."""
    return [statement.tree.sql(dialect="postgres") for statement in query.statements]


def test_branches(app: list[Query]) -> None:
    rows = next(query for query in app if query.site is not None and query.site.span.line == 22)
    texts = texts_of(rows)
    assert texts[0].startswith(
        "SELECT articles.id, articles.slug FROM articles JOIN tags ON tags.article_id = articles.id JOIN users ON "
        "users.id = articles.author_id WHERE tags.name = %(value)s AND users.name = %(value)s"
    )
    assert any(text.startswith("SELECT articles.id, articles.slug FROM articles ORDER BY") for text in texts)
    # Never a condition on a table without the join that the same test decides.
    assert all(("JOIN tags" in text) == ("tags.name" in text) for text in texts)
    assert all(("JOIN users" in text) == ("users.name" in text) for text in texts)


def test_rows_are_counted_of_the_same_statement(app: list[Query]) -> None:
    count = next(query for query in app if query.site is not None and query.site.span.line == 24)
    assert count.action == "first"
    assert texts_of(count)[0].startswith("SELECT COUNT(*) AS n FROM articles JOIN tags")


def test_transactions(app: list[Query]) -> None:
    texts = [texts_of(query)[0] for query in app if query.span.line in (31, 32)]
    assert texts == [
        "INSERT INTO articles (title) VALUES (%(value)s) RETURNING id",
        "INSERT INTO tags (name, article_id) VALUES (%(name)s, %(value)s)",
    ]


def test_words_have_their_places(app: list[Query]) -> None:
    data = APP.encode()
    words = {
        (node.this, data[at.start : at.end].decode())
        for query in app
        for statement in query.statements
        for node in statement.tree.find_all(exp.Identifier)
        if (at := node.meta.get("at")) is not None
    }
    assert words and all(name == word for name, word in words)
    assert {"author_id", "slug", "created_at", "n", "title"} <= {name for name, _ in words}


def test_camel_case(write: Write) -> None:
    text = APP.replace("new PostgresDialect({}) }", "new PostgresDialect({}), plugins: [new CamelCasePlugin()] }")
    text = text.replace("PostgresDialect, sql", "CamelCasePlugin, PostgresDialect, sql").replace(
        "author_id", "authorId"
    )
    found = all_of(write({"app.js": text, "package.json": PACKAGE}), "kysely")
    assert any("users.id = articles.author_id" in form for query in found for form in texts_of(query))
    other = all_of(write({"app.js": text.replace("Plugin()]", "Plugin({ upperCase: true })]")}), "kysely")
    assert other and not any(query.lifted for query in other)
