"""What of a handler's arguments the query string of a request decides."""

from __future__ import annotations

from typing import NamedTuple

from verifier.evaluate.values import Value


class Input(NamedTuple):
    """An argument that a framework gives a handler.

    Attributes:
        name: the one parameter of the query string that it is.
        paths: where in it the mapping of all parameters is found; an empty path is the argument itself.
        given_by: the function or class whose result it is, and which is given inputs of its own.
    """

    name: str = ""
    paths: tuple[tuple[str, ...], ...] = ()
    given_by: Value | None = None
