"""A guard stands above the decorator that makes the route, which has taken the view alone.

Decorators are applied from below. `@app.route` of Flask, `@router.get` of FastAPI and `@routes.get` of aiohttp register
the function that they are given and give it back; what stands above them changes what the module knows by that name,
and no request comes that way. Strangers reach the view, and code that takes the user for granted fails with 500.

Put the guard below: between the route's decorator and the function.

A decorator counts as a guard where it is one of a library that is known for it, or one of the project whose text
refuses. Nothing is said of a view that refuses by itself, or whose name is used elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Engine,
    External,
    Facts,
    Function,
    ModuleValue,
    Problem,
    Span,
    Value,
    decorator_name,
    is_test,
    regex,
    rule,
    syntax,
)

FRAMEWORKS = frozenset({"flask", "fastapi", "aiohttp"})
REGISTERING = frozenset("route get post put delete patch head options view".split())
LIBRARIES = frozenset(
    "login_required fresh_login_required jwt_required fresh_jwt_required auth_required token_required "
    "auth_token_required http_auth_required roles_required roles_accepted".split()
)
REFUSES = regex(rb"\b(?:401|403)\b|\babort\(|\b\w*(?:[Uu]nauthori[sz]ed|UNAUTHORI[SZ]ED|Forbidden|FORBIDDEN)\w*")


@rule(Category.AUTH_MISCONFIGURATION)
def guard_above_route(facts: Facts) -> Iterator[Problem]:
    """Yield each guard that a route was made without."""
    engine = facts.program.engine
    seen: set[Span] = set()
    for route, handler in zip(facts.routes, facts.table.handlers, strict=True):
        if route.framework not in FRAMEWORKS or not isinstance(handler, Function):
            continue
        decorators, source = handler.code.decorators, facts.project.files.get(handler.module.path)
        if source is None:
            continue
        spans = [source.span(one.start, one.end) for one in decorators]
        made = [place for place, one in enumerate(decorators) if registers(one)]
        if route.span.line not in [span.line for span in spans]:
            continue
        for place, decorator in enumerate(decorators[: made[0]] if made else ()):
            if spans[place] in seen or not is_guard(engine, facts, handler, decorator):
                continue
            if REFUSES.search(source.data[handler.code.start : handler.code.end]) or is_used(facts, handler):
                continue
            seen.add(spans[place])
            name = decorator_name(decorator)
            yield Problem(
                spans[place],
                f"`@{name}` stands above `@{decorator_name(decorators[made[0]])}`, which has taken "
                f"`{handler.code.name}` without it: no request is held against it",
                symptom=f"no 401 for strangers on {route.method} {route.path}",
                remedy=f"Put `@{name}` below the decorator of the route",
                routes=(route,),
                identity=f"{handler.code.name} {name}",
            )


def registers(decorator: syntax.Expression) -> bool:
    """Whether a decorator makes a route of the function below it, and gives that back."""
    return (
        isinstance(decorator, syntax.Call)
        and isinstance(decorator.callee, syntax.Member)
        and decorator.callee.name in REGISTERING
    )


def is_guard(engine: Engine, facts: Facts, handler: Function, decorator: syntax.Expression) -> bool:
    """Whether what stands there surely keeps somebody out."""
    value = value_of(engine, handler, decorator)
    if isinstance(value, Function):
        source = facts.project.files.get(value.module.path)
        return source is not None and REFUSES.search(source.data[value.code.start : value.code.end]) is not None
    if isinstance(value, External):
        return value.name in LIBRARIES
    return False


def value_of(engine: Engine, handler: Function, decorator: syntax.Expression) -> Value | None:
    """What a decorator is, without its arguments; None where it is no name of a module."""
    names = decorator_name(decorator).split(".")
    value: Value = ModuleValue(handler.module)
    for name in names:
        if not name:
            return None
        value = engine.member(value, name)
    return value


def is_used(facts: Facts, handler: Function) -> bool:
    """Whether some code may call the view by its name."""
    name = handler.code.name.encode()
    uses = regex(rb"(?<![\w.\"'])(?<!def )" + name + rb"(?![\w\"'])")
    return any(
        uses.search(source.data) is not None
        for path, source in facts.project.files.items()
        if source.language == "python" and not is_test(path)
    )
