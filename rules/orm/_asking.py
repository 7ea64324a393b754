"""Code that asks what a value is before it uses it."""

from __future__ import annotations

from verifier.api import Function, regex

ASKING = regex(rb"isArray|isinstance\(|hasattr\(|\btypeof\b|instanceof")


def asks(function: Function) -> bool:
    """Whether a function asks of some value whether it is a list, or has an attribute."""
    code = function.code
    return ASKING.search(function.module.source.data, code.start, code.end) is not None
