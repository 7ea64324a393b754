# ruff: noqa: E501
"""The verdicts on database and mapper, for small projects in all frameworks and the traps that words set."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.conftest import Buttress, Write
from tests.verdicts.projects import verdicts

LITE, POSTGRES = "the running application uses SQLite", "the running application uses PostgreSQL"
SCHEMA = "the schema is created at startup"
SETTINGS = "the connection has the prescribed settings"
MAPPED = {name: f"the models are mapped by {name}" for name in ("SQLAlchemy", "Sequelize", "Django's mapper")}
QUERIES = {name: f"every query goes through {name}" for name in ("SQLAlchemy", "Sequelize", "Django's mapper")}

DATABASE = """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

engine = create_engine("sqlite:///a.db")
Session = sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""
ITEMS = "[item.name for item in session.scalars(select(Item))]"
ASYNC = (
    DATABASE.replace("from sqlalchemy import create_engine\n", "")
    .replace(
        "from sqlalchemy.orm import",
        "from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine\nfrom sqlalchemy.orm import",
    )
    .replace(
        'create_engine("sqlite:///a.db")',
        'create_async_engine("postgresql+asyncpg://user:password@postgres:5432/conduit")',
    )
    .replace("Session = sessionmaker(engine)", "Session = async_sessionmaker(engine)")
    .replace(", sessionmaker", "")
)
FLASK = {
    "run.sh": "exec gunicorn 'app:create_app()'\n",
    "requirements.txt": "flask\nsqlalchemy\n",
    "db.py": DATABASE,
    "app.py": "from flask import Flask\nfrom sqlalchemy import select\nfrom db import Base, Item, Session, engine\n\n\n"
    "def create_app():\n    app = Flask(__name__)\n    Base.metadata.create_all(engine)\n\n    @app.get('/items')\n"
    f"    def items():\n        with Session() as session:\n            return {ITEMS}\n\n    return app\n",
}
FASTAPI = {
    "run.sh": "uvicorn main:app --port 8080\n",
    "db.py": ASYNC,
    "main.py": "from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nfrom sqlalchemy import select\n"
    "from db import Base, Item, Session, engine\n\n\n@asynccontextmanager\nasync def lifespan(app):\n"
    "    async with engine.begin() as connection:\n        await connection.run_sync(Base.metadata.create_all)\n    yield\n\n\n"
    "app = FastAPI(lifespan=lifespan)\n\n\n@app.get('/items')\nasync def items():\n    async with Session() as session:\n"
    "        return list(await session.scalars(select(Item)))\n",
}
AIOHTTP = {
    "run.sh": "python main.py\n",
    "db.py": ASYNC,
    "main.py": "from aiohttp import web\nfrom sqlalchemy import select\nfrom db import Base, Item, Session, engine\n\n\n"
    "async def tables(app):\n    async with engine.begin() as connection:\n        await connection.run_sync(Base.metadata.create_all)\n\n\n"
    "async def items(request):\n    async with Session() as session:\n        await session.scalars(select(Item))\n    return web.json_response([])\n\n\n"
    "def main():\n    app = web.Application()\n    app.on_startup.append(tables)\n    app.router.add_get('/items', items)\n    web.run_app(app, port=8080)\n\n\n"
    "if __name__ == '__main__':\n    main()\n",
}
DJANGO = {
    "run.sh": "python manage.py migrate --noinput\npython manage.py runserver 0.0.0.0:8080\n",
    "manage.py": "import os, sys\n\n\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings')\n"
    "    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n\n\n"
    "if __name__ == '__main__':\n    main()\n",
    "site_/__init__.py": "",
    "site_/settings.py": "SECRET_KEY = 'x'\nROOT_URLCONF = 'site_.urls'\nINSTALLED_APPS = ['shop']\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'a.db'}}\n",
    "site_/urls.py": "from django.urls import path\nfrom shop.views import items\n\nurlpatterns = [path('items', items)]\n",
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    name = models.CharField(max_length=20)\n",
    "shop/views.py": "from django.http import JsonResponse\nfrom shop.models import Item\n\n\ndef items(request):\n"
    "    return JsonResponse({'items': [item.name for item in Item.objects.all()]})\n",
}
SETTINGS_PACKAGE = {
    **{path: text for path, text in DJANGO.items() if path != "site_/settings.py"},
    "site_/settings/__init__.py": "",
    "site_/settings/base.py": DJANGO["site_/settings.py"],
    "site_/settings/test.py": "from .base import *\n",
    "site_/settings/prod.py": "import os\nfrom .base import *\n\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', "
    "'NAME': os.environ.get('DB_NAME', 'conduit'), 'USER': 'user', 'PASSWORD': 'password', 'HOST': 'postgres', 'PORT': '5432'}}\n",
    "run.sh": "export DJANGO_SETTINGS_MODULE=site_.settings.prod\npython manage.py migrate\ngunicorn site_.wsgi:application\n",
    "site_/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\n\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings.base')\napplication = get_wsgi_application()\n",
}
SEQUELIZE = """
const { DataTypes, Sequelize } = require('sequelize');
const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'a.db' });
const Item = sequelize.define('Item', { name: DataTypes.STRING });
module.exports = { Item, sequelize };
"""
EXPRESS = {
    "run.sh": "npm start\n",
    "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5", "sequelize": "6", "sqlite3": "5"}}',
    "db.js": SEQUELIZE,
    "server.js": "const express = require('express');\nconst { Item, sequelize } = require('./db');\nconst app = express();\n"
    "app.get('/items', async (request, response) => response.json(await Item.findAll()));\n"
    "sequelize.sync().then(() => app.listen(3000));\n",
}
FASTIFY = {
    "run.sh": "node server.js\n",
    "package.json": '{"dependencies": {"fastify": "5", "sequelize": "6"}}',
    "db.js": SEQUELIZE,
    "server.js": "const Fastify = require('fastify');\nconst { Item, sequelize } = require('./db');\nconst app = Fastify();\n"
    "app.get('/items', async () => Item.findAll());\nconst start = async () => {\n  await sequelize.sync();\n"
    "  await app.listen({ port: 3000 });\n};\nstart();\n",
}
HONO = {
    "run.sh": "exec npx tsx src/main.ts\n",
    "package.json": '{"type": "module", "dependencies": {"hono": "4", "@hono/node-server": "1", "sequelize": "6", "pg": "8"}}',
    "src/db.ts": "import { DataTypes, Model, Sequelize } from 'sequelize';\n\nexport const sequelize = new Sequelize('conduit', 'user', 'password', "
    "{ dialect: 'postgres', host: process.env.DB_HOST ?? 'postgres', port: 5432 });\n\nexport class Item extends Model {}\n"
    "Item.init({ name: DataTypes.STRING }, { sequelize });\n",
    "src/main.ts": "import { serve } from '@hono/node-server';\nimport { Hono } from 'hono';\nimport { Item, sequelize } from './db';\n\n"
    "const app = new Hono();\napp.get('/items', async (c) => c.json(await Item.findAll()));\nawait sequelize.sync();\nserve({ fetch: app.fetch, port: 3000 });\n",
}
KOA = {
    "run.sh": "node index.js\n",
    "package.json": '{"dependencies": {"koa": "3", "@koa/router": "14", "sequelize": "6"}}',
    "db.js": SEQUELIZE,
    "index.js": "const Koa = require('koa');\nconst Router = require('@koa/router');\nconst { Item, sequelize } = require('./db');\n"
    "const app = new Koa();\nconst router = new Router();\nrouter.get('/items', async (ctx) => {\n  ctx.body = await Item.findAll();\n});\n"
    "app.use(router.routes());\nsequelize.sync().then(() => app.listen(3000));\n",
}


EXTENSION = {
    "run.sh": "export FLASK_APP=app.py\nflask run --host=0.0.0.0 --port=8080\n",
    "config.py": "import os\n\nBASE = os.path.abspath(os.path.dirname(__file__))\n\n\nclass Config:\n"
    "    SQLALCHEMY_DATABASE_URI = os.environ.get('DATABASE_URI') or 'sqlite:///' + os.path.join(BASE, 'shop.db')\n",
    "extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
    "models.py": "from extensions import db\n\n\nclass Item(db.Model):\n    __tablename__ = 'items'\n"
    "    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(50))\n",
    "routes.py": "from flask import Blueprint, jsonify\nfrom models import Item\n\nitems = Blueprint('items', __name__)\n\n\n"
    "@items.route('/items')\ndef listed():\n    return jsonify([item.name for item in Item.query.all()])\n",
    "app.py": "from flask import Flask\nfrom config import Config\nfrom extensions import db\n\n\ndef create_app(config=Config):\n"
    "    app = Flask(__name__)\n    app.config.from_object(config)\n    db.init_app(app)\n    from routes import items\n"
    "    app.register_blueprint(items)\n    with app.app_context():\n        db.create_all()\n    return app\n\n\napp = create_app()\n",
}
RETRYING = {
    "run.sh": "node src/index.js\n",
    "package.json": '{"dependencies": {"express": "4", "sequelize": "6", "pg": "8"}}',
    "src/database.js": "const { Sequelize } = require('sequelize');\nmodule.exports = new Sequelize(\n  process.env.DB_NAME || 'conduit',\n"
    "  process.env.DB_USER || 'user',\n  process.env.DB_PASSWORD || 'password',\n"
    "  { host: process.env.DB_HOST || 'postgres', port: parseInt(process.env.DB_PORT || '5432', 10), dialect: 'postgres' },\n);\n",
    "src/models/index.js": "const sequelize = require('../database');\nmodule.exports = { sequelize, Item: require('./item')(sequelize) };\n",
    "src/models/item.js": "const { DataTypes, Model } = require('sequelize');\nmodule.exports = (sequelize) => {\n  class Item extends Model {}\n"
    "  Item.init({ name: DataTypes.STRING }, { sequelize });\n  return Item;\n};\n",
    "src/app.js": "const express = require('express');\nconst { Item } = require('./models');\nconst app = express();\n"
    "app.get('/items', async (request, response) => response.json(await Item.findAll()));\nmodule.exports = app;\n",
    "src/index.js": "const app = require('./app');\nconst { sequelize } = require('./models');\n\nasync function connect(tries = 10) {\n"
    "  while (tries > 0) {\n    try {\n      await sequelize.authenticate();\n      return;\n    } catch (error) {\n      tries -= 1;\n    }\n  }\n"
    "  throw new Error('no database');\n}\n\n(async () => {\n  try {\n    await connect();\n    await sequelize.sync({ alter: true });\n"
    "    app.listen(3000);\n  } catch (error) {\n    process.exit(1);\n  }\n})();\n",
}
DRIVEN = {
    "run.sh": "python3 -m app\n",
    "app/__init__.py": "",
    "app/__main__.py": "from aiohttp import web\nfrom app.main import init\n\nif __name__ == '__main__':\n    web.run_app(init(), port=8080)\n",
    "app/schema.py": 'SCHEMA = """\nCREATE TABLE IF NOT EXISTS items (\n  name TEXT\n);\n"""\n',
    "app/main.py": "import asyncpg\nfrom aiohttp import web\nfrom app.schema import SCHEMA\n\n"
    "SETTINGS = dict(user='user', password='password', database='conduit', host='postgres', port=5432)\n\n\n"
    "async def pool(app):\n    app['pool'] = await asyncpg.create_pool(**SETTINGS)\n    async with app['pool'].acquire() as connection:\n"
    "        await connection.execute(SCHEMA)\n    yield\n\n\nasync def items(request):\n"
    "    return web.json_response([row['name'] for row in await request.app['pool'].fetch('SELECT name FROM items')])\n\n\n"
    "async def init():\n    app = web.Application()\n    app.cleanup_ctx.append(pool)\n    app.router.add_get('/items', items)\n    return app\n",
}


class Case(NamedTuple):
    """A project, what is prescribed, and what is decided of each clause that is named."""

    name: str
    files: dict[str, str]
    options: tuple[str, ...]
    expected: dict[str, bool | None]


def task(framework: str, database: str, orm: str = "") -> tuple[str, ...]:
    """The options of a task of the benchmark."""
    language = "uv" if framework in ("flask", "fastapi", "aiohttp", "django") else "node"
    return ("--task", f"{language}-{framework}-openapi-{database}{f'-{orm}' if orm else ''}")


def changed(files: dict[str, str], path: str, old: str, new: str) -> dict[str, str]:
    """A project with a text replaced."""
    assert old in files[path], f"{path} does not hold {old!r}"
    return files | {path: files[path].replace(old, new)}


def kept(database: str, mapper: str) -> dict[str, bool | None]:
    """All clauses kept."""
    found: dict[str, bool | None] = {database: True, SCHEMA: True, MAPPED[mapper]: True, QUERIES[mapper]: True}
    return found | ({SETTINGS: True} if database == POSTGRES else {})


RAW = changed(
    changed(FLASK, "app.py", "import select", "import select, text"),
    "app.py",
    ITEMS,
    "[row.name for row in session.execute(text('SELECT name FROM items'))]",
)
CURSOR = changed(
    FLASK,
    "app.py",
    f"with Session() as session:\n            return {ITEMS}",
    "connection = engine.raw_connection()\n        try:\n            cursor = connection.cursor()\n"
    "            cursor.execute('SELECT name FROM items')\n            return cursor.fetchall()\n"
    "        finally:\n            connection.close()",
)
DRIVER = changed(
    changed(FLASK, "app.py", "from flask import Flask\n", "import sqlite3\nfrom flask import Flask\n"),
    "app.py",
    "    return app",
    "    @app.get('/count')\n    def count():\n        connection = sqlite3.connect('a.db')\n"
    "        return connection.execute('SELECT count(*) FROM items').fetchone()\n\n    return app",
)
COMMANDED = """
import os
import django
from django.core.management import call_command, execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
django.setup()
{}
call_command("runserver", "0.0.0.0:8080", use_reloader=False)
"""
BASE = "class Base(DeclarativeBase):\n    pass\n"
AS_DECLARATIVE = "from sqlalchemy.orm import as_declarative\n\n\n@as_declarative()\nclass Base:\n    pass\n"
OF_REGISTRY = (
    "from sqlalchemy.orm import registry\n\n\n@registry().as_declarative_base()\nclass Base(object):\n    pass\n"
)
DECORATED = """
from dataclasses import dataclass
from sqlalchemy import Column, Integer, String, Table, create_engine
from sqlalchemy.orm import registry, sessionmaker

engine = create_engine("sqlite:///a.db")
Session = sessionmaker(engine)
Base = registry()


@dataclass(
    eq=False,
)
class Item:
    name: str


table = Table("items", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String))
Base.map_imperatively(Item, table)


@Base.mapped
class Tag:
    __tablename__ = "tags"
    id = Column(Integer, primary_key=True)
"""
CASES = [
    # All frameworks, as they should be.
    Case("flask", FLASK, task("flask", "sqlite", "sqlalchemy"), kept(LITE, "SQLAlchemy")),
    Case("fastapi", FASTAPI, task("fastapi", "postgres", "sqlalchemy"), kept(POSTGRES, "SQLAlchemy")),
    Case("aiohttp", AIOHTTP, task("aiohttp", "postgres", "sqlalchemy"), kept(POSTGRES, "SQLAlchemy")),
    Case("django", DJANGO, ("--database", "sqlite", "--orm", "django"), kept(LITE, "Django's mapper")),
    Case("express", EXPRESS, task("express", "sqlite", "sequelize"), kept(LITE, "Sequelize")),
    Case("fastify", FASTIFY, task("fastify", "sqlite", "sequelize"), kept(LITE, "Sequelize")),
    Case("hono", HONO, task("hono", "postgres", "sequelize"), kept(POSTGRES, "Sequelize")),
    Case("koa", KOA, task("koa", "sqlite", "sequelize"), kept(LITE, "Sequelize")),
    Case("flask, with Flask-SQLAlchemy", EXTENSION, task("flask", "sqlite", "sqlalchemy"), kept(LITE, "SQLAlchemy")),
    Case(
        "express, with models in functions",
        RETRYING,
        task("express", "postgres", "sequelize"),
        kept(POSTGRES, "Sequelize"),
    ),
    Case("aiohttp, with a driver", DRIVEN, task("aiohttp", "postgres"), {POSTGRES: True, SCHEMA: True, SETTINGS: True}),
    # Bases and models that decorators make.
    Case(
        "flask, with classes behind decorators, imperatively mapped",
        FLASK | {"db.py": DECORATED},
        task("flask", "sqlite", "sqlalchemy"),
        kept(LITE, "SQLAlchemy"),
    ),
    Case(
        "flask, with a base that as_declarative makes",
        FLASK | {"db.py": changed({"db.py": DATABASE}, "db.py", BASE, AS_DECLARATIVE)["db.py"]},
        task("flask", "sqlite", "sqlalchemy"),
        kept(LITE, "SQLAlchemy"),
    ),
    Case(
        "flask, with a base that a registry makes",
        FLASK | {"db.py": changed({"db.py": DATABASE}, "db.py", BASE, OF_REGISTRY)["db.py"]},
        task("flask", "sqlite", "sqlalchemy"),
        kept(LITE, "SQLAlchemy"),
    ),
    Case(
        "flask, with modules and settings that texts and properties name",
        {
            "run.sh": "flask --app app run\n",
            "requirements.txt": "flask\nflask-sqlalchemy\n",
            "extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
            "models.py": "from extensions import db\n\n\nclass Item(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
            "views.py": "from flask import Blueprint\nfrom models import Item\n\nitems = Blueprint('items', __name__)\n\n\n"
            "@items.get('/items')\ndef every():\n    return [item.id for item in Item.query.all()]\n",
            "app.py": "import importlib\nimport os\nfrom flask import Flask\nfrom extensions import db\n\n\nclass Settings:\n"
            "    @property\n    def SQLALCHEMY_DATABASE_URI(self):\n        return os.getenv('URL') or f'sqlite:///{self.name}.db'\n\n"
            "    name = 'a'\n\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object(Settings())\n"
            "    db.init_app(app)\n    for place in ['views:items']:\n        module, _, name = place.partition(':')\n"
            "        app.register_blueprint(getattr(importlib.import_module(module), name))\n"
            "    with app.app_context():\n        db.create_all()\n    return app\n",
        },
        task("flask", "sqlite", "sqlalchemy"),
        kept(LITE, "SQLAlchemy"),
    ),
    # What run time decides.
    Case(
        "models that a module imports whose name run time chooses",
        FLASK
        | {
            "app.py": "import importlib\nimport os\nfrom flask import Flask\n\napp = Flask(__name__)\n"
            "importlib.import_module(os.environ['MODULE']).register(app)\n",
            "run.sh": "exec gunicorn app:app\n",
        },
        task("flask", "sqlite", "sqlalchemy"),
        {MAPPED["SQLAlchemy"]: None},
    ),
    Case(
        "tables that are created one by one",
        changed(
            FLASK,
            "app.py",
            "Base.metadata.create_all(engine)",
            "for table in Base.metadata.sorted_tables:\n        table.create(engine, checkfirst=True)",
        ),
        task("flask", "sqlite", "sqlalchemy"),
        {LITE: True, SCHEMA: None},
    ),
    # Commands of Django that code runs.
    Case(
        "django, migrated by call_command",
        DJANGO
        | {"run.sh": "python main.py\n", "main.py": COMMANDED.format("call_command('migrate', run_syncdb=True)")},
        ("--database", "sqlite", "--orm", "django"),
        kept(LITE, "Django's mapper"),
    ),
    Case(
        "django, migrated by execute_from_command_line",
        DJANGO
        | {
            "run.sh": "python main.py\n",
            "main.py": COMMANDED.format("execute_from_command_line(['main.py', 'migrate', '--run-syncdb'])"),
        },
        ("--database", "sqlite", "--orm", "django"),
        kept(LITE, "Django's mapper"),
    ),
    Case(
        "django, served by call_command and never migrated",
        DJANGO | {"run.sh": "python main.py\n", "main.py": COMMANDED.format("call_command('check')")},
        ("--database", "sqlite", "--orm", "django"),
        {LITE: True, SCHEMA: False},
    ),
    # The other database.
    Case("flask, the other", FLASK, task("flask", "postgres"), {POSTGRES: False, SCHEMA: True, SETTINGS: False}),
    Case("fastapi, the other", FASTAPI, task("fastapi", "sqlite"), {LITE: False, SCHEMA: True}),
    Case("hono, the other", HONO, task("hono", "sqlite"), {LITE: False, SCHEMA: True}),
    # Words that are not what runs.
    Case(
        "PostgreSQL in requirements, a comment, the README, tests and a lock file",
        changed(
            FLASK,
            "db.py",
            "engine =",
            "# engine = create_engine('postgresql://user:password@postgres/conduit')\nengine =",
        )
        | {
            "requirements.txt": "flask\nsqlalchemy\npsycopg2-binary\nasyncpg\n",
            "README.md": "Uses postgresql://user:password@postgres:5432/conduit\n",
            "uv.lock": "[[package]]\nname = 'psycopg2'\n",
            "tests/conftest.py": "from sqlalchemy import create_engine\nengine = create_engine('postgresql://x/y')\n",
        },
        task("flask", "sqlite", "sqlalchemy"),
        kept(LITE, "SQLAlchemy"),
    ),
    Case(
        "SQLite in tests and in settings for tests",
        FASTAPI
        | {
            "tests/test_items.py": "import sqlite3\nfrom sqlalchemy import create_engine\nengine = create_engine('sqlite:///:memory:')\n",
            "settings_test.py": "DATABASE_URL = 'sqlite:///test.db'\n",
        },
        task("fastapi", "postgres", "sqlalchemy"),
        kept(POSTGRES, "SQLAlchemy"),
    ),
    Case(
        "a compose file for tests",
        FLASK
        | {
            "docker-compose.test.yml": "services:\n  app:\n    environment:\n      DATABASE_URL: postgresql://user:password@postgres/conduit\n"
        },
        task("flask", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    Case(
        "a default that run.sh overrides",
        changed(
            changed(FLASK, "db.py", '"sqlite:///a.db"', 'os.getenv("DATABASE_URL", "sqlite:///a.db")'),
            "db.py",
            "\nfrom sqlalchemy import",
            "\nimport os\nfrom sqlalchemy import",
        )
        | {
            "run.sh": "export DATABASE_URL=postgresql://user:password@postgres:5432/conduit\nexec gunicorn 'app:create_app()'\n"
        },
        task("flask", "postgres", "sqlalchemy"),
        kept(POSTGRES, "SQLAlchemy"),
    ),
    Case(
        "a default, and DATABASE_URL set nowhere",
        changed(
            changed(FLASK, "db.py", '"sqlite:///a.db"', 'os.getenv("DATABASE_URL", "sqlite:///a.db")'),
            "db.py",
            "\nfrom sqlalchemy import",
            "\nimport os\nfrom sqlalchemy import",
        ),
        task("flask", "postgres"),
        {POSTGRES: False, SCHEMA: True, SETTINGS: False},
    ),
    Case(
        "the prescribed database with other settings",
        changed(FASTAPI, "db.py", "user:password@postgres:5432/conduit", "user:password@localhost:5432/conduit"),
        task("fastapi", "postgres"),
        {POSTGRES: True, SCHEMA: True, SETTINGS: False},
    ),
    Case(
        "a package of settings of which the start chooses one",
        SETTINGS_PACKAGE,
        ("--task", "uv-django-openapi-postgres", "--orm", "django"),
        kept(POSTGRES, "Django's mapper"),
    ),
    Case("the same, for SQLite", SETTINGS_PACKAGE, ("--database", "sqlite"), {LITE: False, SCHEMA: True}),
    Case(
        "Django with the settings that nobody changed, and SQLAlchemy beside",
        DJANGO
        | {
            "shop/models.py": ASYNC.replace("create_async_engine", "create_engine")
            .replace("async_sessionmaker", "sessionmaker")
            .replace("sqlalchemy.ext.asyncio import sessionmaker, create_engine", "sqlalchemy import create_engine")
            .replace("mapped_column\n", "mapped_column, sessionmaker\n", 1)
            .replace("+asyncpg", "+psycopg2"),
            "shop/apps.py": "from django.apps import AppConfig\n\n\nclass ShopConfig(AppConfig):\n    name = 'shop'\n\n    def ready(self):\n"
            "        from shop.models import Base, engine\n        Base.metadata.create_all(engine)\n",
            "shop/views.py": "from django.http import JsonResponse\nfrom sqlalchemy import select\nfrom shop.models import Item, Session\n\n\n"
            f"def items(request):\n    with Session() as session:\n        return JsonResponse({{'items': {ITEMS}}})\n",
            "run.sh": "python manage.py runserver 0.0.0.0:8080\n",
        },
        task("django", "postgres", "sqlalchemy"),
        kept(POSTGRES, "SQLAlchemy"),
    ),
    # The schema.
    Case(
        "tables as a script alone, under gunicorn",
        changed(FLASK, "app.py", "    Base.metadata.create_all(engine)\n", "")
        | {
            "init.py": "from db import Base, engine\n\nif __name__ == '__main__':\n    Base.metadata.create_all(engine)\n"
        },
        task("flask", "sqlite"),
        {LITE: True, SCHEMA: False},
    ),
    Case(
        "tables by a script that run.sh runs first",
        changed(FLASK, "app.py", "    Base.metadata.create_all(engine)\n", "")
        | {
            "init.py": "from db import Base, engine\n\nif __name__ == '__main__':\n    Base.metadata.create_all(engine)\n",
            "run.sh": "python init.py\nexec gunicorn 'app:create_app()'\n",
        },
        task("flask", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    Case(
        "tables by migrations that the start applies",
        changed(FLASK, "app.py", "    Base.metadata.create_all(engine)\n", "")
        | {"run.sh": "alembic upgrade head\nexec gunicorn 'app:create_app()'\n"},
        task("flask", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    Case(
        "tables by SQL at the start",
        {
            "run.sh": "exec gunicorn app:app\n",
            "app.py": "import sqlite3\nfrom flask import Flask\n\napp = Flask(__name__)\n\n\ndef connect():\n    return sqlite3.connect('a.db')\n\n\n"
            "def init():\n    with open('schema.sql') as file:\n        connect().executescript(file.read())\n\n\ninit()\n\n\n"
            "@app.get('/items')\ndef items():\n    return connect().execute('SELECT name FROM items').fetchall()\n",
            "schema.sql": "CREATE TABLE IF NOT EXISTS items (name TEXT);\n",
        },
        task("flask", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    Case(
        "tables in a function that main() calls",
        changed(FASTIFY, "server.js", "  await sequelize.sync();\n", "  await prepare();\n")
        | {
            "db.js": SEQUELIZE.replace(
                "module.exports = { Item",
                "const prepare = async () => sequelize.sync({ alter: true });\nmodule.exports = { prepare, Item",
            )
        }
        | {
            "server.js": FASTIFY["server.js"]
            .replace("  await sequelize.sync();\n", "  await prepare();\n")
            .replace("{ Item, sequelize }", "{ Item, prepare }")
        },
        task("fastify", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    Case(
        "tables that nothing creates",
        changed(EXPRESS, "server.js", "sequelize.sync().then(() => app.listen(3000));", "app.listen(3000);"),
        task("express", "sqlite"),
        {LITE: True, SCHEMA: False},
    ),
    Case(
        "tables by a hook that runs when all plugins are loaded",
        {
            "run.sh": "node server.js\n",
            "package.json": '{"dependencies": {"fastify": "5", "fastify-plugin": "5", "sequelize": "6"}}',
            "server.js": "const fastify = require('fastify')();\nfastify.register(require('./database'));\n"
            "fastify.get('/items', async () => fastify.Item.findAll());\nfastify.listen({ port: 3000 });\n",
            "database.js": "const plugin = require('fastify-plugin');\nconst { Sequelize, DataTypes } = require('sequelize');\n"
            "module.exports = plugin(async (fastify) => {\n  const sequelize = new Sequelize('sqlite::memory:');\n"
            "  fastify.decorate('Item', sequelize.define('Item', { name: DataTypes.STRING }));\n"
            "  fastify.addHook('onReady', async () => {\n    await sequelize.sync();\n  });\n});\n",
        },
        task("fastify", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    Case(
        "tables by a hook that runs when the server closes",
        {
            "run.sh": "node server.js\n",
            "package.json": '{"dependencies": {"fastify": "5", "sequelize": "6"}}',
            "server.js": "const fastify = require('fastify')();\nconst { Sequelize, DataTypes } = require('sequelize');\n"
            "const sequelize = new Sequelize('sqlite::memory:');\nconst Item = sequelize.define('Item', { name: DataTypes.STRING });\n"
            "fastify.addHook('onClose', async () => sequelize.sync());\n"
            "fastify.get('/items', async () => Item.findAll());\nfastify.listen({ port: 3000 });\n",
        },
        task("fastify", "sqlite"),
        {LITE: True, SCHEMA: False},
    ),
    Case(
        "tables by a command before npm start",
        changed(EXPRESS, "server.js", "sequelize.sync().then(() => app.listen(3000));", "app.listen(3000);")
        | {
            "package.json": '{"scripts": {"prestart": "sequelize-cli db:migrate", "start": "node server.js"}, "dependencies": {"sequelize": "6"}}'
        },
        task("express", "sqlite"),
        {LITE: True, SCHEMA: True},
    ),
    # The mapper.
    Case(
        "SQL of its own",
        RAW,
        task("flask", "sqlite", "sqlalchemy"),
        {MAPPED["SQLAlchemy"]: True, QUERIES["SQLAlchemy"]: False},
    ),
    Case(
        "the driver's cursor below the engine",
        CURSOR,
        task("flask", "sqlite", "sqlalchemy"),
        {MAPPED["SQLAlchemy"]: True, QUERIES["SQLAlchemy"]: False},
    ),
    Case(
        "a driver beside it",
        DRIVER,
        task("flask", "sqlite", "sqlalchemy"),
        {MAPPED["SQLAlchemy"]: True, QUERIES["SQLAlchemy"]: False},
    ),
    Case(
        "a health check and a PRAGMA",
        changed(
            changed(RAW, "app.py", "SELECT name FROM items", "SELECT 1 AS name"),
            "app.py",
            "    return app",
            "    with engine.connect() as connection:\n        connection.execute(text('PRAGMA foreign_keys = ON'))\n    return app",
        ),
        task("flask", "sqlite", "sqlalchemy"),
        {QUERIES["SQLAlchemy"]: True},
    ),
    Case(
        "sequelize.query",
        changed(EXPRESS, "server.js", "await Item.findAll()", "await sequelize.query('SELECT * FROM Items')"),
        task("express", "sqlite", "sequelize"),
        {MAPPED["Sequelize"]: True, QUERIES["Sequelize"]: False},
    ),
    Case(
        "the mapper in the manifest alone",
        {
            "run.sh": "node server.js\n",
            "package.json": '{"dependencies": {"express": "5", "sequelize": "6", "better-sqlite3": "11"}}',
            "server.js": "const express = require('express');\nconst Database = require('better-sqlite3');\nconst db = new Database('a.db');\n"
            "db.exec('CREATE TABLE IF NOT EXISTS items (name TEXT)');\nconst app = express();\n"
            "app.get('/items', (request, response) => response.json(db.prepare('SELECT * FROM items').all()));\napp.listen(3000);\n",
        },
        task("express", "sqlite", "sequelize"),
        {LITE: True, SCHEMA: True, MAPPED["Sequelize"]: False, QUERIES["Sequelize"]: False},
    ),
    Case(
        "another mapper",
        DJANGO,
        task("django", "sqlite", "sqlalchemy"),
        {LITE: True, MAPPED["SQLAlchemy"]: False, QUERIES["SQLAlchemy"]: False},
    ),
    # What cannot be decided.
    Case(
        "an address that only run time knows",
        changed(FLASK, "db.py", 'create_engine("sqlite:///a.db")', "create_engine(input())"),
        task("flask", "sqlite"),
        {LITE: None, SCHEMA: True},
    ),
    Case(
        "no start command",
        {path: text for path, text in DJANGO.items() if path != "run.sh"},
        ("--database", "sqlite"),
        {LITE: True, SCHEMA: None},
    ),
    Case(
        "nothing that keeps data",
        {
            "run.sh": "exec gunicorn app:app\n",
            "app.py": "from flask import Flask\n\napp = Flask(__name__)\nITEMS = []\n\n\n@app.get('/items')\ndef items():\n    return ITEMS\n",
        },
        task("flask", "sqlite", "sqlalchemy"),
        {LITE: False, SCHEMA: False, MAPPED["SQLAlchemy"]: False, QUERIES["SQLAlchemy"]: False},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdicts(buttress: Buttress, write: Write, case: Case) -> None:
    found = verdicts(buttress, write(case.files), *case.options)
    assert {clause: found[clause][0] for clause in case.expected} == case.expected, found
    assert all(evidence for _, evidence in found.values())


@pytest.mark.parametrize("case", [case for case in CASES if case.expected.get(SCHEMA)], ids=lambda case: case.name)
def test_no_alarm_where_the_tables_are_created(buttress: Buttress, write: Write, case: Case) -> None:
    rules = "startup/missing-table-creation,startup/models-not-imported"
    ran = buttress("check", write(case.files), "--isolated", "--select", rules, "--format", "concise", "-q")
    assert "startup/" not in ran.out


def test_what_is_given_on_the_command_line_is_set(buttress: Buttress, write: Write) -> None:
    case = next(case for case in CASES if case.name == "a default, and DATABASE_URL set nowhere")
    given = ("--env", "DATABASE_URL=postgresql://user:password@postgres:5432/conduit")
    found = verdicts(buttress, write(case.files), *case.options, *given)
    assert [found[clause][0] for clause in (POSTGRES, SCHEMA, SETTINGS)] == [True, True, True]


def test_evidence_of_a_broken_schema_points_at_what_is_not_run(buttress: Buttress, write: Write) -> None:
    case = next(case for case in CASES if case.name == "tables as a script alone, under gunicorn")
    found = verdicts(buttress, write(case.files), *case.options)
    assert "init.py:4 the start does not import this file" in found[SCHEMA][1]


def test_a_variable_without_a_name_is_refused(buttress: Buttress, write: Write) -> None:
    ran = buttress("check", write(FLASK), "--env", "nothing")
    assert ran.code == 2
    assert "`nothing` is no variable" in ran.err
