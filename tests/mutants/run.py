"""Run mutants: ``python -m tests.mutants.run [--app NAME] [--only NAME] [--newman FOLDER --collection FILE] ...``

Each is applied to a copy of its backend, which ``buttress test`` then runs; newman may run the API's public
collection against it too. What came of it goes to a file of results, where that of other mutants stays. Backends as
they are run too, under their own names: a mutant counts only where they pass.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from tests.mutants.catalogue import DATABASES, MUTANTS, DatabaseKind, Mutant
from tests.mutants.newman import run_newman
from tests.mutants.operators import OPERATORS
from tests.mutants.outcome import Newman, Outcome, Run, read_run
from tests.mutants.source import Project

ROOT = Path(__file__).parent.parent.parent
APPS = ROOT / "fixtures" / "apps"
RESULTS = Path(__file__).parent / "results.json"
NAMES = ("flask", "fastapi", "aiohttp", "django", "django-orm", "express", "fastify", "hono", "koa")
UNDELIVERED = shutil.ignore_patterns("node_modules", "__pycache__", "*.db", "*.db-*", ".venv")


def changes(mutant: Mutant) -> dict[str, bytes | None]:
    """The files that a mutant changes; None for one that it drops.

    Raises:
        PlaceError: its place is not there, or is not the only one.
    """
    project = Project(APPS / mutant.app)
    OPERATORS[mutant.operator].seed(project, **mutant.arguments)
    return project.changed()


def applied(app: str, mutant: Mutant | None, folder: Path) -> Path:
    """A copy of a backend, with a defect."""
    place = folder / app
    shutil.copytree(APPS / app, place, ignore=UNDELIVERED)
    for path, data in (changes(mutant) if mutant is not None else {}).items():
        if data is None:
            (place / path).unlink()
        else:
            (place / path).write_bytes(data)
    return place


def run_suite(place: Path, database: DatabaseKind, profile: str, cache: Path, record: Path) -> Run:
    """Run the suite against a backend, as the command does it."""
    command = [sys.executable, ROOT / "cli.py", "test", place, "-o", record, "--cache-dir", cache]
    command += ["--database", database, "--profile", profile]
    if profile == "postman":
        command += ["--env", "LIST_BODIES=true"]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if not record.exists():
        raise RuntimeError(f"no record of {place}: {ran.stderr.strip()[-500:]}")
    return read_run(record)


def run_one(app: str, mutant: Mutant | None, asked: argparse.Namespace) -> Outcome:
    """All runs of a mutant, or of a backend as it is."""
    runs: dict[DatabaseKind, Run] = {}
    newman: Newman | None = None
    profile = mutant.profile if mutant is not None else "openapi"
    with tempfile.TemporaryDirectory(prefix="mutant-") as scratch:
        place = applied(app, mutant, Path(scratch))
        for database in asked.database:
            record = Path(scratch) / database / "record.json"
            runs[database] = run_suite(place, database, profile, asked.cache, record)
            if asked.keep is not None:
                kept = asked.keep / (mutant.name if mutant is not None else app) / database
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(record.parent, kept)
        if asked.newman is not None:
            sqlite = runs.get("sqlite")
            starts = sqlite is None or sqlite.phase in (None, "suite")
            if starts:
                newman = run_newman(place, asked.newman, asked.collection, asked.cache)
            else:
                newman = Newman(started=False, passed=0)
    return Outcome(mutant.name if mutant is not None else app, runs, newman)


def told(outcome: Outcome, mutant: Mutant | None) -> str:
    """A line about what came of it."""
    parts = [f"{outcome.name:32}"]
    for database, run in outcome.runs.items():
        symptom = mutant.expects.get(database) if mutant is not None else None
        right = run.shows(symptom) if symptom is not None else not run.killed
        place = f"{run.operation} {run.status}" if run.phase == "suite" else run.phase or "passed"
        parts.append(f"{database}: {place}{'' if right else ' (NOT AS EXPECTED)'}")
    if outcome.newman is not None:
        parts.append(f"newman: {outcome.newman.passed}")
    return "  ".join(parts)


def read_results(path: Path) -> dict[str, Outcome]:
    """What is known already."""
    if not path.exists():
        return {}
    return {one.name: one for one in msgspec.json.decode(path.read_bytes(), type=list[Outcome])}


def write_results(path: Path, results: dict[str, Outcome]) -> None:
    """Keep what is known, in the order of the catalogue."""
    order = {name: number for number, name in enumerate([*NAMES, *(mutant.name for mutant in MUTANTS)])}
    kept = sorted((one for one in results.values() if one.name in order), key=lambda one: order[one.name])
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def merged(before: Outcome | None, now: Outcome) -> Outcome:
    """What is known of a mutant after some of its runs were made anew."""
    if before is None:
        return now
    return Outcome(now.name, {**before.runs, **now.runs}, now.newman or before.newman)


def arguments(given: list[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.run", description=__doc__.splitlines()[0])
    parser.add_argument("--app", action="append", choices=NAMES, help="only mutants of this backend")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this mutant, or this backend as it is")
    parser.add_argument("--database", action="append", choices=DATABASES, help="only on this database")
    parser.add_argument("--newman", type=Path, metavar="FOLDER", help="where newman is installed")
    parser.add_argument("--collection", type=Path, metavar="FILE", help="the public collection")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "buttress-mutants")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep records and logs there")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS)
    parser.add_argument("-j", "--jobs", type=int, default=2, help="how many run at once")
    asked = parser.parse_args(given)
    if (asked.newman is None) != (asked.collection is None):
        parser.error("--newman and --collection need each other")
    asked.database = asked.database or list(DATABASES)
    known = {*NAMES, *(mutant.name for mutant in MUTANTS)}
    for name in asked.only or ():
        if name not in known:
            parser.error(f"there is no mutant {name}")
    return asked


def main(given: list[str] | None = None) -> int:
    """Run what was asked for. The exit status says whether all was as the catalogue expects."""
    asked = arguments(given)
    work: list[tuple[str, Mutant | None]] = [(name, None) for name in NAMES]
    work += [(mutant.app, mutant) for mutant in MUTANTS]
    if asked.only:
        work = [(app, one) for app, one in work if (one.name if one is not None else app) in asked.only]
    if asked.app:
        work = [(app, one) for app, one in work if app in asked.app]
    results = read_results(asked.output)
    lock = threading.Lock()
    wrong: list[str] = []

    def do(task: tuple[str, Mutant | None]) -> None:
        app, mutant = task
        try:
            outcome = run_one(app, mutant, asked)
        except Exception as error:
            with lock:
                wrong.append(mutant.name if mutant is not None else app)
                print(f"{mutant.name if mutant is not None else app}: {error}", file=sys.stderr, flush=True)
            return
        with lock:
            line = told(outcome, mutant)
            if "NOT AS EXPECTED" in line:
                wrong.append(outcome.name)
            print(line, flush=True)
            results[outcome.name] = merged(results.get(outcome.name), outcome)
            write_results(asked.output, results)

    with ThreadPoolExecutor(asked.jobs) as pool:
        list(pool.map(do, work))
    print(f"{len(work) - len(wrong)} of {len(work)} are as expected.")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
