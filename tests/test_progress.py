"""The progress display: on a terminal, when it takes long; never in a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty")
ROOT = Path(__file__).parent.parent

# A check whose stages take a while, with a display that waits for less than a second.
SCRIPT = """
import sys, time
from verifier import session
from verifier.packs import load_module, shipped
from verifier.report import progress

progress.PATIENCE = float(sys.argv[1])
read = session.read
def slow(*arguments, **named):
    time.sleep(0.6)
    return read(*arguments, **named)
session.read = slow
sys.argv = ["buttress", "check", sys.argv[2], "--no-cache", *sys.argv[3:]]
load_module(shipped("cli.py"), "verifier.cli").main()
"""


def shown(project: Path, patience: float, *options: str, terminal: bool) -> tuple[str, str]:
    """Standard output, and what is written to standard error."""
    command = [sys.executable, "-c", SCRIPT, str(patience), str(project), *options]
    if not terminal:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout, done.stderr
    leader, follower = pty.openpty()
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=follower, text=True, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(follower)
        written = b""
        while True:
            try:
                part = os.read(leader, 4096)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            written += part
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(leader)
    return out, written.decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    return tmp_path


def test_a_long_run_shows_its_stage(project: Path) -> None:
    out, error = shown(project, 0.1, terminal=True)
    assert "reading" in error
    assert "reading" not in out


def test_a_short_run_shows_nothing(project: Path) -> None:
    assert shown(project, 30, terminal=True)[1] == ""


def test_quiet_shows_nothing(project: Path) -> None:
    assert shown(project, 0.1, "--quiet", terminal=True)[1] == ""


def test_a_pipe_shows_nothing(project: Path) -> None:
    out, error = shown(project, 0.1, terminal=False)
    assert error == ""
    assert "No findings" in out
