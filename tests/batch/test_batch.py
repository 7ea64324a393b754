"""Many runs into a store: what is kept of them, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from msgspec.structs import replace

from tests.batch.example import PAGE, SHOWN, commands, ran, shown
from tests.batch.looks import odd
from tests.batch.tree import CONFIGURATIONS, Made, added, runs, write
from tests.conftest import Buttress
from tests.mutants.records import kept_records
from tests.test_schema import schema
from verifier.batch.examine import examine
from verifier.batch.local import RUNS_A_WORKER, work_through
from verifier.batch.nouns import Settings, Work
from verifier.batch.store import OF_RUNS, TABLES, columns_of
from verifier.run.record import Database

ROOT = Path(__file__).parent.parent.parent
CONTRACT = ROOT / "fixtures" / "apps" / "openapi.yml"
NUMBER = 12
APP = added("main.py", b"from fastapi import FastAPI\n\napp = FastAPI()\n")


def small_tree() -> Iterator[Made]:
    """The tree of the example: tasks of all levels on two frameworks, by one configuration."""
    return runs(NUMBER, ("flask", "express"), CONFIGURATIONS[1:2])


def command(source: Path, store: Path, *options: str | Path) -> list[str]:
    given = [sys.executable, ROOT / "cli.py", "batch", source, "--store", store, "--contract", CONTRACT, *options]
    return [str(word) for word in given]


def batch(source: Path, store: Path, *options: str | Path) -> dict[str, Any]:
    """Run a batch to its end, and give its summary."""
    done = subprocess.run(
        command(source, store, "--format", "json", *options), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    schema("batch").validate(found)
    return found


def ask(store: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store), read_only=True) as connection:
        return connection.execute(query).fetchall()


def content(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a store holds, without how long it took."""
    found = {}
    for name, row in TABLES.items():
        columns = ", ".join(f'"{column}"' for column in columns_of(row) if column != "seconds")
        found[name] = ask(store, f"SELECT {columns} FROM {name} ORDER BY ALL")
    return found


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the example of docs/studying.md ran."""
    folder = tmp_path_factory.mktemp("example")
    for words in commands():
        ran(words, folder)
    return folder


@pytest.fixture
def tree(example: Path) -> Path:
    return example / "results"


@pytest.fixture
def store(example: Path) -> Path:
    """The tree, in a store."""
    return example / "runs.duckdb"


def test_the_example_shows_what_is_printed(example: Path) -> None:
    text = PAGE.read_text("utf-8")
    assert SHOWN.findall(text) == [shown(example)], "run `python -m tests.batch.example`"
    assert (example / "study.html").read_text("utf-8").startswith("<!doctype html>")
    (query,) = (part.partition("```")[0] for part in text.split("```sql\n")[1:])
    rows = ask(example / "runs.duckdb", query)
    assert rows and all(len(row) == 3 for row in rows)
    for line in text.partition("```json\n")[2].partition("```")[0].splitlines():
        schema("manifest").validate(json.loads(line))


def test_each_run_is_there_with_all_its_rows(store: Path) -> None:
    assert ask(store, "SELECT count(*), count(DISTINCT run), count(DISTINCT task) FROM runs") == [
        (NUMBER, NUMBER, NUMBER)
    ]
    assert ask(store, "SELECT DISTINCT level, len(constraints) FROM runs ORDER BY 1") == [(n, n) for n in range(4)]
    for name in OF_RUNS:
        assert ask(store, f"SELECT count(*) FROM {name} WHERE run NOT IN (SELECT run FROM runs)") == [(0,)]
    sums = "SELECT sum(checks), sum(passed) FROM"
    assert ask(store, f"{sums} requests") == ask(store, f"{sums} runs")
    # A clean backend keeps its constraints and passes; a broken one does not.
    assert ask(store, "SELECT count(*) FROM runs WHERE succeeded AND (findings > 0 OR len(broken) > 0)") == [(0,)]
    ((failed, found),) = ask(store, "SELECT count(*), count(*) FILTER (findings > 0) FROM runs WHERE NOT succeeded")
    assert failed >= 3 and found >= failed / 2
    assert ask(store, "SELECT count(*) FROM requests WHERE endpoint IS NOT NULL")[0][0] > 500


def test_findings_are_those_of_a_check(store: Path, tree: Path, buttress: Buttress) -> None:
    ((run, task),) = ask(store, "SELECT run, task FROM runs WHERE findings > 0 ORDER BY run LIMIT 1")
    patch = next((tree / run).glob("*.patch"))
    ran = buttress("check", "--patch", patch, "--task", task, "--contract", CONTRACT, "--format", "json")
    wanted = json.loads(ran.out)
    rows = ask(store, f"SELECT rule, path, line, message, fingerprint FROM findings WHERE run = '{run}'")
    keys = ("rule", "path", "line", "message", "fingerprint")
    assert sorted(rows) == sorted(tuple(one[key] for key in keys) for one in wanted["findings"])
    clauses = ask(store, f"SELECT \"of\", clause, compliant FROM clauses WHERE run = '{run}'")
    assert sorted(clauses) == sorted((v["constraint"], v["clause"], v["compliant"]) for v in wanted["constraints"])


def test_causes_are_those_of_classify(store: Path, tree: Path, buttress: Buttress) -> None:
    assert ask(store, "SELECT count(*) FROM runs WHERE (succeeded IS FALSE) <> (defect IS NOT NULL)") == [(0,)]
    runs = ask(
        store, "SELECT run, task, framework, paper_label, defect FROM runs WHERE succeeded IS FALSE ORDER BY run"
    )
    for run, task, framework, label, defect in runs[:3]:
        folder = tree / run
        parts = [("--patch", "*.patch"), ("--newman", "*.csv"), ("--log", "conduit.log"), ("--log", "setup.log")]
        given = [word for option, name in parts for found in folder.glob(name) for word in (option, found)]
        options = ("--task", task, "--framework", framework, "--contract", CONTRACT, "--format", "json")
        found = json.loads(buttress("classify", *given, *options).out)
        assert (found["paper_label"], found["defect"]) == (label, defect)
    rows = ask(store, "SELECT run, list(rank ORDER BY rank) FROM causes GROUP BY run")
    assert all(ranks == list(range(len(ranks))) for _, ranks in rows)


def test_what_is_done_is_not_done_again(store: Path, tree: Path, tmp_path: Path) -> None:
    own = tmp_path / "runs.duckdb"
    shutil.copy(store, own)
    found = batch(tree, own)
    assert (found["done"], found["known"]) == (0, NUMBER)
    assert content(own) == content(store)
    # Elsewhere, with one log changed: only that run is done.
    moved = tmp_path / "moved"
    write(small_tree(), moved)
    log = next(moved.rglob("conduit.log"))
    log.write_bytes(log.read_bytes() + b"\nand more\n")
    found = batch(moved, own)
    assert (found["done"], found["known"]) == (1, NUMBER - 1)


def test_killed_and_resumed(store: Path, tree: Path, tmp_path: Path) -> None:
    """SIGKILL once some runs are written: they stay, the others are done, and all is as if nothing had happened."""
    path = tmp_path / "runs.duckdb"
    log = path.with_name("runs.duckdb.wal")
    with subprocess.Popen(command(tree, path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        tables = written = 0
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            size = log.stat().st_size if log.exists() else 0
            tables, written = tables or size, size
            if tables and written > 2 * tables:
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    rows = ask(path, "SELECT run, requests FROM runs")
    assert 0 < len(rows) < NUMBER
    counted = dict(ask(path, "SELECT run, count(*) FROM requests GROUP BY run"))
    assert all(counted.get(run, 0) == (requests or 0) for run, requests in rows), "no half of a run"
    found = batch(tree, path)
    assert (found["known"], found["done"]) == (len(rows), NUMBER - len(rows))
    assert content(path) == content(store)


def test_a_run_that_hangs_or_dies_ends_no_other() -> None:
    names = ["one", "sleeps", "two", "dies", "three", "raises", "four"]
    asked = [(Work(run=name, source="tree"), None) for name in names]
    found = {work.run: outcome for work, outcome in work_through(asked, Settings(timeout=3), 2, odd)}
    errors = {run: outcome.row.error or "" for run, outcome in found.items() if outcome is not None}
    assert set(errors) == set(names)
    assert errors["sleeps"] == "It took longer than 3 seconds."
    assert errors["dies"].startswith("Its worker ended:")
    assert errors["raises"].startswith("Its worker ended: ValueError: no reason")
    assert all(errors[name].isdecimal() for name in ("one", "two", "three", "four"))


def test_workers_are_recycled() -> None:
    asked = [(Work(run=str(number), source="tree"), None) for number in range(RUNS_A_WORKER + 5)]
    workers = [outcome.row.error for _, outcome in work_through(asked, Settings(), 1, odd) if outcome is not None]
    assert len(workers) == RUNS_A_WORKER + 5
    assert len(set(workers)) == 2


# Manifests


def manifest(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "runs.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    for line in lines:
        if isinstance(line, dict):
            schema("manifest").validate(line)
    return path


def test_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a.patch").write_bytes(APP)
    project = tmp_path / "runs" / "project"
    project.mkdir()
    (project / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    (project / "buttress.toml").write_text('ignore = ["all"]\n')  # its author does not say how it is measured
    made = next(one for one in small_tree() if not one.folder.endswith("none"))
    report = next(data for name, data in made.files.items() if name.endswith(".csv"))
    (tmp_path / "runs" / "report.csv").write_bytes(report)
    path = manifest(
        tmp_path,
        {"run": "first", "patch": "runs/a.patch", "newman": "runs/report.csv", "task": "fastapi-openapi-unconstrained",
         "model": "oak", "agent": "hand", "labels": {"temperature": "0.7", "prompt": "short"}},
        {"project": "runs/project", "task": "fastapi-openapi-clean_architecture", "model": "oak"},
        {"run": "results alone", "newman": "runs/report.csv"},
    )  # fmt: skip
    store = tmp_path / "runs.duckdb"
    found = batch(path, store, "--jobs", "1")
    assert (found["done"], found["errors"]) == (3, 0)
    rows = {row[0]: row[1:] for row in ask(store, "SELECT run, level, files, results, compliant, error FROM runs")}
    assert rows["first"] == (0, 1, "report", True, None)
    assert rows["oak/fastapi-openapi-clean_architecture/line 2"][:2] == (1, 1)
    assert rows["oak/fastapi-openapi-clean_architecture/line 2"][3] is False
    assert rows["results alone"] == (None, None, "report", None, None)
    assert ask(store, "SELECT * FROM labels ORDER BY ALL") == [
        ("first", "prompt", "short"),
        ("first", "temperature", "0.7"),
    ]
    (project / "main.py").write_text("from fastapi import FastAPI\n")
    found = batch(path, store, "--jobs", "1")
    assert (found["done"], found["known"]) == (1, 2)


def test_hostile_manifests(tmp_path: Path) -> None:
    """Each bad line is kept with its reason, and none of them reads what lies outside of the folder."""
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "secret.patch").write_bytes(APP)
    (folder / "link.patch").symlink_to(tmp_path / "secret.patch")
    (folder / "good.patch").write_bytes(APP)
    (folder / "broken.patch").write_bytes(b"--- a\n+++ b\n@@ nonsense\n")
    with (folder / "giant.patch").open("wb") as file:
        file.truncate(200_000_000)
    os.mkfifo(folder / "pipe")
    (folder / "deep.json").write_text("[" * 100_000)
    bad: list[dict[str, Any] | str] = [
        {"run": "up", "patch": "../secret.patch"},
        {"run": "link", "patch": "link.patch"},
        {"run": "missing", "patch": "none.patch"},
        {"run": "empty", "patch": ""},
        {"run": "zero", "patch": "a\0b"},
        {"run": "nothing"},
        "{not json",
        '{"run": "unknown key", "patsch": "good.patch"}',
        '{"run": 3}',
        "[" * 5000,
    ]
    kept: list[dict[str, Any]] = [
        {"run": "broken", "patch": "broken.patch"},
        {"run": "giant", "patch": "giant.patch"},
        {"run": "pipe", "patch": "good.patch", "log": "pipe", "newman": "pipe"},
        {"run": "deep", "patch": "good.patch", "newman": "deep.json", "record": "deep.json"},
        {"run": "good", "patch": "good.patch", "task": "not-a-task"},
        {"run": "absolute", "patch": str(tmp_path / "secret.patch")},
    ]
    path = manifest(folder, *bad, *kept)
    store = tmp_path / "runs.duckdb"
    found = batch(path, store, "--jobs", "1")
    assert (found["done"], found["errors"]) == (len(bad) + len(kept), len(bad))
    errors = dict(ask(store, "SELECT run, error FROM runs WHERE error IS NOT NULL"))
    assert "leads out of" in errors["up"] and "leads out of" in errors["link"]
    assert "There is no `none.patch`" in errors["missing"]
    assert "names no project and no results" in errors["nothing"]
    assert "patsch" in errors["line 8"] and all("\n" not in text for text in errors.values())
    unread = {row[:2]: row[2] for row in ask(store, "SELECT run, part, reason FROM unread")}
    assert "not a unified diff" in unread["broken", "project"] or "hunk" in unread["broken", "project"]
    assert "larger than 64 MB" in unread["giant", "project"]
    assert ("pipe", "results") in unread and ("deep", "results") in unread and ("deep", "record") in unread
    assert ask(store, "SELECT files, error FROM runs WHERE run IN ('good', 'absolute')") == [(1, None)] * 2
    assert batch(path, store, "--jobs", "1")["done"] == 0


def test_the_source_is_read_with_the_database_of_its_record(tmp_path: Path) -> None:
    """A backend that chooses by the environment is on PostgreSQL where the record says that it was given one."""
    one = next(kept for kept in kept_records() if kept.database == "postgres")
    assert one.record.environment is not None
    told = replace(one.record.environment, database=Database("postgres"), variables=("DATABASE_URL",))
    path = tmp_path / "record.json"
    clauses = {}
    for name, environment in (("told", told), ("untold", replace(told, database=Database("sqlite")))):
        path.write_bytes(msgspec.json.encode(replace(one.record, environment=environment, logs=())))
        work = Work(
            name, "manifest", task="uv-flask-openapi-clean_architecture-postgres-sqlalchemy",
            project=str(ROOT / "fixtures" / "apps" / "flask"), record=str(path),
        )  # fmt: skip
        made = examine(work, Settings(classify=False), None)
        assert made is not None and made.row.error is None
        clauses[name] = {row.clause: row.compliant for row in made.clauses if row.of == "database"}
    assert clauses["told"]["the running application uses PostgreSQL"] is True
    assert clauses["untold"]["the running application uses PostgreSQL"] is False


def test_a_tree_with_links_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "secret.patch").write_bytes(APP)
    folder = tmp_path / "results" / "uv" / "hand" / "oak" / "flask-openapi-unconstrained" / "2026-01-01"
    (folder / "run_0").mkdir(parents=True)
    (folder / "run_0" / "x.patch").symlink_to(tmp_path / "secret.patch")
    (folder / "run_1").mkdir()
    (folder / "run_2").symlink_to(tmp_path)
    store = tmp_path / "runs.duckdb"
    found = batch(tmp_path / "results", store)
    assert (found["found"], found["errors"]) == (2, 1)
    rows = ask(store, "SELECT number, model, error, pass_rate, succeeded FROM runs ORDER BY number")
    assert "leads out of" in rows[0][2]
    assert rows[1] == ("run_1", "oak", None, 0.0, False)  # it delivered nothing


def test_names_that_are_no_unicode(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "results" / "uv" / "hand") + b"/\xff\xfe/koa-openapi-unconstrained/d/run_0"
    os.makedirs(folder)  # noqa: PTH103
    with open(folder + b"/a.patch", "wb") as file:  # noqa: PTH123 - no text names it
        file.write(APP)
    store = tmp_path / "runs.duckdb"
    assert batch(tmp_path / "results", store)["errors"] == 0
    ((model, files),) = ask(store, "SELECT model, files FROM runs")
    assert "ff" in model and files == 1


# Stores


@pytest.mark.parametrize("kind", ["noise", "empty", "folder", "other", "version", "cut", "nowhere"])
def test_stores_that_cannot_be_used(kind: str, buttress: Buttress, tmp_path: Path) -> None:
    path = tmp_path / "runs.duckdb"
    (tmp_path / "a.patch").write_bytes(APP)
    source = manifest(tmp_path, {"run": "a", "patch": "a.patch"})
    if kind == "noise":
        path.write_bytes(b"this is no database " * 1000)
    elif kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    elif kind == "nowhere":
        path = tmp_path / "none" / "runs.duckdb"
    else:
        with duckdb.connect(str(path)) as connection:
            if kind == "other":
                connection.execute("CREATE TABLE mine (x INTEGER)")
            else:
                connection.execute("CREATE TABLE meta AS SELECT 'schema_version' AS name, '999' AS value")
                connection.execute(
                    "CREATE TABLE filler AS SELECT range AS x, md5(range::VARCHAR) AS y FROM range(9999)"
                )
        if kind == "cut":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    for words in (("batch", source, "--store", path), ("study", path)):
        ran = buttress(*words)
        assert ran.code == 2, words
        assert ran.err.startswith("buttress: ") and ran.err.count("\n") == 1, ran.err
        if kind == "version":
            assert "version 999" in ran.err


def test_a_store_that_another_batch_writes(buttress: Buttress, tmp_path: Path) -> None:
    path = tmp_path / "runs.duckdb"
    (tmp_path / "a.patch").write_bytes(APP)
    source = manifest(tmp_path, {"run": "a", "patch": "a.patch"})
    holder = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "open\n"
        for words in (("batch", source, "--store", path), ("study", path)):
            ran = buttress(*words)
            assert (ran.code, "is in use by another program" in ran.err) == (2, True)
        assert other.stdin is not None
        other.stdin.close()
    assert batch(source, path)["done"] == 1


def test_wrong_use_is_one_sentence(buttress: Buttress, tmp_path: Path) -> None:
    store = tmp_path / "runs.duckdb"
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "twice.jsonl").write_text('{"run": "a", "patch": "p"}\n{"run": "a", "patch": "q"}\n')
    (tmp_path / "some.csv").write_text("a,b\n1,2\n")
    (tmp_path / "wrong.csv").write_text("agent,model,runtime,task,run_id,category\na,m,uv,t,run_0,nonsense\n")
    for words, reason in (
        ((), "Name a folder"),
        ((tmp_path / "none",), "There is no folder"),
        ((empty,), "There is no run in"),
        ((tmp_path / "twice.jsonl",), "name the same run"),
        (("--import", tmp_path / "some.csv"), "has not the columns"),
        (("--import", tmp_path / "wrong.csv"), "`nonsense` is no category"),
        (("--import", empty), "There is no CSV file"),
        ((tmp_path / "twice.jsonl", "--contract", tmp_path / "none.yml"), "cannot be read"),
        ((tmp_path / "twice.jsonl", "--select", "no/rule"), "There is no rule"),
    ):
        ran = buttress("batch", *words, "--store", store)
        assert (ran.code, ran.err.count("\n")) == (2, 1), (words, ran.err)
        assert reason in ran.err, ran.err
    assert not store.exists()
