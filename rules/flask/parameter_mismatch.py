"""A view's parameters are not the variables of its rule.

Flask calls a view with the variables of its URL rule, each by its name. `@app.get("/comments/<comment_id>")` above
`def comment(id)` fails on every request: the client sees 500, the log `TypeError: comment() got an unexpected keyword
argument 'comment_id'`. A parameter that no variable fills fails likewise.

Give the parameter the name of the variable, or the variable that of the parameter.

Views that take `**kwargs` are left alone; a view that fits another of its rules is a warning only. Behind decorators of
the project's own, a variable counts as passed on where the decorator passes on all that it is given and does not name
it; what a decorator may add is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Parameter,
    Problem,
    Related,
    Route,
    Severity,
    Signature,
    Span,
    regex,
    replace,
    rule,
    signature_of,
)

# Libraries and hooks by which views are called with something else.
OTHERWISE = regex(rb"\bflask_openapi3\b|\burl_value_preprocessor\b|\burl_defaults\b")
# Decorators that register a view, or leave its arguments alone.
PLAIN = frozenset(
    "route get post put delete patch endpoint login_required jwt_required fresh_login_required cross_origin "
    "exempt limit cached doc response marshal_with expect response_model produces swag_from".split()
)


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def parameter_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each view that cannot be called with the variables of its rule, and no others."""
    routes = [route for route in facts.routes if route.framework == "flask" and route.function is not None]
    if not routes or any(OTHERWISE.search(source.data) for source in facts.project.files.values()):
        return
    found: dict[tuple[Span, str], tuple[Span, Problem]] = {}
    fitting: set[Span] = set()
    for route in routes:
        signature = signature_of(facts, route)
        problem = mismatch(facts, route, signature) if signature is not None else None
        if signature is not None and problem is None:
            fitting.add(signature.span)
        elif signature is not None and problem is not None:
            found.setdefault((problem.span, problem.identity), (signature.span, problem))
    for span, problem in found.values():
        yield replace(problem, severity=Severity.WARNING) if span in fitting else problem


def mismatch(facts: Facts, route: Route, signature: Signature) -> Problem | None:
    """What is wrong with a view's parameters."""
    variables = route.pattern.parameters
    lost = [name for name in variables if not signature.takes(name) and signature.hands_on(name)]
    more = [one for one in signature.parameters if one.required and one.name not in variables]
    if lost:
        return of_lost(route, signature, lost[0], more)
    unfilled = not signature.wrapped and PLAIN.issuperset(signature.decorators) and not filled_otherwise(facts, route)
    if not more or not unfilled:
        return None
    name = more[0].name
    return Problem(
        more[0].span,
        f"`{signature.name}` needs `{name}`, and its rule `{route.path}` has no variable of that name",
        related=(Related(route.span, "the rule"),),
        symptom=f"500: TypeError: {signature.name}() missing 1 required positional argument: '{name}'",
        remedy=f"Put `<{name}>` into the rule, read it from the request, or give it a default",
        routes=(route,),
        identity=f"{signature.name} {name}",
    )


def of_lost(route: Route, signature: Signature, name: str, more: list[Parameter]) -> Problem:
    """The finding on a variable that a view does not take."""
    instead = more[0] if len(more) == 1 else None
    told = f"`{signature.name}` takes no `{name}`, which its rule `{route.path}` gives it"
    remedy = f"Rename `{instead.name}` to `{name}`" if instead is not None else f"Take `{name}`"
    return Problem(
        instead.span if instead is not None else signature.span,
        told,
        related=(Related(route.span, "the rule"),),
        symptom=f"500: TypeError: {signature.name}() got an unexpected keyword argument '{name}'",
        remedy=remedy,
        routes=(route,),
        identity=f"{signature.name} {name}",
    )


def filled_otherwise(facts: Facts, route: Route) -> bool:
    """Whether the call that registers a route may give more than the variables of its path."""
    source = facts.project.files.get(route.span.path)
    if source is None:
        return True
    text = "\n".join(source.line(number) for number in range(route.span.line, route.span.end_line + 1))
    return re.search(r"\bdefaults\b|\bsubdomain\b|\bhost\b|\*\*", text) is not None
