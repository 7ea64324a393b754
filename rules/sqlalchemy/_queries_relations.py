"""What relationships ask for in conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from sqlglot import exp

from verifier.api import (
    Call,
    Class,
    Const,
    Defect,
    External,
    Field,
    Instance,
    Origin,
    Value,
    pieces,
)

from . import _queries_joins as joins
from . import _queries_methods as methods
from . import _queries_notes as notes
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_sources as sources
from . import _queries_values as values
from ._queries_sources import From, Source
from ._queries_state import Lift


def condition_of(lift: Lift, rel: values.Rel) -> exp.Expression:
    """A relationship where a condition stands: the condition by which it joins its sides."""
    right = joins.target_of(lift, rel)
    if right is None:
        return lift.unknown(f"the relationship `{rel.relationship.name}`", rel.at)
    first, second = joins.conditions(lift, rel, right, joins.through_of(lift, rel, alias=False))
    return first if second is None else operators.both(exp.And, [first, second])


def exists(lift: Lift, rel: values.Rel, name: str, call: Call) -> exp.Expression:
    """``Parent.children.any(condition)``, ``Child.parent.has(name="x")``."""
    at = rel.at
    if rel.relationship.known and rel.relationship.many != (name == "any"):
        report_kind(lift, rel, name, call)
    right = joins.target_of(lift, rel)
    if right is None or rel.source.known is None:
        return lift.unknown(f"the relationship `{rel.relationship.name}`", at)
    if (rel.of_type is None and right.known is not None and right.key == rel.source.key) or (
        rel.of_type is None and right.known is not None and right.known in rel.source.known.lineage()
    ):
        right = sources.aliased(lift, ("any", id(call)), right, None)
    through = joins.through_of(lift, rel, alias=False)
    first, second = joins.conditions(lift, rel, right, through)
    wheres = [first] if second is None else [first, second]
    wheres += rel.extra
    plain_target = joins.target_of(lift, rel)
    for given in call.arguments:
        made = operators.condition(lift, given)
        wheres.append(methods.retold(made, plain_target, right) if plain_target is not None else made)
    wheres += by_keywords(lift, right, call)
    selection = nouns.Selection()
    selection.columns = [exp.Literal.number(1)]
    selection.froms = [From(right), *([From(through)] if through is not None else [])]
    selection.where = wheres
    selection.except_keys = {one.key for one in (right, through) if one is not None}
    selection.inner = True
    return pieces.placed(parts.pending_exists(selection), call.origin)


def by_proxy(lift: Lift, proxy: values.Proxy, condition: Callable[[exp.Expression], exp.Expression]) -> exp.Expression:
    """A condition on an attribute of related objects: whether there is one for which it holds."""
    rel = proxy.rel
    right = joins.target_of(lift, rel)
    if right is None or rel.source.known is None or right.key == rel.source.key:
        return lift.unknown(f"the relationship `{rel.relationship.name}`", proxy.at)
    column = sources.column(lift, right, proxy.name, proxy.at)
    if column is None:
        return lift.unknown(f"the attribute `{proxy.name}` behind `{rel.relationship.name}`", proxy.at)
    through = joins.through_of(lift, rel, alias=False)
    first, second = joins.conditions(lift, rel, right, through)
    selection = nouns.Selection()
    selection.columns = [exp.Literal.number(1)]
    selection.froms = [From(right), *([From(through)] if through is not None else [])]
    selection.where = [first, *([second] if second is not None else []), condition(column)]
    selection.except_keys = {one.key for one in (right, through) if one is not None}
    selection.inner = True
    return pieces.placed(parts.pending_exists(selection), proxy.at)


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
            made = what if pieces.is_hole(what) else operators.comparison("==", what, second, at)
        else:
            made = lift.unknown(f"the attribute `{name}`", at)
        found.append(operators.as_condition(lift, made, None))
    if call.open:
        lift.doubt("keywords that are decided at run time", "where")
    return found


def equal_to(given: exp.Expression, at: Origin | None, column: exp.Expression) -> exp.Expression:
    """A column held against a value."""
    return operators.comparison("==", column, given, at)


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
                    remedy=notes.nearest(
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
    right = joins.target_of(lift, rel)
    if right is None or operator not in ("==", "!="):
        return lift.unknown(f"the relationship `{relationship.name}`", at)
    nothing = isinstance(other, Const) and other.value is None
    if nothing:
        if relationship.direction == "many-to-one" and relationship.local:
            tests: list[exp.Expression] = [
                exp.Is(this=joins.named(rel.source, name), expression=exp.Null()) for name in relationship.local
            ]
            node = operators.both(exp.And, tests)
            return node if operator == "==" else operators.negated(node)
        selection = nouns.Selection()
        through = joins.through_of(lift, rel, alias=False)
        first, second = joins.conditions(lift, rel, right, through)
        selection.columns = [exp.Literal.number(1)]
        selection.froms = [From(right), *([From(through)] if through is not None else [])]
        selection.where = [first] if second is None else [first, second]
        selection.except_keys = {one.key for one in (right, through) if one is not None}
        selection.inner = True
        found = parts.pending_exists(selection)
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
    tests = []
    for name, far in zip(relationship.local, relationship.remote, strict=False):
        given = lift.bindings.bound(remote_value(lift, other, right, far), title, at)
        tests.append(comparison_of(operator, joins.named(rel.source, name), given))
    joined = operators.both(exp.And, tests) if operator == "==" else operators.both(exp.Or, tests)
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
    right = joins.target_of(lift, rel)
    other = lift.decide(call.arguments[0]) if call.arguments else None
    if right is None or other is None or isinstance(other, Class):
        return lift.unknown(f"the relationship `{relationship.name}`", call.origin)
    if isinstance(other, Const):
        report_value(lift, rel, other, call.place(0))
        return lift.unknown(f"the relationship `{relationship.name}`, which is compared with a value", call.origin)
    if relationship.direction == "many-to-many":
        through = joins.through_of(lift, rel, alias=False)
        if through is None:
            return lift.unknown(f"the relationship `{relationship.name}`", call.origin)
        aliased = sources.aliased(lift, ("contains", id(call)), through, None)
        first, second = joins.conditions(lift, rel, right, aliased)
        if second is None:
            return first
        for column in list(second.find_all(exp.Column)):
            if column.table == right.alias:
                value = remote_value(lift, other, right, column.name)
                column.replace(lift.bindings.bound(value, column.name, call.place(0)))
        made = operators.both(exp.And, [first, second])
        made.meta["adds"] = aliased
        return made
    if relationship.direction in ("one-to-many", "one-to-one") and relationship.local:
        parts: list[exp.Expression] = []
        for near, far in zip(relationship.local, relationship.remote, strict=False):
            given = lift.bindings.bound(remote_value(lift, other, right, far), far, call.place(0))
            parts.append(exp.EQ(this=joins.named(rel.source, near), expression=given))
        return operators.both(exp.And, parts)
    return lift.unknown(f"the relationship `{relationship.name}`", call.origin)
