"""What a function does when it is called with constants: the arms of its branches that parameters alone decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier import syntax
from verifier.evaluate.values import Function
from verifier.syntax import nodes_in

SAME = frozenset({"==", "===", "is"})
OTHER = frozenset({"!=", "!==", "is not"})


def constants(call: syntax.Call, target: Function) -> dict[str, object]:
    """The parameters of a function that a call, or their default, gives a literal."""
    parameters = [one for one in target.code.parameters if one.kind in ("plain", "positional")]
    shift = int(target.bound is not None and not target.module.javascript and not target.code.static)
    found: dict[str, object] = {
        one.name: one.default.value
        for one in target.code.parameters
        if one.name and isinstance(one.default, syntax.Const)
    }
    for place, argument in enumerate(call.arguments):
        if isinstance(argument, syntax.Spread):
            return {}
        if isinstance(argument, syntax.Keyword):
            if argument.name is None:
                return {}
            name, value = argument.name, argument.value
        elif place + shift < len(parameters):
            name, value = parameters[place + shift].name, argument
        else:
            continue
        found.pop(name, None)
        if name and isinstance(value, syntax.Const):
            found[name] = value.value
    return found


class Course:
    """The course of a function under some constants.

    Attributes:
        decided: the constants by which a branch was decided.
        returns: what is returned on the ways that are left, in order.
        assigned: the assignments on them.
    """

    def __init__(self, code: syntax.Function, known: Mapping[str, object]) -> None:
        set_anew = {
            target.id
            for node in nodes_in(code.body)
            if isinstance(node, syntax.Assign)
            for target in node.targets
            if isinstance(target, syntax.Name)
        }
        self.known = {name: value for name, value in known.items() if name not in set_anew}
        self.decided: dict[str, object] = {}
        self.returns: list[syntax.Expression | None] = []
        self.assigned: list[syntax.Assign] = []
        self.ends = self.statements(code.body) if self.known else False

    def statements(self, body: Iterable[object]) -> bool:
        """Follow statements; whether they surely leave the function."""
        return any(self.statement(one) for one in body)

    def statement(self, one: object) -> bool:
        """The same of one."""
        if isinstance(one, syntax.Return):
            self.returns.append(self.chosen(one.value))
            return True
        if isinstance(one, syntax.Raise):
            return True
        if isinstance(one, syntax.If):
            truth = self.truth(one.test)
            if truth is not None:
                return self.statements(one.body if truth else one.orelse)
            then, other = self.statements(one.body), self.statements(one.orelse)
            return then and other
        if isinstance(one, syntax.With | syntax.Block):
            return self.statements(one.body)
        if isinstance(one, syntax.Try):
            ends = self.statements((*one.body, *one.orelse))
            handled = [self.statements(handler.body) for handler in one.handlers]
            return self.statements(one.final) or (ends and all(handled))
        for node in nodes_in(one, inside=False):
            if isinstance(node, syntax.Return):
                self.returns.append(self.chosen(node.value))
            elif isinstance(node, syntax.Assign):
                self.assigned.append(node)
        return False

    def chosen(self, value: syntax.Expression | None) -> syntax.Expression | None:
        """What a conditional expression gives, where its test is decided."""
        while isinstance(value, syntax.Conditional):
            truth = self.truth(value.test)
            if truth is None:
                break
            value = value.then if truth else value.other
        return value

    def truth(self, test: object) -> bool | None:
        """Whether a test holds; None where the constants do not decide it."""
        if isinstance(test, syntax.Name) and test.id in self.known:
            self.decided[test.id] = self.known[test.id]
            return bool(self.known[test.id])
        if isinstance(test, syntax.Unary) and test.operator == "not":
            inner = self.truth(test.operand)
            return None if inner is None else not inner
        if isinstance(test, syntax.Binary) and test.operator in SAME | OTHER:
            name, value = test.left, test.right
            if isinstance(name, syntax.Name) and name.id in self.known and isinstance(value, syntax.Const):
                self.decided[name.id] = self.known[name.id]
                return (self.known[name.id] == value.value) == (test.operator in SAME)
        if isinstance(test, syntax.Logical) and test.operator != "??":
            left, right = self.truth(test.left), self.truth(test.right)
            ruling = test.operator == "or"
            if ruling in (left, right):
                return ruling
            return None if None in (left, right) else not ruling
        return None
