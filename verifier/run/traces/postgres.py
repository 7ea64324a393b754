"""The log of a PostgreSQL server: with the SQLSTATE where Buttress started it, without it as others write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.regex import regex
from verifier.run.record import Range
from verifier.run.traces.nouns import LONGEST_SQL, Error, text

ERROR = regex(
    rb"^\S+ \S+ \S+ \[\d+\] (?:([0-9A-Z]{5}) )?(?:\S+@\S+ )?(?:ERROR|FATAL|PANIC):  (.*)$"
    rb"((?:\n(?:\S+ \S+ \S+ \[\d+\] (?:[0-9A-Z]{5} )?(?:\S+@\S+ )?"
    rb"(?:DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION):  |\t).*$)*)",
    re.MULTILINE,
)
STATEMENT = regex(rb"STATEMENT:  (.*(?:\n\t.*)*)")


def of_postgres(data: bytes) -> Iterator[Error]:
    """Errors in the log of the database server."""
    for match in ERROR.finditer(data):
        state, message, below = match.groups()
        found = STATEMENT.search(below)
        sql = text(found.group(1)).replace("\n\t", "\n")[:LONGEST_SQL] if found is not None else None
        at = Range("database", match.start(), match.end())
        yield Error("database log", None, text(message), (), text(state) if state else None, at, sql=sql)
