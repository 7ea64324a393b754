"""Drizzle: tables that are built in TypeScript, and the relations between them."""

from __future__ import annotations

from verifier.api import Pack

from ._chains import FUNCTIONS, Database
from ._tables import OBJECTS, PACKAGES

PACK = Pack(
    language="javascript",
    packages=PACKAGES,
    orm="drizzle",
    objects=(*OBJECTS, Database),
    functions=FUNCTIONS,
    models="_models:read",
    statements=(
        r"drizzle-orm(?:/[\w/-]+)?\.(?:drizzle\(\)|\w+(?:Database|Transaction))\.(?:\$?with|\$count|execute|select\w*|insert|update|delete)",
        r"drizzle-orm(?:/[\w/-]+)?\.(?:drizzle\(\)|\w+(?:Database|Transaction))\.query\.\w+\.\w+",
        r"drizzle-orm/[\w-]+\.(?:union|unionAll|intersect|except)",
        r"drizzle-orm\.Builder\.\$?\w+",
    ),
    queries="_queries:read_queries",
    promises=(r"drizzle-orm/[\w/-]+\.(?:drizzle\(\)|\w+(?:Database|Transaction))\.query\.\w+\.find(?:Many|First)",),
    marks=(r"\bdb\s*\.(?:select|selectDistinct|insert|update|delete)\(", r"\bdb\s*\.query\.\w+\.find(?:Many|First)\("),
    asks=(
        r"\.(?:select|selectDistinct)\([^()]*\)\s*\.from\(",
        r"\.(?:insert|update|delete)\(\w+\)",
        r"\.query\.\w+\.find(?:Many|First)\(",
    ),
)
