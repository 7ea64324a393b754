"""Migrations that a tool runs as functions: which files hold them, and one run of each on abstract values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from verifier.evaluate.frames import BudgetError, Frame
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.values import Function, Scope, Value
from verifier.model import Project
from verifier.regex import regex

UP = regex(rb"\bup\b")
FOLDER = regex(r"(?:^|/)[\w.-]*migrations?(?:/|$)", re.IGNORECASE)
MOST_STEPS = 150_000  # of one migration


def migration_folders(project: Project, paths: Iterable[str], mentions: re.Pattern[bytes]) -> Iterator[list[str]]:
    """The files of each folder of migrations in JavaScript, in the order of their names."""
    folders: dict[str, list[str]] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        if FOLDER.search(folder) and not name.endswith((".py", ".d.ts")) and UP.search(project.files[path].data):
            folders.setdefault(folder, []).append(path)
    for files in folders.values():
        if any(mentions.search(project.files[path].data) for path in files):
            yield files


def migration_of(engine: Engine, path: str) -> Function | None:
    """The function ``up`` that a file exports."""
    found = engine.table.exported(engine.table.state(path), "up")
    return found if isinstance(found, Function) else None


def run_migration(engine: Engine, up: Function, arguments: list[Value]) -> bool:
    """Run a migration with a budget of its own; whether it came to its end."""
    kept = engine.limit, engine.steps
    engine.limit = engine.steps + MOST_STEPS
    frame = Frame(up.module, Scope(up.scope))
    try:
        engine.table.apart(partial(engine.call, up, arguments, up.code, frame))
    except (BudgetError, RecursionError):
        return False
    finally:
        engine.limit, engine.steps = kept
    return True
