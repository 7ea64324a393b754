"""Columns and constraints of a model's table."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    UNKNOWN_TYPE,
    Column,
    ColumnType,
    Const,
    Constraint,
    Engine,
    External,
    Instance,
    Reference,
    Sequence,
    Span,
    Value,
    replace,
    text_of,
)

from ._fields import AUTO, TO_ONE, Field, column_type, default_of, shown
from ._model import Model, groups_in, names_in
from ._registry import Registry

FACTS = ("null", "unique", "primary_key", "db_index")


def ordered(model: Model) -> list[Field]:
    """The fields in the order of the table: what Django adds, what abstract bases hand down, the model's own."""
    fields = list(model.fields.values())
    return sorted(fields, key=lambda field: (not field.implicit, not field.inherited))


def columns_of(registry: Registry, engine: Engine, model: Model) -> list[Column]:
    """The columns of a model's own table."""
    concrete = model.concrete()
    composite = composite_key(concrete)
    found = []
    for field in ordered(concrete):
        if field.concrete:
            column = column_of(registry, engine, concrete, field)
            found.append(replace(column, primary_key=True, nullable=False) if field.name in composite else column)
    if "order_with_respect_to" in concrete.options and text_of(concrete.options["order_with_respect_to"]):
        order = ColumnType("integer", "OrderWrt")
        found.append(Column("_order", "_order", order, concrete.span, nullable=False, implicit=True))
    return found


def composite_key(model: Model) -> tuple[str, ...]:
    """The fields of a composite primary key."""
    for field in model.fields.values():
        if field.core == "CompositePrimaryKey":
            found = field.arguments.get("names")
            names = names_in(found) or []
            return tuple(held[1].name for name in names if (held := model.lookup(name)) is not None)
    return ()


def column_of(registry: Registry, engine: Engine, model: Model, field: Field) -> Column:
    """The column of a field."""
    facts = {name: field.flag(name) for name in FACTS}
    known = None not in facts.values() and not field.open
    given = field.given("db_column")
    known = known and (given is None or text_of(given) is not None)
    default, text, mutable = default_of(engine, field)
    primary = bool(facts["primary_key"])
    relation = field.core in TO_ONE
    kind, references = (
        relation_facts(registry, model, field) if relation else (column_type(field, registry.apps.time_zones), ())
    )
    return Column(
        registry.column_of(field),
        f"{field.name}_id" if relation else field.name,
        kind,
        field.span,
        nullable=bool(facts["null"]) and not primary,
        default=default,
        default_text=text,
        mutable_default=mutable,
        primary_key=primary,
        autoincrement=field.core in AUTO,
        unique=bool(facts["unique"]) or field.core == "OneToOneField",
        indexed=is_indexed(field),
        references=references,
        implicit=field.implicit,
        known=known and kind.kind != "unknown",
        comment=field.text("db_comment") or "",
    )


def is_indexed(field: Field) -> bool:
    """Whether Django makes an index for a field alone."""
    usual = field.core in ("ForeignKey", "SlugField") and not field.flag("unique")
    return bool(field.flag("db_index", usual))


def relation_facts(registry: Registry, model: Model, field: Field) -> tuple[ColumnType, tuple[Reference, ...]]:
    """The type of a foreign key, which is that of its target, and the reference."""
    target = registry.target(model, field)
    action = on_delete(field)
    if target.model is None:
        reference = Reference(target.written, None, action, target=target.written or None)
        return replace(UNKNOWN_TYPE, declared=field.declared), (reference,) if target.written else ()
    remote = registry.remote_field(model, field, target.model)
    table = registry.table_of(target.model) or target.model.label
    if remote is None:
        return replace(UNKNOWN_TYPE, declared=field.declared), (
            Reference(table, None, action, target=name_of(registry, target.model)),
        )
    holder, key = remote
    reference = Reference(table, registry.column_of(key), action, target=name_of(registry, target.model))
    return replace(key_type(registry, holder, key), declared=field.declared), (reference,)


def key_type(registry: Registry, model: Model, field: Field, depth: int = 0) -> ColumnType:
    """The type of a key; that of a foreign key is its target's, and so on."""
    if field.core not in TO_ONE or depth > 20:
        return column_type(field, registry.apps.time_zones)
    target = registry.target(model, field)
    remote = registry.remote_field(model, field, target.model) if target.model is not None else None
    return key_type(registry, *remote, depth + 1) if remote is not None else UNKNOWN_TYPE


def on_delete(field: Field) -> str | None:
    """What happens to a row when the one it points at is deleted."""
    found = field.arguments.get("on_delete")
    if isinstance(found, External):
        return found.name
    if isinstance(found, Instance):
        return (found.path or "").rpartition(".")[2] or None
    return None


def name_of(registry: Registry, model: Model) -> str:
    """The name of a model among all entities: its label where two have one name."""
    counts: dict[str, int] = registry.__dict__.setdefault("counts", {})
    if not counts:
        for other in registry.all():
            counts[other.name] = counts.get(other.name, 0) + 1
    return model.label if counts.get(model.name, 0) > 1 else model.name


# Constraints


def constraints_of(registry: Registry, engine: Engine, model: Model) -> Iterator[Constraint]:
    """What ``Meta`` says of a model's own table, with composite keys."""
    if model.proxy:
        return
    composite = composite_key(model)
    if composite:
        yield Constraint("primary", columns_named(registry, model, composite), model.span)
    for option, kind in (("unique_together", "unique"), ("index_together", "index")):
        value = model.options.get(option)
        for group in groups_in(value) or ():
            columns = columns_named(registry, model, group)
            span = span_of(engine, value, model.span)
            if kind == "unique":
                yield Constraint("unique", columns, span, unique=True)
            else:
                yield Constraint("index", columns, span)
    for option in ("constraints", "indexes"):
        value = model.options.get(option)
        for item in value.items if isinstance(value, Sequence) else ():
            found = constraint_of(registry, engine, model, engine.force(item))
            if found is not None:
                yield found


def constraint_of(registry: Registry, engine: Engine, model: Model, value: Value) -> Constraint | None:
    """A constraint or index that ``Meta`` makes."""
    if not isinstance(value, Instance) or value.made_by is None:
        return None
    call, kind = value.made_by, (value.path or "").rpartition(".")[2]
    span = span_of(engine, value, model.span)
    name = text_of(call.keywords.get("name"))
    if name is not None and model.app is not None:
        name = name.replace("%(app_label)s", model.app.lower()).replace("%(class)s", model.model_name)
    condition = call.keywords.get("condition")
    shown_condition = shown(engine, condition) if condition is not None else ""
    if kind == "CheckConstraint":
        check = condition if condition is not None else call.keywords.get("check")
        return Constraint("check", (), span, name, condition=shown(engine, check) if check is not None else "")
    names = names_in(call.keywords.get("fields")) or []
    columns = (*columns_named(registry, model, names), *("(expression)" for _ in call.arguments))
    if kind == "UniqueConstraint":
        return Constraint("unique", columns, span, name, condition=shown_condition, unique=True)
    if kind == "Index" or kind.endswith("Index"):
        return Constraint("index", columns, span, name, condition=shown_condition)
    return Constraint("check", (), span, name) if kind == "ExclusionConstraint" else None


def columns_named(registry: Registry, model: Model, names: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The columns of some fields; a name that no field has stays as it is."""
    found: list[str] = []
    for name in names:
        bare = name.removeprefix("-")
        for _ in model.renamed:
            bare = model.renamed.get(bare, bare) if model.lookup(bare) is None else bare
        held = model.lookup(bare)
        found.append(registry.column_of(held[1]) if held is not None else bare)
    return tuple(found)


def span_of(engine: Engine, value: Value | None, fallback: Span) -> Span:
    """Where a value is written."""
    return engine.span(value.origin) if value is not None and value.origin is not None else fallback


def is_text(value: Value | None) -> bool:
    """Whether a value surely is a text."""
    return isinstance(value, Const) and isinstance(value.value, str)
