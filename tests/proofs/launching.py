"""Starts a fixture as its start script does, with the real servers, and tells what came of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "startup"
UP = ("Uvicorn running on", "LISTENING", "Listening at", "Running on")
# Where a server would listen, it says so and ends.
LISTENING = """
import { createRequire } from 'node:module'
const { Server } = createRequire(import.meta.url)('node:net')
Server.prototype.listen = function (...given) {
  console.log('LISTENING ' + JSON.stringify(given[0]))
  process.exit(0)
}
"""


def start(folder: Path, home: Path, command: str = "sh ./run.sh", *, shown: bool = False) -> tuple[bool, str]:
    """Start a copy of a folder by its command: whether a server came up, and what was printed.

    Servers of Python take a free port; servers of Node end where they would listen. ``shown``: all that is printed.
    """
    target = home / "started" / folder.parent.name / folder.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    bin_folder = programs(home)
    ways = os.pathsep.join([str(bin_folder), *os.environ.get("PATH", "").split(os.pathsep)])
    variables = {"PATH": ways, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    if command == "sh ./run.sh" and (target / "run.sh").read_text().startswith("#!/bin/bash"):
        command = "bash ./run.sh"
    server = subprocess.Popen(
        command,
        shell=True,
        cwd=target,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    told: list[str] = []
    up = False
    try:
        assert server.stdout is not None
        for line in server.stdout:
            told.append(line)
            up = any(word in line for word in UP)
            if up:
                break
    finally:
        stop(server)
    return up, "".join(told)


def stop(server: subprocess.Popen[str]) -> None:
    """End a server with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    assert server.stdout is not None
    server.stdout.close()


def programs(home: Path) -> Path:
    """A folder of programs: the tests' own Python and its servers on free ports, and Node whose servers do not wait."""
    folder = home / "programs"
    folder.mkdir(parents=True, exist_ok=True)
    own = Path(sys.executable)
    (home / "uvicorn_here.py").write_text("import sys\nsys.path[0] = ''\nfrom uvicorn.main import main\nmain()\n")
    texts = {
        "python": f'exec {own} "$@"',
        "uvicorn": f'exec {own} "{home / "uvicorn_here.py"}" "$@" --port 0',
    }
    node = shutil.which("node")
    if node is not None:
        (home / "listening.mjs").write_text(LISTENING)
        texts["node"] = f'exec {node} --import "{home / "listening.mjs"}" "$@"'
    for name, text in texts.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    return folder


def needs_node() -> None:
    """Skip where there is no Node."""
    if shutil.which("node") is None:
        pytest.skip("needs node")


def node_packages(folder: str = "current") -> Path:
    """A set of Node packages of the tests."""
    home = NODE / folder
    needs_node()
    if not (home / "node_modules").is_dir():
        pytest.skip(f"needs `npm ci` in tests/node/{folder}")
    return home
