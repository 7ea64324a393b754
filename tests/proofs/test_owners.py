"""What the rule on owners claims: users change and delete the rows of others, or are kept from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "auth" / "owner_not_compared"
NOTES = """
import json
from fastapi.testclient import TestClient
from main import app
client = TestClient(app)
def ask(method, token, **given):
    headers = {"Authorization": f"Bearer {token}"}
    return client.request(method, "/api/notes/1", headers=headers, **given).status_code
print(json.dumps([ask("PUT", "t2", json={"text": "noon"}), ask("DELETE", "t2"), ask("DELETE", "t1")]))
"""
BOATS = """
const { app, sequelize, Person, Boat } = (await import('./app.js')).default
await sequelize.sync()
await Person.bulkCreate([{ id: 1, token: 't1' }, { id: 2, token: 't2' }])
await Boat.create({ id: 1, name: 'Gull', ownerId: 1 })
const server = app.listen(0)
const found = []
for (const [method, token] of [['PUT', 't2'], ['DELETE', 't2'], ['DELETE', 't1']]) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = method === 'PUT' ? JSON.stringify({ name: 'Tern' }) : undefined
  const url = `http://127.0.0.1:${server.address().port}/api/boats/1`
  found.push((await fetch(url, { method, headers, body })).status)
}
console.log(JSON.stringify(found))
process.exit(0)
"""


@pytest.mark.parametrize(("kind", "statuses"), [("bad", [200, 204, 204]), ("good", [404, 403, 204])])
def test_notes_of_others(kind: str, statuses: list[int]) -> None:
    """The second user changes and deletes a note of the first; or is refused, and the first deletes it."""
    done = subprocess.run(
        [sys.executable, "-c", NOTES],
        cwd=FIXTURES / kind / "notes",
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == statuses


@pytest.mark.parametrize(("kind", "statuses"), [("bad", [200, 204, 404]), ("good", [403, 404, 204])])
def test_boats_of_others(kind: str, statuses: list[int]) -> None:
    """The same with Sequelize."""
    assert run_fixture(FIXTURES / kind / "boats", BOATS, packages="data") == [statuses]
