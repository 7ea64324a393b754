"""Sequelize migrations: each is run on tables that change, in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from verifier.api import (
    BudgetError,
    Class,
    Const,
    Declaration,
    Engine,
    External,
    Frame,
    Function,
    Project,
    Record,
    Schema,
    Scope,
    Unread,
    Value,
    is_test,
    regex,
    syntax,
)

from ._plain import pattern_of
from ._query_interface import QueryInterface
from ._schema import Registry, database_of

FOLDER = regex(r"(?:^|/)[\w-]*migrations?/")
MIGRATES = regex(rb"\bup\b")
USES = regex(rb"\bqueryInterface\b|\bQueryInterface\b|\b(?:createTable|addColumn|removeColumn|sequelize\.query)\(")
STEPS = 40_000


def read_migrations(engine: Engine, project: Project, registry: Registry) -> Iterator[Declaration]:
    """What the migrations of each folder leave behind."""
    folders: dict[str, list[str]] = {}
    for path, source in project.files.items():
        if source.language == "python" or is_test(path) or not FOLDER.search(path):
            continue
        if MIGRATES.search(source.data) and USES.search(source.data):
            folders.setdefault(path.rpartition("/")[0], []).append(path)
    for _, paths in sorted(folders.items()):
        schema = Schema(database_of(project, registry))
        for path in sorted(paths, key=lambda path: path.rpartition("/")[2]):
            yield from migrate(engine, path, schema)
        yield from schema.result("migration", "sequelize")
        yield from schema.unread


def migrate(engine: Engine, path: str, schema: Schema) -> Iterator[Unread]:
    """Run one migration."""
    limit, engine.limit = engine.limit, max(engine.limit, engine.steps + STEPS)
    conditional, engine.conditional = engine.conditional, 0
    try:
        state = engine.table.state(path)
        up = function_of(engine, path)
        if up is None:
            schema.doubts.append(f"a migration of which `up` was not found: {path}")
            yield Unread(engine.project.files[path].span(0, 0), "a migration of which `up` was not found")
            return
        interface = QueryInterface(schema)
        frame = Frame(state, Scope(state.scope))
        given = arguments(up, interface, path)
        engine.table.apart(partial(engine.call, up, given, up.code, frame))
    except (BudgetError, RecursionError):
        schema.doubts.append(f"a migration that runs too long to be followed: {path}")
    finally:
        engine.limit, engine.conditional = max(limit, engine.steps + STEPS), conditional


def function_of(engine: Engine, path: str) -> Function | None:
    """``up`` of a migration, however it is exported."""
    state = engine.table.states[path]
    whole = engine.table.whole(state)
    holders: list[Value] = [whole]
    for name in ("default", "migration"):
        found = engine.table.exported(state, name)
        if found is not None:
            holders.append(engine.force(found))
    direct = engine.table.exported(state, "up")
    if direct is not None and isinstance(engine.force(direct), Function):
        found = engine.force(direct)
        return found if isinstance(found, Function) else None
    for holder in holders:
        up: Value | None = None
        if isinstance(holder, Record):
            up = holder.entries.get("up")
        elif isinstance(holder, Class):
            up = holder.members.get("up")
        if isinstance(up, Function):
            return up
    return None


def arguments(up: Function, interface: QueryInterface, path: str) -> list[Value]:
    """What sequelize-cli or umzug passes: the interface and the library, or an object that holds the interface."""
    first = up.code.parameters[0].target if up.code.parameters else None
    text = up.module.source.data[up.code.start : up.code.end]
    named = isinstance(first, syntax.Name) and re.search(rb"\b" + pattern_of(first.id) + rb"\.context\b", text)
    if isinstance(first, syntax.Mapping) or named:
        return [Record({"context": interface, "name": Const(path.rpartition("/")[2]), "path": Const(path)})]
    return [interface, External("sequelize")]
