"""What may be read of a function's variables behind a place in it, on some way through its statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from verifier import syntax
from verifier.evaluate.passing import fields

Place = tuple[int, int]  # byte offsets


class Read(NamedTuple):
    """A variable that is read behind a place.

    Attributes:
        name: the variable, and the expression around it: what is read of it, or the call that it is given to.
        behind: the place that it is read behind.
    """

    name: syntax.Name
    around: syntax.Node
    behind: Place


def reads_behind(code: syntax.Function, places: Collection[Place], ends: Collection[Place]) -> Iterator[Read]:
    """The variables that may be read behind calls at some ``places``, or behind the blocks of ``with`` over some calls.

    Ways that return, raise or go on with a loop are not followed any further. What stands in a loop is read once.
    """
    yield from Follower(frozenset(places), frozenset(ends)).statements(code.body, None)[0]


class Follower:
    """Follows the ways through a function. The state is the last place that was passed, or None."""

    def __init__(self, places: frozenset[Place], ends: frozenset[Place]) -> None:
        self.places = places
        self.ends = ends

    def statements(
        self, statements: Iterable[syntax.Statement], state: Place | None
    ) -> tuple[list[Read], Place | None, bool]:
        """What is read in some statements, the state behind them, and whether that is reached."""
        found: list[Read] = []
        for statement in statements:
            reads, state, reached = self.statement(statement, state)
            found += reads
            if not reached:
                return found, state, False
        return found, state, True

    def arms(
        self, arms: Iterable[Iterable[syntax.Statement]], state: Place | None
    ) -> tuple[list[Read], Place | None, bool]:
        """The same of branches, one of which is run."""
        found: list[Read] = []
        passed: Place | None = None
        any_reached = False
        for arm in arms:
            reads, after, reached = self.statements(arm, state)
            found += reads
            if reached:
                any_reached = True
                passed = passed or after
        return found, passed, any_reached

    def statement(self, node: object, state: Place | None) -> tuple[list[Read], Place | None, bool]:
        """The same of one statement."""
        if isinstance(node, syntax.If):
            found, state = self.expression(node.test, state)
            reads, state, reached = self.arms((node.body, node.orelse), state)
            return [*found, *reads], state, reached
        if isinstance(node, syntax.For | syntax.While):
            head = node.iterable if isinstance(node, syntax.For) else node.test
            found, state = self.expression(head, state)
            body, after, _ = self.statements(node.body, state)
            rest, last, reached = self.statements(node.orelse if isinstance(node, syntax.For) else (), state or after)
            return [*found, *body, *rest], last, reached
        if isinstance(node, syntax.Try):
            body, after, reached = self.statements((*node.body, *node.orelse), state)
            handlers, caught, again = self.arms([handler.body for handler in node.handlers], state)
            left = (after if reached else None) or (caught if again else None)
            final, last, ends = self.statements(node.final, left)
            return [*body, *handlers, *final], last, ends and (reached or again)
        if isinstance(node, syntax.With):
            found = []
            for item in node.items:
                reads, state = self.expression(item.value, state)
                found += reads
            body, state, reached = self.statements(node.body, state)
            for item in node.items:
                value = item.value.value if isinstance(item.value, syntax.Await) else item.value
                if (value.start, value.end) in self.ends:
                    state = value.start, value.end
            return [*found, *body], state, reached
        if isinstance(node, syntax.Switch):
            found, state = self.expression(node.subject, state)
            reads, state, reached = self.arms([*(case.body for case in node.cases), ()], state)
            return [*found, *reads], state, reached
        if isinstance(node, syntax.Block):
            return self.statements(node.body, state)
        if isinstance(node, syntax.Function | syntax.Class):
            return [], state, True
        found, state = self.expression(node, state)
        return found, state, not isinstance(node, syntax.Return | syntax.Raise | syntax.Jump)

    def expression(self, node: object, state: Place | None) -> tuple[list[Read], Place | None]:
        """What is read in an expression, in the order in which it is run, and the state behind it."""
        found: list[Read] = []
        state = self.walk(node, node, state, found)
        return found, state

    def walk(self, node: object, around: object, state: Place | None, found: list[Read]) -> Place | None:
        """Read an expression that stands inside of another one."""
        if isinstance(node, syntax.Name):
            if state is not None and isinstance(around, syntax.Node):
                found.append(Read(node, around, state))
            return state
        if isinstance(node, syntax.Function | syntax.Class):
            return state
        if isinstance(node, tuple):
            for inner in node:
                state = self.walk(inner, around, state, found)
            return state
        if isinstance(node, syntax.Assign):
            state = self.walk(node.value, node, state, found)
            for target in node.targets:
                if isinstance(target, syntax.Member):  # what is set is not read
                    state = self.walk(target.object, node, state, found)
                elif not isinstance(target, syntax.Name):
                    state = self.walk(target, node, state, found)
            return state
        if isinstance(node, syntax.Keyword):
            return self.walk(node.value, around, state, found)
        if isinstance(node, syntax.Comprehension):
            for clause in node.clauses:
                state = self.walk((clause.iterable, clause.conditions), node, state, found)
            return self.walk((node.key, node.element), node, state, found)
        if isinstance(node, syntax.Node):
            for inner in fields(node):
                if isinstance(inner, syntax.Node | tuple):
                    state = self.walk(inner, node, state, found)
            if isinstance(node, syntax.Call) and (node.start, node.end) in self.places:
                return node.start, node.end
        return state
