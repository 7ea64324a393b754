"""Which methods a function view answers, by what it says of ``request.method``.

The body is followed once for each method, through the tests that compare ``request.method`` with something written
out. A method is answered where some way through the body returns something else than 405.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verifier.api import Function, Scope, syntax, texts_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
DEEPEST = 40


class Walk:
    """One method on its way through a body."""

    def __init__(self, request: str, method: str, scope: Scope | None = None) -> None:
        self.scope = scope
        self.request = request
        self.method = method
        self.answers = False
        self.aliases: set[str] = set()
        self.compared = False

    def run(self, statements: Iterable[syntax.Statement], depth: int = 0) -> bool:
        """Whether the way goes on behind some statements."""
        return depth > DEEPEST or all(self.step(statement, depth) for statement in statements)

    def step(self, statement: syntax.Statement, depth: int) -> bool:
        """Whether the way goes on behind a statement."""
        if isinstance(statement, syntax.Return):
            self.answers = self.answers or not refuses(statement.value)
            return False
        if isinstance(statement, syntax.Raise):
            return False
        if isinstance(statement, syntax.If):
            return self.branch(statement, depth)
        if isinstance(statement, syntax.Switch):
            return self.switch(statement, depth)
        if isinstance(statement, syntax.Assign):
            self.note(statement)
            return True
        if isinstance(statement, syntax.For | syntax.While):
            self.run(statement.body, depth + 1)
            return True
        if isinstance(statement, syntax.With | syntax.Block):
            return self.run(statement.body, depth + 1)
        if isinstance(statement, syntax.Try):
            goes_on = self.run((*statement.body, *statement.orelse), depth + 1)
            for handler in statement.handlers:
                goes_on = self.run(handler.body, depth + 1) or goes_on
            return self.run(statement.final, depth + 1) and goes_on
        return True

    def branch(self, statement: syntax.If, depth: int) -> bool:
        """Either arm, or the one that the method decides."""
        holds = self.test(statement.test)
        if holds is None:
            then = self.run(statement.body, depth + 1)
            return self.run(statement.orelse, depth + 1) or then
        return self.run(statement.body if holds else statement.orelse, depth + 1)

    def switch(self, statement: syntax.Switch, depth: int) -> bool:
        """The case of the method."""
        if not self.is_method(statement.subject):
            goes_on = [self.run(case.body, depth + 1) for case in statement.cases]
            return any(goes_on) or all(case.values or case.pattern for case in statement.cases)
        self.compared = True
        for case in statement.cases:
            texts = [value.value for value in case.values if isinstance(value, syntax.Const)]
            if self.method in texts or (not case.values and case.pattern is None and case.guard is None):
                return self.run(case.body, depth + 1)
        return True

    def note(self, statement: syntax.Assign) -> None:
        """``method = request.method``."""
        if statement.value is not None and self.is_method(statement.value):
            self.aliases.update(target.id for target in statement.targets if isinstance(target, syntax.Name))

    def is_method(self, node: syntax.Expression) -> bool:
        """Whether an expression is the request's method."""
        if isinstance(node, syntax.Name):
            return node.id in self.aliases
        if isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.callee.name == "upper":
            return self.is_method(node.callee.object)
        return (
            isinstance(node, syntax.Member)
            and node.name == "method"
            and isinstance(node.object, syntax.Name)
            and node.object.id == self.request
        )

    def test(self, node: syntax.Expression) -> bool | None:
        """Whether a condition holds for the method; None where it does not decide."""
        if isinstance(node, syntax.Unary) and node.operator == "not":
            inner = self.test(node.operand)
            return None if inner is None else not inner
        if isinstance(node, syntax.Logical):
            left, right = self.test(node.left), self.test(node.right)
            if node.operator == "and":
                return False if False in (left, right) else True if left and right else None
            return True if True in (left, right) else False if left is False and right is False else None
        if isinstance(node, syntax.Binary):
            return self.comparison(node)
        return None

    def comparison(self, node: syntax.Binary) -> bool | None:
        """``request.method == "GET"``, ``request.method in ("GET", "POST")`` and their negations."""
        left, right = node.left, node.right
        if not self.is_method(left) and self.is_method(right):
            left, right = right, left
        if not self.is_method(left):
            return None
        if node.operator in ("==", "!=", "is", "is not") and isinstance(right, syntax.Const):
            self.compared = True
            return (right.value == self.method) == (node.operator in ("==", "is"))
        if node.operator in ("in", "not in") and isinstance(right, syntax.Display):
            texts = [item.value for item in right.items if isinstance(item, syntax.Const)]
            if len(texts) == len(right.items):
                self.compared = True
                return (self.method in texts) == (node.operator == "in")
        if node.operator in ("in", "not in") and isinstance(right, syntax.Name) and self.scope is not None:
            holder = self.scope.find(right.id)
            held = texts_of(holder.names[right.id]) if holder is not None else None
            if held is not None:
                self.compared = True
                return (self.method in [text.upper() for text in held]) == (node.operator == "in")
        return None


def refuses(value: syntax.Expression | None) -> bool:
    """Whether what is returned says that the method is not allowed; nothing at all is an error."""
    if value is None or (isinstance(value, syntax.Const) and value.value is None):
        return True
    if isinstance(value, syntax.Await):
        return refuses(value.value)
    if not isinstance(value, syntax.Call):
        return False
    name = value.callee.name if isinstance(value.callee, syntax.Member) else getattr(value.callee, "id", "")
    if name == "HttpResponseNotAllowed":
        return True
    for argument in value.arguments:
        if isinstance(argument, syntax.Keyword) and argument.name in ("status", "status_code"):
            return is_405(argument.value)
    return any(is_405(argument) for argument in value.arguments[1:] if not isinstance(argument, syntax.Keyword))


def is_405(node: syntax.Expression) -> bool:
    """405, however it is written."""
    if isinstance(node, syntax.Const):
        return node.value == 405
    return isinstance(node, syntax.Member) and "METHOD_NOT_ALLOWED" in node.name


def dispatched(function: Function) -> Sequence[str]:
    """The methods that a function view answers; ``*`` where its body does not tell them apart."""
    parameters = [parameter.name for parameter in function.code.parameters]
    if function.bound is not None and not function.code.static:
        parameters = parameters[1:]
    if not parameters or not parameters[0]:
        return ("*",)
    answered: list[str] = []
    compared = False
    for method in METHODS:
        walk = Walk(parameters[0], method, function.scope)
        walk.run(function.code.body)
        compared = compared or walk.compared
        if walk.answers:
            answered.append(method)
    if not compared or not answered or len(answered) == len(METHODS):
        return ("*",)
    return answered
