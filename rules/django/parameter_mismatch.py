"""A view's parameters are not the variables of its URL pattern.

Django calls a view with the request and with the variables of its pattern, each by its name. `path("loans/<int:pk>",
loan)` with `def loan(request, id)` fails on every request: the client sees 500, the log `TypeError: loan() got an
unexpected keyword argument 'pk'`. It is the same for methods of class-based views and of REST framework's view sets,
whose variable is `pk` unless `lookup_field` or `lookup_url_kwarg` says otherwise.

Give the parameter the name of the variable, or the variable that of the parameter.

Views that take `**kwargs` are left alone, and patterns with groups that have no names; a view that fits another of its
patterns is a warning only. Behind decorators of the project's own, a variable counts as passed on where the decorator
passes on all that it is given and does not name it; what a decorator may add is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
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

from ._plain import PLAIN, is_ninja

# Variables that the framework takes for itself, or that it may leave out.
OWN = regex(r"(?:arg\d+|language|format|)$")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def parameter_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each view that cannot be called with the variables of its pattern, and no others."""
    found: dict[tuple[Span, str], tuple[Span, Problem]] = {}
    fitting: set[Span] = set()
    for route in facts.routes:
        if route.framework != "django" or route.function is None or is_ninja(facts, route):
            continue
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
    if any(OWN.match(name) for name in variables):
        return None
    parameters = signature.parameters[1:]  # the first one is the request
    more = [one for one in parameters if one.required and one.name not in variables]
    lost = [name for name in variables if not signature.takes(name) and signature.hands_on(name)]
    if lost:
        name, instead = lost[0], more[0] if len(more) == 1 else None
        return Problem(
            instead.span if instead is not None else signature.span,
            f"`{signature.name}` takes no `{name}`, which its pattern `{route.path}` gives it",
            related=(Related(route.span, "the pattern"),),
            symptom=f"500: TypeError: {signature.name}() got an unexpected keyword argument '{name}'",
            remedy=f"Rename `{instead.name}` to `{name}`" if instead is not None else f"Take `{name}`",
            routes=(route,),
            identity=f"{signature.name} {name}",
        )
    if not more or signature.wrapped or not PLAIN.issuperset(signature.decorators) or given_more(facts, route):
        return None
    name = more[0].name
    return Problem(
        more[0].span,
        f"`{signature.name}` needs `{name}`, and its pattern `{route.path}` has no variable of that name",
        related=(Related(route.span, "the pattern"),),
        symptom=f"500: TypeError: {signature.name}() missing 1 required positional argument: '{name}'",
        remedy=f"Put `<{name}>` into the pattern, read it from the request, or give it a default",
        routes=(route,),
        identity=f"{signature.name} {name}",
    )


def given_more(facts: Facts, route: Route) -> bool:
    """Whether a pattern may give more than its variables, or is none of ``path()``, whose groups may be left out."""
    source = facts.project.files.get(route.span.path)
    if source is None:
        return True
    text = "\n".join(source.line(number) for number in range(route.span.line, route.span.end_line + 1))
    if route.span.path == (route.function.path if route.function is not None else ""):
        return True  # made by a decorator or a router beside the view
    return "path(" not in text or re.search(r"\bre_path\b|\bkwargs\b|\{|\bpartial\b|\*\*", text) is not None
