"""All rows share one list or dict as their default.

`default=[]` is made once, when the module is imported, and SQLAlchemy gives this very object to each row that is stored
without a value. Who appends to it changes the default: until the attribute is loaded anew (after `flush`, and after
`commit` in sessions with `expire_on_commit=False`), the row is stored as it was, and later rows start with what earlier
ones were given.

Give a function that makes a new one: `default=list`, `default=lambda: {"theme": "dark"}`. Types that watch their value
(`MutableDict.as_mutable(JSON)`) copy it, and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Column, Facts, Fix, NewOption, Problem, Severity, rule


@rule(Category.STATE_PROPAGATION_FAILURE, Severity.INFO)
def mutable_default(facts: Facts) -> Iterator[Problem]:
    """Yield each column of SQLAlchemy whose default is a list or dict."""
    declared = [(entity.name, entity.columns) for entity in facts.models.entities if entity.orm == "sqlalchemy"]
    declared += [(table.name, table.columns) for table in facts.models.tables if table.orm == "sqlalchemy"]
    for name, columns in declared:
        for column in columns:
            if column.mutable_default:
                yield Problem(
                    column.span,
                    f"all rows of `{name}` share one object as the default of `{column.attribute}`",
                    symptom="a new row starts with what was added to an earlier one",
                    remedy="Give a function that makes a new one, such as `default=list`",
                    identity=f"{name} {column.attribute}",
                    fix=new_each_time(column),
                )


def new_each_time(column: Column) -> Fix | None:
    """The fix for a default that is written as an empty list or dict."""
    made = {"[]": "list", "{}": "dict"}.get(column.default_text)
    return Fix(f"write `default={made}`", (NewOption(column.span, "default", made),)) if made is not None else None
