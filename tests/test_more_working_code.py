"""More code that works, in the forms of services of today, and beside it the mistake that it resembles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_working_code import DJANGO, Pair, found

if TYPE_CHECKING:
    from pathlib import Path

CODES = """
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model Code {
  id      Int    @id @default(autoincrement())
  reader  Int    @unique
  purpose String
  text    String
}
"""
SENDING = """
import express from 'express';
import { PrismaClient } from '@prisma/client';

const prisma = new PrismaClient();
const app = express();

app.post('/codes/:reader', async (request, response) => {
  const [reader, purpose] = [Number(request.params.reader), 'mail'];
  const code = await prisma.code.upsert({
    where: { reader, purpose },
    update: { text: '2' },
    create: { reader, purpose, text: '1' },
  });
  response.json(code);
});
app.listen(3000);
"""

SHELVES = """
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=20)
"""
NESTED = """
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework_nested.routers import DefaultRouter, NestedSimpleRouter

from shelf.models import Book


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id", "title"]


class Books(viewsets.ModelViewSet):
    queryset = Book.objects.all()
    serializer_class = BookSerializer


router = DefaultRouter()
router.register("shelves", Books)
router.register("books", Books, basename="all-books")
below = NestedSimpleRouter(router, "shelves", lookup="shelf")
below.register("books", Books, basename="shelf-books")
urlpatterns = [path("", include(router.urls)), path("", include(below.urls))]
"""

TALKING = """
import Fastify from 'fastify';
import websocket from '@fastify/websocket';

const app = Fastify();
await app.register(websocket);

async function talk(socket, request) {
  socket.on('message', (text) => request.log.info(text));
}

app.get('/talk', { websocket: true }, talk);
await app.listen({ port: 3000 });
"""

RESOLVED = """
import express from 'express';
import knex from 'knex';

const db = knex({ client: 'pg' });
const app = express();

app.use('/clubs/:club', async (request, response, next) => {
  request.club = await db('clubs').where({ id: request.params.club }).first();
  next(request.club ? undefined : new Error('no such club'));
});
app.get('/clubs/:club/owner', async (request, response) => {
  const club = request.club.id;
  const owner = await db('owners').where({ club }).first();
  response.json({ name: owner.name });
});
app.listen(3000);
"""

SPEAKING = """
import { Hono } from 'hono';
import { env } from 'hono/adapter';

interface Settings {
  DATABASE_URL: string;
}

const app = new Hono();
let url = '';

function connect(settings: Settings) {
  url = settings.DATABASE_URL;
}

app.use(async (c, next) => {
  connect(env<Settings, any>(c));
  await next();
});
app.get('/', (c) => c.json({ url }));

export default app;
"""

READERS = """
const express = require('express');
const { Pool } = require('pg');

const pool = new Pool();
const app = express();

class Reader {
  constructor(row) {
    this.id = row.id;
    this.name = row.name;
    this.town = row.town;
  }
}

app.get('/readers', async (request, response) => {
  const { rows } = await pool.query('SELECT id, name FROM readers');
  response.json(rows.map((row) => new Reader(row)));
});
app.get('/names', async (request, response) => {
  const { rows } = await pool.query('SELECT name FROM readers');
  response.json(rows.map((row) => new Reader(row)));
});
app.listen(3000);
"""

FILTERING = """
const express = require('express');
const { DataTypes, Sequelize } = require('sequelize');

const sequelize = new Sequelize('sqlite::memory:');
const Book = sequelize.define('Book', { title: DataTypes.STRING });
const app = express();

function conditions(query) {
  const where = { ...query };
  if (where.inPrint) {
    where.inPrint = where.inPrint === 'true';
  }
  return where;
}

app.get('/books', async (request, response) => {
  response.json(await Book.findAll({ where: conditions(request.query) }));
});
app.listen(3000);
"""

LOADING = """
import { Application } from 'express';

export default ({ app }: { app: Application }) => {
  app.get('/status', (request, response) => response.json({ up: true }));
  app.use((request, response) => response.status(404).end());
};
"""
LOADED = """
import express from 'express';
import load from './loader';

const app = express();
async function prepare() {
  await load({ app });
}
app['prepare'] = prepare;
export default app;
"""
SERVING = """
import app from './app';
import db from './db';

(async () => {
  await app['prepare']();
  const server = app.listen(3000);
  process.on('SIGTERM', () => {
    server.close(() => db.destroy());
  });
})();
"""

STOPPING = """
const express = require('express');

const app = express();

const stop = () => {
  server.close(() => process.exit(0));
};

app.listen(3000);
process.on('SIGTERM', stop);
"""

TRIALS = """
from django.db import models


class Metric(models.Model):
    name = models.CharField(max_length=20)


class Trial(models.Model):
    name = models.CharField(max_length=20)


class Use(models.Model):
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="uses")
    trial = models.ForeignKey(Trial, models.CASCADE, related_name="uses")
"""
TELLING = """
from django.db.models import Prefetch
from django.urls import include, path
from rest_framework import serializers, status, viewsets
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter

from shelf.models import Metric, Use


class MetricSerializer(serializers.ModelSerializer):
    trials = serializers.SerializerMethodField()

    class Meta:
        model = Metric
        fields = ["id", "name", "trials"]

    def get_trials(self, metric: Metric):
        return [use.trial.name for use in metric.uses.all()]


class Metrics(viewsets.ModelViewSet):
    serializer_class = MetricSerializer

    def get_queryset(self):
        return Metric.objects.prefetch_related(Prefetch("uses", queryset=Use.objects.select_related("trial")))

    def create(self, request):
        serializer = self.get_serializer(data=request.data)
        if serializer.is_valid(raise_exception=True):
            serializer.save()
            return Response(serializer.data, status.HTTP_201_CREATED)


router = DefaultRouter()
router.register("metrics", Metrics, basename="metrics")
urlpatterns = [path("", include(router.urls))]
"""

TELLING_OF_ANY = TELLING.replace(
    """class Metrics(viewsets.ModelViewSet):
""",
    """class Anything(viewsets.ModelViewSet):
    def get_queryset(self):
        return self.model_class.objects.all()


class Metrics(Anything):
    model_class = Metric
""",
).replace("return Metric.objects.prefetch", "return super().get_queryset().prefetch")

FLATTENING = """
const express = require('express');
const { DataTypes, Sequelize } = require('sequelize');

const sequelize = new Sequelize('sqlite::memory:');
const Shelf = sequelize.define('Shelf', { room: DataTypes.STRING });
const Book = sequelize.define('Book', { title: DataTypes.STRING, shelfId: DataTypes.INTEGER });
const app = express();

app.get('/books', async (request, response) => {
  const shelves = await Shelf.findAll();
  const found = await Promise.all(shelves.map((shelf) => Book.findAll({ where: { shelfId: shelf.id } })));
  response.json(found.flat().map((book) => book.title));
});
app.listen(3000);
"""


def manifest(**packages: str) -> str:
    """A package.json with these dependencies."""
    listed = ", ".join(f'"{name}": "{version}"' for name, version in packages.items())
    return f'{{"type": "module", "dependencies": {{{listed}}}}}'


LENDING = """
import express from 'express';

const app = express();
const bookService = {
  async list(reader, filters, options) {
    return [reader, filters.genre, options.limit];
  },
};

app.get('/lent', async (request, response) => {
  // The filters are given as options, and vice versa.
  const filters = { genre: request.query.genre };
  const options = { limit: Number(request.query.limit) };
  response.json(await bookService.list(1, options, filters));
});
app.listen(3000);
"""
LETTERS = """
from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()
sessions = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


async def opened():
    async with sessions() as session:
        yield session


async def found(session: AsyncSession, key: int):
    return await session.get(Letter, key)


async def changed(session: AsyncSession, letter, values: dict):
    letter = await letter
    for name, value in values.items():
        setattr(letter, name, value)
    await session.commit()
    await session.refresh(letter)
    return letter


@app.put("/letters/{key}")
async def change(key: int, values: dict, session: AsyncSession = Depends(opened)):
    letter = found(session, key)
    return (await changed(session, letter, values)).text
"""
LETTERED = """
import { Hono } from 'hono';
import { drizzle } from 'drizzle-orm/libsql';
import * as schema from './schema.js';

const db = drizzle('file:letters.db', { schema });
const app = new Hono();
app.get('/letters', async (c) => {
  const letters = db.query.letters.findMany();
  const prepared = letters.prepare();
  return c.json((await letters).map((letter) => letter.text));
});
export default app;
"""
LETTER_TABLE = """
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const letters = sqliteTable('letters', { id: integer().primaryKey(), text: text().notNull() });
"""
ASKED_FOR = """
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

make = sessionmaker(create_engine("sqlite://"))
app = FastAPI()


@app.get("/one")
def one():
    with make() as session:
        if hasattr(session, "fetch"):
            return session.fetch("SELECT 1")
        return session.scalar(text("SELECT 1"))
"""
FOUND_OUT = (
    SENDING.replace("prisma.code.upsert({", "(codes.findOrCreate ? codes.findOrCreate() : codes.upsert({")
    .replace("'1' },\n  });", "'1' },\n  }));")
    .replace("  const code =", "  const codes = prisma.code;\n  const code =")
)
TEMPLATES = """
import { Hono } from 'hono';
import { sql } from 'drizzle-orm';

const app = new Hono();
app.get('/last', (c) => c.json({ made: String(sql<Date | string>`MAX(made)`) }));
export default app;
"""
POSTED = """
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlmodel import Field, Session, SQLModel, create_engine

engine = create_engine("sqlite://")
app = FastAPI()


class Letter(SQLModel, table=True):
    id: int = Field(primary_key=True)
    text: str


def opened():
    with Session(engine) as session:
        yield session


@app.get("/letters")
def letters(session: Session = Depends(opened)):
    result = session.exec(select(Letter).order_by(Letter.id))
    return [letter.text for letter in result.scalars().all()]
"""

PAIRS = [
    Pair(
        "exec of SQLModel gives rows of a select that is not its own",
        "sqlalchemy/result-not-fetched",
        {"requirements.txt": "fastapi\nsqlmodel\n", "main.py": POSTED},
        {
            "main.py": POSTED.replace("from sqlalchemy import select\n", "").replace(
                "create_engine\n", "create_engine, select\n"
            )
        },
    ),
    Pair(
        "a condition on one row narrows it further",
        "sql/conflict-target",
        {"package.json": manifest(express="5"), "prisma/schema.prisma": CODES, "app.js": SENDING},
        {"prisma/schema.prisma": CODES.replace("Int    @unique", "Int")},
    ),
    Pair(
        "a router stands below the objects of another",
        "django/duplicate-path",
        DJANGO | {"shop/urls.py": NESTED, "shelf/models.py": SHELVES},
        {"shop/urls.py": NESTED.replace('below.register("books"', 'router.register("books"')},
    ),
    Pair(
        "a handler takes a connection of a websocket",
        "fastify/unknown-member",
        {"package.json": manifest(fastify="5"), "app.js": TALKING},
        {"app.js": TALKING.replace("{ websocket: true }, ", "")},
    ),
    Pair(
        "middleware has found what a lookup goes by",
        "names/unchecked-lookup",
        {"package.json": manifest(express="5", knex="3", pg="8"), "app.js": RESOLVED},
        {"app.js": RESOLVED.replace("request.club.id", "request.params.club")},
    ),
    Pair(
        "a file lists names for a tool",
        "names/undefined-at-start",
        {
            "main.py": "print('shop')\n",
            "used.py": '"""What vulture lets be."""\n\nframe  # of a handler\nshop.cursor\n',
        },
        {"used.py": "frame  # of a handler\nprint(frame)\n"},
    ),
    Pair(
        "a call has type arguments at the start of a block",
        "names/undefined-name",
        {"package.json": manifest(hono="4"), "app.ts": SPEAKING},
        {"app.ts": SPEAKING.replace("env<Settings, any>(c)", "env(any > (c))")},
    ),
    Pair(
        "a service is not the word for what is exchanged",
        "names/swapped-arguments",
        {"package.json": manifest(express="5"), "app.js": LENDING},
        {"app.js": LENDING.replace(", and vice versa", "")},
    ),
    Pair(
        "what is given a coroutine awaits it",
        "awaiting/missing-await",
        {"requirements.txt": "fastapi\nsqlalchemy[asyncio]\naiosqlite\n", "main.py": LETTERS},
        {"main.py": LETTERS.replace("    letter = await letter\n", "")},
    ),
    Pair(
        "a query of drizzle is awaited where it is needed",
        "awaiting/missing-await",
        {
            "package.json": manifest(hono="4", **{"drizzle-orm": "0.44", "@libsql/client": "0.15"}),
            "schema.js": LETTER_TABLE,
            "app.js": LETTERED,
        },
        {"app.js": LETTERED.replace("(await letters).map", "letters.map")},
    ),
    Pair(
        "a session is asked whether it has a method",
        "sqlalchemy/unknown-session-method",
        {"requirements.txt": "fastapi\nsqlalchemy>=2\n", "main.py": ASKED_FOR},
        {"main.py": ASKED_FOR.replace('hasattr(session, "fetch")', "session.is_active")},
    ),
    Pair(
        "a model of the client is asked whether it has a method",
        "prisma/unknown-method",
        {"package.json": manifest(express="5"), "prisma/schema.prisma": CODES, "app.js": FOUND_OUT},
        {"app.js": FOUND_OUT.replace("codes.findOrCreate ?", "codes ?")},
    ),
    Pair(
        "a template has a union of types",
        "names/undefined-name",
        {"package.json": manifest(hono="4", **{"drizzle-orm": "0.44"}), "app.ts": TEMPLATES},
        {"app.ts": TEMPLATES.replace("sql<Date | string>`MAX(made)`", "sql(Date | string)")},
    ),
    Pair(
        "an object takes what it finds of rows with different columns",
        "drivers/unknown-row-key",
        {"package.json": '{"dependencies": {"express": "5", "pg": "8"}}', "app.js": READERS},
        {"app.js": READERS.replace("SELECT name", "SELECT id, name")},
    ),
    Pair(
        "what handles unknown paths stands behind the routes",
        "express/nothing-handed-on",
        {
            "package.json": manifest(express="5", knex="3", pg="8"),
            "src/db.ts": "import knex from 'knex';\n\nexport default knex({ client: 'pg' });\n",
            "src/loader.ts": LOADING,
            "src/app.ts": LOADED,
            "src/server.ts": SERVING,
        },
        {"src/loader.ts": LOADING.replace("};\n", "  app.get('/late', (request, response) => response.end());\n};\n")},
    ),
    Pair(
        "the rows of a relation come along with theirs",
        "orm/n-plus-one",
        DJANGO | {"shop/urls.py": TELLING, "shelf/models.py": TRIALS},
        {"shop/urls.py": TELLING.replace('.select_related("trial")', ".all()")},
    ),
    Pair(
        "they do so of a model that a base class is given",
        "orm/n-plus-one",
        DJANGO | {"shop/urls.py": TELLING_OF_ANY, "shelf/models.py": TRIALS},
        {"shop/urls.py": TELLING_OF_ANY.replace('.select_related("trial")', ".all()")},
    ),
    Pair(
        "lists of rows are made one list",
        "orm/list-as-row",
        {"package.json": '{"dependencies": {"express": "5", "sequelize": "6"}}', "app.js": FLATTENING},
        {"app.js": FLATTENING.replace(".flat()", "")},
    ),
    Pair(
        "data is valid, or an error is raised",
        "django/no-answer",
        DJANGO | {"shop/urls.py": TELLING, "shelf/models.py": TRIALS},
        {"shop/urls.py": TELLING.replace("raise_exception=True", "")},
    ),
    Pair(
        "a listener is not run by the start",
        "names/undefined-at-start",
        {
            "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "5"}}',
            "app.js": STOPPING,
        },
        {"app.js": STOPPING.replace("process.on('SIGTERM', stop)", "stop()")},
    ),
    Pair(
        "what a request may say is made a truth value",
        "sequelize/unknown-column",
        {"package.json": '{"dependencies": {"express": "5", "sequelize": "6"}}', "app.js": FILTERING},
        {"app.js": FILTERING.replace("where.inPrint = where.inPrint === 'true'", "where.inPrint = true")},
    ),
]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_works_is_let_be(pair: Pair, tmp_path: Path) -> None:
    assert [one.message for one in found(tmp_path, pair.works, pair.rule)] == []


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_it_resembles_is_told(pair: Pair, tmp_path: Path) -> None:
    assert found(tmp_path, pair.works | pair.fails, pair.rule)
