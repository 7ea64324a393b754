"""The ways through a function: which end without an answer, and which answer twice.

    open_ends(handler, frozenset({"res", "next"}), quiet)

An answer is given by using a variable: calling a method of it, handing it on, keeping it for later. What ``quiet`` says
of a use does not count. Where it cannot be told whether a way is ever taken, the way is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from verifier import syntax
from verifier.evaluate.passing import fields, names_in
from verifier.evaluate.refusing import root_of
from verifier.evaluate.values import Function, Origin

# Whether a use of a variable answers nothing, given the members that are read and called behind it, in order.
Quiet: TypeAlias = Callable[[tuple[str, ...]], bool]
Cause: TypeAlias = syntax.Node | syntax.Function | None  # what lets a way go on; None for nothing in particular

LOGS = frozenset({"console", "log", "logger"})


def loud(members: tuple[str, ...]) -> bool:
    """Each use counts."""
    return False


def open_ends(
    function: Function,
    answering: Collection[str],
    quiet: Quiet = loud,
    *,
    values: bool = False,
    assured: Callable[[syntax.Expression], bool] = lambda test: False,
    failing: Callable[[syntax.Call], bool] = lambda call: False,
) -> tuple[Origin, ...]:
    """The ends of ways that use none of some variables: a ``return``, a handler of errors, an ``if`` without ``else``.

    The function itself stands for a way that nothing in particular opens. With ``values``, a way that returns
    something answers too. ``assured`` tells of a condition that always holds, ``failing`` of a call that
    always throws.
    """
    found = Opening(function, frozenset(answering), quiet, values, assured, failing).ends()
    path = function.module.path
    return tuple(dict.fromkeys(Origin(path, place.start, place.end) for place in found))


class Opening:
    """Looks for the ways of one function that use none of some variables."""

    def __init__(
        self,
        function: Function,
        answering: frozenset[str],
        quiet: Quiet,
        values: bool,
        assured: Callable[[syntax.Expression], bool],
        failing: Callable[[syntax.Call], bool],
    ) -> None:
        self.assured = assured
        self.failing = failing
        self.function = function
        self.data = function.module.source.data
        self.answering = answering
        self.quiet = quiet
        self.values = values
        self.left: list[syntax.Node | syntax.Function] = []
        self.jumps: list[list[Cause]] = []
        self.answered = False  # somewhere

    def ends(self) -> list[syntax.Node | syntax.Function]:
        """The places where open ways end."""
        falling = self.through(self.function.code.body)
        found = [*self.left, *(cause if cause is not None else self.function.code for cause in falling)]
        return found if self.answered or not found else [self.function.code]

    def through(self, statements: Iterable[syntax.Statement]) -> list[Cause]:
        """What lets open ways go past some statements; empty where none does."""
        causes: list[Cause] = [None]
        branches: list[str] = []  # conditions of branches before, that go no further
        rows = list(statements)
        for place, statement in enumerate(rows):
            if not causes:
                break
            if isinstance(statement, syntax.If) and not statement.orelse:
                last = place == len(rows) - 1
                before = branches
                causes = self.branch(statement, causes, possible=not self.ruled_out(statement, before, last))
                branches = [*before, self.text(statement.test)]
                continue
            branches = []
            causes = self.past(statement, causes)
        return causes

    def ruled_out(self, statement: syntax.If, before: list[str], last: bool) -> bool:
        """Whether a branch seems to be taken always: it ends a row of branches, or says the contrary of one before."""
        text = self.text(statement.test)
        return bool(before) and (last or opposite(text) in before or text in map(opposite, before))

    def text(self, node: syntax.Expression) -> str:
        """An expression as it is written, without blanks."""
        return "".join(self.data[node.start : node.end].decode("utf-8", "replace").split())

    def past(self, node: syntax.Statement, causes: list[Cause]) -> list[Cause]:
        """What lets open ways go past one statement."""
        if isinstance(node, syntax.Return):
            if self.values and gives(node.value):
                self.answered = True
            elif not self.answers(node.value):
                self.left.append(node)
            return []
        if isinstance(node, syntax.Raise) or self.fails(node):
            return []
        if isinstance(node, syntax.If):
            return self.branch(node, causes, possible=True)
        if isinstance(node, syntax.Try):
            return self.attempt(node, causes)
        if isinstance(node, syntax.For | syntax.While):
            return self.loop(node, causes)
        if isinstance(node, syntax.Switch):
            return self.switch(node, causes)
        if isinstance(node, syntax.Block):
            return self.through(node.body) and causes
        if isinstance(node, syntax.Jump):
            if self.jumps:
                self.jumps[-1].extend(causes)
            return []
        return [] if self.answers(node) else causes

    def fails(self, node: syntax.Statement) -> bool:
        """Whether a statement is a call of what always throws."""
        value = node.value if isinstance(node, syntax.Evaluate) else None
        inner = value.value if isinstance(value, syntax.Await) else value
        return isinstance(inner, syntax.Call) and self.failing(inner)

    def branch(self, node: syntax.If, causes: list[Cause], *, possible: bool) -> list[Cause]:
        """``if``: a row of branches without a last ``else`` is taken to name all cases."""
        if self.answers(node.test):
            return []
        left = len(self.left)
        then = self.through(node.body)
        closed = not then and len(self.left) == left
        if not node.orelse:
            if not possible or (closed and (is_error(node.test) or self.assured(node.test))):
                return [cause or node for cause in then]
            return [*(cause for cause in then), *([node] if closed else causes)]
        other = node.orelse
        if len(other) == 1 and isinstance(other[0], syntax.If):
            inner = self.branch(other[0], causes, possible=bool(other[0].orelse))
        else:
            inner = self.through(other)
        if then and inner:
            return causes
        found: list[Cause] = [cause or node for cause in (*then, *inner)]
        return found

    def attempt(self, node: syntax.Try, causes: list[Cause]) -> list[Cause]:
        """``try``: an error before the answer leads to the handler."""
        left = len(self.left)
        found: list[Cause] = self.through(node.body) and causes
        for handler in node.handlers[:1]:
            if self.risks(node.body):
                found = [*found, *(cause or handler for cause in self.through(handler.body))]
        if node.final and not self.through(node.final):
            del self.left[left:]
            return []
        return found

    def loop(self, node: syntax.For | syntax.While, causes: list[Cause]) -> list[Cause]:
        """Loops may run no turn at all."""
        head = node.iterable if isinstance(node, syntax.For) else node.test
        if head is not None and self.answers(head):
            return []
        endless = isinstance(node, syntax.While) and (
            (head is None and not node.setup) or (isinstance(head, syntax.Const) and head.value is True)
        )
        self.jumps.append([])
        self.through(node.body)
        jumped = self.jumps.pop()
        return jumped[:1] if endless else causes

    def switch(self, node: syntax.Switch, causes: list[Cause]) -> list[Cause]:
        """``switch`` without a default is taken to name all cases."""
        if self.answers(node.subject):
            return []
        self.jumps.append([])
        falling: list[Cause] = []
        for case in node.cases:
            falling = self.through(case.body)
        found: list[Cause] = [cause or node for cause in (*self.jumps.pop(), *falling)]
        return found[:1]

    # Expressions

    def answers(self, node: object) -> bool:
        """Whether running some code uses one of the variables in a way that counts."""
        found = self.uses(node)
        self.answered = self.answered or found
        return found

    def uses(self, node: object) -> bool:
        """The same, for parts."""
        if isinstance(node, tuple):
            return any(self.uses(inner) for inner in node)
        if isinstance(node, syntax.Function | syntax.Class):
            return any(name.id in self.answering for name in names_in(node.body))
        if isinstance(node, syntax.Name):
            return node.id in self.answering
        if isinstance(node, syntax.Call | syntax.Member | syntax.Index):
            root, members, given = chain(node)
            if isinstance(root, syntax.Name) and root.id in self.answering and members and self.quiet(members):
                return self.uses(given)
            return self.uses(root) or self.uses(given)
        if isinstance(node, syntax.Node):
            return any(self.uses(inner) for inner in fields(node))
        return False

    def risks(self, statements: Iterable[syntax.Statement]) -> bool:
        """Whether something is called that may fail, before the variables are used."""
        for event in self.events(tuple(statements)):
            return event == "call"
        return False

    def events(self, node: object) -> Iterator[str]:
        """What happens in some code, in order: ``call``, ``use``."""
        if isinstance(node, tuple):
            for inner in node:
                yield from self.events(inner)
        elif isinstance(node, syntax.Function | syntax.Class):
            if self.uses(node):
                yield "use"
        elif isinstance(node, syntax.Call | syntax.Member | syntax.Index):
            root, members, given = chain(node)
            yield from self.events(given)
            if isinstance(root, syntax.Name) and root.id in self.answering:
                if not (members and self.quiet(members)):
                    yield "use"
            elif not (isinstance(root, syntax.Name) and root.id in LOGS):
                yield from self.events(root)
                if isinstance(node, syntax.Call):
                    yield "call"
        elif isinstance(node, syntax.Name):
            if node.id in self.answering:
                yield "use"
        elif isinstance(node, syntax.Await):
            yield from self.events(node.value)
            yield "call"
        elif isinstance(node, syntax.Raise):
            yield "call"
        elif isinstance(node, syntax.Node):
            for inner in fields(node):
                yield from self.events(inner)


def is_error(test: syntax.Expression) -> bool:
    """``error instanceof Error``, which holds of all that is thrown but what is thrown on purpose."""
    return (
        isinstance(test, syntax.Binary)
        and test.operator == "instanceof"
        and isinstance(test.right, syntax.Name)
        and test.right.id == "Error"
    )


def opposite(text: str) -> str:
    """The contrary of a condition, as one would write it."""
    if text.startswith("!") and not text.startswith("!="):
        inner = text[1:]
        return inner[1:-1] if inner.startswith("(") and inner.endswith(")") else inner
    if "===" in text or "!==" in text:
        return text.replace("===", "\0").replace("!==", "===").replace("\0", "!==")
    return f"!{text}"


def gives(value: object) -> bool:
    """Whether what is returned may be a value."""
    if value is None or (isinstance(value, syntax.Name) and value.id == "undefined"):
        return False
    return not (isinstance(value, syntax.Unary) and value.operator == "void")


def chain(node: object) -> tuple[object, tuple[str, ...], tuple[object, ...]]:
    """What ``root.a(x).b`` begins with, its members in order, and what its calls and subscripts are given."""
    members: list[str] = []
    given: list[object] = []
    while isinstance(node, syntax.Call | syntax.Member | syntax.Index):
        if isinstance(node, syntax.Call):
            given[:0] = node.arguments
            node = node.callee
        elif isinstance(node, syntax.Member):
            members.insert(0, node.name)
            node = node.object
        else:
            given.insert(0, node.index)
            members.insert(0, "")
            node = node.object
    return node, tuple(members), tuple(given)


# Twice


class Twice(NamedTuple):
    """A second answer on a way that has given one."""

    first: Origin
    second: Origin


def answered_twice(
    function: Function, variable: str, methods: Collection[str], asking: Collection[str] = (), *, values: bool = False
) -> tuple[Twice, ...]:
    """Answers that follow another one on the same way: calls of some methods of a variable.

    None of a function that asks by an attribute (``asking``) whether an answer was given. With ``values``, what is
    returned is an answer as well, where it is written out.
    """
    text = function.module.source.data[function.code.start : function.code.end]
    if any(name.encode() in text for name in asking):
        return ()
    found: list[Twice] = []
    path = function.module.path

    def through(statements: Iterable[syntax.Statement], sent: syntax.Node | None) -> tuple[syntax.Node | None, bool]:
        """An answer on a way past some statements, and whether any way goes past them."""
        for statement in statements:
            own = sending(statement)
            if own is not None:
                if sent is not None:
                    first, second = (Origin(path, one.start, one.end) for one in (sent, own))
                    found.append(Twice(first, second))
                    return None, False
                sent = own
            if isinstance(statement, syntax.Return | syntax.Raise | syntax.Jump):
                return None, False
            if isinstance(statement, syntax.If):
                ways = [through(statement.body, None), through(statement.orelse, None)]
                if not any(goes for _, goes in ways):
                    return None, False
                sent = sent or next((place for place, goes in ways if goes and place is not None), None)
            elif isinstance(statement, syntax.Block):
                inner, goes = through(statement.body, sent)
                if not goes:
                    return None, False
                sent = inner
            elif isinstance(statement, syntax.Try):
                ways = [through(statement.body, None), *(through(one.body, None) for one in statement.handlers)]
                if not any(goes for _, goes in ways):
                    return None, False
                sent = sent or next((place for place, goes in ways if goes and place is not None), None)
            elif isinstance(statement, syntax.For | syntax.While):
                through(statement.body, None)
        return sent, True

    def sending(statement: syntax.Statement) -> syntax.Node | None:
        """The call in a statement that surely answers."""
        value = statement.value if isinstance(statement, syntax.Evaluate | syntax.Return) else None
        while isinstance(value, syntax.Await):
            value = value.value
        if values and isinstance(statement, syntax.Return) and isinstance(value, syntax.Mapping | syntax.Display):
            return statement
        if not isinstance(value, syntax.Call) or not isinstance(value.callee, syntax.Member):
            return None
        answers = value.callee.name in methods and root_of(value) == variable
        return value if answers else None

    through(function.code.body, None)
    return tuple(found)


# Parameters


def variable_at(function: Function, place: int) -> str | None:
    """The name of the parameter at a place; nothing where there is none, None where it is taken apart."""
    parameters = function.code.parameters
    for number, parameter in enumerate(parameters):
        if parameter.kind == "rest" and number <= place:
            return None
    if place < len(parameters):
        return parameters[place].name or None
    if function.code.kind != "arrow" and re.search(
        rb"\barguments\b", function.module.source.data[function.code.start : function.code.end]
    ):
        return None
    return ""
