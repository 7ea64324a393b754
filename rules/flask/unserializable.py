"""A view answers with something that is no JSON.

`jsonify()` writes dicts, lists, text and numbers, and beside these dates, `Decimal`, `UUID` and dataclasses. A mapped
object, a set, bytes, a pydantic model or a method that nobody called ends in a TypeError: the client sees 500.
`json.dumps()` refuses dates, `Decimal` and `UUID` as well.

Answer with a dict of the fields that clients are to see; call the method; turn a set into a list.

The rule is silent where the project brings a JSON provider or encoder of its own. A value that may be one of several
things is reported where each of them is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import EVERYTHING, Category, Facts, Problem, dumps_of, encodes, refusals, rule

# What Flask's own encoder writes beside what every encoder does; moments of the day and spans of time are not among it.
OWN = frozenset({"dataclass", "Decimal", "datetime", "date", "UUID"})
ARRANGED = r"json_provider_class|json_encoder|JSONProvider|JSONEncoder|simplejson|orjson|ujson"


@rule(Category.DATABASE_RUNTIME_ERROR)
def unserializable(facts: Facts) -> Iterator[Problem]:
    """Yield each value that is given to ``jsonify()`` or ``json.dumps()`` below a route and that it refuses."""
    uses = [use for use in facts.uses if (use.library or "") in ("flask.jsonify", "flask.json.jsonify")]
    if uses and not encodes(facts, ARRANGED):
        for use in uses:
            yield from refusals(facts, use, [*use.arguments, *use.keywords.values()], EVERYTHING - OWN, "jsonify")
    yield from dumps_of(facts, "flask")
