"""Parts of statements inside others: subqueries, common tables, the sources that expressions name."""

from __future__ import annotations

from collections.abc import Container, Iterable

from sqlglot import exp

from verifier.api import (
    Call,
    Const,
    Instance,
    pieces,
)

from . import _queries_nouns as nouns
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from ._queries_sources import Source
from ._queries_state import Lift


def pending(found: nouns.Selection | nouns.Compound) -> exp.Subquery:
    """A statement inside another; it is built when that is, whose sources it may refer to."""
    node = exp.Subquery(this=exp.Select())
    node.meta["pending"] = found
    if isinstance(found, nouns.Selection):
        found.inner = True
        if found.columns and isinstance(found.columns[0], exp.Expression):
            kind = found.columns[0].meta.get("type")
            if kind is not None:
                node.meta["type"] = kind
    return node


def pending_exists(found: nouns.Selection | nouns.Compound) -> exp.Exists:
    """EXISTS of a statement."""
    node = exp.Exists(this=exp.Select())
    node.meta["pending"] = found
    return node


def whole(lift: Lift, source: Source) -> exp.Subquery:
    """A SELECT of all that a source gives."""
    return pending(selects.selection_of(lift, [source]))


def as_source(
    lift: Lift, found: nouns.Selection | nouns.Compound, key: object, name: str | None, *, lateral: bool = False
) -> Source:
    """A statement in FROM."""
    from . import _queries_build as building

    known = lift.sources.get(("subquery", id(key)))
    if known is not None:
        return known
    lift.sources["kept", id(key)] = Source(id(key), "")
    tree = pending(found) if lateral else building.build(lift, found, frozenset(), asfrom=True)
    names = outputs(lift, found)
    made = sources.of_query(lift, id(key), tree, names, name)
    lift.kept.append(key)
    if lateral:
        made.lateral = True
    return made


def outputs(lift: Lift, found: nouns.Selection | nouns.Compound | nouns.Raw) -> dict[str, exp.Expression] | None:
    """The columns of a statement by the keys under which code finds them; None where these are not known."""
    while isinstance(found, nouns.Compound):
        found = found.parts[0]
    if isinstance(found, nouns.Raw):
        return None
    made: dict[str, exp.Expression] = {}
    taken: set[str] = set()
    for one in found.columns:
        if isinstance(one, Source) and one.open:
            return None
        if isinstance(one, exp.Star) or (isinstance(one, exp.Expression) and pieces.is_hole(one)):
            return None
        listed: Iterable[exp.Expression] = sources.all_columns(lift, one) if isinstance(one, Source) else [one]
        for node in listed:
            name = sources.output_name(node)
            if name is None:
                if lift.hybrids:
                    return None  # an expression of a hybrid attribute has its name
                continue
            whole = isinstance(one, Source) and one.known is not None
            key = name if whole or not isinstance(node, exp.Column) else str(node.meta.get("key") or name)
            key = str(node.meta.get("called", key))
            if found.qualified and isinstance(node, exp.Column):
                name = f"{node.table}_{name}"
            key, name = numbered(key, made), numbered(name, taken)
            taken.add(name)
            shown = exp.Column(this=pieces.name(name))
            kind = node.meta.get("type")
            if kind is not None:
                shown.meta["type"] = kind
            made[key] = shown
    return made


def numbered(name: str, taken: Container[str]) -> str:
    """A name, with a number where another has it already."""
    if name not in taken:
        return name
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def common(lift: Lift, base: nouns.Selection | nouns.Compound, made: Instance, call: Call) -> Source:
    """``select(...).cte("name", recursive=True)``."""
    from . import _queries_build as building

    known = lift.sources.get(("cte", id(made)))
    if known is not None:
        return known
    name = lift.name_for(call.text(0, "name"), "anon")
    source = Source(("cte", id(made)), name)
    source.aliased = source.is_cte = True
    source.names = outputs(lift, base)
    source.body = building.build(lift, base, frozenset(), asfrom=True)
    lift.sources["cte", id(made)] = source
    lift.kept.append(made)
    recursive = call.argument(1, "recursive")
    if isinstance(recursive, Const) and recursive.value:
        lift.recursive = True
    lift.ctes[name] = exp.CTE(this=source.body, alias=exp.TableAlias(this=pieces.name(name)))
    return source


def extended(lift: Lift, base: Source, name: str, call: Call) -> Source:
    """``cte.union_all(select(...))``: the recursive half."""
    from . import _queries_build as building

    kind, single = selects.SETS[name]
    trees = [base.body.copy()] if base.body is not None else []
    for argument in selects.methods_of(lift, call):
        found = values.resolve(lift, argument)
        if isinstance(found, nouns.Selection | nouns.Compound):
            trees.append(building.build(lift, found, frozenset(), asfrom=True))
        else:
            lift.doubt("a statement that is decided at run time", "with")
    tree = trees[0]
    for other in trees[1:]:
        tree = kind(this=tree, expression=other, distinct=single)
    columns = [pieces.name(name) for name in base.names or ()] if lift.recursive else []
    alias = exp.TableAlias(this=pieces.name(base.alias), columns=columns or None)
    lift.ctes[base.alias] = exp.CTE(this=tree, alias=alias)
    return base


def sources_in(node: exp.Expression) -> Iterable[Source]:
    """The sources that an expression's columns belong to, those of statements inside it left out."""
    found: dict[object, Source] = {}
    for inner in node.walk(prune=lambda one: "pending" in one.meta or isinstance(one, exp.Query)):
        source = inner.meta.get("source")
        if isinstance(source, Source):
            found.setdefault(source.key, source)
        adds = inner.meta.get("adds")
        if isinstance(adds, Source):
            found.setdefault(adds.key, adds)
    return found.values()


def source_in(node: exp.Expression) -> Source | None:
    """The first source of an expression."""
    return next(iter(sources_in(node)), None)


def single_criteria(lift: Lift, source: Source) -> list[exp.Expression]:
    """The condition that tells rows of a class from those of others in the same table."""
    if source.known is None:
        return []
    found = lift.schema.single(source.known)
    if found is None:
        return []
    root, attribute, identities = found
    column = root.entity.mapped(attribute)
    if column is None:
        return []
    node = sources.column_node(source, column.name, sources.referred(source, attribute), None, attribute, column)
    items = [lift.bindings.bound(identity, attribute) for identity in identities]
    return [exp.In(this=node, expressions=items)]
