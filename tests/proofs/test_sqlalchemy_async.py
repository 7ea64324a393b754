"""What asynchronous sessions and inserts of other dialects do, shown by SQLAlchemy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.queries.holding import Postgres
from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sqlalchemy"
KITES = """
import json, warnings
warnings.simplefilter("ignore")
from fastapi.testclient import TestClient
from main import app
with TestClient(app) as client:
    for method, path in (("POST", "/kites?colour=red"), ("GET", "/kites/red")):
        try:
            print(json.dumps([client.request(method, path).status_code, ""]))
        except Exception as error:
            print(json.dumps([500, f"{type(error).__name__}: {error}"]))
"""
STAMPS = """
import json, os
os.environ["DATABASE_URL"] = "sqlite://"
import stamps
from sqlalchemy.dialects import postgresql

class Session:
    def __init__(self, name):
        self.name = name
        self.dialect = self
    def get_bind(self):
        return self
    def execute(self, statement, rows=()):
        print(json.dumps(str(statement.compile(dialect=postgresql.dialect()))))
    def commit(self):
        pass

stamps.keep(Session("postgresql"), 1, "x")
stamps.keep_all(Session("postgresql"), [])
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


def told(folder: Path, script: str) -> list[object]:
    """What a script prints in a fixture's folder, line by line."""
    ran = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_an_asynchronous_session_lacks_methods() -> None:
    assert told(FIXTURES / "not_in_async_session" / "bad", KITES) == [
        [500, "AttributeError: 'AsyncSession' object has no attribute 'bulk_save_objects'"],
        [500, "AttributeError: 'AsyncSession' object has no attribute 'query'"],
    ]
    assert told(FIXTURES / "not_in_async_session" / "good", KITES) == [[200, ""], [200, ""]]


def test_postgres_has_no_insert_or_ignore(server: postgres.Server) -> None:
    with closing(Postgres(server, "CREATE TABLE stamps (number INTEGER PRIMARY KEY, country TEXT)")) as database:
        said = {
            kind: [
                database.says(str(sql).replace("%(number)s", "1").replace("%(country)s", "'x'"))
                for sql in told(FIXTURES / "prefix_not_in_dialect" / kind, STAMPS)
            ]
            for kind in ("bad", "good")
        }
    assert said == {"bad": ['syntax error at or near "OR"'] * 2, "good": [None, None]}
