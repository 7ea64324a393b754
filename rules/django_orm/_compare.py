"""Comparisons: the right side of a lookup, and the SQL that the lookup becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from sqlglot import exp

from verifier.api import Choice, Class, Const, Instance, Sequence, Unknown, Value, pieces, reason_of

from ._faults import FaultError, UnclearError, Word
from ._lookups import OPERATORS, TEXTS, UNKNOWN, Made, library_call, like, number_wanted, patterned
from ._managers import Manager, QuerySet
from ._model import Model
from ._objects import ModelObject

if TYPE_CHECKING:
    from ._draft import Draft


class Right(Struct, frozen=True):
    """The right side of a lookup: a plain value, an expression, or a query."""

    value: Value
    made: Made | None = None
    query: Draft | None = None


def resolved(draft: Draft, value: Value, reuse: set[str] | None) -> Right:
    """What stands on the right side."""
    from ._expressions import is_expression, resolve

    if isinstance(value, Choice):
        expressive = [option for option in value.options if is_expression(option) or is_query(option)]
        if expressive:
            return resolved(draft, value.options[draft.context.picks.pick(value, len(value.options))], reuse)
        return Right(value)
    if is_query(value):
        from ._steps import draft_of

        return Right(value, query=draft_of(draft.context, value, draft))
    if is_expression(value):
        return Right(value, made=resolve(draft, value, reuse=reuse))
    return Right(value)


def is_query(value: Value) -> bool:
    """Whether a value is a query set, or a manager that stands for all of its rows."""
    return isinstance(value, QuerySet) or (isinstance(value, Manager) and value.model is not None)


def model_of_value(draft: Draft, value: Value) -> Model | None:
    """The model of an object, or of a query set of whole objects; None where it is something else."""
    names = draft.names
    if isinstance(value, QuerySet) and value.gives == "rows" and not value.partial:
        return names.model_of(value.model)
    if isinstance(value, ModelObject):
        return names.model_of(value.kind) if value.kind is not None else None
    if isinstance(value, Sequence) and value.kind in ("list", "tuple", "set"):
        found = [model_of_value(draft, item) for item in value.items]
        return found[0] if found else None
    return None


def bound(draft: Draft, value: Value, title: str) -> exp.Expression:
    """A plain value as a literal or a placeholder; an object of a model stands for its key."""
    if isinstance(value, ModelObject | Class):
        key = Unknown(f"the key of `{value.kind.name if isinstance(value, Instance) and value.kind else title}`")
        key.origin = value.origin
        return draft.context.bindings.bound(key, title)
    return draft.context.bindings.bound(value, title)


def compared(draft: Draft, left: Made, rest: list[Word], right: Right, word: Word) -> tuple[Made, str, bool | None]:
    """The condition, its lookup, and what an ``isnull`` asks for, where that is known."""
    lookups = draft.context.lookups
    left, lookup, lookup_word = lookups.split(left, rest)
    value = right.value
    plain = right.made is None and right.query is None
    if plain and isinstance(value, Const) and value.value is None and lookup != "isnull":
        if lookup not in ("exact", "iexact"):
            raise FaultError(
                "wrong-value",
                value.origin or word.origin,
                f"`{word.text}` is compared with None",
                "ValueError: Cannot use None as a query value",
                "Write `isnull=True`, or leave the condition away",
            )
        return condition(exp.Is(this=left.node, expression=exp.Null()), left), "isnull", True
    if lookup == "isnull":
        known = value.value if isinstance(value, Const) else None
        null: exp.Expression = exp.Is(this=left.node, expression=exp.Null())
        if known is None:
            draft.unsure(reason_of(value), "where")
            return condition(pieces.hole(reason_of(value), word.origin), left), lookup, None
        return condition(null if known else exp.Not(this=null), left), lookup, bool(known)
    sources = (left,) if right.made is None else (left, right.made)
    node = node_of(draft, left, lookup, right, word, lookup_word)
    return Made(node, "BooleanField", sources=sources, kind="condition"), lookup, None


def condition(node: exp.Expression, *sources: Made) -> Made:
    """A condition."""
    return Made(node, "BooleanField", sources=sources, kind="condition")


def node_of(
    draft: Draft, left: Made, lookup: str, right: Right, word: Word, lookup_word: Word | None
) -> exp.Expression:
    """The SQL of a lookup."""
    postgres = draft.context.lookups.postgres
    value, title = right.value, word.parts()[-1 if lookup == "exact" and lookup_word is None else 0].text
    if lookup == "in":
        return within(draft, left, right, title)
    if left.core == "JSONField" and lookup in ("contains", "contained_by", "has_key", "has_keys", "has_any_keys"):
        if not postgres and lookup in ("contains", "contained_by") and draft.context.names.sqlite:
            raise FaultError(
                "unsupported-by-database",
                lookup_word.origin if lookup_word is not None else word.origin,
                f"SQLite cannot tell whether a JSON document `{lookup}` another one",
                f"NotSupportedError: {lookup} lookup is not supported on this database backend.",
                "Ask for a key of the document (`field__key=value`), or use PostgreSQL",
            )
        return library_call(this=f"JSON_{lookup.upper()}", expressions=[left.node, bound(draft, value, title)])
    if left.core == "ArrayField" and lookup in ("contains", "contained_by", "overlap"):
        kinds: dict[str, type[exp.Expression]] = {
            "contains": exp.ArrayContainsAll, "contained_by": exp.ArrayContainsAll, "overlap": exp.ArrayOverlaps,
        }  # fmt: skip
        sides = [left.node, bound(draft, value, title)]
        if lookup == "contained_by":
            sides.reverse()
        return kinds[lookup](this=sides[0], expression=sides[1])
    if lookup in ("search", "unaccent", "trigram_similar", "trigram_word_similar", "trigram_strict_word_similar"):
        return library_call(this=lookup.upper(), expressions=[left.node, bound(draft, value, title)])
    other: exp.Expression | None = None
    if right.query is not None:
        other = single_value(draft, right, left)
    elif right.made is not None:
        other = right.made.node
    else:
        number_wanted(left, value, lookup_word or word)
    if lookup == "range":
        return between(draft, left, right, title)
    if like(lookup) is not None:
        return matched(draft, left, lookup, right, other, title)
    if lookup in ("regex", "iregex"):
        text = other if other is not None else bound(draft, value, title)
        if postgres:
            return (exp.RegexpILike if lookup == "iregex" else exp.RegexpLike)(this=texted(left), expression=text)
        return exp.RegexpLike(this=left.node, expression=text)
    if other is None:
        other = bound(draft, value, title)
    if lookup == "iexact":
        if postgres:
            return exp.EQ(this=exp.Upper(this=texted(left)), expression=exp.Upper(this=other))
        return exp.Like(this=left.node, expression=other)
    if lookup == "exact":
        given = value.value if isinstance(value, Const) and right.made is None else None
        if isinstance(given, bool) and left.core == "BooleanField":  # Django writes `active` and `NOT active`
            return left.node if given else exp.Not(this=left.node)
        return exp.EQ(this=left.node, expression=other)
    return OPERATORS[lookup](this=left.node, expression=other)


def texted(left: Made) -> exp.Expression:
    """A value as text, as PostgreSQL wants it for patterns."""
    return exp.cast(left.node, "text")


def matched(
    draft: Draft, left: Made, lookup: str, right: Right, other: exp.Expression | None, title: str
) -> exp.Expression:
    """``contains``, ``startswith`` and the like."""
    postgres = draft.context.lookups.postgres
    if other is not None:  # the pattern is put together in the database
        make = like(lookup)
        assert make is not None
        front, back = make("x").startswith("%"), make("x").endswith("%")
        text = library_call(this="ESCAPED", expressions=[other])
        parts: list[exp.Expression] = [*([exp.Literal.string("%")] if front else []), text]
        parts += [exp.Literal.string("%")] if back else []
        whole = parts[0]
        for part in parts[1:]:
            whole = exp.DPipe(this=whole, expression=part)
        return exp.Like(this=left.node, expression=whole)
    pattern = bound(draft, patterned(right.value, lookup), title)
    subject = texted(left) if postgres else left.node
    if postgres and lookup.startswith("i"):
        return exp.Like(this=exp.Upper(this=subject), expression=exp.Upper(this=pattern))
    return exp.Like(this=subject, expression=pattern)


def between(draft: Draft, left: Made, right: Right, title: str) -> exp.Expression:
    """``range``."""
    from ._expressions import is_expression, resolve

    bounds: list[exp.Expression] = []
    given = right.value
    items = given.items if isinstance(given, Sequence) and given.complete and len(given.items) == 2 else None
    for place in range(2):
        item = items[place] if items is not None else Unknown(reason_of(given), given.origin)
        if is_expression(item):
            bounds.append(resolve(draft, item).node)
        else:
            bounds.append(bound(draft, item, title))
    return exp.Between(this=left.node, low=bounds[0], high=bounds[1])


def within(draft: Draft, left: Made, right: Right, title: str) -> exp.Expression:
    """``in``."""
    from ._expressions import is_expression, resolve
    from ._render import subquery

    if right.query is not None:
        query = right.query
        if not query.sliced and not query.distinct_on:
            query.order, query.ordered_by_default = [], False
        if query.columns is None and query.labels is None and query.combined is None:
            query.select_key(left.field)
        return exp.In(this=left.node, query=exp.Subquery(this=subquery(query)))
    if right.made is not None:
        node = right.made.node
        return (
            exp.In(this=left.node, query=node)
            if isinstance(node, exp.Subquery)
            else exp.In(this=left.node, expressions=[node])
        )
    value = right.value
    if isinstance(value, Sequence) and value.complete and value.kind != "set":
        nodes: list[exp.Expression] = []
        for item in value.items:
            if isinstance(item, Const) and item.value is None:
                continue
            number_wanted(left, item, None)
            nodes.append(resolve(draft, item).node if is_expression(item) else bound(draft, item, title))
        if nodes:
            return exp.In(this=left.node, expressions=nodes)
        return exp.false()
    if isinstance(value, Const) and isinstance(value.value, str) and left.core not in TEXTS and left.core != UNKNOWN:
        raise UnclearError("a text in place of a list")
    node = bound(draft, Unknown(reason_of(value), value.origin) if isinstance(value, Const) else value, title)
    node.meta["many"] = True
    return exp.In(this=left.node, expressions=[node])


def single_value(draft: Draft, right: Right, left: Made) -> exp.Expression:
    """A query in place of one value."""
    from ._render import subquery

    query = right.query
    assert query is not None
    one = query.high is not None and query.high - query.low == 1
    if not one and query.bounds is None and not (query.source is not None and query.source.partial):
        raise FaultError(
            "wrong-value",
            right.value.origin,
            "One value is compared with a query that may give many",
            "ValueError: The QuerySet value for an exact lookup must be limited to one result using slicing.",
            "Write `__in`, or cut the query to one row (`[:1]`)",
        )
    if query.columns is None and query.labels is None:
        query.select_key(left.field)
    return exp.Subquery(this=subquery(query))
