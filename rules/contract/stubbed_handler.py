"""A handler answers a literal where the contract promises data.

Every successful answer of the handler is written into the code, and a list in it is written as empty; or the handler
says 501 on every way. Clients get the same answer whatever is stored and whatever they ask for.

Answer what the store holds. A list that is filled before it is sent, and a handler of which another way answers
something else, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answer, Category, Facts, Problem, Shape, Span, rule

from ._bodies import answering, wanted

# What stands in front of an object that is sent as it is written.
SENDING = ("return", "=>", "=> (", "body =", "(")


@rule(Category.INCOMPLETE_IMPLEMENTATION, constraint="contract")
def stubbed_handler(facts: Facts) -> Iterator[Problem]:
    """Yield each handler that answers nothing but literals."""
    for operation, route in answering(facts):
        answered = facts.answered(route)
        asked = f"{operation.method} {operation.path}"
        if not answered.complete or not answered.answers:
            continue
        if all(answer.statuses == {501} for answer in answered.answers):
            yield Problem(
                answered.answers[0].span,
                f"{asked} answers 501 on every way",
                symptom=f"501 on {asked}",
                remedy="Write the handler",
                routes=(route,),
                identity=asked,
            )
            continue
        may_succeed = [answer for answer in answered.answers if answer.succeeds or not answer.statuses]
        if not may_succeed or not all(wanted(operation, answer) is not None for answer in may_succeed):
            continue
        empty = [empty_list(facts, answer) for answer in may_succeed]
        if all(found is not None for found in empty):
            found = empty[0]
            assert found is not None
            name, span = found
            yield Problem(
                span,
                f"{asked} always answers an empty list of `{name}`, whatever is stored",
                symptom=f"200 with an empty list on {asked}",
                remedy=f"Answer the `{name}` that the store holds",
                routes=(route,),
                identity=asked,
            )


def empty_list(facts: Facts, answer: Answer) -> tuple[str, Span] | None:
    """The field of an answer that is written as an empty list, where all of the answer is a literal."""
    shape = answer.given
    if shape is None or shape.kind != "object" or not shape.constant or shape.origin is None:
        return None
    others = [field for field in shape.fields.values() if field.kind != "array"]
    if any(field.kind not in ("integer", "number", "null") for field in others):
        return None  # a report on something that is well
    for name, field in shape.fields.items():
        if field.kind == "array" and field.item is None and is_written(facts, shape, name, field):
            return name, facts.program.engine.span(shape.origin)
    return None


def is_written(facts: Facts, shape: Shape, name: str, field: Shape) -> bool:
    """Whether a list is written as the value of a field, in an object that is sent as it is written."""
    key, own, whole = shape.places.get(name), field.origin, shape.origin
    if key is None or own is None or whole is None or not key.path == own.path == whole.path:
        return False
    data = facts.project.files[own.path].data
    between = data[key.end : own.start].strip(b" \t\r\n'\"")
    before = data[max(whole.start - 60, 0) : whole.start].rstrip().decode("utf-8", "replace")
    sent = before.endswith(SENDING) or before.rstrip("(").rstrip().endswith(SENDING)
    return between == b":" and sent and data[own.start : own.end].replace(b" ", b"") == b"[]"
