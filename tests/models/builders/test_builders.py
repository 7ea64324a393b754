"""Migrations of Knex and Kysely, as we read them and as PostgreSQL has the tables after the libraries' statements."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE
from tests.models.sql import test_postgresql as by_postgresql
from verifier.run import postgres
from verifier.session import Options, open_session

HERE = Path(__file__).parent
SCRIPTS = {"knex": ["knex.cjs"], "kysely": ["--import", "tsx", "kysely.mts"]}


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """One server for both."""
    started = postgres.start()
    yield started
    started.stop()


def statements(name: str) -> str:
    """What the library sends."""
    home = NODE / "builders"
    tsx = NODE / "data" / "node_modules" / "tsx" / "dist" / "loader.mjs"
    if shutil.which("node") is None or not (home / "node_modules").is_dir() or not tsx.exists():
        pytest.skip("needs node, and `npm ci` in tests/node/builders and tests/node/data")
    target = home / ".apps" / f"{name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(HERE / name, target)
    try:
        command = [str(tsx) if word == "tsx" else word for word in SCRIPTS[name]]
        shutil.copy(HERE / command[-1], target)
        done = subprocess.run(["node", *command], cwd=target, capture_output=True, text=True, timeout=120, check=False)
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return ";\n".join(json.loads(done.stdout)) + ";"


@pytest.mark.parametrize("name", SCRIPTS)
def test_tables_are_those_of_postgresql(server: postgres.Server, name: str) -> None:
    sent = statements(name)
    by_postgresql.Database(server, "postgres").run(f"CREATE DATABASE {name}")
    database = by_postgresql.Database(server, name)
    database.run(sent, script=True)
    model = open_session(Options(path=HERE / name, cache=False, quiet=True)).facts.models
    assert not model.unread
    tables = list(model.tables)
    assert all(not table.open and table.source == "migration" for table in tables)
    ours = by_postgresql.columns_of(tables)
    rows = json.loads(database.run(by_postgresql.COLUMNS))
    assert {key: found[:3] for key, found in ours.items()} == {
        (schema, table, column): (by_postgresql.kind(declared, of), not required, given or "nextval" in (default or ""))
        for schema, table, _, column, declared, required, _, given, default, of in rows
    }
    given = {
        (schema, table, column)
        for schema, table, _, column, _, _, has, made, default, _ in rows
        if has and not made and "nextval" not in default
    }
    assert {key for key, found in ours.items() if found[3] and not found[2]} == given
    keys = json.loads(database.run(by_postgresql.KEYS))
    primary = {(table, frozenset(columns)) for table, is_primary, columns in keys if is_primary}
    assert by_postgresql.primary_of(tables) == primary
    unique = {(table, frozenset(columns)) for table, is_primary, columns in keys if not is_primary}
    assert by_postgresql.unique_of(tables) == unique
    assert by_postgresql.foreign_of(tables) == {
        (table, column, target, other, by_postgresql.ACTIONS[action])
        for table, column, target, other, action in json.loads(database.run(by_postgresql.FOREIGN))
    }


def test_places() -> None:
    tables = {
        table.name: table
        for table in open_session(Options(path=HERE / "knex", cache=False, quiet=True)).facts.models.tables
    }
    email, views = tables["users"].column("email"), tables["articles"].column("views")
    assert email is not None and views is not None
    assert (email.span.path, email.span.line) == ("migrations/20200101_start.js", 8)
    assert (views.span.path, views.span.line) == ("migrations/20200102_change.js", 4)
