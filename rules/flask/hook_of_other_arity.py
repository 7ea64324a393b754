"""A function that Flask calls by itself takes another number of arguments than Flask gives.

An error handler is given the error, what is registered for `teardown_request` and `teardown_appcontext` the error or
None, what is registered for `after_request` the response, and what is registered for `before_request` and
`context_processor` nothing. Any other number ends in a TypeError: `not_found() takes 0 positional arguments but 1 was
given`. The client gets 500.

Give the function the parameter: `def not_found(error):`, `def close(error=None):`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    GivenArguments,
    Problem,
    is_test,
    options,
    refusal,
    rule,
    taken_by,
)

from ._application import Scaffold

GIVEN = {
    "before_request": 0,
    "after_request": 1,
    "after_app_request": 1,
    "teardown_request": 1,
    "teardown_app_request": 1,
    "teardown_appcontext": 1,
    "errorhandler": 1,
    "app_errorhandler": 1,
    "context_processor": 0,
    "url_value_preprocessor": 2,
    "url_defaults": 2,
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def hook_of_other_arity(facts: Facts) -> Iterator[Problem]:
    """Yield each function that cannot take what Flask calls it with."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    seen: set[object] = set()
    for made in list(engine.objects):
        for name, value in made.handed if isinstance(made, Scaffold) else ():
            for function in options(value):
                if name not in GIVEN or not isinstance(function, Function) or function.origin is None:
                    continue
                if function.code in seen or is_test(function.module.path) or function.wraps is not None:
                    continue
                if len(function.code.decorators) > 1:
                    continue
                seen.add(function.code)
                bound = int(function.bound is not None and not function.code.static)
                given = GivenArguments(GIVEN[name], (), more=False, others=False)
                told = refusal(taken_by(function.code, bound, f"{function.code.name or '<lambda>'}()"), given)
                if told is not None:
                    count = {0: "no argument", 1: "one argument"}.get(GIVEN[name], f"{GIVEN[name]} arguments")
                    yield Problem(
                        engine.span(function.origin),
                        f"Flask calls what `{name}` is given with {count}, and this does not take that",
                        symptom=f"500: TypeError: {told}",
                        remedy=f"Let it take {count}",
                        identity=f"{name} {function.code.name}",
                    )
