"""Database drivers and query builders of both languages: where code sends statements through them."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

from . import _connections as connections
from ._drivers import STATEMENTS
from ._rows import FETCHES, gives
from ._transactions import FUNCTIONS

PYTHON = (
    "execute|executemany|executescript|fetch|fetchrow|fetchval|copy_records_to_table|execute_insert|execute_fetchall"
)
KNEX = (
    "raw|select|insert|from|into|table|with|withRecursive|del|delete|update|where|first|pluck|count|countDistinct|max|min|"
    "sum|avg|batchInsert"
)
KYSELY = "selectFrom|selectNoFrom|insertInto|replaceInto|mergeInto|updateTable|deleteFrom|with|withRecursive"
PRISMA = "find|create|update|delete|upsert|count|aggregate|groupBy"

EXPRESSIONS = tuple(
    (
        "sqlite3 aiosqlite psycopg asyncpg databases pymysql aiomysql MySQLdb aiosql pypika pg mysql postgres "
        "better-sqlite3 sqlite node:sqlite @prisma/client knex kysely drizzle-orm sequelize @sequelize/core django.db"
    ).split()
)

# What gives a coroutine or a promise; tests compare the names with what the libraries themselves say.
ASYNCPG = "close|execute|executemany|fetch|fetchmany|fetchrow|fetchval|prepare|copy_records_to_table"
AIOSQLITE = "execute|executemany|executescript|execute_insert|execute_fetchall|commit|rollback|close"
PSYCOPG = "close|commit|rollback|execute|executemany|fetchone|fetchmany|fetchall"
PROMISES = (
    rf"asyncpg\.(?:connect|create_pool|Connection|Pool|connection\.Connection|pool\.Pool)(?:\(\))?(?:\.acquire\(\))?\.(?:{ASYNCPG})",
    r"asyncpg\.connect",
    rf"aiosqlite\.(?:connect\(\)|Connection)(?:\.cursor\(\)|\.execute\(\))?\.(?:{AIOSQLITE}|fetchone|fetchall|fetchmany)",
    rf"psycopg\.AsyncConnection(?:\.connect\(\))?(?:\.cursor\(\)|\.execute\(\))?\.(?:{PSYCOPG})",
    r"(?:pg|pg-pool)\.(?:Pool|Client|default)(?:\(\))?(?:\.connect\(\))?\.(?:query|connect|end)",
    r"pg\.PoolClient\.query",
    r"mysql2/promise\.\w+(?:\(\))?(?:\.getConnection\(\))?\.(?:query|execute|getConnection|beginTransaction|commit|rollback)",
    r"mysql2/promise\.createConnection",
    r"sqlite\.open(?:\(\)\.(?:run|get|all|each|exec|prepare|close))?",
)

PACK = Pack(
    promises=PROMISES,
    functions=FUNCTIONS,
    connects=connections.CONNECTS,
    creates=connections.CREATES,
    migrates=connections.MIGRATES,
    asks=(
        r"\.(?:execute|executemany|executescript|fetch|fetchrow|fetchval|fetch_one|fetch_all|fetch_val)\(",
        r"\b(?:db|pool|client|conn|connection|database|knex|prisma|trx|sql|pg|cursor)\.\$?\w+(?:<[^()]*>)?\(",
        r"\.(?:query|prepare|raw)(?:<[^()]*>)?\(",
        r"[\"'`]\s*(?i:select\s|insert\s+into\s|update\s|delete\s+from\s|with\s)",
    ),
    marks=(
        r"\.(?:execute|executemany|fetch|fetchrow|fetchval|fetch_one|fetch_all|query|prepare)\(\s*"
        r"(?:f?\"\"\"|f?[\"'`])\s*(?i:select\s|insert\s+into\s|update\s|delete\s+from\s|with\s)",
    ),
    expressions=EXPRESSIONS,
    statements=STATEMENTS,
    gives=gives,
    fetches=FETCHES,
    queries="_queries:read_queries",
    data=DataAccess(
        calls=(
            rf"(?:sqlite3|aiosqlite|psycopg|psycopg2|psycopg_pool|asyncpg|databases|pymysql|aiomysql|MySQLdb)\.[\w.()]*\.(?:{PYTHON})",
            r"aiosql\.(?:from_path|from_str)\(\)(?:\.\w+)+",
            r"(?:pymongo|motor)\.[\w.()]*\.(?:find|insert|update|delete|replace|aggregate|count_documents)\w*",
            r"(?:pg|pg-pool|mysql2?(?:/promise)?|postgres)[\w.()]*\.(?:query|execute)",
            r"better-sqlite3(?:\(\))?\.(?:prepare|exec|pragma)",
            r"sqlite3[\w.()]*\.(?:run|get|all|each|exec|prepare)",
            r"sqlite\.open\(\)\.(?:run|get|all|each|exec|prepare)",
            r"(?:node:)?sqlite\.DatabaseSync[\w.()]*\.(?:prepare|exec)",
            rf"@prisma/client\.(?:PrismaClient|Prisma\.TransactionClient)(?:\.\$extends\(\))*\.\w+\.(?:{PRISMA})\w*",
            r"@prisma/client\.(?:PrismaClient|Prisma\.TransactionClient)(?:\.\$extends\(\))*\.\$(?:query|execute)Raw\w*",
            r"knex(?:(?:\.knex)?\(\)|\.Knex(?:\.Transaction)?)\(\)",
            rf"knex(?:(?:\.knex)?\(\)|\.Knex(?:\.Transaction)?)\.(?:{KNEX})",
            rf"kysely\.(?:Kysely|Transaction|ControlledTransaction)(?:\.\w+\(\))*\.(?:{KYSELY})",
            r"drizzle-orm/[\w-]+\.(?:drizzle\(\)|\w+(?:Database|Transaction))(?:\.query\.\w+)?\.(?:select|insert|update|delete|execute|findFirst|findMany|selectDistinct)",
            r"mongoose\.(?:model\(\)|Model)\.(?:find|create|update|delete|count|aggregate|insert|exists|distinct|save)\w*",
        ),
        schemas=(".prisma",),
    ),
)
