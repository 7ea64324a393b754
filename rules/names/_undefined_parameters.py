"""What JavaScript functions need of arguments that a call does not give: where `undefined` surely is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Class, Facts, Function, GivenArguments, syntax

# Statements that may end a function before those behind them.
ENDING = (syntax.Return, syntax.Raise, syntax.Jump)


def undefined_refusal(function: Function, given: GivenArguments) -> str | None:
    """What Node says when a function is called without some arguments; None where it may be fine."""
    if given.more or given.others:
        return None
    data = function.module.source.data
    for parameter in function.code.parameters[given.positional :]:
        if parameter.kind != "plain" or parameter.default is not None:
            continue
        target = parameter.target
        if isinstance(target, syntax.Mapping | syntax.Display):
            return taken_apart(target, "'undefined'")
        if isinstance(target, syntax.Name) and target.id not in ("this", "undefined"):
            told = first_use(function.code.body, target.id, data)
            if told is not None:
                return told
    return None


def first_use(body: tuple[syntax.Statement, ...], name: str, data: bytes) -> str | None:
    """What Node says of the first thing that a body does with a variable, where that needs a value; else None."""
    for statement in body:
        if not names(statement, name):
            if may_end(statement):
                return None
            continue
        value = statement.value if isinstance(statement, syntax.Evaluate | syntax.Return | syntax.Assign) else None
        if value is None or (
            isinstance(statement, syntax.Assign) and any(names(one, name) for one in statement.targets)
        ):
            return None
        if isinstance(statement, syntax.Assign) and is_named(value, name):
            return taken_apart(statement.targets[0], f"'{name}'")
        for node in unconditional(value):
            if b"?." in data[statement.start : node.end if isinstance(node, syntax.Member) else node.start]:
                return None
            if isinstance(node, syntax.Name) and node.id == name:
                return None
            if isinstance(node, syntax.Member) and is_named(node.object, name):
                if b"!" in data[node.object.end : node.end]:
                    return None
                return f"Cannot read properties of undefined (reading '{node.name}')"
            if isinstance(node, syntax.Call) and is_named(node.callee, name):
                if node.new or b"?" in data[node.callee.end : node.callee.end + 2]:
                    return None
                return f"{name} is not a function"
            if isinstance(node, syntax.Function | syntax.Class | syntax.Opaque) and names(node, name):
                return None
            if isinstance(node, syntax.Logical | syntax.Conditional) and names(node, name):
                tested = node.left if isinstance(node, syntax.Logical) else node.test
                if not names(tested, name):
                    return None
        return None
    return None


def taken_apart(target: syntax.Expression, value: str) -> str | None:
    """What Node says when a pattern is to take ``undefined`` apart; None where it is no pattern."""
    if isinstance(target, syntax.Mapping):
        first = next((entry.key.value for entry in target.entries if isinstance(entry.key, syntax.Const)), None)
        of = f"property '{first}' of " if isinstance(first, str) else ""
        return f"Cannot destructure {of}{value} as it is undefined."
    if isinstance(target, syntax.Display):
        named = "undefined" if value == "'undefined'" else value[1:-1]
        return f"{named} is not iterable" + (
            " (cannot read property Symbol(Symbol.iterator))" if named == "undefined" else ""
        )
    return None


def is_named(node: syntax.Expression, name: str) -> bool:
    """Whether an expression is a variable."""
    return isinstance(node, syntax.Name) and node.id == name


def names(found: object, name: str) -> bool:
    """Whether code speaks of a name anywhere."""
    if isinstance(found, syntax.Name):
        return found.id == name
    if isinstance(found, syntax.Opaque):
        return True
    if isinstance(found, syntax.Function):
        return names(found.body, name) or any(names(one, name) for one in found.parameters)
    if isinstance(found, syntax.Class):
        return names(found.body, name) or names(found.bases, name)
    if isinstance(found, tuple):
        return any(names(one, name) for one in found)
    return isinstance(found, syntax.Node) and any(names(one, name) for one in parts(found))


def parts(node: syntax.Node) -> Iterator[object]:
    """What a node holds."""
    for field in node.__struct_fields__:
        found = getattr(node, field)
        if isinstance(found, syntax.Node | syntax.Function | syntax.Class | tuple):
            yield found


def may_end(found: object) -> bool:
    """Whether a statement may leave the function."""
    if isinstance(found, ENDING):
        return True
    if isinstance(found, tuple):
        return any(may_end(one) for one in found)
    return isinstance(found, syntax.Node) and any(may_end(one) for one in parts(found))


def unconditional(found: object) -> Iterator[syntax.Node | syntax.Function | syntax.Class]:
    """The parts of an expression that are surely evaluated, about in their order, outer before inner."""
    if isinstance(found, tuple):
        for one in found:
            yield from unconditional(one)
    elif isinstance(found, syntax.Function | syntax.Class):
        yield found
    elif isinstance(found, syntax.Node):
        yield found
        if isinstance(found, syntax.Member | syntax.Call) and isinstance(inner_of(found), syntax.Name):
            if isinstance(found, syntax.Call):
                yield from unconditional(found.callee)
                yield from unconditional(found.arguments)
            else:
                yield from unconditional(found.object)
        elif isinstance(found, syntax.Logical):
            yield from unconditional(found.left)
        elif isinstance(found, syntax.Conditional):
            yield from unconditional(found.test)
        elif not isinstance(found, syntax.Comprehension):
            for one in parts(found):
                yield from unconditional(one)


def inner_of(node: syntax.Member | syntax.Call) -> syntax.Expression:
    """What a member is read from, or what is called."""
    return node.object if isinstance(node, syntax.Member) else node.callee


def constructor_of(cls: Class) -> Function | None:
    """The constructor of a JavaScript class; None where it is not known."""
    for one in cls.lineage():
        if not isinstance(one, Class):
            return None
        found = one.members.get("constructor")
        if found is not None:
            return found if isinstance(found, Function) else None
    return None


def is_assigned(facts: Facts, function: Function, name: str) -> bool:
    """Whether code gives objects something else under the name of a function."""
    pattern = re.compile(rb"\.%s\s*=(?![=>])\s*" % re.escape(name.encode()))
    word = name.encode()
    for path, source in facts.project.files.items():
        if source.language == "python" or word not in source.data:
            continue
        for match in pattern.finditer(source.data):
            if path != function.module.path or not match.end() <= function.code.start <= match.end() + 20:
                return True
    return False
