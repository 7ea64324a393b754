"""An attribute of the request that Flask's requests do not have.

Each framework calls the parts of a request by its own names: `request.query_params` is Starlette's and REST
framework's, `request.body` Django's, `request.is_xhr` went with Werkzeug 1. Reading one fails with an AttributeError
each time that the code is reached: the client sees 500.

Use Flask's names: `request.args` for the query string, `request.get_json()` and `request.data` for the body,
`request.form`, `request.headers`, `request.view_args`.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names that no framework
knows: an extension may set them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, known_names, request_lacks, rule

from ._members import OTHERS, REQUESTS, TABLE, TABLES

INSTEAD = {
    "query_params": "`request.args`",
    "GET": "`request.args`",
    "POST": "`request.form`",
    "body": "`request.get_data()`, or `request.get_json()`",
    "rel_url": "`request.args`",
    "query": "`request.args`",
    "path_params": "the view's parameters, or `request.view_args`",
    "match_info": "the view's parameters, or `request.view_args`",
    "FILES": "`request.files`",
    "META": "`request.environ`",
    "COOKIES": "`request.cookies`",
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_request_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of the request and that it will not have."""
    own = known_names(TABLES) - OTHERS
    yield from request_lacks(facts, TABLE, REQUESTS, own, INSTEAD, otherwise="Use what Flask's requests have")
