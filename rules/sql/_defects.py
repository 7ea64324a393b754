"""What a database refuses in the declarations of a project, whatever the data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verifier.api import (
    Constraint,
    Defect,
    Draft,
    Project,
    Reference,
    Repeated,
    Schema,
    Span,
    TableName,
    is_test,
    regex,
)

from ._dialects import refused
from ._history import History

ENFORCED = regex(rb"foreign_keys\s*[=(]\s*(?:on\b|1|true\b|yes\b)", re.IGNORECASE)


def defects(histories: Iterable[History], project: Project) -> Iterator[Defect]:
    """All that is wrong."""
    found = list(histories)
    enforced = enforces(project)
    for history in found:
        yield from repeated(history)
        named = history.migrations or in_use(history, project)
        if not named:
            continue
        if history.handed:
            yield from refused(history)
        if history.certain == "postgresql" or (history.certain == "sqlite" and enforced):
            others = [other.schema for other in found if other is not history]
            yield from unknown_tables(history, others)
            yield from unmatched(history)


def enforces(project: Project) -> bool:
    """Whether the program tells SQLite to enforce foreign keys."""
    return any(
        ENFORCED.search(source.data) is not None
        for path, source in [*project.files.items(), *project.others.items()]
        if not is_test(path) and (path in project.files or path.endswith(".sql"))
    )


def in_use(history: History, project: Project) -> bool:
    """Whether the program, or a command that prepares it, names the file: a dump that lies about is nobody's schema."""
    if history.path in project.files:
        return True
    name = history.path.rpartition("/")[2].encode()
    naming = [*project.files.values(), *(source for source in project.others.values() if source.path != history.path)]
    return any(name in source.data for source in naming if not is_test(source.path))


def repeated(history: History) -> Iterator[Defect]:
    """Columns that are declared twice."""
    for found in history.schema.repeated:
        if found.created or history.migrations:
            yield Defect(
                "sql/duplicate-column",
                found.span,
                f"The column `{found.column}` of `{found.table}` is declared twice",
                f"The statement fails: {said_of(found, history)}",
                f"Declare `{found.column}` once",
                ((found.first, "it is declared here first"),),
            )


def said_of(found: Repeated, history: History) -> str:
    """What the database says to a column that is declared twice."""
    if history.schema.database != "postgresql":
        return f"duplicate column name: {found.column}"
    if found.created:
        return f'column "{found.column}" specified more than once'
    return f'column "{found.column}" of relation "{found.table.name}" already exists'


def unknown_tables(history: History, others: list[Schema]) -> Iterator[Defect]:
    """Foreign keys to tables that do not exist when they are declared."""
    schema = history.schema
    if history.certain == "postgresql" and not schema.doubts:
        for found in history.early:
            draft = schema.find(found.target)
            if draft is not None and not draft.temporary:
                yield Defect(
                    "sql/unknown-reference",
                    found.span,
                    f"`{found.table}` refers to `{found.target}`, which is created only further down",
                    f'The statement fails: relation "{found.target.name}" does not exist',
                    f"Create `{found.target}` before `{found.table}`",
                    ((draft.span, f"`{found.target}` is created here"),),
                )
    if schema.doubts or any(other.doubts for other in others):
        return
    for found in history.missing:
        known = any(other.find(found.target) is not None for other in [schema, *others])
        if known or found.target.schema not in (None, "public", "main") or schema.find(found.table) is None:
            continue
        yield Defect(
            "sql/unknown-reference",
            found.span,
            f"`{found.table}` refers to `{found.target}`, a table that nothing creates",
            f'The statement fails: relation "{found.target.name}" does not exist'
            if history.certain == "postgresql"
            else f"Each insert fails: no such table: main.{found.target.name}",
            "Name a table that exists, or create it before",
        )


def unmatched(history: History) -> Iterator[Defect]:
    """Foreign keys to columns that do not exist, or that may hold a value twice."""
    schema = history.schema
    if schema.doubts:
        return
    for draft in list(schema.tables.values()):
        if draft.view:
            continue
        for constraint in draft.constraints:
            if constraint.kind == "foreign":
                yield from unmatched_key(history, draft, constraint)


def unmatched_key(history: History, draft: Draft, constraint: Constraint) -> Iterator[Defect]:
    """What is wrong with one foreign key."""
    schema = history.schema
    first: Reference = constraint.references[0]
    schema_name, _, name = first.table.rpartition(".")
    target = schema.find(TableName(name, schema_name or None))
    if target is None or target.open or target.view:
        return
    given = [at.column for at in constraint.references]
    columns = [column for column in given if column is not None]
    postgres = history.certain == "postgresql"
    keys = [found for found in target.constraints if found.kind == "primary" or found.unique]
    if not columns:
        if not any(found.kind == "primary" and len(found.columns) == len(given) for found in keys):
            yield missing_key(draft, target, constraint, postgres=postgres)
        return
    for column in columns:
        if schema.column(target, column) is None:
            yield Defect(
                "sql/unknown-reference",
                constraint.span,
                f"`{draft.name}` refers to the column `{column}` of `{target.name}`, which has none of that name",
                f'The statement fails: column "{column}" referenced in foreign key constraint does not exist'
                if postgres
                else f'Each insert fails: foreign key mismatch - "{draft.name}" referencing "{target.name}"',
                f"Name a column of `{target.name}`",
                ((target.span, f"`{target.name}` is declared here"),),
            )
            return
    wanted = {column if postgres else column.lower() for column in columns}
    if not any(
        wanted == {name if postgres else name.lower() for name in found.columns} for found in keys if whole(found)
    ):
        yield missing_key(draft, target, constraint, columns, postgres=postgres)


def whole(constraint: Constraint) -> bool:
    """Whether a key holds for all rows."""
    return constraint.kind == "primary" or not constraint.condition


def missing_key(
    draft: Draft, target: Draft, constraint: Constraint, columns: Iterable[str] = (), *, postgres: bool
) -> Defect:
    """A foreign key to what is no key."""
    written = ", ".join(f"`{column}`" for column in columns)
    what = (
        f"{written} of `{target.name}`, where a value may stand twice"
        if written
        else f"`{target.name}`, which has no fitting primary key"
    )
    error = (
        f'there is no unique constraint matching given keys for referenced table "{target.name.name}"'
        if written
        else f'there is no primary key for referenced table "{target.name.name}"'
    )
    span: Span = constraint.span
    return Defect(
        "sql/reference-not-unique",
        span,
        f"`{draft.name}` refers to {what}",
        f"The statement fails: {error}"
        if postgres
        else f'Each insert fails: foreign key mismatch - "{draft.name}" referencing "{target.name}"',
        f"Refer to the primary key, or declare {written} UNIQUE" if written else "Name a column that is unique",
        ((target.span, f"`{target.name}` is declared here"),),
    )
