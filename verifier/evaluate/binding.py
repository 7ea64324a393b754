"""Where servers listen, as the code says that starts them."""

from __future__ import annotations

from verifier.connections import Binding
from verifier.evaluate.library import Call
from verifier.evaluate.values import Const, Value, options


def binds(call: Call, host: Value | None, by: str, default: str | None) -> None:
    """Write down that a call makes a server listen.

    Args:
        host: what it is told to listen on; None where it is not told.
        by: the server, by the name that people know.
        default: what it listens on by itself; None for all interfaces.
    """
    places = {default} if host is None else {text_in(option, default) for option in options(host)}
    if len(places) == 1:
        call.engine.bindings.append(
            Binding(call.span, by, places.pop(), told=host is not None, certain=not call.engine.conditional)
        )


def text_in(value: Value, default: str | None) -> str | None:
    """A host as it is known; ``?`` where it is not."""
    if isinstance(value, Const):
        return value.value if isinstance(value.value, str) else default if value.value is None else "?"
    return "?"
