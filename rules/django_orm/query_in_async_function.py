"""A query is sent from asynchronous code by a call that waits.

Inside `async def` Django refuses whatever would keep the event loop: `Tree.objects.get(...)`, `tree.save()`, and
`list(...)` or a plain `for` over a query set raise `SynchronousOnlyOperation: You cannot call this from an async
context - use a thread or sync_to_async.` A query set that is only put together asks nothing, and is no error yet.

Await the asynchronous counterpart (`await Tree.objects.aget(...)`, `await tree.asave()`, `async for tree in trees`), or
hand the call to a thread: `await sync_to_async(helper)(...)`.

The rule looks at `async def` functions themselves and at plain functions that they call by name. It is silent where
the project sets `DJANGO_ALLOW_ASYNC_UNSAFE`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    FunctionRef,
    Origin,
    Problem,
    Query,
    Related,
    Span,
    is_test,
    nodes_in,
    regex,
    rule,
    syntax,
)

ALLOWING = b"DJANGO_ALLOW_ASYNC_UNSAFE"
# What asks for rows of a query set that is given to it.
ASKING = frozenset("list tuple set sorted len bool dict sum min max any all next".split())
CALLED = regex(r"(?:await\s+)?(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)\(")
TOLD = "SynchronousOnlyOperation: You cannot call this from an async context - use a thread or sync_to_async"


@rule(Category.DATABASE_RUNTIME_ERROR, versions="django>=3.0")
def query_in_async_function(facts: Facts) -> Iterator[Problem]:
    """Yield each query that asynchronous code sends and waits for."""
    queries = [query for query in facts.queries.queries if query.library == "django_orm" and query.site is not None]
    if not queries or any(
        ALLOWING in one.data for one in (*facts.project.files.values(), *facts.project.others.values())
    ):
        return
    lazy = asked_for(facts, {one.function for one in queries if one.function is not None})
    callers = direct_callers(facts)
    for query in queries:
        function = query.function
        if function is None or is_test(query.span.path):
            continue
        place = sent_at(query, lazy)
        if place is None:
            continue
        if function.is_async:
            yield problem(place, query, "in `async def`", ())
        elif function in callers:
            caller, called = callers[function]
            related = (Related(called, f"the asynchronous `{caller.name}` calls `{function.name}` here"),)
            yield problem(place, query, f"below the asynchronous `{caller.name}`", related)


def problem(place: Span, query: Query, where: str, related: tuple[Related, ...]) -> Problem:
    """What such a query leads to."""
    assert query.site is not None
    method = query.site.library.rpartition(".")[2]
    return Problem(
        place,
        f"a query is sent {where} by a call that waits: Django refuses it",
        related=related,
        symptom=f"500: {TOLD}",
        remedy="Await the asynchronous counterpart, or hand the call to a thread with `sync_to_async`",
        identity=f"{query.function.name if query.function is not None else ''} {method}",
    )


def sent_at(query: Query, lazy: dict[Origin, Span]) -> Span | None:
    """Where a query is sent by something that waits; None where it is not, or not surely."""
    site = query.site
    if site is None:
        return None
    node = site.call.node
    if query.action in ("build", "stream"):
        return lazy.get(Origin(site.call.frame.module.path, node.start, node.end))
    method = site.library.rpartition(".")[2]
    callee = node.callee if isinstance(node, syntax.Call) else None
    written = callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
    return query.span if written == method and not is_asynchronous(method) else None


def is_asynchronous(method: str) -> bool:
    """Whether a method is the asynchronous counterpart of another: ``aget``, ``asave``."""
    return method.removeprefix("a") in METHODS and method.startswith("a")


METHODS = frozenset(
    "get create get_or_create update_or_create bulk_create bulk_update count in_bulk latest earliest first last "
    "aggregate exists contains update delete save refresh_from_db explain add remove set clear "
    "get_object_or_404 get_list_or_404".split()
)


def asked_for(facts: Facts, functions: set[FunctionRef]) -> dict[Origin, Span]:
    """Expressions over which a plain ``for`` goes, or that are given to what asks for all their rows."""
    found: dict[Origin, Span] = {}
    for reference in functions:
        function = facts.calls.codes.get(reference)
        if function is None:
            continue
        path = function.module.path
        for node in nodes_in(function.code.body, inside=False):
            asked: object = None
            if isinstance(node, syntax.For) and not node.is_async:
                asked = node.iterable
            elif isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Name) and len(node.arguments) == 1:
                asked = node.arguments[0] if node.callee.id in ASKING else None
            value = behind(asked, function.code)
            if value is not None:
                engine = facts.program.engine
                assert isinstance(asked, syntax.Node)
                found[Origin(path, value.start, value.end)] = engine.span(Origin(path, asked.start, asked.end))
    return found


def behind(asked: object, code: syntax.Function) -> syntax.Call | None:
    """The call that an expression is, or that the variable was given which it is, where it is given one thing only."""
    if isinstance(asked, syntax.Call):
        return asked
    if not isinstance(asked, syntax.Name):
        return None
    given = [
        node.value
        for node in nodes_in(code.body)
        if isinstance(node, syntax.Assign)
        and any(isinstance(target, syntax.Name) and target.id == asked.id for target in node.targets)
    ]
    return given[0] if len(given) == 1 and isinstance(given[0], syntax.Call) else None


def direct_callers(facts: Facts) -> dict[FunctionRef, tuple[FunctionRef, Span]]:
    """Plain functions of the project that asynchronous ones call by name, each with the first such call."""
    found: dict[FunctionRef, tuple[FunctionRef, Span]] = {}
    for call in facts.calls.calls:
        caller, callee = call.caller, call.callee
        if caller is None or callee is None or not caller.is_async or callee.is_async or is_test(call.span.path):
            continue
        function = facts.calls.codes.get(callee)
        if function is None or function.code.decorators or callee in found:
            continue
        text = facts.project.files[call.span.path].line(call.span.line)[call.span.column - 1 :]
        written = CALLED.match(text)
        if written is not None and written[1] == callee.name.rpartition(".")[2]:
            found[callee] = (caller, call.span)
    return found
