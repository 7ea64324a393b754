"""Every rule on every fixture: a bad one reports exactly its marked lines, a good one nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.packs import load_book
from verifier.testing import expected, reported, without_fixtures

FIXTURES = Path(__file__).parent.parent / "fixtures"
RULES = sorted(load_book().rules)


def folders(kind: str) -> list[Path]:
    """The fixtures of a kind, by rule."""
    return [FIXTURES / rule.replace("-", "_") / kind for rule in RULES]


@pytest.mark.parametrize("folder", folders("bad"), ids=RULES)
def test_bad(folder: Path) -> None:
    rule = f"{folder.parts[-3]}/{folder.parts[-2].replace('_', '-')}"
    marked = expected(folder)
    assert any(name == rule for _, _, name in marked), "no line is marked for the rule itself"
    assert reported(folder) == marked


@pytest.mark.parametrize("folder", folders("good"), ids=RULES)
def test_good(folder: Path) -> None:
    assert not expected(folder)
    assert reported(folder) == set()


def test_every_rule_has_fixtures() -> None:
    assert without_fixtures(load_book(), FIXTURES) == []


def test_every_fixture_has_a_rule() -> None:
    known = {rule.replace("-", "_") for rule in RULES}
    found = {
        f"{pack.name}/{rule.name}"
        for pack in FIXTURES.iterdir()
        if pack.is_dir() and pack.name != "apps"
        for rule in pack.iterdir()
        if rule.is_dir()
    }
    assert found == known
