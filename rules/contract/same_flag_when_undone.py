"""An operation and the one that undoes it answer the same flag.

POST and DELETE on one path do and undo the same thing (follow, like, subscribe), and both answer the flag that tells of
it as the same literal. After one of them, clients show the opposite of what is stored.

Answer `false` where it is undone, or read the flag from the store after the change.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Const, Facts, Operation, Problem, Related, Route, Shape, rule

from ._bodies import answering

Flags = dict[tuple[str, ...], tuple[bool, Shape]]


@rule(Category.STATE_PROPAGATION_FAILURE, constraint="contract")
def same_flag_when_undone(facts: Facts) -> Iterator[Problem]:
    """Yield each literal flag that is the same before and after."""
    made = list(answering(facts))
    for operation, route in made:
        if operation.method != "DELETE":
            continue
        other = next((one for one in made if one[0].path == operation.path and one[0].method in ("POST", "PUT")), None)
        if other is None:
            continue
        undone, done = flags(facts, operation, route), flags(facts, *other)
        for path, (value, shape) in undone.items():
            if path not in done or done[path][0] is not value or shape.origin is None:
                continue
            engine = facts.program.engine
            wrong, right = (shape, done[path][1]) if value else (done[path][1], shape)
            asked, asker = (operation, route) if value else other
            if wrong.origin is None or right.origin is None:
                continue
            word = "true" if value else "false"
            yield Problem(
                engine.span(wrong.origin),
                f"`{path[-1]}` is {word} after {other[0].method} and after {operation.method} {operation.path}",
                (Related(engine.span(right.origin), "the same after the opposite"),),
                symptom=f"`{path[-1]}` is {word} after {asked.method} {asked.path}",
                remedy=f"Answer `{path[-1]}` as it is after the change",
                routes=(asker,),
                identity=f"{path[-1]} {operation.path}",
            )


def flags(facts: Facts, operation: Operation, route: Route) -> Flags:
    """The truth values that are literals in all successful answers of a route, by their path in the JSON."""
    found: list[Flags] = []
    answered = facts.answered(route)
    for answer in answered.answers:
        if answer.succeeds and answer.given is not None:
            found.append(dict(literals(answer.given, ())))
        elif not answer.statuses:
            return {}
    if not found:
        return {}
    return {
        path: own
        for path, own in found[0].items()
        if all(path in others and others[path][0] is own[0] for others in found[1:])
    }


def literals(shape: Shape, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[bool, Shape]]]:
    """The truth values in an object that are literals on every way."""
    ways = [way for way in shape.ways if way.kind != "null"]
    if len(ways) != 1:
        return
    for name, field in ways[0].fields.items():
        value = field.value
        if field.kind == "boolean" and isinstance(value, Const) and isinstance(value.value, bool):
            yield (*path, name), (value.value, field)
        elif field.kind == "object" and len(path) < 3:
            yield from literals(field, (*path, name))
