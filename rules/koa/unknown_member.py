"""Something is called that Koa does not have.

A Koa application routes nothing: it has no `app.get` or `app.post`, which end with `TypeError: app.get is not a
function` before it listens. The context is not the response of Express: `ctx.json(...)`, `ctx.send(...)` and
`ctx.sendStatus(...)` are not there, and each request that comes by ends with status 500.

Declare routes on a router of `@koa/router`; answer with `ctx.body = ...` and `ctx.status = ...`.

The names come from the installed libraries, version by version. The rule is silent where the project or a declaration
adds a member of the name, and where a package is installed that adds some.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from verifier.api import Category, Facts, Problem, foreign_members, regex, rule

TABLE = json.loads(Path(__file__).with_name("_missing.json").read_text())  # written by tests/frameworks/missing.py
PARTS = {
    r"koa(?:\.Application)?": "app",
    r"koa\.(?:Context|ParameterizedContext|ExtendableContext)": "context",
    r"koa\.Request": "request",
    r"koa\.Response": "response",
}
ROUTES = frozenset("all delete get head options patch post put route".split())
# Members that packages around Koa add, and packages that add many.
ADDED = frozenset("attachment body cookie files flash log param params path query render router session url".split())
ADDING = regex(
    r"koa-(?:respond|res|response|json-\w+|easy-\w+|add-\w+|router-\w+|pug|views?|ejs|hbs|locals|joi)|@feathersjs"
)


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_member(facts: Facts) -> Iterator[Problem]:
    """Yield each member that an object of Koa is asked for and does not have."""
    if any(ADDING.match(found.name) for found in facts.project.manifests.requirements):
        return
    for found in foreign_members(facts, "koa", TABLE, PARTS):
        name = found.read.name
        if name in ADDED:
            continue
        application = found.read.owner == "koa" or found.read.owner.endswith("Application")
        routing = application and name in ROUTES
        yield Problem(
            found.read.span,
            f"{'A Koa application' if application else 'Koa'} has no `{name}` here; {' and '.join(found.holders)} has",
            symptom=f"TypeError: {name} is not a function",
            remedy="Declare routes on a router of `@koa/router`" if routing else "Set `ctx.body` and `ctx.status`",
        )
