"""Which failures merely follow from earlier ones.

Two things are told from the requests alone: a value in a path (or in the token) that some earlier answer should have
given and did not, and a server that no longer answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, unquote_plus

from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.run.foreign.exchange import Exchange, Place
    from verifier.run.record import Outcome

NOTHING = {"undefined", "null", "nan", "none", "[object object]"}
UNSET = regex(r"\{\{[^{}]*\}\}")
REFUSED = regex(r"ECONNREFUSED|ENOENT|connection refused|Errno 111|Couldn't connect to server", re.IGNORECASE)
ADDRESS = regex(r"ECONNREFUSED (\S+:\d+)")
CREATES = ("POST", "PUT", "PATCH")
BAD = ("failed", "unreachable")


class Earlier:
    """What is known of the requests before one.

    Attributes:
        made: by host and path, whether that path was last posted to with success, else the last failure there.
        root: the first failure that follows from nothing; ``writing``: the first of a request that sends something.
    """

    def __init__(self) -> None:
        self.made: dict[tuple[str, str], Made] = {}
        self.root: int | None = None
        self.writing: int | None = None

    def add(self, number: int, exchange: Exchange, at: Place, failed: bool, follows: bool) -> None:
        """Take note of a request."""
        refused = failed or (exchange.status or 0) >= 400  # also where nothing was asserted
        if at.path and (refused or exchange.method == "POST"):
            key = at.host, trimmed(at.path)
            before = self.made.get(key, Made(False, None))
            if exchange.method == "POST" or not before.posted:
                self.made[key] = Made(exchange.method == "POST", number if refused else None)
        if failed and not follows:
            self.root = self.root or number
            if exchange.method in CREATES:
                self.writing = self.writing or number


class Made(NamedTuple):
    """The last request to a path: a POST where there was one. ``failure`` is its number where it failed."""

    posted: bool
    failure: int | None


def followed(exchanges: Sequence[Exchange], places: Sequence[Place], ends: Sequence[Outcome]) -> list[int | None]:
    """For each request, the number (from 1) of the earlier one from whose failure it follows."""
    result = dead(exchanges, places, ends)
    earlier = Earlier()
    for index, (exchange, at, end) in enumerate(zip(exchanges, places, ends, strict=True)):
        if result[index] is None and end in {"failed", "no checks"} and not exchange.generated:
            result[index] = cause(exchange, at, earlier)
        earlier.add(index + 1, exchange, at, end in BAD, result[index] is not None)
    return result


def dead(exchanges: Sequence[Exchange], places: Sequence[Place], ends: Sequence[Outcome]) -> list[int | None]:
    """The requests to a server that had gone: they follow from the first that got no answer."""
    hosts = [at.host or address(exchange.error) for exchange, at in zip(exchanges, places, strict=True)]
    answered = {host: index for index, host in enumerate(hosts) if ends[index] not in {"unreachable", "not sent"}}
    first: dict[str, int] = {}
    result: list[int | None] = [None] * len(exchanges)
    for index, (exchange, host, end) in enumerate(zip(exchanges, hosts, ends, strict=True)):
        if end == "not sent":
            continue
        if end != "unreachable":
            first.pop(host, None)
        elif host not in first:
            first[host] = index
        elif REFUSED.search(exchange.error or "") or (host and answered.get(host, -1) < first[host]):
            # A report that gives no reason (CSV) shows a dead server by nothing being answered any more.
            result[index] = first[host] + 1
    return result


def address(error: str | None) -> str:
    """The address that an error names, such as ``127.0.0.1:8080``; empty where it names none."""
    found = ADDRESS.search(error or "")
    return found[1] if found is not None else ""


def cause(exchange: Exchange, at: Place, earlier: Earlier) -> int | None:
    """The failed request that should have given what this one lacks; None where it lacks nothing, or nobody failed."""
    before = missing(at.path)
    if before is not None:
        made = earlier.made.get((at.host, before))
        if made is not None and (made.posted or made.failure is not None):
            return made.failure  # where it was made with success, it was lost in a way that nothing here shows
    elif not missing_in_query(at.query) and not (
        missing_token(exchange.authorization) and exchange.status is not None and 400 <= exchange.status < 500
    ):
        return None  # a request without a token that was answered all the same failed for a reason of its own
    return earlier.writing or earlier.root


def trimmed(path: str) -> str:
    """A path without one slash at its end."""
    return path.removesuffix("/")


def missing(path: str) -> str | None:
    """What stands before the first part of a path that is no value; None where all of them are."""
    inner = trimmed(path)
    found = inner.split("/")
    for index, part in enumerate(found):
        if no_value(unquote(part)) or (not part and index):
            return "/".join(found[:index])
    return None


def missing_in_query(query: str) -> bool:
    """Whether a query has a parameter that is no value. An empty one is."""
    return any(no_value(unquote_plus(pair.partition("=")[2])) for pair in query.removeprefix("?").split("&"))


def missing_token(authorization: str | None) -> bool:
    """Whether an ``Authorization`` header carries no token: ``Token undefined``, ``Bearer``."""
    if authorization is None:
        return False
    scheme, _, token = authorization.strip().partition(" ")
    return no_value(token) or (not token and scheme.lower() in {"token", "bearer", ""})


def no_value(text: str) -> bool:
    """Whether a text stands for no value: a variable that was never set, or what a script makes of one."""
    return text.strip().lower() in NOTHING or UNSET.search(text) is not None
