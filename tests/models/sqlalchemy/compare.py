"""Holds what we read of a project's models against what SQLAlchemy makes of them.

By hand, for a project that can be imported:

    python -m tests.models.sqlalchemy.compare ROOT ORACLE.json

where ORACLE.json is what ``oracle.py`` printed in the project's own environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from verifier.datamodel import Column, Constraint, DataModel, Relationship


class Outcome(NamedTuple):
    """Equal and all columns and relationships, with a line for each difference."""

    columns: tuple[int, int]
    relationships: tuple[int, int]
    differences: list[str]


def read(root: Path) -> DataModel:
    """What we read of a project."""
    from verifier.session import Options, open_session

    return open_session(Options(path=root, cache=False, quiet=True)).facts.models


def column_data(column: Column) -> dict[str, Any]:
    """A column in the words of the oracle."""
    return {
        "name": column.name,
        "attribute": column.attribute,
        "type": str(column.type),
        "nullable": column.nullable,
        "primary_key": column.primary_key,
        "unique": column.unique,
        "default": column.default,
        "references": sorted({f"{found.table}.{found.column}" for found in column.references}),
    }


def relationship_data(found: Relationship) -> dict[str, Any]:
    """A relationship in the words of the oracle."""
    return {
        "name": found.name,
        "target": found.target,
        "many": found.many,
        "direction": found.direction,
        "through": found.through,
        "lazy": found.lazy,
        "reverse": found.reverse,
    }


def differing(ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None) -> str:
    """How two descriptions differ; empty where they do not."""
    if ours is None or theirs is None:
        return "" if ours is theirs else f"not read ({theirs})" if ours is None else f"not there ({ours})"
    return ", ".join(f"{key}: {ours[key]!r} for {theirs[key]!r}" for key in theirs if ours[key] != theirs[key])


def indexes_of(columns: Iterable[Column], constraints: Iterable[Constraint]) -> list[list[str]]:
    """The indexes of a table in the words of the oracle."""
    found: set[tuple[tuple[str, ...], bool]] = {((c.name,), c.unique) for c in columns if c.indexed}
    found |= {(index.columns, index.unique) for index in constraints if index.kind == "index"}
    return sorted([*names, "unique"] if unique else list(names) for names, unique in found)


def uniques_of(columns: Iterable[Column], constraints: Iterable[Constraint]) -> list[list[str]]:
    """The unique constraints of a table in the words of the oracle."""
    found: set[tuple[str, ...]] = {(column.name,) for column in columns if column.unique and not column.indexed}
    found |= {tuple(sorted(unique.columns)) for unique in constraints if unique.kind == "unique"}
    return sorted(list(names) for names in found)


def compare(model: DataModel, oracle: Mapping[str, Any], folder: str = "") -> Outcome:
    """Compare all mappers and tables that the oracle knows of the project."""
    entities = {(entity.span.path, entity.name): entity for entity in model.entities if entity.orm == "sqlalchemy"}
    differences: list[str] = []
    equal, total, linked, links = 0, 0, 0, 0
    for mapper in oracle["mappers"]:
        path = f"{folder}{mapper['path']}"
        if path.startswith(".."):
            continue
        place = f"{path}:{mapper['name']}"
        entity = entities.pop((path, mapper["name"]), None)
        if entity is None:
            differences.append(f"{place}: the class was not read")
        else:
            if mapper["table"] is not None and entity.table != mapper["table"]:
                differences.append(f"{place}: table {entity.table!r} for {mapper['table']!r}")
            if entity.inheritance != mapper["inheritance"]:
                differences.append(f"{place}: inheritance {entity.inheritance!r} for {mapper['inheritance']!r}")
        ours = {c.attribute: column_data(c) for c in entity.columns} if entity is not None else {}
        theirs = {found["attribute"]: found for found in mapper["columns"]}
        for name in sorted(ours.keys() | theirs.keys()):
            text = differing(ours.get(name), theirs.get(name))
            total += 1
            equal += not text
            if text:
                differences.append(f"{place}.{name}: {text}")
        own = {found.name: relationship_data(found) for found in entity.relationships} if entity is not None else {}
        others = {found["name"]: found for found in mapper["relationships"]}
        for name in sorted(own.keys() | others.keys()):
            text = differing(own.get(name), others.get(name))
            links += 1
            linked += not text
            if text:
                differences.append(f"{place}.{name}: {text}")
    differences.extend(f"{path}:{name}: not mapped" for path, name in entities if path.startswith(folder))
    for name, table in oracle["tables"].items():
        owner = next((e for e in model.entities if own_name(e) == name and e.inheritance != "single"), None)
        core = next((t for t in model.tables if own_name(t) == name and t.source == "library"), None)
        found = core or owner
        if found is None:
            differences.append(f"table {name}: not read")
            continue
        columns = list(core.columns) if core is not None else columns_of(model, name)
        if core is not None:
            ours = {c.name: {**column_data(c), "attribute": ""} for c in core.columns}
            theirs = {c["name"]: {**c, "attribute": ""} for c in table["columns"]}
            for column in sorted(ours.keys() | theirs.keys()):
                text = differing(ours.get(column), theirs.get(column))
                total += 1
                equal += not text
                if text:
                    differences.append(f"table {name}.{column}: {text}")
        for kind, read_of in (("indexes", indexes_of), ("uniques", uniques_of)):
            mine = read_of(columns, found.constraints)
            if mine != [list(one) for one in table[kind]]:
                differences.append(f"table {name}: {kind} {mine} for {table[kind]}")
    return Outcome((equal, total), (linked, links), differences)


def columns_of(model: DataModel, name: str) -> list[Column]:
    """The columns of a table, of all classes that share it; those that it inherits from another table left out."""
    found: dict[str, Column] = {}
    for entity in model.entities:
        if own_name(entity) == name:
            for column in entity.columns:
                if entity.own is None or column.attribute in entity.own:
                    found.setdefault(column.name, column)
    return list(found.values())


def own_name(found: Any) -> str | None:
    """A table's name with its schema."""
    name = found.table if hasattr(found, "table") else found.name
    return f"{found.schema}.{name}" if found.schema else name


if __name__ == "__main__":
    outcome = compare(read(Path(sys.argv[1])), json.loads(Path(sys.argv[2]).read_text()), *sys.argv[3:])
    for line in outcome.differences:
        print(line)
    print(
        f"columns {outcome.columns[0]}/{outcome.columns[1]}, relationships", "/".join(map(str, outcome.relationships))
    )
