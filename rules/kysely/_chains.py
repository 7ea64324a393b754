"""Kysely while it builds statements: each call gives a new builder, which remembers the one before."""

from __future__ import annotations

from verifier.api import (
    Call,
    Choice,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    stands_for,
    syntax,
)

from ._builder import execute

DATABASE = "kysely.Kysely"
DATABASES = (DATABASE, "kysely.Transaction", "kysely.ControlledTransaction", "kysely.QueryCreator")
SELECT = "kysely.SelectQueryBuilder"
INSERT = "kysely.InsertQueryBuilder"
UPDATE = "kysely.UpdateQueryBuilder"
DELETE = "kysely.DeleteQueryBuilder"
EXPRESSION = "kysely.Expression"
JOIN = "kysely.JoinBuilder"
CONFLICT = "kysely.OnConflictBuilder"
ITEM = "kysely.OrderByItemBuilder"
OVER = "kysely.OverBuilder"
EXPRESSIONS = "kysely.ExpressionBuilder"

STARTS = {
    "selectFrom": SELECT, "selectNoFrom": SELECT, "insertInto": INSERT, "replaceInto": INSERT, "updateTable": UPDATE,
    "deleteFrom": DELETE, "mergeInto": "kysely.MergeQueryBuilder",
}  # fmt: skip
AROUND = ("with", "withRecursive", "withPlugin", "withoutPlugins", "withSchema", "withTables")
SENDS = ("execute", "executeTakeFirst", "executeTakeFirstOrThrow", "stream")
SHARED = "returning returningAll clearReturning modifyEnd top output outputAll $call $if".split()
TYPES = "$castTo $narrowType $assertType $asTuple $asScalar $notNull withPlugin".split()
METHODS: dict[str, list[str]] = {
    SELECT: [
        *"where whereRef having havingRef select selectAll distinctOn distinct modifyFront modifyEnd forUpdate "
        "forShare forKeyShare forNoKeyUpdate skipLocked noWait innerJoin leftJoin rightJoin fullJoin crossJoin "
        "innerJoinLateral "
        "leftJoinLateral crossJoinLateral orderBy groupBy limit offset fetch top union unionAll intersect intersectAll "
        "except exceptAll as clearSelect clearWhere clearLimit clearOffset clearOrderBy clearGroupBy $call $if".split()
    ],
    INSERT: [
        *"values columns expression defaultValues ignore orIgnore orAbort orFail orReplace orRollback onConflict "
        "onDuplicateKeyUpdate".split(),
        *SHARED,
    ],
    UPDATE: [
        *"where whereRef clearWhere from innerJoin leftJoin rightJoin fullJoin orderBy clearOrderBy limit set".split(),
        *SHARED,
    ],
    DELETE: [
        *"where whereRef clearWhere using innerJoin leftJoin rightJoin fullJoin orderBy clearOrderBy limit".split(),
        *SHARED,
    ],
    EXPRESSION: [
        *"as and or distinct orderBy clearOrderBy withinGroupOrderBy filterWhere filterWhereRef over when else end "
        "endCase at key $call".split()
    ],
    JOIN: ["on", "onRef", "onTrue", "$call"],
    CONFLICT: [*"column columns constraint expression where whereRef clearWhere doNothing doUpdateSet $call".split()],
    ITEM: ["desc", "asc", "nullsFirst", "nullsLast", "collate"],
    OVER: ["partitionBy", "orderBy"],
}
FUNCTIONS_OF = "agg avg coalesce count countAll max min sum any jsonAgg toJson".split()
MAKES = (
    "case ref jsonPath val refTuple tuple lit unary not exists neg between betweenSymmetric and or parens cast".split()
)
HELPERS = [
    f"kysely/helpers/{database}.{name}"
    for database in ("postgres", "mysql", "sqlite", "mssql")
    for name in ("jsonArrayFrom", "jsonObjectFrom", "jsonBuildObject")
]
JOINS = frozenset(method for method in METHODS[SELECT] if "oin" in method)


class Chain(LibraryObject):
    """What a call of Kysely gives.

    Attributes:
        name: what was called; empty for what a callback is given.
        call: the call.
        before: what it was called on.
        inner: what the callbacks gave, by their positions.
    """

    def __init__(self, path: str, name: str = "", call: Call | None = None, before: Value | None = None) -> None:
        super().__init__(None, path, origin=call.origin if call is not None else None)
        self.name = name
        self.call = call
        self.made_by = call
        self.before = before
        self.inner: dict[int, Value] = {}
        self.attributes["chain"] = Const(None)  # so that no two are taken for one

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "then" and self.path == EXPRESSION:  # of CASE
            return Native("then", lambda call: linked(call, self, "then"))
        return None


@stands_for(*DATABASES)
class Database(LibraryObject):
    """``new Kysely({ dialect, plugins })``."""


@stands_for(SELECT, INSERT, UPDATE, DELETE)
class Given(Chain):
    """A builder that a parameter is declared to be: its beginning is not known."""

    def __init__(
        self, kind: None = None, path: str | None = None, *, symbolic: bool = False, origin: Origin | None = None
    ) -> None:
        super().__init__(path or SELECT)
        self.origin = origin
        self.symbolic, self.built = symbolic, not symbolic


@stands_for(EXPRESSIONS)
class Expressions(LibraryObject):
    """``eb``: called with a column, an operator and a value it makes a condition."""

    def called(self, call: Call) -> Value | None:
        return linked(call, self, "()", EXPRESSION)

    def read(self, engine: Engine, name: str) -> Value | None:
        return self if name == "eb" else None


def linked(call: Call, before: Value | None, name: str, path: str | None = None) -> Chain:
    """A further link."""
    made = Chain(path or (before.path if isinstance(before, Instance) else None) or EXPRESSION, name, call, before)
    for place, argument in enumerate(call.arguments):
        if isinstance(argument, Function):
            made.inner[place] = run(call, argument, given_to(made, name, place))
        elif isinstance(argument, Sequence) and name in ("select", "where", "groupBy", "orderBy", "returning"):
            for position, item in enumerate(argument.items):
                if isinstance(item, Function):
                    made.inner[100 + position] = run(call, item, Expressions(None, EXPRESSIONS))
    return made


def given_to(made: Chain, name: str, place: int) -> Value:
    """What a callback is given."""
    if name in JOINS and place == 1:
        return Chain(JOIN)
    if name == "onConflict":
        return Chain(CONFLICT)
    if name in ("with", "withRecursive"):
        return Database(None, DATABASE)
    if name == "orderBy" and place == 1:
        return Chain(ITEM)
    if name == "over":
        return Chain(OVER)
    if name == "$if" and made.before is not None:
        return made.before
    return Expressions(None, EXPRESSIONS)


def run(call: Call, function: Function, given: Value) -> Value:
    """What a callback gives."""
    if function.code in call.engine.stack:
        return Unknown("a function that calls itself")
    return call.engine.call(function, [given], call.node, call.frame)


def receiver_of(call: Call) -> Value | None:
    """What a method is called on."""
    return call.callee.receiver if isinstance(call.callee, External) else call.callee


def name_of(call: Call) -> str:
    """The name of a method."""
    return call.callee.name if isinstance(call.callee, External) else ""


def start(call: Call) -> Value:
    """``db.selectFrom("users")``."""
    name = name_of(call)
    return linked(call, receiver_of(call), name, STARTS[name])


def around(call: Call) -> Value:
    """``db.with("recent", ...)``, ``db.withPlugin(...)``: a database again, which remembers the call."""
    return linked(call, receiver_of(call), name_of(call), DATABASE)


def step(call: Call) -> Value:
    """A method of a builder."""
    name = name_of(call)
    receiver = receiver_of(call)
    if name == "$call":
        function = call.argument(0)
        if isinstance(function, Function) and receiver is not None:
            return run(call, function, receiver)
        return Unknown("what `$call` gives")
    if name == "$if" and isinstance(call.argument(1), Function):
        return decided(call, receiver)
    return linked(call, receiver, name)


def decided(call: Call, receiver: Value | None) -> Value:
    """``$if(condition, (qb) => ...)``."""
    holds = call.engine.truth(call.arguments[0], call.frame)
    if holds is False and receiver is not None:
        return receiver
    function = call.argument(1)
    if not isinstance(function, Function) or receiver is None:
        return linked(call, receiver, "$if")
    if holds:
        return run(call, function, receiver)
    made = Chain(receiver.path if isinstance(receiver, Instance) and receiver.path else SELECT, "$if", call, receiver)
    test = call.node.arguments[0] if isinstance(call.node, syntax.Call) else call.node
    with call.engine.way(test, 0, call.frame):
        made.inner[1] = run(call, function, receiver)
    return made


def same(call: Call) -> Value:
    """``.$castTo<...>()``: says something to the compiler only."""
    return receiver_of(call) or Unknown("an expression")


def expression(call: Call) -> Value:
    """``eb.exists(...)``, ``eb.fn.count("id")``, ``jsonArrayFrom(...)``."""
    path = call.callee.path if isinstance(call.callee, External) else ""
    name = path.partition(".fn.")[2] or path.rpartition(".")[2]
    return linked(call, receiver_of(call), f"fn.{name}" if ".fn." in path else name, EXPRESSION)


def sql(call: Call) -> Value:
    """``sql`...` ``, ``sql.ref("users.id")``."""
    path = call.callee.path if isinstance(call.callee, External) else "kysely.sql"
    return Chain(EXPRESSION, path.removeprefix("kysely."), call)


def send(call: Call) -> Value:
    """``.execute()``: rows."""
    row = Instance(None, "kysely.Row", origin=call.origin)
    row.made_by = call
    if name_of(call) not in ("execute", "stream"):
        return row
    return Sequence((), complete=False, element=row)


def send_written(call: Call) -> Value:
    """``sql`...`.execute(db)``."""
    execute(call)
    row = Instance(None, "kysely.Row", origin=call.origin)
    row.made_by = call
    return Record({"rows": Sequence((), complete=False, element=row)}, complete=False)


def builder(call: Call) -> Value:
    """``expressionBuilder()``."""
    return Expressions(None, EXPRESSIONS)


FUNCTIONS: dict[str, LibraryFunction] = {
    **{f"{path}.{name}": start for path in (*DATABASES, EXPRESSIONS) for name in STARTS},
    **{f"{path}.{name}": around for path in (*DATABASES, EXPRESSIONS) for name in AROUND},
    **{f"{path}.{name}": step for path, names in METHODS.items() for name in names},
    **{f"{path}.{name}": same for path in METHODS for name in TYPES},
    **{f"{path}.{name}": send for path in (SELECT, INSERT, UPDATE, DELETE) for name in SENDS},
    **{f"{EXPRESSIONS}.{name}": expression for name in (*MAKES, "fn")},
    **{f"{path}.fn.{name}": expression for path in (*DATABASES, EXPRESSIONS) for name in FUNCTIONS_OF},
    **{f"{path}.fn": expression for path in DATABASES},
    **{f"{path}.case": expression for path in DATABASES},
    **dict.fromkeys(HELPERS, expression),
    **{
        f"kysely.sql{name}": sql
        for name in ("", ".ref", ".val", ".value", ".table", ".id", ".lit", ".literal", ".raw", ".join")
    },
    "kysely.expressionBuilder": builder,
    f"{EXPRESSION}.execute": send_written,
}
OBJECTS = (Database, Given, Expressions)


def options_of(value: Value | None) -> tuple[Value, ...]:
    """The values that a value may be."""
    return value.options if isinstance(value, Choice) else (value,) if value is not None else ()
