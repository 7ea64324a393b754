"""Which names of folders and files give a layer, and which say something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layers.projects import facts_of

MAIN = """\
    from fastapi import FastAPI
    from shop.api.books import books

    app = FastAPI()
    app.add_api_route("/books", books)
    """
BOOKS = """\
    def books():
        return []
    """


def roles(folder: Path, *paths: str) -> dict[str, str | None]:
    """The roles of files that say nothing, in a project with one route."""
    files = {"main.py": MAIN, "shop/api/books.py": BOOKS, **dict.fromkeys(paths, "VALUE = 1\n")}
    layers = facts_of(folder, files).layers
    return {path: layers.role(path) for path in paths}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("shop/services/endpoint/start.py", "services"),
        ("shop/repositories/model/rows.py", "repositories"),
        ("shop/domain/services/start.py", "services"),
        ("shop/domain/books/service.py", "services"),
        ("shop/domain/books/price.py", "models"),
        ("shop/views/shelf.py", None),
        ("shop/events/handlers/sold.py", None),
        ("shop/errors/service.py", None),
        ("shop/core/db_routers.py", None),
        ("shop/books/service.py", "services"),
        ("shop/data/books.py", "repositories"),
    ],
)
def test_role(tmp_path: Path, path: str, role: str | None) -> None:
    assert roles(tmp_path, path) == {path: role}


def test_data_beside_repositories(tmp_path: Path) -> None:
    assert roles(tmp_path, "shop/data/books.py", "shop/repositories/books.py") == {
        "shop/data/books.py": None,
        "shop/repositories/books.py": "repositories",
    }


def test_a_file_that_answers_routes_below_a_domain(tmp_path: Path) -> None:
    files = {
        "main.py": """\
            from fastapi import FastAPI
            from shop.domain.books.web import router

            app = FastAPI()
            app.include_router(router)
            """,
        "shop/domain/books/web.py": """\
            from fastapi import APIRouter

            router = APIRouter()

            @router.get("/books")
            def books():
                return []
            """,
    }
    assert facts_of(tmp_path, files).layers.role("shop/domain/books/web.py") == "routes"


def test_names_are_trusted_where_no_route_is_known(tmp_path: Path) -> None:
    layers = facts_of(tmp_path, {"main.py": "import flask\n", "shop/views/shelf.py": "VALUE = 1\n"}).layers
    assert layers.role("shop/views/shelf.py") == "routes"


def test_a_front_end_has_no_layers(tmp_path: Path) -> None:
    assert roles(tmp_path, "client/services/books.py", "shop/scripts/load_model.py") == {
        "client/services/books.py": "services",
        "shop/scripts/load_model.py": None,
    }
    layers = facts_of(tmp_path, {"client/services/books.js": "export const all = () => [];\n"}).layers
    assert layers.of("client/services/books.js") is None
