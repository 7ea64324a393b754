"""Where servers listen, as the code says that starts them."""

from __future__ import annotations

from verifier import syntax
from verifier.connections import Binding
from verifier.evaluate.library import Call
from verifier.evaluate.values import (
    NOTHING,
    Const,
    Function,
    Origin,
    Record,
    Typed,
    Unknown,
    Value,
    options,
    reason_of,
)
from verifier.regex import regex

# What stands before and behind a number that a name is bound to for good.
BOUND = regex(rb"(?:\s*(?:export\s+)?const\s+[\w$]+(?:\s*:\s*\w+)?|\w+(?:\s*:\s*\w+)?|\s+\w+)\s*=\s*")
ENDED = regex(rb"\s*(?:;|#.*|//.*)?\s*")
HIGHEST = 65_535
MOST_COMPARED = 20


def binds(
    call: Call,
    host: Value | None,
    by: str,
    default: str | None,
    *,
    port: Value | None = None,
    usual: int | None = None,
) -> None:
    """Write down that a call makes a server listen.

    Args:
        host: what it is told to listen on; None where it is not told.
        by: the server, by the name that people know.
        default: what it listens on by itself; None for all interfaces.
        port: the port that it is told; None where it is not told.
        usual: the port that it listens on by itself; None where it has none.
    """
    places = {default} if host is None else {text_in(option, default) for option in options(host)}
    ports = {usual} if port is None else {number_in(option, usual) for option in options(port) if not is_nan(option)}
    number = ports.pop() if len(ports) == 1 and not call.open else "?"
    engine, around = call.engine, call.engine.surroundings
    asked = tuple(sorted(name for name in (around.asked if around is not None else ()) if is_port(name)))
    used = around.used if around is not None else {}
    given = any(is_port(name) and value.strip() == str(number) for name, value in used.items())
    made = Binding(
        call.span,
        by,
        places.pop() if len(places) == 1 else "?",
        told=host is not None,
        certain=not engine.conditional,
        port=number,
        basis="written" if port is None or is_written(call, port, asked) else "given" if given else "default",
        asked=asked,
    )
    if made not in engine.bindings[-MOST_COMPARED:]:
        engine.bindings.append(made)


def listens(call: Call, by: str) -> None:
    """Write down what ``server.listen(...)`` of Node does; by itself it takes all interfaces, and any port.

    ``listen(port, host, backlog)``, ``listen({ port, host })``; a path, or the handle of a socket, is no port.
    """
    given = call.argument(0)
    second = call.argument(1)
    if isinstance(given, Record):
        port, host = given.entries.get("port"), given.entries.get("host")
        if not given.complete or "path" in given.entries or "fd" in given.entries:
            port = Unknown("the options of `listen`")
    else:
        port = given if not isinstance(given, Function) else None
        host = second if isinstance(second, Const) and isinstance(second.value, str) else None
        if isinstance(second, Unknown):
            host = second
    binds(call, host, by, None, port=port if port is not None else Unknown("a port that is free"))


def text_in(value: Value, default: str | None) -> str | None:
    """A host as it is known; ``?`` where it is not."""
    if isinstance(value, Const):
        return value.value if isinstance(value.value, str) else default if value.value is None else "?"
    return "?"


def number_in(value: Value, usual: int | None) -> int | str | None:
    """A port as it is known; ``?`` where it is not, or where it is one that the system chooses."""
    held = value.value if isinstance(value, Const) else "?"
    if held is None:
        return usual
    if isinstance(held, float) and held.is_integer():
        held = int(held)
    if isinstance(held, str) and held.strip().isdecimal():
        held = int(held.strip()) if len(held) < 10 else "?"
    return held if type(held) is int and 0 < held <= HIGHEST else "?"


def is_nan(value: Value) -> bool:
    """Whether a value is the number of something that is none: ``Number(process.env.PORT)`` where PORT is not set."""
    return isinstance(value, Typed) and value.type == "number" and value.reason == reason_of(NOTHING)


def is_port(name: str) -> bool:
    """Whether a variable of the environment says on which port something listens, by its name."""
    return "PORT" in name.upper()


def is_written(call: Call, value: Value, asked: tuple[str, ...]) -> bool:
    """Whether a port is a number in the text of the call, or one that a constant of the file is bound to.

    A name of Python may be bound anew where the environment says something, and is not taken where it was asked; what
    is bound below a class of settings may be a field of it.
    """
    origin = value.origin if isinstance(value, Const) else None
    if origin is None:
        return False
    if origin in literals(call):
        return True
    source = call.engine.project.files.get(origin.path)
    if source is None:
        return False
    start = source.data.rfind(b"\n", 0, origin.start) + 1
    end = source.data.find(b"\n", origin.end)
    before, after = source.data[start : origin.start], source.data[origin.end : end if end >= 0 else None]
    if BOUND.fullmatch(before) is None or ENDED.fullmatch(after) is None:
        return False
    if before.lstrip().startswith((b"const ", b"export const ")):
        return True
    return not asked and not (before[:1].isspace() and b"BaseSettings" in source.data)


def literals(call: Call) -> set[Origin]:
    """Where the numbers stand that a call is given as such, or in a mapping that is written there."""
    found: set[Origin] = set()
    for argument in call.node.arguments if isinstance(call.node, syntax.Call) else ():
        value = argument.value if isinstance(argument, syntax.Keyword) else argument
        entries = value.entries if isinstance(value, syntax.Mapping) else ()
        for one in (value, *(entry.value for entry in entries)):
            if isinstance(one, syntax.Const):
                found.add(Origin(call.frame.module.path, one.start, one.end))
    return found
