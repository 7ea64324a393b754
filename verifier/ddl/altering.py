"""``ALTER TABLE``, applied to a schema."""

from __future__ import annotations

from msgspec.structs import replace

from verifier.datamodel import Unread
from verifier.ddl.columns import (
    Details,
    Placing,
    expression,
    generated,
    is_constraint,
    read_column,
    read_constraint,
    set_default,
)
from verifier.ddl.cursor import Cursor
from verifier.ddl.tables import Draft, Schema, TableName
from verifier.ddl.types import sql_type
from verifier.model import Span

# Actions that leave columns and keys as they are.
HARMLESS = frozenset(
    "OWNER ENABLE DISABLE FORCE NO VALIDATE CLUSTER REPLICA RESET ATTACH DETACH LOGGED UNLOGGED ENGINE CONVERT "
    "COMMENT LOCK ALGORITHM AUTO_INCREMENT CHARSET CHARACTER COLLATE ROW_FORMAT ORDER".split()
)


def alter_table(schema: Schema, cursor: Cursor, place: Placing, span: Span) -> bool:
    """The rest of ``ALTER TABLE``. A table that nothing here made is passed over."""
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    name = cursor.table_name()
    cursor.take("*")
    for part in cursor.parts():
        draft = schema.find(name)
        if draft is None:
            return True
        renamed = action_of(schema, draft, part, place)
        if renamed is None:
            reason = f"an alteration by `{part.words[0].text}`"
            draft.open.append(reason)
            schema.unread.append(Unread(span, reason))
        name = draft.name
    return True


def action_of(schema: Schema, draft: Draft, part: Cursor, place: Placing) -> bool | None:
    """Apply one action; None where it was not understood."""
    verb = part.next().upper
    if verb == "ADD":
        return add(schema, draft, part, place)
    if verb == "DROP":
        return drop(schema, draft, part)
    if verb in ("ALTER", "MODIFY", "CHANGE"):
        part.take("COLUMN")
        if verb == "ALTER":
            return alter_column(schema, draft, part)
        old = part.name() if verb == "CHANGE" else None
        column, constraints = read_column(part, place)
        if old is not None:
            schema.rename_column(draft, old, column.name)
        known = schema.column(draft, column.name)
        if known is not None:
            schema.change_column(
                draft,
                column.name,
                type=column.type,
                nullable=column.nullable,
                default=column.default,
                default_text=column.default_text,
                autoincrement=column.autoincrement,
            )
            for constraint in constraints:
                schema.add_constraint(draft, constraint)
        return True
    if verb == "RENAME":
        return rename(schema, draft, part)
    if verb == "SET":
        if part.take("SCHEMA"):
            schema.rename(draft.name, TableName(draft.name.name, part.name()))
        return True
    if verb == "INHERIT":
        draft.open.append("the tables that it inherits from")
        return True
    return True if verb in HARMLESS else None


def add(schema: Schema, draft: Draft, part: Cursor, place: Placing) -> bool:
    """``ADD COLUMN``, ``ADD CONSTRAINT`` and their short forms."""
    if not part.ahead("COLUMN"):
        rest = Cursor(part.text, part.words[part.at :], schema)
        if rest.words and is_constraint(rest):
            add_constraint(schema, draft, rest, place)
            return True
        if part.take("("):
            for inner in part.parts(")"):
                column, constraints = read_column(inner, place)
                schema.add_column(draft, column, constraints)
            return True
    part.take("COLUMN")
    keep = part.take("IF", "NOT", "EXISTS")
    column, constraints = read_column(part, place)
    schema.add_column(draft, column, constraints, keep=keep)
    return True


def add_constraint(schema: Schema, draft: Draft, rest: Cursor, place: Placing) -> None:
    """``ADD CONSTRAINT``; one may be made of an index that exists."""
    using = next((at for at, word in enumerate(rest.words) if word.upper == "USING"), None)
    if using is not None and rest.words[using + 1 : using + 2] and rest.words[using + 1].upper == "INDEX":
        found = schema.index(rest.words[using + 2].text)
        primary = any(word.upper == "PRIMARY" for word in rest.words[:using])
        if found is not None:
            own, index = found
            own.constraints.remove(index)
            label = rest.words[1].text if rest.words[0].upper == "CONSTRAINT" else index.name
            schema.add_constraint(draft, replace(index, kind="primary" if primary else "unique", name=label))
        return
    constraint = read_constraint(rest, place)
    if constraint is not None:
        schema.add_constraint(draft, constraint)


def drop(schema: Schema, draft: Draft, part: Cursor) -> bool:
    """``DROP COLUMN``, ``DROP CONSTRAINT`` and MySQL's forms."""
    if part.take("PRIMARY", "KEY"):
        draft.constraints = [found for found in draft.constraints if found.kind != "primary"]
        return True
    if part.take("FOREIGN", "KEY") or part.take_any("CONSTRAINT", "INDEX", "KEY", "CHECK"):
        part.take("IF", "EXISTS")
        name = part.name()
        if not schema.drop_constraint(draft, name) and not schema.drop_nameless(draft, name, None):
            draft.open.append(f"the constraint `{name}`, which was not seen")
        return True
    part.take("COLUMN")
    part.take("IF", "EXISTS")
    schema.drop_column(draft, part.name())
    return True


def alter_column(schema: Schema, draft: Draft, part: Cursor) -> bool:
    """``ALTER COLUMN name ...``."""
    name = part.name()
    if part.take("SET", "DATA", "TYPE") or part.take("TYPE"):
        start = part.at
        while not part.done and part.word.upper not in ("USING", "COLLATE"):
            part.skip()
        schema.change_column(draft, name, type=sql_type(" ".join(part.source(start, part.at).split())))
    elif part.take("SET", "NOT", "NULL"):
        schema.change_column(draft, name, nullable=False)
    elif part.take("DROP", "NOT", "NULL"):
        schema.change_column(draft, name, nullable=True)
    elif part.take("SET", "DEFAULT"):
        found = Details(name, draft.span)
        start = part.at
        expression(part)
        set_default(found, part.source(start, part.at))
        schema.change_column(
            draft, name, default=found.default, default_text=found.default_text, autoincrement=found.autoincrement
        )
    elif part.take("DROP", "DEFAULT") or part.take("DROP", "IDENTITY") or part.take("DROP", "EXPRESSION"):
        schema.change_column(draft, name, default=None, default_text="", autoincrement=False)
    elif part.take("ADD", "GENERATED"):
        found = Details(name, draft.span)
        generated(part, found, "GENERATED")
        schema.change_column(draft, name, default="generated", nullable=found.nullable, autoincrement=True)
    return True


def rename(schema: Schema, draft: Draft, part: Cursor) -> bool:
    """``RENAME TO``, ``RENAME COLUMN``, ``RENAME CONSTRAINT``."""
    if part.take("TO") or part.take("AS"):
        schema.rename(draft.name, part.table_name())
        return True
    if part.take_any("CONSTRAINT", "INDEX", "KEY"):
        old = part.name()
        part.expect("TO")
        new = part.name()
        for found in [found for found in draft.constraints if found.name == old]:
            draft.constraints[draft.constraints.index(found)] = replace(found, name=new)
            draft.named.add(new)
        return True
    part.take("COLUMN")
    old = part.name()
    part.expect("TO")
    schema.rename_column(draft, old, part.name())
    return True
