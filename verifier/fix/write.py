"""Changed files -> disk, or a unified diff for a reader and for ``git apply``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from verifier.model import SourceFile

MARK = b"\xef\xbb\xbf"  # of UTF-8, which is not part of the text that is read


class WriteError(Exception):
    """A file cannot be written; the text is one sentence for the user."""


def write_files(root: Path, files: Mapping[str, tuple[SourceFile | None, SourceFile]]) -> None:
    """Write files back, each whole or not at all. Nothing is written where one of them is not as it was read.

    Raises:
        WriteError: a file has changed since, is written in another encoding, or cannot be written.
    """
    marks = {path: mark_of(root, path, before) for path, (before, _) in files.items()}
    for path, (_, after) in files.items():
        put(root / path, marks[path] + after.data)


def mark_of(root: Path, path: str, before: SourceFile | None) -> bytes:
    """The byte order mark of a file that is as it was read.

    Raises:
        WriteError: it is not.
    """
    target = root / path
    try:
        if target.is_symlink():
            raise WriteError(f"{path} is a symbolic link; nothing was written.")
        data = target.read_bytes()
    except OSError as error:
        raise WriteError(f"{path} cannot be read again ({error.strerror}); nothing was written.") from error
    expected = before.data if before is not None else b""
    mark = MARK if data.startswith(MARK) else b""
    if data != mark + expected:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            raise WriteError(f"{path} is not written in UTF-8; nothing was written.") from None
        raise WriteError(f"{path} has changed while it was checked; nothing was written.")
    return mark


def put(target: Path, data: bytes) -> None:
    """Put a file in the place of another one, with its permissions.

    Raises:
        WriteError: the system does not let it.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".buttress-", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(target, temporary)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise WriteError(f"{target} cannot be written ({error.strerror}).") from error


def diff_text(files: Mapping[str, tuple[SourceFile | None, SourceFile]]) -> str:
    """What would change, as a unified diff."""
    return "".join(line for path, (before, after) in files.items() for line in diff_lines(path, before, after))


def diff_lines(path: str, before: SourceFile | None, after: SourceFile) -> Iterator[str]:
    """The diff of one file, in the form that git reads."""
    import difflib

    old, new = lines(before.text if before is not None else ""), lines(after.text)
    for number, line in enumerate(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")):
        if number < 2 or line.endswith("\n"):
            yield line
        else:
            yield f"{line}\n\\ No newline at end of file\n"


def lines(text: str) -> list[str]:
    """The lines of a text with their ends; only ``\\n`` ends one."""
    return list(whole(text.split("\n")))


def whole(parts: Iterable[str]) -> Iterator[str]:
    """Parts with the ``\\n`` that was between them."""
    waiting: str | None = None
    for part in parts:
        if waiting is not None:
            yield f"{waiting}\n"
        waiting = part
    if waiting:
        yield waiting
