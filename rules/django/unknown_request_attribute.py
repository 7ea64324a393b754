"""An attribute of the request that Django's requests do not have.

Each framework calls the parts of a request by its own names: `request.json` and `request.args` are Flask's,
`request.is_ajax()` was Django's own until version 4. Reading one fails with an AttributeError each time that the code
is reached: the client sees 500.

Use Django's names: `request.GET`, `json.loads(request.body)`, `request.headers`; in views of REST framework
`request.query_params` and `request.data`.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names that no framework
knows: middleware may set them. What only REST framework's requests have is left alone, too.
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

from ._members import OTHERS, REQUEST, REQUESTS, REST_REQUEST, TABLE, TABLES

INSTEAD = {
    "json": "`json.loads(request.body)`",
    "get_json": "`json.loads(request.body)`",
    "args": "`request.GET`",
    "query": "`request.GET`",
    "form": "`request.POST`",
    "files": "`request.FILES`",
    "cookies": "`request.COOKIES`",
    "url": "`request.build_absolute_uri()`",
    "is_ajax": "`request.headers.get('x-requested-with') == 'XMLHttpRequest'`",
    "match_info": "the view's parameters",
    "path_params": "the view's parameters",
    "remote_addr": "`request.META['REMOTE_ADDR']`",
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_request_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of a request and that neither kind of request will have."""
    offers = read_offers(TABLE)
    plain = offers["django"].classes[REQUEST]
    rest = offers["djangorestframework"].classes[REST_REQUEST]
    for lack in missing_attributes(facts, offers, REQUESTS):
        own, other = (plain, rest) if lack.holder == REST_REQUEST else (rest, plain)
        if lack.name in own.always or (lack.name in own.sometimes and lack.having is None):
            continue
        if lack.having is None and (lack.name in other.sometimes or lack.name not in known_names(TABLES) - OTHERS):
            continue
        yield lack_problem(
            lack,
            f"500: AttributeError: 'WSGIRequest' object has no attribute '{lack.name}'",
            f"Use {INSTEAD[lack.name]}" if lack.name in INSTEAD else "Use what Django's requests have",
        )
