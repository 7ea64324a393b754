"""Tracebacks of Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from verifier.regex import regex
from verifier.run.record import Frame, LogName, Range
from verifier.run.traces.nouns import (
    LONGEST_SQL,
    MOST_FRAMES,
    SOURCES,
    Error,
    library_frame,
    line_at,
    own_frame,
    sqlstate_in,
    text,
)

# Also behind the level that a handler of `logging` writes: `ERROR:    Traceback (most recent call last):`.
TRACEBACK = regex(
    rb"^(?:[A-Z]{4,8}:[ \t]{0,8})?[ |+]*(?:Exception Group )?Traceback \(most recent call last\):\s*$", re.MULTILINE
)
FRAME = regex(r'^\s*File "([^"\n]+)", line (\d+)(?:, in (\S.*))?$')
RAISED = regex(r"^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?:: (.*))?$")
CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
# `sqlalchemy.exc.SAWarning: ...` behind the place that warned.
WARNING = regex(
    rb"^(?:([^\s:][^:\n]*):(\d+): )?((?:\w+\.)*(?:RuntimeWarning|SAWarning|RemovedIn20Warning)): "
    rb"(?!Enable tracemalloc)(.+)$",
    re.MULTILINE,
)
# A file that is run and cannot be parsed: there is no header, as nothing was called.
UNPARSED = regex(
    rb'^  File "([^"\n]+)", line (\d+)\n(?:[^\n]{0,300}\n){0,4}?((?:Syntax|Indentation|Tab)Error): (.*)$', re.MULTILINE
)
# Pydantic tells below what is wrong with which value.
HELD_BELOW = regex(r"^\d+ validation errors?\b")
MOST_BELOW = 6  # lines
STATEMENT = regex(r"\[SQL: (.*?)\](?:\n|$)", re.DOTALL)


def of_python(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Tracebacks, of chained ones the last, and warnings that tell of a defect."""
    end = -1
    pending: Error | None = None
    for match in TRACEBACK.finditer(data):
        if match.start() < end:
            continue
        found, end = traceback_at(data, match, log, root)
        between = text(data[pending.at.end : match.start()][:LONGEST_SQL]) if pending and pending.at else ""
        group = pending is not None and (pending.exception or "").endswith("ExceptionGroup")  # its parts tell more
        chained = pending is not None and any(words in between for words in CHAINED)
        if pending is not None and not group and not chained:
            yield pending
        elif pending is not None and found is not None:
            found = joined(pending, found, chained)
        pending = found or pending
    if pending is not None:
        yield pending
    yield from unparsed(data, log, root)
    yield from warnings(data, log, root)


def joined(before: Error, after: Error, chained: bool) -> Error:
    """The later of two errors, with what it has from the earlier one."""
    cause = before.cause or f"{before.exception}: {before.message}".rstrip(": ") if chained else after.cause
    return msgspec.structs.replace(
        after,
        frames=after.frames or before.frames,
        library=after.library or before.library,
        sql=after.sql or before.sql,
        cause=cause,
    )


def traceback_at(data: bytes, match: re.Match[bytes], log: LogName, root: str) -> tuple[Error | None, int]:
    """The error whose traceback starts at a match, and where it ends."""
    frames: list[Frame] = []
    library: Frame | None = None
    at = match.end()
    error: tuple[str, str] | None = None
    while at < len(data):
        line, stop = line_at(data, at + 1)
        bare = re.sub(r"^[ ]*[|+][ |]?", "", text(line))
        place = FRAME.match(bare)
        if place is not None:
            given = place.group(1), int(place.group(2)[:9]), place.group(3)
            frame = own_frame(*given, root)
            frames += [frame] if frame is not None else []
            library = library_frame(*given) if frame is None else None
        elif bare[:1] not in (" ", "\t", "") or (bare.startswith("  ") and not bare.strip()):
            told = RAISED.match(bare.strip())
            error = (told.group(1), told.group(2) or "") if told is not None else None
            at = stop
            break
        at = stop
    if error is None:
        return None, at
    if HELD_BELOW.search(error[1]):
        error = error[0], below(data, at, error[1])
    return Error(
        source=SOURCES[log],
        exception=error[0],
        message=error[1],
        frames=tuple(frames[-MOST_FRAMES:]),
        sqlstate=sqlstate_in(error[1]),
        at=Range(log, match.start(), at),
        library=library,
        sql=statement_at(data, at),
    ), at


def below(data: bytes, at: int, message: str) -> str:
    """A message with its further lines, which say what is wrong with which value."""
    lines = [message]
    while at < len(data) and len(lines) <= MOST_BELOW:
        line, at = line_at(data, at + 1)
        if not line.strip() or (RAISED.match(text(line)) and b":" in line) or line.startswith(b"Traceback"):
            break
        lines.append(text(line[:LONGEST_SQL]).rstrip())
    return "\n".join(lines)


def statement_at(data: bytes, at: int) -> str | None:
    """The SQL that SQLAlchemy writes below an error: ``[SQL: ...]``."""
    below = text(data[at : at + LONGEST_SQL])
    if not below.lstrip().startswith("[SQL:") and "\n[SQL:" not in below[:500]:
        return None
    found = STATEMENT.search(below)
    return found.group(1) if found is not None else None


def unparsed(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Errors of a file that Python was to run and could not parse."""
    for match in UNPARSED.finditer(data):
        before = data[max(0, match.start() - 5_000) : match.start()]
        if (
            TRACEBACK.search(before)
            and before.endswith(b"\n")
            and before.rstrip(b"\n").rpartition(b"\n")[2][:1] == b" "
        ):
            continue  # it is the end of a traceback, which tells of it
        if TRACEBACK.search(before[-120:]):
            continue
        path, line, name, message = (text(group) for group in match.groups())
        frame = own_frame(path, int(line[:9]), None, root)
        frames = (frame,) if frame is not None else ()
        yield Error(SOURCES[log], name, message, frames, at=Range(log, match.start(), match.end()))


def warnings(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Warnings that tell of a defect."""
    for match in WARNING.finditer(data):
        path, line, name, message = match.groups()
        frame = own_frame(text(path), int(line[:9]), None, root) if path else None
        frames = (frame,) if frame is not None else ()
        yield Error(SOURCES[log], name.decode(), text(message), frames, at=Range(log, match.start(), match.end()))
