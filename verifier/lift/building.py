"""What builders of statements have in common: clauses that fill up, and names that are written inside texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlglot import Dialect, exp

from verifier.evaluate.values import Const, Fallback, Origin, Value
from verifier.lift.composing import variants as composed
from verifier.lift.pieces import name, placed
from verifier.model import Project
from verifier.regex import regex

ALIAS = regex(r"\s+as\s+", re.IGNORECASE)
SIDES = {
    "": {}, "inner": {}, "left": {"side": "LEFT"}, "right": {"side": "RIGHT"}, "full": {"side": "FULL"},
    "cross": {"kind": "CROSS"},
}  # fmt: skip


class Dotted(NamedTuple):
    """A name in a text: ``public.users.id as uid``. Each word with the place where it is written."""

    parts: tuple[exp.Identifier, ...]
    alias: exp.Identifier | None = None

    def column(self) -> exp.Column:
        """The name as that of a column; a star stands for all."""
        last = self.parts[-1]
        this: exp.Expression = placed(exp.Star(), last.meta.get("at")) if last.this == "*" else last
        outer = dict(zip(("table", "db", "catalog"), reversed(self.parts[:-1]), strict=False))
        return exp.Column(this=this, **outer)

    def table(self) -> exp.Table:
        """The name as that of a table."""
        outer = dict(zip(("this", "db", "catalog"), reversed(self.parts), strict=False))
        made = exp.Table(**outer)
        if self.alias is not None:
            made.set("alias", exp.TableAlias(this=self.alias))
        return made

    def aliased(self) -> exp.Expression:
        """The column, under its alias where it has one."""
        found = self.column()
        if isinstance(found.this, exp.Star) and not found.args.get("table"):
            return found.this
        return exp.Alias(this=found, alias=self.alias) if self.alias is not None else found


def read_dotted(project: Project, value: Value | None, *, split: bool = True) -> Dotted | None:
    """The name that a text is; None where it is no known text.

    ``split``: dots part the names of tables from those of columns, and ``as`` an alias.
    """
    if not isinstance(value, Const) or not isinstance(value.value, str) or not value.value.strip():
        return None
    text = value.value
    at = places_of(project, value)
    if not split:
        return Dotted((name(text, at(0, len(text)) or value.origin),))

    def word(start: int, end: int) -> exp.Identifier:
        return name(text[start:end], at(start, end) or value.origin)

    alias: exp.Identifier | None = None
    end = len(text.rstrip())
    parted = ALIAS.search(text)
    if parted is not None:
        alias, end = word(parted.end(), end), parted.start()
    parts: list[exp.Identifier] = []
    position = 0
    for part in text[:end].split("."):
        begin = position + len(part) - len(part.lstrip())
        parts.append(word(begin, max(position + len(part.rstrip()), begin)))
        position += len(part) + 1
    return Dotted(tuple(parts), alias)


def places_of(project: Project, value: Const) -> Callable[[int, int], Origin | None]:
    """Tells where a part of a text is written."""
    origin, text = value.origin, str(value.value)
    source = project.files.get(origin.path) if origin is not None else None
    if type(value) in (Const, Fallback) and origin is not None and source is not None and text.isascii():
        begin = origin.start + 1
        if source.data[begin : origin.end - 1] == text.encode():  # as it stands between its quotes
            return lambda start, end: Origin(origin.path, begin + start, begin + end)
    return composed(project, value)[0].at


class Draft:
    """A statement that fills up clause by clause."""

    def __init__(self) -> None:
        self.ctes: list[exp.CTE] = []
        self.recursive = False
        self.columns: list[exp.Expression] = []
        self.distinct: exp.Distinct | None = None
        self.source: exp.Expression | None = None
        self.more: list[exp.Expression] = []  # further tables of FROM
        self.joins: list[exp.Join] = []
        self.where: exp.Expression | None = None
        self.group: list[exp.Expression] = []
        self.having: exp.Expression | None = None
        self.order: list[exp.Expression] = []
        self.limit: exp.Expression | None = None
        self.offset: exp.Expression | None = None
        self.locks: list[exp.Lock] = []
        self.unions: list[tuple[Callable[..., exp.Expression], bool, exp.Expression]] = []
        self.sets: list[exp.Expression] = []
        self.returning: list[exp.Expression] = []
        self.conflict: exp.OnConflict | None = None
        self.names: list[exp.Identifier] = []  # columns of an INSERT
        self.values: exp.Expression | None = None

    def join(self, table: exp.Expression, kind: str, on: exp.Expression | None = None) -> None:
        """Join a table: ``kind`` is ``inner``, ``left``, ``right``, ``full`` or ``cross``."""
        self.joins.append(exp.Join(this=table, on=on, **SIDES.get(kind, {})))

    def also(self, condition: exp.Expression | None) -> None:
        """A further condition that must hold."""
        self.where = both(self.where, condition)

    def select(self) -> exp.Expression:
        """The SELECT."""
        made = exp.Select(
            expressions=self.columns or [exp.Star()],
            distinct=self.distinct,
            from_=exp.From(this=self.source) if self.source is not None else None,
            joins=[*(exp.Join(this=table) for table in self.more), *self.joins] or None,
            where=exp.Where(this=self.where) if self.where is not None else None,
            group=exp.Group(expressions=self.group) if self.group else None,
            having=exp.Having(this=self.having) if self.having is not None else None,
            locks=self.locks or None,
        )
        whole: exp.Expression = made
        for kind, distinct, other in self.unions:
            whole = kind(this=whole, expression=other, distinct=distinct)
        self.end(whole)
        return whole

    def end(self, tree: exp.Expression) -> None:
        """What stands before and behind a statement."""
        if self.order:
            tree.set("order", exp.Order(expressions=self.order))
        if self.limit is not None:
            tree.set("limit", exp.Limit(expression=self.limit))
        if self.offset is not None:
            tree.set("offset", exp.Offset(expression=self.offset))
        self.begin(tree)

    def begin(self, tree: exp.Expression) -> None:
        """Common table expressions."""
        if self.ctes:
            tree.set("with_", exp.With(expressions=self.ctes, recursive=self.recursive or None))

    def insert(self) -> exp.Insert:
        """The INSERT."""
        target: exp.Expression | None = self.source
        if self.names and target is not None:
            target = exp.Schema(this=target, expressions=list(self.names))
        made = exp.Insert(
            this=target,
            expression=self.values,
            default=self.values is None,
            conflict=self.conflict,
            returning=exp.Returning(expressions=self.returning) if self.returning else None,
        )
        self.begin(made)
        return made

    def update(self) -> exp.Update:
        """The UPDATE."""
        made = exp.Update(
            this=self.source,
            expressions=self.sets,
            from_=exp.From(this=self.more[0]) if self.more else None,
            where=exp.Where(this=self.where) if self.where is not None else None,
            returning=exp.Returning(expressions=self.returning) if self.returning else None,
        )
        self.end(made)
        return made

    def delete(self) -> exp.Delete:
        """The DELETE."""
        made = exp.Delete(
            this=self.source,
            using=self.more or None,
            where=exp.Where(this=self.where) if self.where is not None else None,
            returning=exp.Returning(expressions=self.returning) if self.returning else None,
        )
        self.end(made)
        return made


def both(left: exp.Expression | None, right: exp.Expression | None) -> exp.Expression | None:
    """Two conditions, either of which may be missing, as one."""
    if left is None or right is None:
        return left if right is None else right
    return exp.And(this=guarded(left), expression=guarded(right))


def guarded(condition: exp.Expression) -> exp.Expression:
    """A condition that may stand beside AND."""
    return exp.Paren(this=condition) if isinstance(condition, exp.Or) else condition


def operand(node: exp.Expression) -> exp.Expression:
    """An expression that may stand beside an operator."""
    return exp.Paren(this=node) if isinstance(node, exp.Connector | exp.Binary | exp.Not) else node


def negated(condition: exp.Expression) -> exp.Expression:
    """The opposite of a condition."""
    if isinstance(condition, exp.Is | exp.Like | exp.ILike) and not condition.args.get("negate"):
        condition.set("negate", True)
        return condition
    return exp.Not(this=condition if isinstance(condition, exp.Paren) else grouped(condition))


def grouped(condition: exp.Expression) -> exp.Expression:
    """A condition that may stand behind NOT."""
    return exp.Paren(this=condition) if isinstance(condition, exp.And | exp.Or) else condition


def any_of(conditions: Iterable[exp.Expression]) -> exp.Expression | None:
    """Conditions of which one must hold."""
    found: exp.Expression | None = None
    for condition in conditions:
        found = condition if found is None else exp.Or(this=found, expression=condition)
    return found


def all_of(conditions: Iterable[exp.Expression]) -> exp.Expression | None:
    """Conditions all of which must hold."""
    found: exp.Expression | None = None
    for condition in conditions:
        found = both(found, condition)
    return found


def snake_case(name: str) -> str:
    """A name in camel case as query builders write it for the database: ``fooBAR1`` is ``foo_bar1``."""
    found = name[:1].lower()
    for before, letter in pairwise(name):
        upper = letter == letter.upper() != letter.lower()
        begins = upper and not before == before.upper() != before.lower()
        found += f"_{letter.lower()}" if begins else letter.lower() if upper else letter
    return found


def renamed(tree: exp.Expression, rename: Callable[[str], str]) -> None:
    """Give each name of a statement another form; the places stay."""
    for node in tree.find_all(exp.Identifier):
        other = rename(node.this)
        if other != node.this:
            node.set("this", other)
            node.set("quoted", name(other).args["quoted"])


def ordered(
    this: exp.Expression, dialect: str, *, descending: bool = False, nulls_first: bool | None = None
) -> exp.Ordered:
    """A term of ORDER BY; where nothing is said of NULL, it stands where the database has it."""
    if nulls_first is None:
        where = Dialect.get_or_raise(dialect or None).NULL_ORDERING
        nulls_first = descending == (where == "nulls_are_large") and where != "nulls_are_last"
    return exp.Ordered(this=this, desc=descending or None, nulls_first=nulls_first)


def rows(found: Sequence[Sequence[exp.Expression]]) -> exp.Values:
    """The rows of an INSERT."""
    return exp.Values(expressions=[exp.Tuple(expressions=list(row)) for row in found])


def excluded(column: exp.Identifier) -> exp.Column:
    """What a row that is refused wanted to put into a column."""
    return exp.Column(this=column.copy(), table=exp.Identifier(this="excluded", quoted=False))
