"""A row is unpacked into a class that does not take all of its columns.

`Book(**row)` gives the constructor one argument for each column of the statement. One more than it takes is
`TypeError: Book.__init__() got an unexpected keyword argument 'created_at'`, one less than it needs `TypeError:
Book.__init__() missing 1 required positional argument: 'price'`: 500 on each request that finds a row. `SELECT *`
gives whatever columns the table has, also those that a later migration adds.

Select the columns that the class takes, by their names, or name the arguments: `Book(title=row["title"])`.

The rule speaks of dataclasses, named tuples and classes with a constructor of their own, where all columns of the
statement are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    BARE_BASES,
    Category,
    Class,
    Copy,
    External,
    Facts,
    Problem,
    Related,
    Row,
    Span,
    Unpacked,
    Value,
    declared_fields,
    decorator_name,
    fetched_in,
    find_constructor,
    is_test,
    rule,
    syntax,
)

DATACLASS = frozenset({"dataclass", "dataclasses.dataclass"})
NAMED_TUPLE = frozenset({"typing.NamedTuple", "NamedTuple"})


class Taking(NamedTuple):
    """What a class takes by name, and what of that it needs."""

    names: frozenset[str]
    needed: frozenset[str]


@rule(Category.DATABASE_RUNTIME_ERROR)
def row_for_another_class(facts: Facts) -> Iterator[Problem]:
    """Yield each class that is given a row with other columns than it takes."""
    seen: set[object] = set()
    for graph in (facts.calls, facts.calls_elsewhere):
        for found in graph.unpacked:
            if is_test(found.span.path) or (found.span, found.kind.code) in seen:
                continue
            told = mismatch(facts, found)
            if told is None:
                continue
            seen.add((found.span, found.kind.code))
            message, symptom, statement = told
            span = facts.program.engine.span
            related = [Related(statement, "the statement")]
            if found.kind.origin is not None:
                related.append(Related(span(found.kind.origin), f"`{found.kind.name}` is declared here"))
            yield Problem(
                found.span,
                message,
                related=tuple(related),
                symptom=f"500: TypeError: {symptom}",
                remedy=f"Select the columns that `{found.kind.name}` takes, and no others",
                routes=facts.routes_at(found.span),
                identity=found.kind.name,
            )


def mismatch(facts: Facts, found: Unpacked) -> tuple[str, str, Span] | None:
    """What does not fit, what Python says of it, and where the statement is."""
    row, taking = fetched_in(found.row), taking_of(found.kind)
    if not isinstance(row, Row) or taking is None or not found.alone or found.caught or found.positional:
        return None
    if row.changed or row.items or (isinstance(found.row, Copy) and (found.row.entries or found.row.element)):
        return None
    given = facts.columns_of(row.sources)
    if given is None:
        return None
    name = found.kind.name
    called = f"{name}.__init__()" if not any(map(is_named_tuple, found.kind.lineage())) else f"{name}.__new__()"
    exact = {title for one in given for title in one.types}
    low = {one.lower() for one in taking.names}
    for columns in given:
        more = sorted(set(columns.types) - low)
        less = sorted(one for one in taking.needed - found.named if one.lower() not in columns.types)
        if more and all(set(more) <= set(other.types) for other in given):
            return (
                f"`{name}` takes no `{more[0]}`, which is a column of the row",
                f"{called} got an unexpected keyword argument '{more[0]}'",
                columns.query.span,
            )
        if less and not exact & {one.lower() for one in less}:
            return (
                f"`{name}` needs `{less[0]}`, which is no column of the row",
                f"{called} missing 1 required positional argument: '{less[0]}'",
                columns.query.span,
            )
    return None


def is_named_tuple(base: Value) -> bool:
    """Whether an ancestor makes a class a named tuple."""
    return isinstance(base, External) and base.path in NAMED_TUPLE


def taking_of(kind: Class) -> Taking | None:
    """What a class takes; None where that is not known."""
    lineage = list(kind.lineage())
    outside = {base.path for base in lineage if isinstance(base, External)} - BARE_BASES
    if any(not isinstance(base, Class | External) for base in lineage):
        return None
    own = [base for base in lineage if isinstance(base, Class)]
    if any("__new__" in base.members for base in own):
        return None
    constructor = find_constructor(kind)
    if constructor is not None:
        parameters = constructor.code.parameters[1:]
        if outside or any(one.kind in ("keywords", "rest") or not one.name for one in parameters):
            return None
        return Taking(
            frozenset(one.name for one in parameters), frozenset(one.name for one in parameters if one.default is None)
        )
    marked = [base for base in own if any(decorator_name(one) in DATACLASS for one in base.code.decorators)]
    if outside <= NAMED_TUPLE and outside:
        if len(own) > 1:
            return None
    elif outside or len(marked) != len(own):
        return None
    if any(len(base.code.decorators) > 1 for base in own):
        return None
    names = declared_fields(kind)
    defaults = {name for base in own for name in with_default(base)}
    if any(is_special(statement) for base in own for statement in base.code.body):
        return None
    return Taking(frozenset(names), frozenset(names) - defaults)


def with_default(kind: Class) -> Iterator[str]:
    """The fields that have a value by default."""
    for statement in kind.code.body:
        if isinstance(statement, syntax.Assign) and statement.annotation is not None and statement.value is not None:
            target = statement.targets[0]
            if isinstance(target, syntax.Name):
                yield target.id


def is_special(statement: object) -> bool:
    """Whether a field is none of the constructor's, or says more of itself: ``ClassVar``, ``field(init=False)``."""
    if not isinstance(statement, syntax.Assign) or statement.annotation is None:
        return False
    kind = statement.annotation
    while isinstance(kind, syntax.Index):
        kind = kind.object
    word = decorator_name(kind).rpartition(".")[2] if isinstance(kind, syntax.Name | syntax.Member) else ""
    arguments = statement.value.arguments if isinstance(statement.value, syntax.Call) else ()
    named = {one.name for one in arguments if isinstance(one, syntax.Keyword)}
    return word in ("ClassVar", "InitVar", "KW_ONLY") or "init" in named
