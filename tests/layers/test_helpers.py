# ruff: noqa: E501
"""Data access in helpers that belong to no layer."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Buttress, Write

CLAUSE = "data access lies in repositories"
PROJECT = {
    "requirements.txt": "flask\n",
    "run.sh": "gunicorn app:app\n",
    "app.py": "from flask import Flask\nfrom routes.notes import notes\n\napp = Flask(__name__)\napp.register_blueprint(notes)\n",
    "database.py": "import sqlite3\nfrom flask import g\n\n\ndef fetch_all(sql, *given):\n    if 'db' not in g:\n"
    "        g.db = sqlite3.connect('a.db')\n    return g.db.execute(sql, given).fetchall()\n",
    "routes/notes.py": "from flask import Blueprint\nfrom services import notes as service\n\nnotes = Blueprint('notes', __name__)\n\n\n"
    "@notes.get('/notes')\ndef every():\n    return service.every()\n",
    "services/notes.py": "from repositories import notes\n\n\ndef every():\n    return notes.every()\n",
    "repositories/notes.py": "from database import fetch_all\n\n\ndef every():\n    return fetch_all('SELECT text FROM notes')\n",
    "models/note.py": "from dataclasses import dataclass\n\n\n@dataclass\nclass Note:\n    text: str\n",
}
OF_SERVICE = (
    "from database import fetch_all\nfrom repositories import notes\n\n\n"
    "def every():\n    return notes.every() + fetch_all('SELECT 2')\n"
)


@pytest.mark.parametrize(
    ("changed", "kept"),
    [({}, True), ({"services/notes.py": OF_SERVICE}, None)],
    ids=["of repositories", "of a service"],
)
def test_a_helper_belongs_to_who_calls_it(
    write: Write, buttress: Buttress, changed: dict[str, str], kept: bool | None
) -> None:
    ran = buttress("check", write(PROJECT | changed), "--isolated", "--architecture", "clean", "--format", "json")
    verdicts = {one["clause"]: one["compliant"] for one in json.loads(ran.out)["constraints"]}
    assert verdicts[CLAUSE] is kept
