"""The project as a commit has it, read from git's objects.

The repository is not trusted: its own configuration can name programs (``core.fsmonitor``, filters, ``textconv``, the
transport of a partial clone). So only commands that read objects are run, never one that looks at the working tree or
the index, that shows a difference, or that may fetch; variables that point git elsewhere are taken away.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from verifier.gate.errors import GateError
from verifier.read import kinds

# What of git's variables is the user's own; all others may come from a hook, or point to another repository.
OWN = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
SAFE = (
    "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit",
    "-c", "protocol.allow=never", "-c", "core.attributesFile=/dev/null",
)  # fmt: skip
PATIENCE = 300
AT_ONCE = 64_000_000
# A file that is no source may still be named by one: an environment file, a script.
SMALL = 64_000
MARKER = ".git"


class Entry(NamedTuple):
    """A file of a commit."""

    path: bytes
    mode: int
    object: str
    size: int


class Base(NamedTuple):
    """A commit, and where in it the project lies."""

    repository: Path
    commit: str
    prefix: str
    """The project's folder in the repository, with a slash at its end; empty for the whole."""


def base_of(folder: Path, revision: str) -> Base:
    """The commit from which the change began: the last one that HEAD and a revision have in common.

    Raises:
        GateError: there is none.
    """
    top = top_of(folder)
    real = Path(os.path.realpath(folder))
    if not real.is_relative_to(top):
        raise GateError(f"{folder} is not in the working tree of its repository, which is {top}.")
    prefix = real.relative_to(top).as_posix()
    if "\0" in revision:
        raise GateError("The name of a revision holds no NUL.")
    code, _, _ = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
    if code:
        raise GateError(f"The repository {top} has no commit yet, so there is nothing to compare with.")
    shallow = git(top, "rev-parse", "--is-shallow-repository")[1].strip() == b"true"
    deeper = "; this clone is shallow: fetch more of its history (`git fetch --unshallow`)" if shallow else ""
    code, found, _ = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if code:
        raise GateError(f"The repository {top} knows no commit `{revision}`{deeper}.")
    code, common, _ = git(top, "merge-base", found.decode().strip(), "HEAD")
    commit = common.decode("ascii", "replace").strip()
    if code or not commit:
        raise GateError(f"HEAD and `{revision}` have no commit in common{deeper}.")
    return Base(top, commit, "" if prefix == "." else f"{prefix}/")


def top_of(folder: Path) -> Path:
    """The repository that a folder lies in.

    Raises:
        GateError: none, or one that git refuses.
    """
    code, found, said = git(folder, "rev-parse", "--show-toplevel")
    if not code:
        return Path(os.path.realpath(os.fsdecode(found.removesuffix(b"\n"))))
    if b"dubious ownership" in said:
        raise GateError(
            f"Git does not trust the repository of {folder}, since it belongs to somebody else: "
            f"`git config --global --add safe.directory DIRECTORY` says that you do."
        )
    if b"not a git repository" in said:
        raise GateError(f"{folder} is in no git repository, so there is no change to look at.")
    raise GateError(f"Git cannot read the repository of {folder}: {first_line(said)}.")


def first_line(said: bytes) -> str:
    """What git says first, as the end of a sentence."""
    line = said.decode("utf-8", "replace").strip().partition("\n")[0]
    text = line.removeprefix("fatal: ").removeprefix("error: ").rstrip(".") or "it does not say why"
    return "".join(character if character.isprintable() else "?" for character in text)


def git(folder: Path, *arguments: str, given: bytes | None = None) -> tuple[int, bytes, bytes]:
    """Run git in a folder; its status, what it printed, and its complaints.

    Raises:
        GateError: there is no git, or it does not end.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(OWN)
    } | {
        "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C", "GIT_PAGER": "cat",
    }  # fmt: skip
    try:
        done = subprocess.run(
            ["git", *SAFE, *arguments], cwd=folder, env=environment, input=given if given is not None else b"",
            capture_output=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise GateError("There is no git to read the history with.") from error
    except subprocess.TimeoutExpired as error:
        raise GateError(f"Git did not end within {PATIENCE} seconds.") from error
    except OSError as error:
        raise GateError(f"Git cannot be run: {error.strerror}.") from error
    return done.returncode, done.stdout, done.stderr


def entries_of(base: Base) -> list[Entry]:
    """The files of the commit, of the whole repository.

    Raises:
        GateError: git cannot list them.
    """
    code, listed, said = git(base.repository, "ls-tree", "-r", "-z", "-l", "--full-tree", base.commit)
    if code:
        raise GateError(f"Git cannot list the files of {base.commit[:12]}: {first_line(said)}.")
    entries: list[Entry] = []
    for line in listed.split(b"\0"):
        head, tab, path = line.partition(b"\t")
        if tab:
            mode, _, name, size = head.decode("ascii").split()
            entries.append(Entry(path, int(mode, 8), name, int(size) if size.isdigit() else 0))
    return entries


def contents(base: Base, entries: list[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """The contents of some files.

    Raises:
        GateError: git does not have them.
    """
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += entry.size
        if size > AT_ONCE:
            yield from read_batch(base, batch)
            batch, size = [], 0
    yield from read_batch(base, batch)


def read_batch(base: Base, entries: list[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """The contents of some files, at once."""
    if not entries:
        return
    asked = "".join(f"{entry.object}\n" for entry in entries).encode()
    code, answered, said = git(base.repository, "cat-file", "--batch", given=asked)
    at = 0
    for entry in entries:
        end = answered.find(b"\n", at)
        words = answered[at:end].split() if end >= 0 else []
        if len(words) != 3 or words[1] != b"blob":
            why = first_line(said) if code else "the file is not in this clone"
            raise GateError(f"Git cannot read a file of {base.commit[:12]}: {why}.")
        size = int(words[2])
        yield entry, answered[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


class Tree(NamedTuple):
    """A commit's project, on disk for as long as it is needed.

    Attributes:
        folder: where it lies; None where the commit does not have it.
        modules: folders that are repositories of their own.
        top: the root of the repository.
    """

    folder: Path | None
    modules: tuple[str, ...]
    top: Path


@contextmanager
def checked_out(base: Base, extra: frozenset[str] = frozenset()) -> Iterator[Tree]:
    """The files of a commit in a folder of their own, the rules of .gitignore around them included.

    What no stage reads is there by name and size only. No link is made.

    Args:
        extra: further files to have, by path in the repository.
    """
    wanted: list[Entry] = []
    modules: list[str] = []
    with TemporaryDirectory(prefix="buttress-", ignore_cleanup_errors=True) as made:
        top = Path(os.path.realpath(made)) / (base.repository.name or "repository")
        top.mkdir()
        (top / MARKER).mkdir()  # where rules of .gitignore, and settings, are looked for no further
        for entry in entries_of(base):
            path = os.fsdecode(entry.path)
            inside = path.startswith(base.prefix)
            if not is_plain(path):
                continue
            if entry.mode == 0o160000:
                if inside:
                    modules.append(path.removeprefix(base.prefix))
            elif entry.mode in (0o100644, 0o100755, 0o100664):
                kind = kinds.kind_of(path) if inside else None
                own = (path.rpartition("/")[2] == ".gitignore" and entry.size < SMALL) or path in extra
                limit = kinds.limit_of(path, kind) if kind is not None else SMALL if inside else 0
                if entry.size <= limit or own:
                    wanted.append(entry)
                elif inside:
                    put(top, path, None, entry)
        for entry, data in contents(base, wanted):
            put(top, os.fsdecode(entry.path), data, entry)
        folder = top / base.prefix
        yield Tree(folder if folder.is_dir() else None, tuple(modules), top)


def is_plain(path: str) -> bool:
    """Whether a path stays below its folder, on every system."""
    parts = path.split("/")
    odd = os.sep != "/" and any(character in path for character in "\\:")
    return not odd and all(part not in ("", ".", "..") and part.lower() != ".git" for part in parts)


def put(top: Path, path: str, data: bytes | None, entry: Entry) -> None:
    """Write a file, where its name allows that; without data, a hole of its size."""
    target = top / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            if data is None:
                file.truncate(entry.size)
            else:
                file.write(data)
        if entry.mode == 0o100755:
            target.chmod(0o755)
    except (OSError, ValueError):
        return  # a name that this system does not have, or two that it takes for one


def moves(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> dict[str, str]:
    """The files that have another path now, by their old one: of the same content, or of half the same lines."""
    old = {path: data for path, data in before.items() if path not in now and data.strip()}
    new = {path: data for path, data in now.items() if path not in before and data.strip()}
    found: dict[str, str] = {}
    by_data: dict[bytes, list[str]] = {}
    for path, data in new.items():
        by_data.setdefault(data, []).append(path)
    for path, data in old.items():
        if by_data.get(data):
            same = by_data[data]
            name = path.rpartition("/")[2]
            found[path] = next((other for other in same if other.rpartition("/")[2] == name), same[0])
            same.remove(found[path])
    taken = set(found.values())
    lines = {path: set(data.split(b"\n")) for path, data in new.items() if path not in taken}
    pairs: list[tuple[float, str, str]] = []
    for path, data in old.items() if len(old) * len(lines) <= 250_000 else ():
        if path not in found:
            own = set(data.split(b"\n"))
            for other, others in lines.items():
                if path.rpartition(".")[2] == other.rpartition(".")[2]:
                    alike = len(own & others) / max(len(own), len(others))
                    if alike >= 0.5:
                        pairs.append((-alike, path, other))
    for _, path, other in sorted(pairs):
        if path not in found and other not in taken:
            found[path] = other
            taken.add(other)
    return found
