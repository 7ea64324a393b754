"""Placeholders of drivers that need no server to show them: what each makes of a text, beside what is reported."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE
from verifier.check import check
from verifier.session import Options, open_session

TABLE = "CREATE TABLE boats (id INTEGER PRIMARY KEY, name TEXT, length INTEGER);\n"
SELECT = "SELECT id FROM boats WHERE "
NAMED: list[tuple[str, Any]] = [("name = :n", {"n": "x"}), ("name = @n", {"n": "x"}), ("name = $n", {"n": "x"})]
# Conditions with what is given along, and whether the driver fills all of their placeholders.
PYMYSQL: list[tuple[str, Any, bool]] = [
    ("name = %s", ["x"], True),
    ("name = %(n)s", {"n": "x"}, True),
    ("name = %s AND length = %s", ["x", 1], True),
    ("name = ?", ["x"], False),
    ("name = $1", ["x"], False),
    ("name = :n", {"n": "x"}, False),
    ("name = %s AND length = %s", ["x"], False),
    ("name = %s", ["x", "y"], False),
    ("name = %(n)s", {"m": "x"}, False),
]
MYSQL2: list[tuple[str, Any, bool]] = [
    ("name = ?", ["x"], True),
    ("name = ? AND length = ?", ["x", 1], True),
    ("name = $1", ["x"], False),
    ("name = %s", ["x"], False),
    ("name = ? AND length = ?", ["x"], False),
]
BUILT_IN: list[tuple[str, Any, bool]] = [
    ("name = ?", ["x"], True),
    ("name = ?1", ["x"], True),
    *((condition, [given], True) for condition, given in NAMED),
    ("name = ? AND length = ?", ["x", 1], True),
    ("name = %s", ["x"], False),
    ("name = %(n)s", [{"n": "x"}], False),
    ("name = ? AND length = ?", ["x"], False),
    ("name = ?", ["x", "y"], False),
    ("name = :n", [{"m": "x"}], False),
]


def reported(folder: Path, name: str, text: str) -> bool:
    """Whether a rule on placeholders speaks of a program."""
    folder.mkdir()
    (folder / "schema.sql").write_text(TABLE)
    (folder / name).write_text(text)
    found = check(open_session(Options(path=folder, cache=False, quiet=True)).facts).findings
    return any(finding.rule.startswith("sql/placeholder") for finding in found)


def test_pymysql(tmp_path: Path) -> None:
    pymysql: Any = pytest.importorskip("pymysql")  # which has no types
    connection = pymysql.connections.Connection(defer_connect=True)
    connection.server_status = 0  # it was never made, and knows how to write values
    for number, (condition, given, filled) in enumerate(PYMYSQL):
        try:
            text = connection.cursor().mogrify(SELECT + condition, given)
        except (pymysql.err.ProgrammingError, KeyError):
            text = ":refused"
        assert (":" not in text) is filled, condition
        program = (
            "import pymysql\n\n\ndef found(host):\n    connection = pymysql.connect(host=host)\n"
            f"    cursor = connection.cursor()\n    cursor.execute({SELECT + condition!r}, {given!r})\n"
            "    return cursor.fetchall()\n"
        )
        assert reported(tmp_path / str(number), "store.py", program) is not filled, condition


def in_node(script: str, given: object) -> list[str]:
    """What a script prints."""
    if shutil.which("node") is None or not (NODE / "data" / "node_modules" / "mysql2").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script, json.dumps(given)],
        cwd=NODE / "data",
        capture_output=True,
        text=True,
        check=False,
    )
    if "ERR_UNKNOWN_BUILTIN_MODULE" in ran.stderr or "No such built-in module" in ran.stderr:
        pytest.skip("this node has no node:sqlite")
    assert ran.returncode == 0, ran.stderr
    found: list[str] = json.loads(ran.stdout)
    return found


def test_mysql2(tmp_path: Path) -> None:
    script = """
        import mysql from "mysql2";
        console.log(JSON.stringify(JSON.parse(process.argv[1]).map(([sql, given]) => mysql.format(sql, given))));
    """
    made = in_node(script, [[SELECT + condition, given] for condition, given, _ in MYSQL2])
    for number, ((condition, given, filled), text) in enumerate(zip(MYSQL2, made, strict=True)):
        assert (not {"?", "$", "%"} & set(text)) is filled, condition
        program = (
            'import mysql from "mysql2/promise";\n\nconst pool = mysql.createPool(process.env.DATABASE_URL);\n\n'
            "export async function found() {\n"
            f"  return await pool.query({json.dumps(SELECT + condition)}, {json.dumps(given)});\n}}\n"
        )
        assert reported(tmp_path / str(number), "store.js", program) is not filled, condition


def test_sqlite_of_node(tmp_path: Path) -> None:
    script = """
        import { DatabaseSync } from "node:sqlite";
        const db = new DatabaseSync(":memory:");
        const [table, calls] = JSON.parse(process.argv[1]);
        db.exec(table + "INSERT INTO boats VALUES (1, 'x', 1)");
        console.log(JSON.stringify(calls.map(([sql, given]) => {
          try { return JSON.stringify(db.prepare(sql).all(...given)); } catch (error) { return error.message; }
        })));
    """
    made = in_node(script, [TABLE, [[SELECT + condition, given] for condition, given, _ in BUILT_IN]])
    for number, ((condition, given, filled), text) in enumerate(zip(BUILT_IN, made, strict=True)):
        assert (text == '[{"id":1}]') is filled, condition  # a value that is missing is NULL, and finds nothing
        program = (
            'import { DatabaseSync } from "node:sqlite";\n\nconst db = new DatabaseSync("store.db");\n\n'
            "export function found() {\n"
            f"  return db.prepare({json.dumps(SELECT + condition)}).all({', '.join(map(json.dumps, given))});\n}}\n"
        )
        assert reported(tmp_path / str(number), "store.js", program) is not filled, condition
