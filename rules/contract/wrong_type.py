"""A field of an answer has another type than the contract's.

The contract says that a field is a boolean, an integer or a text, and what the handler puts there surely is another of
these: `Number(liked)`, a count of rows where a flag is wanted, `String(total)`, a literal of another type. Clients that
compare with `true` or add to it are wrong, and those that check answers against the contract refuse it.

Convert it where the answer is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._bodies import grouped, judged, requests, routes_of


@rule(Category.SCHEMA_FORMAT_ERROR, constraint="contract")
def wrong_type(facts: Facts) -> Iterator[Problem]:
    """Yield each scalar that surely is of another type."""
    for (span, name), found in grouped(one for one in judged(facts) if one.difference.kind == "type").items():
        difference = found[0].difference
        wanted = " or ".join(sorted(difference.wanted.types - {"null"}))
        kinds = dict.fromkeys(way.kind for way in difference.shape.ways)
        yield Problem(
            span,
            f"`{name}` is {article(next(iter(kinds)))} in the answer, and the contract says {wanted}",
            symptom=f"`{name}` of the wrong type in the answer to {requests(found)}",
            remedy=f"Convert it to {article(wanted)}",
            routes=routes_of(found),
            identity=f"{name} {wanted}",
        )


def article(word: str) -> str:
    """A word with its article."""
    return f"an {word}" if word[:1] in "aeiou" else f"a {word}"
