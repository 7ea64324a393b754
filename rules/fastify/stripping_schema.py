"""A response schema leaves out what is to be sent: Fastify strips it from the answer.

Fastify writes an answer by the schema of its status and nothing else. Of an object, only the `properties` that the
schema names are sent: a field of the contract that is not among them is missing in every answer, whatever the handler
gives. With `{ type: "object" }` alone nothing is left: `{}` is sent, and `[{}, {}]` for a list of such objects. The
status is 200, the handler has worked, and the client reads `undefined`.

Name the properties, allow others by `additionalProperties: true`, or leave the schema out.

The rule is silent for schemas that are made of others (`$ref`, `anyOf`, `allOf`), for those that name no properties on
purpose (`properties: {}`), and where the project sets a serializer of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Category,
    Facts,
    JsonSchema,
    Origin,
    Problem,
    Record,
    Route,
    Sequence,
    Value,
    answers,
    is_test,
    options,
    rule,
    text_of,
)

from ._request import serving

OWN = (b"setSerializerCompiler", b"serializerCompiler", b"setReplySerializer", b"preSerialization")
OTHERS = frozenset("$ref additionalProperties allOf anyOf oneOf patternProperties if then else not".split())
WITHOUT_BODY = frozenset({"204", "205", "304"})
DEEPEST = 8


class Stripped(NamedTuple):
    """A schema that strips: what the contract requires, or all where no name is given."""

    place: Origin
    name: str


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def stripping_schema(facts: Facts) -> Iterator[Problem]:
    """Yield each schema of answers that leaves out what is to be sent."""
    engine = facts.program.engine
    routes = [route for route in facts.served_routes if route.framework == "fastify"]
    sources = facts.project.files.items() if routes else ()
    if any(word in source.data for path, source in sources if not path.endswith(".py") for word in OWN):
        return
    found: dict[Stripped, list[Route]] = {}
    for route in routes:
        answering = serving(engine, route)
        schema = answering.settings.entries.get("schema") if answering is not None else None
        responses = schema.entries.get("response") if isinstance(schema, Record) else None
        for status, answer in responses.entries.items() if isinstance(responses, Record) else ():
            if str(status)[:1] == "2" and str(status) not in WITHOUT_BODY:
                depth = 0 if route.method != "DELETE" else 1
                for one in stripped(answer, wanted(facts, route, str(status)), depth, whole=depth == 0):
                    found.setdefault(one, []).append(route)
    for (place, name), affected in found.items():
        if not is_test(place.path):
            yield Problem(
                engine.span(place),
                f"`{name}` is not among these properties: it is stripped from the answer"
                if name
                else "This schema names no properties, so that the object is sent as `{}`",
                symptom=f"200 without `{name}`" if name else "200 with `{}` in place of the object",
                remedy=f"Add `{name}` to the schema" if name else "Name the properties in the schema",
                routes=tuple(affected),
            )


def wanted(facts: Facts, route: Route, status: str) -> JsonSchema | None:
    """What the contract says of an answer of a route."""
    for operation in facts.contract.operations if facts.contract is not None else ():
        if answers(route, operation):
            known = {key: schema for key, schema in operation.successes.items() if schema is not None}
            return known.get(status) or (next(iter(known.values())) if len(known) == 1 else None)
    return None


def stripped(schema: Value, contract: JsonSchema | None, depth: int, *, whole: bool = True) -> Iterator[Stripped]:
    """The objects in a schema that leave something out; of the outermost one that it leaves all out, where asked."""
    if len(options(schema)) != 1 or not isinstance(schema, Record) or not schema.complete or depth > DEEPEST:
        return
    entries = schema.entries
    if OTHERS & {str(name) for name in entries}:
        return
    kind, inner, items = text_of(entries.get("type")), entries.get("properties"), entries.get("items")
    if kind == "object" and inner is None and schema.origin is not None and whole:
        yield Stripped(schema.origin, "")
    elif kind == "object" and isinstance(inner, Record) and inner.complete:
        place = inner.origin or schema.origin
        lacking = contract.required - {str(name) for name in inner.entries} if contract is not None else frozenset()
        if place is not None and inner.entries:
            yield from (Stripped(place, name) for name in sorted(lacking))
        for name, value in inner.entries.items():
            yield from stripped(value, contract.properties.get(str(name)) if contract is not None else None, depth + 1)
    elif kind == "array" and items is not None and not isinstance(items, Sequence):
        yield from stripped(items, contract.items if contract is not None else None, depth + 1)
