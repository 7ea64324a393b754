"""An attribute of the request that FastAPI's requests do not have.

Each framework calls the parts of a request by its own names: `request.args` and `request.get_json()` are Flask's,
`request.data` is REST framework's, `request.match_info` aiohttp's. Reading one fails with an AttributeError each time
that the code is reached: the client sees 500.

Use Starlette's names: `request.query_params`, `request.path_params`, `await request.json()`, `await request.form()`,
`request.headers`.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names that no framework
knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, known_names, request_lacks, rule

from ._members import OTHERS, REQUESTS, TABLE, TABLES

INSTEAD = {
    "args": "`request.query_params`",
    "GET": "`request.query_params`",
    "query": "`request.query_params`",
    "get_json": "`await request.json()`",
    "data": "`await request.json()`, or `await request.body()`",
    "POST": "`await request.form()`",
    "files": "`await request.form()`",
    "match_info": "`request.path_params`",
    "view_args": "`request.path_params`",
    "remote_addr": "`request.client.host`",
    "META": "`request.headers`",
    "COOKIES": "`request.cookies`",
    "path": "`request.url.path`",
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_request_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of a request and that it will not have."""
    own = known_names(TABLES) - OTHERS
    yield from request_lacks(facts, TABLE, REQUESTS, own, INSTEAD, otherwise="Use what Starlette's requests have")
