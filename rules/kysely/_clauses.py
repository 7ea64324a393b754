"""The clauses of Kysely's statements: what each call on a builder adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from sqlglot import exp

from verifier.api import (
    Choice,
    Clause,
    Const,
    Lifted,
    Lifting,
    Native,
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
)

from ._chains import DATABASE, SELECT, Chain

OPERATORS: dict[str, Callable[..., exp.Expression]] = {
    "=": exp.EQ, "==": exp.EQ, "!=": exp.NEQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
    "like": exp.Like, "ilike": exp.ILike, "+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div,
    "%": exp.Mod, "||": exp.DPipe, "~": exp.RegexpLike, "~*": exp.RegexpILike, "@>": exp.ArrayContainsAll,
    "<@": exp.ArrayContainedBy, "&&": exp.ArrayOverlaps, "is distinct from": exp.NullSafeNEQ,
    "is not distinct from": exp.NullSafeEQ,
}  # fmt: skip


def names_in(dialect: str, value: Value) -> tuple[Value, ...] | None:
    """The pieces of text that a value in a template stands for: names, and further SQL."""
    if not isinstance(value, Chain) or value.call is None or not value.name.startswith("sql"):
        return None
    first = value.call.argument(0)
    if value.name in ("sql", "sql.raw") and first is not None:
        return (first,)
    if value.name in ("sql.table", "sql.ref") and first is not None:
        return tagged.in_quotes(first, dialect)
    if value.name == "sql.id":
        words: list[Value] = []
        for argument in value.call.arguments:
            words += [Const(".")] if words else []
            words += tagged.in_quotes(argument, dialect, split=False)
        return tuple(words)
    return None


def expand(text: Value, dialect: str) -> Value:
    """A template with its names and further SQL written out."""
    return tagged.spliced(text, partial(names_in, dialect), 0)


class Maker:
    """Makes a statement of the calls that made one builder."""

    def __init__(self, lifting: Lifting, bindings: pieces.Bindings | None = None) -> None:
        self.lifting = lifting
        self.bindings = bindings or pieces.Bindings()
        self.draft = building.Draft()
        self.open: set[Clause] = set()
        self.reasons: list[str] = []
        self.reason: str | None = None
        self.verb = "select"
        self.alias: exp.Identifier | None = None

    def statement(self, steps: list[Chain]) -> Lifted | None:
        """What the calls make; None where that cannot be told (``reason``)."""
        tree = self.tree(steps)
        if tree is None:
            self.reason = self.reason or "a statement without a table"
            return None
        return Lifted(tree, tuple(self.bindings.values), frozenset(self.open), tuple(dict.fromkeys(self.reasons)))

    def tree(self, steps: Iterable[Chain]) -> exp.Expression | None:
        """The tree of some calls."""
        from ._steps import apply

        schema: exp.Identifier | None = None
        for step in steps:
            if step.path == DATABASE and step.name == "withSchema" and step.call is not None:
                found = building.read_dotted(self.lifting.project, step.call.argument(0), split=False)
                schema = found.parts[0] if found is not None else None
            apply(self, step)
        draft = self.draft
        if schema is not None:
            known = {cte.alias for cte in draft.ctes}
            for table in (draft.source, *draft.more, *(join.this for join in draft.joins)):
                if isinstance(table, exp.Table) and not table.args.get("db") and table.name not in known:
                    table.set("db", schema.copy())
        if self.verb == "select":
            return draft.select()
        if draft.source is None:
            return None
        if draft.joins:
            self.open.add("from")
            self.reasons.append("joins of a write, which not all databases have")
        return {"insert": draft.insert, "update": draft.update, "delete": draft.delete}[self.verb]()

    def unknown(self, value: Value | None, clause: Clause | None = None) -> exp.Expression:
        """A part that only run time knows."""
        reason = reason_of(value)
        self.reasons.append(reason)
        if clause is not None:
            self.open.add(clause)
        return pieces.hole(reason, value.origin if value is not None else None)

    # Parts

    def query(self, value: Value | None) -> exp.Expression:
        """A statement inside another."""
        from ._queries import steps_of

        steps = steps_of(value)
        if not isinstance(value, Chain) or not steps:
            return self.unknown(value, "from")
        maker = Maker(self.lifting, self.bindings)
        tree = maker.tree(steps)
        self.open |= maker.open & {"from", "columns"}
        self.reasons += maker.reasons
        self.alias = maker.alias
        return tree if tree is not None else self.unknown(value, "from")

    def reference(self, value: Value | None) -> exp.Expression:
        """A column by its name, or an expression in its place."""
        if isinstance(value, Chain):
            return self.expression(value)
        if isinstance(value, Choice) and all(isinstance(option, Chain) or text_of(option) for option in value.options):
            self.reasons.append("which of several expressions stands here")
            return self.reference(value.options[0])
        found = building.read_dotted(self.lifting.project, value)
        return found.column() if found is not None else self.unknown(value)

    def value(self, value: Value | None) -> exp.Expression:
        """A value that is compared or stored."""
        if value is None:
            return exp.Null()
        if isinstance(value, Chain):
            return self.expression(value)
        chains = [option for option in options(value) if isinstance(option, Chain)]
        if chains:
            return self.expression(chains[0]) if len(chains) == len(options(value)) else self.unknown(value)
        return self.bindings.bound(value)

    def values(self, value: Value | None) -> exp.Expression:
        """What stands behind IN."""
        if isinstance(value, Sequence) and value.complete:
            return exp.Tuple(expressions=[self.value(item) for item in value.items])
        return self.value(value)

    def compared(
        self, left: exp.Expression, operator: Value | None, right: Value | None, *, column: bool = False
    ) -> exp.Expression:
        """``left operator right``."""
        word = (text_of(operator) or "").lower()
        if not word:
            return self.unknown(operator)
        if word in ("in", "not in"):
            found = self.within(left, right)
            return building.negated(found) if word == "not in" else found
        if word in ("is", "is not"):
            null = isinstance(right, Const) and right.value is None
            found = exp.Is(this=left, expression=exp.Null() if null else self.value(right))
            return building.negated(found) if word == "is not" else found
        other = self.reference(right) if column else self.value(right)
        if word.startswith("not ") and word[4:] in OPERATORS:
            return building.negated(OPERATORS[word[4:]](this=left, expression=other))
        kind = OPERATORS.get(word)
        if kind is None:
            self.reasons.append(f"the operator `{word}`")
            return pieces.hole(f"the operator `{word}`")
        return kind(this=building.operand(left), expression=building.operand(other))

    def within(self, left: exp.Expression, right: Value | None) -> exp.Expression:
        """``left IN (...)``."""
        if isinstance(right, Chain):
            made = self.expression(right)
            if isinstance(made, exp.Subquery):
                return exp.In(this=left, query=made)
            return exp.In(this=left, expressions=list(made.expressions) if isinstance(made, exp.Tuple) else [made])
        if isinstance(right, Sequence) and right.complete and right.items:
            return exp.In(this=left, expressions=[self.value(item) for item in right.items])
        return exp.In(this=left, expressions=[self.value(right)])

    def expression(self, chain: Chain) -> exp.Expression:
        """What an expression or a statement in its place says."""
        if chain.path == SELECT:
            made = exp.Subquery(this=self.query(chain))
            return exp.Alias(this=made, alias=self.alias) if self.alias is not None else made
        from ._expressions import expression

        return expression(self, chain)

    def given(self, step: Chain, place: int) -> Value | None:
        """An argument, or what the callback in its place gave."""
        found = step.inner.get(place) or (step.call.argument(place) if step.call is not None else None)
        if isinstance(found, Choice):
            same = [option for option in found.options if not isinstance(option, Const | Native)]
            if len(same) == 1:
                return same[0]
        return found

    def condition(self, step: Chain) -> exp.Expression:
        """``where("a", "=", 1)``, ``where(expression)``, ``where((eb) => ...)``."""
        assert step.call is not None
        if len(step.call.arguments) >= 3:
            return self.compared(self.reference(self.given(step, 0)), step.call.argument(1), self.given(step, 2))
        found = self.given(step, 0)
        if isinstance(found, Chain):
            return self.expression(found)
        return self.unknown(found, "where")

    def selected(self, value: Value | None) -> list[exp.Expression]:
        """Columns of a SELECT."""
        if isinstance(value, Sequence):
            found = [column for item in value.items for column in self.selected(item)]
            return found if value.complete else [*found, self.unknown(value, "columns")]
        if isinstance(value, Chain):
            return [self.expression(value)]
        if isinstance(value, Choice) and all(isinstance(option, Sequence | Chain) for option in value.options):
            self.reasons.append("which columns are read")
            return max((self.selected(option) for option in value.options), key=len)
        found_ = building.read_dotted(self.lifting.project, value)
        return [found_.aliased() if found_ is not None else self.unknown(value, "columns")]

    def table(self, value: Value | None) -> exp.Expression:
        """A table, or what stands for one."""
        if isinstance(value, Chain):
            if value.path == SELECT:
                made = exp.Subquery(this=self.query(value))
                if self.alias is not None:
                    made.set("alias", exp.TableAlias(this=self.alias))
                return made
            found = self.expression(value)
            if isinstance(found, exp.Alias):
                inner, alias = found.this, exp.TableAlias(this=found.args["alias"])
                if isinstance(inner, exp.Column):
                    return exp.Table(this=inner.this, db=inner.args.get("table"), alias=alias)
                return exp.Table(this=inner, alias=alias)
            return exp.Table(this=found.this if isinstance(found, exp.Column) else found)
        dotted = building.read_dotted(self.lifting.project, value)
        return dotted.table() if dotted is not None else exp.Table(this=self.unknown(value, "from"))

    def tables(self, value: Value | None) -> list[exp.Expression]:
        """One table or several."""
        return [self.table(item) for item in value.items] if isinstance(value, Sequence) else [self.table(value)]

    def template(self, text: Value | None) -> exp.Expression:
        """SQL in a template."""
        if text is None:
            return self.unknown(text)
        if isinstance(text, Const):
            text = Text((str(text.value),), text.origin, (text,))
        found = tagged.lift_template(
            self.lifting.project,
            text,
            self.lifting.dialect,
            self.bindings,
            partial(names_in, self.lifting.dialect),
            self.embedded,
        )
        self.reasons += [str(node.meta["hole"]) for part in found for node in pieces.holes_in(part)]
        return found[0] if len(found) == 1 else self.unknown(text)

    def embedded(self, value: Value) -> exp.Expression | None:
        """The expression that a value in a template is."""
        return self.expression(value) if isinstance(value, Chain) else None

    def key(self, record: Record, key: object) -> exp.Identifier:
        """The column that a key of an object names."""
        return pieces.name(str(key), record.places.get(key))
