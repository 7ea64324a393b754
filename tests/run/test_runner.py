"""Whole runs of small backends: each way to fail has its phase, its message, and leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import psutil
import pytest

from tests.conftest import Buttress
from verifier.run.front import LEVELS
from verifier.run.sandbox import Refusal, choose

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads((ROOT / "docs" / "schema" / "record.json").read_text())
BACKEND = Path(__file__).parent / "backend.py"
Project = Callable[..., Path]
Recorded = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environments of these tests, which have no dependencies."""
    return tmp_path_factory.mktemp("environments")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Makes a project of the small backend."""

    def make(mode: str = "good", **files: str) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        shutil.copy(BACKEND, folder / "server.py")
        given = {"requirements.txt": "", "run.sh": f"#!/bin/sh\nexec python server.py {mode}\n"}
        for name, text in (given | files).items():
            if text is not None:
                (folder / name).write_text(text)
        return folder

    return make


@pytest.fixture
def recorded(buttress: Buttress, cache: Path, tmp_path: Path) -> Recorded:
    """Runs a project; the record that is written."""

    def run(folder: Path, *options: str, code: int = 1) -> dict[str, Any]:
        place = tmp_path / "out" / "record.json"
        ran = buttress("test", folder, "--record", place, "--cache-dir", cache, *options)
        assert ran.code == code, ran.out + ran.err
        found = json.loads(place.read_text())
        jsonschema.validate(found, SCHEMA)
        assert isinstance(found, dict)
        return found

    return run


def phases(record: dict[str, Any]) -> dict[str, str]:
    """How each phase went."""
    return {phase["name"]: phase["status"] for phase in record["phases"]}


def message(record: dict[str, Any], name: str) -> str:
    """What a phase says."""
    [found] = [phase["message"] for phase in record["phases"] if phase["name"] == name]
    assert isinstance(found, str)
    return found


def test_a_run_goes_through_all_phases(project: Project, recorded: Recorded) -> None:
    record = recorded(project())
    assert phases(record) == dict.fromkeys(("detect", "install", "start", "ready", "suite", "stop"), "ok")
    assert record["environment"]["port"] == 8080
    assert record["environment"]["sandbox"]["network"] == "loopback"
    assert record["environment"]["database"]["kind"] == "none"
    assert {request["status"] for request in record["requests"] if request["outcome"] != "not sent"} == {200, 404}
    assert record["summary"]["first_failure"] == 2  # after the health check
    assert record["resources"]["peak_memory_mb"] > 1


def test_the_second_run_installs_nothing(project: Project, recorded: Recorded) -> None:
    folder = project("leaves")
    recorded(folder)
    assert message(recorded(folder), "install").endswith("cached")


def test_a_project_that_says_nothing(tmp_path: Path, recorded: Recorded) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "main.py").write_text("print()\n")
    record = recorded(tmp_path / "project")
    assert phases(record) == {"detect": "failed"}
    assert "no requirements.txt" in message(record, "detect")
    assert record["summary"]["failed_phase"] == "detect"
    assert record["summary"]["passed"] == 0
    assert record["summary"]["checks"] > 100  # of the suite, which was not begun


def test_dependencies_that_do_not_exist(project: Project, recorded: Recorded) -> None:
    record = recorded(project(**{"requirements.txt": "./no-such-package\n"}))
    assert phases(record) == {"detect": "ok", "install": "failed"}
    assert "no-such-package" in message(record, "install")
    [log] = [log for log in record["logs"] if log["log"] == "install"]
    assert log["bytes"] > 10


@pytest.mark.parametrize(
    ("mode", "status", "told"),
    [
        ("crashes", "failed", "exit status 1"),
        ("leaves", "failed", "exit status 0"),
        ("sick", "timeout", "it answered 503"),
        ("garbage", "timeout", "no HTTP"),
        ("silent", "timeout", "never answered"),
    ],
)
def test_a_project_that_is_never_ready(project: Project, recorded: Recorded, mode: str, status: str, told: str) -> None:
    record = recorded(project(mode), "--timeout", "4")
    assert phases(record)["ready"] == status
    assert told in message(record, "ready")
    assert "suite" not in phases(record)
    assert {request["outcome"] for request in record["requests"]} == {"not sent"}
    if mode == "crashes":
        [found] = record["signatures"]
        assert found["key"] == "RuntimeError: the settings lack a secret"
        assert [frame["path"] for frame in found["frames"]] == ["server.py", "server.py"]


def test_a_project_that_dies_while_it_is_driven(project: Project, recorded: Recorded) -> None:
    record = recorded(project("dies"))
    dead = [request["number"] for request in record["requests"] if request["alive"] is False]
    assert dead == [dead[0]]
    assert record["summary"]["roots"] == sorted(record["summary"]["roots"])
    assert dead[0] in record["summary"]["roots"]
    later = [request for request in record["requests"] if request["number"] > dead[0]]
    assert {request["outcome"] for request in later} == {"not sent"}
    assert "exit status 3" in message(record, "suite")


def test_an_error_is_found_in_the_log_of_its_request(project: Project, recorded: Recorded, tmp_path: Path) -> None:
    record = recorded(project("fails"))
    [found] = record["signatures"]
    assert found["key"] == "TypeError: 'NoneType' object is not subscriptable"
    assert [frame["function"] for frame in found["frames"]] == ["handle_any", "present"]
    asked = record["requests"][found["request"] - 1]
    assert (asked["method"], asked["path"], asked["status"]) == ("POST", "/api/users", 500)
    log = (tmp_path / "out" / "record.server.log").read_bytes()
    assert b"NoneType" in log[asked["log"]["start"] : asked["log"]["end"]]


def test_a_log_without_end(project: Project, recorded: Recorded, tmp_path: Path) -> None:
    record = recorded(project("talks"))
    [log] = [log for log in record["logs"] if log["log"] == "server"]
    assert log["dropped"] > 1_000_000
    assert (tmp_path / "out" / log["path"]).stat().st_size == log["bytes"] < 10_000_000


def test_loopback_alone_is_told(project: Project, recorded: Recorded) -> None:
    assert "loopback alone" in message(recorded(project("loopback")), "ready")
    assert "loopback" not in message(recorded(project_again(project)), "ready")


def project_again(project: Project) -> Path:
    """The good project, beside another."""
    import tempfile

    folder = Path(tempfile.mkdtemp())
    shutil.copy(BACKEND, folder / "server.py")
    (folder / "requirements.txt").write_text("")
    (folder / "run.sh").write_text("exec python server.py good\n")
    return folder


@pytest.mark.parametrize("mode", ["stubborn", "daemon"])
def test_nothing_is_left(project: Project, recorded: Recorded, mode: str) -> None:
    record = recorded(project(mode))
    assert phases(record)["stop"] == "ok"
    assert record["resources"]["left_after_stop"] == 0
    assert not left_behind()


def left_behind() -> list[psutil.Process]:
    """Processes that carry the mark of the small backend."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "buttress-left-behind" in (process.info["cmdline"] or [])
    ]


def words(process: psutil.Process) -> str:
    """The command line of a process, as long as it lives."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(project: Project, cache: Path, tmp_path: Path, number: int) -> None:
    folder = project("silent")
    command = [sys.executable, str(ROOT / "cli.py"), "test", str(folder), "--record", str(tmp_path / "record.json")]
    process = subprocess.Popen([*command, "--cache-dir", str(cache)], stderr=subprocess.PIPE, text=True)
    watched = psutil.Process(process.pid)
    deadline = time.monotonic() + 30
    while not any("server.py" in words(child) for child in watched.children(recursive=True)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    children = watched.children(recursive=True)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert "Traceback" not in err
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert not alive, gone


def test_the_project_is_not_touched(project: Project, recorded: Recorded) -> None:
    writing = "#!/bin/sh\necho here > made-by-the-run\nexec python server.py\n"
    folder = project(**{"run.sh": writing})
    before = sorted(path.name for path in folder.iterdir())
    recorded(folder)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_variables_are_given_and_secrets_are_not(
    project: Project, recorded: Recorded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLOUD_SECRET", "do-not-tell")
    script = "#!/bin/sh\nenv\nexec python server.py\n"
    (tmp_path / "settings.env").write_text("# for tests\nGREETING=overwritten\nPLACE='the garden'\n")
    options = ("--env", "GREETING=hello there", "--env-file", str(tmp_path / "settings.env"))
    record = recorded(project(**{"run.sh": script}), *options)
    log = (tmp_path / "out" / "record.server.log").read_text()
    assert "PLACE=the garden" in log
    assert "GREETING=hello there" in log
    assert "do-not-tell" not in log
    assert "GREETING" in record["environment"]["variables"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--env", "NOVALUE"), "write NAME=value"),
        (("--suite", "unknown"), "there is no suite"),
        (("--env-file", "unknown"), "cannot be read"),
        (("--results", "unknown"), "unknown"),
        (("--postgres-bin", "/nonexistent", "--database", "postgres"), None),
    ],
)
def test_wrong_use(
    buttress: Buttress, project: Project, tmp_path: Path, options: tuple[str, ...], told: str | None
) -> None:
    ran = buttress("test", project(), "--record", tmp_path / "record.json", *options)
    if told is None:
        assert ran.code == 1
        assert "holds no initdb" in ran.out
    else:
        assert ran.code == 2
        assert told in ran.err
        assert ran.err.count("\n") == 1


def test_without_a_sandbox_a_port_in_use_is_told(
    buttress: Buttress, project: Project, tmp_path: Path, cache: Path
) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = buttress(
            "test", project(), "--record", tmp_path / "record.json", "--cache-dir", cache, "--sandbox", "none",
            "--unsafe-no-sandbox", "--port", port,
        )  # fmt: skip
    assert ran.code == 1
    assert f"port {port} is in use" in ran.out


def test_no_sandbox_is_refused_unless_it_is_asked_for(buttress: Buttress, project: Project, tmp_path: Path) -> None:
    ran = buttress("test", project(), "--record", tmp_path / "record.json", "--sandbox", "none")
    assert ran.code == 2
    assert "--unsafe-no-sandbox" in ran.err
    assert not (tmp_path / "record.json").exists()


@pytest.mark.parametrize("name", ["bubblewrap", "userns", "landlock", "none"])
def test_on_each_level_the_project_finds_its_database(project: Project, recorded: Recorded, name: str) -> None:
    try:
        choose(LEVELS[name], unsafe=name == "none")
    except Refusal as error:
        pytest.skip(str(error))
    reach = "import os, socket; socket.create_connection((os.environ['PGHOST'], int(os.environ['PGPORT'])))"
    folder = project(**{"run.sh": f'#!/bin/sh\npython -c "{reach}" && exec python server.py\n'})
    options = ("--unsafe-no-sandbox",) if name == "none" else ()
    record = recorded(folder, "--database", "postgres", "--sandbox", name, *options)
    assert phases(record)["suite"] == "ok"
    assert record["environment"]["sandbox"]["level"] == LEVELS[name]
    assert bool(record["environment"]["sandbox"]["degraded"]) == (name in ("landlock", "none"))


def test_secrets_are_in_no_log(project: Project, recorded: Recorded, tmp_path: Path) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    said = f"""echo 'Authorization: Token {token}'; echo '{{"password": "Primrose"}}'"""
    script = f"#!/bin/sh\n{said}\nexec python server.py\n"
    record = recorded(project(**{"run.sh": script}))
    log = (tmp_path / "out" / "record.server.log").read_text()
    assert token not in log
    assert "Primrose" not in log
    assert "Authorization" in log
    assert record["logs"][-1]["bytes"] == (tmp_path / "out" / "record.server.log").stat().st_size
