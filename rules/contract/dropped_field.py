"""A field that the contract lets clients send is dropped: the model of the body lacks it.

Pydantic drops what a model has no field for, and says nothing; so do the serializers of Django REST framework, which
drop what is sent for a `read_only` field too. The request is answered with success, and what the client wanted to
change stays as it was: a new password that is never stored, a flag that is never set.

Give the model the field, and store it. A model that forbids what it does not know answers 422 instead, and the remedy
is the same.

Nothing is said of models that keep everything (`extra="allow"`), whose fields are not all known, or whose validators
see the body first, nor where the handler reads the body in another way too, or names the field.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Demand, Facts, JsonSchema, Problem, Route, Span, bare, regex, rule

from ._requests import Asked, asked, place_of

RAW = regex(rb"\b(?:request|req)\b\s*\.\s*(?:json|get_json|get_data|data|body|form|values)\b")


@rule(Category.BUSINESS_LOGIC_DEFECT, constraint="contract")
def dropped_field(facts: Facts) -> Iterator[Problem]:
    """Yield each object of a body that is taken without a field of the contract's."""
    found: dict[tuple[Span, tuple[str, ...]], list[tuple[str, Route]]] = {}
    every = list(asked(facts))
    for one in every:
        if sum(other.route is one.route for other in every) > 1 or (text := text_of(facts, one)) is None:
            continue
        for demand, names in lacking(one.body, one.demanded.demand):
            left = tuple(name for name in names if not regex(rb"\b" + name.encode() + rb"\b").search(text))
            if left:
                span = facts.program.engine.span(demand.origin) if demand.origin is not None else place_of(facts, one)
                found.setdefault((span, left), []).append((f"{one.operation.method} {one.operation.path}", one.route))
    for (span, lost), operations in found.items():
        listed = ", ".join(f"`{name}`" for name in lost)
        yield Problem(
            span,
            f"{listed} of {operations[0][0]} {'is' if len(lost) == 1 else 'are'} dropped: there is no such field here",
            symptom=f"{operations[0][0]} answers with success, and `{lost[0]}` stays as it was",
            remedy=f"Add {listed}, and store {'it' if len(lost) == 1 else 'them'}",
            routes=tuple(dict.fromkeys(route for _, route in operations)),
            identity=f"{' '.join(lost)} of {operations[0][0]}",
        )


def text_of(facts: Facts, one: Asked) -> bytes | None:
    """The text of the handler; None where it may read the body in another way too."""
    function = one.route.function
    source = facts.project.files.get(function.path) if function is not None else None
    if function is None or source is None:
        return None
    lines = source.data.split(b"\n")[function.span.line - 1 : function.span.end_line]
    text = b"\n".join(lines)
    taken = facts.program.engine.span(one.demanded.origin)
    own = int(taken.path == function.path and function.span.line <= taken.line <= function.span.end_line)
    return text if len(RAW.findall(text)) <= own else None


def lacking(schema: JsonSchema, demand: Demand) -> Iterator[tuple[Demand, list[str]]]:
    """Objects of a demand that surely lose fields of the schema, with those."""
    if demand.kind != "object" or schema.variants or not schema.properties:
        return
    known = {bare(name) for name in demand.fields}
    names = [name for name in schema.properties if bare(name) not in known]
    if demand.drops and names and len(names) < len(schema.properties):
        yield demand, names
    for name, inner in demand.fields.items():
        if name in schema.properties:
            yield from lacking(schema.properties[name], inner)
