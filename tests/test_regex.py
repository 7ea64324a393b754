"""Several expressions for paths, of which few are compiled: they fit what all of them, joined, fit."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.packs import load_book
from verifier.regex import Paths, beginnings

BOOK = load_book()
PATTERNS = sorted(
    {
        pattern
        for pack in BOOK.packs
        for some in (pack.promises, pack.creates, pack.watches, pack.statements, tuple(pack.connects))
        for pattern in some
    }
    | {pattern for pack in BOOK.packs if pack.data is not None for pattern in pack.data.calls}
)


@st.composite
def asked(draw: st.DrawFn) -> tuple[list[str], str]:
    """Some expressions, and what one of them fits, whole or damaged."""
    some = draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=8))
    expression = re.compile(draw(st.sampled_from(some)), re.ASCII)
    text: str = draw(st.from_regex(expression, fullmatch=True))
    at = draw(st.integers(0, len(text)))
    return some, draw(st.sampled_from([text, text, text[:at] + text[at + 1 :], text[at:], f"{text[:at]}.{text[at:]}"]))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked())
def test_fits_what_the_expressions_fit(given: tuple[list[str], str]) -> None:
    """One by one or joined, they say the same of a path, twice asked."""
    some, path = given
    known = Paths(some)
    joined = re.compile("|".join(f"(?:{pattern})" for pattern in some)).fullmatch(path) is not None
    assert (known.fullmatch(path) is not None) is joined
    assert (known.fullmatch(path) is not None) is joined


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"sqlalchemy\.orm\.(?:Session|scoped_session)\.get", {"sqlalchemy.orm."}),
        (r"(?:pymysql|mysql\.connector)\.connect", {"pymysql", "mysql.connector"}),
        (r"asyncpg(?:\.\w+)?\.connect", {"asyncpg"}),
        (r"knexx?\.raw", {"knex"}),
        (r"ab*c", {""}),
        (r"(?:node:)?fs\.readFile", {""}),
        (r"a\.b|c\.d", {""}),
        (r"(?:a|bc)\.d", {""}),
    ],
)
def test_beginnings(pattern: str, expected: set[str]) -> None:
    """What is optional begins nothing, and alternatives without a group are not looked into."""
    assert beginnings(pattern) == expected
