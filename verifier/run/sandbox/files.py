"""Copies a project into its sandbox, counts what a folder takes, and removes it. Standard library only."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path


def copy(source: Path, target: Path, skip: Collection[str], owner: tuple[int, int] | None) -> None:
    """Copy a folder's content into another folder that exists.

    Links are copied as links, and never followed; sockets, pipes and devices are left out.

    Args:
        skip: paths below the source, with ``/``, that are left out with everything below them.
        owner: the user and group to give everything to; None to leave it with this process's own.

    Raises:
        OSError: something cannot be read, or does not fit.
    """
    waiting = [(source, target, "")]
    while waiting:
        folder, into, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                if name in skip:
                    continue
                place = into / entry.name
                if entry.is_symlink():
                    place.symlink_to(Path(entry.path).readlink())
                elif entry.is_dir():
                    place.mkdir(exist_ok=True)
                    place.chmod(stat.S_IMODE(entry.stat().st_mode) | 0o700)
                    waiting.append((Path(entry.path), place, name + "/"))
                elif entry.is_file():
                    _copy_file(entry.path, place)
                else:
                    continue
                if owner is not None:
                    os.chown(place, *owner, follow_symlinks=False)
    if owner is not None:
        os.chown(target, *owner)


def _copy_file(source: str, target: Path) -> None:
    taken = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        about = os.fstat(taken)
        made = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            while data := os.read(taken, 1 << 20):
                view = memoryview(data)
                while view:
                    view = view[os.write(made, view) :]
            os.fchmod(made, stat.S_IMODE(about.st_mode) & 0o777 | 0o600)
            os.utime(made, ns=(about.st_atime_ns, about.st_mtime_ns))
        finally:
            os.close(made)
    finally:
        os.close(taken)


def taken(folder: Path, most: int) -> tuple[int, int]:
    """How many bytes of disk, and how many entries, a folder holds; counting ends beyond that many bytes."""
    total = count = 0
    for size in _sizes(folder):
        total += size
        count += 1
        if total > most:
            break
    return total, count


def _sizes(folder: Path) -> Iterator[int]:
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    try:
                        yield entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                    except FileNotFoundError:  # it was deleted meanwhile
                        continue
        except OSError:
            continue


def remove(folder: Path) -> None:
    """Remove a folder that the project wrote in, whatever it made of the permissions there."""
    import shutil

    waiting = [folder]
    while waiting:
        place = waiting.pop()
        with contextlib.suppress(OSError):
            place.chmod(0o700)
            with os.scandir(place) as entries:
                waiting += [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    shutil.rmtree(folder, ignore_errors=True)
