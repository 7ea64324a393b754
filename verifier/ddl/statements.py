"""``CREATE``, ``ALTER`` and ``DROP``, applied to a schema. Statements about anything else are passed over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from verifier.datamodel import UNKNOWN_TYPE, Column, ColumnType, Constraint, Unread
from verifier.ddl.altering import alter_table
from verifier.ddl.columns import Placing, index_columns, is_constraint, read_column, read_constraint
from verifier.ddl.cursor import Cursor, UnreadableError
from verifier.ddl.tables import Draft, Schema, TableName
from verifier.ddl.types import sql_type
from verifier.ddl.words import Statement, statements
from verifier.model import Span
from verifier.regex import regex

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

# A block of PostgreSQL's language that only guards against what exists already.
GUARDED = regex(
    r"\s*BEGIN\b(?P<inner>.*?)\bEXCEPTION\b(?:\s+WHEN\s+(?:\w|\s)*?\bTHEN\s+(?:null|RAISE\s[^;]*)\s*;)+\s*END\b[\s\w$;]*\Z",
    re.IGNORECASE | re.DOTALL,
)
DECLARES = regex(r"\b(?:create|alter|drop)\s+(?:unlogged\s+|temp\w*\s+)?(?:table|type)\b", re.IGNORECASE)
TABLE_WORDS = ("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "VIRTUAL", "FOREIGN")
BEHIND_NAME = ("(", "AS", "LIKE", "OF", "PARTITION", "USING", "WITH", "SELECT")
DEEPEST = 3  # blocks inside blocks


class Work(NamedTuple):
    """A statement that is being applied."""

    schema: Schema
    cursor: Cursor
    place: Placing
    span: Span
    depth: int


def apply_text(
    schema: Schema, text: str, place: Placing, *, start: int = 0, end: int | None = None, depth: int = 0
) -> int:
    """Apply each statement of a text, or of a part of it; how many of them declared or changed something."""
    return sum(apply_statement(schema, text, statement, place, depth) for statement in statements(text, start, end))


def apply_statement(schema: Schema, text: str, statement: Statement, place: Placing, depth: int = 0) -> bool:
    """Apply one statement. What is not understood is noted, with the table that it is about where that is known."""
    cursor = Cursor(text, statement.words, schema)
    apply = VERBS.get(cursor.next().upper)
    if apply is None:
        return False
    work = Work(schema, cursor, place, place(statement.start, statement.end), depth)
    try:
        return apply(work)
    except (UnreadableError, IndexError) as error:
        reason = "a statement that was not understood" + (f" at {error}" if isinstance(error, UnreadableError) else "")
        draft = target_of(schema, text, statement, work.span)
        if draft is None:
            schema.doubt(reason, work.span)
        else:
            draft.open.append(reason)
            schema.unread.append(Unread(work.span, reason))
        return True


def target_of(schema: Schema, text: str, statement: Statement, span: Span) -> Draft | None:
    """The table that a statement which was not understood is about; it is made where the statement creates it."""
    cursor = Cursor(text, statement.words, schema)
    try:
        verb = cursor.next().upper
        while not cursor.done and cursor.word.upper not in ("TABLE", "ON"):
            cursor.next()
        cursor.next()
        cursor.take("IF", "NOT", "EXISTS") or cursor.take("IF", "EXISTS")
        cursor.take("ONLY")
        name = cursor.table_name()
    except UnreadableError:
        return None
    if verb == "CREATE" and cursor.word.upper not in BEHIND_NAME:
        return None
    if verb == "CREATE" and schema.find(name) is None:
        return schema.create(name, span)
    return schema.find(name)


def create(work: Work) -> bool:
    """``CREATE ...``."""
    cursor = work.cursor
    if cursor.take("OR"):
        cursor.take("REPLACE")
    kinds: set[str] = set()
    while (word := cursor.take_any(*TABLE_WORDS)) is not None:
        kinds.add(word)
    if cursor.take("TABLE"):
        return create_table(work, kinds)
    cursor.take("RECURSIVE")
    materialized = cursor.take("MATERIALIZED")
    if cursor.take("VIEW"):
        return create_view(work)
    unique = bool(cursor.take_any("UNIQUE"))
    cursor.take_any("FULLTEXT", "SPATIAL", "CLUSTERED", "NONCLUSTERED")
    if not materialized and cursor.take("INDEX"):
        return create_index(work, unique=unique)
    if cursor.take("TYPE"):
        return create_type(work)
    if cursor.take("DOMAIN"):
        name = cursor.table_name()
        cursor.take("AS")
        start = cursor.at
        while not cursor.done and cursor.word.upper not in ("NOT", "NULL", "CHECK", "DEFAULT", "CONSTRAINT", "COLLATE"):
            cursor.skip()
        work.schema.types[work.schema.type_key(str(name))] = sql_type(cursor.source(start, cursor.at))
        return True
    return False


def create_table(work: Work, kinds: set[str]) -> bool:
    """``CREATE TABLE``."""
    schema, cursor = work.schema, work.cursor
    keep = cursor.take("IF", "NOT", "EXISTS")
    first = cursor.word
    name = cursor.table_name()
    if "VIRTUAL" not in kinds and cursor.word.upper not in BEHIND_NAME:
        return False  # prose about a table
    draft = schema.create(name, work.place(first.start, work.cursor.words[-1].end), keep=keep)
    draft.temporary = not kinds.isdisjoint(("TEMP", "TEMPORARY"))
    if "VIRTUAL" in kinds:
        draft.open.append("a virtual table, whose columns its module decides")
        return True
    if "FOREIGN" in kinds:
        draft.open.append("a table of another server")
    if cursor.take("PARTITION", "OF"):
        copy_columns(work, draft, cursor.table_name(), "the table that it is a part of")
        return True
    if cursor.take("OF"):
        draft.open.append("the type that its rows have")
        return True
    if cursor.take("LIKE"):
        copy_columns(work, draft, cursor.table_name(), "the table that it is made like")
        return True
    if cursor.ahead("("):
        cursor.take("(")
        for part in cursor.parts(")"):
            table_part(work, draft, part)
    while not cursor.done:
        table_option(work, draft)
    return True


def table_part(work: Work, draft: Draft, part: Cursor) -> None:
    """A column or constraint of ``CREATE TABLE``."""
    schema = work.schema
    if not is_constraint(part):
        column, constraints = read_column(part, work.place)
        schema.add_column(draft, column, constraints, created=True)
    elif part.take("LIKE"):
        copy_columns(work, draft, part.table_name(), "the table that it is made like")
    else:
        constraint = read_constraint(part, work.place)
        if constraint is not None:
            if part.take("AUTOINCREMENT") and constraint.columns:
                schema.change_column(draft, constraint.columns[0], default="generated", autoincrement=True)
            schema.add_constraint(draft, constraint)


def table_option(work: Work, draft: Draft) -> None:
    """What stands behind the columns."""
    cursor = work.cursor
    if cursor.take("INHERITS"):
        draft.open.append("the tables that it inherits from")
        cursor.skip()
    elif cursor.take("AS") or (cursor.word.upper in ("SELECT", "WITH") and not cursor.ahead("WITH", "(")):
        draft.open.append("the query that it is made of")
        cursor.at = len(cursor.words)
    elif cursor.take("WITHOUT"):
        draft.rowid = draft.rowid and not cursor.take("ROWID")
    elif cursor.take("STRICT"):
        draft.strict = True
    else:
        cursor.skip()


def copy_columns(work: Work, draft: Draft, source: TableName, reason: str) -> None:
    """Take the columns of another table; its keys and defaults may come with them or not."""
    found = work.schema.find(source)
    draft.open.append(reason)
    for column in found.columns if found is not None else ():
        work.schema.add_column(draft, column, keep=True)


def create_view(work: Work) -> bool:
    """``CREATE VIEW``: its columns, where they are listed or named in its query."""
    schema, cursor = work.schema, work.cursor
    cursor.take("IF", "NOT", "EXISTS")
    first = cursor.word
    draft = schema.create(cursor.table_name(), work.place(first.start, work.cursor.words[-1].end))
    draft.view = True
    if cursor.ahead("("):
        names: list[str] | None = cursor.names()
    else:
        while not cursor.done and not cursor.take("AS"):
            cursor.skip()
        names = selected(cursor.source(cursor.at, len(cursor.words)), schema)
    if names is None:
        draft.open.append("the query that it shows")
    draft.columns = [Column(name, name, UNKNOWN_TYPE, work.span, known=False) for name in names or ()]
    return True


def selected(query: str, schema: Schema) -> list[str] | None:
    """The names of what a query gives; None where they are not all known."""
    import sqlglot
    from sqlglot import expressions as exp
    from sqlglot.errors import SqlglotError

    try:
        found = sqlglot.parse_one(query, dialect={"postgresql": "postgres"}.get(schema.database or "", schema.database))
    except (SqlglotError, RecursionError):
        return None
    given = found.selects if isinstance(found, exp.Query) else []
    if not given or not all(one.output_name for one in given) or any(one.is_star for one in given):
        return None
    return [schema.folded(one.output_name, quoted=is_quoted(one)) for one in given]


def is_quoted(column: Expr) -> bool:
    """Whether the name of what a query gives is written in quotes."""
    from sqlglot import expressions as exp

    name = column.args.get("alias") if isinstance(column, exp.Alias) else column
    while isinstance(name, exp.Cast | exp.Paren | exp.Column):
        name = name.this
    return isinstance(name, exp.Identifier) and bool(name.args.get("quoted"))


def create_index(work: Work, *, unique: bool) -> bool:
    """``CREATE INDEX``."""
    schema, cursor = work.schema, work.cursor
    cursor.take("CONCURRENTLY")
    keep = cursor.take("IF", "NOT", "EXISTS")
    name = None if cursor.ahead("ON") else cursor.table_name().name
    if cursor.take("USING"):
        cursor.next()
    cursor.expect("ON")
    cursor.take("ONLY")
    draft = schema.find(cursor.table_name())
    if cursor.take("USING"):
        cursor.next()
    columns = tuple(index_columns(cursor))
    condition = ""
    while not cursor.done:
        if cursor.take("WHERE"):
            condition = cursor.source(cursor.at, len(cursor.words))
            break
        cursor.skip()
    if draft is not None and not (keep and name is not None and schema.index(name) is not None):
        schema.add_constraint(draft, Constraint("index", columns, work.span, name, condition=condition, unique=unique))
    return True


def create_type(work: Work) -> bool:
    """``CREATE TYPE ... AS ENUM``."""
    cursor = work.cursor
    name = cursor.table_name()
    if not cursor.take("AS", "ENUM"):
        return True
    values = tuple(word.text for word in cursor.words[cursor.at :] if word.kind == "string")
    work.schema.types[work.schema.type_key(str(name))] = ColumnType("enum", str(name), values=values)
    return True


def alter(work: Work) -> bool:
    """``ALTER ...``."""
    schema, cursor = work.schema, work.cursor
    if cursor.take("TYPE"):
        return alter_type(work)
    if cursor.take("INDEX"):
        cursor.take("IF", "EXISTS")
        found = schema.index(cursor.table_name().name)
        if cursor.take("RENAME", "TO") and found is not None:
            draft, constraint = found
            draft.constraints.remove(constraint)
            schema.add_constraint(draft, replace(constraint, name=cursor.name()))
        return True
    cursor.take("MATERIALIZED") or cursor.take("FOREIGN")
    if not (cursor.take("TABLE") or cursor.take("VIEW")):
        return False
    return alter_table(schema, cursor, work.place, work.span)


def alter_type(work: Work) -> bool:
    """``ALTER TYPE``: values that an enumeration gains, and names that change."""
    schema, cursor = work.schema, work.cursor
    key = schema.type_key(str(cursor.table_name()))
    found = schema.types.get(key)
    if found is None:
        return True
    if cursor.take("ADD", "VALUE"):
        exists = cursor.take("IF", "NOT", "EXISTS")
        value = cursor.next().text
        values = list(found.values)
        if not (exists and value in values):
            side = cursor.take_any("BEFORE", "AFTER")
            near = cursor.next().text if side else None
            place = values.index(near) + (side == "AFTER") if near in values else len(values)
            values.insert(place, value)
        schema.types[key] = replace(found, values=tuple(values))
    elif cursor.take("RENAME", "VALUE"):
        old = cursor.next().text
        cursor.expect("TO")
        new = cursor.next().text
        schema.types[key] = replace(found, values=tuple(new if value == old else value for value in found.values))
    elif cursor.take("RENAME", "TO"):
        name = cursor.name()
        schema.types[schema.type_key(name)] = schema.types.pop(key)
        for draft in schema.tables.values():
            draft.columns = [
                replace(column, type=replace(column.type, declared=name))
                if column.type.kind == "other" and schema.type_key(column.type.declared) == key
                else column
                for column in draft.columns
            ]
    return True


def drop(work: Work) -> bool:
    """``DROP ...``."""
    schema, cursor = work.schema, work.cursor
    cursor.take("MATERIALIZED") or cursor.take("FOREIGN") or cursor.take("TEMPORARY")
    kind = cursor.take_any("TABLE", "VIEW", "INDEX", "TYPE", "SCHEMA", "DOMAIN")
    if kind is None:
        return False
    cursor.take("CONCURRENTLY")
    cursor.take("IF", "EXISTS")
    while not cursor.done:
        name = cursor.table_name()
        if kind in ("TABLE", "VIEW"):
            schema.drop(name)
        elif kind == "INDEX":
            schema.drop_index(name.name)
        elif kind == "SCHEMA":
            for draft in list(schema.tables.values()):
                if (draft.name.schema or schema.default_schema or "public") == name.name:
                    schema.drop(draft.name)
        else:
            schema.types.pop(schema.type_key(str(name)), None)
        if not cursor.take(","):
            break
    return True


def rename(work: Work) -> bool:
    """MySQL's ``RENAME TABLE a TO b``."""
    cursor = work.cursor
    if not cursor.take("TABLE"):
        return False
    while not cursor.done:
        old = cursor.table_name()
        cursor.expect("TO")
        work.schema.rename(old, cursor.table_name())
        cursor.take(",")
    return True


def do(work: Work) -> bool:
    """``DO $$ ... $$``: read where it only guards against what exists; what else it declares run time decides."""
    body = next((word for word in work.cursor.words if word.kind == "string"), None)
    if body is None or DECLARES.search(body.text) is None:
        return False
    guarded = GUARDED.match(body.text)
    text = work.cursor.text
    if guarded is None or work.depth >= DEEPEST:
        doubted(work, body.text)
        return True
    start = text.index(body.text, body.start) + guarded.start("inner")
    apply_text(work.schema, text, work.place, start=start, end=start + len(guarded["inner"]), depth=work.depth + 1)
    return True


def doubted(work: Work, body: str) -> None:
    """Note a block that may change tables: those that it names, or any where it names none."""
    reason = "a block of the database's own language"
    named = set(re.findall(r"\w+", body.lower()))
    drafts = [draft for draft in work.schema.tables.values() if draft.name.name.lower() in named]
    for draft in drafts:
        draft.open.append(reason)
    if not drafts and re.search(r"\btable\b", body, re.IGNORECASE):
        work.schema.doubt(reason, work.span)
    elif drafts:
        work.schema.unread.append(Unread(work.span, reason))


def comment(work: Work) -> bool:
    """``COMMENT ON COLUMN``."""
    schema, cursor = work.schema, work.cursor
    if not cursor.take("ON", "COLUMN"):
        return False
    parts = [cursor.name()]
    while cursor.take("."):
        parts.append(cursor.name())
    draft = schema.find(TableName(parts[-2], parts[-3] if len(parts) > 2 else None)) if len(parts) > 1 else None
    if draft is not None and cursor.take("IS"):
        word = cursor.next()
        schema.change_column(draft, parts[-1], comment=word.text if word.kind == "string" else "")
    return True


def set_path(work: Work) -> bool:
    """``SET search_path TO ...``."""
    schema, cursor = work.schema, work.cursor
    cursor.take_any("SESSION", "LOCAL")
    if cursor.word.upper != "SEARCH_PATH":
        return False
    cursor.next()
    cursor.take("TO") or cursor.take("=")
    name = cursor.name()
    schema.default_schema = name if name and name not in ("public", "$user", "default") else None
    return False


VERBS: dict[str, Callable[[Work], bool]] = {
    "CREATE": create,
    "ALTER": alter,
    "DROP": drop,
    "RENAME": rename,
    "DO": do,
    "COMMENT": comment,
    "SET": set_path,
}
