"""The clauses of Drizzle's statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from sqlglot import exp

from verifier.api import (
    Bound,
    Choice,
    Clause,
    Const,
    Defect,
    External,
    Instance,
    Lifted,
    Lifting,
    Origin,
    Record,
    Sequence,
    Text,
    Value,
    building,
    options,
    pieces,
    reason_of,
    tagged,
    text_of,
    texts,
)

from ._chains import Chain, ColumnIn
from ._columns import column_name
from ._tables import ColumnOf, DrizzleTable

COMPARED: dict[str, Callable[..., exp.Expression]] = {
    "eq": exp.EQ, "ne": exp.NEQ, "gt": exp.GT, "gte": exp.GTE, "lt": exp.LT, "lte": exp.LTE, "like": exp.Like,
    "ilike": exp.ILike, "arrayContains": exp.ArrayContainsAll, "arrayContained": exp.ArrayContainedBy,
    "arrayOverlaps": exp.ArrayOverlaps,
}  # fmt: skip
AGGREGATES: dict[str, Callable[..., exp.Expression]] = {
    "count": exp.Count, "sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max,
}  # fmt: skip
SAME = frozenset({"mapWith", "getSQL", "inlineParams", "if"})


def is_nothing(value: Value | None) -> bool:
    """Whether a condition is left out."""
    return value is None or (isinstance(value, Const) and value.value in (None, False))


class Maker:
    """Makes a statement of the calls that made one builder."""

    def __init__(self, lifting: Lifting, bindings: pieces.Bindings | None = None) -> None:
        self.lifting = lifting
        self.bindings = bindings or pieces.Bindings()
        self.draft = building.Draft()
        self.open: set[Clause] = set()
        self.reasons: list[str] = []
        self.defects: list[Defect] = []
        self.verb = "select"
        self.plain = False  # columns are written without their tables, as in INSERT and RETURNING
        self.joins = False
        self.sources: list[Value] = []

    def statement(self, tree: exp.Expression) -> Lifted:
        """A tree as a form of the statement."""
        return Lifted(tree, tuple(self.bindings.values), frozenset(self.open), tuple(dict.fromkeys(self.reasons)))

    def inner(self) -> Maker:
        """What makes a statement inside this one."""
        made = Maker(self.lifting, self.bindings)
        made.defects = self.defects
        return made

    def unknown(self, value: Value | None, clause: Clause | None = None) -> exp.Expression:
        """A part that only run time knows."""
        reason = reason_of(value)
        self.reasons.append(reason)
        if clause is not None:
            self.open.add(clause)
        return pieces.hole(reason, value.origin if value is not None else None)

    # Tables and columns

    def table(self, value: Value | None, at: Origin | None = None) -> exp.Expression:
        """A table, or a subquery in its place."""
        if isinstance(value, DrizzleTable):
            name = text_of(value.name)
            if name is None:
                return exp.Table(this=self.unknown(value.name, "from"))
            made = exp.Table(
                this=pieces.name(name, at), db=pieces.name(value.schema) if value.schema is not None else None
            )
            alias = text_of(value.attributes.get("alias"))
            if alias is not None:
                made.set("alias", exp.TableAlias(this=pieces.name(alias)))
            origin = declared(value).origin
            if origin is not None:
                span = self.lifting.span(origin)
                made.meta["entity"] = (span.path, span.line)
            return made
        if isinstance(value, Chain):
            return self.subquery(value)
        return exp.Table(this=self.unknown(value, "from"))

    def subquery(self, chain: Chain) -> exp.Expression:
        """A named subquery, or the name of a common table expression."""
        name = text_of(chain.call.argument(0)) if chain.name == "as" else None
        before = chain.before
        if isinstance(before, Chain) and before.name == "$with":
            known = text_of(before.call.argument(0))
            return exp.Table(this=pieces.name(known)) if known else exp.Table(this=self.unknown(chain, "from"))
        made = exp.Subquery(this=self.query(chain))
        if name is not None:
            made.set("alias", exp.TableAlias(this=pieces.name(name)))
        return made

    def query(self, chain: Chain) -> exp.Expression:
        """A statement inside another."""
        from ._queries import steps_of
        from ._steps import tree_of

        steps = steps_of(chain)
        maker = self.inner()
        tree = tree_of(maker, steps) if steps else None
        self.open |= maker.open & {"from", "columns"}
        self.reasons += maker.reasons
        return tree if tree is not None else self.unknown(chain, "from")

    def column(self, value: Value | None) -> exp.Expression:
        """A column or an expression in its place."""
        if isinstance(value, ColumnOf):
            return self.of_table(value.table, value.key, value.origin)
        if isinstance(value, ColumnIn):
            before = value.of.before
            named = before.call if isinstance(before, Chain) and before.name == "$with" else value.of.call
            table = pieces.name(text_of(named.argument(0)) or "subquery")
            return exp.Column(this=pieces.name(self.key_in(value), value.origin), table=table)
        if isinstance(value, External) and isinstance(value.receiver, DrizzleTable) and value.origin is not None:
            return self.missing(value.receiver, value.name, value.origin)
        return self.expression(value)

    def of_table(self, table: DrizzleTable, key: str, at: Origin | None) -> exp.Expression:
        """A column of a table."""
        this = pieces.name(column_name(self.lifting.engine, ColumnOf(table, key)), at)
        if self.plain:
            return exp.Column(this=this)
        shown = text_of(table.attributes.get("alias")) or text_of(table.name)
        return exp.Column(this=this, table=pieces.name(shown) if shown else None)

    def missing(self, table: DrizzleTable, key: str, at: Origin) -> exp.Expression:
        """Note a column that a table does not have."""
        given = table.columns
        if isinstance(given, Record) and given.complete and key not in ("$inferSelect", "$inferInsert", "_", "getSQL"):
            name = declared(table).held or text_of(table.name) or "the table"
            origin = declared(table).origin
            self.defects.append(
                Defect(
                    "drizzle/unknown-column",
                    self.lifting.span(at),
                    f"`{name}` has no column `{key}`{near(key, [str(known) for known in given.entries])}",
                    symptom="the statement is sent without the column, and the database refuses it as a syntax error",
                    remedy=f"Use a key of the object that `{name}` is made of.",
                    related=((self.lifting.span(origin), f"`{name}` is declared here"),) if origin is not None else (),
                )
            )
        return self.unknown(Const(None, at))

    def key_in(self, value: ColumnIn) -> str:
        """The name of a column of a subquery in the database: a plain column keeps its own."""
        chain: Value | None = value.of.call.argument(0) if value.of.name == "as" else None
        chain = chain if isinstance(chain, Chain) else value.of
        while isinstance(chain, Chain):
            first = chain.call.argument(0)
            if chain.name.startswith("select") and isinstance(first, Record):
                found = first.entries.get(value.key)
                return column_name(self.lifting.engine, found) if isinstance(found, ColumnOf) else value.key
            known = first.columns if chain.name == "from" and isinstance(first, DrizzleTable) else None
            if isinstance(known, Record) and isinstance(first, DrizzleTable) and value.key in known.entries:
                return column_name(self.lifting.engine, ColumnOf(first, value.key))
            chain = chain.before
        return value.key

    def dropped(self, table: DrizzleTable, key: str, at: Origin) -> None:
        """Note a key of written values that a table does not have."""
        name = declared(table).held or text_of(table.name) or "the table"
        origin = declared(table).origin
        keys = [str(known) for known in table.columns.entries] if isinstance(table.columns, Record) else []
        if not near(key, keys) and is_read(self.lifting, key):
            return  # of an object that is taken apart elsewhere: Drizzle takes what it knows
        self.defects.append(
            Defect(
                "drizzle/unknown-column",
                self.lifting.span(at),
                f"`{name}` has no column `{key}`{near(key, keys)}",
                symptom=f"`{key}` is dropped without a word",
                remedy=f"Use a key of the object that `{name}` is made of.",
                related=((self.lifting.span(origin), f"`{name}` is declared here"),) if origin is not None else (),
            )
        )

    def columns_of(self, table: Value | None) -> list[exp.Expression]:
        """All columns of a table or subquery."""
        if isinstance(table, DrizzleTable) and isinstance(table.columns, Record) and table.columns.complete:
            return [self.of_table(table, str(key), None) for key in table.columns.entries]
        return [exp.Star()]

    # Expressions

    def value(self, value: Value | None) -> exp.Expression:
        """A value that is compared or stored."""
        if value is None:
            return exp.Null()
        if self.is_expression(value):
            return self.column(value)
        return self.bindings.bound(value)

    def is_expression(self, value: Value | None) -> bool:
        """Whether a value is SQL rather than something that is sent along."""
        if isinstance(value, ColumnOf | ColumnIn | Chain):
            return True
        if isinstance(value, External):
            return isinstance(value.receiver, DrizzleTable)
        path = (value.path or "") if type(value) is Instance else ""
        return path.startswith("drizzle-orm.") and path != "drizzle-orm.Row"

    def expression(self, value: Value | None) -> exp.Expression:
        """What an expression says."""
        if isinstance(value, Chain):
            return exp.Subquery(this=self.query(value))
        if isinstance(value, Choice):
            known = [option for option in value.options if self.is_expression(option)]
            if known:
                self.reasons.append("which of several expressions stands here")
                return self.column(known[0])
        call = value.made_by if type(value) is Instance else None
        path = (value.path or "") if isinstance(value, Instance) else ""
        if call is None or not path.startswith("drizzle-orm"):
            return self.unknown(value)
        name = call.callee.name if isinstance(call.callee, External) else ""
        receiver = call.callee.receiver if isinstance(call.callee, External) else None
        if type(receiver) is Instance and receiver.made_by is not None:
            if name == "as":
                alias = building.read_dotted(self.lifting.project, call.argument(0), split=False)
                inner = self.column(receiver)
                return exp.Alias(this=inner, alias=alias.parts[0]) if alias is not None else inner
            if name in SAME:
                return self.column(receiver)
        if path.startswith("drizzle-orm.sql"):
            return self.written(name, call.arguments)
        return self.operator(name, call.arguments, value)

    def operator(self, name: str, arguments: list[Value], value: Value | None) -> exp.Expression:
        """``eq(users.id, 1)`` and its kin."""
        first = arguments[0] if arguments else None
        second = arguments[1] if len(arguments) > 1 else None
        found: exp.Expression
        if name in COMPARED:
            return COMPARED[name](this=self.column(first), expression=self.value(second))
        if name in ("notLike", "notIlike"):
            kind = exp.Like if name == "notLike" else exp.ILike
            return building.negated(kind(this=self.column(first), expression=self.value(second)))
        if name in ("and", "or"):
            return self.connected(name, arguments, value)
        if name == "not":
            return building.negated(self.column(first))
        if name in ("isNull", "isNotNull"):
            found = exp.Is(this=self.column(first), expression=exp.Null())
            return building.negated(found) if name == "isNotNull" else found
        if name in ("inArray", "notInArray"):
            found = self.within(self.column(first), second)
            return building.negated(found) if name == "notInArray" else found
        if name in ("exists", "notExists"):
            inner = self.column(first)
            made = exp.Exists(this=inner.this if isinstance(inner, exp.Subquery) else inner)
            return building.negated(made) if name == "notExists" else made
        if name in ("between", "notBetween"):
            third = arguments[2] if len(arguments) > 2 else None
            found = exp.Between(this=self.column(first), low=self.value(second), high=self.value(third))
            return building.negated(found) if name == "notBetween" else found
        if name in ("asc", "desc"):
            return building.ordered(self.column(first), self.lifting.dialect, descending=name == "desc")
        if name in AGGREGATES:
            return AGGREGATES[name](this=self.column(first) if first is not None else exp.Star())
        if name.endswith("Distinct") and name.removesuffix("Distinct") in AGGREGATES:
            return AGGREGATES[name.removesuffix("Distinct")](this=exp.Distinct(expressions=[self.column(first)]))
        return self.unknown(value)

    def connected(self, name: str, arguments: list[Value], value: Value | None) -> exp.Expression:
        """``and(...)`` and ``or(...)``: conditions that are ``undefined`` are left out."""
        parts: list[exp.Expression] = []
        for argument in arguments:
            given = [option for option in options(argument) if not is_nothing(option)]
            if not given:
                continue
            parts.append(self.column(given[0] if len(given) == 1 else argument))
        call = value.made_by if isinstance(value, Instance) else None
        if call is not None and call.open:
            parts.append(self.unknown(Const(None, call.origin), "where"))
        whole = building.any_of(map(building.guarded, parts)) if name == "or" else building.all_of(parts)
        if whole is None:
            return exp.Boolean(this=True)
        return exp.Paren(this=whole) if len(parts) > 1 else whole

    def chosen(self, value: Value | None) -> exp.Expression:
        """An expression in the list of what is selected: without joins, its columns stand without their tables."""
        template = type(value) is Instance and (value.path or "").startswith("drizzle-orm.sql")
        before = self.plain
        if template and not self.joins:
            self.plain = True
            self.correlated(value)
        found = self.column(value)
        self.plain = before
        return found

    def correlated(self, value: Value | None) -> None:
        """Note columns of the statement's table inside a subquery that is written as text."""
        text = value.made_by.argument(0) if isinstance(value, Instance) and value.made_by is not None else None
        while isinstance(value, Instance) and not isinstance(text, Text) and value.made_by is not None:
            callee = value.made_by.callee
            value = callee.receiver if isinstance(callee, External) else None
            text = value.made_by.argument(0) if isinstance(value, Instance) and value.made_by is not None else None
        if not isinstance(text, Text):
            return
        spelled = "".join(part for part in text.parts if isinstance(part, str))
        if re.search(r"\bselect\b.*?\bfrom\b", spelled, re.IGNORECASE | re.DOTALL) is None:
            return
        others = [piece.value for piece in text.pieces if isinstance(piece, Bound)]
        inner = {id(other) for other in others if isinstance(other, DrizzleTable)}
        for piece in text.pieces:
            column = piece.value if isinstance(piece, Bound) else None
            if not isinstance(column, ColumnOf) or id(column.table) in inner or column.table not in self.sources:
                continue
            if column.origin is None or not inner or text_of(column.table.attributes.get("alias")) is not None:
                continue
            other = next(other for other in others if isinstance(other, DrizzleTable))
            name = column_name(self.lifting.engine, column)
            keys = other.columns.entries if isinstance(other.columns, Record) else {}
            if name not in {column_name(self.lifting.engine, ColumnOf(other, str(key))) for key in keys}:
                continue
            own, far = text_of(column.table.name) or "", text_of(other.name) or ""
            self.defects.append(
                Defect(
                    "drizzle/correlation-without-table",
                    self.lifting.span(column.origin),
                    f"in the subquery `{column.key}` of `{own}` is written as `{name}` alone: that of `{far}`",
                    symptom=f"the subquery compares `{far}` with itself: each row gets the same, wrong value",
                    remedy="Join the table, or use a subquery of the builder: `db.$count(...)`, "
                    "`db.select(...).from(...).as(...)`.",
                )
            )

    def ordering(self, value: Value | None) -> list[exp.Expression]:
        """The terms that one argument of ``orderBy`` is."""
        text = value.made_by.argument(0) if type(value) is Instance and value.made_by is not None else None
        if isinstance(value, Instance) and value.path == "drizzle-orm.sql()" and isinstance(text, Text):
            return list(self.template(text, "order"))
        return [self.column(value)]

    def template(self, text: Text, role: texts.Role) -> tuple[exp.Expression, ...]:
        """SQL in a template."""
        found = tagged.lift_template(
            self.lifting.project,
            text,
            self.lifting.dialect,
            self.bindings,
            partial(names_in, self.lifting.dialect),
            self.embedded,
            role,
        )
        self.reasons += [str(node.meta["hole"]) for part in found for node in pieces.holes_in(part)]
        return found

    def within(self, left: exp.Expression, value: Value | None) -> exp.Expression:
        """``left IN (...)``."""
        if isinstance(value, Chain):
            return exp.In(this=left, query=exp.Subquery(this=self.query(value)))
        if isinstance(value, Sequence) and value.complete and value.items:
            return exp.In(this=left, expressions=[self.value(item) for item in value.items])
        return exp.In(this=left, expressions=[self.value(value)])

    def written(self, name: str, arguments: list[Value]) -> exp.Expression:
        """``sql`...` ``."""
        text = arguments[0] if arguments else None
        if name == "identifier":
            found = building.read_dotted(self.lifting.project, text, split=False)
            return exp.Column(this=found.parts[0]) if found is not None else self.unknown(text)
        if name == "join" and isinstance(text, Sequence) and text.complete:
            return exp.Tuple(expressions=[self.value(item) for item in text.items])
        if name not in ("sql", "raw"):
            return self.unknown(text)
        if isinstance(text, Const):
            text = Text((str(text.value),), text.origin, (text,))
        if not isinstance(text, Text):
            return self.unknown(text)
        made = self.template(text, "value")
        return made[0] if len(made) == 1 else self.unknown(text)

    def embedded(self, value: Value) -> exp.Expression | None:
        """The expression that a value in a template is."""
        if isinstance(value, DrizzleTable):
            name = text_of(value.attributes.get("alias")) or text_of(value.name)
            return exp.Column(this=pieces.name(name)) if name else None
        return self.column(value) if self.is_expression(value) else None


def names_in(dialect: str, value: Value) -> tuple[Value, ...] | None:
    """The pieces of text that a value in a template stands for: tables, and further SQL."""
    if isinstance(value, DrizzleTable):
        name = value.attributes.get("alias") or value.name
        return tagged.in_quotes(name, dialect, split=False) if name is not None and text_of(name) else None
    call = value.made_by if type(value) is Instance and (value.path or "").startswith("drizzle-orm.sql") else None
    if call is None or not isinstance(call.callee, External):
        return None
    first = call.argument(0)
    if call.callee.name == "identifier" and first is not None:
        return tagged.in_quotes(first, dialect, split=False)
    if call.callee.name in ("sql", "raw") and first is not None:
        return (first,)
    return None


def declared(table: DrizzleTable) -> DrizzleTable:
    """The table behind one under another name."""
    of = table.attributes.get("of")
    return of if isinstance(of, DrizzleTable) else table


def is_read(lifting: Lifting, key: str) -> bool:
    """Whether the program reads a member of some name of an object that it calls its data, input or the like."""
    wanted = re.compile(
        rb"\b(?:data|input|values?|payload|body|dto|params|args|props|new\w*)\??\." + re.escape(key).encode() + rb"\b"
    )
    return any(wanted.search(source.data) for source in lifting.project.files.values())


def near(word: str, known: list[str]) -> str:
    """A hint at the known word that one was meant to be."""
    from difflib import get_close_matches

    found = get_close_matches(word, known, 1, 0.7)
    return f"; did you mean `{found[0]}`?" if found else ""
