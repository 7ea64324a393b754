"""The book of rules: only what a project may need is imported."""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from verifier.check import check, idle_packs
from verifier.config import Config
from verifier.packs import Shelf, load_book, some_are_installed
from verifier.rule import Rule
from verifier.session import Options, open_session

HERE = Path(__file__).parent
APPS = HERE.parent / "fixtures" / "apps"


def test_rules_lie_where_their_names_say() -> None:
    """The id that a file's place promises is that of the rule it holds."""
    rules = load_book().rules
    assert len(rules) > 300
    assert [name for name in rules if rules[name].id != name] == []


def test_rules_of_absent_libraries_are_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask's backend has none of Express's or Sequelize's rules imported, and each counts as run."""
    facts = open_session(Options(APPS / "flask", quiet=True, cache=False)).facts
    asked: list[str] = []
    get = Shelf.__getitem__

    def watched(shelf: Shelf, name: str) -> Rule:
        asked.append(name)
        return get(shelf, name)

    monkeypatch.setattr(Shelf, "__getitem__", watched)
    report = check(facts)
    assert {"express", "sequelize", "django"} <= idle_packs(facts)
    assert {"flask/parameter-mismatch", "sqlalchemy/missing-unique"} <= set(asked)
    assert [name for name in asked if name.startswith(("express/", "sequelize/", "django/"))] == []
    assert set(report.timings) >= {name for name in facts.book.rules if name.startswith("express/")}


def test_a_pack_and_its_rules_ask_for_the_same_constraint() -> None:
    """A pack that is passed over as a whole has no rule that asks for less."""
    book = load_book()
    asking = {pack.name: pack.constraint for pack in book.packs if pack.constraint is not None}
    assert set(asking) == {"contract", "layers"}
    rules = [rule for name, rule in book.rules.items() if name.partition("/")[0] in asking]
    assert [rule.id for rule in rules if rule.constraint != asking[rule.id.partition("/")[0]]] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.py", "import importlib\nimportlib.import_module('flask')\n"),
        ("requirements.txt", "flask==3.0\n"),
        ("run.sh", "flask run\n"),
    ],
)
def test_a_library_that_any_text_names_is_not_absent(tmp_path: Path, name: str, text: str) -> None:
    """An import is not asked for."""
    (tmp_path / "other.py").write_text("x = 1\n")
    assert "flask" in idle_packs(open_session(Options(tmp_path, quiet=True, cache=False)).facts)
    (tmp_path / name).write_text(text)
    assert "flask" not in idle_packs(open_session(Options(tmp_path, quiet=True, cache=False)).facts)


def test_neutral_packs_are_never_idle() -> None:
    """What speaks of no one library is always asked."""
    facts = open_session(Options(APPS / "koa", quiet=True, cache=False)).facts
    assert not idle_packs(facts) & {"auth", "startup", "names", "sql", "orm", "drivers", "contract", "layers"}
    assert facts.config == Config()


@pytest.mark.parametrize(
    ("folder", "text", "expected"),
    [
        ("one-1.0.dist-info", "[buttress.packs]\nrules = one\n", True),
        ("one.egg-info", "[buttress.packs]\nrules = one\n", True),
        ("one-1.0.dist-info", "[console_scripts]\none = one:main\n", False),
    ],
)
def test_installed_packs_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, text: str, expected: bool
) -> None:
    """Where no distribution offers packs, nothing more is read of them."""
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "entry_points.txt").write_text(text)
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "absent")])
    assert some_are_installed() is expected


def test_an_archive_may_offer_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be looked into cheaply is asked at length."""
    with ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("one.py", "")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "all.zip")])
    assert some_are_installed()
