"""A part of the application is built with fewer arguments than it needs.

`TypeError: __init__() missing 1 required positional argument`: a service without its repository, a factory without its
settings. It happens where the parts are put together, which is when the server starts.

Give what the constructor or function asks for, or give its parameter a default.

The rule looks at calls that the start surely makes, of functions and classes of the project whose parameters are known:
without decorators, and without base classes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, is_test, rule


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_argument(facts: Facts) -> Iterator[Problem]:
    """Yield each call of the start in Python that lacks a required argument."""
    for found in facts.started.shortages:
        if found.javascript or is_test(found.span.path):
            continue
        names = " and ".join(f"`{name}`" for name in found.missing)
        count = len(found.missing)
        yield Problem(
            found.span,
            f"`{found.callee}` is called without {names}",
            related=(Related(found.declared, f"`{found.callee}` asks for {names}"),),
            symptom=f"TypeError: missing {count} required positional argument{'s' if count > 1 else ''}: "
            + " and ".join(f"'{name}'" for name in found.missing),
            remedy=f"Give {names}",
            identity=f"{found.callee} {names}",
        )
