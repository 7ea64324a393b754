"""A handler answers with something that is no JSON.

What a handler returns goes through FastAPI's encoder, which writes nearly everything. A `JSONResponse` that the code
makes by itself does not: it calls `json.dumps()`, which writes dicts, lists, text and numbers. A pydantic model, a
mapped object, a date, a `UUID` or a set in it ends in a TypeError: the client sees 500.

Return the value itself, or give `JSONResponse` what `fastapi.encoders.jsonable_encoder(...)` or
`model_dump(mode="json")` gives.

A value that may be one of several things is reported where each of them is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import EVERYTHING, Category, Facts, Problem, dumps_of, encodes, refusals, rule

RESPONSES = frozenset(f"{module}.JSONResponse" for module in ("fastapi.responses", "starlette.responses", "fastapi"))


@rule(Category.DATABASE_RUNTIME_ERROR)
def unserializable(facts: Facts) -> Iterator[Problem]:
    """Yield each value that is given to a ``JSONResponse`` or ``json.dumps()`` below a route and that it refuses."""
    for use in facts.uses:
        if use.library in RESPONSES and not use.open and not encodes(facts, r"JSONEncoder\.default\s*="):
            yield from refusals(facts, use, [use.argument(0, "content")], EVERYTHING, "JSONResponse")
    yield from dumps_of(facts, "fastapi")
