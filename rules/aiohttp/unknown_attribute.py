"""aiohttp's application or module has no such attribute in the installed version.

`app.add_get` and `app.route` belong to `app.router` and to `web.RouteTableDef()`; `web.jsonify` is Flask's. Code that
reads one where routes are declared ends at once: nothing is served, and the log ends in an AttributeError. In a handler
it answers 500.

Use what aiohttp has: `app.router.add_get()`, `web.json_response()`, `web.HTTPNotFound()`. Which versions have which
names was found out by asking them; what the project's manifests admit tells which will be installed.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names of an application
that no framework knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, application_lacks, known_names, rule

from ._members import APPLICATIONS, OTHERS, TABLE, TABLES

# Methods of `app.router` that are looked for on the application.
OF_ROUTER = frozenset(
    f"add_{name}" for name in "get post put delete patch head options view route resource static".split()
)
INSTEAD = {
    "jsonify": "Use `web.json_response()`",
    "JSONResponse": "Use `web.json_response()`",
    "route": "Use `app.router.add_route()`, or `web.RouteTableDef()`",
    "run": "Use `web.run_app(app)`",
    "middleware": "Give `web.Application(middlewares=[...])` what `@web.middleware` marks",
}


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of an application, a table of routes or a module and that it will not have."""
    own = OF_ROUTER | (known_names(TABLES) - OTHERS)
    instead = {name: f"Use `app.router.{name}`" for name in OF_ROUTER} | INSTEAD
    yield from application_lacks(facts, TABLE, APPLICATIONS, own, instead)
