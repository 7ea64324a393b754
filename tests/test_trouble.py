"""Errors of Buttress itself: each costs what it was about, and is told of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.conftest import Buttress, Write
from verifier.lift.reading import Lifting
from verifier.model import Span
from verifier.packs import Shelf

APPS = Path(__file__).parent.parent / "fixtures" / "apps"
PACK = """
from verifier.api import Pack


def run(call):
    return {}["nothing"]


PACK = Pack(packages=("oops",), functions={"oops.run": run})
"""
RULE = """'''A rule that fails.'''

from verifier.api import Category, rule


@rule(Category.BUSINESS_LOGIC_DEFECT)
def failing(facts):
    raise LookupError("of the rule")
    yield
"""
APP = """
import oops
from flask import Flask

app = Flask(__name__)
oops.run(app)


@app.get("/up")
def up():
    return missing
"""


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack whose miniature and whose rule fail."""
    monkeypatch.delenv("BUTTRESS_DEBUG")
    folder = tmp_path / "failing_pack"
    folder.mkdir()
    (folder / "__init__.py").write_text(PACK)
    (folder / "failing.py").write_text(RULE)
    return folder


def test_all_else_is_checked(buttress: Buttress, write: Write, pack: Path) -> None:
    ran = buttress("check", write({"app.py": APP}), "--pack", pack, "--format", "json")
    data = json.loads(ran.out)
    assert ran.code == 1
    assert [found["rule"] for found in data["findings"]] == ["names/undefined-name"]
    assert data["coverage"]["routes"]["found"] == 1
    notes = [note["reason"] for note in data["coverage"]["notes"]]
    assert [note.partition(":")[0] for note in notes] == [
        "`failing_pack/failing` could not be run",
        "the call of `run`",
    ]
    assert all(f"buttress: {note}" in ran.err.splitlines() for note in notes)


def test_whoever_looks_for_errors_gets_them(
    buttress: Buttress, write: Write, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUTTRESS_DEBUG", "1")
    with pytest.raises(KeyError, match="nothing"):
        buttress("check", write({"app.py": APP}), "--pack", pack)


def test_a_clause_whose_rule_failed_is_undecided(buttress: Buttress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUTTRESS_DEBUG")
    get = Shelf.__getitem__

    def failing(shelf: Shelf, name: str) -> Any:
        def check(facts: object) -> Iterator[Any]:
            raise TypeError("of the rule")

        found = get(shelf, name)
        return SimpleNamespace(check=check, constraint=found.constraint) if name == "layers/upward-import" else found

    monkeypatch.setattr(Shelf, "__getitem__", failing)
    data = json.loads(buttress("check", APPS / "flask", "--architecture", "clean", "--format", "json").out)
    verdicts = {verdict["clause"]: verdict["compliant"] for verdict in data["constraints"]}
    assert verdicts["dependencies point down only"] is None
    assert verdicts["routes hold no data access"] is True


def test_one_statement_that_cannot_be_read_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def reading() -> Iterator[Any]:
        raise IndexError("of the pack")
        yield

    lifting = cast("Lifting", SimpleNamespace(parts=0, dialect="", stopped=0))
    site = cast("Any", SimpleNamespace(start=Span("a.py", 1), caller=None))
    with pytest.raises(IndexError):
        list(Lifting.each(lifting, site, "library", reading()))
    monkeypatch.delenv("BUTTRESS_DEBUG")
    (query,) = list(Lifting.each(lifting, site, "library", reading()))
    assert "IndexError: of the pack" in str(query)
