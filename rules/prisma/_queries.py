"""What Prisma's client asks of the database, as plain SQL: how it splits that up is its own business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from verifier.api import (
    Action,
    Const,
    Defect,
    Entity,
    Lifted,
    Lifting,
    Load,
    Origin,
    Query,
    Record,
    Sequence,
    Site,
    Value,
    building,
    options,
    pieces,
    reason_of,
    regex,
    text_of,
    version_range,
)

from ._where import Reader, nearest
from ._writes import insert, is_truthy, update, upsert

PATH = regex(r"@prisma/client\.(?:PrismaClient|Prisma\.TransactionClient)(?:\.\$extends\(\))*\.(\w+)\.(\w+)")
ACTIONS: dict[str, Action] = {
    "findMany": "rows", "findUnique": "first", "findFirst": "first", "findUniqueOrThrow": "one",
    "findFirstOrThrow": "one", "count": "count", "aggregate": "value", "groupBy": "rows",
}  # fmt: skip
TAKES: dict[str, frozenset[str]] = {
    "findMany": frozenset("where select include omit orderBy cursor take skip distinct relationLoadStrategy".split()),
    "findFirst": frozenset("where select include omit orderBy cursor take skip distinct relationLoadStrategy".split()),
    "findUnique": frozenset("where select include omit relationLoadStrategy".split()),
    "create": frozenset("data select include omit relationLoadStrategy".split()),
    "createMany": frozenset("data skipDuplicates".split()),
    "createManyAndReturn": frozenset("data skipDuplicates select include omit".split()),
    "update": frozenset("where data select include omit relationLoadStrategy".split()),
    "updateMany": frozenset("where data limit".split()),
    "updateManyAndReturn": frozenset("where data limit select include omit".split()),
    "upsert": frozenset("where create update select include omit relationLoadStrategy".split()),
    "delete": frozenset("where select include omit relationLoadStrategy".split()),
    "deleteMany": frozenset("where limit".split()),
    "count": frozenset("where orderBy cursor take skip select".split()),
    "aggregate": frozenset("where orderBy cursor take skip _count _avg _sum _min _max".split()),
    "groupBy": frozenset("by where having orderBy take skip _count _avg _sum _min _max".split()),
}  # fmt: skip
# Methods that some databases have alone.
ONLY_SOME = frozenset({"findRaw", "aggregateRaw", "findUniqueOrThrow", "findFirstOrThrow"})
# What other mappers, and earlier versions, call what the client calls otherwise.
METHODS_ELSEWHERE = {
    "find": "findMany", "findAll": "findMany", "findOne": "findUnique", "findById": "findUnique",
    "findByPk": "findUnique", "findOneOrFail": "findUniqueOrThrow", "findAndCountAll": "count", "insert": "create",
    "insertMany": "createMany", "bulkCreate": "createMany", "save": "upsert", "destroy": "delete", "remove": "delete",
    "updateOne": "update", "deleteOne": "delete", "exists": "count", "findOrCreate": "upsert",
}  # fmt: skip
UNIQUE = frozenset({"findUnique", "update", "upsert", "delete"})
LOGIC = frozenset({"AND", "OR", "NOT"})
ANY = {
    "findUnique": "findFirst", "findUniqueOrThrow": "findFirstOrThrow", "update": "updateMany",
    "delete": "deleteMany", "upsert": "updateMany",
}  # fmt: skip
AGGREGATES: dict[str, Callable[..., exp.Expression]] = {
    "_count": exp.Count, "_avg": exp.Avg, "_sum": exp.Sum, "_min": exp.Min, "_max": exp.Max,
}  # fmt: skip


def read_queries(lifting: Lifting) -> Iterator[Query | Defect]:
    """One query for each call of a model's method."""
    models = {own_name(entity.name): entity for entity in lifting.models.entities if entity.orm == "prisma"}
    for site in lifting.sites:
        match = PATH.fullmatch(site.library)
        if match is None:
            continue
        model, method = match[1], match[2]
        entity = models.get(own_name(model))
        if method.removesuffix("OrThrow") not in TAKES:
            if entity is not None:
                yield from without_method(lifting, site, model, method)
            continue
        if entity is None:
            yield from lifting.each(site, "prisma", without_model(lifting, site, model, method, models))
            continue
        yield from lifting.each(site, "prisma", read(lifting, site, entity, method))


def own_name(model: str) -> str:
    """A model as the client calls it."""
    return model[:1].lower() + model[1:]


def without_method(lifting: Lifting, site: Site, model: str, method: str) -> Iterator[Defect]:
    """A method that no model of the client has, unless the project extends the client, or pins an older one."""
    known = TAKES.keys() | ONLY_SOME
    versions = version_range(lifting.project, "@prisma/client")
    if method in known or method.startswith(("$", "_")) or (versions is not None and versions.maybe("<3")):
        return
    # What is read without a call is asked for, or set.
    added = re.compile(rb"\$extends\b|\.%s\b(?!\s*\()|[\"']%s[\"']" % (method.encode(), method.encode()))
    if any(added.search(file.data) is not None for file in lifting.project.files.values()):
        return
    near = METHODS_ELSEWHERE.get(method) or nearest(method, sorted(known))
    yield Defect(
        "prisma/unknown-method",
        lifting.span(name_at(lifting, site, method)),
        f"models of the client have no `{method}`" + (f"; did you mean `{near}`?" if near else ""),
        symptom=f"TypeError: prisma.{model}.{method} is not a function",
        remedy=f"Call `{near}`." if near else "Call a method that the client has.",
    )


def name_at(lifting: Lifting, site: Site, name: str) -> Origin:
    """Where a call names a part of what it calls; the whole call where it is not written there."""
    data = lifting.project.files[site.span.path].data
    word = data.find(f".{name}".encode(), site.call.node.start, site.call.node.end)
    return Origin(site.span.path, word + 1, word + 1 + len(name.encode())) if word >= 0 else site.call.origin


def without_model(
    lifting: Lifting, site: Site, model: str, method: str, models: dict[str, Entity]
) -> Iterator[Query | Defect]:
    """A call on a model that the schema does not have."""
    receiver = getattr(site.call.callee, "receiver", None)
    extended = "$extends" in site.library
    if models and not extended and not any(entity.open for entity in models.values()) and receiver is not None:
        near = nearest(model, sorted(models))
        yield Defect(
            "prisma/unknown-model",
            lifting.span(name_at(lifting, site, model)),
            f"the client has no `{model}`: no model of the schema is called so"
            + (f"; did you mean `{near}`?" if near else ""),
            symptom=f"TypeError: Cannot read properties of undefined (reading '{method}')",
            remedy="Call a model by its name in the schema, with a small first letter.",
        )
    yield Query(
        site.start, site.caller, "orm", "prisma", lifting.dialect, (), f"the model `{model}`, which the schema lacks",
        site=site,
    )  # fmt: skip


def read(lifting: Lifting, site: Site, entity: Entity, method: str) -> Iterator[Query | Defect]:
    """One call."""
    reader = Reader(lifting)
    kind = method.removesuffix("OrThrow")
    argument = site.call.argument(0)
    records = [option for option in options(argument) if isinstance(option, Record)] if argument is not None else []
    if argument is None or (isinstance(argument, Const) and argument.value is None):
        records = [Record({})]
    reason: str | None = None
    statement: Lifted | None = None
    loads: list[Load] = []
    if not records:
        given = Record({}, complete=False)
        reader.reasons.append(reason_of(argument))
        reader.open |= {"where", "columns", "order", "limit"}
    else:
        given = records[0]
    for key in given.entries:
        if str(key) not in TAKES[kind] and not str(key).startswith("$"):
            unknown_option(reader, given, str(key), method, sorted(TAKES[kind]))
    if kind in UNIQUE:
        not_unique(reader, entity, method, given)
    if not given.complete:
        reader.reasons.append("further options of the call")
        reader.open |= {"where", "order", "limit"}
    tree = tree_of(reader, entity, kind, given, loads)
    if tree is not None:
        values = tuple(reader.bindings.values)
        statement = Lifted(tree, values, frozenset(reader.open), tuple(dict.fromkeys(reader.reasons)))
        reason = next(iter(reader.reasons), None)
    else:
        reason = next(iter(reader.reasons), "what is written")
    yield Query(
        site.start,
        site.caller,
        "orm",
        "prisma",
        lifting.dialect,
        (statement,) if statement is not None else (),
        reason,
        ACTIONS.get(method, "write"),
        entity=entity,
        loads=tuple(loads),
        site=site,
    )
    yield from reader.defects


def unknown_option(reader: Reader, given: Record, key: str, method: str, known: list[str]) -> None:
    """Note an option that a method does not take."""
    at = given.places.get(key)
    if at is None:
        return
    near = {"limit": "take", "offset": "skip", "order": "orderBy", "attributes": "select", "relations": "include"}
    other = near.get(key) or nearest(key, known)
    hint = f"; did you mean `{other}`?" if other in known else ""
    reader.defects.append(
        Defect(
            "prisma/unknown-field",
            reader.lifting.span(at),
            f"`{method}` takes no `{key}`{hint}",
            symptom=f"PrismaClientValidationError: Unknown argument `{key}`",
            remedy=f"`{method}` takes {', '.join(known)}.",
        )
    )


def not_unique(reader: Reader, entity: Entity, method: str, given: Record) -> None:
    """Note a condition that tells no single row."""
    where = given.entries.get("where")
    at = given.places.get("where")
    if not isinstance(where, Record) or not where.complete or at is None or entity.open:
        return
    groups = [constraint for constraint in entity.constraints if constraint.kind in ("primary", "unique")]
    names = [column.attribute for column in entity.columns if column.unique]
    names += [column.attribute for column in entity.primary_key if len(entity.primary_key) == 1]
    for group in groups:
        attributes = [found.attribute for name in group.columns if (found := entity.column(name)) is not None]
        names.append(group.name or "_".join(attributes))
    known = {str(key) for key in where.entries}
    listed = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    if not known & set(names) and all(entity.mapped(key) or entity.relationship(key) for key in known - LOGIC):
        reader.defects.append(
            Defect(
                "prisma/where-not-unique",
                reader.lifting.span(at),
                f"`{method}` asks for one `{entity.name}` by "
                + (" and ".join(f"`{key}`" for key in sorted(known)) or "nothing")
                + ", which may be that of several",
                symptom=f"PrismaClientValidationError: Argument `where` needs at least one of {listed}",
                remedy=f"Use {listed}, or `{ANY.get(method, method)}`.",
                related=((entity.span, f"the model `{entity.name}`"),),
            )
        )


def tree_of(reader: Reader, entity: Entity, kind: str, given: Record, loads: list[Load]) -> exp.Expression | None:
    """The statement of one call."""
    draft = building.Draft()
    draft.source, alias = reader.table(entity)
    entries = given.entries
    if kind in ("create", "createMany", "createManyAndReturn"):
        chosen(reader, entity, alias, given, loads)
        return insert(
            reader, draft, entity, entries.get("data"), many=kind != "create", skip=entries.get("skipDuplicates")
        )
    if kind == "upsert":
        chosen(reader, entity, alias, given, loads)
        return upsert(reader, draft, entity, alias, given)
    draft.where = reader.where(entity, alias, entries.get("where"), unique=kind in UNIQUE)
    if kind in ("update", "updateMany", "updateManyAndReturn"):
        chosen(reader, entity, alias, given, loads)
        return update(reader, draft, entity, alias, entries.get("data"))
    if kind in ("delete", "deleteMany"):
        chosen(reader, entity, alias, given, loads)
        return draft.delete()
    if kind == "count":
        draft.columns = [exp.Count(this=exp.Star())]
    elif kind in ("aggregate", "groupBy"):
        aggregated(reader, draft, entity, alias, given)
    else:
        draft.columns = chosen(reader, entity, alias, given, loads)
    ordered(reader, draft, entity, alias, entries.get("orderBy"))
    if kind == "findMany" and any(is_given(entries.get(name)) for name in ("take", "skip", "cursor")):
        ordered_by_key(reader, draft, entity, alias)
    limited(reader, draft, kind, entries)
    return draft.select()


def limited(reader: Reader, draft: building.Draft, kind: str, entries: dict[object, Value]) -> None:
    """``take``, ``skip``, ``cursor`` and ``distinct``."""
    take, skip = entries.get("take"), entries.get("skip")
    if kind in ("findFirst", "findUnique"):
        draft.limit = exp.Literal.number(1)
    if is_given(take) and take is not None:
        draft.limit = reader.bindings.bound(take)
        if isinstance(take, Const) and isinstance(take.value, int) and take.value < 0:
            reader.reasons.append("the last rows rather than the first")
    if is_given(skip) and skip is not None:
        draft.offset = reader.bindings.bound(skip)
    if is_given(entries.get("cursor")):
        reader.reasons.append("a cursor")
        reader.open.add("where")
    if is_given(entries.get("distinct")):
        reader.reasons.append("`distinct`")


def is_given(value: Value | None) -> bool:
    """Whether an option is more than nothing."""
    return value is not None and not (isinstance(value, Const) and value.value is None)


def chosen(
    reader: Reader, entity: Entity, alias: str, given: Record, loads: list[Load], path: tuple[str, ...] = ()
) -> list[exp.Expression]:
    """The columns that ``select`` and ``include`` name; what they bring along is noted, and its names are looked at."""
    columns: list[exp.Expression] = []
    select = [found for found in options(given.entries.get("select") or Const(None)) if isinstance(found, Record)]
    include = [found for found in options(given.entries.get("include") or Const(None)) if isinstance(found, Record)]
    if not select and is_given(given.entries.get("select")) and not path:
        columns.append(reader.unknown(given.entries.get("select"), "columns"))
    both_given(reader, given)
    for number, record in enumerate(select or include):
        for key, value in record.entries.items():
            name, at = str(key), record.places.get(key)
            column = entity.mapped(name)
            relationship = entity.relationship(name)
            if column is not None:
                if not select:
                    scalar_included(reader, entity, record, name)
                elif is_truthy(value) is not False and number == 0:
                    columns.append(reader.column(column, alias, at))
            elif relationship is not None:
                if is_truthy(value) is False:
                    continue
                target = reader.target(relationship)
                span = reader.lifting.span(at) if at is not None else relationship.span
                loads.append(Load((*path, name), "separate", relationship.many, span))
                for inner in options(value):
                    if isinstance(inner, Record) and target is not None:
                        nested(reader, target, inner, loads, (*path, name))
            elif name == "_count":
                columns += counted(reader, entity, alias, value)
            elif record.places.get(key) is not None:
                reader.stray(entity, record, name, "select" if select else "include")
        if not record.complete and select and not path:
            columns.append(reader.unknown(record, "columns"))
    if select:
        return columns
    omitted = given.entries.get("omit")
    left_out = omitted.entries if isinstance(omitted, Record) else {}
    for key in left_out if isinstance(omitted, Record) else ():
        if entity.mapped(str(key)) is None and isinstance(omitted, Record):
            reader.stray(entity, omitted, str(key), "omit")
    every: list[exp.Expression] = [
        reader.column(column, alias)
        for column in entity.columns
        if column.attribute not in left_out or is_truthy(left_out[column.attribute]) is False
    ]
    return [*every, *columns]


def both_given(reader: Reader, given: Record) -> None:
    """Note ``select`` beside ``include``."""
    at = given.places.get("include")
    parts = [given.entries.get("select"), given.entries.get("include")]
    if at is not None and all(isinstance(part, Record) for part in parts):
        reader.defects.append(
            Defect(
                "prisma/select-with-include",
                reader.lifting.span(at),
                "`include` stands beside `select`",
                symptom="PrismaClientValidationError: Please either use `include` or `select`, but not both",
                remedy="Put the relations into `select`.",
            )
        )


def scalar_included(reader: Reader, entity: Entity, record: Record, name: str) -> None:
    """Note a plain field in ``include``."""
    at = record.places.get(name)
    if at is None:
        return
    reader.defects.append(
        Defect(
            "prisma/unknown-field",
            reader.lifting.span(at),
            f"`include` names `{name}`, which is a plain field of `{entity.name}`: it takes relations only",
            symptom=f"PrismaClientValidationError: Invalid scalar field `{name}` for include statement",
            remedy=f"Leave it out: plain fields come along anyway; or write `select: {{ {name}: true }}`.",
            related=((entity.span, f"the model `{entity.name}`"),),
        )
    )


def nested(reader: Reader, target: Entity, record: Record, loads: list[Load], path: tuple[str, ...]) -> None:
    """What ``include: { comments: { where, orderBy, include } }`` names."""
    open_, reasons = set(reader.open), list(reader.reasons)
    takes = TAKES["findMany"]
    for key in record.entries:
        if str(key) not in takes:
            unknown_option(reader, record, str(key), path[-1], sorted(takes))
    aliases = reader.aliases
    _, alias = reader.table(target)
    reader.where(target, alias, record.entries.get("where"))
    ordered(reader, building.Draft(), target, alias, record.entries.get("orderBy"))
    chosen(reader, target, alias, record, loads, path)
    reader.aliases, reader.open, reader.reasons = aliases, open_, reasons


def counted(reader: Reader, entity: Entity, alias: str, value: Value) -> list[exp.Expression]:
    """``_count: { select: { comments: true } }``: a number for each relation."""
    found: list[exp.Expression] = []
    for option in options(value):
        selected = option.entries.get("select") if isinstance(option, Record) else None
        if not isinstance(selected, Record):
            continue
        for key, entry in selected.entries.items():
            relationship = entity.relationship(str(key))
            if relationship is None:
                if selected.places.get(key) is not None:
                    reader.stray(entity, selected, str(key), "_count")
                continue
            target = reader.target(relationship)
            if target is None or is_truthy(entry) is False or not relationship.local:
                continue
            draft = building.Draft()
            draft.columns = [exp.Count(this=exp.Star())]
            draft.source, other = reader.table(target, selected.places.get(key))
            reader.joined(draft, entity, alias, relationship, target, other)
            if isinstance(entry, Record):
                draft.also(reader.where(target, other, entry.entries.get("where")))
            query = exp.Subquery(this=draft.select())
            found.append(exp.Alias(this=query, alias=pieces.name(f"_count_{key}")))
    return found


def ordered(reader: Reader, draft: building.Draft, entity: Entity, alias: str, value: Value | None) -> None:
    """``orderBy``."""
    for option in (options(value) if value is not None else ())[:1]:
        if isinstance(option, Const) and option.value is None:
            continue
        items = option.items if isinstance(option, Sequence) else [option]
        if not all(isinstance(item, Record) for item in items):
            reader.unknown(option, "order")
            continue
        for item in items:
            if isinstance(item, Record):
                terms(reader, draft, entity, alias, item)


def ordered_by_key(reader: Reader, draft: building.Draft, entity: Entity, alias: str) -> None:
    """The order that Prisma gives pages that are given none: by the key, or what else is unique."""
    if draft.order or "order" in reader.open:
        return
    columns = [column for column in entity.columns if column.primary_key]
    columns = columns or [column for column in entity.columns if column.unique][:1]
    draft.order = [
        building.ordered(reader.column(column, alias, None), reader.lifting.dialect, descending=False, nulls_first=None)
        for column in columns
    ]


def terms(reader: Reader, draft: building.Draft, entity: Entity, alias: str, record: Record) -> None:
    """The terms of one object of ``orderBy``."""
    for key, value in record.entries.items():
        name, at = str(key), record.places.get(key)
        column = entity.mapped(name)
        direction = value.entries.get("sort") if isinstance(value, Record) else value
        if column is not None:
            descending = (text_of(direction) or "").lower() == "desc"
            if direction is not None and text_of(direction) is None:
                reader.reasons.append("the direction of an order")
            nulls = text_of(value.entries.get("nulls")) if isinstance(value, Record) else None
            draft.order.append(
                building.ordered(
                    reader.column(column, alias, at),
                    reader.lifting.dialect,
                    descending=descending,
                    nulls_first=nulls == "first" if nulls else None,
                )
            )
            continue
        relationship = entity.relationship(name)
        target = reader.target(relationship) if relationship is not None else None
        if relationship is not None and target is not None and isinstance(value, Record):
            inner = building.Draft()
            inner.source, other = reader.table(target, at)
            reader.joined(inner, entity, alias, relationship, target, other)
            if "_count" in value.entries:
                inner.columns = [exp.Count(this=exp.Star())]
                descending = text_of(value.entries["_count"]) == "desc"
            else:
                wanted = building.Draft()
                terms(reader, wanted, target, other, value)
                if not wanted.order:
                    continue
                inner.columns = [wanted.order[0].this]
                descending = bool(wanted.order[0].args.get("desc"))
            query = exp.Subquery(this=inner.select())
            draft.order.append(building.ordered(query, reader.lifting.dialect, descending=descending))
        elif name in (*AGGREGATES, "_relevance"):
            reader.reasons.append(f"an order by `{name}`")
        elif relationship is None:
            reader.stray(entity, record, name, "orderBy")
            reader.unknown(value, "order")
    if not record.complete:
        reader.unknown(record, "order")


def aggregated(reader: Reader, draft: building.Draft, entity: Entity, alias: str, given: Record) -> None:
    """``_count``, ``_sum`` and their kin, by groups."""
    by = given.entries.get("by")
    for item in by.items if isinstance(by, Sequence) else [by] if by is not None else []:
        column = entity.mapped(text_of(item) or "")
        if column is None:
            reader.unknown(item, "group")
            continue
        found = reader.column(column, alias, item.origin)
        draft.columns.append(found)
        draft.group.append(found.copy())
    for name, kind in AGGREGATES.items():
        value = given.entries.get(name)
        if value is None:
            continue
        if not isinstance(value, Record):
            draft.columns.append(exp.Alias(this=exp.Count(this=exp.Star()), alias=pieces.name(name)))
            continue
        for key, entry in value.entries.items():
            if is_truthy(entry) is False:
                continue
            column = entity.mapped(str(key))
            alias_ = pieces.name(f"{name}_{key}")
            if str(key) == "_all":
                draft.columns.append(exp.Alias(this=exp.Count(this=exp.Star()), alias=alias_))
            elif column is not None:
                call = kind(this=reader.column(column, alias, value.places.get(key)))
                draft.columns.append(exp.Alias(this=call, alias=alias_))
            else:
                reader.stray(entity, value, str(key), name)
    if given.entries.get("having") is not None:
        reader.reasons.append("`having`")
        reader.open.add("having")
    if not draft.columns:
        draft.columns = [exp.Count(this=exp.Star())]
