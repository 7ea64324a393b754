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
from msgspec import Struct

from verifier.regex import regex
from verifier.run.record import Frame, LogName, Range, Request, Signature, Source
from verifier.run.suite.redact import redact

SOURCES: Mapping[LogName, Source] = {
    "install": "install log",
    "setup": "setup log",
    "server": "server log",
    "database": "database log",
}
LONGEST_MESSAGE = 500
MOST_FRAMES = 12
MOST_SIGNATURES = 200
DEEPEST_ERROR = 4  # errors inside errors, in a log of JSON lines

TRACEBACK = regex(rb"^[ |+]*(?:Exception Group )?Traceback \(most recent call last\):\s*$", re.MULTILINE)
PYTHON_FRAME = regex(r'^\s*File "([^"\n]+)", line (\d+)(?:, in (\S.*))?$')
PYTHON_ERROR = regex(r"^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:: (.*))?$")
CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
# `sqlalchemy.exc.SAWarning: ...` behind the place that warned.
WARNING = regex(
    rb"^(?:([^\s:][^:\n]*):(\d+): )?((?:\w+\.)*(?:RuntimeWarning|SAWarning|RemovedIn20Warning)): "
    rb"(?!Enable tracemalloc)(.+)$",
    re.MULTILINE,
)
# `TypeError: x is not a function`, with the stack below it.
NODE_ERROR = regex(
    rb"^[^\S\n]*(?:Uncaught )?"
    rb"(?:\[?((?:[A-Za-z_$][\w$]*)?(?:Error|Exception|Rejection|Warning))\]?(?: \[(\w+)\])?): (.*)"
    rb"((?:\n[^\n]{0,500}){0,6}?)(?=\n\s+at )",
    re.MULTILINE,
)
NODE_FRAME = regex(r"^\s+at (?:async )?(?:(.*?) \()?(?:file://)?([^()\s][^()\n]*?):(\d+):(\d+)\)?$")
POSTGRES = regex(
    rb"^\S+ \S+ \S+ \[\d+\] ([0-9A-Z]{5}) (ERROR|FATAL|PANIC):  (.*)$"
    rb"(?:\n(?:\S+ \S+ \S+ \[\d+\] \1 (?:DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION):  |\t).*$)*",
    re.MULTILINE,
)
SQLSTATE = regex(r"(?:sqlstate|code)['\"]?\s*[:=]\s*['\"]?([0-9A-Z]{5})\b")
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


class Error(Struct, frozen=True):
    """An error as it was found, not yet counted."""

    source: Source
    exception: str | None
    message: str
    frames: tuple[Frame, ...] = ()
    sqlstate: str | None = None
    at: Range | None = None
    request: int | None = None


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
            message = redact(error.message)[:LONGEST_MESSAGE]
            found[key] = Signature(
                key[1], error.source, error.exception, message, error.sqlstate, 1, number, error.frames, error.at
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
        if name == "database":
            yield from of_postgres(data)
            continue
        found = [*of_python(data, name, root), *of_node(data, name, root), *of_json(data, name, root)]
        yield from sorted(found, key=lambda error: error.at.start if error.at is not None else 0)


# Python


def of_python(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Tracebacks, of chained ones the last, and warnings that tell of a defect."""
    end = -1
    pending: Error | None = None
    for match in TRACEBACK.finditer(data):
        if match.start() < end:
            continue
        found, end = traceback_at(data, match, log, root)
        between = data[pending.at.end : match.start()].decode("utf-8", "replace") if pending and pending.at else ""
        group = pending is not None and (pending.exception or "").endswith("ExceptionGroup")  # its parts tell more
        if pending is not None and not group and not any(words in between for words in CHAINED):
            yield pending
        elif pending is not None and found is not None and not found.frames:
            found = msgspec.structs.replace(found, frames=pending.frames)
        pending = found or pending
    if pending is not None:
        yield pending
    for match in WARNING.finditer(data):
        path, line, name, message = match.groups()
        frame = own_frame(path.decode("utf-8", "replace"), int(line), None, root) if path else None
        at = Range(log, match.start(), match.end())
        frames = (frame,) if frame is not None else ()
        yield Error(SOURCES[log], name.decode(), message.decode("utf-8", "replace"), frames, at=at)


def traceback_at(data: bytes, match: re.Match[bytes], log: LogName, root: str) -> tuple[Error | None, int]:
    """The error whose traceback starts at a match, and where it ends."""
    frames: list[Frame] = []
    at = match.end()
    error: tuple[str, str] | None = None
    while at < len(data):
        stop = data.find(b"\n", at + 1)
        stop = len(data) if stop < 0 else stop
        line = data[at + 1 : stop].decode("utf-8", "replace")
        bare = re.sub(r"^[ ]*[|+][ |]?", "", line)
        place = PYTHON_FRAME.match(bare)
        if place is not None:
            frame = own_frame(place.group(1), int(place.group(2)), place.group(3), root)
            if frame is not None:
                frames.append(frame)
        elif bare[:1] not in (" ", "\t", "") or (bare.startswith("  ") and not bare.strip()):
            told = PYTHON_ERROR.match(bare.strip())
            error = (told.group(1), told.group(2) or "") if told is not None else None
            at = stop
            break
        at = stop
    if error is None:
        return None, at
    place_in_log = Range(log, match.start(), at)
    return Error(
        SOURCES[log], error[0], error[1], tuple(frames[-MOST_FRAMES:]), sqlstate_in(error[1]), place_in_log
    ), at


def own_frame(path: str, line: int, function: str | None, root: str) -> Frame | None:
    """A frame of the project's own code."""
    below = path.removeprefix(f"{root}/")
    if below == path and path.startswith(("/", "node:")):
        return None
    below = below.removeprefix("./")
    if re.search(r"(?:^|/)(?:node_modules|site-packages|\.venv|venv)/|^<|^node:|^internal/", below):
        return None
    return Frame(below, line, function)


# Node


def of_node(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Errors with a stack."""
    for match in NODE_ERROR.finditer(data):
        name, _, first, more = (group.decode("utf-8", "replace") if group else "" for group in match.groups())
        frames, end = node_frames(data, match.end(), root)
        message = f"{first}{more}".strip()
        yield Error(SOURCES[log], name, message, frames, sqlstate_in(message), Range(log, match.start(), end))


def node_frames(data: bytes, start: int, root: str) -> tuple[tuple[Frame, ...], int]:
    """The frames below an error, the innermost last, and where they end."""
    frames: list[Frame] = []
    at = start
    while at < len(data):
        stop = data.find(b"\n", at + 1)
        stop = len(data) if stop < 0 else stop
        line = data[at + 1 : stop].decode("utf-8", "replace")
        if not line.lstrip().startswith("at "):
            break
        place = NODE_FRAME.match(line)
        if place is not None:
            frame = own_frame(place.group(2), int(place.group(3)), place.group(1), root)
            if frame is not None:
                frames.append(frame)
        at = stop
    return tuple(reversed(frames[:MOST_FRAMES])), at


def of_json(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Errors in a log of JSON lines, as pino and winston write them."""
    at = 0
    for line in data.split(b"\n"):
        start, at = at, at + len(line) + 1
        if not line.startswith(b"{") or b"stack" not in line:
            continue
        try:
            held = json.loads(line)
        except (ValueError, RecursionError):
            continue
        stack = stack_in(held, 0)
        if stack is None:
            continue
        span = Range(log, start, at - 1)
        text = stack.encode()
        inner = [*of_node(text, log, root), *of_python(text, log, root)]
        for error in inner[:1]:
            yield msgspec.structs.replace(error, at=span)


def stack_in(held: Any, depth: int) -> str | None:
    """The stack of the error that a line of JSON holds."""
    if not isinstance(held, dict) or depth > DEEPEST_ERROR:
        return None
    stack = held.get("stack")
    if isinstance(stack, str):
        return stack
    return next((found for inner in held.values() if (found := stack_in(inner, depth + 1)) is not None), None)


# PostgreSQL and answers


def of_postgres(data: bytes) -> Iterator[Error]:
    """Errors in the log of the database server."""
    for match in POSTGRES.finditer(data):
        state, message = match.group(1).decode(), match.group(3).decode("utf-8", "replace")
        yield Error("database log", None, message, (), state, Range("database", match.start(), match.end()))


def sqlstate_in(message: str) -> str | None:
    """The SQLSTATE that a message names."""
    match = SQLSTATE.search(message)
    return match.group(1) if match is not None and any(letter.isdigit() for letter in match.group(1)) else None


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
        elif isinstance(current, dict) and depth < DEEPEST_ERROR:
            waiting += [(inner, depth + 1) for name, inner in current.items() if name != "stack"]
        elif isinstance(current, list) and depth < DEEPEST_ERROR:
            waiting += [(inner, depth + 1) for inner in current[:20]]
