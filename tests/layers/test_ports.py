"""What belongs to a layer by its name, and is there for another: ports, packages, what hands out, asking for life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.layers.projects import facts_of, found, report_of

if TYPE_CHECKING:
    from pathlib import Path

APP = """
    from fastapi import FastAPI
    from routers import books

    app = FastAPI()
    app.include_router(books.router)
"""
BOOKS = """
    from fastapi import APIRouter, Depends
    from routers.dependencies.usecases.books import listing

    router = APIRouter()

    @router.get("/books")
    def books(use=Depends(listing)):
        return use()
"""
LISTING = """
    from fastapi import HTTPException
    from domain import usecases
    from repositories.books import StoredBooks

    def listing():
        if usecases.books is None:
            raise HTTPException(503)
        return usecases.books.ListBooks(StoredBooks())
"""
FILES = {
    "main.py": APP,
    "routers/__init__.py": "",
    "routers/books.py": BOOKS,
    "routers/dependencies/__init__.py": "",
    "routers/dependencies/usecases/__init__.py": "",
    "routers/dependencies/usecases/books.py": LISTING,
    "domain/__init__.py": "from . import entities, usecases\n",
    "domain/entities/__init__.py": "",
    "domain/entities/book.py": "class Book:\n    title = ''\n",
    "domain/usecases/__init__.py": "from . import books, interfaces\n",
    "domain/usecases/books.py": """
        class ListBooks:
            def __init__(self, store):
                self.store = store

            def __call__(self):
                return self.store.all()
    """,
    "domain/usecases/interfaces/__init__.py": "from . import store\n",
    "domain/usecases/interfaces/store.py": "class Books:\n    def all(self): ...\n",
    "repositories/__init__.py": "",
    "repositories/books.py": """
        from domain import usecases

        class StoredBooks(usecases.interfaces.store.Books):
            def all(self):
                return []
    """,
}


def test_what_hands_out_services_is_none(tmp_path: Path) -> None:
    report = report_of(tmp_path, FILES)
    assert found(report, "layers/framework-in-service") == []


def test_packages_and_ports_point_up(tmp_path: Path) -> None:
    assert found(report_of(tmp_path, FILES), "layers/upward-import") == []


def test_what_a_repository_takes_from_services_points_up(tmp_path: Path) -> None:
    books = FILES["repositories/books.py"].replace("usecases.interfaces.store.Books", "usecases.books.ListBooks")
    report = report_of(tmp_path, {**FILES, "repositories/books.py": books})
    assert found(report, "layers/upward-import") == [("repositories/books.py", 2)]


HEALTH = """
    from fastapi import FastAPI
    from sqlalchemy import create_engine, text

    app = FastAPI()
    engine = create_engine("sqlite://")

    @app.get("/health")
    def health():
        with engine.connect() as connection:
            found = connection.execute(text("STATEMENT"))
            return found.fetchone()[0]
"""


def test_asking_for_life_is_no_data_access(tmp_path: Path) -> None:
    for place, statement in enumerate(("SELECT 1", "select version()", "SELECT current_database();")):
        access = facts_of(tmp_path / str(place), {"main.py": HEALTH.replace("STATEMENT", statement)}).data_access
        assert not access, statement
    apart = HEALTH.replace('connection.execute(text("STATEMENT"))', "connection.execute(asking)").replace(
        "        with engine", '        asking = text("SELECT 1")\n        with engine'
    )
    assert not facts_of(tmp_path / "apart", {"main.py": apart}).data_access
    access = facts_of(tmp_path / "data", {"main.py": HEALTH.replace("STATEMENT", "SELECT 1 FROM books")}).data_access
    assert list(access) == ["main.py"]


def test_repositories_are_not_missing_where_most_routes_are_unread(tmp_path: Path) -> None:
    unread = """
        from fastapi import FastAPI
        from somewhere import make_router

        app = FastAPI()
        app.include_router(make_router())
    """
    missing = [one.message for one in report_of(tmp_path, {"main.py": unread}).findings]
    assert not any("repositories" in message for message in missing)
