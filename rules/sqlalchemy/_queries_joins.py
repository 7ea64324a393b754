"""Joins: by relationships, by foreign keys, by conditions; and what relationships ask for in conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from sqlglot import exp

from verifier.api import (
    Call,
    Class,
    Const,
    Defect,
    Entity,
    External,
    Field,
    Frame,
    Instance,
    Origin,
    Scope,
    Table,
    Value,
    lower_annotation,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_methods as methods
from . import _queries_select as selects
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
                        methods.both(exp.And, equal),
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
    return methods.both(exp.And, equal), None


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
                ways.append(methods.both(exp.And, equal))
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
    made = methods.condition(lift, value)
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


def condition_of(lift: Lift, rel: values.Rel) -> exp.Expression:
    """A relationship where a condition stands: the condition by which it joins its sides."""
    right = target_of(lift, rel)
    if right is None:
        return lift.unknown(f"the relationship `{rel.relationship.name}`", rel.at)
    first, second = conditions(lift, rel, right, through_of(lift, rel, alias=False))
    return first if second is None else methods.both(exp.And, [first, second])


def exists(lift: Lift, rel: values.Rel, name: str, call: Call) -> exp.Expression:
    """``Parent.children.any(condition)``, ``Child.parent.has(name="x")``."""
    at = rel.at
    if rel.relationship.known and rel.relationship.many != (name == "any"):
        report_kind(lift, rel, name, call)
    right = target_of(lift, rel)
    if right is None or rel.source.known is None:
        return lift.unknown(f"the relationship `{rel.relationship.name}`", at)
    if (rel.of_type is None and right.known is not None and right.key == rel.source.key) or (
        rel.of_type is None and right.known is not None and right.known in rel.source.known.lineage()
    ):
        right = sources.aliased(lift, ("any", id(call)), right, None)
    through = through_of(lift, rel, alias=False)
    first, second = conditions(lift, rel, right, through)
    wheres = [first] if second is None else [first, second]
    wheres += rel.extra
    plain_target = target_of(lift, rel)
    for given in call.arguments:
        made = methods.condition(lift, given)
        wheres.append(methods.retold(made, plain_target, right) if plain_target is not None else made)
    wheres += by_keywords(lift, right, call)
    selection = selects.Selection()
    selection.columns = [exp.Literal.number(1)]
    selection.froms = [From(right), *([From(through)] if through is not None else [])]
    selection.where = wheres
    selection.except_keys = {one.key for one in (right, through) if one is not None}
    selection.inner = True
    return pieces.placed(selects.pending_exists(selection), call.origin)


def by_proxy(lift: Lift, proxy: values.Proxy, condition: Callable[[exp.Expression], exp.Expression]) -> exp.Expression:
    """A condition on an attribute of related objects: whether there is one for which it holds."""
    rel = proxy.rel
    right = target_of(lift, rel)
    if right is None or rel.source.known is None or right.key == rel.source.key:
        return lift.unknown(f"the relationship `{rel.relationship.name}`", proxy.at)
    column = sources.column(lift, right, proxy.name, proxy.at)
    if column is None:
        return lift.unknown(f"the attribute `{proxy.name}` behind `{rel.relationship.name}`", proxy.at)
    through = through_of(lift, rel, alias=False)
    first, second = conditions(lift, rel, right, through)
    selection = selects.Selection()
    selection.columns = [exp.Literal.number(1)]
    selection.froms = [From(right), *([From(through)] if through is not None else [])]
    selection.where = [first, *([second] if second is not None else []), condition(column)]
    selection.except_keys = {one.key for one in (right, through) if one is not None}
    selection.inner = True
    return pieces.placed(selects.pending_exists(selection), proxy.at)


def report_kind(lift: Lift, rel: values.Rel, name: str, call: Call) -> None:
    """Note ``any()`` of a single object, or ``has()`` of a collection."""
    other, kind = ("has", "a single object") if name == "any" else ("any", "a collection")
    lift.defects.append(
        Defect(
            "sqlalchemy/relationship-misused",
            call.span,
            f"`{name}()` is asked of `{rel.relationship.name}`, which is {kind}",
            symptom=f"sqlalchemy.exc.InvalidRequestError: '{name}()' not implemented for "
            + ("scalar attributes. Use has()." if name == "any" else "collections. Use any()."),
            remedy=f"Write `.{other}(...)`",
            related=((rel.relationship.span, "The relationship is declared here"),),
        )
    )


def by_keywords(lift: Lift, source: Source, call: Call, others: Iterable[Source] = ()) -> list[exp.Expression]:
    """``filter_by(name=value)``, ``any(name=value)``: each keyword is an attribute of the entity."""
    found: list[exp.Expression] = []
    for name, given in call.keywords.items():
        at = call.place(name)
        own = source if has(source, name) else next((one for one in others if has(one, name)), source)
        what = keyword(lift, own, name, at)
        other = lift.decide(given)
        if isinstance(what, values.Rel):
            made = compared(lift, what, "==", other, at)
        elif isinstance(what, values.Proxy):
            given_node = values.expression(lift, other)
            made = by_proxy(lift, what, partial(equal_to, given_node, at))
        elif isinstance(what, exp.Expression):
            second = values.expression(lift, other)
            made = what if pieces.is_hole(what) else methods.comparison("==", what, second, at)
        else:
            made = lift.unknown(f"the attribute `{name}`", at)
        found.append(methods.as_condition(lift, made, None))
    if call.open:
        lift.doubt("keywords that are decided at run time", "where")
    return found


def equal_to(given: exp.Expression, at: Origin | None, column: exp.Expression) -> exp.Expression:
    """A column held against a value."""
    return methods.comparison("==", column, given, at)


def has(source: Source, name: str) -> bool:
    """Whether an entity has an attribute."""
    if source.known is None:
        return source.table is not None and any(column.attribute == name for column in source.table.columns)
    entity = source.known.entity
    return entity.mapped(name) is not None or entity.relationship(name) is not None or name in entity.attributes


def keyword(lift: Lift, source: Source, name: str, at: Origin | None) -> object:
    """What a keyword of ``filter_by`` stands for; one that the entity does not have is noted."""
    known = source.known
    if known is None:
        return values.attribute(lift, source, name, at)
    entity = known.entity
    if entity.mapped(name) is None and entity.relationship(name) is None and name not in entity.attributes:
        open_ = entity.open or any(not found.known for found in entity.relationships)
        if not open_ and lift.schema.closed(known) and at is not None:
            lift.defects.append(
                Defect(
                    "sqlalchemy/unknown-filter-keyword",
                    lift.span(at),
                    f"`{entity.name}` has no attribute `{name}`",
                    symptom=f'sqlalchemy.exc.InvalidRequestError: Entity namespace for "{entity.table}" has no '
                    f'property "{name}"',
                    remedy=methods.nearest(
                        name,
                        [one.attribute for one in entity.columns] + [one.name for one in entity.relationships],
                    ),
                    related=((entity.span, f"`{entity.name}` is declared here"),),
                )
            )
        return lift.unknown(f"the attribute `{entity.name}.{name}`", at)
    return values.attribute(lift, source, name, at)


def compared(lift: Lift, rel: values.Rel, operator: str, other: Value, at: Origin | None) -> exp.Expression:
    """``Child.parent == parent``: the key is compared; with None it is asked whether there is one."""
    relationship = rel.relationship
    right = target_of(lift, rel)
    if right is None or operator not in ("==", "!="):
        return lift.unknown(f"the relationship `{relationship.name}`", at)
    nothing = isinstance(other, Const) and other.value is None
    if nothing:
        if relationship.direction == "many-to-one" and relationship.local:
            parts: list[exp.Expression] = [
                exp.Is(this=named(rel.source, name), expression=exp.Null()) for name in relationship.local
            ]
            node = methods.both(exp.And, parts)
            return node if operator == "==" else methods.negated(node)
        selection = selects.Selection()
        through = through_of(lift, rel, alias=False)
        first, second = conditions(lift, rel, right, through)
        selection.columns = [exp.Literal.number(1)]
        selection.froms = [From(right), *([From(through)] if through is not None else [])]
        selection.where = [first] if second is None else [first, second]
        selection.except_keys = {one.key for one in (right, through) if one is not None}
        selection.inner = True
        found = selects.pending_exists(selection)
        return exp.Not(this=found) if operator == "==" else found
    if isinstance(other, Const):
        report_value(lift, rel, other, at)
        return lift.unknown(f"the relationship `{relationship.name}`, which is compared with a value", at)
    if isinstance(values_of_column(other), Field):
        report_value(lift, rel, other, at)
        return lift.unknown(f"the relationship `{relationship.name}`, which is compared with a column", at)
    if relationship.direction != "many-to-one" or not relationship.local:
        return lift.unknown(f"the relationship `{relationship.name}`", at)
    title = relationship.remote[0] if relationship.remote else "key"
    parts = []
    for name, far in zip(relationship.local, relationship.remote, strict=False):
        given = lift.bindings.bound(remote_value(lift, other, right, far), title, at)
        parts.append(comparison_of(operator, named(rel.source, name), given))
    joined = methods.both(exp.And, parts) if operator == "==" else methods.both(exp.Or, parts)
    return pieces.placed(joined, at)


def comparison_of(operator: str, column: exp.Expression, given: exp.Expression) -> exp.Expression:
    """A key held against that of an object; what has none is different from it."""
    if operator == "==":
        return exp.EQ(this=given, expression=column)
    absent = exp.Is(this=column.copy(), expression=exp.Null())
    return exp.Or(this=exp.NEQ(this=column, expression=given), expression=absent)


def remote_value(lift: Lift, other: Value, right: Source, name: str) -> Value:
    """What an object has in a column, as far as it is known."""
    column = right.known.entity.column(name) if right.known is not None else None
    if isinstance(other, Instance) and column is not None:
        found = other.attributes.get(column.attribute)
        if found is not None:
            return found
        return External(f"sqlalchemy.{column.attribute}", other, other.origin)
    return other


def values_of_column(other: Value) -> Value | None:
    """The attribute of a row or class that a value is, if it is one that a column stores."""
    if isinstance(other, Field) and other.path is not None:
        word = other.path.removesuffix("()").rpartition(".")[2]
        return other if word in ("Column", "mapped_column") else None
    return None


def report_value(lift: Lift, rel: values.Rel, other: Value, at: Origin | None) -> None:
    """Note a relationship that is compared with a plain value."""
    if at is None or not rel.relationship.known:
        return
    shown = "a constant" if isinstance(other, Const) else f"`{getattr(other, 'name', 'a column')}`"
    keys = ", ".join(f"`{name}`" for name in rel.relationship.local) or "the key"
    lift.defects.append(
        Defect(
            "sqlalchemy/relationship-compared-with-id",
            lift.span(at),
            f"The relationship `{rel.relationship.name}` is compared with {shown}, where an object belongs",
            symptom="sqlalchemy.exc.ArgumentError: Mapped instance expected for relationship comparison to object",
            remedy=f"Compare the column ({keys}), or give it an object",
            related=((rel.relationship.span, "The relationship is declared here"),),
        )
    )


def contains(lift: Lift, rel: values.Rel, call: Call) -> exp.Expression:
    """``Parent.children.contains(child)``."""
    relationship = rel.relationship
    right = target_of(lift, rel)
    other = lift.decide(call.arguments[0]) if call.arguments else None
    if right is None or other is None or isinstance(other, Class):
        return lift.unknown(f"the relationship `{relationship.name}`", call.origin)
    if isinstance(other, Const):
        report_value(lift, rel, other, call.place(0))
        return lift.unknown(f"the relationship `{relationship.name}`, which is compared with a value", call.origin)
    if relationship.direction == "many-to-many":
        through = through_of(lift, rel, alias=False)
        if through is None:
            return lift.unknown(f"the relationship `{relationship.name}`", call.origin)
        aliased = sources.aliased(lift, ("contains", id(call)), through, None)
        first, second = conditions(lift, rel, right, aliased)
        if second is None:
            return first
        for column in list(second.find_all(exp.Column)):
            if column.table == right.alias:
                value = remote_value(lift, other, right, column.name)
                column.replace(lift.bindings.bound(value, column.name, call.place(0)))
        made = methods.both(exp.And, [first, second])
        made.meta["adds"] = aliased
        return made
    if relationship.direction in ("one-to-many", "one-to-one") and relationship.local:
        parts: list[exp.Expression] = []
        for near, far in zip(relationship.local, relationship.remote, strict=False):
            given = lift.bindings.bound(remote_value(lift, other, right, far), far, call.place(0))
            parts.append(exp.EQ(this=named(rel.source, near), expression=given))
        return methods.both(exp.And, parts)
    return lift.unknown(f"the relationship `{relationship.name}`", call.origin)


# Trees of joins


def joined_by(lift: Lift, left: From, rel: values.Rel, right: Source, side: str, at: Origin | None) -> From:
    """An element of FROM joined to what a relationship leads to."""
    through = through_of(lift, rel, alias=True)
    with lift.reading("from"):
        first, second = conditions(lift, rel, right, through)
    extra = [*rel.extra, *selects.single_criteria(lift, right)]
    if second is None:
        return From(
            None, left, From(right, at=at), methods.both(exp.And, [first, *extra]) if extra else first, side, at
        )
    beyond = methods.both(exp.And, [second, *extra]) if extra else second
    if side:
        inner = From(None, From(through), From(right, at=at), beyond, "", at)
        return From(None, left, inner, first, side, at)
    middle = From(None, left, From(through), first, side, at)
    return From(None, middle, From(right, at=at), beyond, side, at)


def tree(lift: Lift, base: selects.Joined, name: str, call: Call) -> object:
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
        return selects.Joined(joined_by(lift, base.element, target, right, side, at))
    element = selects.as_element(lift, target, at)
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
            return selects.Joined(joined_by(lift, base.element, found, next(iter(element.sources())), side, at))
        with lift.reading("from"):
            on = methods.as_condition(lift, found, condition)
    return selects.Joined(From(None, base.element, element, on, side, at))


def flagged(call: Call, name: str) -> bool:
    """Whether an option is surely set."""
    found = call.keywords.get(name)
    return isinstance(found, Const) and bool(found.value)
