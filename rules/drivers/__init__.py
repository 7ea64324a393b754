"""Database drivers and query builders of both languages: where code sends statements through them."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

PYTHON = (
    "execute|executemany|executescript|fetch|fetchrow|fetchval|copy_records_to_table|execute_insert|execute_fetchall"
)
PRISMA = "find|create|update|delete|upsert|count|aggregate|groupBy"

PACK = Pack(
    data=DataAccess(
        calls=(
            rf"(?:sqlite3|aiosqlite|psycopg|psycopg2|psycopg_pool|asyncpg|databases|pymysql|aiomysql|MySQLdb)\.[\w.()]*\.(?:{PYTHON})",
            r"(?:pymongo|motor)\.[\w.()]*\.(?:find|insert|update|delete|replace|aggregate|count_documents)\w*",
            r"(?:pg|pg-pool|mysql2?(?:/promise)?|postgres)[\w.()]*\.(?:query|execute)",
            r"better-sqlite3(?:\(\))?\.(?:prepare|exec|pragma)",
            r"sqlite3[\w.()]*\.(?:run|get|all|each|exec|prepare)",
            r"sqlite\.open\(\)\.(?:run|get|all|each|exec|prepare)",
            rf"@prisma/client\.PrismaClient\.\w+\.(?:{PRISMA})\w*",
            r"@prisma/client\.PrismaClient\.\$(?:query|execute)Raw\w*",
            r"knex(?:\.knex)?\(\)\(\)(?:\.\w+\(\))*",
            r"knex(?:\.knex)?\(\)\.(?:raw|select|insert|from|table|with|del|delete|update|where)",
            r"kysely\.Kysely(?:\.\w+\(\))*\.(?:selectFrom|insertInto|updateTable|deleteFrom|with)",
            r"drizzle-orm/[\w-]+\.drizzle\(\)(?:\.query\.\w+)?\.(?:select|insert|update|delete|execute|findFirst|findMany|selectDistinct)",
            r"mongoose\.(?:model\(\)|Model)\.(?:find|create|update|delete|count|aggregate|insert|exists|distinct|save)\w*",
        ),
    ),
)
