"""read: a folder, a patch, or a patch on top of a folder -> Project.

Nothing is written, run or imported. What cannot be read is counted with its reason in ``Project.left_out``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from verifier.model import Note, Project, SourceFile
from verifier.read import folder, kinds
from verifier.read.errors import ReadError

__all__ = ["ReadError", "read"]


def read(
    path: Path | None,
    patch: bytes | None = None,
    *,
    exclude: Sequence[str] = (),
    respect_gitignore: bool = True,
    over: Mapping[str, SourceFile] | None = None,
) -> Project:
    """The project in a folder, a single file, or a patch.

    Args:
        path: a folder or a file; None to take the patch alone, whose added files are then the project.
        patch: a unified diff, as bytes. With a folder it is applied on top of it, in memory.
        exclude: globs in the form of .gitignore lines, from the root; what they match is not read.
        respect_gitignore: leave out what the .gitignore files of the project do.
        over: files that are taken for those in the folder.

    Raises:
        ReadError: there is no project to read. The message is one sentence.
    """
    if path is None and patch is None:
        raise ReadError("Name a folder or a patch to read.")
    root = None
    if path is not None:
        if not _is_folder(path):
            if patch is not None:
                raise ReadError(f"{path} is a file; a patch applies on top of a folder.")
            return _single_file(path, (over or {}).get(path.name))
        root = path
    changes: folder.Changes = {}
    notes: list[Note] = []
    if patch is not None:
        from verifier.read.apply import Base, apply
        from verifier.read.patch import parse

        changes, notes = apply(parse(patch), Base(partial(folder.at, root), partial(folder.files_below, root)))
    for file in (over or {}).values():
        changes = {**changes, file.path: folder.Content(file.data, _mode(file))}
    found = folder.gather(root, changes, exclude=exclude, respect_gitignore=respect_gitignore)
    found.notes.extend(notes)
    if not found.files and not any(kinds.is_manifest(other) for other in found.others):
        raise ReadError(_nothing(path, found))
    return _project(root, found)


def _project(root: Path | None, found: folder.Gathered) -> Project:
    from verifier.read.manifests import manifests

    files, others = dict(sorted(found.files.items())), dict(sorted(found.others.items()))
    declared = manifests(root, found)
    return Project(root, files, others, frozenset(found.paths), declared, found.left_out(), found.ignoring)


def _is_folder(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise ReadError(f"There is no {path}.") from None
        raise ReadError(f"{path} cannot be read ({folder.reason_of(error)}).") from None
    if stat.S_ISDIR(mode):
        return True
    if stat.S_ISREG(mode):
        return False
    raise ReadError(f"{path} is neither a folder nor a regular file.")


def _mode(file: SourceFile) -> int:
    return folder.EXECUTABLE if file.executable else folder.REGULAR


def _single_file(path: Path, over: SourceFile | None = None) -> Project:
    kind = kinds.kind_of(path.name)
    if path.suffix in (".patch", ".diff"):
        raise ReadError(f"{path} is a patch; give it with --patch.")
    if kind is None or kind == "lock":
        raise ReadError(f"{path} is not a source file or manifest that Buttress can read.")
    found = folder.Gathered(paths={path.name})
    try:
        content = folder.load(os.path.realpath(path), kinds.limit_of(path.name, kind))
        content = folder.Content(over.data, _mode(over)) if over is not None else content
    except OSError as error:
        raise ReadError(f"{path} cannot be read ({folder.reason_of(error)}).") from None
    folder.admit(path.name, kind, content, found)
    if found.counts:
        raise ReadError(f"{path} is not a file that Buttress can read: {next(iter(found.counts))}.")
    return _project(path.parent, found)


def _nothing(path: Path | None, found: folder.Gathered) -> str:
    """The sentence for an input that holds no project."""
    name = "The patch" if path is None else str(path)
    if not found.paths and not found.counts:
        return f"{name} is an empty folder." if path is not None else "The patch leaves no file."
    left = ", ".join(f"{count} {reason}" for reason, count in sorted(found.counts.items()))
    return (
        f"{name} is not a backend project that Buttress can read: it holds no Python, JavaScript or TypeScript file "
        f"and no manifest{f' (left out: {left})' if left else ''}."
    )
