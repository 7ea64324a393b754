"""FastAPI's application or router has no such attribute in the installed version.

Routers are no applications: `@router.exception_handler`, `router.add_middleware` and `@router.middleware` do not exist,
though the application has all three. `app.before_request` is Flask's, and `app.route` went with Starlette 1. Code that
reads one where routes are declared ends at once: nothing is served, and the log ends in an AttributeError.

Register exception handlers and middleware on the application. Which versions have which names was found out by asking
them; what the project's manifests admit tells which will be installed.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names that no framework
knows: a library may set them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, application_lacks, known_names, rule

from ._members import APPLICATIONS, INSTEAD, OTHERS, TABLE, TABLES


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of an application, a router or a module and that it will not have."""
    yield from application_lacks(facts, TABLE, APPLICATIONS, known_names(TABLES) - OTHERS, INSTEAD)
