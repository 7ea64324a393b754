"""When nothing answers for a value that is taken already, and what counts as an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.check import check
from verifier.session import Options, open_session

CONTRACT = """
openapi: 3.1.0
info: { title: Hotel, version: "1" }
paths:
  /guests:
    post:
      requestBody:
        content: { application/json: { schema: { type: object, properties: { email: { type: string } } } } }
      responses: { "201": { description: Welcome. }, "STATUS": { description: No. } }
"""
APPLICATION = """
import sqlite3
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

database = sqlite3.connect("guests.db", check_same_thread=False)
database.execute("CREATE TABLE guests (id INTEGER PRIMARY KEY, name TEXT, EMAIL)")
app = FastAPI()
HANDLER


def session():
    try:
        yield database
    except SESSION


def save(email):
    database.execute("INSERT INTO guests (COLUMNS) VALUES (?, ?) CONFLICT", ("Ada", email))


@app.post("/guests", status_code=201)
async def add(request: Request, database=Depends(session)):
    email = (await request.json())["email"]
    BODY
    return {}


@app.get("/guests")
def guests():
    OTHER
    return []
"""
PLAIN = {
    "STATUS": "422",
    "EMAIL": "email TEXT UNIQUE",
    "HANDLER": "",
    "SESSION": "Exception as e:\n        raise e",
    "COLUMNS": "name, email",
    "CONFLICT": "",
    "BODY": "save(email)",
    "OTHER": "pass",
}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"STATUS": "404"}, False),
        ({"EMAIL": "email TEXT"}, False),
        ({"EMAIL": "email TEXT, UNIQUE (email)"}, True),
        ({"EMAIL": "email TEXT, UNIQUE (email, name)"}, False),
        ({"COLUMNS": "name, id"}, False),
        ({"CONFLICT": "ON CONFLICT DO NOTHING"}, False),
        ({"BODY": "try:\n        save(email)\n    except Exception:\n        raise HTTPException(422)"}, False),
        ({"BODY": "try:\n        save(email)\n    except Exception:\n        print(email)\n        raise"}, True),
        ({"BODY": "database.execute('SELECT id FROM guests WHERE email = ?', (email,))\n    save(email)"}, False),
        ({"BODY": "database.execute('SELECT id FROM guests WHERE name = ?', (email,))\n    save(email)"}, True),
        ({"BODY": "database.execute('SELECT id FROM ' + email)\n    save(email)"}, False),
        ({"SESSION": "sqlite3.IntegrityError:\n        raise HTTPException(422)"}, False),
        ({"SESSION": "Exception:\n        raise HTTPException(400)"}, False),
        (
            {"HANDLER": "@app.exception_handler(sqlite3.IntegrityError)\ndef no(*a): return JSONResponse({}, 422)"},
            False,
        ),
        ({"HANDLER": "@app.exception_handler(Exception)\ndef no(*a): return JSONResponse({}, 422)"}, False),
        ({"HANDLER": "@app.exception_handler(Exception)\ndef no(*a): return JSONResponse({}, 500)"}, True),
        ({"OTHER": "try:\n        print()\n    except sqlite3.IntegrityError:\n        pass"}, True),
    ],
)
def test_taken(tmp_path: Path, changes: dict[str, str], told: bool) -> None:
    text, contract = APPLICATION, CONTRACT
    for word, plain in PLAIN.items():
        text, contract = (one.replace(word, changes.get(word, plain)) for one in (text, contract))
    (tmp_path / "main.py").write_text(text)
    (tmp_path / "openapi.yml").write_text(contract)
    session = open_session(Options(path=tmp_path, contract=tmp_path / "openapi.yml", cache=False, quiet=True))
    found = [finding for finding in check(session.facts).findings if finding.rule == "contract/taken-value"]
    assert len(found) == told
