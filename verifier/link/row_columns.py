"""The columns of rows that were fetched, by the statements that gave them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.evaluate.fetched import Cell
from verifier.hold.schema import Schema, schema_of
from verifier.hold.scopes import Scopes
from verifier.hold.types import Typed, type_of, type_of_column
from verifier.lift.nouns import Columns
from verifier.link.queries import as_sqlglot

if TYPE_CHECKING:
    from verifier.evaluate.library import Call
    from verifier.hold.levels import Output
    from verifier.lift.nouns import Query, Statement
    from verifier.link import Facts

# What a database calls a column by its text, which is no word.
NAMELESS = (exp.Func, exp.Binary, exp.Case, exp.Literal, exp.Unary, exp.Subquery)


def given_by(facts: Facts, sources: Iterable[Call]) -> tuple[Columns, ...] | None:
    """The columns of each form of each statement that some calls sent; None where not all are known."""
    found: list[Columns] = []
    for call in sources:
        queries = facts.queries.sent_by(call)
        if not queries:
            return None
        for query in queries:
            given = list(forms_of(facts, query))
            if not query.lifted or query.reason is not None or not given or None in given:
                return None
            found += [one for one in given if one is not None]
    return tuple(found) or None


def forms_of(facts: Facts, query: Query) -> Iterator[Columns | None]:
    """The columns of each form of a query."""
    known: dict[int, Columns | None] = facts.__dict__.setdefault("known_columns", {})
    used = as_sqlglot(facts.dialects_through(query.library))
    dialect = query.dialect or (next(iter(used)) if len(used) == 1 else "")
    for statement in query.statements:
        if id(statement) not in known:
            known[id(statement)] = read(facts, query, statement, dialect) if dialect else None
        yield known[id(statement)]


def read(facts: Facts, query: Query, statement: Statement, dialect: str) -> Columns | None:
    """The columns of one form; None where not all of them are known, or it gives no rows."""
    if "columns" in statement.open or "returning" in statement.open:
        return None
    if statement.wording is not None and statement.wording.of > 1:
        return None
    names = Scopes(schema_in(facts), dialect, statement.open, trusted=True)
    try:
        output = names.query(statement.tree, None, {})
    except RecursionError:
        return None
    if output.open or output.vague or not output.columns or not is_told(output):
        return None
    columns: dict[str, str | None] = {}
    titles: list[str] = []
    for key, column in output.columns:
        if key is None:
            continue
        own: Typed | None = None
        if isinstance(column.node, exp.Expression):
            own = type_of(names, column.node, statement.values)
        elif column.type is not None:
            own = type_of_column(column.type)
        columns[key.lower()] = own.name if own is not None else None
        titles.append(column.name or key)
    return Columns(query, columns, tuple(titles))


def is_told(output: Output) -> bool:
    """Whether each column has a name, or surely one that is no word."""
    return all(key is not None or isinstance(column.node, NAMELESS) for key, column in output.columns)


def schema_in(facts: Facts) -> Schema:
    """The tables of a project."""
    found: Schema | None = facts.__dict__.get("known_schema")
    if found is None:
        found = facts.__dict__["known_schema"] = schema_of(facts.models)
    return found


def cell_type(facts: Facts, cell: Cell) -> str | None:
    """The type of a value of a row, where all statements that may have given the row say the same."""
    given = given_by(facts, cell.row.sources)
    if given is None or not isinstance(cell.key, str):
        return None
    types = {one.types.get(cell.key.lower()) for one in given}
    return types.pop() if len(types) == 1 else None
