"""Prisma: models of schema files, which generate the client."""

from __future__ import annotations

from verifier.api import Pack

from ._generated import generated

PACK = Pack(
    language="javascript",
    promises=(
        r"@prisma/client\.(?:PrismaClient|Prisma\.TransactionClient)(?:\.\$extends\(\))*\.\w+\."
        r"(?:find|create|update|delete|upsert|count|aggregate|groupBy)\w*",
        r"@prisma/client\.(?:PrismaClient|Prisma\.TransactionClient)(?:\.\$extends\(\))*\.\$(?:query|execute)Raw\w*",
        r"@prisma/client\.PrismaClient(?:\.\$extends\(\))*\.\$transaction",
    ),
    orm="prisma",
    packages=("@prisma/client",),
    models="_models:read",
    generates=generated,
    statements=(r"@prisma/client\.(?:PrismaClient|Prisma\.TransactionClient)(?:\.\$extends\(\))*\.\w+\.\w+",),
    queries="_queries:read_queries",
    marks=(r"\bprisma\.\w+\.(?:find\w+|create|createMany|upsert|update|updateMany|delete|deleteMany|groupBy|count)\(",),
    asks=(
        r"\.(?:findMany|findUnique|findFirst|upsert|createMany|deleteMany|updateMany|aggregate|groupBy)\w*\(",
        r"\.\w+\.(?:create|update|delete|count)\(\s*(?:\{|\))",
    ),
)
