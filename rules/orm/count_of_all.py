"""A page of some rows comes with the count of all rows.

The function asks for a page of the rows that meet a condition (`where(*conditions).limit(limit)`), and beside it counts
the rows of the whole table (`select(func.count(Book.id))`, `Book.objects.count()`, `Book.count()`). The client is told
of pages that do not exist.

Count what is listed: put the same conditions on both, or count the query itself before it is limited.

A function that counts the filtered rows, too, is left alone, and so are conditions that only say where a page begins
(`id > last`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Facts, FunctionRef, Problem, Query, Related, Severity, rule

BEGINNING = (exp.GT, exp.GTE, exp.LT, exp.LTE)


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def count_of_all(facts: Facts) -> Iterator[Problem]:
    """Yield each count of a whole table beside a page of some of its rows."""
    inside: dict[FunctionRef, list[Query]] = {}
    for query in facts.queries.queries:
        if query.function is not None and query.lifted and query.action != "build":
            inside.setdefault(query.function, []).append(query)
    for own in inside.values():
        if len(own) < 2:
            continue
        for counting in own:
            table = whole_table(counting)
            if table is None or any(counts_some(query, table) for query in own):
                continue
            page = next((query for query in own if is_filtered_page(query, table)), None)
            if page is None:
                continue
            yield Problem(
                counting.span,
                f"this counts all rows of `{table}`, and the page beside it has some of them only",
                related=(Related(page.span, "the page is asked for here"),),
                symptom="200, with a total that does not fit the rows which the filter leaves",
                remedy="Count with the conditions of the page",
            )


def whole_table(query: Query) -> str | None:
    """The table of which a query counts all rows, in each of its forms."""
    found: set[str] = set()
    for statement in query.statements:
        table = counted(statement.tree)
        if table is None or statement.open or is_limited(statement.tree):
            return None
        found.add(table)
    return found.pop() if len(found) == 1 else None


def counted(tree: exp.Expression) -> str | None:
    """The table of which a statement counts rows."""
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or tree.args.get("group") is not None:
        return None
    value = tree.expressions[0].unalias()
    return main_table(tree) if isinstance(value, exp.Count) else None


def main_table(tree: exp.Select) -> str | None:
    """The first table of a statement."""
    source = tree.args.get("from_")
    return source.this.name if source is not None and isinstance(source.this, exp.Table) else None


def is_limited(tree: exp.Expression) -> bool:
    """Whether anything says which rows are meant."""
    return any(tree.args.get(name) for name in ("where", "having", "joins", "limit", "distinct", "laterals", "with_"))


def counts_some(query: Query, table: str) -> bool:
    """Whether a query counts chosen rows of a table, or may: of a sub-query, or of what is not known."""
    return any(
        any(count.find_ancestor(exp.Select) is statement.tree for count in statement.tree.find_all(exp.Count))
        and (bool(statement.open) or is_limited(statement.tree) or counted(statement.tree) != table)
        for statement in query.statements
    )


def is_filtered_page(query: Query, table: str) -> bool:
    """Whether a query gives a page of a table's rows that meet conditions."""
    trees = [statement.tree for statement in query.statements]
    return all(
        isinstance(tree, exp.Select)
        and main_table(tree) == table
        and tree.args.get("limit") is not None
        and tree.args.get("offset") is not None
        for tree in trees
    ) and any(is_filtered(tree) for tree in trees)


def is_filtered(tree: exp.Expression) -> bool:
    """Whether a condition does more than to say where a page begins."""
    where = tree.args.get("where")
    conditions = list(where.this.flatten()) if where is not None and isinstance(where.this, exp.And) else []
    if where is not None and not conditions:
        conditions = [where.this]
    return any(not isinstance(one.unnest(), BEGINNING) for one in conditions)
