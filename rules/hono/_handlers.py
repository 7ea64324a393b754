"""The functions that answer requests, as they were registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Facts, Function, Origin, Route, failing_in, is_test, open_ends, regex, syntax, variable_at

from ._app import HonoApp
from ._middleware import flat

ANSWERS = frozenset("body html json newResponse notFound redirect render text".split())


SETS = regex(rb"\.res\s*=[^=]")


class Handler(NamedTuple):
    """A function that answers, or middleware: ``context`` and ``following`` are the names of its parameters."""

    function: Function
    routes: tuple[Route, ...]
    context: str
    following: str
    answers: bool


def handlers(facts: Facts) -> Iterator[Handler]:
    """The project's handlers and middleware, each once; those that take their parameters apart are left out."""
    routes: dict[object, list[Route]] = {}
    answering: list[Function] = []
    for route, value in zip(facts.routes, facts.table.handlers, strict=True):
        if route.framework == "hono" and isinstance(value, Function):
            routes.setdefault(value.code, []).append(route)
            answering.append(value)
    between: list[Function] = []
    for app in list(facts.program.engine.objects):
        for item in app.shared.items if isinstance(app, HonoApp) else ():
            if item.middleware is not None:
                between += [one for one in flat(item.middleware) if isinstance(one, Function)]
    seen: set[object] = set()
    for function, answers in [*((one, True) for one in answering), *((one, False) for one in between)]:
        if function.code in seen or is_test(function.module.path):
            continue
        seen.add(function.code)
        context, following = variable_at(function, 0), variable_at(function, 1)
        if context is not None and following is not None:
            yield Handler(function, tuple(routes.get(function.code, ())), context, following, answers)


def own_nodes(handler: Handler) -> Iterator[syntax.Node]:
    """The nodes of a handler in which the name of its context means that."""
    waiting: list[object] = [handler.function.code.body]
    while waiting:
        for node in syntax.nodes_in(waiting.pop(), inside=False):
            yield node
            waiting += [
                inner.body
                for inner in functions_held(node)
                if all(one.name != handler.context for one in inner.parameters)
            ]


def functions_held(node: syntax.Node) -> Iterator[syntax.Function]:
    """The functions that stand in a node, and in no other one in it."""
    for name in node.__struct_fields__:
        held = getattr(node, name)
        yield from (one for one in (held if isinstance(held, tuple) else (held,)) if isinstance(one, syntax.Function))


def unanswered(facts: Facts, handler: Handler, *, handed: bool) -> tuple[Origin, ...]:
    """The ends of ways that neither return something nor go on to the next handler.

    With ``handed``, who is given the context may answer.
    """
    names = {handler.context if handed else "", handler.following} - {""}
    failing = failing_in(facts, handler.function)
    return open_ends(handler.function, names, is_quiet, values=True, failing=failing)


def sets_answers(facts: Facts) -> bool:
    """Whether some code sets ``c.res``, which answers without returning anything."""
    return any(SETS.search(source.data) for path, source in facts.project.files.items() if not path.endswith(".py"))


def is_quiet(members: tuple[str, ...]) -> bool:
    """Whether a use of the context answers nothing: all but setting ``c.res``, and handing the context on."""
    return bool(members) and members[0] not in ("res", "finalized", "call", "apply", "bind")
