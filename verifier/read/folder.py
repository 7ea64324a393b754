"""A folder on disk, with the changes of a patch over it -> the texts to read, and a count of what was left out.

Nothing outside the folder is read but the .gitignore files between it and the top of its repository. Symbolic links
are never followed. Git is never run, because a repository's own configuration can name programs for it to start; so
files that it tracks although a rule ignores them are left out with the others, but for Python's that a file which is
read imports. A user's global excludes file is not read: the result depends on the project alone.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

from verifier.model import LeftOut, Note, SourceFile
from verifier.read import ignore, kinds, text
from verifier.read.errors import ReadError
from verifier.regex import regex

REGULAR, EXECUTABLE, LINK, SUBMODULE = 0o100644, 0o100755, 0o120000, 0o160000
"""The modes that git knows."""
BEYOND_LINK = 0
"""Stands for the mode of a path that leads through a symbolic link."""

NOTES_PER_REASON = 50
"""So many notes of one kind are kept; the counts are whole."""

_PATCH_LIMIT = 64_000_000
_RULES_LIMIT = 1_000_000
_TALLY_LIMIT = 20_000
_IMPORT = regex(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^()]*)\)|([^\n]*))|import[ \t]+([^\n]*))", re.MULTILINE
)


class Content(Struct, frozen=True):
    """What stands at a path: for a link, its target. Without ``data``, ``missing`` says why."""

    data: bytes | None
    mode: int = REGULAR
    missing: str = ""


Changes: TypeAlias = Mapping[str, Content | None]
"""What a patch makes of paths; None where it takes the file away."""


_ItemKind: TypeAlias = Literal["file", "folder", "link", "submodule", "special"]
_KINDS: Mapping[int, _ItemKind] = {LINK: "link", SUBMODULE: "submodule"}


class _Item(NamedTuple):
    name: str
    kind: _ItemKind
    content: Content | None = None
    """Given by the patch; else it is on disk."""
    on_disk: bool = True


class _Rules(NamedTuple):
    above: str
    """What to put in front of a path below the root, for rules that stand above it."""
    cut: int
    """Characters to cut from it, for rules that stand below."""
    verdict: ignore.Verdict


class _Folder(NamedTuple):
    path: str
    on_disk: bool
    beside: frozenset[str]
    rules: tuple[_Rules, ...]
    """Innermost first."""


_Overlay: TypeAlias = Mapping[str, Mapping[str, "_Item | None"]]
"""Folder to what a patch puts there; None where it takes away."""


class Gathered(Struct):
    """What the walk collects."""

    files: dict[str, SourceFile] = field(default_factory=dict)
    others: dict[str, SourceFile] = field(default_factory=dict)
    locks: dict[str, SourceFile] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    ignoring: dict[str, bytes] = field(default_factory=dict)
    total: int = 0

    def note(self, path: str, reason: str, kind: str = "") -> None:
        """Keep a note, unless there are many of its kind already."""
        self.noted[kind or reason] += 1
        if self.noted[kind or reason] <= NOTES_PER_REASON:
            self.notes.append(Note(path, reason))

    def left_out(self) -> LeftOut:
        """The counts and notes, sorted."""
        return LeftOut(dict(sorted(self.counts.items())), tuple(sorted(self.notes, key=lambda n: (n.path, n.reason))))


def gather(root: Path | None, changes: Changes, *, exclude: Sequence[str], respect_gitignore: bool) -> Gathered:
    """Walk the folder (none for a patch alone) in a fixed order and read what later stages want.

    Raises:
        ReadError: the folder itself cannot be listed.
    """
    found = Gathered()
    excluded = ignore.patterns(exclude) if exclude else None
    overlay = _overlay(changes)
    above = _rules_above(root) if root is not None and respect_gitignore else ()
    pending = [_Folder("", root is not None, frozenset(), above)]
    passed: dict[str, _Folder | None] = {}
    while pending or (passed and (pending := _imported(root, passed, found))):
        folder = pending.pop()
        items = _listing(root, folder, overlay, found)
        inside = frozenset(item.name for item in items)
        if folder.path and (reason := kinds.folder_of_output(_name(folder.path), folder.beside, inside)) is not None:
            found.counts[reason] += 1
            if reason == kinds.BUILD_OUTPUT:
                _tally(root, folder, overlay, found)
            continue
        rules = folder.rules
        if respect_gitignore and folder.on_disk and ".gitignore" in inside:
            own = _own_rules(root, folder.path, next(item for item in items if item.name == ".gitignore"), found)
            rules = (*own, *rules)
        below: list[_Folder] = []
        for item in items:
            path = f"{folder.path}/{item.name}" if folder.path else item.name
            if excluded is not None and excluded(path, item.kind == "folder"):
                found.counts["excluded"] += 1
            elif item.kind == "folder":
                if (reason := kinds.folder_never_read(item.name)) is not None:
                    found.counts[reason] += 1
                elif not item.on_disk or not _ignored(path, rules, folder=True):
                    below.append(_Folder(path, item.on_disk, inside, rules))
                else:
                    found.counts[kinds.IGNORED] += 1
                    if path in overlay:
                        below.append(_Folder(path, False, inside, rules))
                    else:
                        passed[path] = _Folder(path, item.on_disk, inside, ())
            elif item.kind == "file":
                found.paths.add(path)
                if item.content is None and _ignored(path, rules, folder=False):
                    found.counts[kinds.IGNORED] += 1
                    if path.endswith(".py"):
                        passed[path] = None
                elif (kind := kinds.kind_of(path)) is not None:
                    _read(root, path, kind, item.content, found)
            else:
                reason = {"link": "symbolic link", "submodule": "submodule"}.get(item.kind, "special file")
                found.counts[reason] += 1
                if kinds.kind_of(path) is not None:
                    found.note(path, f"a {reason} is not followed")
        pending.extend(reversed(below))
    return found


def _imported(root: Path | None, passed: dict[str, _Folder | None], found: Gathered) -> list[_Folder]:
    """Take out of what was passed over, since a rule ignores it, the Python that a file which is read imports.

    Files are read at once; folders, in which something of Python lies, are given back.
    """
    names = {_name(path).removesuffix(".py") for path in passed}
    words: set[str] = set()
    for source in found.files.values() if names else ():
        if source.language == "python":
            words |= names & _modules_in(source.data)
    folders: list[_Folder] = []
    for path, folder in list(passed.items()):
        if _name(path).removesuffix(".py") not in words:
            continue
        del passed[path]
        if folder is None:
            _read(root, path, "source", None, found)
        elif any(item.name.endswith(".py") for item in _listing(root, folder, {}, found)):
            folders.append(folder)
        else:
            continue
        found.counts[kinds.IGNORED] -= 1
    found.counts += Counter()  # without what is none now
    return folders


def _modules_in(data: bytes) -> set[str]:
    """The words of all modules that a file of Python imports, and of all names that it imports from packages."""
    found: set[str] = set()
    for module, inner, names, plain in _IMPORT.findall(data):
        found.update(re.findall(r"\w+", b" ".join((module, inner, names, plain)).decode("utf-8", "replace")))
    return found


def load(path: str | Path, limit: int) -> Content:
    """A regular file, without its bytes where there are more than ``limit``. Links are not followed.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        mode = EXECUTABLE if status.st_mode & 0o100 else REGULAR
        data = file.read(limit + 1) if status.st_size <= limit else None
        if data is None or len(data) > limit:
            return Content(None, mode, kinds.TOO_LARGE)
        return Content(data, mode)


def at(root: Path | None, path: str) -> Content | None:
    """What stands at a path of the folder, for a patch to change; None for nothing. A folder counts as a submodule.

    Raises:
        ReadError: it cannot be read.
    """
    if root is None:
        return None
    place = str(root)
    *folders, name = path.split("/")
    try:
        for folder in folders:
            place = f"{place}/{folder}"
            if stat.S_ISLNK(os.lstat(place).st_mode):
                return Content(None, BEYOND_LINK, "it lies beyond a symbolic link")
        place = f"{place}/{name}"
        mode = os.lstat(place).st_mode
        if stat.S_ISLNK(mode):
            return Content(os.fsencode(Path(place).readlink()), LINK)
        if stat.S_ISDIR(mode):
            return Content(None, SUBMODULE, "it is a folder")
        return load(place, _PATCH_LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ReadError(f"The patch does not apply: {path} cannot be read ({reason_of(error)}).") from None


def files_below(root: Path | None, folder: str) -> Iterator[str]:
    """All that is no folder, at any depth below a folder of the root."""
    for parent, folders, files in os.walk(f"{root}/{folder}") if root is not None else ():
        below = parent[len(str(root)) + 1 :].replace(os.sep, "/")
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (f"{below}/{name}" for name in [*files, *links])


def reason_of(error: Exception) -> str:
    """What the system says of a failure, in its own words."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def admit(path: str, kind: kinds.Kind, content: Content, found: Gathered) -> None:
    """Take what stands at a path into what was gathered, or count why not."""
    data, language = content.data, kinds.language_of(path)
    if kind == "source" and language is None:
        language = kinds.language_of_script(data) if data is not None else None
        if language is None:
            return  # some other program
    reason: str | None = content.missing
    if data is not None:
        if len(data) > kinds.limit_of(path, kind):
            reason = kinds.TOO_LARGE
        elif text.is_binary(data):
            reason = "binary"
        elif found.total + len(data) > kinds.TOTAL_LIMIT:
            reason = "over the limit of all files together"
        else:
            reason = kinds.built(path, data) if language in ("javascript", "typescript", "tsx") else None
    if data is None or reason is not None:
        found.counts[reason or "binary"] += 1
        if kind == "source":
            found.note(path, f"not read: {reason}")
        return
    utf8, note = text.to_utf8(data, language)
    if note is not None:
        found.note(path, note)
    found.total += len(utf8)
    into = found.files if kind == "source" else found.others if kind == "other" else found.locks
    into[path] = SourceFile(path, utf8, language, content.mode == EXECUTABLE)


def _read(root: Path | None, path: str, kind: kinds.Kind, content: Content | None, found: Gathered) -> None:
    if content is None:
        assert root is not None, "without a folder every file comes from the patch"
        try:
            content = load(f"{root}/{path}", kinds.limit_of(path, kind))
        except OSError as error:
            found.counts["unreadable"] += 1
            found.note(path, f"cannot be read ({reason_of(error)})")
            return
    admit(path, kind, content, found)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _overlay(changes: Changes) -> dict[str, dict[str, _Item | None]]:
    overlay: dict[str, dict[str, _Item | None]] = {}
    for path, content in changes.items():
        folder, _, name = path.rpartition("/")
        item: _Item | None = None
        if content is not None:
            item = _Item(name, _KINDS.get(content.mode, "file"), content, on_disk=False)
        overlay.setdefault(folder, {})[name] = item
        while item is not None and folder:
            folder, _, name = folder.rpartition("/")
            overlay.setdefault(folder, {})[name] = _Item(name, "folder", None, on_disk=False)
    return overlay


def _listing(root: Path | None, folder: _Folder, overlay: _Overlay, found: Gathered) -> list[_Item]:
    """What lies in a folder, by name: what the patch says of it, else what the disk does."""
    changed = overlay.get(folder.path, {})
    items = {name: item for name, item in changed.items() if item is not None}
    if folder.on_disk:
        assert root is not None, "without a folder nothing is on disk"
        try:
            with os.scandir(f"{root}/{folder.path}") as entries:
                for entry in entries:
                    kind = _kind(entry)
                    over = changed.get(entry.name)
                    if entry.name not in changed or (over is not None and over.kind == kind == "folder"):
                        items[entry.name] = _Item(entry.name, kind)
        except OSError as error:
            if not folder.path:
                raise ReadError(f"{root} cannot be listed ({reason_of(error)}).") from None
            found.counts["unreadable"] += 1
            found.note(folder.path, f"cannot be listed ({reason_of(error)})")
    return [items[name] for name in sorted(items)]


def _kind(entry: os.DirEntry[str]) -> _ItemKind:
    if entry.is_symlink() or getattr(entry, "is_junction", bool)():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "special"


def _tally(root: Path | None, output: _Folder, overlay: _Overlay, found: Gathered) -> None:
    """Note the source files of a folder that is taken for build output: some hands write there."""
    sources, pending = 0, [output]
    seen = 0
    while pending and seen < _TALLY_LIMIT:
        folder = pending.pop()
        for item in _listing(root, folder, overlay, found):
            path = f"{folder.path}/{item.name}"
            seen += 1
            if item.kind == "folder" and kinds.folder_never_read(item.name) is None:
                pending.append(_Folder(path, item.on_disk, frozenset(), ()))
            elif item.kind == "file":
                found.paths.add(path)
                sources += kinds.language_of(path) is not None
    if sources:
        files = f"{'at least ' * bool(pending)}{sources} source file{'s' * (sources > 1)}"
        reason = f"taken for build output by its name, beside a manifest: {files} not read"
        found.note(output.path, reason, kinds.BUILD_OUTPUT)


def _ignored(path: str, rules: tuple[_Rules, ...], *, folder: bool) -> bool:
    """What the innermost .gitignore that speaks of a path says."""
    for above, cut, verdict in rules:
        said = verdict(above + path[cut:], folder)
        if said is not None:
            return said
    return False


def _own_rules(root: Path | None, folder: str, item: _Item, found: Gathered) -> tuple[_Rules, ...]:
    """The rules of a folder's own .gitignore; git does not read one that is a link."""
    if item.kind != "file":
        return ()
    path = f"{folder}/.gitignore" if folder else ".gitignore"
    content = item.content
    if content is None:
        assert root is not None, "without a folder every file comes from the patch"
        try:
            content = load(f"{root}/{path}", _RULES_LIMIT)
        except OSError as error:
            found.note(path, f"cannot be read ({reason_of(error)})")
            return ()
    if content.data is None:
        found.note(path, f"its rules were not read: {content.missing}")
        return ()
    if content.data.count(b"\n") > ignore.MOST_RULES:
        found.note(path, f"only its first {ignore.MOST_RULES} lines were read")
    found.ignoring[folder] = content.data
    return (_Rules("", len(folder) + 1 if folder else 0, ignore.rules(content.data)),)


def _rules_above(root: Path) -> tuple[_Rules, ...]:
    """The rules of the repository around the root, innermost first; none where they ignore the root itself."""
    real = Path(os.path.realpath(root))
    top = next((folder for folder in (real, *real.parents) if os.path.lexists(folder / ".git")), None)
    if top is None:
        return ()
    parts = real.relative_to(top).parts
    rules: list[_Rules] = []
    for depth in range(len(parts) - 1, -1, -1):
        rules.extend(_rules_of(top.joinpath(*parts[:depth], ".gitignore"), parts[depth:]))
    rules.extend(_rules_of(top / ".git" / "info" / "exclude", parts))
    for depth in range(1, len(parts) + 1):
        on_the_way = [rule._replace(above=_up(rule.above, len(parts) - depth)) for rule in rules]
        if _ignored("", tuple(rule for rule in on_the_way if rule.above), folder=True):
            return ()
    return tuple(rules)


def _up(above: str, levels: int) -> str:
    """A path without its last slash and some of its last parts."""
    parts = above.rstrip("/").split("/")
    return "/".join(parts[: max(0, len(parts) - levels)])


def _rules_of(path: Path, below: tuple[str, ...]) -> list[_Rules]:
    try:
        content = load(path, _RULES_LIMIT)
    except OSError:
        return []
    above = "".join(f"{part}/" for part in below)
    return [_Rules(above, 0, ignore.rules(content.data))] if content.data is not None else []
