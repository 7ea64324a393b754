"""A numbered placeholder stands for two values.

A statement that is put together numbers the placeholders of its parts, and begins with a number that the text uses
already: `UPDATE users SET email = $1, bio = $2 WHERE id = $1`. The server counts two parameters and is sent three:
`the server expects 2 arguments for this query, 3 were passed`, `bind message supplies 3 parameters, but prepared
statement "" requires 2`. Where the numbers happen to match, the wrong row is changed.

Begin with the next number: `enumerate(fields, start=2)`, `` fields.map((name, i) => `${name} = $${i + 2}`) ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from verifier.api import Category, Facts, Function, Problem, Related, is_test, nodes_in, regex, rule, syntax

STATEMENT = regex(r"\s*(?:select|insert\s+into|update|delete\s+from|with)\s", re.IGNORECASE)
FIXED = regex(r"\$(\d+)")
QUOTED = regex(r"'[^']*'")
REPEATING = frozenset({"map", "forEach"})
DEEPEST = 4


class Numbered(NamedTuple):
    """A part of a statement whose placeholder a loop numbers, from ``first`` on."""

    node: syntax.Template
    first: int


@rule(Category.INCORRECT_QUERY_LOGIC)
def number_used_twice(facts: Facts) -> Iterator[Problem]:
    """Yield each statement whose parts are numbered from a placeholder on that its text has, too."""
    seen: set[object] = set()
    for graph in (facts.calls, facts.calls_elsewhere):
        for reference, function in graph.codes.items():
            if function.code in seen or is_test(reference.path):
                continue
            seen.add(function.code)
            for problem in twice(facts, function):
                if problem.span not in seen:
                    seen.add(problem.span)
                    yield problem


def twice(facts: Facts, function: Function) -> Iterator[Problem]:
    """The statements of one function."""
    data = function.module.source.data[function.code.start : function.code.end]
    if b"$" not in data:
        return
    source = facts.project.files[function.module.path]
    nodes = [node for statement in function.code.body for node in nodes_in(statement)]
    for node in nodes:
        if not isinstance(node, syntax.Template) or not node.parts or STATEMENT.match(text_of(node)) is None:
            continue
        fixed = {int(number) for number in FIXED.findall(QUOTED.sub("", text_of(node)))}
        for part in node.parts:
            for one in parts_behind(part, nodes, 0) if not isinstance(part, syntax.Const) else ():
                if one.first not in fixed:
                    continue
                yield Problem(
                    source.span(one.node.start, one.node.end),
                    f"The numbers of these placeholders begin with `${one.first}`, which the statement uses already",
                    related=(Related(source.span(node.start, node.end), f"`${one.first}` stands here"),),
                    symptom="500: another number of parameters is sent than the statement has",
                    remedy=f"Begin with `${max(fixed) + 1}`",
                )


def text_of(node: syntax.Template) -> str:
    """What is written of a text."""
    return "".join(str(part.value) if isinstance(part, syntax.Const) else "\ue000" for part in node.parts)


def parts_behind(node: object, nodes: Sequence[object], depth: int) -> Iterator[Numbered]:
    """The numbered parts that an expression joins, wherever its variables are bound in the function."""
    if depth > DEEPEST:
        return
    for inner in nodes_in(node):
        if isinstance(inner, syntax.Template):
            first = first_number(inner, nodes)
            if first is not None:
                yield Numbered(inner, first)
        elif isinstance(inner, syntax.Name):
            for value in values_of(inner.id, nodes):
                yield from parts_behind(value, nodes, depth + 1)


def values_of(name: str, nodes: Sequence[object]) -> Iterator[object]:
    """What a variable is bound to, once, and what is put into it."""
    bound = [
        one.value
        for one in nodes
        if isinstance(one, syntax.Assign)
        and one.value is not None
        and any(isinstance(target, syntax.Name) and target.id == name for target in one.targets)
    ]
    if len(bound) != 1:
        return
    yield bound[0]
    for one in nodes:
        if isinstance(one, syntax.Call) and isinstance(one.callee, syntax.Member):
            holder = one.callee.object
            if isinstance(holder, syntax.Name) and holder.id == name and one.callee.name in ("append", "push"):
                yield from one.arguments


def first_number(node: syntax.Template, nodes: Sequence[object]) -> int | None:
    """The number with which a loop begins to number the placeholder in a text; None where that is not known."""
    for before, part in zip(node.parts, node.parts[1:], strict=False):
        if not (isinstance(before, syntax.Const) and str(before.value).endswith("$")):
            continue
        counter, more = plus(part)
        start = counted_from(counter, nodes, node) if counter is not None else None
        return start + more if start is not None else None
    return None


def plus(node: object) -> tuple[str | None, int]:
    """The variable and the number of ``variable + number``; no variable for anything else."""
    if isinstance(node, syntax.Name):
        return node.id, 0
    if isinstance(node, syntax.Binary) and node.operator == "+" and isinstance(node.left, syntax.Name):
        added = node.right.value if isinstance(node.right, syntax.Const) else None
        return (node.left.id, added) if isinstance(added, int) else (None, 0)
    return None, 0


def counted_from(name: str, nodes: Sequence[object], inside: syntax.Template) -> int | None:
    """The first value of a variable that counts the turns of a loop around a text."""
    found: set[int | None] = set()
    for node in nodes:
        if isinstance(node, syntax.Assign) and any(
            isinstance(target, syntax.Name) and target.id == name for target in node.targets
        ):
            return None
        if isinstance(node, syntax.For | syntax.Comprehension):
            found |= set(counters(node, name))
        if isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.callee.name in REPEATING:
            for argument in node.arguments:
                if not isinstance(argument, syntax.Function) or not node.start <= inside.start < node.end:
                    continue
                parameters = argument.parameters
                if len(parameters) > 1 and parameters[1].name == name:
                    found.add(0)
    return found.pop() if len(found) == 1 else None


def counters(node: syntax.For | syntax.Comprehension, name: str) -> Iterator[int | None]:
    """Where a loop over ``enumerate(...)`` counts a variable from."""
    clauses: tuple[syntax.For | syntax.Clause, ...] = (node,) if isinstance(node, syntax.For) else node.clauses
    for target, iterable in ((clause.target, clause.iterable) for clause in clauses):
        items = target.items if isinstance(target, syntax.Display) else ()
        if not items or not isinstance(items[0], syntax.Name) or items[0].id != name:
            continue
        if not (isinstance(iterable, syntax.Call) and isinstance(iterable.callee, syntax.Name)):
            yield None
        elif iterable.callee.id == "enumerate":
            given = iterable.arguments[1] if len(iterable.arguments) > 1 else None
            start = given.value if isinstance(given, syntax.Keyword) else given
            if start is None:
                yield 0
            else:
                yield start.value if isinstance(start, syntax.Const) and isinstance(start.value, int) else None
