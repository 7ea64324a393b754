"""Errors in logs of JSON lines, as pino, winston and structlog write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from verifier.run.record import Frame, LogName, Range, Source
from verifier.run.traces.node import of_node
from verifier.run.traces.nouns import LONGEST_SQL, MOST_FRAMES, SOURCES, Error, library_frame, own_frame, sqlstate_in
from verifier.run.traces.python import STATEMENT, of_python

DEEPEST_ERROR = 4  # errors inside errors
LONGEST_LINE = 2_000
TELLING = (b"stack", b"Traceback", b"exc_type")


def of_json(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Errors in a log of JSON lines, as pino, winston and structlog write them."""
    at = 0
    for line in data.split(b"\n"):
        start, at = at, at + len(line) + 1
        if not line.startswith(b"{") or not any(word in line for word in TELLING):
            continue
        try:
            held = json.loads(line)
        except (ValueError, RecursionError):
            continue
        span = Range(log, start, at - 1)
        taken_apart = of_frames(held, SOURCES[log], root)
        if taken_apart is not None:
            yield msgspec.structs.replace(taken_apart, at=span)
            continue
        owner = holder(held, 0)
        if owner is None:
            continue
        stack = str(owner["stack"]) if isinstance(owner.get("stack"), str) else traceback_of(owner)
        shown = stack.encode("utf-8", "replace") + b"\n"
        inner = next(iter([*of_node(shown, log, root), *of_python(shown, log, root)]), None)
        if inner is not None:
            yield completed(msgspec.structs.replace(inner, at=span), owner)


def of_frames(held: Any, source: Source, root: str) -> Error | None:
    """The error of a line that holds a traceback taken apart, as structlog writes it: the last raised comes first."""
    stacks = held.get("exception") if isinstance(held, dict) else None
    if not isinstance(stacks, list) or not stacks or not all(isinstance(one, dict) for one in stacks):
        return None
    named = [one for one in stacks if isinstance(one.get("exc_type"), str)]
    if not named:
        return None
    own: list[Frame] = []
    library: Frame | None = None
    shown = named[0].get("frames")
    for frame in shown if isinstance(shown, list) else ():
        if not (
            isinstance(frame, dict) and isinstance(frame.get("filename"), str) and isinstance(frame.get("lineno"), int)
        ):
            continue
        given = frame["filename"], frame["lineno"], str(frame.get("name") or "") or None
        place = own_frame(*given, root)
        own += [place] if place is not None else []
        library = library_frame(*given) if place is None else None
    texts = [f"{one['exc_type']}: {one.get('exc_value') or ''}"[:LONGEST_LINE] for one in named]
    message = str(named[0].get("exc_value") or "")
    first = message.split("\n", 1)[0]
    found = STATEMENT.search(message)
    return Error(
        source=source,
        exception=named[0]["exc_type"],
        message=first,
        frames=tuple(own[-MOST_FRAMES:]),
        sqlstate=sqlstate_in(first),
        library=library,
        sql=found.group(1)[:LONGEST_SQL] if found is not None else None,
        cause=texts[-1].split("\n", 1)[0] if len(texts) > 1 else None,
    )


def completed(error: Error, owner: dict[str, Any]) -> Error:
    """An error of a line of JSON, with what the line says beside its stack."""
    parent = owner.get("parent") if isinstance(owner.get("parent"), dict) else owner.get("original")
    parent = parent if isinstance(parent, dict) else {}
    name = next((owner[key] for key in ("name", "type") if isinstance(owner.get(key), str)), None)
    message = next((one for one in (owner.get("message"), parent.get("message")) if isinstance(one, str) and one), "")
    sql = next((one for one in (owner.get("sql"), parent.get("sql")) if isinstance(one, str)), None)
    code = next((one for one in (owner.get("code"), parent.get("code")) if isinstance(one, str)), "")
    return msgspec.structs.replace(
        error,
        exception=name if name is not None and error.exception in (None, "Error") else error.exception,
        message=error.message or message,
        sql=sql[:LONGEST_SQL] if sql else error.sql,
        sqlstate=error.sqlstate or sqlstate_in(f"code: {code[:20]}"),
    )


def holder(held: Any, depth: int) -> dict[str, Any] | None:
    """The object of a line of JSON that holds the stack of an error."""
    if not isinstance(held, dict) or depth > DEEPEST_ERROR:
        return None
    if isinstance(held.get("stack"), str) or traceback_of(held):
        return held
    return next((found for inner in held.values() if (found := holder(inner, depth + 1)) is not None), None)


def traceback_of(held: dict[str, Any]) -> str:
    """The traceback among the values of an object; empty where there is none."""
    return next((one for one in held.values() if isinstance(one, str) and "Traceback (most recent" in one), "")
