"""What the rules on the creation of tables claim, shown on the real frameworks, mappers and SQLite."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "startup"

# Starts the server of a fixture on a free port, as its start script does, and prints what it answers and logs.
ASK_NODE = """
import http from 'node:http'
import { createRequire } from 'node:module'
process.chdir('orders')
const listen = http.Server.prototype.listen
const logged = []
const require = createRequire(import.meta.url)
const { Model } = require('sequelize')
const findAll = Model.findAll
Model.findAll = function (...given) {
  return findAll.apply(this, given).catch((error) => {
    logged.push(error.message)
    throw error
  })
}
const listening = new Promise((resolve) => {
  http.Server.prototype.listen = function () {
    return listen.call(this, 0, () => resolve(this.address().port))
  }
})
require('./orders/server.js')
const port = await listening
for (const path of PATHS) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  await answer.text()
  const missing = /no such table: \\w+/.exec(logged.splice(0).join(' '))
  console.log(JSON.stringify([answer.status, missing === null ? '' : missing[0]]))
}
process.exit(0)
"""
FLASK = """
import json, logging, sys
from shop.app import app
for path in sys.argv[1:]:
    client = app.test_client()
    try:
        status, text = client.get(path).status_code, ""
        app.testing = True
        client.get(path)
    except Exception as error:
        text = str(error)
    finally:
        app.testing = False
    print(json.dumps([status, text.partition("no such table: ")[2].partition("\\n")[0]]))
"""
FASTAPI = """
import json, sys
from fastapi.testclient import TestClient
from shop.main import app
for path in sys.argv[1:]:
    with TestClient(app, raise_server_exceptions=False) as client:
        status, text = client.get(path).status_code, ""
    try:
        with TestClient(app) as client:
            client.get(path)
    except Exception as error:
        text = str(error)
    print(json.dumps([status, text.partition("no such table: ")[2].partition("\\n")[0]]))
"""


def python_answers(folder: Path, home: Path, script: str, *paths: str) -> list[list[object]]:
    """What the Python server of a fixture answers on some paths, in a fresh folder, and the table that it misses."""
    shutil.copytree(folder, home)
    done = subprocess.run(
        [sys.executable, "-c", script, *paths], cwd=home, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def node_answers(folder: Path, *paths: str) -> list[list[object]]:
    """The same of the Node server."""
    return run_fixture(folder, ASK_NODE.replace("PATHS", json.dumps(paths)), "data")


def test_tables_that_nothing_creates_are_missing(tmp_path: Path) -> None:
    bad = FIXTURES / "missing_table_creation" / "bad"
    assert python_answers(bad, tmp_path / "bad", FLASK, "/products") == [[500, "products"]]
    assert node_answers(bad, "/orders") == [[500, "no such table: Orders"]]


def test_tables_that_the_start_creates_are_there(tmp_path: Path) -> None:
    good = FIXTURES / "missing_table_creation" / "good"
    assert python_answers(good, tmp_path / "good", FLASK, "/products") == [[200, ""]]
    assert node_answers(good, "/orders") == [[200, ""]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("bad", [[200, ""], [500, "visits"], [500, "reviews"]]), ("good", [[200, ""], [200, ""], [200, ""]])],
)
def test_models_that_are_declared_late_have_no_table_in_sqlalchemy(
    kind: str, expected: list[list[object]], tmp_path: Path
) -> None:
    folder = FIXTURES / "models_not_imported" / kind
    assert python_answers(folder, tmp_path / kind, FASTAPI, "/products", "/visits", "/reviews") == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("bad", [[200, ""], [500, "no such table: Invoices"]]), ("good", [[200, ""], [200, ""]])],
)
def test_models_that_are_declared_late_have_no_table_in_sequelize(kind: str, expected: list[list[object]]) -> None:
    assert node_answers(FIXTURES / "models_not_imported" / kind, "/orders", "/invoices") == expected
