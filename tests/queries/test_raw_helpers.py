"""SQL that goes through a project's own functions: each caller's statement is a query of its own."""

from __future__ import annotations

from pathlib import Path

from verifier.check import check
from verifier.lift.nouns import Query
from verifier.link import Facts
from verifier.session import Options, open_session

SCHEMA = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT);\n"
PYTHON = """
import sqlite3

def connect():
    connection = sqlite3.connect("notes.db")
    connection.row_factory = sqlite3.Row
    return connection

def transact(work):
    connection = connect()
    try:
        return work(connection)
    finally:
        connection.close()

def run(sql, params=(), *, once=False):
    return transact(lambda connection: connection.execute(sql.strip(), params).fetchall())

def one(sql="SELECT 1", params=()):
    rows = run(sql, params)
    return rows[0] if rows else None

def again(sql, params, left=3):
    return again(sql, params, left - 1) if left else run(sql, params)

def titles(number):
    return run("SELECT title FROM notes WHERE id = ?", (number,))

def first(number):
    return one("SELECT id, title FROM notes WHERE id = ? AND title = ?", (number,))

def nothing():
    return one()

def repeated(number):
    return again("SELECT body FROM notes WHERE id = ?", (number, number))

def chosen(newest, number):
    sql = "SELECT id FROM notes"
    if newest:
        sql += " ORDER BY id DESC"
    return run(sql + " LIMIT ?", [number])
"""
JAVASCRIPT = """
import pg from 'pg';
const pool = new pg.Pool();
const withClient = async (work) => {
  const client = await pool.connect();
  try { return await work(client); } finally { client.release(); }
};
export const query = (text, params) => withClient((client) => client.query(text, params));
const rows = async (...given) => (await query(...given)).rows;
class Repository {
  constructor(table) { this.table = table; }
  find(id) { return rows(`SELECT id FROM ${this.table} WHERE id = $1`, [id]); }
}
export const notes = new Repository('notes');
export const list = (limit) => rows('SELECT title FROM notes LIMIT $1', [limit, 0]);
export const find = (id) => notes.find(id);
"""


def read(folder: Path, name: str, text: str) -> Facts:
    """The facts of a project of one file and its schema."""
    folder.mkdir(exist_ok=True)
    (folder / "schema.sql").write_text(SCHEMA)
    (folder / name).write_text(text)
    return open_session(Options(path=folder, cache=False, quiet=True)).facts


def shown(query: Query) -> tuple[str, str, int | None]:
    """The function and the first words of a query, with how many values it is given."""
    wording = query.statements[0].wording
    given = len(wording.given.places) if wording is not None and wording.given is not None else None
    assert query.function is not None
    return query.function.name, " ".join(query.statements[0].tree.sql().split()[:2]), given


def test_python(tmp_path: Path) -> None:
    facts = read(tmp_path, "store.py", PYTHON)
    found = [query for query in facts.queries.queries if query.lifted]
    assert sorted(map(shown, found)) == [
        ("chosen", "SELECT id", 1),
        ("first", "SELECT id,", 1),
        ("one", "SELECT 1", 0),
        ("titles", "SELECT title", 1),
    ]
    assert all(query.lifted for query in facts.queries.queries), "what a helper is handed is read at its callers"
    lines = PYTHON.splitlines()
    for query in found:
        assert query.site is not None and query.site.sent is not None
        assert ".execute(" in lines[query.site.sent.line - 1]
    mismatches = {f.span.line for f in check(facts).findings if f.rule == "sql/placeholder-mismatch"}
    assert {lines[line - 1].strip() for line in mismatches} == {
        'return one("SELECT id, title FROM notes WHERE id = ? AND title = ?", (number,))',
    }


def test_javascript(tmp_path: Path) -> None:
    facts = read(tmp_path, "store.mjs", JAVASCRIPT)
    found = [query for query in facts.queries.queries if query.lifted]
    assert sorted(map(shown, found)) == [("Repository.find", "SELECT id", 1), ("list", "SELECT title", 2)]
    lines = JAVASCRIPT.splitlines()
    mismatches = [f.span.line for f in check(facts).findings if f.rule == "sql/placeholder-mismatch"]
    assert [lines[line - 1].split(" = ")[0] for line in mismatches] == ["export const list"]
