"""Who parses the bodies of requests."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Facts, Function, Value, is_test, kind_of_function, library_name, one_kind, regex

from ._routing import HARMLESS, Routing, Used, package_of

# What puts a body on requests.
PARSERS = frozenset(
    "express.json express.urlencoded express.raw express.text body-parser body-parser.json body-parser.urlencoded "
    "body-parser.raw body-parser.text".split()
)
PARSING = frozenset("body-parser express-busboy express-fileupload formidable graphql-upload multer".split())
# Hosts that parse the body before the application sees the request.
HOSTS = regex(r"firebase-functions|functions-framework|next(?:/|$)|@vercel|@nestjs|aws-|serverless|lambda")


def kind(value: Value) -> str:
    """What middleware does with bodies: ``parses``, ``leaves`` them, or ``unknown``."""
    return one_kind(value, kind_of)


def kind_of(value: Value) -> str:
    """The same, for one of several values."""
    if isinstance(value, Function):
        return kind_of_function(value)
    path = library_name(value)
    if path in PARSERS or package_of(path) in PARSING:
        return "parses"
    return "leaves" if path in HARMLESS or package_of(path) in HARMLESS else "unknown"


def used(facts: Facts) -> Iterator[Used]:
    """All middleware of the program."""
    for router in list(facts.program.engine.objects):
        for found in router.used if isinstance(router, Routing) else ():
            if not is_test(found.origin.path):
                yield found


def is_hosted(facts: Facts) -> bool:
    """Whether something else may parse bodies before the application does."""
    return any(HOSTS.match(found.module) for own in facts.files.values() for found in own.imports)
