"""Joins: by relationships, by foreign keys, by conditions; and what relationships ask for in conditions."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from verifier.api import (
    Call,
    Const,
    Defect,
    Entity,
    External,
    Frame,
    Instance,
    Origin,
    Scope,
    Table,
    lower_annotation,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_joining as joining
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_sources as sources
from . import _queries_values as values
from ._drafts import argument_node
from ._queries_sources import From, Source
from ._queries_state import Lift

LIBRARY = ("and_", "or_", "not_", "func", "select", "exists", "desc", "asc", "cast", "case", "literal", "text", "null")


# Keys


def key_columns(lift: Lift, source: Source) -> list[tuple[str, tuple[str, ...], str, tuple[str, ...]]]:
    """The foreign keys of a source: alias, columns, table pointed at, columns pointed at."""
    if source.known is not None:
        found: list[tuple[str, tuple[str, ...], str, tuple[str, ...]]] = []
        if source.own:
            own = lift.schema.keys(source.known.entity, source.known.entity.own)
            return [(source.alias, key.columns, key.table, key.targets) for key in own]
        for one in source.known.lineage():
            alias = next((alias for known, alias in source.parts if known is one), source.alias)
            keys = lift.schema.keys(one.entity, one.entity.own if source.parts else None)
            found.extend((alias, key.columns, key.table, key.targets) for key in keys)
            if not source.parts:
                break
        return found
    if source.table is not None:
        return [(source.alias, key.columns, key.table, key.targets) for key in lift.schema.keys(source.table)]
    return []


def tables_of(source: Source) -> list[tuple[str, str]]:
    """The tables of a source by their full names, with the names by which they are referred to."""
    if source.parts:
        return [(known.full_name, alias) for known, alias in source.parts]
    if source.own and source.known is not None:
        return [(source.known.full_name, source.alias)]
    if source.known is not None:
        return [(source.known.tables[0].full_name, source.alias)] if source.known.tables else []
    if source.table is not None:
        table = source.table
        return [(f"{table.schema}.{table.name}" if table.schema else table.name, source.alias)]
    return []


def links(lift: Lift, left: Iterable[Source], right: Source) -> list[exp.Expression]:
    """The ways in which foreign keys join a source to others, each as a condition."""
    found: dict[object, exp.Expression] = {}
    for one in left:
        for holder, other in ((one, right), (right, one)):
            if holder is other:
                continue
            for alias, columns, table, targets in key_columns(lift, holder):
                for name, target in tables_of(other):
                    if name != table:
                        continue
                    equal: list[exp.Expression] = [
                        exp.EQ(this=plain(target, far), expression=plain(alias, near))
                        for near, far in zip(columns, targets, strict=False)
                    ]
                    found.setdefault(
                        frozenset((target, far, alias, near) for near, far in zip(columns, targets, strict=False)),
                        operators.both(exp.And, equal),
                    )
    return list(found.values())


def plain(alias: str, name: str) -> exp.Column:
    """A column that nobody wrote."""
    return exp.Column(this=pieces.name(name), table=pieces.name(alias))


def is_open(source: Source) -> bool:
    """Whether a source may have keys that were not read."""
    return source.open or (source.known is None and source.table is None)


def infer(lift: Lift, left: list[Source], right: Source, at: Origin | None) -> exp.Expression:
    """The condition of a join that is given none: by the only foreign key between the two sides."""
    ways = links(lift, left[-1:], right) or links(lift, left, right)
    if len(ways) == 1:
        return ways[0]
    inherits = any(one.known is not None and one.known.entity.inheritance is not None for one in (*left, right))
    if not any(is_open(one) for one in (*left, right)) and left and not inherits:
        report(lift, left, right, at, many=bool(ways))
    return lift.unknown("how the two sides are joined", at)


def report(lift: Lift, left: list[Source], right: Source, at: Origin | None, *, many: bool) -> None:
    """Note a join that the library cannot make: no foreign key leads from one side to the other, or several do."""
    if at is None:
        return
    sides = f"`{left[-1].title}` and `{right.title}`"
    message = f"Several foreign keys join {sides}" if many else f"No foreign key joins {sides}"
    lift.defects.append(
        Defect(
            "sqlalchemy/join-without-path",
            lift.span(at),
            f"{message}, and the join names no condition",
            symptom="sqlalchemy.exc.AmbiguousForeignKeysError: Can't determine join between the two"
            if many
            else "sqlalchemy.exc.InvalidRequestError: Don't know how to join; or NoForeignKeysError",
            remedy="Write the condition: `.join(Target, Target.column == Other.column)`, or join by a relationship",
        )
    )


# Relationships


def target_of(lift: Lift, rel: values.Rel) -> Source | None:
    """The source that a relationship leads to."""
    if rel.of_type is not None:
        return rel.of_type
    assert rel.source.known is not None
    known = lift.schema.target(rel.source.known, rel.relationship)
    return sources.of_known(lift, known) if known is not None else None


def through_of(lift: Lift, rel: values.Rel, *, alias: bool) -> Source | None:
    """The table in between, of a many-to-many relationship."""
    name = rel.relationship.through
    if name is None:
        return None
    key = ("through", id(rel), alias)
    found = lift.sources.get(key)
    if found is None:
        holders = lift.schema.by_name.get(name, [])
        holder = next((one for one in holders if isinstance(one, Table)), None) or next(iter(holders), None)
        if holder is None:
            return None
        if isinstance(holder, Entity):
            known = next((one for one in lift.schema.entities(holder.name) if one.entity is holder), None)
            base = sources.of_known(lift, known) if known is not None else None
        else:
            base = Source(("table", name), holder.name, table=holder)
        if base is None:
            return None
        found = lift.sources[key] = sources.aliased(lift, key, base, None) if alias else base
    return found


def conditions(
    lift: Lift, rel: values.Rel, right: Source, through: Source | None
) -> tuple[exp.Expression, exp.Expression | None]:
    """How a relationship joins its sides: the condition on its own side, and that beyond the table in between."""
    relationship = rel.relationship
    left = rel.source
    assert left.known is not None
    declared = lift.schema.declaration(left.known.cls, relationship.name)
    custom = (
        None
        if declared is None
        else tuple(written(lift, rel, declared, name, right, through) for name in ("primaryjoin", "secondaryjoin"))
    )
    first = custom[0] if custom is not None else None
    second = custom[1] if custom is not None else None
    if relationship.direction == "many-to-many" or relationship.through is not None:
        if through is None:
            hole = lift.unknown(f"the table behind the relationship `{relationship.name}`", rel.at)
            return hole, None
        near, far = sides(lift, rel, right, through)
        return first or near, second or far
    if first is not None:
        return first, None
    pairs = list(zip(relationship.local, relationship.remote, strict=False))
    if not pairs:
        return lift.unknown(f"how the relationship `{relationship.name}` joins its sides", rel.at), None
    equal: list[exp.Expression] = [
        exp.EQ(this=named(left, near), expression=named(right, far)) for near, far in pairs
    ]  # own side first, as the relationship has it
    return operators.both(exp.And, equal), None


def named(source: Source, name: str) -> exp.Expression:
    """A column of a source by its name in the database."""
    alias = source.alias
    if source.known is not None:
        column = source.known.entity.column(name)
        alias = sources.referred(source, column.attribute) if column is not None else alias
    return plain(alias, name)


def sides(lift: Lift, rel: values.Rel, right: Source, through: Source) -> tuple[exp.Expression, exp.Expression]:
    """The two conditions of a many-to-many relationship."""
    relationship = rel.relationship
    keys = key_columns(lift, through)
    local = set(relationship.local)
    given = rel.source if not relationship.implicit else right
    other = right if given is rel.source else rel.source

    def toward(source: Source, wanted: bool | None) -> exp.Expression | None:
        ways: list[exp.Expression] = []
        for alias, columns, table, targets in keys:
            if wanted is not None and bool(local) and (set(columns) <= local) is not wanted:
                continue
            if any(name == table for name, _ in tables_of(source)):
                equal: list[exp.Expression] = [
                    exp.EQ(this=named(source, far), expression=plain(alias, near))
                    for near, far in zip(columns, targets, strict=False)
                ]
                ways.append(operators.both(exp.And, equal))
        return ways[0] if len(ways) == 1 else None

    first, second = toward(given, True), toward(other, False)
    if given is not rel.source:
        first, second = second, first
    reason = f"how the relationship `{relationship.name}` joins its sides"
    return first or lift.unknown(reason, rel.at), second or lift.unknown(reason, rel.at)


def written(
    lift: Lift, rel: values.Rel, call: Call, name: str, right: Source, through: Source | None
) -> exp.Expression | None:
    """The condition that a relationship's declaration writes itself."""
    node = argument_node(call, name)
    if node is None or name not in call.keywords:
        return None
    given = call.keywords[name]
    if isinstance(given, Const) and given.value is None:
        return None
    engine = lift.lifting.engine
    text = text_of(given)
    remembers, engine.remembers = engine.remembers, True
    try:
        if text is not None:
            scope = Scope(call.frame.module.scope)
            for known_name in (lift.schema.named or {}) or named_entities(lift):
                found = lift.schema.entities(known_name)
                if len(found) == 1:
                    scope.names.setdefault(known_name, found[0].cls)
            for word in (*LIBRARY, "foreign", "remote"):
                scope.names[word] = External(f"sqlalchemy.{word}")
            value = engine.evaluate(lower_annotation(text, 0, 0), Frame(call.frame.module, scope))
        else:
            value = engine.evaluate(node, call.frame)
            function = lift.decide(value)
            if not isinstance(function, Instance) and hasattr(function, "code"):
                value = engine.call(function, [], call.node, call.frame)
    finally:
        engine.remembers = remembers
    made = operators.condition(lift, value)
    target = lift.schema.target(rel.source.known, rel.relationship) if rel.source.known is not None else None
    own = rel.source.known
    for column in made.find_all(exp.Column):
        source = column.meta.get("source")
        if not isinstance(source, Source):
            continue
        side: Source | None = None
        if through is not None and tables_of(source)[:1] and tables_of(through)[:1]:
            side = through if tables_of(source)[0][0] == tables_of(through)[0][0] else None
        if side is None and target is not None and source.known is not None and source.known in target.lineage():
            itself = own is not None and source.known in own.lineage()
            remote = bool(column.meta.get("remote")) or (name == "secondaryjoin")
            side = right if not itself or remote else rel.source
        if side is None and source.known is not None and own is not None and source.known in own.lineage():
            side = rel.source
        if side is not None:
            column.set("table", pieces.name(sources.referred(side, column.meta.get("key", ""))))
            column.meta["source"] = side
        column.meta.pop("at", None)
    return made


def named_entities(lift: Lift) -> list[str]:
    """The names of all entities."""
    lift.schema.entities("")
    return list(lift.schema.named or {})


# Trees of joins


def joined_by(lift: Lift, left: From, rel: values.Rel, right: Source, side: str, at: Origin | None) -> From:
    """An element of FROM joined to what a relationship leads to."""
    through = through_of(lift, rel, alias=True)
    with lift.reading("from"):
        first, second = conditions(lift, rel, right, through)
    extra = [*rel.extra, *parts.single_criteria(lift, right)]
    if second is None:
        return From(
            None, left, From(right, at=at), operators.both(exp.And, [first, *extra]) if extra else first, side, at
        )
    beyond = operators.both(exp.And, [second, *extra]) if extra else second
    if side:
        inner = From(None, From(through), From(right, at=at), beyond, "", at)
        return From(None, left, inner, first, side, at)
    middle = From(None, left, From(through), first, side, at)
    return From(None, middle, From(right, at=at), beyond, side, at)


def tree(lift: Lift, base: nouns.Joined, name: str, call: Call) -> object:
    """``a.join(b, on, isouter=True)``, ``sqlalchemy.join(a, b, on)``."""
    given = call.argument(0, "right")
    target = values.resolve(lift, given) if given is not None else None
    outer, full = flagged(call, "isouter") or name == "outerjoin", flagged(call, "full")
    side = "FULL" if full else "LEFT" if outer else ""
    at = call.place(0)
    if isinstance(target, values.Rel):
        right = target_of(lift, target)
        if right is None:
            lift.doubt("a join that was not read", "from")
            return base
        return nouns.Joined(joined_by(lift, base.element, target, right, side, at))
    element = joining.as_element(lift, target, at)
    if element is None:
        lift.doubt(reason_of(given), "from")
        return base
    condition = call.argument(1, "onclause")
    if condition is None or (isinstance(condition, Const) and condition.value is None):
        right_source = next(iter(element.sources()))
        on = infer(lift, list(base.element.sources()), right_source, at)
    else:
        found = values.resolve(lift, condition)
        if isinstance(found, values.Rel):
            return nouns.Joined(joined_by(lift, base.element, found, next(iter(element.sources())), side, at))
        with lift.reading("from"):
            on = operators.as_condition(lift, found, condition)
    return nouns.Joined(From(None, base.element, element, on, side, at))


def flagged(call: Call, name: str) -> bool:
    """Whether an option is surely set."""
    found = call.keywords.get(name)
    return isinstance(found, Const) and bool(found.value)
