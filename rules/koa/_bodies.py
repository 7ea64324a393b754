"""Who parses the bodies of requests."""

from __future__ import annotations

from verifier.api import Function, Value, kind_of_function, library_name, one_kind, regex

from ._application import Application
from ._router import HARMLESS, AllowedMethods, Composed, Dispatch, package_of

PARSING = frozenset(
    "@koa/bodyparser @koa/multer koa-better-body koa-body koa-bodyparser koa-busboy koa-json-body koa-multer".split()
)

# The body of an answer, and what an error says of it.
ANSWER = regex(rb"\b(?:ctx|context|err|error|e)\.(?:response\.)?body\b")


def kind(value: Value) -> str:
    """What middleware does with bodies: ``parses``, ``leaves`` them, or ``unknown``."""
    return one_kind(value, kind_of)


def kind_of(value: Value) -> str:
    """The same, for one of several values."""
    if isinstance(value, Function):
        return kind_of_function(value, ANSWER)
    if isinstance(value, Dispatch | AllowedMethods | Application):
        return "leaves"
    if isinstance(value, Composed):
        kinds = {kind(item) for item in value.items_in()}
        return next((one for one in ("unknown", "parses") if one in kinds), "leaves")
    path = library_name(value)
    if package_of(path) in PARSING:
        return "parses"
    return "leaves" if path in HARMLESS or package_of(path) in HARMLESS else "unknown"
