"""A handler answers with something that is no JSON.

`web.json_response()` calls `json.dumps()`, which writes dicts, lists, text, numbers and nothing else. A mapped object,
a date, a `Decimal`, a `UUID`, a set, a dataclass or a method that nobody called ends in a TypeError: the client sees
500.

Answer with a dict of the fields that clients are to see, dates as `.isoformat()`; or give `web.json_response()` a
`dumps` that knows more.

Calls with a `dumps` of their own are left alone. A value that may be one of several things is reported where each of
them is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import EVERYTHING, Category, Facts, Problem, dumps_of, encodes, refusals, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def unserializable(facts: Facts) -> Iterator[Problem]:
    """Yield each value that is given to ``json_response()`` or ``json.dumps()`` below a route and that it refuses."""
    if encodes(facts, r"JSONEncoder\.default\s*="):
        return
    for use in facts.uses:
        known = use.library in ("aiohttp.web.json_response", "aiohttp.web_response.json_response")
        if known and "dumps" not in use.keywords and not use.open:
            yield from refusals(facts, use, [use.argument(0, "data")], EVERYTHING, "json_response")
    yield from dumps_of(facts, "aiohttp")
