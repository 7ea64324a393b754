"""PyPika: statements that are built by chains of calls and handed to a driver as text."""

from __future__ import annotations

from verifier.api import Pack

from ._tables import Table

PACK = Pack(
    packages=("pypika",),
    distribution="PyPika",
    objects=(Table,),
    statements=(
        r"pypika[\w.()]*\.(?:get_sql|from_|select|into|update|delete|insert|where|join|on|limit|offset|as_|set|columns)",
        r"(?:asyncpg|psycopg2?|aiosqlite|sqlite3|databases|aiomysql|pymysql|psycopg_pool)[\w.()]*\."
        r"(?:execute|executemany|fetch|fetchrow|fetchval|fetch_all|fetch_one|fetch_val|iterate)",
    ),
    queries="_queries:read_queries",
    expressions=("pypika.",),
    asks=(r"\b\w*Query\s*\.\s*(?:from_|into|update)\(",),
)
