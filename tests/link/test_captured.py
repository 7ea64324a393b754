"""When a name is captured before it has its value, and when nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.link.test_launch import findings, linked

DATABASE = "pool = None\n\n\ndef connect():\n    global pool\n    pool = object()\n"
SONGS = "from database import pool\n\n\ndef songs():\n    return pool.acquire()\n"
MAIN = "import database\nimport songs\n\n\ndef start():\n    database.connect()\n    return songs.songs()\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, True),
        ({"songs.py": SONGS.replace("pool\n\n", "pool as rows\n\n").replace("pool.", "rows.")}, True),
        ({"songs.py": SONGS.replace("pool.acquire()", "pool()")}, True),
        ({"songs.py": SONGS.replace("pool.acquire()", "[pool]")}, False),
        ({"songs.py": "import database\n\n\ndef songs():\n    return database.pool.acquire()\n"}, False),
        ({"songs.py": "def songs():\n    from database import pool\n    return pool.acquire()\n"}, False),
        ({"songs.py": SONGS.replace("    return", "    if pool is None:\n        return []\n    return")}, False),
        ({"songs.py": SONGS + "\n\ndef use(found):\n    global pool\n    pool = found\n"}, False),
        ({"songs.py": SONGS.replace("songs()", "songs(pool)")}, False),
        ({"database.py": DATABASE + "\n\nconnect()\n"}, False),
        ({"database.py": DATABASE + "\n\nif __name__ != 'x':\n    connect()\n"}, False),
        ({"database.py": "pool = object()\n\n\ndef connect():\n    global pool\n    pool = None\n"}, False),
        ({"database.py": DATABASE.replace("pool = None", "pool = None\npool = object()")}, False),
        ({"main.py": "import database\ndatabase.connect()\nimport songs\n"}, False),
        (
            {"main.py": "import database\n\n\ndef start():\n    database.connect()\n    import songs\n"},
            False,
        ),
        (
            {"main.py": "import database\n\n\ndef start():\n    import songs\n    database.connect()\n"},
            False,
        ),
    ],
)
def test_python(tmp_path: Path, files: dict[str, str], told: bool) -> None:
    project = {"database.py": DATABASE, "songs.py": SONGS, "main.py": MAIN, **files}
    assert bool(findings(linked(tmp_path, project), "names/captured-too-early")) == told


STORE = "let db = null\nasync function connect() {\n  db = await open()\n}\nmodule.exports = { connect, db }\n"
USER = "const { db } = require('./store')\nexports.list = () => db.all()\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, True),
        ({"user.js": "const store = require('./store')\nexports.list = () => store.db.all()\n"}, True),
        ({"user.js": USER.replace("db.all()", "db?.all()")}, False),
        ({"user.js": USER.replace("db.all()", "(db || open()).all()")}, False),
        ({"store.js": STORE.replace("connect, db", "connect, db: db")}, True),
        ({"store.js": STORE.replace("connect, db", "connect, get db() { return db }")}, False),
        ({"store.js": STORE.replace("connect, db", "connect, getDb: () => db")}, False),
        ({"store.js": STORE + "db = open()\n"}, False),
        ({"store.js": STORE.replace("await open()", "await open()\n  module.exports.db = db")}, False),
        ({"store.js": STORE.replace("let db = null", "const db = open()").replace("  db =", "  await")}, False),
    ],
)
def test_commonjs(tmp_path: Path, files: dict[str, str], told: bool) -> None:
    project = {"store.js": STORE, "user.js": USER, "app.js": "require('./user').list()\n", **files}
    assert bool(findings(linked(tmp_path, project), "names/captured-too-early")) == told
