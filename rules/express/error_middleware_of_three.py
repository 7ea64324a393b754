"""An error handler takes three parameters: Express takes it for ordinary middleware.

Express tells what handles errors by the number of its parameters, which must be four. A function `(err, req, res)`
runs for each request instead, with the request as `err`, the response as `req` and `next` as `res`: it answers what
it should not, or throws `TypeError: res.status is not a function`. Errors go to Express's own page of HTML with
status 500.

Give the function all four parameters, `(err, req, res, next)`, even where it uses no `next`.

The rule is silent where the names of the parameters do not say that an error is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Function, Problem, is_test, options, regex, rule

from ._routing import Routing

ERROR = regex(r"_?(?:e|er|err|error|exception)", re.IGNORECASE)
REQUEST = regex(r"_*(?:req|request)", re.IGNORECASE)
RESPONSE = regex(r"_*(?:res|resp|response)", re.IGNORECASE)


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def error_middleware_of_three(facts: Facts) -> Iterator[Problem]:
    """Yield each function used as middleware that takes an error, a request and a response."""
    engine = facts.program.engine
    seen: set[object] = set()
    for router in list(engine.objects):
        for used in router.used if isinstance(router, Routing) else ():
            for function in options(used.value):
                if not isinstance(function, Function) or function.code in seen or function.origin is None:
                    continue
                seen.add(function.code)
                names = [parameter.name for parameter in function.code.parameters]
                if len(names) != 3 or is_test(function.module.path):
                    continue
                if all(found.fullmatch(name) for found, name in zip((ERROR, REQUEST, RESPONSE), names, strict=True)):
                    yield Problem(
                        engine.span(function.origin),
                        "Express takes this for ordinary middleware: what handles errors has four parameters",
                        symptom="TypeError: res.status is not a function; errors are answered with Express's own page",
                        remedy=f"Write `({', '.join(names)}, next)`",
                    )
