"""Drizzle while it builds statements: each call gives a new builder, which remembers the one before."""

from __future__ import annotations

from verifier.api import (
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Record,
    Sequence,
    Unknown,
    Value,
    stands_for,
    text_of,
)

DRIVERS = (
    "aws-data-api/pg better-sqlite3 bun-sqlite bun-sql d1 durable-sqlite expo-sqlite libsql mysql2 mysql-proxy neon "
    "neon-http neon-serverless node-postgres op-sqlite pg-proxy pglite planetscale-serverless postgres-js "
    "sqlite-proxy tidb-serverless vercel-postgres xata-http"
).split()
TYPES = {
    "node-postgres": "NodePgDatabase NodePgTransaction",
    "postgres-js": "PostgresJsDatabase PostgresJsTransaction",
    "better-sqlite3": "BetterSQLite3Database",
    "libsql": "LibSQLDatabase LibSQLTransaction",
    "mysql2": "MySql2Database MySql2Transaction",
    "bun-sqlite": "SQLiteBunDatabase",
    "d1": "DrizzleD1Database",
    "neon-http": "NeonHttpDatabase",
    "neon-serverless": "NeonDatabase NeonTransaction",
    "pglite": "PgliteDatabase",
    "vercel-postgres": "VercelPgDatabase",
    "pg-core": "PgDatabase PgTransaction",
    "sqlite-core": "BaseSQLiteDatabase SQLiteTransaction",
    "mysql-core": "MySqlDatabase MySqlTransaction",
}
STARTS = frozenset("select selectDistinct selectDistinctOn insert update delete with $with $count".split())
FIND = frozenset({"findMany", "findFirst"})
SENDS = frozenset({"execute", "all", "get", "run", "values", "prepare", "sync"})
METHODS = frozenset(
    "from where leftJoin innerJoin rightJoin fullJoin crossJoin leftJoinLateral innerJoinLateral crossJoinLateral "
    "groupBy having orderBy limit offset for $dynamic union unionAll intersect intersectAll except exceptAll as values "
    "set onConflictDoNothing onConflictDoUpdate onDuplicateKeyUpdate returning $returningId ignore "
    "overridingSystemValue $withCache select selectDistinct insert update delete".split()
)
BUILDER = "drizzle-orm.Builder"


class Chain(LibraryObject):
    """What a call of Drizzle's builders gives.

    Attributes:
        name: what was called; ``query.users.findMany`` for the relational way.
        call: the call.
        before: what it was called on.
        awaits: whether something waits for its rows.
    """

    def __init__(self, name: str, call: Call, before: Value | None) -> None:
        super().__init__(None, BUILDER, origin=call.origin)
        self.name = name
        self.call = call
        self.made_by = call
        self.before = before
        self.awaits = False
        self.inner: dict[str, Value] = {}
        self.attributes["chain"] = Const(None)  # so that no two are taken for one

    def read(self, engine: Engine, name: str) -> Value | None:
        """A column of a subquery."""
        if self.name == "as" and name not in METHODS:
            return ColumnIn(self, name)
        return None

    def answers(self, call: Call) -> Value | None:
        name = call.callee.name if isinstance(call.callee, External) else ""
        if name in SENDS and not (name == "values" and self.verb() == "insert"):
            self.awaits = True
            return rows(self, call) if name in ("execute", "all") else row(call)
        return Chain(name, call, self) if name in METHODS else None

    def verb(self) -> str:
        """The first call."""
        return self.before.verb() if isinstance(self.before, Chain) else self.name

    def awaited(self, engine: Engine) -> Value:
        self.awaits = True
        return rows(self, self.call)


class ColumnIn(LibraryObject):
    """A column of a subquery that has a name."""

    placed = True

    def __init__(self, of: Chain, key: str) -> None:
        super().__init__(None, "drizzle-orm.Column")
        self.of = of
        self.key = key
        self.attributes["column"] = Const(key)


@stands_for(
    *(f"drizzle-orm/{driver}.drizzle()" for driver in DRIVERS),
    "drizzle-orm.drizzle()",
    *(f"drizzle-orm/{module}.{name}" for module, names in TYPES.items() for name in names.split()),
)
class Database(LibraryObject):
    """``drizzle(client, { schema })``."""

    def answers(self, call: Call) -> Value | None:
        path = call.callee.path if isinstance(call.callee, External) else ""
        rest = path[len(self.path or "") + 1 :]
        if rest in STARTS:
            return Chain(rest, call, self)
        if rest.startswith("query.") and rest.rpartition(".")[2] in FIND:
            return relational(call, rest, self)
        return None


def relational(call: Call, name: str, database: Value) -> Chain:
    """``db.query.users.findMany({ where: (users, { eq }) => ... })``: callbacks are run on the table."""
    made = Chain(name, call, database)
    key = name.split(".")[1]
    from ._tables import DrizzleTable

    tables = [found for found in call.engine.objects if isinstance(found, DrizzleTable) and named(found, key)]
    options = call.argument(0)
    if tables and isinstance(options, Record):
        for option in ("where", "orderBy", "extras"):
            function = options.entries.get(option)
            if isinstance(function, Function):
                made.inner[option] = call.engine.call(function, [tables[0], operators()], call.node, call.frame)
    return made


def named(table: LibraryObject, key: str) -> bool:
    """Whether a table is known under a key of the schema."""
    return table.held == key or text_of(getattr(table, "name", None)) == key


def operators() -> Record:
    """``{ eq, and, ... }``, as callbacks are given them."""
    names = (
        "and or not eq ne gt gte lt lte isNull isNotNull inArray notInArray exists notExists between notBetween like "
        "ilike notLike notIlike sql asc desc arrayContains"
    )
    return Record({name: External(f"drizzle-orm.{name}") for name in names.split()})


def row(call: Call) -> Instance:
    """A row."""
    made = Instance(None, "drizzle-orm.Row", origin=call.origin)
    made.made_by = call
    return made


def rows(chain: Chain, call: Call) -> Value:
    """What waiting for a statement gives."""
    if chain.name.endswith("findFirst"):
        return row(call)
    verb, names = chain.verb(), said(chain)
    if verb in ("insert", "update", "delete") and "returning" not in names:
        return Unknown("what a write gives")
    if verb == "$count":
        return Unknown("a number of rows")
    return Sequence((), complete=False, element=row(call))


def said(chain: Value | None) -> set[str]:
    """The methods of a chain."""
    found: set[str] = set()
    while isinstance(chain, Chain):
        found.add(chain.name)
        chain = chain.before
    return found


def table_columns(call: Call) -> Value:
    """``getTableColumns(users)``: the columns by their keys."""
    from ._tables import ColumnOf, DrizzleTable

    table = call.argument(0)
    if isinstance(table, DrizzleTable) and isinstance(table.columns, Record):
        found: dict[object, Value] = {key: ColumnOf(table, str(key)) for key in table.columns.entries}
        return Record(found, complete=table.columns.complete)
    return Unknown("the columns of a table")


def aliased(call: Call) -> Value:
    """``alias(users, "author")``: the table under another name."""
    from ._tables import DrizzleTable

    table = call.argument(0)
    if not isinstance(table, DrizzleTable):
        return Unknown("a table under another name")
    made = DrizzleTable(None, table.path, origin=call.origin)
    made.name, made.columns, made.schema, made.core = table.name, table.columns, table.schema, table.core
    made.made_by = call
    made.attributes["alias"] = call.argument(1) or Const(None)
    made.attributes["of"] = table
    return made


def combined(call: Call) -> Value:
    """``union(one, other)``."""
    first = call.argument(0)
    name = call.callee.name if isinstance(call.callee, External) else "union"
    made: Value | None = first
    for other in call.arguments[1:]:
        link = Call(call.engine, call.frame, call.node, call.callee, [other])
        made = Chain(name, link, made)
    return made or Unknown("a union")


CORES = ("pg-core", "sqlite-core", "mysql-core")
FUNCTIONS: dict[str, LibraryFunction] = {
    "drizzle-orm.getTableColumns": table_columns,
    "drizzle-orm/utils.getTableColumns": table_columns,
    "drizzle-orm.aliasedTable": aliased,
    **{f"drizzle-orm/{core}.alias": aliased for core in CORES},
    **{
        f"drizzle-orm/{core}.{name}": combined
        for core in CORES
        for name in ("union", "unionAll", "intersect", "except")
    },
}
