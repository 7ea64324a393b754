"""Requests told in one line each, as in ``Feed GET -> 404: 5 failed``.

The judge of the paper was given such lines, of the requests with failed assertions only: the name, the method, an
arrow, the status (blank or ``?`` where no answer came) and how many assertions failed. A path may stand in the place of
the name. Lines of another form are counted, and left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.classify.collection import asked, total_of
from verifier.regex import regex
from verifier.run.record import Check, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

LINE = regex(
    r"\s*(?:[-*•]\s+|\d+[.)]\s+)?(?P<name>.*?)\s*\b(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b\s*"
    r"(?P<path>/\S*)?\s*(?:→|->|=>|⇒|➜|--?>)\s*"
    r"(?P<status>\d{3}|\?|-|none|null|undefined|no answer|ERR\w*|E[A-Z]{4,20})?"
    r"\s*(?:[:,;(]\s*(?P<failed>\d{1,6})\s*(?:of\s+(?P<total>\d{1,6})\s*)?(?:assertions?\s+|checks?\s+)?"
    r"(?:failed|failures?|passed)?(?:\s+(?:assertions?|checks?))?\)?)?\s*\.?\s*",
    re.IGNORECASE,
)
SAID = (
    "all newman assertions passed",
    "no newman csv found",
)
MOST_LINES = 100_000
LONGEST = 2_000


class Told(Struct, frozen=True):
    """What lines tell: the requests, how many lines were of another form, and whether it is said that none ran."""

    requests: tuple[Request, ...]
    odd: int = 0
    none_ran: bool = False


def looks_like_lines(text: str) -> bool:
    """Whether a text has at least one such line, or says that there are none."""
    lines = text.splitlines()[:200]
    return any(LINE.fullmatch(line[:LONGEST]) for line in lines) or any(
        line.strip().lower().startswith(SAID) for line in lines
    )


def read_lines(text: str) -> Told:
    """Read requests, one a line."""
    requests: list[Request] = []
    odd = 0
    none_ran = False
    for line in text.splitlines()[:MOST_LINES]:
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        found = LINE.fullmatch(line[:LONGEST])
        if found is None:
            none_ran = none_ran or bare.lower().startswith(SAID[1])
            odd += not bare.lower().startswith(SAID)
            continue
        requests.append(request_of(len(requests) + 1, found.groupdict()))
    return Told(tuple(following(requests)), odd, none_ran)


def request_of(number: int, told: dict[str, str | None]) -> Request:
    """A request of a line."""
    name, method = (told["name"] or "").rstrip(" :,-"), (told["method"] or "").upper()
    status = int(told["status"] or "") if (told["status"] or "").isdigit() else None
    known = asked(name, method)
    failed = int(told["failed"] or 0) if told["failed"] is not None else 1
    total = max(failed, int(told["total"] or 0) or total_of(name, method, failed))
    reason = "It failed; the report does not say why."
    checks = (*(Check("", False, reason) for _ in range(failed)), *(Check("", True) for _ in range(total - failed)))
    path = told["path"] or (known.path if known is not None else "")
    return Request(
        number=number,
        operation=known.operation if known is not None else f"{method} {path}" if path else None,
        name=name,
        section="",
        method=method,
        path=path,
        status=status,
        milliseconds=None,
        outcome="unreachable" if status is None else "failed" if failed else "passed",
        checks=checks,
        error="There is no answer; the report does not say why." if status is None else None,
    )


def following(requests: Iterable[Request]) -> list[Request]:
    """The requests, with those that follow from an earlier failure told apart, as far as their names tell.

    What makes a thing that later requests name in their paths fails, and they are refused: they follow from it. So do
    requests that are refused with 401 after the one that gives the token failed, and those without any answer after the
    first without one.
    """
    from msgspec.structs import replace

    result: list[Request] = []
    makers: dict[str, int] = {}
    unanswered: int | None = None
    for request in requests:
        known = asked(request.name, request.method)
        cause: int | None = None
        if request.status is None:
            cause = unanswered
            unanswered = unanswered or request.number
        else:
            unanswered = None
            needed = known.needs if known is not None else ()
            refused = request.status in (401, 403, 422)
            cause = next((makers[need] for need in needed if need in makers and (need != "token" or refused)), None)
        if known is not None and known.gives and (request.status is None or request.status >= 400 or whole(request)):
            makers.setdefault(known.gives, request.number)
        result.append(replace(request, follows=cause) if cause is not None else request)
    return result


def whole(request: Request) -> bool:
    """Whether every check of a request failed."""
    return bool(request.checks) and not any(check.passed for check in request.checks)
