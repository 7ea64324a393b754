"""What stands in FROM: tables, mapped classes, aliases, subqueries, and joins of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from verifier.api import Class, Column, ColumnType, Entity, Instance, Origin, Table, Value, pieces

from ._queries_schema import Known, is_table
from ._queries_state import Lift


class Source:
    """One thing that statements select from.

    Attributes:
        key: what tells it from others: two sources of one key are one.
        alias: the name by which columns refer to it; of a table without an alias, its own.
        known: the mapped class whose rows it gives.
        table: the table, where no class maps it.
        names: of a subquery, its columns by the key that code knows them by; None where these are not known.
        body: what stands in FROM in place of a table's name.
        parts: of a class whose rows lie in several tables, these, each with the name by which it is referred to.
        of: the source that it is an alias of.
        own: it stands for the class's own table alone.
    """

    def __init__(self, key: object, alias: str, known: Known | None = None, table: Table | None = None) -> None:
        self.key = key
        self.alias = alias
        self.known = known
        self.table = table
        self.names: Mapping[str, exp.Expression] | None = {}
        self.body: exp.Expression | None = None
        self.parts: list[tuple[Known, str]] = []
        self.aliased = False
        self.of: Source | None = None
        self.types: dict[str, ColumnType] = {}
        self.is_cte = False
        self.lateral = False
        self.own = False
        self.placed = False  # whether its body stands in a tree already

    def __deepcopy__(self, memo: object) -> Source:
        return self

    @property
    def open(self) -> bool:
        """Whether it may have columns that were not read."""
        if self.known is not None:
            return bool(self.known.entity.open)
        if self.table is not None:
            return bool(self.table.open)
        return self.names is None

    @property
    def title(self) -> str:
        """What it is, for a reader."""
        if self.known is not None:
            return self.known.entity.name
        return self.table.name if self.table is not None else self.alias


class From:
    """An element of FROM: a source, or a join of two elements."""

    def __init__(
        self,
        source: Source | None = None,
        left: From | None = None,
        right: From | None = None,
        on: exp.Expression | None = None,
        kind: str = "",
        at: Origin | None = None,
    ) -> None:
        self.source = source
        self.left = left
        self.right = right
        self.on = on
        self.kind = kind
        self.at = at

    def sources(self) -> Iterator[Source]:
        """The sources in it, in order."""
        if self.source is not None:
            yield self.source
            return
        for side in (self.left, self.right):
            if side is not None:
                yield from side.sources()

    def conditions(self) -> Iterator[exp.Expression]:
        """The ON conditions in it."""
        if self.on is not None:
            yield self.on
        for side in (self.left, self.right):
            if side is not None:
                yield from side.conditions()


# Making sources


def of_class(lift: Lift, cls: Class, at: Origin | None = None) -> Source | None:
    """The source that a mapped class is; None for a class that is not mapped."""
    known = lift.schema.entity(cls)
    if known is None:
        return None
    return of_known(lift, known)


def of_known(lift: Lift, known: Known) -> Source:
    """The source that an entity is."""
    tables = known.tables
    own: object = ("entity", known.entity.identity)
    key = ("table", tables[0].full_name) if len(tables) == 1 else own
    found = lift.sources.get(own)
    if found is None:
        name = tables[0].entity.table if tables else None
        found = lift.sources[own] = Source(key, name or known.entity.name.lower(), known)
        found.parts = [(one, one.entity.table or "") for one in reversed(tables)] if len(tables) > 1 else []
    return found


def of_table(lift: Lift, value: Value) -> Source | None:
    """The source that a ``Table(...)`` is."""
    table = lift.schema.table(value)
    if table is None:
        owner = lift.schema.owner(value)
        return of_known(lift, owner) if owner is not None else None
    name = f"{table.schema}.{table.name}" if table.schema else table.name
    found = lift.sources.get(("object", id(value)))
    if found is None:
        found = lift.sources["object", id(value)] = Source(("table", name), table.name, table=table)
    return found


def aliased(lift: Lift, made: object, of: Source, name: str | None) -> Source:
    """An alias of a source; ``made`` tells it from others."""
    key = ("alias", made)
    found = lift.sources.get(key)
    if found is None:
        base = of.alias if of.body is None else "anon"
        found = Source(key, lift.name_for(name, base), of.known, of.table)
        found.aliased = True
        found.names, found.body, found.types = of.names, of.body, of.types
        found.of = of
        found.is_cte = of.is_cte
        found.parts = [(one, lift.name_for(None, one.entity.table or "")) for one, _ in of.parts]
        lift.sources[key] = found
    return found


def of_query(
    lift: Lift, made: object, tree: exp.Expression, names: Mapping[str, exp.Expression] | None, name: str | None
) -> Source:
    """A subquery in FROM."""
    key = ("subquery", made)
    found = lift.sources.get(key)
    if found is None:
        found = Source(key, lift.name_for(name, "anon"))
        found.aliased = True
        found.names, found.body = names, tree
        lift.sources[key] = found
    return found


# Columns


def column(lift: Lift, source: Source, name: str, at: Origin | None) -> exp.Expression | None:
    """The column behind a key of a source; None where it has none. Of an entity, keys are attributes."""
    if source.known is not None:
        found = source.known.mapped.get(name)
        if found is None:
            return None
        return column_node(source, found.name, referred(source, name), at, name, found)
    if source.table is not None:
        own = next((one for one in source.table.columns if one.attribute == name), None) or source.table.column(name)
        return column_node(source, own.name, source.alias, at, name, own) if own is not None else None
    inner = (source.names or {}).get(name)
    if inner is None:
        return None
    node = column_node(source, output_name(inner) or name, source.alias, at, name, None)
    kind = inner.meta.get("type")
    if kind is not None:
        node.meta["type"] = kind
    return node


def column_node(
    source: Source, name: str, alias: str, at: Origin | None, key: str, column: Column | None
) -> exp.Expression:
    """A column of a source."""
    node = exp.Column(this=pieces.name(name, at), table=pieces.name(alias))
    pieces.placed(node, at)
    node.meta["source"] = source
    node.meta["key"] = key
    if column is not None:
        node.meta["type"] = Kind(column.type)
    return node


class Kind:
    """The type of a column, as nodes remember it."""

    def __init__(self, type: ColumnType) -> None:  # noqa: A002
        self.type = type

    def __deepcopy__(self, memo: object) -> Kind:
        return self


def kind_of(node: exp.Expression) -> str:
    """What is known of the type of an expression."""
    found = node.meta.get("type")
    if isinstance(found, Kind):
        return found.type.kind
    if isinstance(node, exp.Literal):
        return "string" if node.is_string else "integer"
    return ""


def output_name(node: exp.Expression) -> str | None:
    """The name that an expression has among the columns of a statement."""
    if isinstance(node, exp.Alias | exp.Column):
        return str(node.output_name)
    called = node.meta.get("called")
    return f"{called}_1" if called is not None else None


def referred(source: Source, attribute: str) -> str:
    """The name of the table that holds an attribute of an entity."""
    if not source.parts or source.known is None:
        return source.alias
    for one in source.known.lineage():
        own = one.entity.own
        if attribute in one.mapped and (own is None or attribute in own):
            for known, alias in source.parts:
                if known.full_name == one.full_name:
                    return alias
    return source.alias


def all_columns(lift: Lift, source: Source) -> list[exp.Expression]:
    """Every column that a source gives when it is selected whole."""
    if source.known is not None:
        found = [column(lift, source, one.attribute, None) for one in source.known.entity.columns]
        return [*(node for node in found if node is not None), *computed(lift, source, source.known)]
    if source.table is not None:
        return [column_node(source, one.name, source.alias, None, one.attribute, one) for one in source.table.columns]
    return [node for name in source.names or () if (node := column(lift, source, name, None)) is not None]


def computed(lift: Lift, source: Source, known: Known) -> list[exp.Expression]:
    """What ``column_property`` adds to the columns of an entity."""
    from . import _queries_values as values

    names = [name for name in known.entity.attributes if lift.schema.is_computed(known, name)]
    found = [values.attribute(lift, source, name, None) for name in names]
    return [
        exp.Alias(this=values.as_expression(lift, node), alias=pieces.name(name))
        for name, node in zip(names, found, strict=True)
        if isinstance(node, exp.Expression)
    ]


# Elements of FROM


def element(lift: Lift, source: Source, at: Origin | None = None) -> exp.Expression:
    """A source as FROM has it, without the further tables of an inherited class."""
    if source.is_cte:
        body: exp.Expression = exp.Table(this=pieces.name(cte_name(source), at))
    elif source.body is not None:
        whole = isinstance(source.body, exp.Table | exp.Subquery)
        inner = source.body.copy() if source.placed else source.body
        source.placed = True
        body = inner if whole else exp.Subquery(this=inner)
        if source.lateral:
            body = exp.Lateral(this=body)
    elif source.known is not None:
        known = source.parts[0][0] if source.parts else (source.known.tables or [source.known])[0]
        body = table_node(known.entity.table or known.entity.name, known.entity.schema, at)
        body.meta["entity"] = source.known.entity.identity
        if known.entity.table is None:
            body.meta["hole"] = "the name of the table"
    else:
        assert source.table is not None
        body = table_node(source.table.name, source.table.schema, at)
    alias = source.parts[0][1] if source.parts else source.alias
    if source.aliased and not (source.is_cte and source.of is None):
        body.set("alias", exp.TableAlias(this=pieces.name(alias)))
    return pieces.placed(body, at)


def cte_name(source: Source) -> str:
    """The name that WITH gives a source."""
    while source.of is not None:
        source = source.of
    return source.alias


def table_node(name: str, schema: str | None, at: Origin | None) -> exp.Table:
    """A table by its name."""
    return exp.Table(this=pieces.name(name, at), db=pieces.name(schema) if schema else None)


def inner_joins(lift: Lift, source: Source) -> list[exp.Join]:
    """The joins to the further tables of a class whose rows lie in several."""
    joins: list[exp.Join] = []
    for (upper, above), (lower, below) in zip(source.parts, source.parts[1:], strict=False):
        equal: list[exp.Expression] = [
            exp.EQ(
                this=exp.column(pieces.name(key.targets[place]), table=pieces.name(above)),
                expression=exp.column(pieces.name(name), table=pieces.name(below)),
            )
            for key in lift.schema.keys(lower.entity, lower.entity.own)
            if key.table == upper.full_name
            for place, name in enumerate(key.columns)
        ]
        body = table_node(lower.entity.table or "", lower.entity.schema, None)
        body.meta["entity"] = lower.entity.identity
        if source.aliased:
            body.set("alias", exp.TableAlias(this=pieces.name(below)))
        on = conjunction(equal) if equal else pieces.hole("how an inherited table is joined")
        joins.append(exp.Join(this=body, on=on))
    return joins


def conjunction(parts: list[exp.Expression]) -> exp.Expression:
    """Conditions put together by AND."""
    found = parts[0]
    for part in parts[1:]:
        found = exp.And(this=found, expression=part)
    return found


def entity_value(value: Value) -> bool:
    """Whether a value may stand for a source."""
    return isinstance(value, Class | Instance) or is_table(value)


def entity_of(source: Source) -> Entity | None:
    """The entity of a source."""
    return source.known.entity if source.known is not None else None
