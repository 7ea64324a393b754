"""Migrations of Alembic, as we read them and as PostgreSQL and SQLite have the tables after Alembic has run them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.models.alembic.versions import PROJECTS
from tests.models.sql import test_postgresql as by_postgresql
from tests.models.sql import test_sqlite as by_sqlite
from verifier.datamodel import DataModel
from verifier.run import postgres
from verifier.session import Options, open_session

ENVIRONMENT = """
import os
from alembic import context
from sqlalchemy import create_engine

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """One server for all projects."""
    started = postgres.start()
    yield started
    started.stop()


def project(folder: Path, versions: dict[str, str], driver: str) -> Path:
    """A project with some migrations."""
    for name, text in versions.items():
        path = folder / "migrations/versions" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "migrations/env.py").write_text(ENVIRONMENT)
    (folder / "migrations/script.py.mako").write_text("")
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (folder / "database.py").write_text(f"import {driver}\n")
    return folder


def upgrade(folder: Path, url: str) -> None:
    """Run Alembic itself."""
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "heads"],
        cwd=folder,
        env={"DATABASE_URL": url, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def model(folder: Path) -> DataModel:
    """What we read."""
    return open_session(Options(path=folder, cache=False, quiet=True)).facts.models


def without_alembic(rows: list[Any], place: int) -> list[Any]:
    """Rows about tables other than Alembic's own."""
    return [row for row in rows if row[place] != "alembic_version"]


@pytest.mark.parametrize("name", [name for name in PROJECTS if not name.startswith("batch")])
def test_tables_are_those_of_postgresql(server: postgres.Server, name: str, tmp_path: Path) -> None:
    by_postgresql.Database(server, "postgres").run(f"CREATE DATABASE {name}")
    database = by_postgresql.Database(server, name)
    folder = project(tmp_path, PROJECTS[name], "psycopg2")
    upgrade(folder, f"postgresql+psycopg2://{postgres.USER}@/{name}?host={server.socket.parent}")
    found = model(folder)
    assert not found.unread
    tables = list(found.tables)
    assert all(not table.open for table in tables), [table.open for table in tables]
    rows = without_alembic(json.loads(database.run(by_postgresql.COLUMNS)), 1)
    ours = by_postgresql.columns_of(tables)
    assert {key: (kind, nullable, made) for key, (kind, nullable, made, _) in ours.items()} == {
        (schema, table, column): (
            by_postgresql.kind(declared, of),
            not required,
            given or "nextval" in (default or ""),
        )
        for schema, table, _, column, declared, required, _, given, default, of in rows
    }
    assert {key for key, (_, _, made, default) in ours.items() if default and not made} == {
        (schema, table, column)
        for schema, table, _, column, _, _, has, given, default, _ in rows
        if has and not given and "nextval" not in default
    }
    keys = without_alembic(json.loads(database.run(by_postgresql.KEYS)), 0)
    primary = {(table, frozenset(columns)) for table, is_primary, columns in keys if is_primary}
    assert by_postgresql.primary_of(tables) == primary
    unique = {(table, frozenset(columns)) for table, is_primary, columns in keys if not is_primary}
    assert by_postgresql.unique_of(tables) == unique
    assert by_postgresql.foreign_of(tables) == {
        (table, column, target, other, by_postgresql.ACTIONS[action])
        for table, column, target, other, action in json.loads(database.run(by_postgresql.FOREIGN))
    }


@pytest.mark.parametrize("name", [name for name in PROJECTS if name.startswith("batch")])
def test_tables_are_those_of_sqlite(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path / "project", PROJECTS[name], "sqlite3")
    upgrade(folder, f"sqlite:///{tmp_path / 'real.db'}")
    found = model(folder)
    assert not found.unread
    connection = sqlite3.connect(tmp_path / "real.db")
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert sorted(table.name for table in found.tables) == sorted(set(names) - {"alembic_version"})
    for table in found.tables:
        ours = by_sqlite.ours(table)
        theirs = by_sqlite.theirs(connection, table.name, view=False)
        for side in (ours, theirs):
            side["columns"] = {(column, nullable, primary) for column, _, nullable, primary in side["columns"]}
            side["defaults"] = set(side["defaults"])
        assert ours == theirs


def test_what_only_run_time_knows_is_open(tmp_path: Path) -> None:
    versions = {
        "a": HEADER.format(name="a", before=None)
        + """
def upgrade():
    op.create_table("known", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("guarded", sa.Column("id", sa.Integer, primary_key=True))
    if os.environ.get("OLD"):
        op.add_column("guarded", sa.Column("perhaps", sa.Text))
        op.drop_table("known")
""",
        "b": HEADER.format(name="b", before="'a'")
        + """
def upgrade():
    op.create_table("last", sa.Column("id", sa.Integer, primary_key=True))
    op.execute(f"ALTER TABLE last ADD COLUMN {os.environ['NAME']} TEXT")
""",
    }
    tables = {table.name: table for table in model(project(tmp_path, versions, "psycopg2")).tables}
    assert tables["known"].open == ("a condition that run time decides",)
    perhaps = tables["guarded"].column("perhaps")
    assert perhaps is not None and not perhaps.known
    assert tables["last"].open


def test_models_of_today_say_nothing_of_yesterday(tmp_path: Path) -> None:
    text = HEADER.format(name="a", before=None) + (
        "\nfrom sqlalchemy import MetaData\nmetadata = MetaData()\n\n"
        "def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer))\n"
        "    metadata.create_all(bind=op.get_bind())\n"
    )
    (table,) = model(project(tmp_path, {"a": text}, "psycopg2")).tables
    assert table.open == ("what `create_all` makes of the models of today",)


HEADER = """
import os
import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {before}
"""
