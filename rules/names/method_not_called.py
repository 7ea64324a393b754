"""A method is named where it was to be called.

`result.scalars().first` is the method, and not what it finds: `AttributeError: 'function' object has no attribute
'email'` in the line that uses it. `await request.json` raises `TypeError: object method can't be used in 'await'
expression`; in JavaScript, `await c.req.json` gives the function. `async with database.transaction as session:` raises
`TypeError: 'method' object does not support the asynchronous context manager protocol`.

Write the parentheses: `.first()`, `await request.json()`, `database.transaction()`.

The rule speaks of methods that end a query or read a body, where what they are read of is written as a call or as the
request, and of functions of the project that are entered by `with`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    Facts,
    Function,
    Origin,
    Problem,
    Span,
    decorator_name,
    is_test,
    nodes_in,
    regex,
    rule,
    syntax,
)

FINDING = frozenset(
    "first all one one_or_none scalar scalars scalar_one scalar_one_or_none fetchone fetchall fetchmany "
    "mappings".split()
)
ASKING = frozenset(
    "execute scalars query filter filter_by order_by where exec unique mappings values_list exclude".split()
)
BODIES = frozenset({"json", "text", "form", "body", "read", "post"})
OF_HONO = frozenset({"json", "text", "formData", "arrayBuffer", "blob", "parseBody"})
REQUEST = regex(r"req|request|c\.req|ctx\.req|self\.request|context\.req")
MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})


@rule(Category.BUSINESS_LOGIC_DEFECT)
def method_not_called(facts: Facts) -> Iterator[Problem]:
    """Yield each method that is used as if it were its own result."""
    frameworks = {route.framework for route in facts.routes}
    hono, python = "hono" in frameworks, bool(frameworks) and not imports_quart(facts)
    for function, body in facts.seen.bodies.items():
        path, javascript = function.module.path, function.module.javascript
        if is_test(path):
            continue
        called: set[str] | None = None
        for node in nodes_in(function.code.body):
            value = node.value if isinstance(node, syntax.Return | syntax.Assign | syntax.Await) else None
            if not isinstance(value, syntax.Member):
                continue
            held = not isinstance(node, syntax.Await)
            ends = held and not javascript and value.name in FINDING and is_query(facts, path, value.object)
            reads = not held and value.name in (OF_HONO if javascript else BODIES) and (hono if javascript else python)
            if ends and isinstance(node, syntax.Assign):
                if called is None:
                    called = names_called(function)
                ends = not any(isinstance(one, syntax.Name) and one.id in called for one in node.targets)
            if ends or (reads and REQUEST.fullmatch(dotted(value.object)) is not None):
                yield problem(span_of(facts, path, value), value.name)
        for entered in () if javascript else body.blocks:
            value = entered.value
            if isinstance(value, syntax.Member) and is_manager(facts, path, value):
                yield problem(span_of(facts, path, value), value.name)


def span_of(facts: Facts, path: str, node: syntax.Member) -> Span:
    """Where a member is written."""
    return facts.program.engine.span(Origin(path, node.start, node.end))


def imports_quart(facts: Facts) -> bool:
    """Whether requests may be those of Quart, whose attributes are awaited."""
    return any(one.module.partition(".")[0] == "quart" for own in facts.files.values() for one in own.imports)


def names_called(function: Function) -> set[str]:
    """The variables that a function calls: a method may be kept in one, to be called later."""
    calls = (node for node in nodes_in(function.code.body) if isinstance(node, syntax.Call))
    return {node.callee.id for node in calls if isinstance(node.callee, syntax.Name)}


def is_query(facts: Facts, path: str, node: syntax.Expression) -> bool:
    """Whether an expression is a call that asks a database: ``session.scalars(...)``."""
    if isinstance(node, syntax.Await):
        node = node.value
    if not isinstance(node, syntax.Call) or not isinstance(node.callee, syntax.Member):
        return False
    targets = facts.seen.targets.get(Origin(path, node.start, node.end), ())
    return node.callee.name in ASKING and not any(isinstance(one, Function | Class) for one in targets)


def dotted(node: syntax.Expression) -> str:
    """``a.b`` as it is written; nothing for anything else."""
    if isinstance(node, syntax.Member):
        inner = dotted(node.object)
        return f"{inner}.{node.name}" if inner else ""
    return node.id if isinstance(node, syntax.Name) else ""


def is_manager(facts: Facts, path: str, node: syntax.Member) -> bool:
    """Whether a member is a method of the project that has to be called to be entered."""
    kind = facts.seen.members.get(Origin(path, node.start, node.end))
    found = kind.members.get(node.name) if kind is not None else None
    if not isinstance(found, Function) or found.code.accessor is not None:
        return False
    names = {decorator_name(one).rpartition(".")[2] for one in found.code.decorators}
    return bool(names) and names <= MANAGERS


def problem(span: Span, name: str) -> Problem:
    """A method without its parentheses."""
    return Problem(
        span,
        f"`{name}` is named, and not called",
        symptom="the method is taken for what it gives: an error where that is used",
        remedy=f"Write `{name}()`",
        identity=name,
    )
