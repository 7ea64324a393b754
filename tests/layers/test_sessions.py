"""Sessions of SQLAlchemy, whatever makes them, and the transactions that a trace shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.layers.projects import facts_of
from verifier.report.tracing import Step, trace

HEAD = """
from fastapi import FastAPI
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker, create_async_engine
from sqlmodel import Session as ModelSession
from flask_sqlalchemy import SQLAlchemy

app = FastAPI()
engine = create_engine("sqlite://")


class Audited(Session):
    def audit(self):
        return self.execute("SELECT 1")


{made}


@app.get("/")
async def books():
    {body}
"""


def steps(step: Step) -> list[str]:
    """The labels of a trace, in order."""
    return [step.label, *(label for inner in step.steps for label in steps(inner))]


def traced(folder: Path, made: str, body: str) -> list[str]:
    """The labels of the trace of a route."""
    (folder / "main.py").write_text(HEAD.format(made=made, body=body.replace("\n", "\n    ")), "utf-8")
    facts = facts_of(folder, {})
    return steps(trace(facts, facts.routes[0]))[1:]


@pytest.mark.parametrize(
    ("made", "body", "label"),
    [
        ("make = sessionmaker(engine)", "make().scalars(1)", "sqlalchemy.orm.Session.scalars"),
        ("make = sessionmaker()", "with make.begin() as session:\n    session.add(1)", "sqlalchemy.orm.Session.add"),
        (
            "make = async_sessionmaker(engine)",
            "async with make() as session:\n    await session.scalars(1)",
            "sqlalchemy.ext.asyncio.AsyncSession.scalars",
        ),
        (
            "make = sessionmaker(engine, class_=AsyncSession)",
            "await make().execute(1)",
            "sqlalchemy.ext.asyncio.AsyncSession.execute",
        ),
        ("make = sessionmaker(class_=ModelSession)", "make().exec(1)", "sqlmodel.Session.exec"),
        ("make = scoped_session(sessionmaker())", "make.add(1)", "sqlalchemy.orm.Session.add"),
        ("make = scoped_session(sessionmaker())", "make().query(1)", "sqlalchemy.orm.Session.query"),
        (
            "make = async_scoped_session(async_sessionmaker(), None)",
            "await make.get(1, 2)",
            "sqlalchemy.ext.asyncio.AsyncSession.get",
        ),
        ("make = scoped_session(lambda: None)", "make.add(1)", "sqlalchemy.orm.Session.add"),
        ("make = SQLAlchemy()", "make.session.merge(1)", "sqlalchemy.orm.Session.merge"),
        ("make = SQLAlchemy()", "make.session().execute(1)", "sqlalchemy.orm.Session.execute"),
        (
            "class Book:\n    query = scoped_session(sessionmaker()).query_property()",
            "Book.query.filter(1).first()",
            "sqlalchemy.orm.Session.query().filter().first",
        ),
    ],
)
def test_a_session_is_called_what_it_is(tmp_path: Path, made: str, body: str, label: str) -> None:
    assert label in traced(tmp_path, made, body)


def test_a_factory_of_sessions_of_the_project(tmp_path: Path) -> None:
    made = traced(tmp_path, "make = sessionmaker(class_=Audited)", "make().audit()")
    assert made == ["Audited.audit", "sqlalchemy.orm.Session.execute"]


TRANSACTION = """\
session = make()
session.add(1)
session.flush()
session.refresh(1)
session.commit()
session.rollback()
session.close()"""


def test_transactions_are_shown_and_no_rule_minds_them(tmp_path: Path) -> None:
    shown = traced(tmp_path, "make = sessionmaker(engine)", TRANSACTION)
    assert shown == [f"sqlalchemy.orm.Session.{name}" for name in "add flush refresh commit rollback close".split()]
    access = facts_of(tmp_path, {}).data_access["main.py"]
    assert [site.what.rpartition(".")[2] for site in access] == ["add", "refresh"]


UNIT = """
make = async_sessionmaker(engine)

class Unit:
    async def __aenter__(self):
        self.session = make()
        return self

    async def __aexit__(self, kind, error, traceback):
        if kind is not None:
            await self.session.rollback()
        else:
            await self.session.commit()
        await self.session.close()

    def __enter__(self):
        return self.never()

    def __exit__(self, *given):
        self.never()

    def never(self): ...

class Plain:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.end()

    def end(self): ...
"""


def test_both_ends_of_a_block_are_run(tmp_path: Path) -> None:
    body = "with Plain():\n    async with Unit() as unit:\n        return await unit.session.get(1, 2)"
    session = "sqlalchemy.ext.asyncio.AsyncSession"
    assert traced(tmp_path, UNIT, body) == [
        "Plain.__enter__",
        "Unit.__aenter__",
        f"{session}.get",
        "Unit.__aexit__",
        f"{session}.rollback",
        f"{session}.commit",
        f"{session}.close",
        "Plain.__exit__",
        "Plain.end",
    ]


@pytest.mark.parametrize("base", ["declarative_base()", 'declarative_base(name="Base")', "registry().generate_base()"])
def test_a_property_that_a_base_is_given(tmp_path: Path, base: str) -> None:
    made = f"""
from sqlalchemy.orm import declarative_base, registry

sessions = scoped_session(sessionmaker(engine))
Base = {base}
Base.query = sessions.query_property()


class Book(Base):
    __tablename__ = "books"
"""
    labels = traced(tmp_path, made, 'return Book.query.filter_by(title="x").first()')
    assert "sqlalchemy.orm.Session.query().filter_by().first" in labels
