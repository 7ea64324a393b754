"""What ``facts queries``, ``trace`` and ``check`` say of queries, wherever in a project they are put together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Buttress

MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Keeper(Base):
    __tablename__ = "keepers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Lamp(Base):
    __tablename__ = "lamps"
    id: Mapped[int] = mapped_column(primary_key=True)
    height: Mapped[int]
    keeper_id: Mapped[int] = mapped_column(ForeignKey("keepers.id"))
    keeper: Mapped[Keeper] = relationship()
"""
REPOSITORY = """
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Keeper, Lamp


class Repository:
    model = None

    def __init__(self, session: Session) -> None:
        self.session = session

    def base(self):
        return select(self.model)

    def by_id(self, key: int):
        return self.session.scalars(self.base().where(self.model.id == key)).one_or_none()


class Lamps(Repository):
    model = Lamp

    def base(self):
        return super().base().where(Lamp.height > 0)

    def tall(self, name: str | None, height: int | None):
        query = self.base()
        if name is not None:
            query = query.join(Lamp.keeper).where(Keeper.name == name)
        if height is not None:
            query = query.where(Lamp.height >= height)
        return self.session.scalars(query.order_by(Lamp.id)).all()

    def by_column(self, column: str):
        return self.session.scalars(select(Lamp).order_by(getattr(Lamp, column))).all()


class Keepers(Repository):
    model = Keeper
"""
MAIN = """
from fastapi import FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from repository import Lamps

app = FastAPI()
engine = create_engine("sqlite:///lamps.db")


@app.get("/lamps")
def lamps(name: str | None = None, height: int | None = None):
    with Session(engine) as session:
        return Lamps(session).tall(name, height)
"""
FILES = {"models.py": MODELS, "repository.py": REPOSITORY, "main.py": MAIN}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def queries(buttress: Buttress, folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(buttress("facts", "queries", folder, "--format", "json").out)["queries"]
    return found


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_each_form_is_one(buttress: Buttress, project: Path) -> None:
    [tall] = [query for query in queries(buttress, project) if query["function"] == "Lamps.tall"]
    assert (tall["path"], tall["line"]) == (
        "repository.py",
        line_of(REPOSITORY, "return self.session.scalars(query.order_by"),
    )
    assert tall["dialect"] == "sqlite" and tall["origin"] == "orm" and tall["lifted"] and tall["exact"]
    forms = [tall["sql"], *tall["forms"]]
    assert len(forms) == 4
    assert all("lamps.height > 0" in form and "ORDER BY lamps.id" in form for form in forms)
    assert {("JOIN keepers" in form, "lamps.height >= " in form) for form in forms} == {
        (True, True), (True, False), (False, True), (False, False),
    }  # fmt: skip
    assert "JOIN keepers" in tall["sql"] and "lamps.height >= " in tall["sql"], "the fullest form is the first"


def test_an_inherited_method_asks_for_each_heir(buttress: Buttress, project: Path) -> None:
    found = [query for query in queries(buttress, project) if query["function"] == "Repository.by_id"]
    texts = {query["entity"]: query["sql"] for query in found}
    assert set(texts) == {"Lamp", "Keeper"}
    assert "lamps.height > 0" in texts["Lamp"] and "FROM keepers" in texts["Keeper"]
    assert all(query["lifted"] for query in found), "what the base class alone would ask is not listed"


def test_what_run_time_decides_is_a_hole_with_its_reason(buttress: Buttress, project: Path) -> None:
    [found] = [query for query in queries(buttress, project) if query["function"] == "Lamps.by_column"]
    assert found["lifted"] and not found["exact"] and found["reason"]
    assert "FROM lamps" in found["sql"] and "RUNTIME()" in found["sql"]


def test_a_trace_ends_in_sql(buttress: Buttress, project: Path) -> None:
    step = json.loads(buttress("trace", "GET /lamps", project, "--format", "json").out)["trace"]
    sent: list[str] = []
    waiting = [step]
    while waiting:
        found = waiting.pop()
        sent += found["sql"]
        waiting += found["calls"]
    assert any("FROM lamps" in sql and "JOIN keepers" in sql for sql in sent)
    assert "JOIN keepers" in buttress("trace", "GET /lamps", project).out


def test_text_names_place_function_and_reason(buttress: Buttress, project: Path) -> None:
    text = buttress("facts", "queries", project).out
    assert "repository.py" in text and "Lamps.tall" in text and "one of 4 forms" in text
    assert "in part: depends on" in text and "not lifted" in text


def test_code_that_is_not_followed_is_counted(buttress: Buttress, project: Path) -> None:
    before = json.loads(buttress("check", project, "--format", "json", "--exit-zero").out)["coverage"]["queries"]
    (project / "late.py").write_text(
        "from sqlalchemy import select\nfrom models import Lamp\n\n\ndef outer():\n"
        "    class Inner:\n        def never(self, session):\n"
        "            return session.scalars(select(Lamp)).all()\n    return 1\n"
    )
    after = json.loads(buttress("check", project, "--format", "json", "--exit-zero").out)["coverage"]["queries"]
    assert after["sites"] == before["sites"] + 1 and after["lifted"] == before["lifted"]
    assert {"path": "late.py", "line": 8, "reason": "code that was not followed"} in after["unlifted"]
    assert before["unlifted"] == []


def test_what_stands_in_comments_and_docstrings_is_no_query(buttress: Buttress, project: Path) -> None:
    (project / "notes.py").write_text(
        "from sqlalchemy import select\n\n# select(Lamp) is what it was\nvalue = 1\n\n\n"
        'def shown():\n    """Call it so::\n\n        select(Lamp)\n        session.query(Lamp)\n    """\n'
    )
    (project / "list.jsx").write_text("import { Lamp } from './lamp';\nexport const all = Lamp.query.bind(Lamp);\n")
    found = json.loads(buttress("check", project, "--format", "json", "--exit-zero").out)["coverage"]["queries"]
    assert found["unlifted"] == []


def test_migrations_and_tests_are_left_alone(buttress: Buttress, project: Path) -> None:
    for folder in ("migrations", "tests"):
        (project / folder).mkdir()
        (project / folder / "test_old.py").write_text(
            "from sqlalchemy import text\n\n\n"
            "def upgrade(session):\n    session.execute(text('SELECT gone FROM lamps'))\n"
        )
    assert not [query for query in queries(buttress, project) if query["path"].startswith(("migrations", "tests"))]


def test_a_branch_that_no_route_enters_is_read(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "requirements.txt").write_text("flask\nsqlalchemy>=2\n")
    (tmp_path / "main.py").write_text(
        "from flask import Flask\nfrom sqlalchemy import create_engine, select\nfrom sqlalchemy.orm import Session\n"
        "from models import Keeper, Lamp\n\napp = Flask(__name__)\n"
        "engine = create_engine('postgresql://localhost/lamps')\n\n\n"
        "def summary(session, keeper=None):\n    if keeper is not None:\n"
        "        return session.scalars(select(Keeper).where(Keeper.name == keeper)).one()\n"
        "    return session.scalars(select(Lamp).where(Lamp.height > 3)).all()\n\n\n"
        "@app.get('/lamps')\ndef lamps():\n    with Session(engine) as session:\n        return summary(session)\n"
    )
    found = json.loads(buttress("facts", "queries", tmp_path, "--format", "json").out)["queries"]
    assert any("FROM keepers" in query["sql"] for query in found), found
    assert any("FROM lamps" in query["sql"] for query in found), found


def test_the_database_of_a_query_is_that_of_its_library(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "requirements.txt").write_text("flask\nsqlalchemy>=2\npsycopg\n")
    (tmp_path / "main.py").write_text(
        "import sqlite3\nfrom flask import Flask\nfrom sqlalchemy import create_engine, func, select\n"
        "from sqlalchemy.orm import Session\nfrom models import Lamp\n\napp = Flask(__name__)\n"
        "engine = create_engine('postgresql://localhost/lamps')\n\n\n"
        "@app.get('/lamps')\ndef lamps():\n    with Session(engine) as session:\n"
        "        return [str(day) for day in session.scalars(select(func.date_trunc('day', func.now())))]\n\n\n"
        "@app.get('/scratch')\ndef scratch():\n    connection = sqlite3.connect(':memory:')\n"
        "    return connection.execute('SELECT 1').fetchall()\n"
    )
    found = json.loads(buttress("facts", "queries", tmp_path, "--format", "json").out)["queries"]
    assert {query["dialect"] for query in found} == {"postgres", "sqlite"}, found
    assert "sql/not-in-dialect" not in buttress("check", tmp_path, "--exit-zero").out


DECORATED = """
import functools
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    __table__: ClassVar[sa.Table]


class Lamp(Base):
    __tablename__ = "lamps"
    id: Mapped[int] = mapped_column(primary_key=True)
    height: Mapped[int]
    room: Mapped[str]


class Visit(Base):
    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    lamp_id: Mapped[int] = mapped_column(sa.ForeignKey("lamps.id"))


lamps = Lamp.__table__
visits = Visit.__table__


def retried(function):
    @functools.wraps(function)
    async def again(*args, **kwargs):
        return await function(*args, **kwargs)
    return again


class Change:
    def values(self) -> dict[str, Any]:
        return {}


class LampChange(Change):
    def values(self) -> dict[str, Any]:
        return {"height": 3}


class VisitChange(Change):
    def values(self) -> dict[str, Any]:
        return {"lamp_id": 3}


class Lamps:
    def __init__(self, session):
        self.session = session

    @retried
    async def tall(self):
        return (await self.session.execute(sa.select(lamps.c.id).where(lamps.c.height > 3))).all()

    async def visited(self, room: str | None):
        if room is None:
            source = visits
            condition = visits.c.id > 3
        else:
            source = visits.join(lamps, lamps.c.id == visits.c.lamp_id)
            condition = lamps.c.room == room
        return (await self.session.execute(sa.select(visits.c.id).select_from(source).where(condition))).all()

    async def change(self, change: Change):
        given = cast(LampChange, change).values()
        await self.session.execute(sa.update(lamps).where(lamps.c.id == 1).values(given))
"""


def test_tables_of_classes_behind_decorators_casts_and_branches(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "lamps.py").write_text(DECORATED)
    (tmp_path / "requirements.txt").write_text("sqlalchemy>=2\n")
    found = json.loads(buttress("facts", "queries", tmp_path, "--format", "json").out)["queries"]
    sent = {statement for query in found for statement in (query["sql"], *query.get("forms", ()))}
    text = "\n".join(sent)
    assert "SELECT lamps.id FROM lamps WHERE lamps.height > 3" in text, text
    assert "SET height = 3" in text and "lamp_id = 3" not in text
    whole = buttress("facts", "queries", tmp_path).out
    assert "RUNTIME" not in whole and " 0 not lifted" in whole, whole
    assert "JOIN visits" in whole or "JOIN lamps" in text, text
    checked = buttress("check", tmp_path, "--exit-zero").out
    assert "cartesian" not in checked and "unknown" not in checked, checked


def test_a_column_that_the_table_of_a_class_lacks_is_reported(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "lamps.py").write_text(DECORATED.replace("lamps.c.height > 3", "lamps.c.heigth > 3"))
    (tmp_path / "requirements.txt").write_text("sqlalchemy>=2\n")
    assert "sqlalchemy/unknown-column" in buttress("check", tmp_path, "--exit-zero").out


def test_code_that_speaks_of_postgresql_is_for_postgresql(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "requirements.txt").write_text("flask\nsqlalchemy>=2\n")
    search = (
        "from sqlalchemy import func, select, text\nfrom models import Keeper\n\n\n"
        "def search(session, query, word):\n"
        "    session.execute(text('set pg_trgm.word_similarity_threshold = 0.5'))\n"
        "    return query.order_by(func.least(Keeper.name.op('<->>')(word)))\n"
    )
    (tmp_path / "search.py").write_text(search)
    (tmp_path / "main.py").write_text(
        "from flask import Flask, request\nfrom sqlalchemy import create_engine, select\n"
        "from sqlalchemy.orm import Session\nfrom models import Keeper\nfrom search import search\n\n"
        "app = Flask(__name__)\nengine = create_engine('sqlite:///keepers.db')\n\n\n"
        "@app.get('/keepers')\ndef keepers():\n    with Session(engine) as session:\n"
        "        query = search(session, select(Keeper), request.args['word'])\n"
        "        return [keeper.name for keeper in session.scalars(query)]\n"
    )
    assert "sql/not-in-dialect" not in buttress("check", tmp_path, "--exit-zero").out
    (tmp_path / "search.py").write_text(search.replace("pg_trgm.word_similarity_threshold", "something"))
    assert "sql/not-in-dialect" in buttress("check", tmp_path, "--exit-zero").out


def sql_of(buttress: Buttress, project: Path) -> str:
    """All SQL of a project, in one text."""
    return "\n".join(
        form
        for query in json.loads(buttress("facts", "queries", project, "--format", "json").out)["queries"]
        for form in (query["sql"] or "", *query["forms"])
    )


def test_a_page_that_one_form_orders_is_ordered(buttress: Buttress, project: Path) -> None:
    paged = REPOSITORY.replace(
        "        return self.session.scalars(query.order_by(Lamp.id)).all()",
        "        if name is None:\n            query = query.order_by(Lamp.id)\n"
        "        return self.session.scalars(query.limit(10).offset(20)).all()",
    )
    (project / "repository.py").write_text(paged)
    assert "sql/unordered-page" not in buttress("check", project, "--exit-zero").out
    (project / "repository.py").write_text(paged.replace("query = query.order_by(Lamp.id)", "pass"))
    assert "sql/unordered-page" in buttress("check", project, "--exit-zero").out


def test_a_function_whose_calls_take_too_long_is_read_to_its_end(buttress: Buttress, project: Path) -> None:
    steps = "".join(f"        if flag({place}):\n            value += {place}\n" for place in range(400))
    (project / "slow.py").write_text(
        "from library import flag\nfrom sqlalchemy import select\nfrom models import Keeper\n\n\n"
        "def inner(session, place):\n    value = place\n    for _ in range(50):\n" + steps + "    return value\n\n\n"
        "def outer(session, place):\n" + "".join(f"    inner(session, place + {one})\n" for one in range(40)) + ""
        "    return session.scalars(select(Keeper).where(Keeper.name == 'last')).all()\n"
    )
    assert "keepers.name = 'last'" in sql_of(buttress, project)


JAVASCRIPT = {
    "package.json": '{"dependencies": {"sequelize": "^6", "graphql": "^16", "pg": "^8"}}',
    "models.js": (
        "const { Sequelize, DataTypes } = require('sequelize');\n"
        "const sequelize = new Sequelize('postgres://localhost/lamps');\n"
        "const Lamp = sequelize.define('lamp', { room: DataTypes.STRING, height: DataTypes.INTEGER });\n"
        "module.exports = { Lamp };\n"
    ),
    "schema.js": (
        "const { GraphQLObjectType, GraphQLList } = require('graphql');\nconst { Lamp } = require('./models');\n"
        "const Query = new GraphQLObjectType({\n  name: 'Query',\n  fields: () => ({\n    lamps: {\n"
        "      resolve(_, args) { return Lamp.findAll({ where: { room: 'handed' } }); },\n    },\n  }),\n});\n"
        "const queries = { tall: { resolve() { return Lamp.findAll({ where: { room: 'nested' } }); } } };\n"
        "module.exports = { Query, queries };\n"
    ),
    "fix.js": (
        "const { Lamp } = require('./models');\n"
        "async function check({ fix = false } = {}) {\n  if (!fix) throw new Error('no');\n"
        "  return Lamp.findAll({ where: { room: 'fixed' } });\n}\nmodule.exports = { check };\n"
    ),
}


@pytest.mark.parametrize("room", ["handed", "nested", "fixed"])
def test_functions_that_others_call_in_ways_not_seen_are_read(buttress: Buttress, tmp_path: Path, room: str) -> None:
    for name, text in JAVASCRIPT.items():
        (tmp_path / name).write_text(text)
    assert f"= '{room}'" in sql_of(buttress, tmp_path)


LATER = """const express = require('express');
const { DataTypes, Sequelize } = require('sequelize');

const sequelize = new Sequelize('sqlite::memory:');
const Harbor = sequelize.define('Harbor', { name: DataTypes.STRING });
const Boat = sequelize.define('Boat', { name: DataTypes.STRING });
Boat.belongsTo(Harbor, { as: 'harbor' });

const app = express();

app.get('/boats', async (request, response) => {
  const include = [];
  const where = { name: request.query.name };
  const named = await Boat.count({ include, where });
  include.push({ model: Harbor, as: 'harbor', required: true });
  where.id = named;
  const boats = await Boat.findAll({ include, where });
  response.json(boats);
});

app.listen(3000);
"""


def test_what_is_added_behind_a_call_is_no_part_of_what_it_sends(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"express": "5", "sequelize": "6", "sqlite3": "5"}}')
    (tmp_path / "server.js").write_text(LATER)
    first, second = sorted(queries(buttress, tmp_path), key=lambda query: int(query["line"]))
    assert "JOIN" not in first["sql"] and "id = :" not in first["sql"]
    assert "JOIN" in second["sql"] and "id = :" in second["sql"]
