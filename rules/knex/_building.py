"""Knex while it builds statements: each call changes the builder in place, so the builder remembers its calls."""

from __future__ import annotations

from typing import ClassVar

from verifier.api import (
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    Way,
    stands_for,
)

CONNECTIONS = ("knex()", "knex.knex()", "knex.Knex", "knex.Knex.Transaction")
BUILDER = "knex.QueryBuilder"
CLAUSE = "knex.JoinClause"
CONFLICT = "knex.OnConflictBuilder"

WHERE = [
    f"{way}{kind}"
    for kind in "Where WhereNot WhereColumn WhereNotColumn WhereRaw WhereExists WhereNotExists WhereIn WhereNotIn "
    "WhereNull WhereNotNull WhereBetween WhereNotBetween WhereLike WhereILike WhereJsonObject WhereNotJsonObject "
    "WhereJsonPath "
    "WhereJsonSupersetOf WhereJsonNotSupersetOf WhereJsonSubsetOf WhereJsonNotSubsetOf WhereWrapped".split()
    for way in ("and", "or", "")
]
HAVING = [name.replace("Where", "Having") for name in WHERE if "Json" not in name and "Column" not in name]
METHODS = frozenset(
    "select columns column distinct distinctOn as from table into fromRaw withSchema with withRecursive "
    "withMaterialized withNotMaterialized withWrapped withRecursiveWrapped join innerJoin leftJoin leftOuterJoin "
    "rightJoin rightOuterJoin outerJoin fullOuterJoin crossJoin joinRaw groupBy groupByRaw orderBy orderByRaw union "
    "unionAll intersect except offset limit count countDistinct min max sum sumDistinct avg avgDistinct increment "
    "decrement clearCounters first pluck clearSelect clearWhere clearGroup clearOrder clearHaving clear insert update "
    "upsert returning del delete truncate forUpdate forShare forNoKeyUpdate forKeyShare skipLocked noWait transacting "
    "connection timeout debug options comment hintComment queryContext modify rank denseRank rowNumber jsonExtract "
    "jsonSet jsonInsert jsonRemove using updateFrom on".split()
    + [f"{name[:1].lower()}{name[1:]}" for name in (*WHERE, *HAVING)]
)
WRITES = frozenset("insert update upsert increment decrement del delete truncate".split())
ON = frozenset(
    f"{name[:1].lower()}{name[1:]}"
    for kind in "On OnVal OnIn OnNotIn OnNull OnNotNull OnBetween OnNotBetween OnExists OnNotExists".split()
    for name in (kind, f"and{kind}", f"or{kind}")
) | {"using"}
STARTS = METHODS - {"on", "as"}


class Step:
    """A call on a builder. ``inner`` are the builders that its callbacks were given, by the position of each."""

    __slots__ = ("call", "inner", "name", "ways")

    def __init__(self, name: str, call: Call, inner: dict[int, Builder] | None = None) -> None:
        self.name = name
        self.call = call
        self.ways: tuple[Way, ...] = call.ways
        self.inner: dict[int, Builder] = inner or {}


@stands_for("knex.Knex.QueryBuilder", "knex.Knex.QueryInterface")
class Builder(LibraryObject):
    """``knex("users")``, and what is said of it; of a join, ``this.on(...)``.

    Attributes:
        steps: what was called on it, in order.
        begun: how many of these its original had when it was cloned.
        ways: the arms of branches in which it was made.
        awaited_at: how many steps it had each time when it was awaited.
        given: whether its beginning is not known: a function is given it.
        place: where it begins.
    """

    mutable: ClassVar[bool] = True

    def __init__(
        self, kind: None = None, path: str | None = None, *, symbolic: bool = False, origin: Origin | None = None
    ):
        super().__init__(None, BUILDER, symbolic=symbolic, origin=origin)
        self.steps: list[Step] = []
        self.ways: tuple[Way, ...] = ()
        self.waited: list[int] = []
        self.given = symbolic
        self.cloned = False
        self.flags: list[str] = []
        self.attributes["steps"] = Const(None)  # so that no two are taken for one

    def read(self, engine: Engine, name: str) -> Value | None:
        if name in ("or", "not", "and"):
            if name != "and":
                self.flags.append(name)
            return self
        return None

    def awaited(self, engine: Engine) -> Value:
        self.waited.append(len(self.steps))
        said = {step.name for step in self.steps}
        row = Instance(None, "knex()()", origin=self.origin)
        row.made_by = self.steps[-1].call if self.steps else self.made_by
        if "modify" in said:
            return Unknown("what a function that cannot be read made of a statement")
        if said & WRITES:
            return Sequence((), complete=False, element=row) if "returning" in said else Unknown("what a write gives")
        return row if "first" in said else Sequence((), complete=False, element=row)


class Clause(Builder):
    """What the function of a join is given."""

    def __init__(self) -> None:
        super().__init__()
        self.path = CLAUSE


@stands_for(*CONNECTIONS)
class Connection(LibraryObject):
    """``knex({ client, connection })``: called with the name of a table, it begins a statement."""

    def called(self, call: Call) -> Value | None:
        return begun(call, "from") if call.arguments else None


def begun(call: Call, name: str) -> Builder:
    """A new builder on which one call was made."""
    made = Builder(origin=call.origin)
    made.made_by = call
    made.ways = call.ways
    take(made, call, name)
    return made


def start(call: Call) -> Value:
    """``knex.select(...)``."""
    return begun(call, call.callee.name if isinstance(call.callee, External) else "")


def empty(call: Call) -> Value:
    """``knex.queryBuilder()``."""
    made = Builder(origin=call.origin)
    made.made_by = call
    made.ways = call.ways
    return made


def step(call: Call) -> Value:
    """A method of a builder: it gives the builder itself."""
    callee = call.callee
    builder = callee.receiver if isinstance(callee, External) else None
    if not isinstance(builder, Builder) or not isinstance(callee, External):
        return Instance(None, BUILDER, origin=call.origin)
    name = callee.name
    if name == "modify":
        return modified(builder, call)
    take(builder, call, name)
    if name == "onConflict":
        made = Instance(None, CONFLICT, origin=call.origin)
        made.made_by = call
        made.attributes["builder"] = builder
        return made
    return builder


def conflict(call: Call) -> Value:
    """``.onConflict("email").merge()``: gives the builder again."""
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    builder = receiver.attributes.get("builder") if isinstance(receiver, Instance) else None
    if not isinstance(builder, Builder):
        return Instance(None, BUILDER, origin=call.origin)
    take(builder, call, call.callee.name if isinstance(call.callee, External) else "")
    return builder


def take(builder: Builder, call: Call, name: str) -> None:
    """Remember a call, and run the functions that it is given, each on a builder of its own."""
    inner: dict[int, Builder] = {}
    joins = name.endswith("oin")
    for place, argument in enumerate(call.arguments):
        if isinstance(argument, Function):
            clause = isinstance(builder, Clause) or (joins and place == 1)
            given = Clause() if clause else Builder(origin=argument.origin)
            given.ways = call.ways
            inner[place] = run(call, argument, given)
        elif isinstance(argument, Sequence) and name in ("union", "unionAll", "intersect", "except"):
            for item in argument.items:
                if isinstance(item, Function):
                    inner[len(call.arguments) + len(inner)] = run(call, item, Builder(origin=item.origin))
    for flag in builder.flags:
        name = f"{flag}{name[:1].upper()}{name[1:]}"
    builder.flags.clear()
    builder.steps.append(Step(name, call, inner))


def run(call: Call, function: Function, given: Builder) -> Builder:
    """Run a function that is given a builder, as its argument and as ``this``."""
    bound = function if function.code.kind == "arrow" else function.bind(given)
    if function.code not in call.engine.stack:
        call.engine.call(bound, [given], call.node, call.frame)
    return given


def modified(builder: Builder, call: Call) -> Value:
    """``.modify(function, ...)``: the function changes the builder."""
    function = call.argument(0)
    if not isinstance(function, Function):
        builder.steps.append(Step("modify", call))
        return builder
    bound = function if function.code.kind == "arrow" else function.bind(builder)
    call.engine.call(bound, [builder, *call.arguments[1:]], call.node, call.frame)
    return builder


def clone(call: Call) -> Value:
    """``.clone()``: a builder that goes on by itself."""
    original = call.callee.receiver if isinstance(call.callee, External) else None
    if not isinstance(original, Builder):
        return Instance(None, BUILDER, origin=call.origin)
    made = Builder(origin=original.origin)
    made.made_by = call
    made.steps = list(original.steps)
    made.ways = original.ways
    made.given = original.given
    original.cloned = True
    return made


SNAKE = "snake case"  # how Objection's mappers write names


def mappers(call: Call) -> Value:
    """``knexSnakeCaseMappers()``: a part of Knex's settings."""
    plain = not call.arguments
    return Record({"wrapIdentifier": Const(SNAKE if plain else None), "postProcessResponse": Unknown("rows")})


FUNCTIONS: dict[str, LibraryFunction] = {
    "objection.knexSnakeCaseMappers": mappers,
    **{f"{connection}.{name}": start for connection in CONNECTIONS for name in STARTS},
    **{f"{connection}.queryBuilder": empty for connection in CONNECTIONS},
    **{f"{BUILDER}.{name}": step for name in METHODS},
    f"{BUILDER}.onConflict": step,
    f"{BUILDER}.clone": clone,
    **{f"{CLAUSE}.{name}": step for name in ON},
    **{f"{CONFLICT}.{name}": conflict for name in ("merge", "ignore")},
}
OBJECTS = (Builder, Connection)
