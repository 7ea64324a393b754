"""What a handler sends: the calls of its framework that were seen while it ran, and the answers that a pack makes of
them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from verifier.evaluate.values import (
    Const,
    External,
    Function,
    Instance,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    Way,
    options,
)
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.model import Route

# A status as libraries name it: `status.HTTP_201_CREATED`, `HTTPStatus.CREATED`, `StatusCodes.CREATED`.
NUMBERED = regex(r"(?:^|\.)(?:HTTP_(?:STATUS_)?)?([1-5]\d\d)(?:_\w+)?$")
NAMED = {status.name: status.value for status in HTTPStatus}
SEVERAL = 200  # an object of which the parts of a request stand for more is no exchange


class Sent(NamedTuple):
    """A call of something of a library while a handler ran, or an assignment to an attribute of such a thing.

    ``path`` is that of what is called; it ends in ``=`` for an assignment, whose value is the only argument.
    ``receiver`` is what it was read from. ``conditional``: run time decides whether it is reached; ``ways`` are the
    arms of branches that lead there.
    """

    path: str
    receiver: Value | None
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    origin: Origin
    conditional: bool = False
    ways: tuple[Way, ...] = ()

    def argument(self, position: int | None, name: str | None = None) -> Value | None:
        """The argument at a position or of a name; None where it is not given."""
        if name is not None and name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.arguments):
            return self.arguments[position]
        return None


class Answering(NamedTuple):
    """A handler that has been run: what it was given by place and name, what it gave, and what it sent."""

    engine: Engine
    route: Route
    handler: Function
    given: Mapping[str, Value]
    result: Value
    sent: tuple[Sent, ...]


class Reply(NamedTuple):
    """One answer of a handler.

    Attributes:
        body: what becomes JSON; None where the answer has none.
        status: None where it is not given, which means ``default``.
        origin: where the answer is made.
        shown: what the framework passes the body through before it is sent, as a value of that form.
        aliased: whether names for the outside are used where a library has two for a field.
    """

    body: Value | None
    status: Value | None = None
    origin: Origin | None = None
    default: int | None = 200
    shown: Value | None = None
    aliased: bool | None = None


def statuses(value: Value | None, default: int | None = None) -> frozenset[int]:
    """The statuses that a value may be; empty where some are not known."""
    if value is None:
        return frozenset() if default is None else frozenset({default})
    found = [status(option) for option in options(value)]
    return frozenset(one for one in found if one is not None) if None not in found else frozenset()


def status(value: Value) -> int | None:
    """The status that a value is: a number, or a library's name for one."""
    if isinstance(value, Const):
        given = value.value
        if isinstance(given, str) and re.fullmatch(r"[1-5]\d\d\b.*", given):
            return int(given[:3])
        return given if isinstance(given, int) and not isinstance(given, bool) and 100 <= given < 600 else None
    if isinstance(value, External):
        path = value.path.removesuffix(".value")
        name = path.rpartition(".")[2]
        numbered = NUMBERED.search(name)
        return int(numbered.group(1)) if numbered else NAMED.get(name)
    return None


def made_by(value: Value, *paths: str) -> Instance | None:
    """The object that a call of one of some paths gave; None for anything else."""
    if isinstance(value, Instance) and value.made_by is not None:
        callee = value.made_by.callee
        if isinstance(callee, External) and any(callee.path == path or callee.path.endswith(path) for path in paths):
            return value
    return None


def dumped(value: Value | None) -> Value | None:
    """What a text of JSON was made of: ``json.dumps(x)``, ``JSON.stringify(x)``; None for any other text."""
    found: list[Value] = []
    for option in options(value) if value is not None else ():
        made = made_by(option, "json.dumps", "JSON.stringify", "orjson.dumps", "simplejson.dumps", "ujson.dumps")
        inner = made.made_by.argument(0, "obj") if made is not None and made.made_by is not None else None
        if inner is None:
            return None
        found.append(inner)
    return found[0] if len(found) == 1 else None


def chained(receiver: Value | None) -> list[tuple[str, tuple[Value, ...]]]:
    """The calls of a chain that led to an object, nearest first: the name of each, with its arguments."""
    found: list[tuple[str, tuple[Value, ...]]] = []
    while isinstance(receiver, Instance) and receiver.made_by is not None and len(found) < SEVERAL:
        callee = receiver.made_by.callee
        if not isinstance(callee, External):
            break
        found.append((callee.name, tuple(receiver.made_by.arguments)))
        receiver = callee.receiver
    return found


def status_of(sent: Sent, sending: Iterable[Sent], setting: Iterable[Sent], *, chains: str = "") -> Value | None:
    """The status of an answer: that in its chain of calls, else the one that was set before; None for none.

    Args:
        sending: all that sends an answer. A branch that sends its own ends with it: what it sets is not for others.
        setting: all that sets a status, by its first argument.
        chains: names of what sets a status in a chain of calls.
    """
    for name, arguments in chained(sent.receiver):
        if name in chains.split() and arguments:
            return arguments[0]
    sending = list(sending)
    used = {id(argument) for one in sending for _, given in chained(one.receiver) for argument in given}
    own = {one.ways for one in sending if one is not sent}
    known: list[Value] = []
    for one in setting:
        if not one.arguments or id(one.arguments[0]) in used:
            continue
        if all(way in sent.ways for way in one.ways):
            known.append(one.arguments[0])
        elif one.ways not in own and not any(opposed(way, sent.ways) for way in one.ways):
            return Unknown("a status that is set on some way")
    return known[-1] if known else None


def opposed(way: Way, ways: Iterable[Way]) -> bool:
    """Whether a way is another arm of a branch that some ways are in."""
    return any(other.test == way.test and other.arm != way.arm for other in ways)


def is_content(value: Value) -> bool:
    """Whether a value is one that surely becomes JSON, not a text or a response of some kind."""
    return isinstance(value, Record | Sequence)
