"""A made-up tree of results: ``python -m tests.batch.tree N FOLDER``.

The reference backends are the patches, mutants the broken ones, with the reports and logs of their real runs
(tests/classify/records.xz). Some patches are empty or broken, some parts are missing. Which run gets what depends on
its number alone. The more constraints a task sets, the more of its runs fail.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import count, product
from pathlib import Path
from typing import NamedTuple

from tests.batch.reports import newman_csv
from tests.mutants.catalogue import MUTANTS, DatabaseKind, Mutant
from tests.mutants.records import Kept, kept_records
from tests.mutants.run import APPS, UNDELIVERED, changes

PYTHON = ("flask", "fastapi", "aiohttp", "django")
NODE = ("express", "koa", "hono", "fastify")
FRAMEWORKS = tuple(name for pair in zip(PYTHON, NODE, strict=True) for name in pair)
CONFIGURATIONS = (("small_steps", "alder-2"), ("small_steps", "birch-7b"), ("open_palms", "alder-2"))
STRENGTH = {"alder-2": 0.9, "birch-7b": 0.65}
HARD = {"django": 0.15, "fastapi": 0.1, "fastify": 0.2}
COSTS = {"clean_architecture": 0.08, "postgres": 0.15, "sqlite": 0.1, "sqlalchemy": 0.03, "sequelize": 0.03}
POSTGRES = "export DATABASE_URL=postgresql://user:password@postgres:5432/conduit\n"
DATE = "2026-03-01"
BROKEN = (
    b"diff --git a/app.py b/app.py\n--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,4 @@\n context that is not there\n+x = 1\n"
)


class Made(NamedTuple):
    """A run: its folder below the tree, and its files."""

    folder: str
    files: dict[str, bytes]


def tasks(framework: str) -> Iterator[tuple[str, ...]]:
    """The constraints of a framework's ten tasks, as the benchmark combines them; each level is among the first."""
    mapper = "sqlalchemy" if framework in PYTHON else "sequelize"
    layers = "clean_architecture"
    yield from ((), (layers,))
    for database in ("postgres", "sqlite"):
        yield from ((layers, database), (layers, database, mapper), (database,), (database, mapper))


def runs(
    number: int,
    frameworks: Sequence[str] = FRAMEWORKS,
    configurations: Sequence[tuple[str, str]] = CONFIGURATIONS,
) -> Iterator[Made]:
    """The first runs of an endless tree: all tasks of all frameworks by all configurations, again and again."""
    every = zip(*map(tasks, frameworks), strict=True)
    asked = [(name, words) for each in every for name, words in zip(frameworks, each, strict=True)]
    made = 0
    for run in count():
        for (framework, words), (agent, model) in product(asked, configurations):
            if made == number:
                return
            yield one_run(framework, words, agent, model, run)
            made += 1


def one_run(framework: str, words: tuple[str, ...], agent: str, model: str, run: int) -> Made:
    """A run of a task."""
    runtime = "uv" if framework in PYTHON else "node"
    task = f"{framework}-openapi-{'-'.join(words) or 'unconstrained'}"
    folder = f"{runtime}/{agent}/{model}/{task}/{DATE}/run_{run}"
    chance = random.Random(folder)
    database: DatabaseKind = "postgres" if "postgres" in words else "sqlite"
    chances = STRENGTH[model] - HARD.get(framework, 0) - sum(COSTS[word] for word in words)
    name, patch = framework, patch_of(framework, None, database)
    succeeds = chance.random() <= chances
    kind = chance.random()
    if not succeeds and kind >= 0.1:
        name = chance.choice(seeded(framework, database)).name
        patch = patch_of(framework, name, database)
    elif not succeeds:
        name = "flask-no-run-script"  # nothing started: that looks the same anywhere
        patch = b"" if kind < 0.06 else BROKEN
    kept = records()[name, database]
    files = {
        f"{agent}-{task}.patch": patch,
        f"newman-run-report-{DATE}.csv": newman_csv(kept.record).encode(),
        "conduit.log": kept.logs.get("server", b"./run.sh: not found\n" if not succeeds else b""),
        "setup.log": kept.logs.get("install", b""),
    }
    if not succeeds and chance.random() < 0.08:
        del files[chance.choice([name for name in files if not name.endswith(".patch")])]
    return Made(folder, files)


@cache
def seeded(framework: str, database: DatabaseKind) -> tuple[Mutant, ...]:
    """The mutants of a backend that fail on a database."""
    return tuple(one for one in MUTANTS if one.app == framework and one.counts and database in one.expects)


@cache
def records() -> dict[tuple[str, DatabaseKind], Kept]:
    """What running the backends and the mutants showed."""
    return {(kept.name, kept.database): kept for kept in kept_records()}


@cache
def patch_of(app: str, name: str | None, database: DatabaseKind) -> bytes:
    """A backend as one patch, with a defect or without, on the database that its task wants."""
    mutant = next((one for one in MUTANTS if one.name == name), None)
    changed = changes(mutant) if mutant is not None else {}
    left_out = UNDELIVERED
    parts: list[bytes] = []
    for path in sorted((APPS / app).rglob("*")):
        relative = path.relative_to(APPS / app)
        hidden = any(left_out(".", list(relative.parts)))
        if not path.is_file() or hidden or path.name == "package-lock.json":
            continue
        data = changed.get(relative.as_posix(), path.read_bytes())
        if data is not None:
            if path.name == "run.sh" and database == "postgres":
                data = data.replace(b"exec ", POSTGRES.encode() + b"exec ", 1)
            parts.append(added(relative.as_posix(), data))
    return b"".join(parts)


def added(path: str, data: bytes) -> bytes:
    """A file, as a patch adds it."""
    mode = b"100755" if path.endswith(".sh") else b"100644"
    name = path.encode()
    head = b"diff --git a/" + name + b" b/" + name + b"\nnew file mode " + mode + b"\n"
    if not data:
        return head
    lines = data.splitlines(keepends=True)
    body = b"".join(b"+" + line for line in lines)
    if not data.endswith(b"\n"):
        body += b"\n\\ No newline at end of file\n"
    return head + b"--- /dev/null\n+++ b/" + name + b"\n@@ -0,0 +1," + str(len(lines)).encode() + b" @@\n" + body


def write(made_up: Iterable[Made], root: Path) -> None:
    """Write a tree."""
    for made in made_up:
        folder = root / made.folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in made.files.items():
            (folder / name).write_bytes(data)


def main() -> None:
    """Write the tree that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.batch.tree", description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="how many runs")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--framework", action="append", choices=FRAMEWORKS, help="only tasks with this framework")
    parser.add_argument("--model", action="append", help="only runs by this model")
    asked = parser.parse_args()
    chosen = [pair for pair in CONFIGURATIONS if not asked.model or pair[1] in asked.model]
    write(runs(asked.number, asked.framework or FRAMEWORKS, chosen), asked.folder)


if __name__ == "__main__":
    main()
