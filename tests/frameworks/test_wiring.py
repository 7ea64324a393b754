"""How wiring code is read, whatever the framework: small projects, each for one way of writing it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.frameworks.harness import facts_of
from verifier.link import Facts


def project(folder: Path, /, **files: str) -> Facts:
    """The facts of a project made of files, given by path without its ending."""
    for name, text in files.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return facts_of(folder)


def test_what_follows_a_return_under_a_condition_is_conditional(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        main="""
        import os
        from fastapi import FastAPI

        app = FastAPI()

        def page():
            return "page"

        def mount_pages(application):
            application.get("/always")(page)
            if not os.path.exists("static"):
                return
            application.get("/sometimes")(page)

        mount_pages(app)
        app.get("/after")(page)
        for name in ("one", "two"):
            if os.environ.get(f"WITHOUT_{name}"):
                continue
            app.get(f"/{name}")(page)
        app.get("/last")(page)
        """,
    )
    assert {route.path: route.conditional for route in facts.routes} == {
        "/always": False,
        "/sometimes": True,
        "/after": False,
        "/one": True,
        "/two": True,
        "/last": False,
    }


def test_a_factory_called_under_a_condition_and_again_for_certain_is_certain(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        factory="""
        from flask import Flask

        def create_app():
            app = Flask(__name__)
            app.add_url_rule("/state", "state", lambda: "on")
            return app
        """,
        cli="""
        import click
        from factory import create_app

        @click.group(create_app=lambda info: create_app())
        def manager():
            pass
        """,
        wsgi="""
        from factory import create_app

        app = create_app()
        """,
    )
    assert [(route.path, route.conditional) for route in facts.routes] == [("/state", False)]


def test_a_handler_inside_a_factory_is_not_taken_for_a_wrapper(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        helper="""
        def describe():
            return "described"
        """,
        app="""
        from flask import Flask

        def create_app():
            from helper import describe

            app = Flask(__name__)

            @app.route("/description")
            def description():
                return describe()

            return app
        """,
    )
    assert [route.handler for route in facts.routes] == ["create_app.description"]


def test_members_of_classes_and_modules_are_looped_over(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        views="""
        from flask.views import MethodView

        class Users(MethodView):
            path = "/users"

            def get(self):
                return "users"

        class Groups(MethodView):
            path = "/groups"

            def get(self):
                return "groups"
        """,
        app="""
        import inspect
        from collections import namedtuple

        import views
        from flask import Flask
        from flask.views import MethodView

        Extra = namedtuple("Extra", "rule view")
        app = Flask(__name__)

        class Actions:
            def ping(self):
                return "pong"

            def _hidden(self):
                return "hidden"

        actions = Actions()

        for name, cls in inspect.getmembers(views, inspect.isclass):
            if hasattr(cls, "path"):
                app.add_url_rule(cls.path, view_func=cls.as_view(name))
        for name in dir(actions):
            if not name.startswith("_"):
                app.add_url_rule(f"/{name}", view_func=getattr(actions, name))
        for extra in [Extra("/extra", actions.ping)]:
            app.add_url_rule(extra.rule, "extra", extra.view)
        """,
    )
    assert {(route.path, route.handler) for route in facts.routes} == {
        ("/groups", "Groups.get"),
        ("/users", "Users.get"),
        ("/ping", "Actions.ping"),
        ("/extra", "Actions.ping"),
    }


def test_a_route_stands_where_a_method_of_the_routers_own_was_called(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        main="""
        from fastapi import APIRouter, FastAPI

        class Versioned(APIRouter):
            def both(self, path, endpoint):
                self.add_api_route(f"/v1{path}", endpoint)
                self.add_api_route(f"/v2{path}", endpoint)

        def page():
            return "page"

        router = Versioned()
        router.both("/page", page)
        app = FastAPI()
        app.include_router(router)
        """,
    )
    assert [(route.path, route.span.line) for route in facts.routes] == [("/v1/page", 13), ("/v2/page", 13)]


def test_an_old_style_call_of_the_base_constructor_makes_the_library_object(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        main="""
        from fastapi import APIRouter, FastAPI

        class Prefixed(APIRouter):
            def __init__(self, name):
                APIRouter.__init__(self, prefix=f"/{name}")

        def page():
            return "page"

        router = Prefixed("pages")
        router.get("/one")(page)
        app = FastAPI()
        app.include_router(router)
        """,
    )
    assert [route.path for route in facts.routes] == ["/pages/one"]


def test_modules_are_found_by_pattern_and_imported_by_name(tmp_path: Path) -> None:
    files = {
        "shop/__init__": "",
        "shop/plugins/__init__": "",
        "shop/plugins/cart/__init__": """
        def load(app):
            app.add_url_rule("/cart", "cart", lambda: "cart")
        """,
        "shop/app": """
        import glob
        import importlib
        import os

        from flask import Flask

        app = Flask(__name__)
        folder = os.path.join(os.path.dirname(__file__), "plugins")
        for path in sorted(glob.glob(folder + "/*")):
            if os.path.isdir(path):
                module = importlib.import_module("." + os.path.basename(path), package="shop.plugins")
                module.load(app)
        """,
    }
    assert [route.path for route in project(tmp_path, **files).routes] == ["/cart"]


def test_a_method_that_a_view_of_aiohttp_takes_away(tmp_path: Path) -> None:
    facts = project(
        tmp_path,
        main="""
        from aiohttp import web

        class Book(web.View):
            async def get(self): ...
            async def put(self): ...

        class Printed(Book):
            put = None

            async def delete(self): ...

        app = web.Application()
        app.router.add_view("/book", Book)
        app.router.add_view("/printed", Printed)
        """,
    )
    assert {(route.method, route.path) for route in facts.routes} == {
        ("GET", "/book"),
        ("PUT", "/book"),
        ("GET", "/printed"),
        ("DELETE", "/printed"),
    }


def test_a_start_file_that_names_no_framework(tmp_path: Path) -> None:
    """The application is made in one file, and what is started takes it from there and mounts the routes."""
    facts = project(
        tmp_path / "flask",
        config="""
        from flask import Flask

        app = Flask(__name__)
        """,
        books="""
        from flask import Blueprint

        books = Blueprint("books", __name__)

        @books.get("/books")
        def listed():
            return []
        """,
        main="""
        from books import books
        from config import app

        app.register_blueprint(books)
        """,
    )
    assert [route.path for route in facts.routes] == ["/books"]
    facts = project(
        tmp_path / "fastapi",
        **{
            "web/__init__": "from fastapi import FastAPI\n\nclass Service(FastAPI):\n    pass\n",
            "web/books": """
            from fastapi import APIRouter

            router = APIRouter()

            @router.get("/books")
            def listed():
                return []

            def register(app):
                app.include_router(router)
            """,
            "main": """
            from web import Service
            from web.books import register

            def create_app():
                made = Service(title="Books")
                register(made)
                return made

            app = create_app()
            """,
        },
    )
    assert [route.path for route in facts.routes] == ["/books"]
