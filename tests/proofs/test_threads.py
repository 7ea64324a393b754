"""Which threads run requests, shown by real servers: a connection of sqlite3 belongs to the thread that made it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.test_fixtures import FIXTURES

REFUSED = "sqlite3.ProgrammingError: SQLite objects created in a thread can only be used in that same thread"
FOLDER = FIXTURES / "drivers" / "connection_of_another_thread"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def served(folder: Path, command: list[str], *paths: str) -> tuple[list[int], str]:
    """The statuses that a server answers with, and what it writes."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", *command, "--port", str(port)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                return [asked(client, process, path) for path in paths], told(process)
        finally:
            process.kill()


def asked(client: httpx.Client, process: subprocess.Popen[str], path: str) -> int:
    """The status of a request, sent again until the server listens."""
    while True:
        try:
            return client.get(path).status_code
        except httpx.ConnectError:
            assert process.poll() is None
            time.sleep(0.1)


def told(process: subprocess.Popen[str]) -> str:
    """What a server has written, once it is stopped."""
    process.terminate()
    return process.communicate()[0]


@pytest.mark.parametrize(
    ("command", "bad", "good"),
    [
        (["flask", "--app", "park", "run"], ["/trees"], ["/trees"]),
        (["uvicorn", "main:app"], ["/lamps"], ["/lamps", "/dim"]),
    ],
    ids=["flask", "fastapi"],
)
def test_requests_run_in_other_threads(command: list[str], bad: list[str], good: list[str], tmp_path: Path) -> None:
    for kind in ("bad", "good"):
        shutil.copytree(FOLDER / kind, tmp_path / kind, ignore=shutil.ignore_patterns("__pycache__"))
    statuses, said = served(tmp_path / "bad", command, *bad)
    assert statuses == [500]
    assert REFUSED in said
    statuses, said = served(tmp_path / "good", command, *good)
    assert statuses == [200] * len(good), said
