"""Buttress's reading of Sequelize models, in the form in which ``dump.mjs`` prints the library's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE, facts_of
from verifier.datamodel import Column, ColumnType, Constraint, DataModel, Entity, Relationship, Table

HERE = Path(__file__).parent
PROJECTS = HERE / "projects"
KINDS = {
    "BelongsTo": "many-to-one",
    "HasOne": "one-to-one",
    "HasMany": "one-to-many",
    "BelongsToMany": "many-to-many",
}

Models = dict[str, dict[str, Any]]


def real_models(folder: Path, entry: tuple[str, str] | None = None) -> Models:
    """What the real Sequelize says of a project, by model. ``entry`` is a file to load, with its text."""
    home = NODE / "data"
    if shutil.which("node") is None or not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    target = home / ".apps" / f"models-{folder.name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    try:
        shutil.copy(HERE / "dump.mjs", target / "__dump__.mjs")
        if entry is not None:
            (target / entry[0]).write_text(entry[1])
        tsx = ["--import", "tsx"] if any(target.rglob("*.ts")) else []
        done = subprocess.run(
            ["node", *tsx, "__dump__.mjs"], cwd=target, capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return by_name(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))


def by_name(lines: Iterable[dict[str, Any]]) -> Models:
    """Each model as comparable rows."""
    found: Models = {}
    for model in lines:
        attributes = {attribute["name"]: attribute for attribute in model["attributes"]}
        found[model["name"]] = {
            "table": model["table"],
            "columns": {name: real_column(given) for name, given in attributes.items() if not is_virtual(given)},
            "virtual": sorted(name for name, given in attributes.items() if is_virtual(given)),
            "associations": {given["as"]: real_association(given) for given in model["associations"]},
            "constraints": model["constraints"],
        }
    return found


def is_virtual(given: Mapping[str, Any]) -> bool:
    return bool(given["type"]["key"] == "VIRTUAL")


def real_column(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "field": given["field"],
        "type": real_type(given["type"]),
        "nullable": given["nullable"],
        "primary": given["primary"],
        "unique": given["unique"],
        "default": given["default"] or given["increments"],
        "references": given["references"],
    }


def real_type(given: Mapping[str, Any]) -> str:
    key: str = given["key"]
    if key in ("STRING", "CHAR"):
        return f"{key}({given['length']})"
    if key == "DECIMAL" and given.get("precision") is not None:
        return f"DECIMAL({given['precision']}, {given.get('scale')})"
    if key == "ENUM":
        return f"ENUM({', '.join(given['values'])})"
    return f"{real_type(given['items'])}[]" if key == "ARRAY" else key


def real_association(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": KINDS[given["kind"]],
        "target": given["target"],
        "key": given["key"],
        "other": given["other"],
        "through": given["through"],
        "accessors": given["accessors"],
    }


def read_models(folder: Path) -> tuple[DataModel, Models]:
    """What Buttress reads of a project."""
    model = facts_of(folder).models
    found = {entity.name: entity_rows(entity) for entity in model.entities if entity.orm == "sequelize"}
    for table in model.tables:
        if table.source == "implied" and table.orm == "sequelize":
            found[table.variable or table.name] = rows(table, table.name)
    return model, found


def entity_rows(entity: Entity) -> dict[str, Any]:
    made = rows(entity, entity.table)
    made["virtual"] = sorted(entity.accepts or ())
    made["associations"] = {found.name: read_association(found) for found in entity.relationships}
    return made


def rows(entity: Entity | Table, table: str | None) -> dict[str, Any]:
    return {
        "table": f"{entity.schema}.{table}" if entity.schema else table,
        "columns": {column.attribute: read_column(column) for column in entity.columns},
        "virtual": [],
        "associations": {},
        "constraints": sorted(read_constraint(found) for found in entity.constraints),
    }


def read_column(column: Column) -> dict[str, Any]:
    reference = next(iter(column.references), None)
    automatic = column.default == "function" and not column.default_text  # a timestamp, which Sequelize sets itself
    points = f"{reference.table}.{reference.column}" if reference else ""
    return {
        "field": column.name,
        "type": read_type(column.type),
        "nullable": column.nullable,
        "primary": column.primary_key,
        "unique": column.unique,
        "default": column.default is not None and not automatic,
        "references": f"{points} {reference.on_delete or 'null'} {reference.on_update or 'null'}"
        if reference
        else None,
    }


def read_type(given: ColumnType) -> str:
    if given.declared in ("STRING", "CHAR"):
        return f"{given.declared}({given.length})"
    if given.declared == "DECIMAL" and given.precision is not None:
        return f"DECIMAL({given.precision}, {given.scale})"
    if given.kind == "enum":
        return f"ENUM({', '.join(given.values)})"
    return f"{read_type(given.items)}[]" if given.kind == "array" and given.items else given.declared


def read_association(found: Relationship) -> dict[str, Any]:
    many = found.direction == "many-to-many"
    key = found.local[0] if found.direction in ("many-to-one", "many-to-many") else found.remote[0]
    return {
        "kind": found.direction,
        "target": found.target,
        "key": key if found.known else None,
        "other": found.local[1] if many else None,
        "through": found.through,
        "accessors": None,
    }


def read_constraint(found: Constraint) -> str:
    return f"{'unique' if found.kind == 'unique' else 'index'} {','.join(found.columns)}"


def differences(real: Models, read: Models, attributes: Mapping[str, Iterable[str]]) -> list[str]:
    """What is not equal, in words. ``attributes`` are the names that rows have, by model."""
    found: list[str] = []
    for name in sorted({*real, *read}):
        one, other = real.get(name), read.get(name)
        if one is None or other is None:
            found.append(f"{name}: {'is no model' if one is None else 'was not read'}")
            continue
        parts = [part for part in ("table", "virtual", "constraints") if one[part] != other[part]]
        found.extend(f"{name}.{part}: is {one[part]}, read {other[part]}" for part in parts)
        for kind in ("columns", "associations"):
            for key in [*one[kind], *(key for key in other[kind] if key not in one[kind])]:
                left, right = one[kind].get(key), other[kind].get(key)
                if left is not None and right is not None and kind == "associations":
                    missing = set(left["accessors"]) - set(attributes.get(name, ()))
                    if missing:
                        found.append(f"{name}.{key}: lacks {sorted(missing)}")
                    left = {**left, "accessors": None}
                if left != right:
                    found.append(f"{name}.{key}: is {left}, read {right}")
    return found


def compare(folder: Path, entry: tuple[str, str] | None = None) -> list[str]:
    """The differences of a project."""
    model, read = read_models(folder)
    names = {entity.name: entity.attributes for entity in model.entities}
    return differences(real_models(folder, entry), read, names)
