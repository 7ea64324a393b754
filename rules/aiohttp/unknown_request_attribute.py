"""An attribute of a request or response that aiohttp's do not have.

Each framework calls the parts of a request by its own names: `request.args` and `request.get_json()` are Flask's,
`request.query_params` Starlette's, `response.status_code` everybody's but aiohttp's. Reading one fails with an
AttributeError each time that the code is reached: the client sees 500.

Use aiohttp's names: `request.query`, `request.match_info`, `await request.json()`, `await request.post()`,
`response.status`.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names that no framework
knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, known_names, request_lacks, rule

from ._members import OTHERS, REQUESTS, TABLE, TABLES

INSTEAD = {
    "args": "`request.query`",
    "query_params": "`request.query`",
    "GET": "`request.query`",
    "get_json": "`await request.json()`",
    "data": "`await request.json()`, or `await request.read()`",
    "body": "`await request.read()`",
    "form": "`await request.post()`",
    "path_params": "`request.match_info`",
    "view_args": "`request.match_info`",
    "status_code": "`status`",
    "remote_addr": "`request.remote`",
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_request_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of a request or response and that it will not have."""
    own = known_names(TABLES) - OTHERS
    yield from request_lacks(
        facts, TABLE, REQUESTS, own, INSTEAD, otherwise="Use what aiohttp's requests and responses have"
    )
