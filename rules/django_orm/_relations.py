"""Relationships: those that fields declare, those that Django adds on the other side, and junction tables."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from verifier.api import (
    UNKNOWN_TYPE,
    Column,
    Const,
    Constraint,
    Engine,
    Reference,
    Relationship,
    Span,
    Table,
    Value,
    replace,
    text_of,
)

from ._columns import key_type, name_of, on_delete
from ._fields import AUTO, MANY_TO_MANY, TO_ONE, Field, column_type
from ._model import Model, names_in
from ._registry import Registry


class Junction(Struct, frozen=True):
    """The table behind a many-to-many field.

    ``near`` and ``far`` are its columns that point at the model with the field and at the target; ``model`` is the
    class that maps it, where the project has written one.
    """

    table: str
    near: str | None
    far: str | None
    model: Model | None = None
    reason: str | None = None


class Link(Struct, frozen=True):
    """A field that points at a model, seen from both sides."""

    model: Model
    field: Field
    target: Model | None
    written: str
    reason: str | None
    accessor: str | None
    query_name: str | None
    junction: Junction | None = None


def links_of(registry: Registry, model: Model) -> Iterator[Link]:
    """The relations that a model's fields declare, with what the other side calls them."""
    for field in model.fields.values():
        if not field.relation:
            continue
        target = registry.target(model, field)
        junction = junction_of(registry, model, field, target.model) if field.core == MANY_TO_MANY else None
        accessor = accessor_of(registry, model, field, target.model) if target.model is not None else None
        query = field.text("related_query_name") or related_name(model, field) or model.model_name
        yield Link(model, field, target.model, target.written, target.reason, accessor, query, junction)


def related_name(model: Model, field: Field) -> str | None:
    """``related_name``, or the default of the model, with its placeholders filled."""
    name = field.text("related_name") or text_of(model.options.get("default_related_name"))
    if name is None:
        return None
    values = {"class": model.model_name, "model_name": model.model_name, "app_label": (model.app or "").lower()}
    for key, value in values.items():
        name = name.replace(f"%({key})s", value)
    return name


def accessor_of(registry: Registry, model: Model, field: Field, target: Model) -> str | None:
    """The name under which the target leads back; None where it does not."""
    if field.core == MANY_TO_MANY and target is model and registry.is_symmetrical(model, field):
        return None
    name = related_name(model, field)
    if name is not None:
        return None if name.endswith("+") else name
    if field.given("related_name") is not None or field.open:
        return None  # a name that run time decides
    return model.model_name if field.core == "OneToOneField" else f"{model.model_name}_set"


def junction_of(registry: Registry, model: Model, field: Field, target: Model | None) -> Junction:
    """The table that joins the two sides of a many-to-many field."""
    through = field.given("through")
    if through is not None:
        named = registry.named(model, through)
        if named.model is None:
            return Junction(named.written, None, None, None, named.reason or "")
        near, far = ends_of(registry, field, named.model, model, target)
        table = registry.table_of(named.model) or named.model.label
        return Junction(table, near, far, named.model)
    given = field.text("db_table")
    table = given or f"{registry.table_of(model)}_{field.name}"
    if target is None:
        return Junction(table, f"{model.model_name}_id", None)
    near, far = model.model_name, target.model_name
    if near == far:
        near, far = f"from_{near}", f"to_{far}"
    return Junction(table, f"{near}_id", f"{far}_id")


def ends_of(
    registry: Registry, field: Field, through: Model, model: Model, target: Model | None
) -> tuple[str | None, str | None]:
    """The columns of a junction model that point at each side."""
    chosen = names_in(field.given("through_fields"))
    if chosen is not None and len(chosen) >= 2:
        found = [through.lookup(name) for name in chosen[:2]]
        near, far = (registry.column_of(held[1]) if held is not None else None for held in found)
        return near, far
    near_column: str | None = None
    far_column: str | None = None
    for other in through.fields.values():
        if other.core not in TO_ONE:
            continue
        aim = registry.target(through, other).model
        if aim is None:
            continue
        if aim.concrete() is model.concrete() and near_column is None:
            near_column = registry.column_of(other)
        elif target is not None and aim.concrete() is target.concrete() and far_column is None:
            far_column = registry.column_of(other)
    return near_column, far_column


def forward(registry: Registry, link: Link) -> Relationship:
    """The relationship that a field declares."""
    field = link.field
    many = field.core == MANY_TO_MANY
    target = link.target
    name = name_of(registry, target) if target is not None else link.written
    local: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    if many and link.junction is not None:
        if link.junction.near is not None and link.junction.far is not None:
            local = (link.junction.near, link.junction.far)
            remote = (*key_column(registry, link.model), *key_column(registry, target))
    else:
        local = (registry.column_of(field),)
        held = registry.remote_field(link.model, field, target) if target is not None else None
        remote = (registry.column_of(held[1]),) if held is not None else ()
    return Relationship(
        field.name,
        name,
        field.span,
        many=many,
        direction="many-to-many" if many else "one-to-one" if field.core == "OneToOneField" else "many-to-one",
        through=link.junction.table if link.junction is not None else None,
        through_entity=through_name(registry, link),
        local=local,
        remote=remote,
        reverse=link.accessor,
        implicit=field.implicit,
        resolved=target is not None,
        known=link.reason is None and not field.open,
        on_delete=None if many else on_delete(field),
    )


def backward(registry: Registry, link: Link) -> Relationship | None:
    """The accessor that Django adds to the target."""
    if link.accessor is None or link.target is None:
        return None
    field = link.field
    many = field.core != "OneToOneField"
    local: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    if field.core == MANY_TO_MANY and link.junction is not None:
        if link.junction.near is not None and link.junction.far is not None:
            local = (link.junction.far, link.junction.near)
            remote = (*key_column(registry, link.target), *key_column(registry, link.model))
    else:
        held = registry.remote_field(link.model, field, link.target)
        local = (registry.column_of(held[1]),) if held is not None else ()
        remote = (registry.column_of(field),)
    to_many = field.core == MANY_TO_MANY
    return Relationship(
        link.accessor,
        name_of(registry, link.model),
        field.span,
        many=many,
        direction="many-to-many" if to_many else "one-to-many" if many else "one-to-one",
        through=link.junction.table if link.junction is not None else None,
        through_entity=through_name(registry, link),
        local=local,
        remote=remote,
        reverse=field.name,
        implicit=True,
        known=not field.open,
    )


def through_name(registry: Registry, link: Link) -> str | None:
    """The class that maps the junction table."""
    model = link.junction.model if link.junction is not None else None
    return name_of(registry, model) if model is not None else None


def key_column(registry: Registry, model: Model | None) -> tuple[str, ...]:
    """The column of a model's key."""
    key = registry.key_of(model) if model is not None else None
    return (registry.column_of(key),) if key is not None else ()


def junction_table(registry: Registry, engine: Engine, link: Link) -> Table | None:
    """The table that Django makes for a many-to-many field without a class of its own."""
    junction, target = link.junction, link.target
    if junction is None or junction.model is not None or link.field.given("through") is not None:
        return None
    if link.model.proxy or not link.model.managed:
        return None
    span = link.field.span
    reasons = [link.reason or f"`{link.written}`, which was not found"] if target is None else []
    if link.field.open:
        reasons.append("arguments that run time decides")
    columns = [junction_key(registry, link.model, span)]
    sides: list[tuple[str | None, Model | None]] = [(junction.near, link.model), (junction.far, target)]
    for name, model in sides:
        if name is not None and model is not None:
            columns.append(junction_column(registry, name, model, span))
    unique = tuple(column.name for column in columns[1:])
    constraints = (Constraint("unique", unique, span, unique=True),) if len(unique) == 2 else ()
    return Table(
        junction.table,
        "implied",
        span,
        columns=tuple(columns),
        constraints=constraints,
        orm="django",
        open=tuple(reasons),
    )


def junction_key(registry: Registry, model: Model, span: Span) -> Column:
    """The key of a junction table."""
    kind = model.auto_field or registry.apps.auto_field
    arguments: dict[str, Value] = {"primary_key": Const(True)}
    core = kind if kind in AUTO else "AutoField"
    field = Field("id", core, kind or core, arguments, span)
    return Column(
        "id",
        "id",
        column_type(field, None),
        span,
        nullable=False,
        default="generated",
        primary_key=True,
        autoincrement=True,
        implicit=True,
        known=kind is not None,
    )


def junction_column(registry: Registry, name: str, model: Model, span: Span) -> Column:
    """A foreign key of a junction table."""
    key = registry.key_of(model)
    kind = key_type(registry, model.concrete(), key) if key is not None else None
    table = registry.table_of(model) or model.label
    reference = Reference(
        table, registry.column_of(key) if key is not None else None, "CASCADE", target=name_of(registry, model)
    )
    return Column(
        name,
        name,
        replace(kind, declared="ForeignKey") if kind is not None else UNKNOWN_TYPE,
        span,
        nullable=False,
        indexed=True,
        references=(reference,),
        implicit=True,
        known=kind is not None,
    )
