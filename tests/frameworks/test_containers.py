"""Services that a container makes: the way of a request goes on into them."""

from __future__ import annotations

import pytest

from tests.conftest import Write
from tests.frameworks import harness


def reached(app: str) -> dict[str, set[str]]:
    """The functions of the project that each route runs through."""
    facts = harness.facts_of(harness.APPS / "containers" / app)
    return {
        f"{route.method} {route.path}": {str(call.callee) for call in facts.trace(route).calls if call.callee}
        for route in facts.routes
    }


def test_awilix() -> None:
    routes = reached("awilix")
    assert {"src/services.js:PlantService.list", "src/plants.js:PlantRepository.all"} <= routes["GET /plants"]
    assert {"src/services.js:PlantService.today", "src/plants.js:makeClock.today"} <= routes["GET /plants/today"]
    assert {"src/services.js:SeedService.list", "src/plants.js:PlantRepository.all"} <= routes["GET /seeds"]


def test_tsyringe() -> None:
    routes = reached("tsyringe")
    assert {"src/bread.ts:BreadService.list", "src/repository.ts:BreadRepository.all"} <= routes["GET /breads"]
    assert "src/oven.ts:GasOven.bake" in routes["POST /breads"]


def test_a_container_of_the_projects_own() -> None:
    routes = reached("proxy")
    wanted = {f"container.js:{name}" for name in ("Library.list", "Shelf.all", "Clock.now")}
    assert wanted <= routes["GET /things"]
    assert wanted <= routes["GET /all"]


STORES = """
from contextlib import contextmanager
from dependency_injector import containers, providers
from sqlalchemy import Column, Integer, create_engine, orm
from sqlalchemy.orm import declarative_base

Base = declarative_base()

class Post(Base):
    __tablename__ = "posts"
    id = Column(Integer, primary_key=True)

class Database:
    def __init__(self, url):
        self.make = orm.scoped_session(orm.sessionmaker(bind=create_engine(url)))

    @contextmanager
    def session(self):
        session = self.make()
        try:
            yield session
        finally:
            session.close()

class Posts:
    def __init__(self, session_factory):
        self.session_factory = session_factory

    def all(self):
        with self.session_factory() as session:
            return session.query(Post).all()

class Container(containers.DeclarativeContainer):
    db = providers.Singleton(Database, "sqlite://")
    posts = providers.Factory(Posts, session_factory=db.provided.session)
"""
FASTAPI = """
from typing import Annotated
from dependency_injector.wiring import Provide, inject
from fastapi import Depends, FastAPI
from stores import Container, Posts

app = FastAPI()

@app.get("/posts")
@inject
def posts(PARAMETER):
    return posts.all()
"""
FLASK = """
from dependency_injector.wiring import Provide, inject
from flask import Flask
from stores import Container, Posts

app = Flask(__name__)

@app.get("/posts")
@inject
def posts(PARAMETER):
    return posts.all()
"""


@pytest.mark.parametrize(
    ("main", "parameter"),
    [
        (FASTAPI, "posts: Posts = Depends(Provide[Container.posts])"),
        (FASTAPI, "posts: Annotated[Posts, Depends(Provide[Container.posts])]"),
        (FLASK, "posts: Posts = Provide[Container.posts]"),
    ],
)
def test_dependency_injector(write: Write, main: str, parameter: str) -> None:
    facts = harness.facts_of(write({"stores.py": STORES, "main.py": main.replace("PARAMETER", parameter)}))
    assert [query.action for query in facts.queries.queries] == ["rows"]


def test_a_provider_that_a_text_names_is_what_its_type_says(write: Write) -> None:
    main = FLASK.replace("PARAMETER", 'posts: Posts = Provide["posts"]')
    facts = harness.facts_of(write({"stores.py": STORES, "main.py": main}))
    assert [str(call.callee) for call in facts.calls.calls if call.callee] == ["stores.py:Posts.all"]
    assert not facts.calls.misses
