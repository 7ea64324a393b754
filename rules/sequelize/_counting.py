"""``count`` and the other aggregates."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import Const, Record, Sequence, Value, pieces, text_of

from ._finding import Node, finish, queried
from ._fragments import call, column, identifiers
from ._given import Reading, why
from ._judging import judge_count
from ._schema import Model
from ._selecting import assembled, chosen
from ._unknown import note_column

name = pieces.name


def count(
    reading: Reading, model: Model, given: Record, scopes: tuple[Value, ...] | None, *, paged: bool = False
) -> exp.Select:
    """``count``: of rows, or with ``distinct`` or includes of keys."""
    wanted = reading.entry(given, "col")
    col = text_of(wanted)
    distinct = reading.flag(given, "distinct") is True
    if reading.entry(given, "include") is not None:
        col = f"{model.name}.{col or model.field(model.primary_key)}"
    if distinct and col is None:
        col = model.field(model.primary_key)
    place = wanted.origin if wanted is not None else None
    if wanted is not None and text_of(wanted) is not None:
        note_column(reading, model, text_of(wanted) or "", place, "col")
    counted: exp.Expression = identifiers(col, place) if col is not None else exp.Star()
    if distinct:
        counted = exp.Distinct(expressions=[counted])
    return aggregated(reading, model, counted, "count", given, scopes, paged=paged)


def aggregate(
    reading: Reading, model: Model, wanted: Value | None, called: str, given: Record, scopes: tuple[Value, ...] | None
) -> exp.Select:
    """``sum``, ``min``, ``max``."""
    named = text_of(wanted)
    if named is None:
        reading.opens("columns", why(wanted))
        over: exp.Expression = exp.Star()
    else:
        field = model.field(named) or named
        place = wanted.origin if wanted is not None else None
        over = identifiers(field, place) if named not in model.attributes else column(None, field, place)
        if "." not in named and note_column(reading, model, named, place, called):
            over.this.meta["noted"] = True
    if reading.flag(given, "distinct") is True:
        over = exp.Distinct(expressions=[over])
    return aggregated(reading, model, over, called, given, scopes)


def aggregated(
    reading: Reading,
    model: Model,
    over: exp.Expression,
    called: str,
    given: Record,
    scopes: tuple[Value, ...] | None,
    *,
    paged: bool = False,
) -> exp.Select:
    """The statement around an aggregate: grouped attributes are selected, too."""
    node = queried(reading, model, without(given, "order", "offset", "limit"), scopes)
    finish(reading, node, None, raw=True)
    if paged:
        judge_count(reading, node, given)
    columns: list[exp.Expression] = []
    asked = reading.entry(given, "attributes")
    if isinstance(asked, Sequence):
        columns += [chosen(reading, node, item) for item in asked.items]
    columns += grouped(reading, node, asked)
    columns.append(exp.Alias(this=call(called.upper(), [over], reading.dialect), alias=name(called)))
    return assembled(reading, node, None, columns=columns, ignores=called == "count", ordered=called != "count")


def grouped(reading: Reading, node: Node, asked: Value | None) -> list[exp.Expression]:
    """The attributes that are grouped by, where they are not asked for already."""
    wanted = reading.entry(node.given, "group")
    if wanted is None:
        return []
    known = {text_of(item) for item in asked.items} if isinstance(asked, Sequence) else set()
    items = wanted.items if isinstance(wanted, Sequence) else [wanted]
    made: list[exp.Expression] = []
    for item in items:
        text = text_of(item)
        if text is not None and text not in known:
            made.append(chosen(reading, node, Const(text, item.origin)))
    return made


def without(given: Record, *keys: str) -> Record:
    """Options without some of them."""
    kept = {key: entry for key, entry in given.entries.items() if key not in keys}
    made = Record(kept, complete=given.complete, origin=given.origin)
    made.places = given.places
    return made
