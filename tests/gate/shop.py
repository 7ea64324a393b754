"""A small shop in a git repository, for the tests of the gate, and how they change it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

MAIN = """\
from fastapi import FastAPI

from app.prices import Prices, total
from app.store import rows

app = FastAPI()


@app.get("/total")
def show_total() -> int:
    return total([1, 2])


@app.get("/price")
def show_price() -> int:
    return Prices().of("tea")


@app.get("/rows")
def show_rows() -> list:
    return rows()
"""
PRICES = '''\
"""Prices of what is sold."""


class Prices:
    """All prices."""

    def of(self, name: str) -> int:
        """The price of one thing."""
        return known_prices[name]


def total(prices: list[int]) -> int:
    """The sum."""
    return sum(prices) + surcharge
'''
STORE = '''\
"""Rows of the store."""

import sqlite3


def rows() -> list:
    """All rows."""
    with sqlite3.connect("shop.db") as db:
        return db.execute("SELECT id, name FROM items ORDER BY id").fetchall()
'''
SCHEMA = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
START = "#!/bin/sh\nsqlite3 shop.db < schema.sql\nexec uvicorn app.main:app --host 0.0.0.0 --port 8080\n"

# Two names are defined nowhere: `known_prices` in a method, `surcharge` in a function.
SHOP = {
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "app/prices.py": PRICES,
    "app/store.py": STORE,
    "schema.sql": SCHEMA,
    "requirements.txt": "fastapi\nuvicorn\n",
    "run.sh": START,
}


class Repository:
    """A git repository that a test edits."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """Run git, as somebody with a name and no settings."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        path = self.root / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def commit(self, message: str = "change") -> str:
        """Commit everything."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")
