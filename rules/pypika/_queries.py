"""What PyPika's builders come to, where they are handed to a driver as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sqlglot import exp

from verifier.api import (
    Call,
    Class,
    Clause,
    External,
    Instance,
    Lifted,
    Lifting,
    Query,
    Sequence,
    Site,
    Term,
    Value,
    building,
    feasible,
    once,
    options,
    pieces,
    reason_of,
    text_of,
)

from ._tables import Field, Table

BINARY: dict[str, Callable[..., exp.Expression]] = {
    "==": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE, "+": exp.Add, "-": exp.Sub,
    "*": exp.Mul, "/": exp.Div, "%": exp.Mod,
}  # fmt: skip
JOINS = {
    "join": "inner", "inner_join": "inner", "left_join": "left", "left_outer_join": "left", "right_join": "right",
    "full_outer_join": "full", "outer_join": "full", "cross_join": "cross",
}  # fmt: skip
SENDS = frozenset("execute executemany fetch fetchrow fetchval fetch_all fetch_one fetch_val iterate".split())
SILENT = frozenset({"get_sql", "as_", "__str__"})


def read_queries(lifting: Lifting) -> Iterator[Query]:
    """One query for each call of a driver that is handed a statement of PyPika's."""
    for site in lifting.sites:
        callee = site.call.callee
        name = callee.name if isinstance(callee, External) else ""
        if name not in SENDS:
            continue
        chains = [chain_of(option) for argument in site.call.arguments[:1] for option in options(argument)]
        known = [chain for chain in chains if chain]
        if known:
            yield from lifting.each(site, "pypika", once(partial(query, lifting, site, known)))


def chain_of(value: Value | None) -> list[Call]:
    """The calls that made a builder, the first one first; none for other values."""
    found: list[Call] = []
    while isinstance(value, Instance) and value.made_by is not None and (value.path or "").startswith("pypika"):
        if isinstance(value, Field | Table):
            break
        call = value.made_by
        found.append(call)
        value = call.callee.receiver if isinstance(call.callee, External) else None
    names = {call.callee.name for call in found if isinstance(call.callee, External)}
    return found[::-1] if names & {"from_", "into", "update"} else []


def query(lifting: Lifting, site: Site, chains: list[list[Call]]) -> Query:
    """What is sent at one place, in all its forms."""
    statements: dict[str, Lifted] = {}
    reason: str | None = None
    for place in feasible(lifting.project, [[(id(call.node), call.ways) for call in chain] for chain in chains]):
        maker = Maker(lifting)
        tree = maker.tree(chains[place])
        if tree is None:
            reason = next(iter(maker.reasons), "a statement without a table")
            continue
        values = tuple(maker.bindings.values)
        made = Lifted(tree, values, frozenset(maker.open), tuple(dict.fromkeys(maker.reasons)))
        statements.setdefault(tree.sql(), made)
    ordered = [statements[text] for text in sorted(statements, key=len, reverse=True)][:8]
    why = reason if not ordered else next((text for made in ordered for text in made.reasons), None)
    writes = any(isinstance(made.tree, exp.Insert | exp.Update | exp.Delete) for made in ordered)
    return Query(
        site.start, site.caller, "orm", "pypika", lifting.dialect, tuple(ordered), why,
        "write" if writes else "rows", site=site,
    )  # fmt: skip


class Maker:
    """Makes a statement of a chain of calls."""

    def __init__(self, lifting: Lifting, bindings: pieces.Bindings | None = None) -> None:
        self.lifting = lifting
        self.bindings = bindings or pieces.Bindings()
        self.draft = building.Draft()
        self.open: set[Clause] = set()
        self.reasons: list[str] = []
        self.verb = "select"

    def unknown(self, value: Value | None, clause: Clause | None = None) -> exp.Expression:
        """A part that only run time knows."""
        reason = reason_of(value)
        self.reasons.append(reason)
        if clause is not None:
            self.open.add(clause)
        return pieces.hole(reason, value.origin if value is not None else None)

    def tree(self, calls: list[Call]) -> exp.Expression | None:
        """The tree of some calls."""
        for call in calls:
            self.apply(call)
        if self.verb == "select":
            return self.draft.select()
        if self.draft.source is None:
            return None
        return {"insert": self.draft.insert, "update": self.draft.update, "delete": self.draft.delete}[self.verb]()

    def apply(self, call: Call) -> None:
        """Add what one call says."""
        name = call.callee.name if isinstance(call.callee, External) else ""
        draft, first = self.draft, call.argument(0)
        if name == "from_":
            table = self.table(first)
            if draft.source is None:
                draft.source = table
            else:
                draft.more.append(table)
        elif name in ("into", "update"):
            self.verb, draft.source = ("insert" if name == "into" else "update"), self.table(first)
        elif name == "delete":
            self.verb = "delete"
        elif name == "select":
            draft.columns += [self.selected(argument) for argument in call.arguments]
        elif name == "distinct":
            draft.distinct = exp.Distinct()
        elif name in JOINS:
            draft.join(self.table(first), JOINS[name])
        elif name == "on" and draft.joins:
            draft.joins[-1].set("on", self.expression(first))
        elif name in ("where", "having"):
            condition = self.expression(first)
            if name == "where":
                draft.also(condition)
            else:
                draft.having = building.both(draft.having, condition)
        elif name == "groupby":
            draft.group += [self.selected(argument) for argument in call.arguments]
        elif name == "orderby":
            order = call.keywords.get("order")
            descending = isinstance(order, External) and order.name == "desc"
            for argument in call.arguments:
                column = self.selected(argument)
                draft.order.append(building.ordered(column, self.lifting.dialect, descending=descending))
        elif name == "limit":
            draft.limit = self.expression(first)
        elif name == "offset":
            draft.offset = self.expression(first)
        elif name == "columns":
            names = [
                item for given in call.arguments for item in (given.items if isinstance(given, Sequence) else [given])
            ]
            for item in names:
                column = self.selected(item)
                if isinstance(column, exp.Column) and isinstance(column.this, exp.Identifier):
                    draft.names.append(column.this)
        elif name == "insert":
            draft.values = building.rows([[self.expression(argument) for argument in call.arguments]])
        elif name == "set":
            column = self.selected(first)
            draft.sets.append(exp.EQ(this=column, expression=self.expression(call.argument(1))))
        elif name == "returning":
            draft.returning += [self.selected(argument) for argument in call.arguments]
        elif name not in SILENT:
            self.reasons.append(f"`{name}`, which is not read")

    def table(self, value: Value | None) -> exp.Expression:
        """A table, by its object or its name."""
        if isinstance(value, Table):
            name, alias, schema = text_of(value.name), text_of(value.alias), text_of(value.schema)
            if name is None:
                return exp.Table(this=self.unknown(value.name, "from"))
            made = exp.Table(this=pieces.name(name), db=pieces.name(schema) if schema else None)
            if alias:
                made.set("alias", exp.TableAlias(this=pieces.name(alias)))
            return made
        if text_of(value) is not None and value is not None:
            return exp.Table(this=pieces.name(text_of(value) or "", value.origin))
        calls = chain_of(value)
        if calls:
            return exp.Subquery(this=self.inner(calls))
        return exp.Table(this=self.unknown(value, "from"))

    def inner(self, calls: list[Call]) -> exp.Expression:
        """A statement inside another."""
        self.lifting.spend()
        maker = Maker(self.lifting, self.bindings)
        tree = maker.tree(calls)
        self.reasons += maker.reasons
        self.open |= maker.open & {"from", "columns"}
        return tree if tree is not None else pieces.hole("a statement without a table")

    def selected(self, value: Value | None) -> exp.Expression:
        """A column, by its name or its object."""
        text = text_of(value)
        if text == "*":
            return exp.Star()
        if text is not None and value is not None:
            return exp.Column(this=pieces.name(text, value.origin))
        return self.expression(value)

    def expression(self, value: Value | None) -> exp.Expression:
        """What a value says in a statement."""
        self.lifting.spend()
        if isinstance(value, Field):
            table = text_of(value.table.alias) or text_of(value.table.name)
            return exp.Column(
                this=pieces.name(value.name, value.origin), table=pieces.name(table) if table is not None else None
            )
        if isinstance(value, Term):
            return self.term(value)
        calls = chain_of(value)
        if calls:
            made = exp.Subquery(this=self.inner(calls))
            alias = next((call.text(0) for call in reversed(calls) if getattr(call.callee, "name", "") == "as_"), None)
            return exp.Alias(this=made, alias=pieces.name(alias)) if alias else made
        if isinstance(value, Instance) and is_parameter(value):
            return exp.Placeholder(this="value")
        if isinstance(value, Instance) and value.made_by is not None and (value.path or "").startswith("pypika"):
            return self.called(value, value.made_by)
        if value is None or isinstance(value, External):
            return self.unknown(value)
        return self.bindings.bound(value)

    def called(self, value: Instance, call: Call) -> exp.Expression:
        """A method of a column, or a function."""
        callee = call.callee
        name = callee.name if isinstance(callee, External) else ""
        receiver = callee.receiver if isinstance(callee, External) else None
        first = call.argument(0)
        if name == "as_" and isinstance(receiver, Value):
            alias = call.text(0)
            inner = self.expression(receiver)
            return exp.Alias(this=inner, alias=pieces.name(alias)) if alias else inner
        if isinstance(receiver, Field | Term):
            left = self.expression(receiver)
            if name in ("isin", "notin"):
                items = first.items if isinstance(first, Sequence) and first.complete and first.items else None
                calls = chain_of(first)
                if calls:
                    found = exp.In(this=left, query=exp.Subquery(this=self.inner(calls)))
                else:
                    given = [self.expression(item) for item in items] if items else [self.expression(first)]
                    found = exp.In(this=left, expressions=given)
                return building.negated(found) if name == "notin" else found
            if name in ("isnull", "notnull", "isnotnull"):
                null = exp.Is(this=left, expression=exp.Null())
                return null if name == "isnull" else building.negated(null)
            if name in ("like", "ilike"):
                kind = exp.Like if name == "like" else exp.ILike
                return kind(this=left, expression=self.expression(first))
            if name in ("eq", "ne", "gt", "gte", "lt", "lte"):
                operator = {"eq": "==", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}[name]
                return BINARY[operator](this=left, expression=self.expression(first))
        if ".functions." in (value.path or ""):
            if name == "Count" and text_of(first) == "*":
                return exp.Count(this=exp.Star())
            made = exp.func(name, *[self.expression(argument) for argument in call.arguments])
            return made if isinstance(made, exp.Expression) else self.unknown(value)
        return self.unknown(value)

    def term(self, term: Term) -> exp.Expression:
        """An operation."""
        if term.operator == "~":
            return building.negated(self.expression(term.operands[0]))
        if len(term.operands) != 2:
            return self.unknown(term)
        left, right = self.expression(term.operands[0]), self.expression(term.operands[1])
        if term.operator == "&":
            return building.both(left, right) or left
        if term.operator == "|":
            return exp.Paren(this=exp.Or(this=left, expression=right))
        kind = BINARY.get(term.operator)
        return kind(this=left, expression=right) if kind is not None else self.unknown(term)


def is_parameter(value: Instance) -> bool:
    """Whether a value stands for one that is given along."""
    if (value.path or "").startswith(("pypika.Parameter", "pypika.terms.Parameter")):
        return True
    lineage = value.kind.lineage() if isinstance(value.kind, Class) else ()
    return any(isinstance(base, External) and base.name.endswith("Parameter") for base in lineage)
