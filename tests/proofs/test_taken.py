"""What the rule on taken values claims: the database refuses the second row, and the answer is 500 or as meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "contract" / "taken_value"
GUESTS = """
import json
from fastapi.testclient import TestClient
from main import app
client = TestClient(app, raise_server_exceptions=False)
def ask(method, path, email):
    return client.request(method, path, json={"name": "Ada", "email": email}).status_code
print(json.dumps([
    ask("POST", "/guests", "a@x"), ask("POST", "/guests", "b@x"), ask("POST", "/guests", "a@x"),
    ask("PUT", "/guests/2", "c@x"), ask("PUT", "/guests/2", "a@x"),
]))
"""
MEMBERS = """
const { app, sequelize } = (await import('./app.js')).default
await sequelize.sync()
const server = app.listen(0)
const found = []
for (const nick of ['ada', 'bo', 'ada']) {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ member: { nick } })
  const url = `http://127.0.0.1:${server.address().port}/members`
  found.push((await fetch(url, { method: 'POST', headers, body })).status)
}
console.log(JSON.stringify(found))
process.exit(0)
"""


@pytest.mark.parametrize(
    ("kind", "statuses"), [("bad", [201, 201, 500, 200, 500]), ("good", [201, 201, 422, 200, 422])]
)
def test_an_email_that_is_taken(kind: str, statuses: list[int]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUESTS],
        cwd=FIXTURES / kind / "guests",
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == statuses


@pytest.mark.parametrize(("kind", "statuses"), [("bad", [201, 201, 500]), ("good", [201, 201, 409])])
def test_a_nick_that_is_taken(kind: str, statuses: list[int]) -> None:
    assert run_fixture(FIXTURES / kind / "members", MEMBERS, packages="data") == [statuses]
