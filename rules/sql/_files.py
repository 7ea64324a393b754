"""Files of SQL: which are migrations and in what order they are applied, and which are schemas by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from verifier.api import Database, Project, SourceFile, Span, is_test, regex

DECLARES = regex(
    rb"\b(?:create\s+(?:unlogged\s+|virtual\s+|temp\w*\s+)?table|alter\s+table|create\s+(?:unique\s+)?index)\b",
    re.IGNORECASE,
)
LARGEST = 4_000_000  # bytes; a larger file is a dump of data
# What undoes a migration.
UNDOING = regex(
    r"(?:^|[._-])(?:down|undo|rollback|revert)(?:[._-][^/]*)?\.sql$|(?:^|/)U\d[^/]*__[^/]*\.sql$", re.IGNORECASE
)
NUMBERED = regex(r"^[VvR]?(\d+(?:[._]\d+)*)(?=\D|$)")
FOLDERS = frozenset({"migrations", "migration", "migrate", "drizzle", "changes", "deltas", "changesets"})
# Where the part that applies a migration begins and ends, in the words of several tools.
UP = regex(
    r"^[ \t]*--[ \t]*(?:migrate:up|\+goose Up|\+micrate Up|\+migrate Up|Up|rambler up)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
DOWN = regex(
    r"^[ \t]*--[ \t]*(?:migrate:down|\+goose Down|\+micrate Down|\+migrate Down|Down|rambler down|//@UNDO)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


class Part(NamedTuple):
    """A stretch of a file that is applied."""

    source: SourceFile
    start: int
    end: int


class Script(NamedTuple):
    """Files that are applied one after the other: migrations, or one schema."""

    parts: tuple[Part, ...]
    migrations: bool
    database: Database | None  # as a file beside them says


def scripts(project: Project) -> Iterator[Script]:
    """All files of SQL that declare tables."""
    folders: dict[str, list[SourceFile]] = {}
    for path, source in sorted(project.others.items()):
        if path.endswith(".sql") and not is_test(path) and len(source.data) <= LARGEST and not UNDOING.search(path):
            folder, _, name = path.rpartition("/")
            folder = folder.rpartition("/")[0] if name == "migration.sql" else folder
            folders.setdefault(folder, []).append(source)
    for folder, sources in folders.items():
        if not any(DECLARES.search(source.data) for source in sources):
            continue
        ordered = migrations_of(project, folder, sources)
        if ordered is not None:
            yield Script(tuple(map(part_of, ordered)), True, told(project, folder))
            sources = [source for source in sources if source not in ordered]
        for source in sources:
            if DECLARES.search(source.data) and ordered is None:
                yield Script((part_of(source),), False, None)


def migrations_of(project: Project, folder: str, sources: list[SourceFile]) -> list[SourceFile] | None:
    """The migrations of a folder in order; None where it holds none."""
    listed = journal(project, folder)
    if listed is not None:
        by_name = {source.path.rpartition("/")[2].removesuffix(".sql"): source for source in sources}
        return [by_name[name] for name in listed if name in by_name]
    if all(source.path.endswith("/migration.sql") for source in sources):
        return sorted(sources, key=lambda source: source.path)
    numbered = [source for source in sources if NUMBERED.match(source.path.rpartition("/")[2])]
    marked = any(UP.search(source.text[:2000]) for source in sources)
    named = folder.rpartition("/")[2].lower() in FOLDERS
    if not (marked or (numbered and (named or len(numbered) > 1)) or (named and len(sources) > 1)):
        return None
    return sorted(numbered or sources, key=order)


def order(source: SourceFile) -> tuple[tuple[int, ...], str]:
    """Where a migration stands among others: by its number."""
    name = source.path.rpartition("/")[2]
    match = NUMBERED.match(name)
    return tuple(int(number) for number in re.findall(r"\d+", match[1])) if match is not None else (), name


def journal(project: Project, folder: str) -> list[str] | None:
    """The migrations that drizzle-kit's journal lists."""
    import json

    source = project.others.get(f"{folder}/meta/_journal.json" if folder else "meta/_journal.json")
    try:
        entries = json.loads(source.text)["entries"] if source is not None else None
        return [str(entry["tag"]) for entry in entries] if entries is not None else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def told(project: Project, folder: str) -> Database | None:
    """The database that a file beside migrations names."""
    for name, pattern in (
        ("migration_lock.toml", r'provider\s*=\s*"(\w+)"'),
        ("meta/_journal.json", r'"dialect"\s*:\s*"(\w+)"'),
    ):
        source = project.others.get(f"{folder}/{name}" if folder else name)
        match = re.search(pattern, source.text) if source is not None else None
        if match is not None:
            known: dict[str, Database] = {
                "pg": "postgresql",
                "postgresql": "postgresql",
                "sqlite": "sqlite",
                "mysql": "mysql",
            }
            return known.get(match[1].lower())
    return None


def part_of(source: SourceFile) -> Part:
    """What of a file is applied: all, or what stands between two marks."""
    text = source.text
    up = UP.search(text)
    down = DOWN.search(text, up.end() if up is not None else 0)
    start = up.end() if up is not None else 0
    return Part(source, start, down.start() if down is not None else len(text))


def placing(source: SourceFile) -> Callable[[int, int], Span]:
    """Gives the place of what stands between two characters of a file."""
    text = source.text
    if text.isascii():
        return source.span
    offsets = list(accumulate((len(character.encode()) for character in text), initial=0))
    return lambda start, end: source.span(offsets[start], offsets[end])


def texts_of(parts: Iterable[Part]) -> list[str]:
    """The texts that are applied."""
    return [part.source.text[part.start : part.end] for part in parts]
