"""A numbered placeholder stands for two values.

A statement that is put together numbers the placeholders of its parts, and begins with a number that the text uses
already: `UPDATE users SET email = $1, bio = $2 WHERE id = $1`. The server counts two parameters and is sent three:
`the server expects 2 arguments for this query, 3 were passed`, `bind message supplies 3 parameters, but prepared
statement "" requires 2`. Where the numbers happen to match, the wrong row is changed.

Begin with the next number: `enumerate(fields, start=2)`, `` fields.map((name, i) => `${name} = $${i + 2}`) ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from verifier.api import Category, Facts, Function, Problem, Related, is_test, nodes_in, regex, rule, syntax

STATEMENT = regex(r"\s*(?:select|insert\s+into|update|delete\s+from|with)\s", re.IGNORECASE)
FIXED = regex(r"\$(\d+)")
QUOTED = regex(r"'[^']*'")
REPEATING = frozenset({"map", "forEach"})


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
    bindings = Bindings(nodes)
    for node in nodes:
        if not isinstance(node, syntax.Template) or not node.parts or STATEMENT.match(text_of(node)) is None:
            continue
        fixed = {int(number) for number in FIXED.findall(QUOTED.sub("", text_of(node)))}
        for one in parts_behind(node.parts, bindings) if fixed else ():
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


class Bindings:
    """What the variables of a function stand for.

    Attributes:
        values: what each is bound to, and ``added`` what is put into it.
        loops: where loops over ``enumerate(...)`` count each from; None where that is not known.
        repeated: the calls of ``map`` that count each.
    """

    def __init__(self, nodes: Iterable[object]) -> None:
        self.values: dict[str, list[object]] = {}
        self.added: dict[str, list[object]] = {}
        self.loops: dict[str, set[int | None]] = {}
        self.repeated: dict[str, list[syntax.Call]] = {}
        for node in nodes:
            if isinstance(node, syntax.Assign):
                for target in node.targets:
                    if isinstance(target, syntax.Name):
                        self.values.setdefault(target.id, []).append(node.value)
            elif isinstance(node, syntax.For | syntax.Comprehension):
                for name, start in counters(node):
                    self.loops.setdefault(name, set()).add(start)
            elif isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member):
                holder, word = node.callee.object, node.callee.name
                if isinstance(holder, syntax.Name) and word in ("append", "push"):
                    self.added.setdefault(holder.id, []).extend(node.arguments)
                if word in REPEATING:
                    for argument in node.arguments:
                        if isinstance(argument, syntax.Function) and len(argument.parameters) > 1:
                            self.repeated.setdefault(argument.parameters[1].name, []).append(node)

    def of(self, name: str) -> list[object]:
        """What a variable is bound to, once, and what is put into it."""
        bound = [value for value in self.values.get(name, ()) if value is not None]
        return [*bound, *self.added.get(name, ())] if len(bound) == 1 else []

    def counted_from(self, name: str, inside: syntax.Template) -> int | None:
        """The first value of a variable that counts the turns of a loop around a text."""
        if name in self.values:
            return None
        found = set(self.loops.get(name, ()))
        if any(node.start <= inside.start < node.end for node in self.repeated.get(name, ())):
            found.add(0)
        return found.pop() if len(found) == 1 else None


def parts_behind(parts: Iterable[syntax.Expression], bindings: Bindings) -> Iterator[Numbered]:
    """The numbered parts that expressions join, wherever their variables are bound in the function."""
    waiting: list[object] = [part for part in parts if not isinstance(part, syntax.Const)]
    seen: set[str] = set()
    while waiting:
        for inner in nodes_in(waiting.pop(0)):
            if isinstance(inner, syntax.Template):
                first = first_number(inner, bindings)
                if first is not None:
                    yield Numbered(inner, first)
            elif isinstance(inner, syntax.Name) and inner.id not in seen:
                seen.add(inner.id)
                waiting += bindings.of(inner.id)


def first_number(node: syntax.Template, bindings: Bindings) -> int | None:
    """The number with which a loop begins to number the placeholder in a text; None where that is not known."""
    for before, part in pairwise(node.parts):
        if not (isinstance(before, syntax.Const) and str(before.value).endswith("$")):
            continue
        counter, more = plus(part)
        start = bindings.counted_from(counter, node) if counter is not None else None
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


def counters(node: syntax.For | syntax.Comprehension) -> Iterator[tuple[str, int | None]]:
    """The first variable of each loop over pairs, and where ``enumerate(...)`` counts it from."""
    clauses: tuple[syntax.For | syntax.Clause, ...] = (node,) if isinstance(node, syntax.For) else node.clauses
    for target, iterable in ((clause.target, clause.iterable) for clause in clauses):
        items = target.items if isinstance(target, syntax.Display) else ()
        if not items or not isinstance(items[0], syntax.Name):
            continue
        name = items[0].id
        if not (isinstance(iterable, syntax.Call) and isinstance(iterable.callee, syntax.Name)):
            yield name, None
        elif iterable.callee.id == "enumerate":
            given = iterable.arguments[1] if len(iterable.arguments) > 1 else None
            start = given.value if isinstance(given, syntax.Keyword) else given
            if start is None:
                yield name, 0
            else:
                first = start.value if isinstance(start, syntax.Const) else None
                yield name, first if isinstance(first, int) else None
