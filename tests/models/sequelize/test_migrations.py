"""The tables that migrations leave behind are those that SQLite has after running them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE, facts_of
from verifier.datamodel import Table

HERE = Path(__file__).parent / "migrated"


def real_tables(folder: Path, migrations: str) -> list[dict[str, Any]]:
    """What SQLite has after the migrations."""
    home = NODE / "data"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    target = home / ".apps" / f"migrations-{folder.name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    try:
        shutil.copy(HERE.parent / "migrate.mjs", target / "__migrate__.mjs")
        done = subprocess.run(
            ["node", "--import", "tsx", "__migrate__.mjs", migrations],
            cwd=target,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def read_table(table: Table) -> dict[str, Any]:
    """One table that Buttress reads, in the same form."""
    several = [found for found in table.constraints if len(found.columns) > 1 or found.kind in ("index", "unique")]
    unique = {",".join(found.columns) for found in several if found.unique and found.kind != "primary"}
    unique |= {column.name for column in table.columns if column.unique and not column.primary_key}
    composite = [column.name for column in table.columns if column.primary_key]
    return {
        "table": table.name,
        "columns": sorted([column.name, column.nullable, column.primary_key] for column in table.columns),
        "unique": sorted(unique | ({",".join(composite)} if len(composite) > 1 else set())),
        "plain": sorted(",".join(found.columns) for found in several if found.kind == "index"),
    }


@pytest.mark.parametrize(("project", "folder"), [("cli", "migrations"), ("umzug", "src/migrations")])
def test_tables_are_those_of_the_database(project: str, folder: str) -> None:
    """Columns, keys, what is unique and what has an index."""
    model = facts_of(HERE / project).models
    tables = [table for table in model.tables if table.source == "migration"]
    read = sorted((read_table(table) for table in tables), key=lambda table: str(table["table"]))
    real = real_tables(HERE / project, folder)
    for table in real:
        table["columns"].sort()  # Sequelize rebuilds a table on SQLite, which moves a renamed column to its end
        key = [name for name, _, primary in table["columns"] if primary]
        if len(key) > 1:  # SQLite lists the index of a composite key among the unique ones, or does not
            table["unique"] = sorted({*table["unique"], ",".join(key)})
        elif key:
            table["unique"] = [fields for fields in table["unique"] if fields != key[0]]
    assert read == real
    assert model.unread == ()
    assert all(not table.open for table in tables)
