"""What one place of a project declares in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from verifier.api import Dangling, Database, Schema, Span


class Applied(NamedTuple):
    """A text that was applied, from one character to another, with what gives places in its file."""

    text: str
    place: Callable[[int, int], Span]
    start: int
    end: int


class History:
    """A schema file, a folder of migrations, or the texts of a program file.

    Attributes:
        schema: the state that it leaves behind.
        certain: the database whose driver it is handed to; None where there may be several.
        handed: whether the program itself hands it to the driver.
        migrations: whether it is a folder of migrations.
        early: foreign keys to tables that the same text, or a later migration, declares only afterwards.
        missing: foreign keys to tables that were not declared until the end of their text.
    """

    def __init__(self, schema: Schema, *, certain: Database | None, migrations: bool, path: str) -> None:
        self.schema = schema
        self.certain = certain
        self.migrations = migrations
        self.path = path
        self.handed = True
        self.texts: list[Applied] = []
        self.early: list[Dangling] = []
        self.missing: list[Dangling] = []

    def settle(self) -> None:
        """Tell the foreign keys that were declared too early from those whose tables did not come: a text has ended."""
        for found in self.schema.dangling:
            if self.schema.find(found.target) is not None:
                self.early.append(found)
            elif self.schema.key(found.target) not in self.schema.dropped:
                self.missing.append(found)
        self.schema.dangling.clear()
