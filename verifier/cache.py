"""Facts of files, kept by content, so that an unchanged file is not parsed again.

The cache lies in the user's own cache folder, never in the checked project: what lies there was written by whoever
wrote the project. Entries are MessagePack, decoded into the types of ``verifier.model``; anything else is a miss.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec

from verifier import VERSION
from verifier.model import FileFacts, SourceFile

FORMAT = 1
MOST_ENTRIES = 200_000


def default_directory() -> Path:
    """Where caches of this user belong."""
    given = os.environ.get("BUTTRESS_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "buttress" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "buttress"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "buttress"


class Cache:
    """A cache in one SQLite file. Where it cannot be used, it is silently empty."""

    def __init__(self, directory: Path) -> None:
        self.decoder = msgspec.msgpack.Decoder(FileFacts)
        self.encoder = msgspec.msgpack.Encoder()
        self.connection: sqlite3.Connection | None = None
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(directory / f"facts-{FORMAT}.sqlite", timeout=2)
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=OFF")
            self.connection.execute("CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        except (OSError, sqlite3.Error):
            self.close()

    def load(self, sources: Iterable[SourceFile]) -> dict[str, FileFacts]:
        """The facts of those files that are known."""
        found: dict[str, FileFacts] = {}
        if self.connection is None:
            return found
        try:
            for source in sources:
                row = self.connection.execute("SELECT value FROM facts WHERE key = ?", (key(source),)).fetchone()
                if row is not None:
                    try:
                        found[source.path] = self.decoder.decode(row[0])
                    except (msgspec.DecodeError, UnicodeError):
                        continue
        except sqlite3.Error:
            self.close()
        return found

    def store(self, sources: Iterable[SourceFile], facts: Iterable[FileFacts]) -> None:
        """Keep the facts of files."""
        if self.connection is None:
            return
        rows: list[tuple[bytes, bytes]] = []
        for source, made in zip(sources, facts, strict=True):
            try:
                rows.append((key(source), self.encoder.encode(made)))
            except (UnicodeError, msgspec.EncodeError):  # a path that is no Unicode
                continue
        try:
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
                (count,) = self.connection.execute("SELECT count(*) FROM facts").fetchone()
                if count > MOST_ENTRIES:
                    self.connection.execute("DELETE FROM facts")
        except sqlite3.Error:
            self.close()

    def close(self) -> None:
        """Give the file back."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@cache
def program() -> str:
    """What tells this program from another of its version, such as the next commit of a checkout."""
    here = Path(__file__).parent
    files = [here / "model.py", *sorted((here / "parse").glob("*.py")), *sorted((here / "extract").glob("*.py"))]
    return "\0".join(f"{file.stat().st_size}-{file.stat().st_mtime_ns}" for file in files)


def key(source: SourceFile) -> bytes:
    """What the facts of a file depend on: this program's version, the path and the content."""
    made = blake2b(f"{VERSION}\0{FORMAT}\0{program()}\0{source.language}\0".encode(), digest_size=20)
    made.update(source.path.encode("utf-8", "surrogateescape"))
    made.update(b"\0")
    made.update(source.data)
    return made.digest()
