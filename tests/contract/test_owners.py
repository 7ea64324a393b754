"""When an operation changes rows of whoever, and what counts as looking at who asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.check import check
from verifier.session import Options, open_session

CONTRACT = """
openapi: 3.1.0
info: { title: Harbour, version: "1" }
paths:
  /notes:
    post: { security: [{ token: [] }], responses: { "201": { description: Written. } } }
  /notes/{id}:
    delete: { security: [{ token: [] }], responses: { "204": { description: Gone. } ANSWERS } }
  /notes/{id}/star:
    delete: { security: [{ token: [] }], responses: { "204": { description: Gone. } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
"""
APPLICATION = '''
import sqlite3
from fastapi import Depends, FastAPI, Header, HTTPException

database = sqlite3.connect("notes.db", check_same_thread=False)
database.executescript("""
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, password_hash TEXT, token TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, OWNER INTEGER REFERENCES users (id));
""")
app = FastAPI()


def user(authorization: str = Header("")):
    row = database.execute("SELECT id, name FROM users WHERE token = ?", (authorization,)).fetchone()
    if row is None:
        raise HTTPException(401)
    GUARD
    return {"id": row[0], "name": row[1]}


def own(note_id: int, found=Depends(user)):
    row = database.execute("SELECT owner_id FROM notes WHERE id = ?", (note_id,)).fetchone()
    if row is not None and row[0] != found["id"]:
        raise HTTPException(404)
    return found


def mine(row, found):
    return row["owner_id"] == found["id"]


@app.post("/notes", status_code=201)
def write(found=Depends(user)):
    return {}


@app.delete("/notes/{note_id}", status_code=204)
def delete(note_id: int, found=Depends(DEPENDENCY)):
    BODY
    database.execute("DELETE FROM notes WHERE id = ?", (note_id,))


@app.delete("/notes/{note_id}/star", status_code=204)
def unstar(note_id: int, found=Depends(user)):
    database.execute("DELETE FROM notes WHERE id = ?", (note_id,))
'''


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"OWNER": "created_by"}, False),
        ({"OWNER": "created_by", "ANSWERS": ', "403": { description: No. }'}, True),
        ({"OWNER": "updated_by", "ANSWERS": ', "403": { description: No. }'}, False),
        ({"OWNER": "owner_id INTEGER REFERENCES users (id), reader_id"}, False),
        ({"DEPENDENCY": "own"}, False),
        ({"BODY": "if not mine({'owner_id': 1}, found): raise HTTPException(404)"}, False),
        ({"BODY": "if not found.get('is_admin'): return"}, False),
        ({"BODY": "raise HTTPException(403)"}, False),
        (
            {"BODY": "database.execute('SELECT 1 FROM notes WHERE id = ? AND owner_id = ?', (note_id, found['id']))"},
            False,
        ),
        ({"BODY": "database.execute('SELECT id FROM notes WHERE text = ?', (found['name'],))"}, True),
        ({"BODY": "database.execute('SELECT id FROM ' + found['name'])"}, False),
        ({"GUARD": "if row[1] != 'admin': raise HTTPException(401)"}, False),
        ({"GUARD": "if row[1] == '': raise HTTPException(401)"}, True),
    ],
)
def test_owners(tmp_path: Path, changes: dict[str, str], told: bool) -> None:
    contract, text = CONTRACT, APPLICATION
    for word, plain in (
        ("OWNER", "owner_id"),
        ("DEPENDENCY", "user"),
        ("BODY", "pass"),
        ("GUARD", "pass"),
        ("ANSWERS", ""),
    ):
        text = text.replace(word, changes.get(word, plain))
        contract = contract.replace(word, changes.get(word, plain))
    (tmp_path / "main.py").write_text(text)
    (tmp_path / "openapi.yml").write_text(contract)
    session = open_session(Options(path=tmp_path, contract=tmp_path / "openapi.yml", cache=False, quiet=True))
    found = [finding for finding in check(session.facts).findings if finding.rule == "auth/owner-not-compared"]
    assert len(found) == told
