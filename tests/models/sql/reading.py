"""What both differential tests share."""

from __future__ import annotations

from verifier.datamodel import Table
from verifier.ddl.statements import apply_text
from verifier.ddl.tables import Database, Schema
from verifier.model import SourceFile


def read(text: str, database: Database) -> tuple[Schema, list[Table]]:
    """The tables that a script leaves behind."""
    schema = Schema(database)
    source = SourceFile("schema.sql", text.encode())

    def place(start: int, end: int):  # type: ignore[no-untyped-def]
        return source.span(len(text[:start].encode()), len(text[:end].encode()))

    apply_text(schema, text, place)
    return schema, list(schema.result("ddl"))


def squeezed(text: str) -> str:
    """A default without the blanks and parentheses that do not matter."""
    found = "".join(text.split())
    while found.startswith("(") and found.endswith(")"):
        found = found[1:-1]
    return found
