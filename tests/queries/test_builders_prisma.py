"""Prisma's client: the rows that our plain SQL gives, and those that its own first statement gives."""

from __future__ import annotations

import re
import sqlite3

import pytest
from sqlglot import exp

from tests.conftest import Write
from tests.queries.comparing import all_of, expressions
from tests.queries.prisma_client import run_prisma
from verifier.evaluate.values import Const
from verifier.lift.nouns import Query, Statement

LINES = expressions("prisma")
SCHEMA = """generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
  url      = "file:./dev.db"
}

model User {
  id     Int     @id @default(autoincrement())
  email  String  @unique
  name   String? @map("full_name")
  age    Int
  posts  Post[]  @relation("author")
  edited Post[]  @relation("editor")
  likes  Like[]

  @@map("users")
}

model Post {
  id       Int     @id @default(autoincrement())
  title    String
  draft    Boolean @default(false)
  author   User    @relation("author", fields: [authorId], references: [id])
  authorId Int     @map("author_id")
  editor   User?   @relation("editor", fields: [editorId], references: [id])
  editorId Int?
  tags     Tag[]
  likes    Like[]
}

model Tag {
  id    Int    @id @default(autoincrement())
  name  String @unique
  posts Post[]
}

model Like {
  user   User @relation(fields: [userId], references: [id])
  userId Int
  post   Post @relation(fields: [postId], references: [id])
  postId Int

  @@id([userId, postId])
}
"""
DATA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, full_name TEXT, age INTEGER);
CREATE TABLE "Post" (id INTEGER PRIMARY KEY, title TEXT, draft INTEGER, author_id INTEGER, "editorId" INTEGER);
CREATE TABLE "Tag" (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE "_PostToTag" ("A" INTEGER, "B" INTEGER);
CREATE TABLE "Like" ("userId" INTEGER, "postId" INTEGER);
INSERT INTO users VALUES (1, 'ann@a.org', 'Ann', 30), (2, 'bob@b.com', 'Bob', 25), (3, 'cid@c.org', 'Cid', 30),
  (4, 'dot@d.com', NULL, 41), (5, 'eve@e.org', 'Eve', 19);
INSERT INTO "Post" VALUES (1, 'One', 0, 1, NULL), (2, 'Two', 1, 1, 2), (3, 'Three', 0, 2, 3), (4, 'Four', 0, 3, NULL);
INSERT INTO "Tag" VALUES (1, 'sql'), (2, 'js'), (3, 'css');
INSERT INTO "_PostToTag" VALUES (1, 1), (2, 1), (2, 2), (3, 2);
INSERT INTO "Like" VALUES (1, 2), (2, 2), (2, 1), (3, 4);
"""
SERVED = """const express = require('express');
const { PrismaClient } = require('@prisma/client');
const app = express(), prisma = new PrismaClient();
app.get('/all', async (request, response) => {
LINES
  response.json([]);
});
app.listen(3000);
"""
PACKAGE = '{"dependencies": {"@prisma/client": "^6", "express": "^5"}}'
ASK = """
const { sent, adapter } = require('./adapter.cjs');
const { PrismaClient } = require('./client');
const prisma = new PrismaClient({ adapter });
(async () => {
  for (const make of [MAKES]) {
    sent.length = 0;
    try { await make() } catch (error) { if (!/No record|not found/i.test(error.message)) throw error }
    console.log(JSON.stringify(sent[0] ?? []));
  }
})();
"""


@pytest.fixture(scope="module")
def sent() -> list[list[object]]:
    """The first statement that Prisma sends for each call, with its values."""
    script = ASK.replace("MAKES", ",\n".join(f"() => {line}" for line in LINES))
    return run_prisma(SCHEMA, {}, script, "queries")


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Query]:
    """What we lift."""
    folder = tmp_path_factory.mktemp("prisma")
    (folder / "package.json").write_text(PACKAGE)
    (folder / "prisma").mkdir()
    (folder / "prisma" / "schema.prisma").write_text(SCHEMA)
    (folder / "app.js").write_text(SERVED.replace("LINES", "\n".join(f"  await {line};" for line in LINES)))
    return {query.span.line: query for query in all_of(folder, "prisma")}


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    """Some rows."""
    made = sqlite3.connect(":memory:")
    made.execute("ATTACH ':memory:' AS main_")
    made.executescript(DATA)
    return made


def with_values(statement: Statement) -> str:
    """A statement with its values written out."""
    tree = statement.tree.copy()
    for node in list(tree.find_all(exp.Placeholder)):
        value = statement.values[node.meta["value"]]
        assert isinstance(value, Const)
        node.replace(exp.convert(value.value))
    return tree.sql(dialect="sqlite")


@pytest.mark.parametrize("place", range(len(LINES)), ids=LINES)
def test_rows_are_those_of_prisma(
    place: int, sent: list[list[object]], lifted: dict[int, Query], database: sqlite3.Connection
) -> None:
    query = lifted[place + 5]
    assert query.statements, query.reason
    assert query.statements[0].exact, query.statements[0].reasons
    ours = database.execute(with_values(query.statements[0])).fetchall()
    if not sent[place]:  # Prisma knows by itself that there is none
        assert ours == []
        return
    text, values = sent[place]
    assert isinstance(text, str) and isinstance(values, list)
    theirs = database.execute(text.replace("`", '"'), values).fetchall()
    # What it needs to find related rows by comes along in its statements.
    width = min(len(ours[0]), len(theirs[0])) if ours and theirs else 0
    kept, wanted = [row[:width] for row in ours], [row[:width] for row in theirs]
    assert len(ours) == len(theirs)
    assert (kept == wanted) if "orderBy" in LINES[place] else (sorted(kept, key=str) == sorted(wanted, key=str))


APP = """const express = require('express');
const { PrismaClient } = require('@prisma/client');
const prisma = new PrismaClient();
const app = express();

app.post('/posts', async (request, response) => {
  const post = await prisma.post.create({
    data: { title: request.body.title, author: { connect: { email: 'ann@a.org' } }, tags: { create: [{ name: 'x' }] } },
  });
  await prisma.post.updateMany({ where: { authorId: 1 }, data: { draft: false, editorId: { increment: 1 } } });
  await prisma.user.upsert({ where: { email: 'a' }, create: { email: 'a', age: 1 }, update: { name: 'b' } });
  await prisma.like.createMany({ data: [{ userId: 1, postId: 2 }, { userId: 1, postId: 3 }], skipDuplicates: true });
  await prisma.like.delete({ where: { userId_postId: { userId: 1, postId: 2 } } });
  await prisma.$transaction([prisma.tag.deleteMany({}), prisma.post.count({ where: { draft: true } })]);
  const { _sum } = await prisma.user.aggregate({ _sum: { age: true }, _max: { age: true }, where: { name: 'x' } });
  await prisma.post.groupBy({ by: ['authorId'], _count: { _all: true } });
  response.json({ post, _sum });
});
app.listen(3000);
"""


def test_writes_and_totals(write: Write) -> None:
    found = all_of(write({"app.js": APP, "package.json": PACKAGE, "prisma/schema.prisma": SCHEMA}), "prisma")
    assert [query.statements[0].tree.sql(dialect="sqlite") for query in found] == [
        'INSERT INTO "Post" (title, author_id) VALUES (:value, (SELECT t1.id FROM users AS t1 WHERE t1.email = '
        "'ann@a.org'))",
        'UPDATE "Post" SET draft = FALSE, "editorId" = "editorId" + 1 WHERE "Post".author_id = 1',
        "INSERT INTO users (email, age) VALUES ('a', 1) ON CONFLICT(email) DO UPDATE SET full_name = 'b'",
        'INSERT INTO "Like" ("userId", "postId") VALUES (1, 2), (1, 3) ON CONFLICT DO NOTHING',
        'DELETE FROM "Like" WHERE "Like"."userId" = 1 AND "Like"."postId" = 2',
        'DELETE FROM "Tag"',
        'SELECT COUNT(*) FROM "Post" WHERE "Post".draft = TRUE',
        "SELECT SUM(users.age) AS _sum_age, MAX(users.age) AS _max_age FROM users WHERE users.full_name = 'x'",
        'SELECT "Post".author_id, COUNT(*) AS _count__all FROM "Post" GROUP BY "Post".author_id',
    ]


def test_related_rows(write: Write) -> None:
    text = APP.replace(
        "prisma.tag.deleteMany({})", "prisma.user.findMany({ include: { posts: { select: { tags: true } } } })"
    )
    found = all_of(write({"app.js": text, "package.json": PACKAGE, "prisma/schema.prisma": SCHEMA}), "prisma")
    loads = [load for query in found for load in query.loads]
    assert [(load.path, load.how, load.many) for load in loads] == [
        (("posts",), "separate", True),
        (("posts", "tags"), "separate", True),
    ]


def test_pages_that_are_given_no_order(sent: list[list[object]], lifted: dict[int, Query]) -> None:
    """Prisma orders them by the key."""
    pages = [place for place, line in enumerate(LINES) if "take: 2" in line and "orderBy: { " not in line]
    assert len(pages) == 3
    for place in pages:
        tree = lifted[place + 5].statements[0].tree
        ours = [column.name for order in tree.find_all(exp.Order) for column in order.find_all(exp.Column)]
        theirs = re.findall(r"\.`(\w+)` ASC", str(sent[place][0]))
        assert ours == theirs and ours
