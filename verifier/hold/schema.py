"""The tables that statements may name: all declarations of a project together, looked up by name.

A table or column is known as soon as one declaration has it: a model, a table of a library, DDL or a migration. What
a column is (its type, whether it takes NULL) is told only where all declarations that have the table agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from verifier.datamodel import Column, ColumnType, Constraint, DataModel, Entity, Table, may_have_more
from verifier.model import Span
from verifier.regex import regex

# Schemas that need not be written.
USUAL = frozenset({"", "public", "main", "dbo"})
# Tables that databases and tools bring along, whose columns nobody declares.
BROUGHT = frozenset(
    "alembic_version sequelizemeta sequelizedata django_migrations knex_migrations knex_migrations_lock "
    "kysely_migration kysely_migration_lock _prisma_migrations __drizzle_migrations schema_migrations "
    "ar_internal_metadata flyway_schema_history databasechangelog databasechangeloglock typeorm_metadata migrations "
    "spatial_ref_sys geometry_columns geography_columns sqlite_master sqlite_schema sqlite_temp_master "
    "sqlite_temp_schema sqlite_sequence sqlite_stat1 sqlite_stat4 dual session sessions celery_taskmeta "
    "celery_tasksetmeta apscheduler_jobs".split()
)
CATALOG = regex(r"alembic_version_\w+|pg_\w+|pragma_\w+|sqlite_\w+|information_schema|_timescaledb\w*", re.IGNORECASE)


class Known(NamedTuple):
    """A column that a name may mean.

    Attributes:
        name: as the database has it.
        declared: what each declaration of its table says of it; none for a column of a sub-query.
        certain: every declaration of its table has it.
        type: what is stored in it, where all declarations say the same.
        node: the expression of a sub-query that it is.
        needed: a row must bring a value, since neither the database nor the mapper has one; ``needed_in_text`` the
            same of statements that no mapper completes.
    """

    name: str
    declared: tuple[Column, ...] = ()
    certain: bool = True
    type: ColumnType | None = None
    node: object = None
    needed: bool = False
    needed_in_text: bool = False

    @property
    def span(self) -> Span | None:
        """Where it is declared."""
        return self.declared[0].span if self.declared else None


class Relation:
    """A table, or several of one name in different schemas or cases, as all their declarations have it.

    Attributes:
        names: its names, as the database has them.
        exact: columns by name; ``folded`` by name in small letters, the first of each.
        open: columns may exist that were not read.
        folders: of migrations; where not empty, a class has all columns of the table but those that they may add.
        view: it is read only.
        places: where it is declared, with the kind of declaration.
        unique: the sets of columns, in small letters, of which no two rows have the same.
        partial: some rows alone are unique, or some expression is.
        keys: names, in small letters, of the columns of its primary key; None where declarations disagree.
    """

    __slots__ = (
        "entity", "exact", "folded", "folders", "keys", "names", "open", "partial", "places", "unique", "view",
    )  # fmt: skip

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.exact: dict[str, Known] = {}
        self.folded: dict[str, Known] = {}
        self.open = False
        self.folders: frozenset[str] = frozenset()
        self.view = False
        self.places: list[tuple[Span, str]] = []
        self.unique: set[frozenset[str]] = set()
        self.partial = False
        self.keys: frozenset[str] | None = None
        self.entity: Entity | None = None

    @property
    def name(self) -> str:
        """A name of it, for a reader."""
        return min(self.names)

    def has(self, low: str) -> bool:
        """Whether a name in small letters is one of its own."""
        return any(name.lower() == low for name in self.names)


class Schema:
    """What a project declares, by name.

    ``closed``: a table that is not here does not exist. ``triggers``: the database may change rows by itself.
    ``migrations``: folders whose statements speak of what the tables were at some time.
    """

    def __init__(
        self,
        tables: Mapping[str, Relation],
        *,
        closed: bool = True,
        triggers: bool = False,
        schemas: frozenset[str] = frozenset(),
        migrations: frozenset[str] = frozenset(),
    ) -> None:
        self.tables = tables
        self.closed = closed
        self.schemas = USUAL | schemas
        self.triggers = triggers
        self.migrations = migrations

    def find(self, name: str) -> Relation | None:
        """The table of a name, in whatever case."""
        return self.tables.get(name.lower())

    def is_brought(self, name: str, schema: str) -> bool:
        """Whether a table is one that databases or tools make."""
        return (
            schema.lower() not in self.schemas
            or name.lower() in BROUGHT
            or CATALOG.fullmatch(name) is not None
            or (schema != "" and CATALOG.fullmatch(schema) is not None)
        )


def schema_of(
    models: DataModel, quoted: Callable[[Span, str], bool | None] = lambda span, name: None, *, triggers: bool = False
) -> Schema:
    """One schema of all declarations. ``quoted`` tells whether a name, declared at a place, is sent in quotes."""
    drafts: dict[str, list[Entity | Table]] = {}
    for entity in sorted(models.entities, key=lambda entity: entity.inherits is not None):
        if entity.table is not None:
            drafts.setdefault(entity.table.lower(), []).append(entity)
    for table in models.tables:
        drafts.setdefault(table.name.lower(), []).append(table)
    closed = bool(drafts) and not models.unread and not any(e.table is None and e.open for e in models.entities)
    folders = {table.span.path.rpartition("/")[0] for table in models.tables if table.source == "migration"} - {""}
    schemas = {(entity.schema or "").lower() for entity in models.entities}
    schemas |= {(table.schema or "").lower() for table in models.tables}
    return Schema(
        {name: relation(found, quoted) for name, found in drafts.items()},
        closed=closed,
        triggers=triggers,
        schemas=frozenset(schemas),
        migrations=frozenset(folders),
    )


def relation(declared: list[Entity | Table], quoted: Callable[[Span, str], bool | None]) -> Relation:
    """One table of all that declares it."""
    made = Relation()
    columns: dict[str, list[Column]] = {}
    needs: dict[str, list[tuple[bool, bool]]] = {}
    spelled: dict[str, set[str]] = {}
    groups = declarations(declared)
    keys: set[frozenset[str]] = set()
    for source, own, constraints in groups:
        name = source.table if isinstance(source, Entity) else source.name
        made.names |= spellings(name or "", source, source.span, quoted)
        made.open = made.open or may_have_more(source.open)
        made.partial = made.partial or bool(source.open)
        made.places.append((source.span, "mapped" if isinstance(source, Entity) else source.source))
        if isinstance(source, Entity):
            made.entity = made.entity or source
        else:
            made.view = made.view or source.view
        for column in own:
            low = column.name.lower()
            columns.setdefault(low, []).append(column)
            needs.setdefault(low, []).append(needed(column, source.orm))
            spelled.setdefault(low, set()).update(spellings(column.name, source, column.span, quoted))
        note_unique(made, own, constraints)
        keys.add(frozenset(column.name.lower() for column in own if column.primary_key))
    made.folders = folders_of(declared) if made.open else frozenset()
    made.keys = keys.pop() if len(keys) == 1 else None
    for low, found in columns.items():
        certain = len(found) >= len(groups)
        known = Known(
            found[0].name,
            tuple(found),
            certain,
            agreed(found),
            needed=certain and all(need for need, _ in needs[low]),
            needed_in_text=certain and all(need for _, need in needs[low]),
        )
        made.folded[low] = known
        for spelling in spelled[low]:
            made.exact[spelling] = known
    return made


def folders_of(declared: Iterable[Entity | Table]) -> frozenset[str]:
    """The folders of migrations that alone may add columns to those that a class declares; none if others may."""
    found: set[str] = set()
    mapped = False
    for source in declared:
        if not may_have_more(source.open):
            mapped = mapped or isinstance(source, Entity)
        elif isinstance(source, Table) and source.source == "migration":
            found.add(source.span.path.rpartition("/")[0])
        else:
            return frozenset()
    return frozenset(found) if mapped else frozenset()


def needed(column: Column, orm: str) -> tuple[bool, bool]:
    """Whether a row must bring a value for a column: beside what a mapper gives, and without it."""
    if not column.known or column.nullable or column.autoincrement:
        return False, False
    numbered = column.primary_key and column.type.kind in ("integer", "bigint", "smallint", "unknown")
    if column.default is None:
        return not (numbered and orm), not (numbered and orm)
    mapper = (column.default == "value" and orm in ("sqlalchemy", "django")) or column.default == "function"
    return False, mapper


def declarations(declared: list[Entity | Table]) -> list[tuple[Entity | Table, list[Column], list[Constraint]]]:
    """The declarations of a table with the columns that lie in it; a class and those that derive from it are one."""
    found: list[tuple[Entity | Table, list[Column], list[Constraint]]] = []
    families: dict[str, tuple[list[Column], list[Constraint]]] = {}
    for source in declared:
        if isinstance(source, Table):
            found.append((source, list(source.columns), list(source.constraints)))
            continue
        own = [column for column in source.columns if source.own is None or column.attribute in source.own]
        family = families.get(source.orm) if source.inherits is not None else None
        if family is None:
            families[source.orm] = family = (own, list(source.constraints))
            found.append((source, *family))
        else:
            have = {column.name for column in family[0]}
            family[0].extend(column for column in own if column.name not in have)
            family[1].extend(source.constraints)
            if source.open:
                found.append((source, *family))
    return found


def spellings(name: str, source: Entity | Table, span: Span, quoted: Callable[[Span, str], bool | None]) -> set[str]:
    """The names that PostgreSQL may have given to what a declaration names: one in small letters is itself."""
    if name == name.lower() or isinstance(source, Entity) or source.source in ("library", "implied") or source.orm:
        return {name}
    in_quotes = quoted(span, name)
    return {name} if in_quotes else {name.lower()} if in_quotes is False else {name, name.lower()}


def note_unique(made: Relation, columns: Iterable[Column], constraints: Iterable[Constraint]) -> None:
    """Note which columns are unique."""
    key = frozenset(column.name.lower() for column in columns if column.primary_key)
    if key:
        made.unique.add(key)
    for column in columns:
        if column.unique:
            made.unique.add(frozenset({column.name.lower()}))
        made.partial = made.partial or not column.known
    for found in constraints:
        if found.kind in ("primary", "unique") or (found.kind == "index" and found.unique):
            if found.condition or any(name.startswith("(") for name in found.columns):
                made.partial = True
            else:
                made.unique.add(frozenset(name.lower() for name in found.columns))


def agreed(columns: list[Column]) -> ColumnType | None:
    """The type on which all declarations of a column agree."""
    kinds = {column.type.kind for column in columns}
    first = columns[0].type
    if len(kinds) != 1 or first.varies or not all(column.known for column in columns):
        return None
    return first
