"""Transactions of JavaScript's query builders: the function in one is handed a connection like the one it is of."""

from __future__ import annotations

from verifier.api import Call, External, Function, Instance, LibraryFunction, Value

DRIZZLE = (
    "better-sqlite3 bun-sqlite bun-sql d1 libsql mysql2 neon-http neon-serverless node-postgres pglite postgres-js "
    "sqlite-proxy".split()
)

# What makes a transaction, with the path of the connection that it is of.
TRANSACTIONS: dict[str, str] = {
    "knex().transaction": "knex()",
    "knex.knex().transaction": "knex.knex()",
    "knex.Knex.transaction": "knex.Knex",
    "knex.Knex.Transaction.transaction": "knex.Knex.Transaction",
    "@prisma/client.PrismaClient.$transaction": "@prisma/client.PrismaClient",
    "@prisma/client.PrismaClient.$extends().$transaction": "@prisma/client.PrismaClient.$extends()",
    **{
        f"kysely.Kysely.{way}().execute": "kysely.Kysely"
        for way in ("transaction", "transaction().setIsolationLevel", "transaction().setAccessMode", "connection")
    },
    **{f"drizzle-orm/{name}.drizzle().transaction": f"drizzle-orm/{name}.drizzle()" for name in DRIZZLE},
}


def transaction(call: Call) -> Value:
    """``db.transaction(async (trx) => ...)``: what the function gives; without one, the connection."""
    path = TRANSACTIONS[call.callee.path] if isinstance(call.callee, External) else ""
    described = call.engine.library.object_for(path)
    inner = (described or Instance)(None, path, origin=call.origin)
    first = call.argument(0)
    if not isinstance(first, Function):
        return inner
    with call.engine.undecided():
        return call.engine.call(first, [inner], call.node, call.frame)


FUNCTIONS: dict[str, LibraryFunction] = dict.fromkeys(TRANSACTIONS, transaction)
