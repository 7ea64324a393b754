"""Where the models and the tables that migrations leave behind differ."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Column, Defect, Engine, Span, Table

from ._columns import columns_of
from ._migrations import Migrated
from ._model import Model
from ._registry import Registry
from ._relations import junction_table, links_of

RULE = "django_orm/model-without-migration"
BARE = "django_orm/app-without-migrations"


def drift(registry: Registry, migrated: Migrated, engine: Engine, made: list[Table]) -> Iterator[Defect]:
    """Models, columns and junction tables that no migration makes; columns that only migrations know."""
    known = {table.name.lower(): table for table in made}
    bare: dict[str, list[Model]] = {}
    for model in sorted(registry.all(), key=lambda model: model.span):
        if model.cls is None or model.proxy or not model.managed or model.installed is not True or model.app is None:
            continue
        if model.app not in migrated.history.packages:
            continue
        if migrated.history.packages[model.app] is None:
            bare.setdefault(model.app, []).append(model)
        elif not migrated.database.open.get(model.app) and not missing(migrated, model.app):
            yield from behind(registry, model, known, engine, believed(migrated, model))
    for app, models in bare.items():
        first = models[0]
        rest = f" and {len(models) - 1} more" if len(models) > 1 else ""
        yield Defect(
            BARE,
            first.span,
            f"The application `{app}` has no migrations: nothing makes the table of `{first.name}`{rest}",
            f"`manage.py migrate` leaves it out, and each query fails: no such table: {registry.table_of(first)}",
            f"Write them with `manage.py makemigrations {app}`, and keep them with the code",
        )


def missing(migrated: Migrated, app: str) -> bool:
    """Whether migrations of an application need some that are not there."""
    return any(migration.key[0] == app for migration, _ in migrated.history.missing)


def believed(migrated: Migrated, model: Model) -> set[str]:
    """The columns that Django itself must fill by the migrations: those that it believes in, without a default."""
    held = migrated.state.models.get(model.key)
    fields = held.fields.values() if held is not None else ()
    return {migrated.registry.column_of(field).lower() for field in fields if field.given("db_default") is None}


def behind(
    registry: Registry, model: Model, known: dict[str, Table], engine: Engine, filled: set[str]
) -> Iterator[Defect]:
    """What the table of a model lacks, and what it has beyond the model; ``filled`` are columns by the migrations."""
    name = registry.table_of(model)
    if name is None:
        return
    table = known.get(name.lower())
    if table is None:
        yield Defect(
            RULE,
            model.span,
            f"No migration makes `{name}`, the table of `{model.name}`",
            f"After `migrate`, each query of `{model.name}` fails: no such table: {name}",
            f"Run `manage.py makemigrations {model.app}`, and keep what it writes",
        )
        return
    if table.open:
        return
    columns = columns_of(registry, engine, model)
    held = {column.name.lower(): column for column in table.columns}
    for column in columns:
        if column.name.lower() not in held and column.known:
            yield lacking(model, name, column)
        else:
            yield from stricter(model, column, held.get(column.name.lower()))
            yield from left_behind(model, column, held.get(column.name.lower()))
    if not model.open and all(column.known for column in columns):
        own = {column.name.lower() for column in columns}
        for key, column in held.items():
            if key not in own and key in filled and not column.nullable and not column.primary_key:
                yield left(model, name, column, table.span)
    for link in links_of(registry, model):
        junction = junction_table(registry, engine, link)
        if junction is not None and not junction.open and junction.name.lower() not in known:
            yield Defect(
                RULE,
                link.field.span,
                f"No migration makes `{junction.name}`, the table behind `{model.name}.{link.field.name}`",
                f"After `migrate`, each use of it fails: no such table: {junction.name}",
                f"Run `manage.py makemigrations {model.app}`, and keep what it writes",
            )


def lacking(model: Model, table: str, column: Column) -> Defect:
    """A column that no migration adds."""
    return Defect(
        RULE,
        column.span,
        f"No migration adds the column `{column.name}` of `{model.name}` to `{table}`",
        f"After `migrate`, each query of `{model.name}` fails: no such column: {table}.{column.name}",
        f"Run `manage.py makemigrations {model.app}`, and keep what it writes",
    )


def stricter(model: Model, column: Column, held: Column | None) -> Iterator[Defect]:
    """A column that takes NULL by the model alone."""
    if held is None or held.nullable or not column.nullable or not (held.known and column.known):
        return
    yield Defect(
        RULE,
        column.span,
        f"`{model.name}.{column.attribute}` takes NULL by the model, and not by the migrations",
        f"Saving it without a value fails: NOT NULL constraint failed on `{column.name}`",
        f"Run `manage.py makemigrations {model.app}`, and keep what it writes",
        ((held.span, "the migrations say so here"),),
    )


def left_behind(model: Model, column: Column, held: Column | None) -> Iterator[Defect]:
    """A key of which the database shall take care by the model (``DB_CASCADE``), and does not by the migrations."""
    for own, made in zip(column.references, held.references if held is not None else (), strict=False):
        wanted, action = own.on_delete or "", made.on_delete or ""
        if held is None or not wanted.startswith("DB_") or not action or wanted == action:
            continue
        yield Defect(
            RULE,
            column.span,
            f"`{model.name}.{column.attribute}` has the database take care of its rows (`{wanted}`), and the "
            f"migrations say `{action}`",
            f"Deleting what `{model.name}` refers to fails: FOREIGN KEY constraint failed",
            f"Run `manage.py makemigrations {model.app}`, and keep what it writes",
            ((held.span, "the migrations say so here"),),
        )


def left(model: Model, table: str, column: Column, span: Span) -> Defect:
    """A column that the model no longer fills, and that must be filled."""
    return Defect(
        RULE,
        model.span,
        f"`{table}` still has the column `{column.name}`, which `{model.name}` does not fill",
        f"Each insert fails: NOT NULL constraint failed: {table}.{column.name}",
        f"Run `manage.py makemigrations {model.app}`, and keep what it writes",
        ((column.span, "migrations add it here"),),
    )
