"""A project of one program, run in each sandbox that this machine can make."""

from __future__ import annotations

import socket
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from verifier.run.record import SandboxLevel
from verifier.run.sandbox import Job, Process, Refusal, Rung, choose, layout, start
from verifier.run.sandbox.ladder import ORDER


@pytest.fixture(params=ORDER)
def rung(request: pytest.FixtureRequest) -> Rung:
    """Each level in turn. One that this machine cannot make is skipped, with the reason that a user would read."""
    level: SandboxLevel = request.param
    try:
        return choose(level)
    except Refusal as refusal:
        pytest.skip(str(refusal))


@pytest.fixture(params=(*ORDER, "none"))
def any_rung(request: pytest.FixtureRequest) -> Rung:
    """Each level in turn, and none at all."""
    level: SandboxLevel = request.param
    try:
        return choose(level, unsafe=level == "none")
    except Refusal as refusal:
        pytest.skip(str(refusal))


@pytest.fixture
def best() -> Rung:
    """The level that a run would take here."""
    try:
        return choose()
    except Refusal as refusal:
        pytest.skip(str(refusal))


class Project:
    """Starts programs, each as ``main.py`` of a project of its own, and ends them after the test."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        self.log = folder / "log"
        self.started: list[Process] = []

    def job(self, program: str, *arguments: object, **fields: Any) -> Job:
        (self.root / "main.py").write_text(textwrap.dedent(program), encoding="utf-8")
        command = (layout.interpreter(), "-I", "-S", "-u", "main.py", *map(str, arguments))
        return Job(**{"command": command, "source": self.root, "log": self.log, **fields})

    def start(self, rung: Rung, program: str, *arguments: object, **fields: Any) -> Process:
        process = start(self.job(program, *arguments, **fields), rung)
        self.started.append(process)
        return process

    def run(self, rung: Rung, program: str, *arguments: object, **fields: Any) -> str:
        """What a program writes until it ends, which it must."""
        process = self.start(rung, program, *arguments, **fields)
        assert process.wait(30) is not None
        process.stop(0)
        return self.written()

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    tmp_path.chmod(0o755)
    made = Project(tmp_path)
    yield made
    for process in made.started:
        process.stop(0)


def wait_for(what: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: it never is.
    """
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


def living(mark: str) -> list[int]:
    """The processes of this machine that have a word on their command line."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if mark in (process.info["cmdline"] or ()) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def echo() -> Iterator[Callable[[socket.socket], socket.socket]]:
    """Makes a bound socket a server that sends back what it gets, up to its end."""
    listeners: list[socket.socket] = []

    def serve(listener: socket.socket) -> socket.socket:
        listener.listen()
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        return listener

    yield serve
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data)
