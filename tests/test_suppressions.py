"""Suppression comments: what they accept, and complaints about those that do nothing."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Buttress, Write

BAD_ROUTES = """from fastapi import FastAPI

app = FastAPI()


@app.get("/articles/{slug}")
def article(slug: str) -> str:
    return slug


@app.get("/articles/feed")%s
def feed() -> str:
    return "feed"
"""


def rules(buttress: Buttress, text: str, write: Write, *arguments: str) -> list[tuple[int, str]]:
    ran = buttress("check", write({"main.py": text}), "--format", "json", *arguments)
    return [(found["line"], found["rule"]) for found in json.loads(ran.out)["findings"]]


def test_end_of_line(buttress: Buttress, write: Write) -> None:
    comment = "  # buttress: ignore[fastapi/shadowed-route] -- an old client asks for it"
    assert rules(buttress, BAD_ROUTES % comment, write) == []


def test_line_above(buttress: Buttress, write: Write) -> None:
    text = (BAD_ROUTES % "").replace(
        '@app.get("/articles/feed")', '# buttress: ignore[fastapi/shadowed-route]\n@app.get("/articles/feed")'
    )
    assert rules(buttress, text, write) == []


def test_two_rules(buttress: Buttress, write: Write) -> None:
    comment = "  # buttress: ignore[fastapi/shadowed-route, startup/syntax-error]"
    assert rules(buttress, BAD_ROUTES % comment, write) == [(11, "buttress/unused-suppression")]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# buttress: ignore[fastapi/shadowed-rout]", "There is no rule `fastapi/shadowed-rout`; did you mean"),
        ("# buttress: ignore", "names no rule"),
        ("# buttress: ignore[]", "names no rule"),
        ("# buttress: ignore[startup/syntax-error]", "`startup/syntax-error` finds nothing here"),
    ],
)
def test_complaints(buttress: Buttress, write: Write, comment: str, message: str) -> None:
    ran = buttress("check", write({"main.py": f"x = 1  {comment}\n"}), "--format", "json")
    (found,) = json.loads(ran.out)["findings"]
    assert found["rule"] == "buttress/unused-suppression"
    assert found["severity"] == "warning"
    assert message in found["message"]


def test_rule_that_was_not_run_is_not_called_unused(buttress: Buttress, write: Write) -> None:
    text = "x = 1  # buttress: ignore[startup/syntax-error]\n"
    assert rules(buttress, text, write, "--ignore", "startup") == []


def test_text_that_only_looks_like_one(buttress: Buttress, write: Write) -> None:
    assert rules(buttress, 'x = "# buttress: ignore[startup/syntax-error]"\n', write) == []


def test_javascript(buttress: Buttress, write: Write) -> None:
    text = (
        'const app = require("express")();\n'
        'app.get("/a/:b", (req, res) => res.json(1));\n'
        "// buttress: ignore[express/shadowed-route] -- kept for the record\n"
        'app.get("/a/b", (req, res) => res.json(2));\n'
        "app.listen(3000);\n"
    )
    root = write({"server.js": text})
    ran = buttress("check", root)
    assert ran.code == 0
    assert "1 finding suppressed" in ran.out
