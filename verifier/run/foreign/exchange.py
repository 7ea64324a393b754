"""A request as a report tells of it, and how it becomes one of the record: numbered, named, cut and redacted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from verifier.regex import regex
from verifier.run.record import Check, Outcome, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.link.contract import Contract

EXCERPT = 2_000  # characters of a body that are kept
LOOKED_AT = 64_000  # characters of a body that are redacted before it is cut, so that no secret is cut in half
MESSAGE = 1_000  # characters of a message that are kept


class Exchange(Struct, frozen=True):
    """A request as a report tells of it.

    Attributes:
        url: as it was sent; None where the report does not say.
        sent: False where the tool could not even make the request.
        error: why no answer came.
        authorization: the value of that header; ``sent_body``: what the request carried. Both only tell what is secret.
        operation: what the tool itself calls the operation, such as ``GET /articles/{slug}``.
        generated: whether a tool made its values up, so that a ``null`` in its path is meant.
    """

    name: str
    section: str = ""
    method: str = ""
    url: str | None = None
    status: int | None = None
    milliseconds: float | None = None
    checks: tuple[Check, ...] = ()
    error: str | None = None
    sent: bool = True
    attempts: int = 1
    body: str | None = None
    authorization: str | None = None
    sent_body: str | None = None
    operation: str | None = None
    generated: bool = False


class Place(NamedTuple):
    """Where a request went: the host with its port, the path and the query (with its question mark)."""

    host: str
    path: str
    query: str


URL = regex(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)([^?#]*)(\?[^#]*)?")
HOSTLESS = regex(r"(?:\{\{[^{}]*\}\})?([^?#]*)(\?[^#]*)?")


def place(url: str | None) -> Place:
    """Take a URL apart. Nothing is too odd: what is no URL is a path."""
    if not url:
        return Place("", "", "")
    if (found := URL.match(url)) is not None:
        return Place(found[1], found[2] or "/", found[3] or "")
    rest = HOSTLESS.match(url)
    assert rest is not None  # every part of the pattern may be empty
    return Place("", rest[1] or "/", rest[2] or "")


def outcome(exchange: Exchange) -> Outcome:
    """How a request ended."""
    if not exchange.sent:
        return "not sent"
    if exchange.status is None and exchange.error is not None:
        return "unreachable"
    if not exchange.checks:
        return "no checks"
    return "passed" if all(check.passed for check in exchange.checks) else "failed"


def requests_of(
    exchanges: Sequence[Exchange], contract: Contract | None = None, base: str | None = None
) -> tuple[Request, ...]:
    """The requests of the record.

    Args:
        base: the path that all requests stand below, where that is known; else the contract tells it.
    """
    from verifier.run.foreign.following import followed
    from verifier.run.foreign.operations import Operations, Sent
    from verifier.run.suite.redact import redact

    places = [place(exchange.url) for exchange in exchanges]
    sent = [Sent(exchange.method, at.path, exchange.operation) for exchange, at in zip(exchanges, places, strict=True)]
    operations = Operations(contract, sent, base)
    names = [operations.name(each) for each in sent]
    ends = [outcome(exchange) for exchange in exchanges]
    follows = followed(exchanges, places, ends)
    secrets = secrets_of(exchanges)

    def clean(text: str | None, limit: int) -> str | None:
        return None if text is None else shortened(redact(text[:LOOKED_AT], secrets), limit)

    return tuple(
        Request(
            number=number,
            operation=name,
            name=clean(exchange.name, MESSAGE) or "",
            section=clean(exchange.section, MESSAGE) or "",
            method=exchange.method,
            path=clean(operations.below(at.path) + at.query, EXCERPT) or "",
            status=exchange.status,
            milliseconds=exchange.milliseconds,
            outcome=end,
            checks=tuple(
                Check(clean(check.name, MESSAGE) or "", check.passed, clean(check.message, MESSAGE) or "")
                for check in exchange.checks
            ),
            error=clean(exchange.error, MESSAGE),
            attempts=exchange.attempts,
            response=clean(exchange.body, EXCERPT),
            follows=follow,
        )
        for number, (exchange, at, name, end, follow) in enumerate(
            zip(exchanges, places, names, ends, follows, strict=True), 1
        )
    )


PASSWORD = regex(r'"[^"]{0,40}(?:password|secret|token)[^"]{0,40}"\s{0,20}:\s{0,20}"([^"\\]{8,200})"', re.IGNORECASE)
MOST_SECRETS = 50


def secrets_of(exchanges: Sequence[Exchange]) -> list[str]:
    """The tokens and passwords that the requests carried. A password that is a plain word is in too many texts."""
    found: dict[str, None] = {}
    for exchange in exchanges:
        token = (exchange.authorization or "").rpartition(" ")[2]
        passwords = PASSWORD.findall((exchange.sent_body or "")[:LOOKED_AT])
        found.update(dict.fromkeys(each for each in (token, *passwords) if len(each) >= 8 and not each.isalpha()))
        if len(found) >= MOST_SECRETS:
            break
    return list(found)[:MOST_SECRETS]


def shortened(text: str, limit: int) -> str:
    """The beginning of a text, marked where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def text_of(body: bytes) -> str | None:
    """A body as text: its beginning; None where it is no text, such as a picture or a compressed body."""
    beginning = body[:LOOKED_AT]
    if b"\0" in beginning:
        return None
    try:
        return beginning.decode()
    except UnicodeDecodeError as error:
        # A character that was cut in half at the end is no sign of anything.
        cut = len(body) > LOOKED_AT and error.start >= LOOKED_AT - 4
        return beginning[: error.start].decode() if cut else None
