"""What the rule on names that are captured too early claims, shown by Python and Node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "names" / "captured_too_early"
SONGS = """
import json
from fastapi.testclient import TestClient
from service.main import app
with TestClient(app) as client:
    try:
        print(json.dumps(client.get("/songs").json()))
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
"""
ALBUMS = """
const { app, connect } = (await import('./src/app.js')).default
await connect()
const server = app.listen(0)
const answer = await fetch(`http://127.0.0.1:${server.address().port}/albums`)
const text = await answer.text()
console.log(JSON.stringify([answer.status, text.includes('Cannot read properties of undefined')]))
process.exit(0)
"""


def songs(kind: str) -> object:
    """What the service of a fixture answers, or the error that it raises."""
    done = subprocess.run(
        [sys.executable, "-c", SONGS],
        cwd=FIXTURES / kind,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_what_python_imports_stays_none() -> None:
    assert songs("bad") == "AttributeError: 'NoneType' object has no attribute 'acquire'"
    assert songs("good") == {"songs": []}


def test_what_commonjs_exports_stays_undefined() -> None:
    assert run_fixture(FIXTURES / "bad" / "server", ALBUMS) == [[500, True]]
    assert run_fixture(FIXTURES / "good" / "server", ALBUMS) == [[200, False]]
