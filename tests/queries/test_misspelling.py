"""Misspelled names in the queries of our own backends are reported, on the line where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.queries.misspelling import Outcome, measure, misspelled, places
from verifier.config import Config
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

APPS = Path(__file__).parent.parent.parent / "fixtures" / "apps"
# The backends, how many names their queries have at least, and the share of misspelled ones that is reported. Some of
# the names are tried here; `python -m tests.queries.misspelling` tries all.
SOME = 15
MEASURED = {"flask": (25, 1.0), "fastapi": (25, 1.0), "express": (35, 1.0), "koa": (35, 1.0), "django-orm": (55, 1.0)}


@pytest.mark.parametrize("app", MEASURED)
def test_misspelled_names_are_reported_on_their_line(app: str) -> None:
    least, share = MEASURED[app]
    project = read(APPS / app)
    assert len(places(link_project(project, Config(), load_book()))) >= least
    found = measure(project, load_book(), Config(), most=SOME)
    missed = [str(outcome) for outcome in found if not outcome.rules]
    assert len(found) == SOME
    assert len(missed) <= (1 - share) * len(found), "\n".join(missed)


def test_a_misspelled_name_is_nobodys() -> None:
    assert misspelled("username", {"username"}) == "userame"
    assert misspelled("title", {"title", "tile"}) == "tittle"
    assert misspelled("ab", {"ab", "a", "abb"}) == "abx"


def test_names_misspelled_alone_are_reported_as_those_misspelled_together() -> None:
    def shown(found: list[Outcome]) -> set[tuple[int, str, tuple[str, ...]]]:
        return {(outcome.line, outcome.was, outcome.rules) for outcome in found}

    alone = measure(read(APPS / "flask"), load_book(), Config(), most=6, together=False)
    together = measure(read(APPS / "flask"), load_book(), Config(), most=6)
    assert shown(alone) == shown(together)
