"""An error as a log shows it, and whose code the lines of its stack are."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from verifier.regex import regex
from verifier.run.record import Frame, LogName, Range, Source

SOURCES: Mapping[LogName, Source] = {
    "install": "install log",
    "setup": "setup log",
    "server": "server log",
    "database": "database log",
}
MOST_FRAMES = 12
LONGEST_SQL = 2_000

SQLSTATE = regex(r"(?:sqlstate|code)['\"]?\s*[:=]\s*['\"]?([0-9A-Z]{5})\b")
# Where a benchmark, an image or a platform puts a project, when the log is all that is known of it.
USUAL_ROOTS = ("/repository/", "/testbed/", "/workspace/", "/usr/src/app/", "/app/", "/code/", "/srv/")
LIBRARY = regex(
    r"(?:^|/)(?:node_modules|site-packages|dist-packages|\.venv|venv)/|/lib/python\d|^<|^node:|^internal/|^/usr/lib/|^evalmachine"
)
# Compiled modules name their source below the folder that they were built in.
COMPILED = regex(r"_cy\.py$|\.pyx$|\.pxd$")
OF_LIBRARY = regex(r"(?:.*/)?(?:node_modules|site-packages|dist-packages|lib/python[\d.]+)/(.+)$")


class Error(Struct, frozen=True):
    """An error as it was found, not yet counted.

    Attributes:
        frames: lines of the project's own code, the innermost last.
        library: the line of a library that raised it, where one did; its path is below where libraries are installed.
        sql: the statement that failed.
        cause: the error that this one was raised from, or while it was handled.
    """

    source: Source
    exception: str | None
    message: str
    frames: tuple[Frame, ...] = ()
    sqlstate: str | None = None
    at: Range | None = None
    request: int | None = None
    library: Frame | None = None
    sql: str | None = None
    cause: str | None = None


def own_frame(path: str, line: int, function: str | None, root: str) -> Frame | None:
    """A frame of the project's own code."""
    if root:
        below = path.removeprefix(f"{root}/")
        if below == path and path.startswith(("/", "node:")):
            return None
    else:
        below = next((path.removeprefix(one) for one in USUAL_ROOTS if path.startswith(one)), path)
    if LIBRARY.search(below) or COMPILED.search(below) or below == "sys":
        return None
    return Frame(below.removeprefix("./"), line, function)


def library_frame(path: str, line: int, function: str | None) -> Frame | None:
    """A frame of a library, or of the language's own."""
    found = OF_LIBRARY.match(path)
    if found is not None:
        return Frame(found.group(1), line, function)
    return Frame(path, line, function) if COMPILED.search(path) or path.startswith(("node:", "<frozen ")) else None


def sqlstate_in(message: str) -> str | None:
    """The SQLSTATE that a message names."""
    match = SQLSTATE.search(message)
    return match.group(1) if match is not None and any(letter.isdigit() for letter in match.group(1)) else None


def text(data: bytes) -> str:
    """Bytes of a log as text."""
    return data.decode("utf-8", "replace")


def line_at(data: bytes, start: int) -> tuple[bytes, int]:
    """The line that starts at an offset, and the offset of its end."""
    stop = data.find(b"\n", start)
    stop = len(data) if stop < 0 else stop
    return data[start:stop], stop
