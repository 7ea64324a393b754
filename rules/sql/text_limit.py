"""A LIMIT or OFFSET is given a text.

The database wants a number: `invalid input syntax for type bigint`, `argument of LIMIT must be type bigint, not type
text`, and SQLite says `datatype mismatch`. What comes from a query string is a text until it is converted.

Convert it to a number, with a default and an upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def text_limit(facts: Facts) -> Iterator[Problem]:
    """Yield each limit that is a text."""
    yield from facts.faults.get("sql/text-limit", ())
