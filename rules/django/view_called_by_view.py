"""A view of REST framework calls another one with its own request.

What `@api_view` makes of a function takes a request of Django's, and wraps it. A view that passes on the request that
it was given, which is wrapped already, ends in an AssertionError: the client sees 500, the log `The request argument
must be an instance of django.http.HttpRequest, not rest_framework.request.Request`.

Put what both views do into a plain function, and call that from both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Function, FunctionRef, Problem, Related, rule

from ._rest import RestView


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def view_called_by_view(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a view by another one that hands it a wrapped request."""
    if not any(pack.name == "django" for pack in facts.program.packs):
        return
    for call in facts.calls.calls if facts.routes else ():
        if call.callee is None or call.caller is None or call.creates or call.handed:
            continue
        if not is_api_view(facts, call.callee) or not is_rest(facts, call.caller):
            continue
        source = facts.project.files[call.span.path]
        text = source.line(call.span.line)[call.span.column - 1 :]
        if re.match(r"[\w.]+\(\s*request\s*[,)]", text) is not None:
            name = call.callee.name
            yield Problem(
                call.span,
                f"`{name}` is a view, and is called with a request that REST framework has wrapped already",
                related=(Related(call.callee.span, f"`{name}`"),),
                symptom="500: AssertionError: The `request` argument must be an instance of "
                "`django.http.HttpRequest`, not `rest_framework.request.Request`.",
                remedy="Put what both do into a plain function",
                identity=f"{call.caller.name} {name}",
            )


def is_api_view(facts: Facts, function: FunctionRef) -> bool:
    """Whether a function stands under ``@api_view``."""
    code = facts.calls.codes.get(function)
    if code is None:
        return False
    text = code.module.source.data[code.code.start : code.code.end].partition(b"def ")[0]
    return re.search(rb"@(?:\w+\.)*api_view\b", text) is not None


def is_rest(facts: Facts, function: FunctionRef) -> bool:
    """Whether a function is a view of REST framework."""
    code = facts.calls.codes.get(function)
    method = isinstance(code, Function) and isinstance(code.bound, RestView) and code.code.name != "__init__"
    return is_api_view(facts, function) or method
