"""What the calls below routes were given, and which attributes were missed."""

from __future__ import annotations

from tests.conftest import Write
from tests.frameworks.harness import facts_of
from verifier.evaluate.values import Class, Record, text_of
from verifier.link import Facts
from verifier.link.uses import Use

PYTHON = """
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

app = FastAPI()
sessions = sessionmaker()


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def stored(session, **fields):
    made = User(**fields)
    session.add(made)
    return made


@app.post("/users")
def create(name: str):
    with sessions() as session:
        made = stored(session, name="x", **{"nick": name})
        return {"id": made.id, "age": made.age}


@app.get("/users")
def read(user: User):
    return select(User.nmae).where(User.id == user.idd)
"""
JAVASCRIPT = """
const express = require('express');
const { Sequelize, DataTypes } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:');
const Post = sequelize.define('post', { title: DataTypes.STRING });
const app = express();
const options = { where: { title: 'a' } };
app.get('/posts', async (req, res) => { res.json(await Post.findAll({ ...options, limit: 3 })); });
"""


def uses_of(facts: Facts, name: str) -> list[Use]:
    return [
        use
        for use in facts.uses
        if (use.library or "").endswith(name) or (isinstance(use.callee, Class) and use.callee.name == name)
    ]


def test_a_class_is_called_with_the_keywords_that_helpers_pass_on(write: Write) -> None:
    facts = facts_of(write({"main.py": PYTHON}))
    (made,) = uses_of(facts, "User")
    assert list(made.keywords) == ["name", "nick"]
    assert text_of(made.argument(None, "name")) == "x"
    assert made.caller is not None
    assert (made.caller.name, made.span.line, made.library) == ("stored", 20, None)


def test_a_library_is_called_with_the_values_that_were_put_together(write: Write) -> None:
    facts = facts_of(write({"index.js": JAVASCRIPT, "package.json": "{}"}))
    (found,) = uses_of(facts, "findAll")
    options = found.argument(0)
    assert isinstance(options, Record)
    assert list(options.entries) == ["where", "limit"]
    assert found.holder is not None
    assert found.certain


def test_calls_that_no_pack_asks_for_are_not_kept(write: Write) -> None:
    facts = facts_of(write({"main.py": PYTHON.replace("    return select", "    print(user)\n    return select")}))
    assert not uses_of(facts, "print")
    assert uses_of(facts, "select")


def test_missing_attributes_are_told_apart_by_how_the_object_is_known(write: Write) -> None:
    facts = facts_of(write({"main.py": PYTHON}))
    missed = {(miss.name, miss.on_class, miss.sure) for miss in facts.calls.misses if miss.kind.name == "User"}
    assert {("age", False, True), ("nmae", True, False), ("idd", False, False)} <= missed
    (place,) = [miss.span for miss in facts.calls.misses if miss.name == "nmae"]
    assert (place.line, place.column, place.end_column) == (34, 24, 28)


EXCHANGES = """
const Koa = require('koa');
const Router = require('@koa/router');
const { Sequelize, DataTypes } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:');
const Post = sequelize.define('post', { title: DataTypes.STRING });
const router = new Router();
router.post('/first', async (ctx) => {
  ctx.input = { secret: 1 };
  ctx.request.body = { other: 2 };
  ctx.state.third = 3;
});
router.post('/posts', async (ctx) => { await Post.create({ ...ctx.input, ...ctx.request.body, ...ctx.state }); });
const app = new Koa();
app.use(router.routes());
"""


def test_what_one_request_puts_on_its_context_is_not_there_for_the_next(write: Write) -> None:
    facts = facts_of(write({"index.js": EXCHANGES, "package.json": "{}"}))
    (made,) = uses_of(facts, "create")
    given = made.argument(0)
    assert isinstance(given, Record)
    assert not given.entries
