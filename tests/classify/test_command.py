"""`buttress classify`: each part missing, what it prints, and what it refuses."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from msgspec.structs import replace

from tests.classify.confusion import BY_NAME
from tests.conftest import Buttress
from tests.mutants.records import Kept, kept_records
from tests.mutants.run import applied
from tests.mutants.test_findings import CONTRACTS
from verifier.check import check
from verifier.classify import FailedRun, classify
from verifier.classify.data import classification_data
from verifier.classify.loading import settings_of
from verifier.config import Config
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read
from verifier.run.record import Database, Environment, Sandbox
from verifier.session import Options, open_session

ROOT = Path(__file__).parent.parent.parent
APPS = ROOT / "fixtures" / "apps"
SCHEMA = json.loads((ROOT / "docs" / "schema" / "classification.json").read_text("utf-8"))
NAME = "flask-unknown-relationship"  # of the half that was looked at
LOG = b"""Traceback (most recent call last):
  File "/repository/app.py", line 3, in show
    x
NameError: name 'x' is not defined
"""
LINES = "Feed GET → 500: 5 failed\n"


def kept(name: str = NAME, database: str = "sqlite") -> Kept:
    """A record that is kept."""
    return next(one for one in kept_records() if (one.name, one.database) == (name, database))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A folder with a record and its logs."""
    one = kept()
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "record.json").write_bytes(msgspec.json.encode(one.record))
    for log in one.record.logs:
        (folder / log.path).write_bytes(one.logs[log.log])
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The mutant's source."""
    return applied("flask", BY_NAME[NAME], tmp_path / "source")


def answer(buttress: Buttress, *arguments: str | Path) -> dict[str, Any]:
    """What the command answers, which is as the schema says."""
    ran = buttress("classify", *arguments, "--format", "json", "-q")
    assert (ran.code, ran.err) == (0, "")
    data: dict[str, Any] = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    return data


def test_all_parts(buttress: Buttress, record: Path, project: Path) -> None:
    data = answer(buttress, record, "--project", project)
    assert (data["defect"], data["category"]) == ("orm/unknown-attribute", "database_runtime_error")
    assert data["confidence"] == "high"
    assert data["evidence"][0]["path"] == "conduit/repositories/articles.py"
    assert {"finding", "request", "server log"} <= {each["source"] for each in data["evidence"]}
    assert data["missing"] == ["trajectory"]


def test_a_record_alone(buttress: Buttress, record: Path) -> None:
    data = answer(buttress, record / "record.json")
    assert (data["defect"], data["paper_label"]) == ("attribute-unknown", "database_runtime_error")
    assert "project" in data["missing"]


def test_a_record_without_its_logs_has_what_it_says_of_them(buttress: Buttress, record: Path) -> None:
    (record / "record.server.log").unlink()
    data = answer(buttress, record)
    assert data["defect"] == "attribute-unknown"
    assert any("not beside the record" in note for note in data["notes"])


def test_a_project_alone(buttress: Buttress, project: Path) -> None:
    data = answer(buttress, "--project", project)
    assert (data["defect"], data["confidence"]) == ("orm/unknown-attribute", "low")
    assert {"requests", "logs"} <= set(data["missing"])


def test_a_project_without_findings(buttress: Buttress) -> None:
    data = answer(buttress, "--project", ROOT / "fixtures" / "apps" / "flask")
    assert (data["failed"], data["defect"]) == (False, None)


def test_a_log_alone(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "conduit.log").write_bytes(LOG)
    data = answer(buttress, "--log", tmp_path / "conduit.log")
    assert (data["defect"], data["evidence"][0]["path"], data["evidence"][0]["line"]) == ("name-undefined", "app.py", 3)


def test_lines_and_a_log(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "conduit.log").write_bytes(LOG)
    (tmp_path / "requests.txt").write_text(LINES, "utf-8")
    data = answer(
        buttress, "--log", tmp_path / "conduit.log", "--newman", tmp_path / "requests.txt", "--framework", "flask"
    )
    assert data["defect"] == "name-undefined"
    assert data["evidence"][0]["request"] == 1


def test_newmans_csv(buttress: Buttress, tmp_path: Path) -> None:
    columns = "collectionName,requestName,method,url,status,code,responseTime,responseSize,executed,failed,skipped"
    head = f"{columns},totalAssertions,executedCount,failedCount,skippedCount\n"
    rows = "Conduit,Login,POST,http://conduit:8080/api/users/login,OK,200,5,9,,,,6,0,0,0\n"
    rows += "Conduit,All Tags,GET,http://conduit:8080/api/tags,OK,200,5,9,"
    rows += 'a,"Response contains ""tags"" property",,2,1,1,0\n'
    (tmp_path / "newman.csv").write_text(head + rows)
    data = answer(buttress, "--newman", tmp_path / "newman.csv")
    assert data["defect"] == "envelope-missing"


def test_a_trajectory_alone_tells_of_a_loop(buttress: Buttress, tmp_path: Path) -> None:
    steps = [{"role": "assistant", "content": "```bash\nnpm test\n```"}] * 5
    (tmp_path / "trajectory.json").write_text(json.dumps({"status": "LimitsExceeded", "trajectories": steps}))
    assert answer(buttress, "--trajectory", tmp_path / "trajectory.json")["paper_label"] == "stuck_in_loop"


@pytest.mark.parametrize("app", ["flask", "koa"])
def test_what_passed_did_not_fail(buttress: Buttress, tmp_path: Path, app: str) -> None:
    (tmp_path / "record.json").write_bytes(msgspec.json.encode(kept(app).record))
    data = answer(buttress, tmp_path)
    assert (data["failed"], data["category"], data["alternatives"]) == (False, None, [])
    assert buttress("classify", tmp_path, "--color", "never").out.startswith("The run did not fail.")


def test_a_broken_constraint_is_the_cause_of_what_passed(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "record.json").write_bytes(msgspec.json.encode(kept("flask").record))
    flat = tmp_path / "flat"
    shutil.copytree(ROOT / "fixtures" / "layers" / "missing_layer" / "bad", flat)
    data = answer(buttress, tmp_path, "--project", flat, "--architecture", "clean")
    assert (data["defect"], data["paper_label"]) == ("constraint-broken", "constraint_violation")
    assert data["evidence"][0]["source"] == "constraint"


def test_the_same_answer_whatever_the_order_of_the_findings(project: Path) -> None:
    facts = link_project(read(project), Config(), load_book())
    facts.contract_text = CONTRACTS["openapi"]
    found = check(facts).findings
    more = tuple(replace(found[0], rule=f"sql/odd-{number}", message=str(number)) for number in range(6))
    one = kept()
    run = FailedRun(record=one.record, logs=one.logs, facts=facts, findings=(*found, *more))
    answers = []
    for seed in range(4):
        shuffled = list(run.findings or ())
        random.Random(seed).shuffle(shuffled)
        answers.append(classification_data(classify(replace(run, findings=tuple(shuffled)))))
    assert answers[0] == answers[1] == answers[2] == answers[3]


def test_the_example_of_the_page(buttress: Buttress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = (ROOT / "docs" / "classifying.md").read_text("utf-8").split("```text\n")[1:4]
    requests, log, shown = (block.partition("```")[0] for block in blocks)
    (tmp_path / "requests.txt").write_text(requests, "utf-8")
    (tmp_path / "server.log").write_text(log, "utf-8")
    monkeypatch.chdir(tmp_path)
    command, _, printed = shown.partition("\n")
    ran = buttress(*command.removeprefix("$ buttress ").split(), "--color", "never")
    assert ran.out == printed


# Hostile input


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "a record that is cut off": ("record", b'{"schema_version": 1, "to', "is cut off or no JSON"),
    "a record of something else": ("record", b'{"findings": []}', "is no record of `buttress test`"),
    "a record that is deep": ("record", b'{"more": ' + b"[" * 200_000, "nested too deeply"),
    "a record that is binary": ("record", bytes(range(256)) * 9, "is cut off or no JSON"),
    "requests that are nothing": ("newman", b"what is this\n", "none of what can be read"),
    "requests that are binary": ("newman", b"\xff\xfe\x00\x01", "not UTF-8"),
    "requests that are empty": ("newman", b"", "empty"),
    "requests that are broken JSON": ("newman", b'{"run": {', "cut off or no JSON"),
    "requests that are deep": ("newman", b'{"run":' + b"[" * 200_000, ""),
    "requests with an entity": ("newman", b'<!DOCTYPE x [<!ENTITY a "b">]><testsuites/>', ""),
    "a trajectory that is nothing": ("trajectory", b"what is this\n", "neither JSON nor JSON lines"),
    "a trajectory that is deep": ("trajectory", b"[" * 200_000, "nested too deeply"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(buttress: Buttress, tmp_path: Path, name: str) -> None:
    option, data, words = REFUSED[name]
    path = tmp_path / "input"
    path.write_bytes(data)
    ran = buttress("classify", *([path] if option == "record" else [f"--{option}", path]))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("buttress: ")
    assert ran.err.count("\n") == 1
    assert words in ran.err


@pytest.mark.parametrize(
    "arguments", [[], ["nowhere"], ["--log", "/"], ["--log", "/dev/zero"], ["--newman", "no\0such"]]
)
def test_what_is_not_there_is_refused(buttress: Buttress, arguments: list[str]) -> None:
    ran = buttress("classify", *arguments)
    assert ran.code == 2
    assert ran.err.count("\n") == 1


def test_an_unknown_framework_is_refused(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    ran = buttress("classify", "--log", tmp_path / "a.log", "--framework", "flusk")
    assert (ran.code, "flask" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (bytes(range(256)) * 2_000, "NUL bytes"),
        (b"\0".join([LOG] * 3), "NUL bytes"),
        (b"x" * 21_000_000 + b"\n" + LOG, "were not read"),
        (b"Traceback (most recent call last):\n" * 50_000, ""),
        (b"    at x (/a.js:1:1)\n" * 50_000, ""),
        (b'{"err":{"stack":' * 20_000, ""),
        (b"A" * 100_000 + b"Error: " + b"\n" * 100_000, ""),
        (b'  File "' + b"/../" * 20_000 + b'", line 99999999999999999999, in x\n', ""),
        ("Traceback (most recent call last):\nValueError: é\n".encode("utf-16"), ""),
    ],
)  # fmt: skip
def test_an_odd_log_is_read_as_far_as_it_goes(buttress: Buttress, tmp_path: Path, data: bytes, note: str) -> None:
    (tmp_path / "a.log").write_bytes(data)
    found = answer(buttress, "--log", tmp_path / "a.log")
    assert not note or any(note in each for each in found["notes"])


def test_nothing_of_a_log_reaches_the_terminal_as_it_is(buttress: Buttress, tmp_path: Path) -> None:
    evil = LOG.replace(b"app.py", b"\x1b]0;x\x07a.py").replace(b"'x'", b"\x1b[2J\x9b31m\x07bad")
    (tmp_path / "a.log").write_bytes(evil)
    ran = buttress("classify", "--log", tmp_path / "a.log", "--color", "never")
    assert ran.code == 0
    assert not {"\x1b", "\x07", "\x9b"} & set(ran.out)


def test_logs_outside_of_the_records_folder_are_not_followed(buttress: Buttress, record: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.log").write_bytes(LOG)
    held = json.loads((record / "record.json").read_text())
    held["logs"] = [{"log": "server", "path": "../secret.log", "bytes": 9, "dropped": 0}]
    held["signatures"] = []
    (record / "record.json").write_text(json.dumps(held))
    data = answer(buttress, record)
    assert data["defect"] == "unexplained-error"
    (record / "record.server.log").unlink()
    (record / "record.server.log").symlink_to(tmp_path / "secret.log")
    held["logs"][0]["path"] = "record.server.log"
    (record / "record.json").write_text(json.dumps(held))
    assert answer(buttress, record)["defect"] == "unexplained-error"


def test_the_source_is_read_with_the_database_of_the_run() -> None:
    told = ("DATABASE_URL", "PGHOST", "PORT")
    sandbox = Sandbox("bubblewrap", "loopback")
    environments = [
        Environment("Linux", "3.12", None, sandbox, Database(kind), 8080, told) for kind in ("postgres", "sqlite")
    ]
    on_postgres, on_sqlite = (settings_of(replace(kept().record, environment=one)) for one in environments)
    assert on_postgres == ("DATABASE_URL=postgresql://user:password@postgres:5432/conduit", "PGHOST=postgres")
    assert on_sqlite == settings_of(None) == ()
    read = [
        open_session(Options(path=APPS / "fastapi", environment=given, cache=False, quiet=True)).facts.dialects
        for given in (on_postgres, on_sqlite)
    ]
    assert read == [{"postgresql"}, {"sqlite"}]
