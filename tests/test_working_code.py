"""Code that works, in the forms of real backends, and beside it the mistake that it resembles."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from verifier.check import check
from verifier.config import Config
from verifier.link import Facts
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.model import Finding


class Pair(NamedTuple):
    """A project that works, and what makes it fail in the place of some of its files."""

    name: str
    rule: str
    works: dict[str, str]
    fails: dict[str, str]


def linked(folder: Path, files: dict[str, str]) -> Facts:
    """The facts of a project that is written into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return link_project(read(folder), Config(), load_book())


def found(folder: Path, files: dict[str, str], rule: str) -> list[Finding]:
    """What a rule reports of a project."""
    return [one for one in check(linked(folder, files)).findings if one.rule == rule]


AUTHOR = """
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Author(Base):
    __tablename__ = "authors"

    id = Column(Integer)
    name = Column(String(20))

    PrimaryKeyConstraint(id)
"""
NAMED = """
from humps import depascalize
from sqlalchemy import Column, Integer
from sqlalchemy.orm import as_declarative, declared_attr


@as_declarative()
class Base:
    @declared_attr
    def __tablename__(cls):
        return NAME


class Author(Base):
    id = Column(Integer, primary_key=True)
"""
READING = """
from fastapi import FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from models import Author

app = FastAPI()
engine = create_engine("postgresql://localhost/books")


@app.get("/authors")
def authors():
    with Session(engine) as session:
        return session.execute(select(Author)).scalars().all()
"""
LISTING = (
    READING.replace(
        "return session",
        """hidden = []
        if "hidden" in Author.__table__.columns:
            hidden = HIDDEN
        for one in LOADED:
            print(one)
        return session""",
    )
    .replace("hidden = HIDDEN", "hidden = [Author.hidden]")
    .replace("HIDDEN", "hidden")
)
SEARCHING = READING.replace(
    """    with Session(engine) as session:
        return session.execute(select(Author)).scalars().all()
""",
    """    return search(id=3)


def search(**wanted):
    query = select(Author)
    for name, value in wanted.items():
        column = getattr(Author, name)
        if Author.__table__.c[name].type.python_type is str:
            query = query.where(column.ilike(f"%{value}%"))
    with Session(engine) as session:
        return session.execute(query).scalars().all()
""",
)
FAILING = """
from fastapi import FastAPI
from pydantic import ValidationError

app = FastAPI()


class Refused(Exception):
    pass


def told(error):
    return [one["msg"] for one in error.errors()]


def answer(error):
    if isinstance(error, ValidationError):
        return told(error)
    return str(error)


@app.post("/books")
def add():
    try:
        raise Refused("no")
    except Refused as error:
        return answer(error)
"""
TELLING = """
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Asked(BaseModel):
    name: str


class Wider(Asked):
    width: int


def width_of(asked):
    if asked.__class__ == Wider:
        return asked.width
    return 0


@app.post("/shelves")
def add(asked: Asked):
    return width_of(asked)
"""
PICKING = """
from fastapi import FastAPI

from models import Author

app = FastAPI()


class Service:
    def close(self):
        pass


def closing(**given):
    for service in [one for one in given.values() if isinstance(one, Service)]:
        service.close()


@app.get("/books")
def books():
    closing(author=Author(), service=Service())
    return []
"""

OLDER = """
import sys

from fastapi import FastAPI

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

app = FastAPI()

if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app)
"""
BESIDE = OLDER.replace("sys.version_info >= (3, 11)", "__debug__").replace("tomli as tomllib", "httpx")
COMPOSED = """
services:
  api:
    build:
      context: ..
      dockerfile: Dockerfile
    command: python main.py
    volumes:
      - ../app/:/app/
"""
SETTINGS = """
INSTALLED_APPS = ["django.contrib.sessions", "shelf"]
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
"""
DJANGO = {
    "manage.py": "import os\nfrom django.core.management import execute_from_command_line\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.local')\nexecute_from_command_line()\n",
    "shop/__init__.py": "",
    "shop/settings/__init__.py": "",
    "shop/settings/local.py": SETTINGS,
    "shop/urls.py": "urlpatterns = []\n",
    "shelf/__init__.py": "",
    "shelf/models.py": "from django.contrib.postgres.fields import ArrayField\nfrom django.db import models\n\n\n"
    "class Book(models.Model):\n    tags = ArrayField(models.CharField(max_length=20))\n",
}
SESSIONS = """
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import JsonResponse


def count(request):
    with connection.cursor() as cursor:
        return JsonResponse({"count": Session.objects.count()})
"""
RAW = "cursor.execute('SELECT count(*) FROM shelf_bok').fetchone()"

ASKING = """
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView


class MailSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["welcome", "reset"])


class Mail(APIView):
    def post(self, request):
        serializer = MailSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        kind = serializer.validated_data["kind"]
        if kind == "welcome":
            return Response({"sent": "welcome"})
        elif kind == "reset":
            return Response({"sent": "reset"})
"""
BOOKS = """
from functools import wraps

from flask import Flask, abort
from flask_jwt_extended import get_jwt_identity
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(app)


class Book(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))

"""
CART = (
    BOOKS
    + """
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class CartItem(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"))
    book_id = db.Column(db.Integer, db.ForeignKey("book.id"))
"""
)
MIGRATION = """# Generated by Django 4.0.3 on 2022-03-15 00:41

from django.db import migrations
from django.utils.timezone import utc


class Migration(migrations.Migration):
    operations = []
"""
LEAVING = (
    BOOKS
    + """
class Copy(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    book_id = db.Column(db.Integer, db.ForeignKey("book.id"))
    book = db.relationship("Book")


@app.get("/copies")
def copies():
    for copy in Copy.query.all():
        if copy.id > 3:
            return {"name": copy.book.name}
    return {}
"""
)
DELETING = (
    BOOKS
    + """
class Copy(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    book_id = db.Column(db.Integer, db.ForeignKey("book.id"), nullable=False)
    book = db.relationship("Book", backref="copies")


@app.post("/books/<int:id>/copies")
def add(id):
    db.session.add(Copy(book_id=id))
    db.session.commit()
    return {}


@app.delete("/books/<int:id>")
def remove(id):
    book = Book.query.get_or_404(id)
    if Copy.query.filter_by(book_id=id).first():
        abort(409)
    db.session.delete(book)
    db.session.commit()
    return {}
"""
)
CONTROLLING = """
from django.urls import path
from ninja import Schema
from ninja_extra import NinjaExtraAPI, api_controller, http_post


class BookIn(Schema):
    title: str


@api_controller("/books")
class Books:
    @http_post("")
    def add(self, payload: BookIn):
        return payload.title


api = NinjaExtraAPI()
api.register_controllers(Books)
urlpatterns = [path("api/", api.urls)]
"""
LOOKING = (
    BOOKS
    + """
def for_owners(function):
    @wraps(function)
    def run(*args, **kwargs):
        id = get_jwt_identity()
        owner = Book.query.filter_by(id=id).first()
        if owner.name != "me":
            abort(403)
        return function(*args, **kwargs)

    return run


@app.get("/books/<int:id>")
@for_owners
def book(id):
    return {}
"""
)
CHECKED = (
    BOOKS
    + """
def ensure_there(book_id):
    if Book.query.filter_by(id=book_id).count() == 0:
        abort(404)


def named(book_id):
    book = Book.query.filter_by(id=book_id).first()
    return book.name


@app.get("/books/<int:book_id>")
def book(book_id):
    ensure_there(book_id)
    return {"name": named(book_id)}
"""
)

SEALED = """
from flask import Flask, jsonify
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.types import LargeBinary, TypeDecorator

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(app)


class Sealed(TypeDecorator):
    impl = LargeBinary

    def process_result_value(self, value, dialect):
        return value.decode()


class Role(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    secret = db.Column(Sealed)


@app.get("/roles/<int:number>")
def role(number):
    found = db.get_or_404(Role, number)
    return jsonify(secret=found.secret)
"""

HYBRID = """
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = Flask(__name__)
engine = sa.create_engine("sqlite://")


class Base(DeclarativeBase):
    pass


class Run(Base):
    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    ends: Mapped[int]

    @hybrid_property
    def late(self):
        return self.ends

    @late.inplace.expression
    @classmethod
    def _late(cls):
        return sa.case((cls.ends > 1, cls.ends), else_=0)


@app.get("/late")
def late():
    runs = sa.select(Run.id, Run.late).subquery()
    with Session(engine) as session:
        return [row[0] for row in session.execute(sa.select(runs.c.late).order_by(runs.c.id))]
"""
BOUND = """
import sqlalchemy as sa
from flask import Flask

app = Flask(__name__)
engine = sa.create_engine("sqlite://")


def asked(ids):
    given = [sa.bindparam("ids", ids, expanding=True)]
    return sa.text("SELECT 1 WHERE 1 IN :ids").bindparams(*given)


@app.get("/known")
def known():
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(asked([1, 2]))]
"""

FILLING = """
from django.db.models import Prefetch
from django.http import JsonResponse
from django.urls import path

from shelf.models import Author, Book


def authors(request):
    books = Prefetch("books", queryset=Book.objects.all(), to_attr="on_shelf")
    found = Author.objects.prefetch_related(books).get(id=1)
    return JsonResponse({"books": len(found.on_shelf)})


urlpatterns = [path("authors/", authors)]
"""
AUTHORS = """
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=20)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
"""

NUMBERED = """
from django.db import models
from django.http import JsonResponse


class Check(models.Model):
    pings = models.IntegerField(default=0)


class Ping(models.Model):
    owner = models.ForeignKey(Check, models.CASCADE)
    number = models.IntegerField()


def ping(request, pk):
    check = Check.objects.get(pk=pk)
    check.pings = models.F("pings") + 1
    check.save()
    made = Ping(owner=check)
    made.number = check.pings
    made.save()
    return JsonResponse({"number": pk})
"""
PINGED = DJANGO | {
    "shop/urls.py": "from django.urls import path\nfrom shelf.models import ping\n"
    "urlpatterns = [path('pings/<int:pk>', ping)]\n",
    "shelf/models.py": NUMBERED,
}
OPEN_ENTRIES = """
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    shelves = db.relationship("Book")


class Book(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    owner_id = db.Column(db.ForeignKey("user.id"))


def add(**given):
    given["book"] = Book(id=1)
    given["owner"].shelves.append(given["book"])


@app.post("/books")
def create():
    data = dict(request.json)
    add(**data)
    return "", 201
"""

WORKSPACE = {
    "package.json": '{"name": "shop", "type": "module", "workspaces": ["packages/*"], '
    '"scripts": {"start": "node server.js"}, "dependencies": {"express": "5"}}',
    "packages/database/package.json": '{"name": "@shop/database", "main": "./index.js"}',
    "packages/database/index.js": "export const client = 1;\n",
    "packages/database/.gitignore": "generated/\n",
    "server.js": "import express from 'express';\nimport { Book } from '@shop/database/generated/schemas/Book';\n"
    "const app = express();\napp.get('/', (request, response) => response.json(Book));\napp.listen(3000);\n",
}

PAIRS = [
    Pair(
        "what a prefetch fills is there",
        "orm/unknown-attribute",
        DJANGO | {"shop/urls.py": FILLING, "shelf/models.py": AUTHORS},
        {"shop/urls.py": FILLING.replace('to_attr="on_shelf"', 'to_attr="on_board"')},
    ),
    Pair(
        "an expression of a hybrid attribute has its name",
        "sqlalchemy/unknown-column",
        {"app.py": HYBRID},
        {"app.py": HYBRID.replace("select(Run.id, Run.late)", "select(Run.id)")},
    ),
    Pair(
        "values stand in a list of parameters",
        "sql/placeholder-mismatch",
        {"app.py": BOUND},
        {"app.py": BOUND.replace('"ids", ids', '"ides", ids')},
    ),
    Pair(
        "a type of the project gives text for bytes",
        "flask/unserializable",
        {"app.py": SEALED},
        {"app.py": SEALED.replace("db.Column(Sealed)", "db.Column(LargeBinary)")},
    ),
    Pair(
        "a list of a star import is extended",
        "names/undefined-at-start",
        {
            "shop/settings/__init__.py": "",
            "shop/settings/base.py": "APPS = ['catalogue']\n",
            "shop/settings/dev.py": "from .base import *\n\nAPPS += ['debugging']\n",
        },
        {"shop/settings/base.py": "APP = ['catalogue']\n"},
    ),
    Pair(
        "a key is declared by a constraint in the class body",
        "sqlalchemy/missing-primary-key",
        {"models.py": AUTHOR},
        {"models.py": AUTHOR.replace("PrimaryKeyConstraint(id)", "PrimaryKeyConstraint('id')")},
    ),
    Pair(
        "a table has a name that a library makes",
        "sql/folded-name",
        {
            "app.py": READING,
            "models.py": NAMED.replace("NAME", "depascalize(cls.__name__)"),
            "schema.sql": "CREATE TABLE author (id INTEGER PRIMARY KEY);\n",
        },
        {"app.py": READING.replace("select(Author)", "text('SELECT * FROM \"Author\"')").replace(", select", ", text")},
    ),
    Pair(
        "an attribute is asked for with a default",
        "orm/unknown-attribute",
        {"app.py": LISTING.replace("LOADED", "getattr(Author, 'eager', [])"), "models.py": AUTHOR},
        {"app.py": LISTING.replace("LOADED", "Author.eager")},
    ),
    Pair(
        "a column is looked for before it is used",
        "orm/unknown-attribute",
        {"app.py": LISTING.replace("LOADED", "hidden"), "models.py": AUTHOR},
        {"app.py": READING.replace("return session", "print(Author.hidden)\n        return session")},
    ),
    Pair(
        "an error is of the kind that is asked for",
        "names/unknown-member",
        {"app.py": FAILING},
        {"app.py": FAILING.replace("isinstance(error, ValidationError)", "error")},
    ),
    Pair(
        "the class of an object is asked for",
        "names/unknown-member",
        {"app.py": TELLING},
        {"app.py": TELLING.replace("asked.__class__ == Wider", "asked.name").replace("width: int", "depth: int")},
    ),
    Pair(
        "services are picked out of all arguments",
        "orm/unknown-attribute",
        {"app.py": PICKING, "models.py": AUTHOR},
        {"app.py": PICKING.replace("if isinstance(one, Service)", "")},
    ),
    Pair(
        "a column is named at run time and its type asked for",
        "sql/type-mismatch",
        {"app.py": SEARCHING, "models.py": AUTHOR, "requirements.txt": "sqlalchemy\nfastapi\npsycopg2\n"},
        {"app.py": SEARCHING.replace("getattr(Author, name)", "Author.id").replace("is str", "is int")},
    ),
    Pair(
        "a package that a rule ignores is there and imported",
        "startup/unresolved-import",
        {
            ".gitignore": "[Ll]ib\n",
            "main.py": "from fastapi import FastAPI\nfrom shop.lib.texts import shout\n\napp = FastAPI()\n",
            "shop/__init__.py": "",
            "shop/lib/__init__.py": "",
            "shop/lib/texts.py": "def shout(): ...\n",
        },
        {"shop/lib/texts.py": "def whisper(): ...\n"},
    ),
    Pair(
        "a package is imported where an older Python runs",
        "startup/undeclared-package",
        {"requirements.txt": "fastapi==0.110\nuvicorn\n", "main.py": OLDER},
        {"main.py": OLDER.replace("sys.version_info >= (3, 11)", "__debug__")},
    ),
    Pair(
        "a file lies where a compose file mounts it",
        "startup/missing-entry",
        {
            "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nCOPY /app/ /\n"
            'CMD ["python", "main.py"]\n',
            "requirements.txt": "fastapi\n",
            "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
            "docker_compose/app.yaml": COMPOSED,
        },
        {"docker_compose/app.yaml": COMPOSED.replace("../app/:/app/", "../app/:/srv/")},
    ),
    Pair(
        "other settings connect to PostgreSQL",
        "django_orm/postgres-field-elsewhere",
        DJANGO | {"shop/settings/production.py": SETTINGS.replace("sqlite3", "postgresql")},
        {"shop/settings/production.py": "DEBUG = False\n"},
    ),
    Pair(
        "a table belongs to a model of Django",
        "sql/unknown-table",
        DJANGO
        | {
            "shelf/views.py": SESSIONS,
            "shop/urls.py": "from django.urls import path\nfrom shelf.views import count\n"
            "urlpatterns = [path('count', count)]\n",
        },
        {"shelf/views.py": SESSIONS.replace("Session.objects.count()", RAW)},
    ),
    Pair(
        "a package comes along with one that is called after it",
        "startup/undeclared-package",
        {"requirements.txt": "fastapi\nuvicorn\nhttpxtra\n", "main.py": BESIDE},
        {"requirements.txt": "fastapi\nuvicorn\nxtra\n"},
    ),
    Pair(
        "a migration is as old as what wrote it",
        "django/unknown-import",
        DJANGO | {"shelf/migrations/__init__.py": "", "shelf/migrations/0001_initial.py": MIGRATION},
        {"requirements.txt": "django\n"},
    ),
    Pair(
        "a customer has a thing in the cart twice",
        "orm/link-not-unique",
        {"app.py": CART},
        {"app.py": CART.replace("CartItem", "Favorite")},
    ),
    Pair(
        "all texts that a field takes are asked for",
        "django/no-answer",
        DJANGO
        | {
            "shelf/views.py": ASKING,
            "shop/urls.py": "from django.urls import path\nfrom shelf.views import Mail\n"
            "urlpatterns = [path('mail', Mail.as_view())]\n",
        },
        {"shelf/views.py": ASKING.replace('["welcome", "reset"]', '["welcome", "reset", "bye"]')},
    ),
    Pair(
        "who asks is looked up by the token",
        "names/unchecked-lookup",
        {"app.py": LOOKING},
        {"app.py": LOOKING.replace("id = get_jwt_identity()", "id = kwargs['id']")},
    ),
    Pair(
        "a row is described on the way out of the loop",
        "orm/n-plus-one",
        {"app.py": LEAVING},
        {"app.py": LEAVING.replace("            return {", "            told = {")},
    ),
    Pair(
        "rows below are asked for before their parent is deleted",
        "sqlalchemy/keys-set-to-null",
        {"app.py": DELETING},
        {"app.py": DELETING.replace("Copy.query.filter_by(book_id=id).first()", "id < 0")},
    ),
    Pair(
        "a controller takes a body and no request",
        "django/unknown-request-attribute",
        DJANGO | {"shop/urls.py": CONTROLLING, "shelf/views.py": ""},
        {"shop/urls.py": CONTROLLING.replace("payload", "request")},
    ),
    Pair(
        "a parameter was looked into before",
        "names/unchecked-lookup",
        {"app.py": CHECKED},
        {"app.py": CHECKED.replace("    ensure_there(book_id)\n", "")},
    ),
    Pair(
        "an expression is a value again once it was saved",
        "django_orm/unknown-lookup",
        PINGED,
        {"shelf/models.py": NUMBERED.replace("    check.save()\n", "")},
    ),
    Pair(
        "an entry that nobody is seen to write is none of the others",
        "orm/unknown-attribute",
        {"app.py": OPEN_ENTRIES},
        {"app.py": OPEN_ENTRIES.replace('given["owner"].', 'given["book"].')},
    ),
    Pair(
        "a package of the workspace generates what is imported of it",
        "startup/unresolved-import",
        WORKSPACE,
        {"packages/database/.gitignore": "built/\n"},
    ),
]


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_works_is_let_be(pair: Pair, tmp_path: Path) -> None:
    assert [one.message for one in found(tmp_path, pair.works, pair.rule)] == []


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_what_it_resembles_is_told(pair: Pair, tmp_path: Path) -> None:
    assert found(tmp_path, pair.works | pair.fails, pair.rule)
