"""A parsed patch and what it finds -> the files it makes, by the rules of ``git apply`` with its default options.

Hunks may stand elsewhere than they say, their context must match exactly; one that changes the first line or has no
context after its last change must match at that end of the file. Files of one patch may depend on each other as they
do in git: a copy or rename takes the file as it was, everything else what the patch made of it before. Not done, as it
needs git's own settings: conversion of line ends by .gitattributes or ``core.autocrlf``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Struct

from verifier.model import Note
from verifier.read import kinds
from verifier.read.errors import ReadError
from verifier.read.folder import BEYOND_LINK, EXECUTABLE, LINK, REGULAR, SUBMODULE, Content
from verifier.read.patch import FilePatch, Hunk, Patch, shown


class Base(NamedTuple):
    """What a patch finds before it: what stands at a path, and the files at any depth below a folder."""

    content: Callable[[str], Content | None]
    files_below: Callable[[str], Iterable[str]]


_SEARCH_LIMIT = 20_000_000
"""Lines that may be compared to find where displaced hunks stand, all together."""

_TYPE = 0o170000
_GONE, _GOING = "gone", "going"


class _Made(Struct):
    """A file that the patch has made, before anything is written."""

    mode: int
    data: bytes | None
    missing: str = ""


class _State(Struct):
    patch: Patch
    base: Base
    made: dict[bytes, _Made | str]
    """By path; ``gone`` for a file that was deleted or renamed, ``going`` for one that a later part takes away."""
    links_made: frozenset[bytes]
    links_gone: frozenset[bytes]
    notes: list[Note] = []
    steps: int = 0


def apply(patch: Patch, base: Base) -> tuple[dict[str, Content | None], list[Note]]:
    """What the patch makes of each path (None where it takes the file away), and what a reader should know.

    Raises:
        ReadError: git would not apply the patch.
    """
    links_made = frozenset(f.new_path for f in patch.files if f.new_path and f.new_mode & _TYPE == LINK)
    moved = (f for f in patch.files if f.deletes or f.renames)
    links_gone = frozenset(f.old_path for f in moved if f.old_path and f.old_mode & _TYPE == LINK)
    state = _State(patch, base, {}, links_made, links_gone)
    for file in patch.files:
        if file.new_path is None or file.renames:
            state.made[file.old_path or b""] = _GOING
    results = [_apply_file(state, file) for file in patch.files]
    changes: dict[str, Content | None] = {}
    for file in patch.files:
        if file.old_path is not None and not file.copies and not file.creates:
            changes[os.fsdecode(file.old_path)] = None
    for file, made in zip(patch.files, results, strict=True):
        if made is not None and file.new_path is not None:
            changes[os.fsdecode(file.new_path)] = Content(made.data, _mode(made.mode), made.missing)
    _check_folders(changes, base)
    if patch.unprefixed:
        state.notes.append(
            Note("", "names in the patch have no a/ and b/ in front; as git apply does, the first folder was taken off")
        )
    return changes, state.notes


def _mode(mode: int) -> int:
    if mode & _TYPE in (LINK, SUBMODULE):
        return mode & _TYPE
    return EXECUTABLE if mode & 0o100 else REGULAR


def _refuse(file: FilePatch, what: str) -> ReadError:
    return ReadError(f"The patch does not apply: {shown(file.name)}, line {file.line} of the patch: {what}.")


def _apply_file(state: _State, file: FilePatch) -> _Made | None:
    """The file that a part of the patch makes; None where it deletes."""
    before = _preimage(state, file)
    if file.new_path is not None and (file.creates or file.renames or file.copies):
        _check_free(state, file, file.new_path)
        if not file.new_mode:
            file.new_mode = REGULAR if file.creates else file.old_mode
    if file.old_path is not None and file.new_path is not None:
        file.new_mode = file.new_mode or file.old_mode
        if (file.old_mode ^ file.new_mode) & _TYPE:
            raise _refuse(file, "a file cannot become a link, or a link a file, in one step")
    _check_paths(file)
    made = _content(state, file, before)
    if file.new_path is not None:
        if not file.deletes:
            _check_links(state, file)
        state.made[file.new_path] = made
    if file.new_path is None or file.renames:
        state.made[file.old_path or b""] = _GONE
    if not file.deletes and made.mode & _TYPE == LINK and not made.data:
        raise _refuse(file, "a link must point somewhere")
    if file.deletes:
        if made.data:
            raise _refuse(file, "the file has lines that the patch does not delete")
        return None
    return made


def _preimage(state: _State, file: FilePatch) -> _Made | None:
    """What the part finds at its old path; it settles what the header left open."""
    path = file.old_path
    if path is None:
        return None
    earlier = state.made.get(path) if not (file.copies or file.renames) else None
    if earlier == _GONE:
        raise _refuse(file, "an earlier part of the patch took this file away")
    found: _Made | None = None
    if isinstance(earlier, _Made):
        found = earlier
    elif (content := _look(state, file, path)) is not None:
        if content.mode == BEYOND_LINK:
            raise _refuse(file, "it lies beyond a symbolic link")
        found = _Made(content.mode, content.data, content.missing)
    if found is None:
        if file.creates is None:
            file.creates, file.deletes, file.old_path = True, False, None
            return None
        raise _refuse(file, "there is no such file to change")
    file.creates = bool(file.creates)
    file.old_mode = file.old_mode or found.mode
    if (found.mode ^ file.old_mode) & _TYPE:
        raise _refuse(file, "it is a file in one and a link or folder in the other")
    if not file.new_mode and not file.deletes:
        file.new_mode = found.mode
    return found


def _look(state: _State, file: FilePatch, path: bytes) -> Content | None:
    _check_path(file, path)
    return state.base.content(os.fsdecode(path))


def _check_free(state: _State, file: FilePatch, path: bytes) -> None:
    """Refuse to create a file over another, unless that one goes."""
    other = state.made.get(path)
    if isinstance(other, str):
        return
    there = _look(state, file, path)
    if there is not None and there.mode not in (SUBMODULE, BEYOND_LINK):
        raise _refuse(file, f"{shown(path)} exists already")


def _check_paths(file: FilePatch) -> None:
    for path in (file.old_path if not (file.creates or file.copies) else None, file.new_path):
        if path is not None:
            _check_path(file, path)


def _check_path(file: FilePatch, path: bytes) -> None:
    """Refuse a path that leaves the folder or reaches into a repository's own files."""
    parts = path.split(b"/")
    if b"\0" in path or any(part in (b"", b".", b"..") or _is_dotgit(part) for part in parts):
        raise ReadError(
            f"The patch does not apply: line {file.line} of the patch names {shown(path)}, "
            "which is not a path inside the project."
        )


def _is_dotgit(part: bytes) -> bool:
    """Whether a name is ``.git`` on any file system, as git judges it."""
    name = part.lower().split(b":", 1)[0].rstrip(b" .")
    return name in (b".git", b"git~1")


def _check_links(state: _State, file: FilePatch) -> None:
    """Refuse to write beyond a link that stands there or that the patch itself makes."""
    assert file.new_path is not None
    parts = file.new_path.split(b"/")
    for depth in range(1, len(parts)):
        folder = b"/".join(parts[:depth])
        if folder in state.links_gone and folder not in state.links_made:
            continue
        there = state.base.content(os.fsdecode(folder))
        if folder in state.links_made or (there is not None and there.mode == LINK):
            raise _refuse(file, f"{shown(folder)} is a symbolic link")


def _check_folders(changes: dict[str, Content | None], base: Base) -> None:
    """Refuse a file where a folder is, and a folder where a file is."""
    folders: set[str] = set()
    for path, content in changes.items():
        folder = path.rpartition("/")[0] if content is not None else ""
        while folder and folder not in folders:
            folders.add(folder)
            there = changes[folder] if folder in changes else base.content(folder)
            if there is not None and there.mode != SUBMODULE:
                raise ReadError(f"The patch does not apply: {folder} would be a file and a folder.")
            folder = folder.rpartition("/")[0]
    for path, content in changes.items():
        if content is not None and content.mode != SUBMODULE:
            there = base.content(path) if path not in folders else None
            stays = there is not None and there.mode == SUBMODULE and _stays(path, changes, base)
            if path in folders or stays:
                raise ReadError(f"The patch does not apply: {path} would be a file and a folder.")


def _stays(folder: str, changes: dict[str, Content | None], base: Base) -> bool:
    """Whether a folder on disk is still one when the patch has taken its files away."""
    return any(path not in changes for path in base.files_below(folder)) or not any(
        path.startswith(f"{folder}/") for path in changes
    )


# Content


def _content(state: _State, file: FilePatch, before: _Made | None) -> _Made:
    """What the part makes of the file before it."""
    mode = file.new_mode or file.old_mode or REGULAR
    if file.binary:
        if file.binary == "absent":
            reason = "the patch says that it differs and does not say how; git apply would reject the whole patch"
            state.notes.append(Note(os.fsdecode(file.name), reason))
        return _Made(mode, None, "binary")
    if before is not None and before.data is None:
        if before.mode == SUBMODULE or not file.hunks:
            return _Made(mode, None, before.missing)
        state.notes.append(Note(os.fsdecode(file.name), f"not patched: {before.missing or 'its content is not known'}"))
        return _Made(mode, None, before.missing or kinds.TOO_LARGE)
    data = before.data if before is not None and before.data is not None else b""
    if not file.hunks:
        return _Made(mode, data)
    image = _split(data)
    patched = bytearray(len(image))
    for number, hunk in enumerate(file.hunks, 1):
        _apply_hunk(state, file, image, patched, hunk, number)
    return _Made(mode, b"".join(image))


def _split(data: bytes) -> list[bytes]:
    *lines, rest = data.split(b"\n")
    return [line + b"\n" for line in lines] + [rest] * bool(rest)


def _apply_hunk(
    state: _State, file: FilePatch, image: list[bytes], patched: bytearray, hunk: Hunk, number: int
) -> None:
    """Put a hunk into the lines of a file; lines that an earlier hunk made are never matched again."""
    old, new = _sides(state.patch.lines, hunk)
    at = _place(state, image, patched, hunk, old)
    if at is None:
        raise ReadError(
            f"The patch does not apply: {shown(file.name)}, hunk {number} (line {hunk.line} of the patch): "
            f"the lines that it changes are not in the file near line {hunk.old_start}."
        )
    image[at : at + len(old)] = new
    patched[at : at + len(old)] = b"\1" * len(new)


def _sides(lines: list[bytes], hunk: Hunk) -> tuple[list[bytes], list[bytes]]:
    """The lines of a hunk before and after."""
    old: list[bytes] = []
    new: list[bytes] = []
    body = lines[hunk.body.start : hunk.body.stop]
    for line, following in zip(body, [*body[1:], b""], strict=True):
        sign = line[:1]
        if sign == b"\\":
            continue
        text = line if sign == b"\n" else line[1:]
        if following.startswith(b"\\"):
            if sign == b"\n":
                continue
            text = text[:-1]
        if sign != b"+":
            old.append(text)
        if sign != b"-":
            new.append(text)
    return old, new


def _place(state: _State, image: list[bytes], patched: bytearray, hunk: Hunk, old: list[bytes]) -> int | None:
    """The line (from 0) where the old side of a hunk stands: the nearest to where the hunk says, looking down first."""
    last = len(image) - len(old)
    if last < 0:
        return None
    at_start = hunk.old_start <= 1
    if at_start or hunk.at_end:
        at = 0 if at_start else last
        ends = at == last or not hunk.at_end
        return at if ends and _fits(image, patched, old, at, to_end=hunk.at_end) else None
    wanted = min(max(hunk.new_start - 1, 0), len(image))
    for distance in range(max(wanted, last - wanted) + 1):
        for at in (wanted + distance, wanted - distance):
            if 0 <= at <= last and (not old or _same(image[at], old[0])):
                state.steps += len(old)
                if _fits(image, patched, old, at):
                    return at
        state.steps += 1
        if state.steps > _SEARCH_LIMIT:
            raise ReadError("The patch does not apply: its hunks stand too far from where they say.")
    return None


def _same(line: bytes, other: bytes) -> bool:
    """Whether two lines may be one: they are equal, or the one lacks its line feed."""
    return line == other or not other.endswith(b"\n")


def _fits(image: list[bytes], patched: bytearray, old: list[bytes], at: int, *, to_end: bool = False) -> bool:
    """Whether the old side of a hunk stands at a line, and no earlier hunk has made a line of it.

    Git compares lines without their blanks and then all of them as one run of bytes. So a last line without a line
    feed also fits where the file has one, unless the hunk must end with the file.
    """
    end = at + len(old)
    if patched.find(1, at, end) >= 0:
        return False
    there = image[at:end]
    if there == old:
        return True
    if all(line.endswith(b"\n") for line in old):
        return False
    blanks = b" \t\n\r"
    if any(a.translate(None, blanks) != b.translate(None, blanks) for a, b in zip(there, old, strict=True)):
        return False
    run = b"".join(old)
    rest = b"".join(there) if to_end else b"".join(image[at : end + len(run)])
    return rest == run if to_end else rest.startswith(run)
