"""Drizzle's builders: what we lift, and what Drizzle itself would send."""

from __future__ import annotations

import pytest
from sqlglot import exp

from tests.conftest import Write
from tests.queries.comparing import all_of, expressions, normal, ours, parsed, printed
from verifier.lift.nouns import Query

LINES = expressions("drizzle")
NAMES = """and or not eq ne gt gte lt lte isNull isNotNull inArray notInArray exists notExists between notBetween like
ilike notLike notIlike sql asc desc count countDistinct sum avg min max getTableColumns relations""".split()
TABLES = f"""import {{ {", ".join(NAMES)} }} from 'drizzle-orm'
import {{ alias, boolean, integer, pgTable, serial, text, unionAll }} from 'drizzle-orm/pg-core'
export const users = pgTable('users', {{
  id: serial('id').primaryKey(), email: text('email').notNull().unique(), nick: text('nick_name'), age: integer('age'),
}})
export const posts = pgTable('posts', {{
  id: serial('id').primaryKey(), title: text('title').notNull(), draft: boolean('draft').default(false),
  authorId: integer('author_id').references(() => users.id),
}})
export const usersRelations = relations(users, ({{ many }}) => ({{ posts: many(posts) }}))
export const postsRelations = relations(posts, ({{ one }}) => ({{
  author: one(users, {{ fields: [posts.authorId], references: [users.id] }}),
}}))
const authors = alias(users, 'authors')
"""
QUERIES = """const recent = db.select().from(posts).where(eq(posts.draft, false)).as('recent')
const drafts = db.$with('drafts').as(db.select().from(posts).where(eq(posts.draft, true)))
"""
SERVED = f"""import express from 'express'
import {{ drizzle }} from 'drizzle-orm/node-postgres'
{TABLES}
const db = drizzle(process.env.URL, {{ schema: {{ users, posts, usersRelations, postsRelations }} }})
const app = express()
{QUERIES}
app.get('/all', async (request, response) => {{
LINES
  response.json([])
}})
app.listen(3000)
"""
FIRST = SERVED[: SERVED.index("LINES")].count("\n") + 1
PACKAGE = '{"type": "module", "dependencies": {"drizzle-orm": "^0.44", "express": "^5"}}'


@pytest.fixture(scope="module")
def sent() -> list[str]:
    """What Drizzle would send."""
    asked = (
        f"import {{ drizzle }} from 'drizzle-orm/pg-proxy'\n{TABLES}\n"
        "const db = drizzle(async () => ({ rows: [] }))\n"
        f"{QUERIES}\nconst made = [\n"
        + ",\n".join(f"() => {line}" for line in LINES)
        + "\n]\nconsole.log(JSON.stringify(made.map((make) => make().toSQL().sql)))\n"
    )
    return printed({"ask.mjs": asked}, ["node", "ask.mjs"], "data", "drizzle")


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Query]:
    """What we lift."""
    folder = tmp_path_factory.mktemp("drizzle")
    (folder / "package.json").write_text(PACKAGE)
    (folder / "app.js").write_text(SERVED.replace("LINES", "\n".join(f"  await {line}" for line in LINES)))
    return ours(folder, "drizzle")


def plain(tree: exp.Expr) -> exp.Expr:
    """A statement in which columns of its only table stand without that table, and defaults are not written."""
    tree = tree.copy()
    if isinstance(tree, exp.Insert):
        schema, values = tree.this, tree.expression
        kept = [
            place
            for place in range(len(schema.expressions))
            if not all(row.expressions[place].sql() == "DEFAULT" for row in values.expressions)
        ]
        schema.set("expressions", [schema.expressions[place] for place in kept])
        for row in values.expressions:
            row.set("expressions", [row.expressions[place] for place in kept])
    for union in list(tree.find_all(exp.Union)):
        for side in (union.this, union.expression):
            if isinstance(side, exp.Subquery):
                side.replace(side.this)
    for select in list(tree.find_all(exp.Select)):
        if not select.args.get("joins"):
            for column in select.expressions:
                for inner in column.find_all(exp.Column):
                    if inner.find_ancestor(exp.Select) is select:
                        inner.set("table", None)
    for column in tree.find_all(exp.Column) if not isinstance(tree, exp.Select | exp.Union) else ():
        column.set("table", None)
    return tree


@pytest.mark.parametrize("place", range(len(LINES)), ids=LINES)
def test_as_drizzle(place: int, sent: list[str], lifted: dict[int, Query]) -> None:
    query = lifted.get(place + FIRST)
    assert query is not None, "not read"
    assert query.statements, query.reason
    statement = query.statements[0]
    assert statement.exact, statement.reasons
    assert normal(plain(statement.tree)) == normal(plain(parsed(sent[place])))


APP = """import express from 'express'
import { and, asc, desc, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { posts, users } from './schema.js'
import * as schema from './schema.js'
const db = drizzle(process.env.URL, { schema })
const app = express()

app.get('/posts', async (request, response) => {
  const { author, draft } = request.query
  const wanted = []
  if (author) wanted.push(eq(users.nick, author))
  let query = db.select({ id: posts.id }).from(posts).$dynamic()
  if (author) {
    query = query.innerJoin(users, eq(users.id, posts.authorId))
  }
  query = query.where(and(...wanted)).orderBy(request.query.old ? asc(posts.id) : desc(posts.id))
  response.json(await query)
})

app.get('/users', async (request, response) => {
  response.json(await db.query.users.findMany({
    columns: { nick: false }, where: (users, { gt }) => gt(users.age, 18), with: { posts: { with: { author: true } } },
    orderBy: [desc(users.id)], limit: 5,
  }))
})

app.post('/users', async (request, response) => {
  const made = await db.transaction(async (tx) => {
    const [user] = await tx.insert(users).values(request.body.users.map((email) => ({ email }))).returning()
    await tx.insert(posts).values({ title: 'Hello', authorId: user.id })
    return user
  })
  response.json(made)
})
app.listen(3000)
"""


@pytest.fixture
def app(write: Write) -> list[Query]:
    """The queries of a small application."""
    schema = TABLES.replace("const authors = alias(users, 'authors')\n", "")
    return all_of(write({"app.js": APP, "schema.js": schema, "package.json": PACKAGE}), "drizzle")


def test_branches(app: list[Query]) -> None:
    texts = [statement.tree.sql(dialect="postgres") for statement in app[0].statements]
    assert any("JOIN users ON users.id = posts.author_id WHERE users.nick_name = " in text for text in texts)


def test_relational(app: list[Query]) -> None:
    query = app[1]
    assert query.statements[0].tree.sql(dialect="postgres") == (
        "SELECT users.id, users.email, users.age FROM users WHERE users.age > 18 ORDER BY users.id DESC LIMIT 5"
    )
    assert [(load.path, load.many) for load in query.loads] == [(("posts",), True), (("posts", "author"), False)]


def test_transactions(app: list[Query]) -> None:
    assert [query.statements[0].tree.sql(dialect="postgres") for query in app[2:]] == [
        "INSERT INTO users (email) VALUES (%(email)s) RETURNING id, email, nick_name, age",
        "INSERT INTO posts (title, author_id) VALUES ('Hello', %(value)s)",
    ]


def test_words_have_their_places(app: list[Query]) -> None:
    data = APP.encode()
    words = {
        data[at.start : at.end].decode()
        for query in app
        for statement in query.statements
        for node in statement.tree.find_all(exp.Identifier)
        if (at := node.meta.get("at")) is not None and at.path == "app.js"
    }
    assert {"posts", "users", "nick", "authorId", "title", "email"} <= words
