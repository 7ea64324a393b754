"""Kysely: migrations that build tables by chains of calls, run in the order of their names."""

from __future__ import annotations

from verifier.api import Pack

from ._chains import FUNCTIONS, OBJECTS

PACK = Pack(
    language="javascript",
    promises=(r"kysely\.\w+QueryBuilder\.execute(?:TakeFirst(?:OrThrow)?)?",),
    packages=("kysely",),
    functions=FUNCTIONS,
    objects=OBJECTS,
    models="_migrations:read",
    marks=(r"\bdb\s*\.(?:selectFrom|insertInto|updateTable|deleteFrom|with|withRecursive)\(",),
    statements=(
        r"kysely\.\w+\.(?!fn\b|schema\b)\$?\w+",
        r"kysely\.\w+\.fn(?:\.\w+)?",
        r"kysely\.ExpressionBuilder\(\)",
        r"kysely\.sql(?:\.\w+)?",
        r"kysely/helpers/\w+\.json\w+",
    ),
    queries="_queries:read_queries",
    asks=(r"\.(?:selectFrom|selectNoFrom|insertInto|replaceInto|updateTable|deleteFrom)\(", r"\bsql(?:<[^`]*>)?`"),
)
