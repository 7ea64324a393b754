"""The files that a run is made of: where they may lie, how much of them is read, and the key that they give."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec

from verifier import VERSION
from verifier.batch.nouns import SCHEMA_VERSION, BatchError, Settings, Work

LARGEST = 64_000_000  # bytes of a patch, a record or a report
LARGEST_LOG = 4_000_000  # bytes of a log that are kept, half of them from its end
MOST_FILES = 20_000  # of a project's folder that its digest looks at
PARTS = ("patch", "record", "results", "log", "setup_log", "trajectory")
SKIPPED = {".git", "node_modules", "__pycache__", ".venv", "venv"}


def inside(root: Path, given: str) -> Path:
    """A path that a manifest names: below a folder that it may not leave, or an absolute one, as it stands.

    Raises:
        BatchError: it leads out of the folder, by ``..`` or through a link, or is not there.
    """
    if "\0" in given or not given:
        raise BatchError("A path is empty or holds a zero byte.")
    place = root / given
    try:
        whole = Path(os.path.realpath(place))
        if not Path(given).is_absolute() and not whole.is_relative_to(os.path.realpath(root)):
            raise BatchError(f"`{given}` leads out of {root}.")
        if not whole.exists():
            raise BatchError(f"There is no `{given}` in {root}.")
    except OSError as error:
        raise BatchError(f"`{given[:200]}` cannot be read: {error.strerror or error}.") from error
    return whole


def bounded(path: str, limit: int) -> tuple[bytes, int]:
    """The beginning and the end of a file, at most ``limit`` bytes, and how large it is.

    Raises:
        BatchError: it cannot be read, or is no ordinary file.
    """
    try:
        with open(path, "rb", opener=at_once) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise BatchError(f"{path} is no ordinary file.")
            if found.st_size <= limit:
                return file.read(limit), found.st_size
            head = file.read(limit // 2)
            file.seek(-(limit // 2), os.SEEK_END)
            return head + b"\n[...]\n" + file.read(limit // 2), found.st_size
    except OSError as error:
        raise BatchError(f"{path} cannot be read: {error.strerror or error}.") from error


def at_once(path: str, flags: int) -> int:
    """Open a file without waiting: a pipe may have no other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def key_of(work: Work, settings: Settings) -> str:
    """What a run's result depends on, as one word: the parts as far as they are read, the tool, the options.

    Where the files lie is no part of it.
    """
    made = blake2b(digest_size=16)
    said = (work.run, work.source, work.runtime, work.agent, work.model, work.task, work.date, work.number)
    asked = (settings.code, settings.select, settings.ignore, settings.classify)
    made.update(msgspec.json.encode((SCHEMA_VERSION, VERSION, said, asked, work.labels, work.fault)))
    for part in PARTS:
        path = getattr(work, part)
        if path is None:
            continue
        text, size = content(path, LARGEST)
        made.update(f"\0{part}\0{size}\0".encode())
        made.update(text)
    if work.project is not None:
        for name, digest in folder_digests(Path(work.project)):
            made.update(name.encode("utf-8", "surrogateescape") + b"\0" + digest)
    return made.hexdigest()


def content(path: str, limit: int) -> tuple[bytes, int]:
    """A file as far as it is read; one that cannot be is its reason."""
    try:
        return bounded(path, limit)
    except BatchError as error:
        return str(error).encode("utf-8", "backslashreplace"), -1


def folder_digests(root: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a project, by name below it, each with its digest."""
    count = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(files):
            count += 1
            if count > MOST_FILES:
                return
            path = Path(folder, name)
            text, size = content(str(path), LARGEST_LOG)
            yield path.relative_to(root).as_posix(), blake2b(text, digest_size=16).digest() + str(size).encode()


def options_digest(contract: Path | None, packs: tuple[Path, ...]) -> str:
    """What tells one state of Buttress's own code from another, and of the contract and the packs that it is given.

    Raises:
        BatchError: the contract cannot be read.
    """
    from verifier.packs import shipped

    made = blake2b(digest_size=8)
    for root in (Path(__file__).parent.parent, shipped("rules"), *packs):
        for path in sorted(root.rglob("*.py")):
            made.update(path.relative_to(root).as_posix().encode("utf-8", "surrogateescape") + b"\0")
            made.update(path.read_bytes())
    if contract is not None:
        made.update(bounded(str(contract), LARGEST)[0])
    return made.hexdigest()
