"""What routes answer, held against what the contract says that they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from verifier.api import Answer, Facts, JsonSchema, Operation, Origin, Route, Shape, Span, answers, bare, is_test, regex

SCALARS = frozenset({"string", "integer", "number", "boolean"})
# Fields by which an answer says that something went wrong, whatever its status.
FAILING = frozenset({"error", "errors", "message", "msg", "detail", "details", "success", "ok", "code", "status"})
# Code that changes what handlers answer, after them.
AFTERWARDS = regex(
    rb"preSerialization|onSend\b|after_request\b|after_app_request\b|process_response|make_response_class"
    rb"|(?:ctx|context)\.body\s*=\s*\{[^}]*(?:ctx|context)\.body\b|\bres\.(?:json|send)\s*=[^=]|\bexpress-mung\b"
    rb"|on_response_prepare|setReplySerializer|setSerializerCompiler|serializerCompiler|ObjectRenderer|finalize_response"
)


class Difference(NamedTuple):
    """Where an answer is not what the contract says.

    Attributes:
        kind: ``missing`` a field, ``renamed`` a field under another spelling, ``type`` of a scalar, ``bare`` the
            contents of an envelope without it.
        path: of what differs, from the top of the JSON; items of a list are ``[]``.
        shape: what is there: the object without the field, or the value of another type.
        wanted: what the contract wants there.
        found: the name of the field that stands for the missing one.
    """

    kind: Literal["missing", "renamed", "type", "bare"]
    path: tuple[str, ...]
    shape: Shape
    wanted: JsonSchema
    found: str = ""

    @property
    def name(self) -> str:
        """The field."""
        return next((part for part in reversed(self.path) if part != "[]"), "")

    @property
    def origin(self) -> Origin | None:
        """Where what is wrong is written."""
        if self.kind == "renamed":
            return self.shape.places.get(self.found) or self.shape.origin
        return self.shape.origin


class Judged(NamedTuple):
    """A difference, with what has it."""

    difference: Difference
    operation: Operation
    route: Route
    answer: Answer
    span: Span


def answering(facts: Facts) -> Iterator[tuple[Operation, Route]]:
    """The operations of the contract, each with the route that answers it."""
    assert facts.contract is not None
    for operation in facts.contract.operations:
        made = next((route for route in facts.served_routes if answers(route, operation)), None)
        if made is not None and not made.conditional:
            yield operation, made


def judged(facts: Facts) -> tuple[Judged, ...]:
    """All differences of all answers of success; found once for all rules."""
    known: tuple[Judged, ...] | None = facts.__dict__.get("judged answers")
    if known is None:
        known = facts.__dict__["judged answers"] = tuple(judge(facts))
    return known


def judge(facts: Facts) -> Iterator[Judged]:
    """The same, one after the other."""
    sources = [source.data for path, source in facts.project.files.items() if not is_test(path)]
    if any(AFTERWARDS.search(data) for data in sources):
        return
    engine = facts.program.engine
    for operation, route in answering(facts):
        if not any(schema is not None for schema in operation.successes.values()):
            continue
        for answer in facts.answered(route).answers:
            schema = wanted(operation, answer)
            if schema is None or answer.shape is None or fails(answer.shape, schema):
                continue
            for found in differences(schema, answer.shape):
                origin = found.origin
                yield Judged(found, operation, route, answer, engine.span(origin) if origin else answer.span)


def wanted(operation: Operation, answer: Answer) -> JsonSchema | None:
    """What the contract says of an answer; None where it says nothing, or the answer may be one of failure."""
    if not answer.succeeds:
        return None
    known = operation.successes
    if len(answer.statuses) == 1:
        (status,) = answer.statuses
        if str(status) in known:
            return known[str(status)]
    schemas = [schema for schema in known.values() if schema is not None]
    return schemas[0] if len(schemas) == 1 else None


def fails(shape: Shape, schema: JsonSchema) -> bool:
    """Whether an answer surely says that something went wrong, though its status does not."""
    return any(
        way.kind == "object" and not way.fields.keys() & schema.properties.keys() and way.fields.keys() & FAILING
        for way in shape.ways
    )


def differences(schema: JsonSchema, shape: Shape, path: tuple[str, ...] = ()) -> list[Difference]:
    """Where something surely is not what a schema says: of several shapes that it may have, in all."""
    ways = [way for way in shape.ways if way.kind not in ("null", "nothing")]
    if schema.variants or not ways or any(way.kind == "unknown" for way in ways):
        return []
    found = [own(schema, way, path) for way in ways]
    shared = {(one.kind, one.path) for one in found[0]}.intersection(
        *({(one.kind, one.path) for one in others} for others in found[1:])
    )
    return [one for one in found[0] if (one.kind, one.path) in shared]


def own(schema: JsonSchema, shape: Shape, path: tuple[str, ...]) -> list[Difference]:
    """The differences of one shape."""
    if shape.kind == "object" and schema.properties:
        if not path and is_bare(schema, shape):
            return [Difference("bare", path, shape, schema, inside(schema))]
        return of_object(schema, shape, path)
    if shape.kind == "array":
        if schema.items is not None:
            return differences(schema.items, shape.item, (*path, "[]")) if shape.item is not None else []
        held = [inner for inner in schema.properties.values() if "array" in inner.types]
        if not path and schema.types == {"object"} and len(held) == 1:
            return [Difference("bare", path, shape, schema, inside(schema))]
        return []
    if shape.kind in SCALARS and schema.types and not fits(shape.kind, schema.types):
        return [Difference("type", path, shape, schema)]
    return []


def of_object(schema: JsonSchema, shape: Shape, path: tuple[str, ...]) -> list[Difference]:
    """The differences of an object."""
    found: list[Difference] = []
    for name, inner in schema.properties.items():
        field = shape.fields.get(name)
        if field is not None:
            found.extend(differences(inner, field, (*path, name)))
        elif name in schema.required and not shape.open and shape.fields:
            other = respelled(name, shape.fields, schema.properties)
            kind: Literal["renamed", "missing"] = "renamed" if other else "missing"
            found.append(Difference(kind, (*path, name), shape, inner, other))
    return found


def respelled(name: str, fields: Iterable[str], properties: Mapping[str, JsonSchema]) -> str:
    """The field that has a name in another spelling (`created_at` for `createdAt`)."""
    return next((other for other in fields if other not in properties and bare(other) == bare(name)), "")


def inside(schema: JsonSchema) -> str:
    """The one field in which an envelope holds its contents; empty where it is no envelope."""
    required = [name for name in schema.properties if name in schema.required] or list(schema.properties)
    held = [name for name in required if schema.properties[name].types & {"object", "array"}]
    return held[0] if len(held) == 1 else ""


def is_bare(schema: JsonSchema, shape: Shape) -> bool:
    """Whether an object holds what the contract puts into an envelope, and not the envelope."""
    name = inside(schema)
    inner = schema.properties[name] if name else None
    if inner is None or shape.open or set(schema.properties) & shape.fields.keys():
        return False
    own = {bare(field) for field in shape.fields}
    shared = {field for field in inner.properties if bare(field) in own}
    return len(shared) >= 2 or (bool(shared) and len(inner.properties) == 1)


def fits(kind: str, types: frozenset[str]) -> bool:
    """Whether a scalar is one of some types of JSON; a number of which no more is known may be an integer."""
    return kind in types or (kind in ("integer", "number") and bool(types & {"integer", "number"}))


def grouped(found: Iterable[Judged]) -> dict[tuple[Span, str], list[Judged]]:
    """Differences by the place and the field."""
    groups: dict[tuple[Span, str], list[Judged]] = {}
    for one in found:
        groups.setdefault((one.span, one.difference.name), []).append(one)
    return groups


def requests(found: Iterable[Judged]) -> str:
    """The first of the requests that show it, and how many others do."""
    names = list(dict.fromkeys(f"{one.operation.method} {one.operation.path}" for one in found))
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def routes_of(found: Iterable[Judged]) -> tuple[Route, ...]:
    """The routes that show it."""
    return tuple(dict.fromkeys(one.route for one in found))
