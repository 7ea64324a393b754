"""Errors as they show: tracebacks and warnings in logs, SQLSTATEs in PostgreSQL's, messages in answers.

The same defect gives the same key on every run: what changes (numbers, addresses, times, tokens) is taken out. Frames
are those of the project's own code alone.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from verifier.regex import regex
from verifier.run.record import LogName, Range, Request, Signature, Source
from verifier.run.suite.redact import redact
from verifier.run.traces import Error, errors_in
from verifier.run.traces.nouns import sqlstate_in
from verifier.run.traces.python import of_python

LONGEST_MESSAGE = 500
LONGEST_STATEMENT = 1_000
MOST_SIGNATURES = 200
DEEPEST_ANSWER = 4  # objects inside objects, in an answer that tells of an error

# What an answer says of an error that the server caught.
TOLD = regex(
    r"SQLITE_\w+|no such (?:column|table|function)|syntax error|"
    r"(?:column|relation|table|function) \S+ (?:of relation \S+ )?does not exist|"
    r"UNIQUE constraint|NOT NULL constraint|FOREIGN KEY constraint|violates \S+(?: \S+)? constraint|"
    r"is not a function|Cannot (?:read|set) propert|is not defined|Unknown (?:argument|field|column)|has no attribute|"
    r"object is not|MissingGreenlet|Traceback|Invalid value|not associated to|Association with alias|operator does not"
)
GENERIC = frozenset(
    {"", "internal server error", "something went wrong", "server error", "error", "unknown error", "failed"}
)

VOLATILE = (
    (regex(r"\s*\[SQL: .*", re.DOTALL), ""),
    (regex(r"\s*\[parameters: .*", re.DOTALL), ""),
    (regex(r"\s*\(Background on this error at: \S+\)"), ""),
    (regex(r"/[^\s'\"()]*?/(?:site-packages|node_modules|lib/python[\d.]+)/"), "<lib>/"),
    (regex(r"\b0x[0-9a-fA-F]+\b"), "0x?"),
    (regex(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), "<uuid>"),
    (regex(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<email>"),
    (regex(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (regex(r"\b[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}\b"), "<token>"),
    (regex(r"\b(?=(?:[a-z]*\d){2})[0-9a-z]{6,}\b"), "?"),
    (regex(r"(?<![\w$])\d+\b"), "?"),
    (regex(r"\s+"), " "),
)


Logs: TypeAlias = Mapping[LogName, bytes]


def signatures(logs: Logs, requests: Iterable[Request], root: str) -> tuple[Signature, ...]:
    """The errors of a run, each once, in the order in which they first showed.

    Args:
        root: the folder that the project ran in, as its stack traces show it.
    """
    asked = tuple(requests)
    found: dict[tuple[Source, str], Signature] = {}
    for error in (*in_logs(logs, root), *in_answers(asked, root)):
        number = error.request if error.request is not None else request_at(error.at, asked)
        key = (error.source, key_of(error))
        known = found.get(key)
        if known is not None:
            found[key] = msgspec.structs.replace(known, count=known.count + 1)
        elif len(found) < MOST_SIGNATURES:
            found[key] = Signature(
                key=key[1],
                source=error.source,
                exception=error.exception,
                message=redact(error.message)[:LONGEST_MESSAGE],
                sqlstate=error.sqlstate,
                request=number,
                frames=error.frames,
                at=error.at,
                library=error.library,
                sql=redact(error.sql)[:LONGEST_STATEMENT] if error.sql is not None else None,
                cause=redact(error.cause)[:LONGEST_MESSAGE] if error.cause is not None else None,
            )
    return tuple(sorted(found.values(), key=when))


def when(signature: Signature) -> tuple[int, int]:
    """The order of signatures: those of set-up first, then by request."""
    return (signature.request if signature.request is not None else -1, signature.at.start if signature.at else 0)


def key_of(error: Error) -> str:
    """An error without what changes from run to run."""
    first = error.message.strip().split("\n", 1)[0]
    for pattern, replacement in VOLATILE:
        first = pattern.sub(replacement, first)
    name = error.sqlstate or (error.exception or "").rpartition(".")[2]
    return f"{name}: {redact(first.strip())[:200]}" if name else redact(first.strip())[:200]


def request_at(place: Range | None, requests: tuple[Request, ...]) -> int | None:
    """The request during which a stretch of a log was written."""
    if place is None:
        return None
    ranges = sorted(
        (span.start, span.end, request.number)
        for request in requests
        for span in (request.log, request.database_log)
        if span is not None and span.log == place.log
    )
    at = bisect_right(ranges, (place.start, 1 << 62, 0)) - 1
    if at < 0:
        return None
    # What is written between two requests is late: it belongs to the one before.
    return ranges[at][2] if at + 1 < len(ranges) or place.start < ranges[at][1] else None


def in_logs(logs: Logs, root: str) -> Iterator[Error]:
    """The errors that logs show, in their order."""
    for name, data in logs.items():
        yield from errors_in(data, name, root)


# Answers


def in_answers(requests: tuple[Request, ...], root: str = "") -> Iterator[Error]:
    """Errors that answers tell of: those with 5xx, and others that quote a library's message."""
    for request in requests:
        if request.status is None or request.status < 400 or not request.response:
            continue
        if "Traceback (most recent call last)" in request.response:
            for error in of_python(request.response.encode("utf-8", "replace"), "server", root):
                yield msgspec.structs.replace(error, source="response body", at=None, request=request.number)
            continue
        for message in messages_in(request.response):
            if message.strip().rstrip(".!").lower() in GENERIC:
                continue
            if request.status >= 500 or TOLD.search(message):
                told = re.match(r"^(?:\w+\.)*(\w*(?:Error|Exception))\b", message)
                name = told.group(1) if told is not None else None
                yield Error("response body", name, message, (), sqlstate_in(message), None, request.number)


def messages_in(response: str) -> Iterator[str]:
    """The texts of an answer that may be messages."""
    try:
        held = json.loads(response)
    except (ValueError, RecursionError):
        title = re.search(r"<title>([^<]{1,300})</title>", response)
        text = title.group(1) if title is not None else response[:LONGEST_MESSAGE]
        if text.strip() and not text.lstrip().startswith(("{", "[", "<")):
            yield " ".join(text.split())
        return
    waiting: list[tuple[Any, int]] = [(held, 0)]
    while waiting:
        current, depth = waiting.pop(0)
        if isinstance(current, str):
            yield current
        elif isinstance(current, dict) and depth < DEEPEST_ANSWER:
            waiting += [(inner, depth + 1) for name, inner in current.items() if name != "stack"]
        elif isinstance(current, list) and depth < DEEPEST_ANSWER:
            waiting += [(inner, depth + 1) for inner in current[:20]]
