"""A change is answered with what was read before it.

The handler puts its answer together out of what the store holds, then changes the store, and sends the answer as it
was: a client that likes a photo is told `"liked": false`, with the old count.

Read what is answered after the change, or put the new values into the answer.

The rule knows the tables that are read for the answer and changed after it. Where the same table is read again behind
the change, or the object is what is stored, it is silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Answered, Category, Confidence, Facts, Problem, Query, Related, Shape, Span, rule

from ._bodies import answering


@rule(Category.STATE_PROPAGATION_FAILURE, confidence=Confidence.MEDIUM, constraint="contract")
def stale_answer(facts: Facts) -> Iterator[Problem]:
    """Yield each answer that is older than the change that it answers."""
    for operation, route in answering(facts):
        if operation.method == "GET" or not any(schema is not None for schema in operation.successes.values()):
            continue
        answered = facts.answered(route)
        objects = [found for answer in answered.answers if answer.succeeds for found in contents(answer.given)]
        if not objects:
            continue
        read, written = used(facts, answered)
        for shape in objects:
            built = answered.before.get(id(shape.value))
            changes = [(at, table, span) for at, table, span in written if built is not None and at >= built]
            stale = [
                (table, span)
                for at, table, span in changes
                if built is not None
                and any(early < built and name == table for early, name in read)
                and not any(late > at and name == table for late, name in read)
            ]
            if not stale or shape.origin is None or is_changed(shape):
                continue
            table, span = stale[-1]
            asked = f"{operation.method} {operation.path}"
            yield Problem(
                span,
                f"`{table}` is changed after the answer to {asked} was put together from it",
                (Related(facts.program.engine.span(shape.origin), "put together here, before"),),
                symptom=f"{asked} answers what was there before",
                remedy="Read what is answered after the change",
                routes=(route,),
                identity=f"{asked} {table}",
            )
            break


def contents(shape: Shape | None) -> Iterator[Shape]:
    """The objects that an answer tells of: in its envelope, or it itself, where each way leads to one."""
    ways = shape.ways if shape is not None else ()
    for way in ways:
        if way.kind == "object" and not way.constant:
            inner = [one for field in way.fields.values() for one in field.ways if one.kind == "object"]
            yield from inner if len(way.fields) == 1 and inner else [way]


def is_changed(shape: Shape) -> bool:
    """Whether a field is set outside of where the object is written: it may be brought up to date."""
    whole = shape.origin
    return whole is not None and any(
        place.path != whole.path or not whole.start <= place.start < whole.end for place in shape.places.values()
    )


Read = list[tuple[int, str]]
Written = list[tuple[int, str, Span]]


def used(facts: Facts, answered: Answered) -> tuple[Read, Written]:
    """The tables that are read and changed while a handler runs, with the place in the order of its calls."""
    places: dict[tuple[str, int], list[Query]] = {}
    for query in facts.queries.queries:
        span = query.site.span if query.site is not None else query.span
        places.setdefault((span.path, span.line), []).append(query)
    read: Read = []
    written: Written = []
    for at, sent in enumerate(answered.sent):
        span = facts.program.engine.span(sent.origin)
        for line in range(span.line, span.end_line + 1):
            for query in places.get((span.path, line), ()):
                for statement in query.statements:
                    tree = statement.tree
                    if isinstance(tree, exp.Insert | exp.Update | exp.Delete):
                        target = tree.find(exp.Table)
                        if target is not None:
                            written.append((at, target.name, span))
                    else:
                        read.extend((at, table.name) for table in tree.find_all(exp.Table))
    return read, written
