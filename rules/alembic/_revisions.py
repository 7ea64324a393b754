"""Runs the migrations of a project in the order of their revisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from verifier.api import (
    BudgetError,
    Databases,
    Declaration,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    Project,
    Scope,
    Sequence,
    Span,
    TableName,
    Value,
    Watcher,
    is_test,
    regex,
    syntax,
    text_of,
)

from ._columns import kind_of_object
from ._operations import RUNNING, Operation, Running, fill

REVISES = regex(rb"^down_revision\b", re.MULTILINE)
NAMES = ("revision", "down_revision", "depends_on", "upgrade")
MAKING = ("create_all", "drop_all", "create", "drop")
MOST_STEPS = 150_000  # of one migration


class Revision(NamedTuple):
    """A migration: its file, its name, and those that come before it."""

    path: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]  # what it merely depends on
    upgrade: Function | None


def read(engine: Engine, project: Project) -> Iterable[Declaration]:
    """The tables that migrations leave behind, each folder of them apart."""
    program = {path: facts for path, facts in engine.table.facts.items() if not is_test(path)}
    databases = Databases(program, project)
    folders: dict[str, list[Revision]] = {}
    for path in sorted(program):
        if path.endswith(".py") and REVISES.search(project.files[path].data):
            found = revision_of(engine, path)
            if found is not None:
                folders.setdefault(path.rpartition("/")[0], []).append(found)
    for revisions in folders.values():
        yield from migrated(engine, revisions, databases)


def migrated(engine: Engine, revisions: list[Revision], databases: Databases) -> Iterator[Declaration]:
    """What the migrations of one folder leave behind."""
    run = Running(databases.only)
    known = {revision.name for revision in revisions}
    store = engine.library_attributes.setdefault(RUNNING, {})
    store["now"] = run
    watcher, engine.watcher = engine.watcher, Making(engine, run)
    try:
        for revision in ordered(revisions):
            span = Span(revision.path, 1)
            missing = [name for name in revision.before if name not in known]
            if missing:
                run.schema.doubt(f"the migration `{missing[0]}`, which is not there", span)
            if revision.upgrade is None:
                run.schema.doubt("what a migration without `upgrade` does", span)
            else:
                apply(engine, revision.upgrade, run, span)
    finally:
        engine.watcher = watcher
        store.pop("now", None)
    yield from run.schema.result("migration")
    yield from run.schema.unread


def apply(engine: Engine, upgrade: Function, run: Running, span: Span) -> None:
    """Run one migration."""
    kept = engine.limit, engine.steps
    engine.limit = engine.steps + MOST_STEPS
    frame = Frame(upgrade.module, Scope(upgrade.scope))
    try:
        engine.table.apart(partial(engine.call, upgrade, [], upgrade.code, frame))
    except (BudgetError, RecursionError):
        run.schema.doubt("a migration that runs too long to be followed", span)
    finally:
        engine.limit, engine.steps = kept  # each migration has a budget of its own


def revision_of(engine: Engine, path: str) -> Revision | None:
    """The revision that a file holds."""
    names = engine.table.state(path).scope.names
    values = {
        key: engine.force(names[key]) for key in ("revision", "down_revision", "depends_on", "upgrade") if key in names
    }
    name = text_of(values.get("revision"))
    if name is None:
        return None
    upgrade = values.get("upgrade")
    return Revision(
        path,
        name,
        tuple(listed(values.get("down_revision"))),
        tuple(listed(values.get("depends_on"))),
        upgrade if isinstance(upgrade, Function) else None,
    )


def listed(value: Value | None) -> Iterator[str]:
    """One revision, or several."""
    for item in value.items if isinstance(value, Sequence) else (value,):
        text = text_of(item)
        if text is not None:
            yield text


def ordered(revisions: list[Revision]) -> list[Revision]:
    """Revisions in an order in which each comes after those that it needs."""
    by_name = {revision.name: revision for revision in revisions}
    found: dict[str, Revision] = {}
    begun: set[str] = set()
    for start in revisions:
        waiting = [start]
        while waiting:
            revision = waiting[-1]
            begun.add(revision.name)
            needed = [by_name[name] for name in (*revision.before, *revision.after) if name in by_name]
            first = next((other for other in needed if other.name not in found and other.name not in begun), None)
            if first is not None:
                waiting.append(first)
            else:
                found.setdefault(revision.name, waiting.pop())
    return list(found.values())


class Making(Watcher):
    """Notes tables that a migration makes by other ways than operations."""

    def __init__(self, engine: Engine, run: Running) -> None:
        self.engine = engine
        self.run = run

    def called(
        self,
        frame: Frame,
        node: syntax.Place,
        callee: Value,
        arguments: list[Value],
        keywords: Mapping[str, Value],
        open_: bool,
    ) -> None:
        if not isinstance(callee, External) or callee.name not in (
            "create_all",
            "drop_all",
            "create",
            "drop",
            "reflect",
        ):
            return
        schema = self.run.schema
        span = self.engine.project.files[frame.module.path].span(node.start, node.end)
        if callee.name in ("create_all", "drop_all"):
            schema.doubt(f"what `{callee.name}` makes of the models of today", span)
            return
        receiver = callee.receiver
        made = receiver.made_by if isinstance(receiver, Instance) else None
        if made is None or receiver is None or kind_of_object(receiver) != "Table":
            return
        name = text_of(made.argument(0))
        if name is None:
            schema.doubt("the name of a table", span)
        elif callee.name == "create":
            operation = Operation(made, schema, None, 0)
            operation.certain = self.engine.conditional == 0
            fill(operation, TableName(name, made.text(None, "schema")), made.arguments[2:], keep=True)
        elif callee.name == "drop" and self.engine.conditional == 0:
            schema.drop(TableName(name, made.text(None, "schema")))
