"""Tables of Drizzle, as we read them and as Drizzle itself describes them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE
from verifier.datamodel import Entity
from verifier.session import Options, open_session

HERE = Path(__file__).parent
PACKAGES = {"postgresql": "pg", "sqlite": "sqlite", "mysql": "mysql"}
DESCRIBE = """
import { is } from 'drizzle-orm';
import * as core from 'drizzle-orm/%s-core';
import * as schema from './schema.ts';
const table = { pg: core.PgTable, sqlite: core.SQLiteTable, mysql: core.MySqlTable }['%s'];
for (const [key, value] of Object.entries(schema)) {
  if (!is(value, table)) continue;
  const config = core.getTableConfig(value);
  const keys = config.foreignKeys.map((key) => {
    const to = key.reference();
    const other = core.getTableConfig(to.foreignTable);
    return [to.columns.map((c) => c.name), other.schema ? other.schema + '.' + other.name : other.name,
      to.foreignColumns.map((c) => c.name), key.onDelete ?? null];
  });
  console.log(JSON.stringify({
    key, name: config.name, schema: config.schema ?? null,
    columns: config.columns.map((c) => [c.name, c.getSQLType(), c.notNull, c.primary,
      c.hasDefault || c.generated !== undefined || c.generatedIdentity !== undefined, c.isUnique]),
    keys, primary: config.primaryKeys.map((key) => key.columns.map((c) => c.name)),
    unique: config.uniqueConstraints.map((u) => u.columns.map((c) => c.name)),
    indexes: config.indexes.map((i) => [i.config.unique, Boolean(i.config.where),
      i.config.columns.map((c) => c.name ?? '(expression)')]),
  }));
}
"""


def described(name: str) -> list[Any]:
    """What Drizzle says."""
    home = NODE / "data"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    target = home / ".apps" / f"drizzle-{name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    try:
        shutil.copy(HERE / f"{name}.ts", target / "schema.ts")
        (target / "describe.mts").write_text(DESCRIBE % (PACKAGES[name], PACKAGES[name]))
        done = subprocess.run(
            ["node", "--import", "tsx", "describe.mts"],
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


def read(name: str, folder: Path) -> dict[str, Entity]:
    """What we read."""
    shutil.copy(HERE / f"{name}.ts", folder / "schema.ts")
    (folder / "package.json").write_text('{"dependencies": {"drizzle-orm": "^0.44"}}')
    model = open_session(Options(path=folder, cache=False, quiet=True)).facts.models
    assert not model.unread
    return {entity.name: entity for entity in model.entities}


def ours(entity: Entity) -> dict[str, Any]:
    """An entity in Drizzle's words."""
    alone = {key.columns[0]: key.references for key in entity.constraints if key.kind == "foreign"}
    keys = [
        [[column.name], at.table, [at.column], (at.on_delete or "NO ACTION").lower()]
        for column in entity.columns
        for at in (*column.references, *alone.get(column.name, ()))
    ]
    primary = [list(key.columns) for key in entity.constraints if key.kind == "primary"]
    unique = {tuple(key.columns) for key in entity.constraints if key.unique and not key.condition}
    unique |= {(column.name,) for column in entity.columns if column.unique}
    return {
        "name": entity.table,
        "schema": entity.schema,
        "columns": [
            (column.name, not column.nullable, column.primary_key, column.default is not None)
            for column in entity.columns
        ],
        "keys": sorted(keys, key=str),
        "primary": primary,
        "unique": unique,
    }


def theirs(found: Any) -> dict[str, Any]:
    """Drizzle's description in the same form."""
    inside = {name for key in found["primary"] for name in key}
    unique = {tuple(columns) for columns in found["unique"]}
    unique |= {(name,) for name, _, _, _, _, is_unique in found["columns"] if is_unique}
    unique |= {
        tuple(columns)
        for is_unique, where, columns in found["indexes"]
        if is_unique and not where and None not in columns
    }
    counted = {name for name, type_, _, primary, _, _ in found["columns"] if primary and type_ == "integer"}
    sqlite = any(type_ == "blob" for _, type_, *_ in found["columns"]) or found["name"] == "tags"
    return {
        "name": found["name"],
        "schema": found["schema"],
        "columns": [
            (
                name,
                required or name in inside,
                primary or name in inside,
                default or (sqlite and name in counted),
            )
            for name, _, required, primary, default, _ in found["columns"]
        ],
        "keys": sorted(
            ([own, table, other, on_delete or "no action"] for own, table, other, on_delete in found["keys"]), key=str
        ),
        "primary": found["primary"],
        "unique": unique,
    }


@pytest.mark.parametrize("name", PACKAGES)
def test_tables_are_those_of_drizzle(name: str, tmp_path: Path) -> None:
    real = described(name)
    entities = read(name, tmp_path)
    assert sorted(entities) == sorted(found["key"] for found in real)
    for found in real:
        assert not entities[found["key"]].open
        assert ours(entities[found["key"]]) == theirs(found)


def test_types_and_relations(tmp_path: Path) -> None:
    entities = read("postgresql", tmp_path)
    types = {column.name: str(column.type) for column in entities["articles"].columns}
    assert types["slug"] == "VARCHAR(20)"
    assert types["price"] == "NUMERIC(10, 2)"
    assert types["tags"] == "TEXT[]"
    assert types["search"] == "TSVECTOR"
    mood = entities["users"].column("mood")
    assert mood is not None
    assert mood.type.values == ("good", "bad")
    created = entities["users"].column("created_at")
    assert created is not None
    assert created.type.timezone
    assert created.attribute == "createdAt"
    articles, manager = entities["users"].relationships
    assert (articles.name, articles.target, articles.many) == ("articles", "articles", True)
    assert (manager.target, manager.local, manager.remote) == ("users", ("manager_id",), ("id",))


def test_names_in_small_letters_where_the_connection_says_so(tmp_path: Path) -> None:
    (tmp_path / "db.ts").write_text(
        "import { drizzle } from 'drizzle-orm/node-postgres';\nexport const db = drizzle({ casing: 'snake_case' });\n"
    )
    (tmp_path / "tables.ts").write_text(
        "import { pgTable, text } from 'drizzle-orm/pg-core';\n"
        "export const t = pgTable('t', { firstName: text(), lastURL: text('URL') });\n"
    )
    (entity,) = open_session(Options(path=tmp_path, cache=False, quiet=True)).facts.models.entities
    assert [column.name for column in entity.columns] == ["first_name", "URL"]
