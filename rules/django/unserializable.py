"""A view answers with something that is no JSON.

`JsonResponse` writes dicts, lists, text and numbers, and beside these dates, times, `Decimal` and `UUID`. A model, a
query set, a manager, a set, a dataclass or a method that nobody called ends in a TypeError: the client sees 500. REST
framework's `Response` writes sets and more, but no model either. A list by itself is refused by `JsonResponse` without
`safe=False`.

Answer with a dict of the fields that clients are to see, or with what a serializer gives; make a list of `.values()`.

Calls with an encoder of their own are left alone, and so is `Response` where the project chooses its renderers. A
value that may be one of several things is reported where each of them is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import EVERYTHING, Category, Facts, Problem, Sequence, Use, dumps_of, encodes, refusals, rule

PLAIN = EVERYTHING - {"Decimal", "datetime", "date", "time", "timedelta", "UUID"}
REST = frozenset({"object", "dataclass", "entity", "function", "class"})
RENDERED = r"DEFAULT_RENDERER_CLASSES|renderer_classes|encoder_class|\borjson\b|\bujson\b"


@rule(Category.DATABASE_RUNTIME_ERROR)
def unserializable(facts: Facts) -> Iterator[Problem]:
    """Yield each value that is given to a response or to ``json.dumps()`` below a route and that it refuses."""
    for use in facts.uses:
        if use.open:
            continue
        if use.library in ("django.http.JsonResponse", "django.http.response.JsonResponse"):
            data = use.argument(0, "data")
            if use.argument(1, "encoder") is None:
                yield from refusals(facts, use, [data], PLAIN, "JsonResponse")
            if isinstance(data, Sequence) and use.argument(2, "safe") is None:
                yield bare_list(facts, use)
        elif use.library == "rest_framework.response.Response" and not encodes(facts, RENDERED):
            yield from refusals(facts, use, [use.argument(0, "data")], REST, "Response")
    yield from dumps_of(facts, "django")


def bare_list(facts: Facts, use: Use) -> Problem:
    """The finding on a list that is answered as it is."""
    return Problem(
        use.span,
        "`JsonResponse` is given a list, which it refuses unless `safe=False` is set",
        symptom="500: TypeError: In order to allow non-dict objects to be serialized set the safe parameter to False.",
        remedy="Put the list into a dict, or set `safe=False`",
        routes=facts.routes_at(use.span),
        identity="a list",
    )
