"""Stacks of Node.

A stack is a block of lines ``at ...``. What it belongs to stands above it (the name and message, and where nothing
caught it the place in the source), and what the library says of it below, in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import Struct

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

MOST_ABOVE = 8  # lines of a message above its stack
LONGEST_LINE = 2_000

STACK = regex(rb"(?:^[^\S\n]+at [^\n]+(?:\n|\Z))+", re.MULTILINE)
FRAME = regex(r"^\s+at (?:async )?(?:(.*?) \()?(?:file://)?([^()\s][^()\n]*?):(\d{1,9}):(\d{1,9})\)?( \{)?$")
# `TypeError: x is not a function`, `Error [TransformError]: ...`, `Uncaught Error: ...`
NAMED = regex(
    r"^\s*(?:Uncaught )?(?:(\[?[\w.]{0,40}\]?): )?\[?((?:[A-Za-z_$][\w$]*)?(?:Error|Exception|Rejection|Warning))\]?"
    r"(?: \[(\w+)\])?(?:: (.*))?$"
)
# What a compiler that runs on the way says: `[esbuild Error]: Expected ")" but found "return"`
COMPILER = regex(r"^\s*\[(\w+ Error)\]: (.*)$")
# Errors of the project's own, whatever their classes are called; only right above a stack.
OTHER = regex(r"^\s*(?:Uncaught )?([A-Za-z_$][\w$]*)(?: \[(\w+)\])?(?:: (.*))?$")
# What an error holds as the one that it was made from.
INNER = frozenset({"[cause]", "cause", "parent", "original", "[errors]"})
THROWN_AT = regex(r"^(?:file://)?(/[^\s:]+):(\d{1,9})$")
IN_MESSAGE = regex(r"(?:^|\s)(?:file://)?(/[^\s:]+\.[cm]?[jt]sx?):(\d{1,9})(?::\d+)?: ERROR")
PROPERTY = regex(r"^\s+(name|parent|original|sql|code|detail): (.*?),?( \{)?$")
MOST_PROPERTIES = 60  # lines


class Above(Struct, frozen=True):
    """What stands above a stack: name, message, where it was thrown, whether another error holds this one."""

    name: str
    message: str
    start: int
    thrown: tuple[str, int] | None = None
    inner: bool = False


def of_node(data: bytes, log: LogName, root: str) -> Iterator[Error]:
    """Errors with a stack."""
    pending: Error | None = None
    for match in STACK.finditer(data):
        above = above_of(data, match.start())
        if above is None:
            continue
        if above.inner and pending is not None:
            pending = with_inner(pending, f"{above.name}: {above.message}".rstrip(": "))
            continue
        if pending is not None:
            yield pending
        pending = error_of(data, match, above, log, root)
    if pending is not None:
        yield pending


def above_of(data: bytes, start: int) -> Above | None:
    """What stands above a stack that starts at an offset; None where nothing is an error's."""
    lines: list[tuple[int, str]] = []
    end = start - 1
    while end > 0 and len(lines) < MOST_ABOVE:
        begin = data.rfind(b"\n", 0, end) + 1
        lines.append((begin, text(data[begin:end][:LONGEST_LINE])))
        end = begin - 1
    for number, (begin, line) in enumerate(lines):
        compiled = COMPILER.match(line)
        if compiled is not None and number == 0:
            return Above(compiled.group(1), compiled.group(2), begin)
        named = NAMED.match(line)
        if named is not None:
            label, name, _, message = named.groups()
            more = [other for _, other in reversed(lines[:number])]
            whole = "\n".join([message or "", *more]).strip()
            inner = (label or "").strip() in INNER
            return Above(name, whole, begin, thrown_above(data, begin), inner)
    if not lines:
        return None
    begin, line = lines[0]
    other = OTHER.match(line)
    if other is None:
        return None
    return Above(other.group(1), (other.group(3) or "").strip(), begin, thrown_above(data, begin))


def thrown_above(data: bytes, start: int) -> tuple[str, int] | None:
    """The place that Node shows above an error that nothing caught."""
    for line in reversed(data[max(0, start - LONGEST_LINE) : start].split(b"\n")[-7:]):
        place = THROWN_AT.match(text(line).strip())
        if place is not None:
            return place.group(1), int(place.group(2))
    return None


def error_of(data: bytes, match: re.Match[bytes], above: Above, log: LogName, root: str) -> Error:
    """The error of a stack."""
    frames, library, opens = frames_in(match.group(), root)
    end = match.end() - match.group().endswith(b"\n")
    held: dict[str, str] = {}
    if opens:
        held, end = properties(data, match.end())
    name, message = above.name, above.message
    if held.get("name") and name == "Error":
        name = held["name"]
    told = held.get("parent") or held.get("original")
    if told and not message:
        message = told
    if above.thrown is not None and not frames:
        frame = own_frame(*above.thrown, None, root)
        frames = (frame,) if frame is not None else ()
    inside = IN_MESSAGE.search(message)
    if inside is not None and not frames:
        frame = own_frame(inside.group(1), int(inside.group(2)), None, root)
        frames = (frame,) if frame is not None else ()
    sql = held.get("sql")
    return Error(
        source=SOURCES[log],
        exception=name,
        message=message,
        frames=frames,
        sqlstate=sqlstate_in(message) or sqlstate_in(f"code: {held.get('code', '')}"),
        at=Range(log, above.start, end),
        library=library,
        sql=sql[:LONGEST_SQL] if sql else None,
    )


def frames_in(stack: bytes, root: str) -> tuple[tuple[Frame, ...], Frame | None, bool]:
    """The project's frames, the innermost last; the library that threw, if one did; whether properties follow."""
    frames: list[Frame] = []
    library: Frame | None = None
    opens = False
    for line in stack.split(b"\n"):
        shown = text(line[:LONGEST_LINE])
        opens = opens or shown.endswith(" {")
        place = FRAME.match(shown)
        if place is None:
            continue
        given = place.group(2), int(place.group(3)), place.group(1)
        frame = own_frame(*given, root)
        if frame is not None:
            frames.append(frame)
        elif not frames and library is None:
            library = library_frame(*given)
    return tuple(reversed(frames[:MOST_FRAMES])), library, opens


def properties(data: bytes, start: int) -> tuple[dict[str, str], int]:
    """What an error holds, as ``console.error`` shows it below the stack, and where that ends."""
    held: dict[str, str] = {}
    at = start
    for _ in range(MOST_PROPERTIES):
        if at >= len(data):
            break
        line, stop = line_at(data, at)
        shown = text(line[: LONGEST_LINE + LONGEST_SQL])
        found = PROPERTY.match(shown)
        if found is not None:
            held.setdefault(found.group(1), unquoted(found.group(2)))
        at = stop + 1
        if shown.strip() == "}" and len(shown) - len(shown.lstrip()) <= 2 and not shown.startswith("  }"):
            break
        if shown and not shown.startswith((" ", "\t", "}")):
            at = stop - len(line)
            break
    return held, max(start, at - 1)


def unquoted(shown: str) -> str:
    """A value as ``console.error`` shows it: without quotes, or an error without brackets and the word for it."""
    bare = shown.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"`":
        return bare[1:-1]
    return re.sub(r"^\[?(?:Error|error): (.*?)\]?$", r"\1", bare)


def with_inner(error: Error, cause: str) -> Error:
    """An error with the one that it was made from, whose message it takes where it has none."""
    message = error.message or cause.removeprefix("Error: ")
    return msgspec.structs.replace(error, message=message, cause=error.cause or cause)
