"""Which kinds of values drivers bind, shown by the drivers, and by the fixtures of the rule run for real."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import psycopg2.extensions  # type: ignore[import-untyped]
import pytest
from psycopg.adapt import Transformer

from verifier.packs import load_book

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sql" / "value_not_bindable"
SCHEMA = """
CREATE TABLE menus (title, tags, open, day, picture, note);
CREATE TABLE courses (id, name, price, place, season, tags);
"""
ASK = """
import json
import menus
menus.app.testing = True
client = menus.app.test_client()
def ask(path, **given):
    try:
        return client.post(path, **given).status_code
    except Exception as error:
        return f"{type(error).__name__}: {error}"
print(json.dumps([ask("/menus", data={"title": "a", "tag": "b"}), ask("/courses", **GIVEN)]))
"""


class Plain:
    """An object that says nothing of how it is stored."""


KINDS: dict[str, Any] = {
    "list": [1], "tuple": (1,), "set": {1}, "dict": {"a": 1}, "UUID": uuid.uuid4(), "Decimal": Decimal(1),
    "object": Plain(), "boolean": True,
}  # fmt: skip


def refused_by_sqlite(value: Any) -> bool:
    try:
        sqlite3.connect(":memory:").execute("SELECT ?", (value,))
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError) as error:
        assert "type" in str(error)
        return True
    return False


def refused_by_psycopg2(value: Any) -> bool:
    try:
        psycopg2.extensions.adapt(value)
    except psycopg2.ProgrammingError as error:
        assert "can't adapt type" in str(error)
        return True
    return False


def refused_by_psycopg(value: Any) -> bool:
    try:
        Transformer().get_dumper(value, psycopg.adapt.PyFormat.AUTO)
    except psycopg.ProgrammingError as error:
        assert "cannot adapt type" in str(error)
        return True
    return False


@pytest.mark.parametrize(
    ("driver", "refuses"),
    [("sqlite3", refused_by_sqlite), ("psycopg2", refused_by_psycopg2), ("psycopg", refused_by_psycopg)],
)
def test_the_kinds_that_are_refused(driver: str, refuses: Any) -> None:
    known = sys.modules[load_book().rules["sql/value-not-bindable"].check.__module__].REFUSED
    refused = {name for name, value in KINDS.items() if refuses(value)}
    assert refused == known[driver, True]


def answers(kind: str, folder: Path, given: str) -> list[Any]:
    """What the two requests to a fixture are answered with."""
    import json

    shutil.copytree(FIXTURES / kind / "python", folder, dirs_exist_ok=True)
    sqlite3.connect(folder / "menus.db").executescript(SCHEMA)
    done = subprocess.run(
        [sys.executable, "-c", ASK.replace("GIVEN", given)], cwd=folder, capture_output=True, text=True, timeout=60,
        check=True, env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    found: list[Any] = json.loads(done.stdout)
    return found


def test_the_bad_requests_end_in_the_driver(tmp_path: Path) -> None:
    menus, courses = answers("bad", tmp_path, '{"data": {"name": "soup"}}')
    assert "type 'list' is not supported" in menus
    assert "is not supported" in courses


def test_the_good_requests_are_answered(tmp_path: Path) -> None:
    assert answers("good", tmp_path, '{"json": {"tags": "a"}}') == [200, 200]
