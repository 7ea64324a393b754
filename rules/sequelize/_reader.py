"""Reads the models that a project defines: what it asked of Sequelize is done once more, on what is known."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Class,
    Column,
    Const,
    Constraint,
    Declaration,
    Defect,
    Engine,
    Entity,
    External,
    Origin,
    Project,
    Record,
    Relationship,
    Span,
    Table,
    Unread,
    Value,
    options,
    reason_of,
    text_of,
)

from ._associate import associate, is_nothing
from ._decorators import Wanted, declared_models
from ._factories import never_called, run_left, unseen
from ._history import KEPT, keep_history
from ._hooks import late_fills
from ._migrations import read_migrations
from ._models import DefinedModel, LateModel
from ._notes import Association, Definition, identity, notes
from ._plain import Options, is_vague, plain, record, text
from ._schema import AUTOMATIC, Link, Model, Registry, attribute_type, has_column, initialise, key_origin
from ._suspects import suspects
from ._values import default_of, reference_of

DIRECTIONS = {
    "belongsTo": "many-to-one",
    "hasOne": "one-to-one",
    "hasMany": "one-to-many",
    "belongsToMany": "many-to-many",
}


def read_models(engine: Engine, project: Project) -> Iterator[Declaration]:
    """The models of all connections, with their associations, and what migrations leave behind."""
    run_left(engine)
    registry = Registry()
    defects: list[Defect] = []
    kept = notes(engine)
    for definition in list(kept.definitions.values()):
        yield from define(engine, registry, definition, defects)
    late = declared_models(engine, registry)
    yield from late.unread
    defects.extend(late.defects)
    for change in kept.changes.values():
        model = registry.find(change.model)
        if model is not None and change.kind == KEPT:
            keep_history(registry, model, engine.span(change.origin))
        elif model is not None:
            change_model(model, change.kind, change.arguments)
    for note in kept.associations.values():
        yield from connect(engine, registry, note, defects)
    for wanted in late.associations:
        yield from connect_declared(engine, registry, wanted, defects)
    for home in registry.homes.values():
        if home.open and home.connection is not None and home.connection.origin is not None:
            yield Unread(engine.span(home.connection.origin), home.open)
    kept.late = late_fills(engine, registry)
    kept.registry = registry
    for model in registry.all:
        yield junction(model) if model.implied else entity(engine, model)
    yield from defects
    yield from never_called(engine)
    yield from unseen(engine)
    yield from suspects(engine, project, registry)
    yield from read_migrations(engine, project, registry)


def define(engine: Engine, registry: Registry, note: Definition, defects: list[Defect]) -> Iterator[Declaration]:
    """One ``define`` or ``init``."""
    home = registry.home(note.connection)
    given = record(note.options)
    span = engine.span(note.origin)
    name = text(plain(note.name)) if note.name is not None else None
    if note.name is None:
        wanted = given.get("modelName")
        own = note.model.name if isinstance(note.model, Class) else None
        name = text(wanted) if wanted is not None else own
    if name is None:
        yield Unread(span, reason_of(note.name))
        return
    place = engine.span(note.model.origin) if note.model.origin is not None else span
    model = Model(note.model, name, given, place, note.depth)
    model.raw = list(options(note.options)) if note.options is not None else []
    attributes: dict[str, object] = {}
    for option in options(note.attributes) if note.attributes is not None else ():
        if isinstance(option, Record):
            attributes.update({str(key): plain(entry) for key, entry in option.entries.items()})
            take_spans(engine, model, option)
            if not option.complete:
                model.open.append("attributes that are set at run time")
        else:
            model.open.append(reason_of(option))
    if model.open:
        yield Unread(span, model.open[0])
    earlier = home.models.get(name)
    other = earlier is not None and earlier.value is not None and identity(earlier.value) != identity(note.model)
    if earlier is not None and other and home.connection is not None and not note.depth and not earlier.depth:
        defects.append(name_clash(name, earlier, span))
    if registry.known.get(identity(note.model)) is None or earlier is None:
        initialise(registry, model, attributes, home)


def name_clash(name: str, earlier: Model, span: Span) -> Defect:
    """Two models of one name on one connection."""
    return Defect(
        "sequelize/model-name-clash",
        span,
        f"A model `{name}` was defined on this connection before: it is forgotten, and `sync` makes no table for it",
        symptom=f"sequelize.models.{name} is this model; the table of the earlier one is not made",
        remedy="Give each model a name of its own",
        related=((earlier.span, f"the earlier `{name}`"),),
    )


def take_spans(engine: Engine, model: Model, given: Record) -> None:
    """Where each attribute is written."""
    origin = given.origin
    data = engine.project.files[origin.path].data if origin is not None else b""
    for key, entry in given.entries.items():
        found = key_origin(data, str(key), origin) or entry.origin
        if found is not None:
            model.spans[str(key)] = engine.span(Origin(found.path, found.start, found.end))


def change_model(model: Model, kind: str, arguments: tuple[Value, ...]) -> None:
    """``removeAttribute``; the others are kept for rules."""
    if kind == "removeAttribute":
        name = text_of(arguments[0]) if arguments else None
        if name is None:
            model.open.append("an attribute that is removed")
        else:
            model.attributes.pop(name, None)
        return
    model.changes.append((kind, arguments))


def connect(engine: Engine, registry: Registry, note: Association, defects: list[Defect]) -> Iterator[Declaration]:
    """One association."""
    span = engine.span(note.origin)
    source = registry.find(note.source)
    if source is None:
        yield Unread(span, "which model this is an association of")
        return
    target = registry.find(note.target)
    if target is None and note.depth <= source.depth and is_nothing(note.target):
        defects.append(no_model(source, note, span))
    if target is None:
        yield Unread(span, f"the target of this association: {reason_of(note.target)}")
    link = Link(note.kind, source, target, record(note.options), span)
    link.value, link.depth, link.target_name = note.made, note.depth, name_of(note.target)
    associate(registry, link, defects.append)


def connect_declared(
    engine: Engine, registry: Registry, wanted: Wanted, defects: list[Defect]
) -> Iterator[Declaration]:
    """One association that a decorator declares."""
    source, target = registry.find(wanted.source), registry.find(wanted.target)
    span = engine.span(wanted.origin)
    if source is None:
        return
    if target is None:
        yield Unread(span, f"the target of this association: {reason_of(wanted.target)}")
    link = Link(wanted.kind, source, target, wanted.options, span)
    link.target_name = name_of(wanted.target)
    associate(registry, link, defects.append)


def no_model(source: Model, note: Association, span: Span) -> Defect:
    """An association with something that is no model: Sequelize throws."""
    return Defect(
        "sequelize/association-with-undefined",
        span,
        f"`{source.name}.{note.kind}` is given no model: Sequelize throws here",
        symptom=f"Error: {source.name}.{note.kind} called with something that's not a subclass of Sequelize.Model",
        remedy="Pass the model: look at what its module exports, and whether it has been loaded when this runs",
    )


def name_of(value: Value | None) -> str:
    """How a target that was not found is called."""
    if isinstance(value, LateModel | DefinedModel) and value.named is not None:
        return value.named
    return value.name if isinstance(value, Class | External) else ""


# Nouns


def entity(engine: Engine, model: Model) -> Entity:
    """A model as an entity."""
    attributes = [name for name, given in model.attributes.items() if not has_column(given)]
    for link in model.associations.values():
        attributes.extend(link.accessors())
    attributes.extend(members(model.value))
    for key in ("getterMethods", "setterMethods"):
        found = model.options.get(key)
        if isinstance(found, Options):
            attributes.extend(found)
    links = [relationship(link) for link in model.associations.values()]
    if model.vague:
        links.append(Relationship("?", "?", model.span, resolved=False, known=False))
    return Entity(
        model.name,
        "sequelize",
        model.table,
        model.span,
        schema=model.schema,
        columns=columns(model),
        relationships=tuple(links),
        constraints=constraints(model),
        attributes=tuple(dict.fromkeys(attributes)),
        accepts=tuple(name for name, given in model.attributes.items() if not has_column(given)),
        open=tuple(dict.fromkeys(model.open)),
        label=model.value.name if isinstance(model.value, Class) and model.value.name != model.name else None,
    )


def members(value: Value | None) -> Iterator[str]:
    """Methods that the project gives rows."""
    if isinstance(value, DefinedModel):
        yield from map(str, value.added.entries)
    elif isinstance(value, Class):
        for base in value.lineage():
            if isinstance(base, Class):
                # The name of the model is the class's own, and nothing of its rows.
                yield from (name for name, member in base.members.items() if (name, type(member)) != ("name", Const))


def junction(model: Model) -> Table:
    """A junction table that Sequelize makes."""
    return Table(
        model.table or model.name,
        "implied",
        model.span,
        schema=model.schema,
        columns=columns(model),
        constraints=constraints(model),
        variable=model.name,
        orm="sequelize",
        open=tuple(dict.fromkeys(model.open)),
    )


def columns(model: Model) -> tuple[Column, ...]:
    """The columns of a model, in its own order."""
    alone = {names[0] for names, _ in unique_keys(model) if len(names) == 1}
    return tuple(
        column(model, name, given, name in alone) for name, given in model.attributes.items() if has_column(given)
    )


def unique_keys(model: Model) -> list[tuple[list[str], str | None]]:
    """``uniqueKeys``: attributes that are unique together, with the name of their index where it is given."""
    found: dict[str, tuple[list[str], str | None]] = {}
    for name, given in model.attributes.items():
        wanted = given.get("unique")
        if isinstance(wanted, Options):
            wanted = wanted.get("name") or True
        if wanted is None or wanted is False or not has_column(given):
            continue
        key = wanted if isinstance(wanted, str) else f"{model.table}_{name}_unique"
        found.setdefault(key, ([], wanted if isinstance(wanted, str) else None))[0].append(name)
    return list(found.values())


def column(model: Model, name: str, given: Options, unique: bool) -> Column:
    """One attribute as a column."""
    default, default_text = default_of(given)
    automatic = name in model.automatic.values()
    type_ = attribute_type(given)
    vague = given.open or any(is_vague(given.get(key)) for key in ("allowNull", "primaryKey", "unique", "field"))
    reference = reference_of(given)
    primary = given.get("primaryKey") is True
    return Column(
        name=text(given.get("field")) or name,
        attribute=name,
        type=type_,
        span=model.spans.get(name, model.span),
        nullable=given.get("allowNull") is not False and not primary,
        default="function" if automatic and default is None and name != model.automatic.get("deletedAt") else default,
        default_text=default_text,
        primary_key=primary,
        autoincrement=given.get("autoIncrement") is True,
        unique=unique,
        references=(reference,) if reference is not None else (),
        implicit=bool(given.get(AUTOMATIC) or given.get("_association")),
        known=not vague and type_.kind != "unknown",
        comment=text(given.get("comment")) or "",
    )


def constraints(model: Model) -> tuple[Constraint, ...]:
    """What is unique together, and the indexes."""
    found: list[Constraint] = []
    for names, key in unique_keys(model):
        if len(names) > 1:
            fields = tuple(model.field(name) or name for name in names)
            found.append(Constraint("unique", fields, model.spans.get(names[0], model.span), key, unique=True))
    indexes = model.options.get("indexes")
    listed = indexes if isinstance(indexes, list) else []
    written = [given for given in listed if isinstance(given, Options) and isinstance(given.get("fields"), list)]
    return (*found, *(index(model, given) for given in written))


def index(model: Model, given: Options) -> Constraint:
    """One of the option ``indexes``; fields are columns there, not attributes."""
    fields = given["fields"]
    assert isinstance(fields, list)
    names: list[str] = []
    for field in fields:
        if isinstance(field, Options):
            field = field.get("name") or field.get("attribute")
        names.append(field if isinstance(field, str) else "(expression)")
    kind = text(given.get("type")) or ""
    unique = given.get("unique") is True or kind.lower() == "unique"
    condition = "where" if given.get("where") is not None else ""
    return Constraint(
        "unique" if unique and not condition else "index",
        tuple(names),
        model.span,
        text(given.get("name")),
        condition=condition,
        unique=unique,
    )


def relationship(link: Link) -> Relationship:
    """An association as a relationship."""
    source, target = link.source, link.target
    many = link.kind in ("hasMany", "belongsToMany")
    local: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    if link.known and target is not None:
        if link.through is not None:
            local = tuple(link.through.field(key) or "" for key in (link.foreign_key, link.other_key))
            remote = (source.field(link.own_key) or "", target.field(link.target_key) or "")
        elif link.kind == "belongsTo":
            local, remote = (source.field(link.foreign_key) or "",), (target.field(link.own_key) or "",)
        else:
            local, remote = (source.field(link.own_key) or "",), (target.field(link.foreign_key) or "",)
    return Relationship(
        link.name or "?",
        target.name if target is not None else link.target_name or "?",
        link.span,
        many=many,
        direction=DIRECTIONS[link.kind],  # type: ignore[arg-type]
        through=link.through.table if link.through is not None else None,
        through_entity=link.through.name if link.through is not None and not link.through.implied else None,
        local=local,
        remote=remote,
        reverse=reverse(link),
        resolved=target is not None,
        known=link.known,
        on_delete=link.on_delete,
        aliased=bool(link.options.get("as")),
    )


def reverse(link: Link) -> str | None:
    """The association of the other side that has the same key."""
    if link.target is None or not link.known:
        return None
    inverse = {"belongsTo": ("hasMany", "hasOne"), "hasMany": ("belongsTo",), "hasOne": ("belongsTo",)}
    found = [
        other.name
        for other in link.target.associations.values()
        if other.target is link.source
        and other is not link
        and (
            (other.kind == "belongsToMany" and other.through is link.through and other.foreign_key == link.other_key)
            if link.kind == "belongsToMany"
            else other.kind in inverse[link.kind] and other.foreign_key == link.foreign_key
        )
    ]
    return found[0] if len(found) == 1 else None
