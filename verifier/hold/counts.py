"""How many values stand for how many columns, which columns a new row lacks, and what makes rows repeat."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at
from verifier.hold.levels import Inserting, Output, Source
from verifier.hold.scopes import Scopes
from verifier.lift.pieces import holes_in, is_hole

SCALAR = (exp.Alias, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Coalesce, exp.Select)


def count_faults(names: Scopes) -> Iterator[Fault]:
    """What does not fit in number."""
    for inserting in names.inserting:
        if "values" not in names.open:
            yield from value_count(names, inserting)
            yield from missing_columns(names, inserting)
        yield from conflict_target(names, inserting)
    if names.columns_open:
        return
    for operation, left, right in names.widths:
        if not left.open and not right.open and len(left.columns) != len(right.columns):
            yield set_width(names, operation, left, right)
    for node, output in names.inner if names.trusted else ():
        yield from inner_width(names, node, output)


def value_count(names: Scopes, inserting: Inserting) -> Iterator[Fault]:
    """An INSERT that gives more or fewer values than it names columns."""
    source, columns = inserting.source, inserting.columns
    if source is None:
        return
    table = source.relation.name if source.relation is not None else source.title
    wanted = len(columns) if columns is not None else width(source)
    given = inserting.node.expression
    rows: list[tuple[exp.Expression, int]] = []
    if isinstance(given, exp.Values):
        rows = [(row, len(row.expressions)) for row in given.expressions if is_row(row)]
        counts = {count for _, count in rows}
        if len(counts) > 1:
            odd = next(row for row, count in rows if count != rows[0][1])
            yield Fault(
                "value-count",
                odd,
                f"the rows of this statement give {rows[0][1]} and {len(odd.expressions)} values",
                "VALUES lists must all be the same length"
                if names.postgres
                else "all VALUES must have the same number of terms",
                "Give every row as many values as the others",
            )
            return
    elif given is not None and inserting.output is not None and not inserting.output.open:
        rows = [(given, len(inserting.output.columns))]
    for row, count in rows:
        if wanted is None or count == wanted or (names.postgres and columns is None and count < wanted):
            continue
        if names.postgres:
            more, fewer = ("expressions", "target columns") if count > wanted else ("target columns", "expressions")
            said = f"INSERT has more {more} than {fewer}"
        elif columns is not None:
            said = f"{count} values for {wanted} columns"
        else:
            said = f"table {table} has {wanted} columns but {count} values were supplied"
        yield Fault(
            "value-count",
            row,
            f"{count} value{'s' if count != 1 else ''} for {wanted} column{'s' if wanted != 1 else ''} of `{table}`",
            said,
            "Give each column that is named one value",
            declared_at(source.relation),
        )
        return


def width(source: Source) -> int | None:
    """How many columns a table has, where that is known."""
    relation = source.relation
    if relation is None or source.open or not all(known.certain for known in relation.folded.values()):
        return None
    generated = any(
        "GENERATED" in column.default_text.upper() for known in relation.folded.values() for column in known.declared
    )
    return None if generated else len(relation.folded)


def is_row(node: exp.Expression) -> bool:
    """Whether a row of VALUES is wholly known: no part of it may stand for several values."""
    return isinstance(node, exp.Tuple) and not any(is_hole(item) for item in node.expressions)


def missing_columns(names: Scopes, inserting: Inserting) -> Iterator[Fault]:
    """Columns that a row must have and an INSERT leaves out."""
    source, columns = inserting.source, inserting.columns
    if source is None or source.relation is None or not columns or names.schema.triggers or source.relation.view:
        return
    if str(inserting.node.args.get("alternative") or "").upper() == "IGNORE" or inserting.node.args.get("ignore"):
        return
    given = {name.name.lower() for name in columns}
    if not given <= source.relation.folded.keys():
        return  # what is misspelled may be what is missing
    lacking = [
        known
        for low, known in source.relation.folded.items()
        if low not in given and (known.needed_in_text if names.trusted else known.needed)
    ]
    if not lacking:
        return
    table, first = source.relation.name, lacking[0].name
    shown = " and ".join(f"`{known.name}`" for known in lacking[:3])
    has = "have" if len(lacking) > 1 else "has"
    related = tuple((known.span, f"`{known.name}` is declared here") for known in lacking[:3] if known.span is not None)
    yield Fault(
        "missing-required-column",
        source.node.this,
        f"a new row of `{table}` is given no {shown}, which must not be NULL and {has} no default",
        f'null value in column "{first}" of relation "{table}" violates not-null constraint'
        if names.postgres
        else f"NOT NULL constraint failed: {table}.{first}",
        f"Give {shown} a value here, or a default where it is declared",
        related,
    )


def conflict_target(names: Scopes, inserting: Inserting) -> Iterator[Fault]:
    """ON CONFLICT with columns that are not unique together."""
    conflict, source = inserting.node.args.get("conflict"), inserting.source
    if conflict is None or source is None or conflict.args.get("duplicate"):
        return
    keys = conflict.args.get("conflict_keys")
    if not keys:
        updates = "UPDATE" in str(conflict.args.get("action") or "").upper()
        if names.postgres and updates and not conflict.args.get("constraint") and names.trusted:
            yield Fault(
                "conflict-target",
                conflict,
                "ON CONFLICT DO UPDATE names no columns that conflict",
                "ON CONFLICT DO UPDATE requires inference specification or constraint name",
                "Name the unique columns: ON CONFLICT (column) DO UPDATE",
            )
        return
    relation = source.relation
    if relation is None or relation.open or relation.partial or "conflict" in names.open:
        return
    plain = [key.this if isinstance(key, exp.Ordered) else key for key in keys]
    if conflict.args.get("index_predicate") or not all(
        isinstance(key, exp.Column) and isinstance(key.this, exp.Identifier) and "hole" not in key.this.meta
        for key in plain
    ):
        return
    columns = [key.name for key in plain]
    low = frozenset(name.lower() for name in columns)
    if low in relation.unique or not low <= relation.folded.keys():
        return
    shown = ", ".join(f"`{name}`" for name in columns)
    yield Fault(
        "conflict-target",
        plain[0],
        f"{shown} of `{relation.name}` {'are' if len(columns) > 1 else 'is'} not unique: no key or unique index holds "
        f"just {'them' if len(columns) > 1 else 'it'}",
        "there is no unique or exclusion constraint matching the ON CONFLICT specification"
        if names.postgres
        else "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint",
        f"Declare {shown} unique, or name the columns of a key",
        declared_at(relation),
    )


def set_width(names: Scopes, node: exp.SetOperation, left: Output, right: Output) -> Fault:
    """Two SELECTs of one set operation that give different numbers of columns."""
    kind = node.key.upper()
    whole = "UNION ALL" if kind == "UNION" and not node.args.get("distinct") else kind
    return Fault(
        "value-count",
        node.expression,
        f"the sides of this {kind} give {len(left.columns)} and {len(right.columns)} columns",
        f"each {kind} query must have the same number of columns"
        if names.postgres
        else f"SELECTs to the left and right of {whole} do not have the same number of result columns",
        "Select as many columns on both sides",
    )


def inner_width(names: Scopes, node: exp.Expression, output: Output) -> Iterator[Fault]:
    """A sub-query that gives several columns where one value is compared."""
    if output.open:
        return
    outer = node.parent
    wanted = 1
    if isinstance(outer, exp.In) and outer.args.get("query") is node:
        wanted = len(outer.this.expressions) if isinstance(outer.this, exp.Tuple) else 1
    elif (
        not isinstance(node, exp.Subquery)
        or not isinstance(outer, SCALAR)
        or (isinstance(outer, exp.Binary) and any(isinstance(side, exp.Tuple) for side in (outer.left, outer.right)))
    ):
        return
    count = len(output.columns)
    if (
        count == wanted
        or next(holes_in(node), None) is not None
        or (isinstance(outer, exp.In) and is_row_value(outer.this))
    ):
        return
    if names.postgres:
        many = "many" if count > wanted else "few"
        said = (
            f"subquery has too {many} columns" if isinstance(outer, exp.In) else "subquery must return only one column"
        )
    elif isinstance(outer, exp.Predicate) and not isinstance(outer, exp.In):
        said = "row value misused"
    else:
        said = f"sub-select returns {count} columns - expected {wanted}"
    yield Fault(
        "value-count",
        node,
        f"this sub-query gives {count} columns where {wanted} {'are' if wanted > 1 else 'is'} compared",
        said,
        "Select the one column that is meant",
    )


def is_row_value(node: exp.Expression) -> bool:
    """Whether what is compared may be a row."""
    return not isinstance(node, exp.Column | exp.Literal | exp.Tuple | exp.Placeholder | exp.Parameter)
