"""The text of a unified diff -> the changes of each file, as ``git apply`` would read it.

Lines end at a line feed and nowhere else, and everything is bytes: a patch may hold any encoding, form feeds, lone
carriage returns. ``unidiff`` is not used, because what it reads is not what git reads: it leaves names quoted, takes
the names of a rename from a line that blanks make ambiguous, makes a file of two lines of prose that begin with
``---`` and ``+++``, drops the mark of a missing line feed where it is not in English, and takes a bare CR LF for
context, which git refuses. A differential test holds this module against git.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from verifier.read.errors import ReadError
from verifier.read.patch_names import is_epoch, is_null, name_in, name_twice, plain_name
from verifier.regex import regex

PATCH_LIMIT = 256_000_000
"""Bytes of the largest patch that is read."""


class Hunk(Struct, frozen=True):
    """A hunk: where it stands in the patch, and which of the patch's lines (from 0) are its body."""

    line: int
    old_start: int
    new_start: int
    body: range
    at_end: bool
    """No context follows the last change, so the hunk must end where the file does."""


class FilePatch(Struct):
    """What the patch says of one file. ``creates`` and ``deletes`` are None while only the file itself can tell."""

    line: int
    old_path: bytes | None = None
    new_path: bytes | None = None
    creates: bool | None = None
    deletes: bool | None = None
    renames: bool = False
    copies: bool = False
    old_mode: int = 0
    new_mode: int = 0
    hunks: list[Hunk] = []
    binary: Literal["", "data", "absent"] = ""
    """``data`` comes with a GIT binary patch; ``absent`` is only said to differ."""

    @property
    def name(self) -> bytes:
        """The path to speak of."""
        return self.old_path or self.new_path or b""


class Patch(Struct, frozen=True):
    """A parsed patch; ``lines`` end with their line feeds."""

    lines: list[bytes]
    files: list[FilePatch]
    unprefixed: bool = False
    """A git header has no ``a/`` and ``b/`` in front of its names, so that a true folder was stripped."""


def parse(data: bytes) -> Patch:
    """Read a patch.

    Raises:
        ReadError: it is no unified diff, or git would call it corrupt.
    """
    if not data.strip():
        raise ReadError("The patch is empty.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError("The patch is not a unified diff that git would read: it is UTF-16; write it as UTF-8.")
    if len(data) > PATCH_LIMIT:
        size, limit = len(data) // 10**6, PATCH_LIMIT // 10**6
        raise ReadError(f"The patch has {size} MB; patches over {limit} MB are not read.")
    reader = _Reader(_lines(data))
    files: list[FilePatch] = []
    while (file := _next_file(reader)) is not None:
        files.append(file)
    if not files:
        raise ReadError("The patch is not a unified diff: it holds no file header that is followed by a hunk.")
    return Patch(reader.lines, files, reader.unprefixed)


def _lines(data: bytes) -> list[bytes]:
    *lines, rest = data.split(b"\n")
    return [line + b"\n" for line in lines] + [rest] * bool(rest)


class _Reader(Struct):
    """The lines and how far they are read."""

    lines: list[bytes]
    at: int = 0
    strip: int = 1
    """Leading folders to take off each name."""
    strip_known: bool = False
    unprefixed: bool = False

    def peek(self, ahead: int = 0) -> bytes:
        """A line that is still to come; nothing behind the end."""
        at = self.at + ahead
        return self.lines[at] if at < len(self.lines) else b""

    def corrupt(self, what: str) -> ReadError:
        """The error of a patch that git would refuse at this line."""
        return ReadError(f"The patch does not apply: {what} (line {self.at + 1} of the patch).")


_HUNK = regex(rb"@@ -(\d{1,18})(?:,(\d{1,18}))? \+(\d{1,18})(?:,(\d{1,18}))? @@")


def _next_file(reader: _Reader) -> FilePatch | None:
    """The next file header with its hunks; text before it is passed over, as are mail headers.

    What a line ``diff --git`` says is kept, as git does, even where none of its header lines follow.
    """
    file = FilePatch(line=0)
    found = False
    while reader.at < len(reader.lines) and not found:
        line = reader.peek()
        if line.startswith(b"@@ -") and _HUNK.match(line) and line.endswith(b"\n"):
            raise reader.corrupt("a hunk has no file header")
        if sum(map(len, reader.lines[reader.at + 1 : reader.at + 7])) < 6:
            return None
        if line.startswith(b"diff --git "):
            found = _git_header(reader, file)
        elif line.startswith(b"--- ") and reader.peek(1).startswith(b"+++ ") and reader.peek(2).startswith(b"@@ -"):
            _plain_header(reader, file)
            found = True
        else:
            reader.at += 1
    if not found:
        return None
    _read_hunks(reader, file)
    if not file.hunks:
        _read_binary(reader, file)
        changes_mode = file.old_mode and file.new_mode and file.old_mode != file.new_mode
        if not (file.binary or file.renames or file.copies or file.creates or file.deletes or changes_mode):
            raise reader.corrupt(f"{shown(file.name)} has a header and no change")
    return file


def shown(path: bytes) -> str:
    """A path for a message."""
    return path.decode("utf-8", "backslashreplace")


# Headers


def _git_header(reader: _Reader, file: FilePatch) -> bool:
    """Read a header that begins with ``diff --git``; False (one line passed over) where none of its lines follow."""
    start = reader.at
    file.line, file.creates, file.deletes = start + 1, False, False
    default = name_twice(reader.peek()[len(b"diff --git ") :], reader.strip)
    _notice_prefix(reader, reader.peek())
    reader.at += 1
    while reader.peek().endswith(b"\n") and _header_line(reader, file, default):
        if bool(file.creates) + bool(file.deletes) + file.renames + file.copies > 1:
            raise reader.corrupt(f"the header of {shown(file.name)} contradicts itself")
        reader.at += 1
    if file.old_path is None and file.new_path is None:
        if default is None:
            raise reader.corrupt("the header does not name its file; was it written with --no-prefix?")
        file.old_path = file.new_path = default
    if (file.new_path is None and not file.deletes) or (file.old_path is None and not file.creates):
        raise reader.corrupt("the header does not name its file; was it written with --no-prefix?")
    return reader.at > start + 1


def _header_line(reader: _Reader, file: FilePatch, default: bytes | None) -> bool:
    """Take one extended header line; False where the header ends."""
    line = reader.peek()
    for key, take in _HEADER_LINES:
        if line.startswith(key):
            return take(reader, file, line[len(key) :], default)
    return False


def _old_name(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.old_path = _verified(reader, file.old_path, rest, absent=bool(file.creates))
    return True


def _new_name(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.new_path = _verified(reader, file.new_path, rest, absent=bool(file.deletes))
    return True


def _verified(reader: _Reader, known: bytes | None, rest: bytes, *, absent: bool) -> bytes | None:
    """The name of a ``---`` or ``+++`` line, which must agree with what the header said before."""
    if known is None and not absent:
        return name_in(rest, reader.strip, tab_ends=True)
    if known is not None:
        if absent or name_in(rest, reader.strip, tab_ends=True) != known:
            raise reader.corrupt(f"the header of {shown(known)} contradicts itself")
        return known
    if not is_null(rest):
        raise reader.corrupt("the header contradicts itself: /dev/null is expected")
    return None


def _old_mode(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.old_mode = _mode(reader, rest)
    return True


def _new_mode(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.new_mode = _mode(reader, rest)
    return True


def _deleted(reader: _Reader, file: FilePatch, rest: bytes, default: bytes | None) -> bool:
    file.deletes, file.old_path, file.old_mode = True, default, _mode(reader, rest)
    return True


def _created(reader: _Reader, file: FilePatch, rest: bytes, default: bytes | None) -> bool:
    file.creates, file.new_path, file.new_mode = True, default, _mode(reader, rest)
    return True


def _copied_from(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.copies, file.old_path = True, _moved_name(reader, rest)
    return True


def _copied_to(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.copies, file.new_path = True, _moved_name(reader, rest)
    return True


def _renamed_from(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.renames, file.old_path = True, _moved_name(reader, rest)
    return True


def _renamed_to(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    file.renames, file.new_path = True, _moved_name(reader, rest)
    return True


def _index(reader: _Reader, file: FilePatch, rest: bytes, _: bytes | None) -> bool:
    found = re.match(rb"[^.\n]{0,64}\.\.([^ \n]{0,64}) (.*)", rest, re.DOTALL)
    if found:
        file.old_mode = _mode(reader, found[2])
    return True


def _said(_reader: _Reader, _file: FilePatch, _rest: bytes, _: bytes | None) -> bool:
    return True


_HEADER_LINES = (
    (b"--- ", _old_name),
    (b"+++ ", _new_name),
    (b"old mode ", _old_mode),
    (b"new mode ", _new_mode),
    (b"deleted file mode ", _deleted),
    (b"new file mode ", _created),
    (b"copy from ", _copied_from),
    (b"copy to ", _copied_to),
    (b"rename old ", _renamed_from),
    (b"rename new ", _renamed_to),
    (b"rename from ", _renamed_from),
    (b"rename to ", _renamed_to),
    (b"similarity index ", _said),
    (b"dissimilarity index ", _said),
    (b"index ", _index),
)


def _mode(reader: _Reader, rest: bytes) -> int:
    found = re.match(rb"\s*([0-7]+)[ \t\r\n]", rest)
    if not found:
        raise reader.corrupt("a file mode cannot be read")
    return int(found[1], 8)


def _plain_header(reader: _Reader, file: FilePatch) -> None:
    """Read a header of ``diff -u``: two names, each perhaps with a time."""
    old, new = reader.peek()[4:], reader.peek(1)[4:]
    file.line = reader.at + 1
    if not reader.strip_known:
        strips = _guess_strip(old), _guess_strip(new)
        if strips in ((0, 0), (None, 0)):
            reader.strip, reader.strip_known = 0, True
    name: bytes | None
    if is_null(old):
        file.creates, file.deletes = True, False
        name = file.new_path = plain_name(new, reader.strip)
    elif is_null(new):
        file.creates, file.deletes = False, True
        name = file.old_path = plain_name(old, reader.strip)
    else:
        name = plain_name(new, reader.strip, plain_name(old, reader.strip))
        if is_epoch(old):
            file.creates, file.deletes, file.new_path = True, False, name
        elif is_epoch(new):
            file.creates, file.deletes, file.old_path = False, True, name
        else:
            file.old_path = file.new_path = name
    if name is None:
        raise reader.corrupt("the header does not name its file")
    reader.at += 2


def _guess_strip(rest: bytes) -> int | None:
    """0 where a name has no folder; None where nothing can be told."""
    if is_null(rest):
        return None
    name = plain_name(rest, 0)
    return 0 if name is not None and b"/" not in name else None


def _notice_prefix(reader: _Reader, line: bytes) -> None:
    """Remember a git header whose names begin with none of the prefixes that git writes."""
    first = line[len(b"diff --git ") :].lstrip(b'"')
    if b"/" in first and not re.match(rb"[abciow12]/", first):
        reader.unprefixed = True


def _moved_name(reader: _Reader, rest: bytes) -> bytes | None:
    """The name of a rename or copy line, which has no ``a/`` in front."""
    return name_in(rest, max(reader.strip - 1, 0), tab_ends=False)


# Bodies


def _read_hunks(reader: _Reader, file: FilePatch) -> None:
    """Read the hunks that follow a header, by the line counts that they declare."""
    old_total = new_total = 0
    while reader.peek().startswith(b"@@ -"):
        hunk, old, new = _read_hunk(reader, file)
        file.hunks.append(hunk)
        old_total += old
        new_total += new
    if file.creates is None and (old_total or len(file.hunks) > 1):
        file.creates = False
    if file.deletes is None and (new_total or len(file.hunks) > 1):
        file.deletes = False
    if file.creates and old_total:
        raise reader.corrupt(f"{shown(file.name)} is said to be new and has old lines")
    if file.deletes and new_total:
        raise reader.corrupt(f"{shown(file.name)} is said to be deleted and has new lines")


def _read_hunk(reader: _Reader, file: FilePatch) -> tuple[Hunk, int, int]:
    """A hunk, and how many old and new lines it declares."""
    start, lines = reader.at, reader.lines
    header = _HUNK.match(lines[start])
    if header is None or not lines[start].endswith(b"\n"):
        raise reader.corrupt(f"the header of a hunk of {shown(file.name)} cannot be read")
    old = old_count = int(header[2]) if header[2] is not None else 1
    new = new_count = int(header[4]) if header[4] is not None else 1
    at = start + 1
    changed = context_last = False
    while old or new:
        line = lines[at] if at < len(lines) else b""
        sign = line[:1]
        if not line.endswith(b"\n") or sign not in (b" ", b"-", b"+", b"\\", b"\n"):
            break
        if sign == b"\\":
            if len(line) < 12 or line[1:2] != b" ":
                break
        elif sign == b"+":
            new, changed, context_last = new - 1, True, False
        elif sign == b"-":
            old, changed, context_last = old - 1, True, False
        else:
            old, new, context_last = old - 1, new - 1, True
        if old < 0 or new < 0:
            break
        at += 1
    if old or new or not changed:
        reader.at = at
        raise reader.corrupt(f"hunk {len(file.hunks) + 1} of {shown(file.name)} is not as long as it says")
    if at < len(lines) and lines[at].startswith(b"\\ ") and len(b"".join(lines[at : at + 13])) > 12:
        at += 1
    reader.at = at
    return Hunk(start + 1, int(header[1]), int(header[3]), range(start + 1, at), not context_last), old_count, new_count


_BINARY_SAID = regex(rb"(?:Binary files |Files ).* differ\n", re.DOTALL)


def _read_binary(reader: _Reader, file: FilePatch) -> None:
    """Pass over what stands for the content of a binary file."""
    line = reader.peek()
    if line == b"GIT binary patch\n":
        file.binary = "data"
        reader.at += 1
        for _ in range(2):
            if reader.peek().startswith((b"literal ", b"delta ")):
                while reader.peek() not in (b"", b"\n"):
                    reader.at += 1
                reader.at += 1
    elif _BINARY_SAID.fullmatch(line):
        file.binary = "absent"
        reader.at += 1
