"""Inputs that repeat one construct thousands of times take a time in proportion to their length."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from verifier.check import check
from verifier.config import Config
from verifier.link.asking import STATEMENT
from verifier.link.suspects import CLASS
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 12.0  # seconds of the processor; much of this took longer, and some would not have ended
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n\n\n"
EXPRESS = "const express = require('express');\nconst app = express();\n"
NODE = '{"dependencies": {"express": "5.1.0", "pg": "8.0.0", "sequelize": "6.0.0", "jsonwebtoken": "9.0.0"}}'
COUNT = 1500


def seconds(pattern: re.Pattern[str] | re.Pattern[bytes], text: str | bytes) -> float:
    """How long an expression looks through a text."""
    start = time.process_time()
    list(pattern.finditer(text))  # type: ignore[arg-type]
    return time.process_time() - start


def test_comments_in_front_of_a_text_that_is_no_statement() -> None:
    assert seconds(STATEMENT, "/* a */ " * 2_000 + "none") < 5


def test_a_name_behind_with_that_does_not_end() -> None:
    assert seconds(STATEMENT, "WITH " + "a" * 20_000) < 5


def test_classes_whose_brackets_are_not_closed() -> None:
    assert seconds(CLASS, b"class A(\n" * 20_000) < 5
    assert seconds(CLASS, b"class A" + b" " * 40_000) < 5


def methods() -> str:
    called = "".join(f"    service.run{number}({number})\n" for number in range(COUNT))
    made = "".join(f"    def run{number}(self, one, other):\n        return one\n" for number in range(COUNT))
    return f"{FLASK}class Service:\n{made}\nservice = Service()\n\n@app.get('/')\ndef up():\n{called}    return 'up'\n"


def heirs() -> str:
    made = "".join(f"class Heir{number}(Base):\n    pass\n\n" for number in range(COUNT))
    called = "".join(f"    Heir{number}().run({number})\n" for number in range(COUNT))
    base = "class Base:\n    def run(self, one, other):\n        return one\n\n"
    return f"{FLASK}{base}{made}@app.get('/')\ndef up():\n{called}    return 'up'\n"


def exchanges() -> str:
    called = "    near(shelf_id, book_id)\n" * COUNT
    return f"{FLASK}def near(book_id, shelf_id):\n    return 1\n\n@app.get('/')\ndef up(book_id, shelf_id):\n{called}"


def fields() -> str:
    made = "".join(f"    field{number}: int = 0\n" for number in range(COUNT))
    called = "".join(f"def make{number}():\n    return Book(more=1)\n\n" for number in range(COUNT))
    return f"{FLASK}from dataclasses import dataclass\n\n@dataclass\nclass Book:\n{made}\n{called}"


def lists() -> str:
    made = "".join(f"  const a{one + 1} = [{', '.join([f'a{one}'] * 6)}];\n" for one in range(40))
    start = "  const a0 = names.map((name, place) => `${name} = $${place + 2}`);\n"
    asked = "  await pool.query(`update t set ${a40} where id = $1`);\n"
    head = f"{EXPRESS}const {{ Pool }} = require('pg');\nconst pool = new Pool();\n"
    return f"{head}app.put('/', async (req, res) => {{\n  const names = req.body;\n{start}{made}{asked}}});\n"


def options() -> str:
    head = f"{EXPRESS}const {{ Sequelize, DataTypes }} = require('sequelize');\nconst sequelize = new Sequelize();\n"
    model = "const User = sequelize.define('User', { name: DataTypes.STRING });\n"
    asked = "  await User.findAll({ orderBy: [['name']], take: 1 });\n" * COUNT
    return f"{head}{model}app.get('/', async (req, res) => {{\n{asked}}});\n"


def claims() -> str:
    head = f"{EXPRESS}const jwt = require('jsonwebtoken');\nexports.sign = () => jwt.sign({{ id: 1 }}, 's');\n"
    asked = "".join(
        f"app.get('/{one}', (req, res) => {{\n  const claims = jwt.verify(req.query.t, 's');\n"
        f"  res.json(claims.name{one});\n}});\n"
        for one in range(COUNT)
    )
    return f"{head}app.post('/', (req, res) => res.json(jwt.sign({{ id: 1 }}, 's')));\n{asked}"


def keys() -> str:
    made = "".join(f"KEY{one} = web.AppKey('key{one}', int)\n" for one in range(COUNT))
    asked = "".join(f"    request.app[KEY{one}]\n" for one in range(COUNT))
    return f"from aiohttp import web\n\n{made}\nasync def up(request):\n{asked}    return web.Response()\n"


PYTHON = [methods, heirs, exchanges, fields, keys]
JAVASCRIPT = [lists, options, claims]


@pytest.mark.parametrize("text", [*PYTHON, *JAVASCRIPT], ids=lambda one: one.__name__)
def test_repeated_constructs(tmp_path: Path, text: object) -> None:
    assert callable(text)
    if text in PYTHON:
        (tmp_path / "main.py").write_text(text(), "utf-8")
    else:
        (tmp_path / "app.js").write_text(text(), "utf-8")
        (tmp_path / "package.json").write_text(NODE, "utf-8")
    start = time.process_time()
    check(link_project(read(tmp_path), Config(), load_book()))
    assert time.process_time() - start < LONGEST
