"""Names that nothing binds, in files of which it is not said what runs them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Write
from verifier.session import Options, open_session

SERVER = {
    "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5.1.0"}}',
    "server.js": 'import express from "express";\nconst app = express();\napp.get("/up", (q, r) => r.json({}));\n',
    "shared.js": "export const LIMIT = 20;\n",
}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("export const page = () => history.length;", False),
        ("import { LIMIT } from './shared.js';\nexport const sound = new OfflineAudioContext(1, LIMIT, 44100);", False),
        ("import { Template } from 'meteor/templating';\nimport fs from 'fs';\nexport const id = Session.id;", False),
        ("import fs from 'fs';\nexport const size = () => fs.statSync(FOLDER).size;", True),
        ("import { Hono } from 'hono';\nexport const app = new Hono().get('/', (c) => c.text(GREETING));", True),
        ("import './server.js';\nexport const clean = () => FOLDER;", True),
        ("module.exports = { up: () => Sequelize.STRING };", True),
    ],
)
def test_a_file_that_a_browser_may_run_is_left_alone(write: Write, text: str, known: bool) -> None:
    """Pages and frameworks for browsers give files names; Node gives none."""
    folder = write({**SERVER, "other.js": text})
    faults = open_session(Options(folder, quiet=True, cache=False)).facts.name_faults
    assert [fault.span.path for fault in faults] == ["other.js"] * known


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def total(row):\n    return found.size if (found := row.get(1)) else 0\n", []),
        ("def total(row):\n    return (found, (found := 1))[0]\n", [2]),
        ("def total(row):\n    return (found, (found := 1) if row else 2)\n", [2]),
        ("def total(row):\n    return 1 if found else (found := 2)\n", [2]),
    ],
)
def test_the_test_of_a_conditional_expression_comes_first(write: Write, text: str, lines: list[int]) -> None:
    """Python itself says so, too."""
    faults = open_session(Options(write({"app.py": text}), quiet=True, cache=False)).facts.name_faults
    assert [fault.span.line for fault in faults] == lines
    space: dict[str, Callable[[dict[int, str]], object]] = {}
    exec(text, space)
    if lines:
        with pytest.raises(UnboundLocalError):
            space["total"]({})
    else:
        assert space["total"]({}) == 0


def test_names_for_type_checkers_alone(write: Write) -> None:
    """They may be used where type checkers alone read, and each module has its own `__spec__`."""
    text = """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal
    from importlib.machinery import ModuleSpec

    __spec__: ModuleSpec

PARENT = __spec__


def price(row):
    if TYPE_CHECKING:
        assert isinstance(row, Decimal)
    return row


def wrong(row):
    return isinstance(row, Decimal)
"""
    faults = open_session(Options(write({"app.py": text}), quiet=True, cache=False)).facts.name_faults
    assert [(fault.name, fault.span.line) for fault in faults] == [("Decimal", 19)]
