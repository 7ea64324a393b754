"""Rows that may be there already are inserted once more.

A function puts rows into a table for all of some names, and asks the same table for the rows of these names: it knows
that some may be there. Nothing keeps those out of the insert, and the column is unique. The first request works; the
next one that brings one of the names again fails: `UNIQUE constraint failed`, `duplicate key value violates unique
constraint`.

Insert only what is missing (`set(names) - known.keys()`), or let the database pass over what is there:
`on_conflict_do_nothing()`, `ignore_conflicts=True`, `ignoreDuplicates: true`, `INSERT OR IGNORE`.

The rule is silent where the function tells names apart in any way that can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from verifier.api import (
    Category,
    Class,
    Confidence,
    Facts,
    FunctionRef,
    Problem,
    Related,
    Severity,
    Span,
    is_test,
    regex,
    rule,
)

# What tells apart what is there and what is not.
APART = regex(r"\bnot in\b|\bdifference\b|\.has\(|\bincludes\(|\bfilter\(|\bif\b|\bexcept\b|\bcatch\b")
PASSING_OVER = ("conflict", "alternative", "ignore")  # arguments of an INSERT
COMMENTS = regex(r'""".*?"""|#[^\n]*|//[^\n]*', re.DOTALL)
MINUS = regex(r"[\w)]\s-\s")  # of sets, in Python


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM)
def insert_of_known(facts: Facts) -> Iterator[Problem]:
    """Yield each insert of all the rows that its function also looks up by a unique column."""
    looked_up: dict[FunctionRef, dict[tuple[str, str], Span]] = {}
    for query in facts.queries.queries:
        for form in query.statements if query.function is not None else ():
            if isinstance(form.tree, exp.Select) and query.function is not None:
                for table, column in listed(form.tree):
                    looked_up.setdefault(query.function, {})[table, column] = query.span
    if not looked_up:
        return
    unique = set(unique_columns(facts))
    for function, asked in looked_up.items():
        known = {key for key in asked if key in unique}
        if not known or is_test(function.path) or tells_apart(facts, function):
            continue
        for table, span in inserted(facts, function):
            column = next((name for owner, name in sorted(known) if owner == table), "")
            if column:
                yield Problem(
                    span,
                    f"rows of `{table}` are inserted for all of the values by which they are also looked up",
                    related=(
                        Related(asked[table, column], f"those that have one of them as `{column}` are asked for here"),
                    ),
                    symptom=f"500 on the second request: UNIQUE constraint failed: {table}.{column}",
                    remedy="Insert what is missing only, or pass over what is there (`ON CONFLICT DO NOTHING`)",
                    identity=f"{function.name} {table}",
                )
                break


def listed(tree: exp.Select) -> Iterator[tuple[str, str]]:
    """The columns of the only table of a statement that are held against a list."""
    tables = [table.name for table in tree.find_all(exp.Table)]
    where = tree.args.get("where")
    if len(tables) == 1 and where is not None:
        for held in where.find_all(exp.In):
            if isinstance(held.this, exp.Column) and held.args.get("query") is None:
                yield tables[0], held.this.name


def unique_columns(facts: Facts) -> Iterator[tuple[str, str]]:
    """Table and name of the columns that are unique by themselves, and are no keys that the database makes."""
    for entity in facts.models.entities:
        if entity.table is not None:
            alone = {one.columns[0] for one in entity.constraints if one.kind == "unique" and len(one.columns) == 1}
            for column in entity.columns:
                if (column.unique or column.name in alone) and not column.primary_key:
                    yield entity.table, column.name


def tells_apart(facts: Facts, function: FunctionRef) -> bool:
    """Whether a function looks which rows are there, as far as its text tells."""
    code = facts.calls.codes.get(function)
    source = facts.project.files.get(function.path)
    if code is None or source is None:
        return True
    text = source.data[code.code.start : code.code.end].decode("utf-8", "replace")
    without = COMMENTS.sub("", text)
    python = function.path.endswith(".py")
    return APART.search(without) is not None or (python and MINUS.search(without) is not None)


def inserted(facts: Facts, function: FunctionRef) -> Iterator[tuple[str, Span]]:
    """The tables into which a function, or one that it calls, inserts whatever is there; with the places in it."""
    called = {call.callee: call.span for call in facts.calls.from_(function) if call.callee is not None}
    for query in facts.queries.queries:
        if query.function == function or query.function in called:
            for form in query.statements:
                tree = form.tree
                table = tree.find(exp.Table) if isinstance(tree, exp.Insert) else None
                plain = table is not None and not any(
                    tree.args.get(name) for name in ("conflict", "alternative", "ignore")
                )
                if table is not None and plain:
                    yield table.name, query.span if query.function == function else called[query.function]
    for use in facts.uses:
        entity = facts.entity_of(use.callee) if use.caller == function and isinstance(use.callee, Class) else None
        if entity is not None and entity.table is not None and entity.orm == "sqlalchemy":  # and added to its session
            yield entity.table, use.span
