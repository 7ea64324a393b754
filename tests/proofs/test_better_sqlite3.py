"""What better-sqlite3 says, where it is installed: it is compiled on the way, so no set of packages brings it along.

`npm install --no-save better-sqlite3` in tests/node/data does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE
from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sql"
HEAD = """
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const Database = require('better-sqlite3')
const db = new Database('harbour.db')
db.exec('CREATE TABLE IF NOT EXISTS anchors (name TEXT, berth INTEGER, next INTEGER, depth INTEGER)')
const told = (work) => {
  try { work(); return 'ok' } catch (error) { return `${error.name}: ${error.message}` }
}
"""
ANCHORS = f"""{HEAD}
const anchors = require('./node/anchors.js')
for (const [name, work] of Object.entries(anchors))
  console.log(JSON.stringify([name, told(() => work(name === 'any' ? [1, 2] : 7))]))
"""
KINDS = f"""{HEAD}
for (const value of [true, new Date(), {{ a: 1 }}, null, 1n, 'a', 1.5, Buffer.from('a'), undefined])
  console.log(JSON.stringify([String(value), told(() => db.prepare('SELECT ?').get(value))]))
"""

pytestmark = pytest.mark.skipif(
    not (NODE / "data" / "node_modules" / "better-sqlite3").is_dir(), reason="better-sqlite3 is not installed"
)


def answers(kind: str, script: str) -> dict[str, Any]:
    """What each function of a fixture, or each value, leads to."""
    return dict(run_fixture(FIXTURES / "placeholder_mismatch" / kind, script, "data"))


def test_what_does_not_match_is_refused() -> None:
    assert answers("bad", ANCHORS) == {
        "one": "RangeError: Too few parameter values were provided",
        "many": "RangeError: Too many parameter values were provided",
        "numbered": "RangeError: Too many parameter values were provided",
        "bound": "RangeError: Too many parameter values were provided",
        "named": 'RangeError: Missing named parameter "depth"',
    }


def test_what_matches_is_taken() -> None:
    assert set(answers("good", ANCHORS).values()) == {"ok"}


def test_the_kinds_that_are_not_bound() -> None:
    refused = "TypeError: SQLite3 can only bind numbers, strings, bigints, buffers, and null"
    told = answers("good", KINDS)
    assert told.pop("true") == refused
    assert {value for name, value in told.items() if name in ("null", "1", "a", "1.5", "undefined")} == {"ok"}
