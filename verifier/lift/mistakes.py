"""Mistakes in the grammar of SQL that PostgreSQL and SQLite refuse, whatever else a statement says."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.lift.placeholders import HOLE, Token

# What needs something behind it, and what cannot be that.
NEEDING = frozenset("WHERE AND OR SET BY ON HAVING FROM JOIN INTO VALUES LIKE BETWEEN WHEN THEN =".split())
NEVER_FIRST = frozenset("WHERE GROUP ORDER HAVING LIMIT AND OR FROM ) ;".split())
CLOSING = frozenset("FROM WHERE ORDER GROUP HAVING LIMIT )".split())


def mistake(words: Sequence[Token]) -> Token | None:
    """The word that a database stumbles over; a word without text stands for the end. None where that is not sure."""
    solid = [word for word in words if word.kind not in ("space", "comment")]
    if not solid or any(HOLE in word.text for word in solid):
        return None
    end = Token("end", "", solid[-1].end, solid[-1].end)
    depth, before = 0, ""
    for word, following in zip(solid, [*solid[1:], end], strict=True):
        said = spelled(word)
        next_said = spelled(following)
        if said == "(":
            depth += 1
        elif said == ")":
            depth -= 1
            if depth < 0:
                return word
        if said == "," and (next_said in CLOSING or following is end):
            return following
        if (
            said in NEEDING
            and (next_said in NEVER_FIRST or following is end)
            and (said, before) != ("VALUES", "DEFAULT")
        ):
            return following
        before = said
    return end if depth else None


def spelled(word: Token) -> str:
    """A word as it is compared; a name in quotes and a text are none of these."""
    if word.kind == "word":
        return word.text.upper()
    return word.text if word.kind == "symbol" else ""
