"""Which names of folders and files give a layer, and which say something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layers.projects import facts_of, found, report_of

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


SERVED = """\
    from fastapi import APIRouter

    router = APIRouter()

    @router.get("/books")
    def books():
        return []
    """
INCLUDED = """\
    from fastapi import FastAPI
    from {module} import router

    app = FastAPI()
    app.include_router(router)
    """


def served_roles(folder: Path, served: str, *paths: str) -> dict[str, str | None]:
    """The roles of files that say nothing, in a project whose one route is in a file of its own."""
    module = served.removesuffix(".py").replace("/", ".")
    files = {"main.py": INCLUDED.format(module=module), served: SERVED, **dict.fromkeys(paths, "VALUE = 1\n")}
    layers = facts_of(folder, files).layers
    return {path: layers.role(path) for path in paths}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("shop/routes/schemas/books.py", "routes"),
        ("shop/routes/books/dto/answer.py", "routes"),
        ("shop/controllers/models/books.py", "routes"),
        ("shop/services/dto/books.py", "models"),
        ("shop/repositories/models/books.py", "models"),
        ("shop/services/repositories/books.py", "repositories"),
        ("shop/books/models/book.py", "models"),
        ("shop/blueprints/books/models/book.py", "models"),
        ("shop/models/schemas/books.py", "models"),
    ],
)
def test_shapes_belong_to_the_routes_around_them(tmp_path: Path, path: str, role: str | None) -> None:
    assert served_roles(tmp_path, "shop/routes/books.py", path) == {path: role}


@pytest.mark.parametrize(
    ("others", "role"),
    [
        (("shop/models/book.py",), "routes"),
        ((), "models"),  # all models that there are
        (("shop/models/book.py", "shop/api/services/books.py"), "models"),  # `api/` is the application
        (("shop/models/book.py", "shop/api/books/service.py"), "models"),
    ],
)
def test_shapes_below_a_folder_that_speaks_http(tmp_path: Path, others: tuple[str, ...], role: str) -> None:
    shapes = "shop/api/schemas/books.py"
    assert served_roles(tmp_path, "shop/api/books.py", shapes, *others)[shapes] == role


def test_features_with_layers_of_their_own_inside_a_folder_of_routes(tmp_path: Path) -> None:
    models, services = "shop/controllers/books/models/book.py", "shop/controllers/books/services/price.py"
    assert served_roles(tmp_path, "shop/controllers/books/web.py", models, services) == {
        models: "models",
        services: "services",
    }


def test_mapped_classes_stay_models_wherever_they_are(tmp_path: Path) -> None:
    files = {
        "main.py": INCLUDED.format(module="shop.routes.books"),
        "shop/routes/books.py": SERVED + "\n    from shop.routes.models.book import Book\n    Book()\n",
        "shop/routes/models/book.py": """\
            from sqlalchemy.orm import DeclarativeBase

            class Book(DeclarativeBase):
                pass
            """,
    }
    assert facts_of(tmp_path, files).layers.role("shop/routes/models/book.py") == "models"


def test_shapes_may_use_what_they_are_made_from(tmp_path: Path) -> None:
    files = {
        "main.py": INCLUDED.format(module="shop.routes.books"),
        "shop/routes/books.py": SERVED,
        "shop/routes/schemas/books.py": "from shop.services.books import Page\n",
        "shop/services/books.py": "from shop.services.dto.price import Price\n\nclass Page: ...\n",
        "shop/services/dto/price.py": "from shop.services.money import Money\n",
        "shop/services/money.py": "class Money: ...\n",
        "shop/models/book.py": "from shop.services.money import Money\n",
    }
    assert found(report_of(tmp_path, files), "layers/upward-import") == [("shop/models/book.py", 1)]


def test_a_domain_that_the_business_is_about(tmp_path: Path) -> None:
    paths = ("shop/domain/books.py", "shop/services/domain/renew.py", "shop/models/domain/row.py")
    assert served_roles(tmp_path, "shop/web/books.py", *paths) == {
        "shop/domain/books.py": None,
        "shop/services/domain/renew.py": "services",
        "shop/models/domain/row.py": "models",
    }


def test_a_domain_of_which_the_services_have_a_part(tmp_path: Path) -> None:
    paths = ("shop/domain/books.py", "shop/services/domain/renew.py")
    assert served_roles(tmp_path, "shop/web/books.py", *paths)["shop/domain/books.py"] == "models"


def test_a_folder_in_which_routes_are_answered_is_no_other_layer(tmp_path: Path) -> None:
    paths = ("shop/rest/service/wiring.py", "shop/service/price.py", "shop/traffic/route/rule.py")
    assert served_roles(tmp_path, "shop/rest/service/web.py", *paths) == {
        "shop/rest/service/wiring.py": None,
        "shop/service/price.py": "services",
        "shop/traffic/route/rule.py": None,
    }


def test_a_controller_that_answers_no_route(tmp_path: Path) -> None:
    path = "shop/engine/motor_controller.py"
    assert served_roles(tmp_path / "a", "shop/web/books.py", path) == {path: None}
    assert served_roles(tmp_path / "b", "shop/web/book_controller.py", path) == {path: "routes"}
    layers = facts_of(tmp_path / "c", {"main.py": "import flask\n", path: "VALUE = 1\n"}).layers
    assert layers.role(path) == "routes"


def test_a_file_that_makes_the_services_is_none(tmp_path: Path) -> None:
    paths = ("plugins/services.js", "src/container/repositories.ts", "plugins/userService.js", "src/shop/services.js")
    files = dict.fromkeys(paths, "module.exports = {}\n")
    layers = facts_of(tmp_path, {"server.js": "require('fastify')\n", **files}).layers
    assert {path: layers.role(path) for path in paths} == {
        "plugins/services.js": None,
        "src/container/repositories.ts": None,
        "plugins/userService.js": "services",
        "src/shop/services.js": "services",
    }
