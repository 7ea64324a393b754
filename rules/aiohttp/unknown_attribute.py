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

from verifier.api import (
    Category,
    Facts,
    Problem,
    known_names,
    lack_problem,
    missing_attributes,
    read_offers,
    rule,
)

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
    for lack in missing_attributes(facts, read_offers(TABLE), APPLICATIONS):
        kind = lack.holder.rpartition(".")[2]
        module = kind[0].islower()
        other = lack.name in OF_ROUTER or lack.name in known_names(TABLES) - OTHERS
        if lack.having is None and not module and not other:
            continue
        what = f"module '{lack.holder}'" if module else f"'{kind}' object"
        known = f"Use `app.router.{lack.name}`" if lack.name in OF_ROUTER and not module else f"Use what `{kind}` has"
        yield lack_problem(
            lack, f"AttributeError: {what} has no attribute '{lack.name}'", INSTEAD.get(lack.name, known)
        )
