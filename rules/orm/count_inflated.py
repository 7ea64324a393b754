"""A count counts rows of a join.

The statement counts what it joins to a table of which many rows belong to one: a book with three tags is counted three
times, and with an inner join one without tags not at all. The number is right as long as nobody has more than one of
them: `articlesCount` says 6 where there are 2 articles. `COUNT(*)` behind inner joins is left alone: it may be the rows
of the last table that are meant.

Count without the join, or count each row once: `COUNT(DISTINCT books.id)`, `func.count(Book.id.distinct())`. Where a
condition looks at what is joined, it may leave one row, and nothing is said.

An inner join by itself is left alone under `COUNT(*)`: the rows that it brings may be what is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Facts, Problem, Span, rule

from ._multiplied import base_of, multiplying


@rule(Category.INCORRECT_QUERY_LOGIC)
def count_inflated(facts: Facts) -> Iterator[Problem]:
    """Yield each count of rows that a join gives more than once."""
    seen: set[Span] = set()
    for query in facts.queries.queries:
        if query.library in ("sequelize", "django_orm") or query.span in seen:
            continue
        for statement in query.statements:
            if statement.open - {"order", "limit", "options"} or not isinstance(statement.tree, exp.Select):
                continue
            found = inflated(facts, statement.tree)
            if found is None:
                continue
            seen.add(query.span)
            base, target = found
            yield Problem(
                query.site.span if query.site is not None else query.span,
                f"this counts a row of `{base}` once for each row of `{target}` that belongs to it",
                symptom=f"a number that is too high, as soon as a row of `{base}` has several of `{target}`",
                remedy=f"Count without joining `{target}`, or count each row once (`COUNT(DISTINCT ...)`)",
                identity=f"{base} {target}",
            )
            break


def inflated(facts: Facts, select: exp.Select) -> tuple[str, str] | None:
    """The tables of a count that counts rows of the first more than once."""
    counted = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    if not isinstance(counted, exp.Count) or select.args.get("group") is not None or select.args.get("distinct"):
        return None
    if not isinstance(counted.this, exp.Star | exp.Column | exp.Literal) or counted.expressions:
        return None
    inner = inside(select)
    if inner is not None:
        if not isinstance(counted.this, exp.Star) or any(
            inner.args.get(key) is not None for key in ("group", "distinct", "limit", "offset", "having")
        ):
            return None
        subject = inner
    else:
        subject = select
    base = base_of(subject)
    join = multiplying(facts, subject)
    if base is None or join is None or not isinstance(join.this, exp.Table):
        return None
    if isinstance(counted.this, exp.Star) and inner is None and join.side != "LEFT":
        return None  # rows of what an inner join leads to may be what is meant
    if isinstance(counted.this, exp.Column) and counted.this.table != base.alias_or_name:
        return None
    if inner is None and isinstance(counted.this, exp.Star) and join.args.get("side") != "LEFT":
        return None  # the rows of the joined table may be what is counted
    if inner is not None and not gives_rows_of(inner, base):
        return None
    return base.name, join.this.name


def inside(select: exp.Select) -> exp.Select | None:
    """The SELECT that another one takes its rows from, if it takes them from nothing else."""
    source = select.args.get("from_") or select.args.get("from")
    if source is None or select.args.get("joins") or select.args.get("where") is not None:
        return None
    held = source.this
    return held.this if isinstance(held, exp.Subquery) and isinstance(held.this, exp.Select) else None


def gives_rows_of(select: exp.Select, base: exp.Table) -> bool:
    """Whether all that a SELECT gives is of its first table."""
    columns = [found for part in select.expressions for found in part.find_all(exp.Column)]
    return bool(columns) and all(column.table == base.alias_or_name for column in columns)
