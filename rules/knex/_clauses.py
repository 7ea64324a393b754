"""The clauses of Knex's statements: what each call on a builder adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sqlglot import exp

from verifier.api import (
    NOTHING,
    Choice,
    Clause,
    Const,
    External,
    Instance,
    Lifted,
    Lifting,
    Record,
    Sequence,
    Value,
    building,
    options,
    pieces,
    reason_of,
    regex,
    tagged,
    text_of,
    texts,
)

from ._building import CONNECTIONS, Builder, Step
from ._given import given

RAW = regex(r"(?:\.raw|\.fn\.\w+|\.ref|\.ref\(\)\.(?:as|withSchema)|\.raw\(\)\.wrap)\(\)$")
OPERATORS: dict[str, Callable[..., exp.Expression]] = {
    "=": exp.EQ, "!=": exp.NEQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
    "like": exp.Like, "ilike": exp.ILike, "is": exp.Is, "~": exp.RegexpLike, "~*": exp.RegexpILike,
    "@>": exp.ArrayContainsAll, "&&": exp.ArrayOverlaps, "||": exp.DPipe,
}  # fmt: skip


def is_raw(value: Value | None) -> bool:
    """Whether a value is SQL that is written as text, or stands for some."""
    return (
        isinstance(value, Instance)
        and value.made_by is not None
        and value.path is not None
        and value.path.startswith(CONNECTIONS)
        and RAW.search(value.path) is not None
    )


class Maker:
    """Makes a statement of the calls on one builder."""

    def __init__(self, lifting: Lifting, bindings: pieces.Bindings | None = None) -> None:
        self.lifting = lifting
        self.bindings = bindings or pieces.Bindings()
        self.draft = building.Draft()
        self.open: set[Clause] = set()
        self.reasons: list[str] = []
        self.reason: str | None = None
        self.verb = "select"
        self.schema: exp.Identifier | None = None
        self.alias: exp.Identifier | None = None
        self.conditions: dict[str, list[tuple[bool, exp.Expression]]] = {"where": [], "having": []}
        self.inserted: Value | None = None

    # Whole statements

    def statement(self, steps: Iterable[Step]) -> Lifted | None:
        """What the calls make; None where that cannot be told (``reason``)."""
        tree = self.tree(steps)
        if tree is None:
            self.reason = self.reason or "a statement without a table"
            return None
        return Lifted(tree, tuple(self.bindings.values), frozenset(self.open), tuple(dict.fromkeys(self.reasons)))

    def tree(self, steps: Iterable[Step]) -> exp.Expression | None:
        """The tree of some calls."""
        for step in steps:
            self.apply(step)
        draft = self.draft
        draft.where = self.folded("where")
        draft.having = self.folded("having")
        if self.schema is not None:
            for table in (draft.source, *(join.this for join in draft.joins)):
                if isinstance(table, exp.Table) and not table.args.get("db"):
                    table.set("db", self.schema.copy())
        if self.verb in ("update", "del") and draft.joins:
            self.open.add("from")
            self.reasons.append("joins of a write, which not all databases have")
        if self.verb == "insert":
            if draft.conflict is not None and draft.where is not None:
                draft.conflict.set("where", exp.Where(this=draft.where))
            return draft.insert() if draft.source is not None else None
        if self.verb == "update":
            return draft.update() if draft.source is not None else None
        if self.verb == "del":
            return draft.delete() if draft.source is not None else None
        if self.verb == "truncate":
            return exp.TruncateTable(expressions=[draft.source]) if draft.source is not None else None
        return draft.select()

    def folded(self, clause: str) -> exp.Expression | None:
        """The conditions of a clause: AND binds closer than OR."""
        groups: list[exp.Expression] = []
        for is_or, condition in self.conditions[clause]:
            if is_or and groups:
                groups.append(condition)
            elif groups:
                groups[-1] = building.both(groups[-1], condition) or condition
            else:
                groups.append(condition)
        return building.any_of(groups)

    def query(self, value: Value | None, inner: Builder | None = None) -> exp.Expression:
        """A statement inside another."""
        builder = inner if inner is not None else value
        if is_raw(value):
            return self.raw(value)
        if not isinstance(builder, Builder) or builder.given:
            return self.unknown(value, "from")
        maker = Maker(self.lifting, self.bindings)
        tree = maker.tree(builder.steps)
        self.open |= maker.open & {"from", "columns"}
        self.reasons += maker.reasons
        self.alias = maker.alias
        return tree if tree is not None else self.unknown(value, "from")

    def unknown(self, value: Value | None, clause: Clause | None = None) -> exp.Expression:
        """A part that only run time knows."""
        reason = reason_of(value)
        self.reasons.append(reason)
        if clause is not None:
            self.open.add(clause)
        return pieces.hole(reason, value.origin if value is not None else None)

    # Parts

    def raw(self, value: Value | None, role: texts.Role = "value") -> exp.Expression:
        """SQL that is written as text."""
        found = self.fragments(value, role)
        return found[0] if len(found) == 1 else self.unknown(value)

    def fragments(self, value: Value | None, role: texts.Role) -> tuple[exp.Expression, ...]:
        """The expressions of a text, or what ``knex.ref`` and ``knex.fn`` stand for."""
        made = value.made_by if isinstance(value, Instance) else None
        path = (value.path or "") if isinstance(value, Instance) else ""
        if made is None:
            return self.text(value, None, role)
        if path.endswith(".as()"):
            receiver = made.callee.receiver if isinstance(made.callee, External) else None
            alias = building.read_dotted(self.lifting.project, made.argument(0), split=False)
            inner = self.raw(receiver)
            return (exp.Alias(this=inner, alias=alias.parts[0]) if alias is not None else inner,)
        if path.endswith(".ref()"):
            return (self.column(made.argument(0)),)
        if ".fn." in path:
            return (exp.CurrentTimestamp() if path.endswith("now()") else pieces.hole("a function"),)
        return self.text(made.argument(0), made.argument(1), role)

    def written(self, value: Value | None, along: Value | None, role: texts.Role) -> tuple[exp.Expression, ...]:
        """SQL as a text with what it is given, or as ``knex.raw``."""
        return self.fragments(value, role) if isinstance(value, Instance) else self.text(value, along, role)

    def text(self, text: Value | None, along: Value | None, role: texts.Role) -> tuple[exp.Expression, ...]:
        """SQL in a text."""
        if text is None:
            return (self.unknown(text),)
        project = self.lifting.project
        if isinstance(text, Const) and isinstance(text.value, str) and "??" in text.value:
            text, along = named_in(text, along, self.lifting.dialect)
        found = texts.lift_fragment(
            project, text, self.lifting.dialect, ("qmark", "named"), given(along), role=role, bindings=self.bindings
        )
        self.reasons += [str(part.meta["hole"]) for part in found if pieces.is_hole(part)]
        return found

    def column(self, value: Value | None, inner: Builder | None = None) -> exp.Expression:
        """A column by its name, or an expression in its place."""
        if is_raw(value):
            return self.raw(value)
        if isinstance(value, Builder) or inner is not None:
            return exp.Subquery(this=self.query(value, inner))
        if isinstance(value, Choice) and all(is_raw(option) or text_of(option) for option in value.options):
            self.reasons.append("which of several columns stands here")
            return self.column(value.options[0])
        found = building.read_dotted(self.lifting.project, value)
        if found is not None:
            column = found.column()
            return column.this if isinstance(column.this, exp.Star) and not column.args.get("table") else column
        if isinstance(value, Const) and isinstance(value.value, int | float):
            return self.bindings.bound(value)
        if isinstance(value, Sequence) and value.complete:
            return exp.Tuple(expressions=[self.column(item) for item in value.items])
        return self.unknown(value)

    def value(self, value: Value | None, inner: Builder | None = None) -> exp.Expression:
        """A value that is compared or stored."""
        if value is None:
            return exp.Null()
        if is_raw(value):
            return self.raw(value)
        if isinstance(value, Builder) or inner is not None:
            return exp.Subquery(this=self.query(value, inner))
        if any(isinstance(option, Builder) or is_raw(option) for option in options(value)):
            return self.unknown(value)
        return self.bindings.bound(value)

    def selected(self, value: Value | None, inner: Builder | None = None) -> list[exp.Expression]:
        """Columns of a SELECT."""
        if value is None or (isinstance(value, Const) and value.value is None):
            return []
        if isinstance(value, Sequence):
            found = [column for item in value.items for column in self.selected(item)]
            return found if value.complete else [*found, self.unknown(value, "columns")]
        if isinstance(value, Record):
            found = []
            for key, entry in value.entries.items():
                alias = pieces.name(str(key), value.places.get(key))
                found.append(exp.Alias(this=self.column(entry), alias=alias))
            return found if value.complete else [*found, self.unknown(value, "columns")]
        if is_raw(value):
            return list(self.fragments(value, "columns"))
        if isinstance(value, Builder) or inner is not None:
            made = exp.Subquery(this=self.query(value, inner))
            return [exp.Alias(this=made, alias=self.alias) if self.alias is not None else made]
        dotted = building.read_dotted(self.lifting.project, value)
        if dotted is not None:
            return [dotted.aliased()]
        if isinstance(value, Const) and isinstance(value.value, int | float):
            return [self.bindings.bound(value)]
        return [self.unknown(value, "columns")]

    def table(self, value: Value | None, inner: Builder | None = None) -> exp.Expression:
        """A table, or what stands for one."""
        if is_raw(value):
            found = self.fragments(value, "from")
            return found[0] if len(found) == 1 else self.unknown(value, "from")
        if isinstance(value, Builder) or inner is not None:
            made = exp.Subquery(this=self.query(value, inner))
            if self.alias is not None:
                made.set("alias", exp.TableAlias(this=self.alias))
            return made
        if isinstance(value, Record) and len(value.entries) == 1 and value.complete:
            ((key, entry),) = value.entries.items()
            table = self.table(entry)
            table.set("alias", exp.TableAlias(this=pieces.name(str(key), value.places.get(key))))
            return table
        dotted = building.read_dotted(self.lifting.project, value)
        if dotted is None:
            return exp.Table(this=self.unknown(value, "from"))
        return dotted.table()

    def compared(self, operator: str, left: exp.Expression, right: exp.Expression) -> exp.Expression:
        """A comparison."""
        word = operator.strip().lower()
        if word.startswith("not ") or word == "is not":
            return building.negated(self.compared(word.replace("not ", "").replace(" not", ""), left, right))
        kind = OPERATORS.get(word)
        if kind is None:
            self.reasons.append(f"the operator `{operator}`")
            return pieces.hole(f"the operator `{operator}`")
        return kind(this=left, expression=right)

    def within(self, left: exp.Expression, value: Value | None, inner: Builder | None = None) -> exp.Expression:
        """``left IN (...)``."""
        if isinstance(value, Builder) or inner is not None:
            return exp.In(this=left, query=exp.Subquery(this=self.query(value, inner)))
        if is_raw(value):
            return exp.In(this=left, expressions=[self.raw(value)])
        if isinstance(value, Sequence) and value.complete:
            if not value.items:
                return exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(0))
            rows = isinstance(left, exp.Tuple)
            items = [
                exp.Tuple(expressions=[self.value(part) for part in item.items])
                if rows and isinstance(item, Sequence)
                else self.value(item)
                for item in value.items
            ]
            return exp.In(this=left, expressions=items)
        if any(isinstance(option, Builder) for option in options(value or NOTHING)):
            return exp.In(this=left, expressions=[self.unknown(value)])
        return exp.In(this=left, expressions=[self.bindings.bound(value or NOTHING)])

    def between(self, left: exp.Expression, value: Value | None) -> exp.Expression:
        """``left BETWEEN low AND high``."""
        low, high = value.items if isinstance(value, Sequence) and len(value.items) == 2 else (value, value)
        return exp.Between(this=left, low=self.value(low), high=self.value(high))

    # Calls

    def key(self, record: Record, key: object) -> exp.Expression:
        """The column that a key of an object names."""
        return self.column(Const(str(key), record.places.get(key)))

    def joined_text(self, text: Value | None, along: Value | None) -> list[exp.Join] | None:
        """Joins that are written as text."""
        made = text.made_by if isinstance(text, Instance) and is_raw(text) else None
        if made is not None:
            text, along = made.argument(0), made.argument(1)
        written = text_of(text)
        if written is None:
            return None
        whole = Const(f"joined_ {written}", text.origin if isinstance(text, Const) else None)
        found = self.text(whole, along, "from")
        return [join for join in found[1:] if isinstance(join, exp.Join)] if len(found) > 1 else None

    def apply(self, step: Step) -> None:
        """Add what one call says."""
        from ._steps import apply

        apply(self, step)

    def condition(self, clause: str, condition: exp.Expression | None, *, is_or: bool, negated: bool) -> None:
        """A further condition."""
        if condition is None:
            return
        if negated:
            condition = building.negated(condition)
        self.conditions[clause].append((is_or, building.guarded(condition)))


def named_in(text: Const, along: Value | None, dialect: str) -> tuple[Const, Value | None]:
    """A text whose ``??`` are the names that it is given."""
    values = list(along.items) if isinstance(along, Sequence) else [along] if along is not None else []
    rest: list[Value] = []

    def put(match: re.Match[str]) -> str:
        value = values.pop(0) if values else None
        if match[0] == "??":
            words = tagged.in_quotes(value, dialect) if value is not None and text_of(value) else ()
            return "".join(str(word.value) for word in words if isinstance(word, Const)) or "??"
        if value is not None:
            rest.append(value)
        return match[0]

    made = re.sub(r"\?\??", put, str(text.value))
    return Const(made, text.origin), Sequence(rest)
