"""Something is read from Hono's context or request that they do not have.

Hono's context is not the request and response of Express: there is no `c.send`, `c.req.body`, `c.req.params` or
`c.req.headers`. What is read so is `undefined`; what is called ends with `TypeError: c.send is not a function`,
status 500. Hono 4 also took out what Hono 3 had deprecated: `c.stream`, `c.jsonT`, `c.req.cookie`.

Answer with `c.json(...)` or `c.text(...)`; read with `await c.req.json()`, `c.req.param("slug")`,
`c.req.query("limit")`, `c.req.header("authorization")`.

The names come from the installed libraries, version by version. The rule is silent where the project or a declaration
adds a member of the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, foreign_members, rule

from ._members import PARTS, TABLE

INSTEAD = {
    "send": "`c.json(...)` or `c.text(...)`",
    "sendStatus": "`c.body(null, status)`",
    "code": "`c.status(...)`",
    "end": "`c.body(null)`",
    "body": "`await c.req.json()`",
    "params": '`c.req.param("name")`',
    "headers": '`c.req.header("name")`',
    "cookie": "`getCookie` of `hono/cookie`",
    "get": '`c.req.header("name")`',
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_member(facts: Facts) -> Iterator[Problem]:
    """Yield each member that Hono's context or request is asked for and does not have."""
    for found in foreign_members(facts, "hono", TABLE, PARTS):
        name = found.read.name
        if found.read.owner in ("hono.Context", "hono.HonoRequest"):
            what = "context" if found.read.owner == "hono.Context" else "request"
            yield Problem(
                found.read.span,
                f"Hono's {what} has no `{name}`; {' and '.join(found.holders)} has",
                symptom=f"500: `{name}` is undefined, or no function",
                remedy=f"Use {INSTEAD[name]}" if name in INSTEAD else "Use what Hono's context has for it",
            )
