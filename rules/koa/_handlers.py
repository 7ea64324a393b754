"""The functions that answer requests, as they were registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Facts, Function, Route, Value, is_test, options, variable_at

from ._application import Application
from ._router import Composed, KoaRouter, Used


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
        if route.framework == "koa" and isinstance(value, Function):
            routes.setdefault(value.code, []).append(route)
            answering.append(value)
    between = [function for used in all_used(facts) for function in functions(used.value)]
    seen: set[object] = set()
    for function, answers in [*((one, True) for one in answering), *((one, False) for one in between)]:
        if function.code in seen or is_test(function.module.path):
            continue
        seen.add(function.code)
        context, following = variable_at(function, 0), variable_at(function, 1)
        if context is not None and following is not None:
            yield Handler(function, tuple(routes.get(function.code, ())), context, following, answers)


def all_used(facts: Facts) -> list[Used]:
    """All middleware of the program."""
    holders = [one for one in list(facts.program.engine.objects) if isinstance(one, Application | KoaRouter)]
    return [used for holder in holders for used in holder.used if not is_test(used.origin.path)]


def functions(value: Value) -> Iterator[Function]:
    """The project's functions that middleware may be."""
    for option in options(value):
        if isinstance(option, Function):
            yield option
        elif isinstance(option, Composed):
            for item in option.items_in():
                yield from functions(item)
