"""A hook of the application is no coroutine function.

aiohttp awaits what stands in `on_startup`, `on_shutdown` and `on_cleanup`. A plain function gives None, which cannot be
awaited: the start ends in `TypeError: object NoneType can't be used in 'await' expression`, and nothing is served.

Write `async def`. A function with a `yield` in it belongs to `cleanup_ctx`: as a hook it is an asynchronous generator,
which cannot be awaited either.

What is decorated, and what gives something that may be awaited, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Function, Problem, Related, nodes_in, rule, syntax

from ._application import Application

AWAITED = frozenset({"on_startup", "on_shutdown", "on_cleanup", "on_response_prepare"})


@rule(Category.SERVER_STARTUP_FAILURE)
def synchronous_hook(facts: Facts) -> Iterator[Problem]:
    """Yield each plain function that is added to a signal."""
    for made in facts.program.engine.objects:
        for signal, hook, call in made.hooks if isinstance(made, Application) else ():
            if signal not in AWAITED or not isinstance(hook, Function) or hook.origin is None or gives(hook):
                continue
            span = facts.program.engine.span(hook.origin)
            given = "async_generator" if generates(hook) else "NoneType"
            yield Problem(
                call.span,
                f"`{hook.code.name or 'a lambda'}` is added to `{signal}`, and is no coroutine function",
                related=(Related(span, f"`{hook.code.name or 'the lambda'}`"),),
                symptom=f"the start fails: TypeError: object {given} can't be used in 'await' expression",
                remedy="Append it to `cleanup_ctx`" if generates(hook) else "Write `async def`",
                identity=f"{signal} {hook.code.name}",
            )


def gives(hook: Function) -> bool:
    """Whether a function may give something that can be awaited."""
    code = hook.code
    if code.decorators or code.kind == "lambda":
        return True
    if code.is_async:
        return not generates(hook)
    return any(isinstance(statement, syntax.Return) and statement.value is not None for statement in flat(code.body))


def generates(hook: Function) -> bool:
    """Whether a function is an asynchronous generator."""
    return hook.code.is_async and any(isinstance(one, syntax.Yield) for one in nodes_in(hook.code.body, inside=False))


def flat(body: tuple[syntax.Statement, ...]) -> Iterator[syntax.Statement]:
    """Statements, and those of branches and blocks."""
    for statement in body:
        yield statement
        for name in ("body", "orelse", "final"):
            inner = getattr(statement, name, ())
            if not isinstance(statement, syntax.Function | syntax.Class) and isinstance(inner, tuple):
                yield from flat(inner)
