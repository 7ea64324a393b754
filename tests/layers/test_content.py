"""Files that have their layer from what they do: when data access makes a repository, and what follows from it."""

from __future__ import annotations

from pathlib import Path

from tests.layers.projects import facts_of, found, report_of

MODELS = """\
    from sqlalchemy import create_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
    from plumbing import find

    factory = sessionmaker(create_engine("sqlite://"))

    class Base(DeclarativeBase):
        by_id = find

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
    """
PLUMBING = """\
    from sqlalchemy import select

    def find(key):
        return select(key)
    """
STORAGE = """\
    from sqlalchemy import select
    from models import Book, factory

    def page(number):
        return number * 10

    def all_books():
        with factory() as session:
            return session.scalars(select(Book))
    """
GUARD = """\
    from fastapi import HTTPException
    from sqlalchemy import select
    from models import Book, factory

    def known(key):
        with factory() as session:
            if session.scalar(select(Book)) is None:
                raise HTTPException(404)
        return key
    """
HELPERS = """\
    from sqlalchemy import select
    from models import Book, factory

    def shout(text):
        return text.upper()

    def whisper(text):
        return text.lower()

    def newest():
        return factory().scalar(select(Book))
    """
MAIN = """\
    from fastapi import Depends, FastAPI
    from guard import known
    from helpers import newest, shout, whisper
    from plumbing import find
    from storage import all_books, page

    app = FastAPI()

    @app.get("/books")
    def books():
        return all_books()

    @app.get("/pages/{number}")
    def one(number: int):
        return page(number)

    @app.get("/books/{key}")
    def book(key: str = Depends(known)):
        return [shout(key), whisper(key), newest(), find(key)]
    """
FILES = {
    "main.py": MAIN,
    "models.py": MODELS,
    "plumbing.py": PLUMBING,
    "storage.py": STORAGE,
    "guard.py": GUARD,
    "helpers.py": HELPERS,
}


def test_only_a_file_that_is_there_for_data_access_is_a_repository(tmp_path: Path) -> None:
    layers = facts_of(tmp_path, FILES).layers
    assert {path: layer.role for path, layer in layers.files.items()} == {
        "main.py": "routes",
        "models.py": "models",
        "storage.py": "repositories",
    }


def test_reasons_can_follow_by(tmp_path: Path) -> None:
    layers = facts_of(tmp_path, FILES).layers
    assert [layer.reason for layer in layers.files.values()] == [
        "the 3 routes that it declares",
        "the file name `models.py`",
        "the data access in it (`sqlalchemy.orm.Session.scalars`)",
    ]


def test_of_such_a_file_only_what_reaches_the_database_counts(tmp_path: Path) -> None:
    assert found(report_of(tmp_path, FILES), "layers/repository-in-route") == [("main.py", 11)]


def test_what_the_framework_calls_is_no_call_of_the_route(tmp_path: Path) -> None:
    files = {
        "main.py": """\
            from fastapi import Depends, FastAPI
            from wiring import store

            app = FastAPI()

            @app.get("/books")
            def books(found: list = Depends(store)):
                return found
            """,
        "wiring.py": "from repositories.books import all_books as store\n",
        "repositories/books.py": STORAGE,
        "models.py": MODELS,
        "plumbing.py": PLUMBING,
    }
    assert found(report_of(tmp_path, files), "layers/repository-in-route") == [("main.py", 2)]


WIRING = {
    "services/books.py": """\
        class Books:
            def __init__(self, store):
                self.store = store

            def all(self):
                return self.store.all()
        """,
    "repositories/books.py": """\
        class Store:
            def all(self):
                return []
        """,
}


def test_a_start_file_may_put_objects_together(tmp_path: Path) -> None:
    main = """\
        from fastapi import FastAPI
        from repositories.books import Store
        from services.books import Books

        app = FastAPI()
        books = Books(Store())

        @app.get("/health")
        def health():
            return {"status": "up"}

        @app.get("/books")
        def all_books():
            return books.all()
        """
    assert found(report_of(tmp_path, {"main.py": main, **WIRING}), "layers/repository-in-route") == []


def test_a_start_file_may_not_call_a_repository(tmp_path: Path) -> None:
    main = """\
        from fastapi import FastAPI
        from repositories.books import Store

        app = FastAPI()
        store = Store()

        @app.get("/books")
        def all_books():
            return store.all()
        """
    assert found(report_of(tmp_path, {"main.py": main, **WIRING}), "layers/repository-in-route") == [("main.py", 2)]


def test_a_function_that_is_handed_to_a_library_is_not_called(tmp_path: Path) -> None:
    files = {
        "app.py": """\
            from flask import Flask
            from memory import forget, remind

            app = Flask(__name__)

            @app.post("/books")
            def add():
                forget()
                return remind()
            """,
        "memory.py": """\
            from flask_caching import Cache
            from repositories.books import all_books

            cache = Cache()

            def forget():
                cache.delete_memoized(all_books)

            def remind():
                return all_books()
            """,
        "repositories/books.py": """\
            def all_books():
                return []
            """,
    }
    assert found(report_of(tmp_path, files), "layers/repository-outside-service") == [("memory.py", 10)]


def test_two_files_of_mixed_content_have_no_order(tmp_path: Path) -> None:
    files = {
        "app.py": """\
            from flask import Flask
            from plugins import register
            import kinds

            app = Flask(__name__)
            register(app)
            """,
        "plugins.py": """\
            from flask import send_file

            def register(app):
                @app.get("/assets")
                def assets():
                    return send_file("x")
            """,
        "kinds.py": """\
            import flask
            from plugins import register
            from sqlalchemy.orm import DeclarativeBase

            class Kind(DeclarativeBase):
                pass
            """,
    }
    layers = facts_of(tmp_path, files).layers
    assert (layers.role("kinds.py"), layers.role("plugins.py")) == ("models", "routes")
    assert found(report_of(tmp_path, files), "layers/upward-import") == []


def test_a_class_that_is_named_as_a_service_is_one(tmp_path: Path) -> None:
    files = {
        "main.py": """\
            from fastapi import FastAPI
            from cases import CaseService, close

            app = FastAPI()
            cases = CaseService()

            @app.get("/books")
            def books():
                return cases.all()

            @app.delete("/books")
            def remove():
                return close()
            """,
        "cases.py": """\
            from repositories.books import all_books
            from sqlalchemy import text

            class CaseService:
                def all(self):
                    return all_books(text("SELECT 1"))

            def close():
                return all_books()
            """,
        "repositories/books.py": """\
            def all_books(statement=None):
                return []
            """,
    }
    assert facts_of(tmp_path, files).layers.role("cases.py") is None
    assert found(report_of(tmp_path, files), "layers/repository-outside-service") == [("cases.py", 9)]


def test_a_method_that_calls_one_of_its_own_object(tmp_path: Path) -> None:
    files = {
        "main.py": """
            from fastapi import FastAPI
            from services.books import Books
            from repositories.unit import StoredUnit

            app = FastAPI()
            books = Books(StoredUnit())

            @app.get("/books")
            def index():
                return books.all()
            """,
        "services/books.py": """
            class Books:
                def __init__(self, unit):
                    self.unit = unit

                def all(self):
                    with self.unit as unit:
                        return unit.books()
            """,
        "ports/unit.py": """
            class Unit:
                def __enter__(self):
                    return self

                def __exit__(self, *exc):
                    self.commit()
            """,
        "repositories/unit.py": """
            from ports.unit import Unit

            class StoredUnit(Unit):
                def books(self):
                    return []

                def commit(self):
                    return None
            """,
    }
    assert found(report_of(tmp_path, files), "layers/repository-outside-service") == []
    files["ports/unit.py"] = files["ports/unit.py"].replace("self.commit()", "other = self.make(); other.commit()")
    files["repositories/unit.py"] += """
                def make(self):
                    return StoredUnit()
            """
    assert found(report_of(tmp_path, files), "layers/repository-outside-service") == [("ports/unit.py", 7)]


def test_a_folder_of_routes_beside_what_speaks_http(tmp_path: Path) -> None:
    views = """
        from rest_framework.views import APIView

        class Books(APIView):
            def get(self, request):
                return None
        """
    files = {
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
        "settings.py": 'ROOT_URLCONF = "shop.rest.urls"\n',
        "shop/rest/urls.py": """
            from django.urls import path
            from shop.rest.answers import Books

            urlpatterns = [path("books", Books.as_view())]
            """,
        "shop/rest/answers.py": views,
        "shop/rest/authentication.py": "from rest_framework.authentication import BaseAuthentication\n",
        "shop/rest/errors.py": "from rest_framework.response import Response\n",
        "shop/rest/container.py": "services = {}\n",
    }
    assert found(report_of(tmp_path, files), "layers/shared-directory") == []
    for name in ("authentication", "errors", "dates"):
        files[f"shop/rest/{name}.py"] = "from datetime import date\n"
    assert found(report_of(tmp_path, files), "layers/shared-directory") == [("shop/rest/answers.py", 1)]


def test_middleware_that_reads_the_database_is_no_repository(tmp_path: Path) -> None:
    files = {
        "app.js": "const express = require('express')\nconst app = express()\napp.use(require('./lookup'))\n"
        "app.get('/me', (req, res) => res.json(req.user))\napp.listen(3000)\n",
        "lookup.js": "const db = require('knex')({ client: 'pg' })\nmodule.exports = async (req, res, next) => {\n"
        "  req.user = await db('users').where({ id: req.headers.id }).first()\n  next()\n}\n",
    }
    layers = facts_of(tmp_path, files).layers
    assert (layers.role("app.js"), layers.role("lookup.js")) == ("routes", None)


INVITING = """\
    from letters import send, write
    from models import Book, factory
    from names import tidy
    from sqlalchemy import select

    def invite(name):
        book = factory().scalar(select(Book))
        letter = write(tidy(name), book)
        send(letter)
        return letter
    """
INVITED = """\
    from fastapi import FastAPI
    from inviting import invite

    app = FastAPI()

    @app.post("/letters")
    def letters(name: str):
        return invite(name)
    """


def test_a_use_case_with_a_query_is_no_repository(tmp_path: Path) -> None:
    files = {
        "main.py": INVITED,
        "inviting.py": INVITING,
        "models.py": MODELS,
        "plumbing.py": PLUMBING,
        "letters.py": "def write(name, book): ...\n\ndef send(letter): ...\n",
        "names.py": "def tidy(name): ...\n",
    }
    assert "inviting.py" not in facts_of(tmp_path, files).layers.files
    short = INVITING.replace("        letter = write(tidy(name), book)\n        send(letter)\n", "").replace(
        "letter\n", "book\n"
    )
    assert facts_of(tmp_path, {**files, "inviting.py": short}).layers.files["inviting.py"].role == "repositories"
