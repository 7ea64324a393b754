"""What Kysely's expressions say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import Const, Record, Sequence, Value, building, pieces, text_of

from ._chains import EXPRESSION, Chain

if TYPE_CHECKING:
    from ._clauses import Maker

AGGREGATES: dict[str, Callable[..., exp.Expression]] = {
    "count": exp.Count, "sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max,
}  # fmt: skip


def expression(maker: Maker, chain: Chain) -> exp.Expression:
    """What an expression says."""
    call, name = chain.call, chain.name
    if call is None:
        return maker.unknown(chain)
    before = chain.before
    if isinstance(before, Chain) and before.path == EXPRESSION:
        return continued(maker, chain, before)
    if name == "()":
        return maker.compared(maker.reference(maker.given(chain, 0)), call.argument(1), maker.given(chain, 2))
    if name.startswith("fn."):
        return function(maker, chain, name.removeprefix("fn."))
    if name == "fn":
        return named(maker, call.argument(0), call.argument(1))
    if name.startswith("sql"):
        return written(maker, chain)
    first = maker.given(chain, 0)
    if name in ("and", "or"):
        return connected(maker, name, first)
    if name == "not":
        return building.negated(maker.reference(first))
    if name == "exists":
        inner = maker.reference(first)
        return exp.Exists(this=inner.this if isinstance(inner, exp.Subquery) else inner)
    if name == "parens":
        if len(call.arguments) == 3:
            return exp.Paren(this=maker.compared(maker.reference(first), call.argument(1), call.argument(2)))
        return exp.Paren(this=maker.reference(first))
    if name == "ref":
        return maker.reference(first)
    if name == "val":
        return maker.values(first)
    if name == "lit":
        return maker.value(first)
    if name in ("between", "betweenSymmetric"):
        low, high = maker.value(call.argument(1)), maker.value(call.argument(2))
        return exp.Between(this=maker.reference(first), low=low, high=high)
    if name in ("tuple", "refTuple"):
        make = maker.value if name == "tuple" else maker.reference
        return exp.Tuple(expressions=[make(argument) for argument in call.arguments])
    if name == "neg":
        return exp.Neg(this=maker.reference(first))
    if name == "unary":
        inner = maker.reference(call.argument(1))
        operator = text_of(first)
        if operator == "not":
            return building.negated(inner)
        if operator == "exists":
            return exp.Exists(this=inner.this if isinstance(inner, exp.Subquery) else inner)
        return exp.Neg(this=inner) if operator == "-" else maker.unknown(first)
    if name == "cast":
        try:
            return exp.cast(maker.reference(first), text_of(call.argument(1)) or "text", dialect="postgres")
        except Exception:  # a type that sqlglot does not know
            return maker.unknown(call.argument(1))
    if name in ("jsonArrayFrom", "jsonObjectFrom"):
        inner = maker.reference(first)
        return exp.Anonymous(this="json_array_from" if "Array" in name else "json_object_from", expressions=[inner])
    if name == "jsonBuildObject" and isinstance(first, Record):
        parts: list[exp.Expression] = []
        for key, entry in first.entries.items():
            parts += [exp.Literal.string(str(key)), maker.reference(entry)]
        return exp.Anonymous(this="json_build_object", expressions=parts)
    if name == "case":
        return exp.Case(this=maker.reference(first) if first is not None else None, ifs=[])
    maker.reasons.append(f"`{name}`, which is not read")
    return pieces.hole(f"`{name}`", call.origin)


def connected(maker: Maker, name: str, given: Value | None) -> exp.Expression:
    """``eb.or([...])``, ``eb.and({ a: 1 })``."""
    parts: list[exp.Expression] = []
    if isinstance(given, Record):
        for key, entry in given.entries.items():
            parts.append(
                exp.EQ(this=maker.reference(Const(str(key), given.places.get(key))), expression=maker.value(entry))
            )
    elif isinstance(given, Sequence):
        parts = [maker.reference(item) for item in given.items]
        if not given.complete:
            parts.append(maker.unknown(given, "where"))
    else:
        return maker.unknown(given, "where")
    whole = building.any_of(parts) if name == "or" else building.all_of(parts)
    if whole is None:
        return exp.Boolean(this=name == "and")
    return exp.Paren(this=whole) if len(parts) > 1 else whole


def continued(maker: Maker, chain: Chain, before: Chain) -> exp.Expression:
    """A method of an expression."""
    call, name = chain.call, chain.name
    assert call is not None
    if name == "as":
        inner = expression(maker, before)
        alias = building.read_dotted(maker.lifting.project, maker.given(chain, 0), split=False)
        if alias is None:
            if isinstance(maker.given(chain, 0), Chain):
                return inner
            return maker.unknown(call.argument(0), "columns")
        return exp.Alias(this=inner, alias=alias.parts[0])
    inner = expression(maker, before)
    if name in ("and", "or"):
        if len(call.arguments) >= 3:
            other = maker.compared(maker.reference(maker.given(chain, 0)), call.argument(1), maker.given(chain, 2))
        else:
            other = maker.reference(maker.given(chain, 0))
        if name == "and":
            return building.both(inner, other) or inner
        return exp.Paren(this=building.any_of([unparenthesized(inner), other]))
    if name == "distinct":
        counted = inner.this if isinstance(inner, exp.Filter) else inner
        counted.set("this", exp.Distinct(expressions=[counted.this]))
        return inner
    if name in ("filterWhere", "filterWhereRef"):
        if name == "filterWhereRef":
            left, right = maker.reference(call.argument(0)), call.argument(2)
            condition = maker.compared(left, call.argument(1), right, column=True)
        else:
            condition = maker.condition(chain)
        return exp.Filter(this=inner, expression=exp.Where(this=condition))
    if name == "over":
        return windowed(maker, chain, inner)
    if name == "orderBy":
        return inner
    if isinstance(inner, exp.Case):
        return cased(maker, chain, inner)
    maker.reasons.append(f"`{name}`, which is not read")
    return inner


def unparenthesized(node: exp.Expression) -> exp.Expression:
    """What stands between parentheses around an OR."""
    if isinstance(node, exp.Paren) and isinstance(node.this, exp.Or):
        return node.this
    return node


def windowed(maker: Maker, chain: Chain, inner: exp.Expression) -> exp.Expression:
    """``.over((ob) => ob.partitionBy("a").orderBy("b"))``."""
    from ._queries import steps_of

    partition: list[exp.Expression] = []
    order: list[exp.Expression] = []
    for step in steps_of(chain.inner.get(0)) or []:
        call = step.call
        if call is None:
            continue
        if step.name == "partitionBy":
            first = call.argument(0)
            items = first.items if isinstance(first, Sequence) else [first]
            partition += [maker.reference(item) for item in items]
        elif step.name == "orderBy":
            descending = text_of(call.argument(1)) == "desc"
            column = maker.reference(call.argument(0))
            order.append(building.ordered(column, maker.lifting.dialect, descending=descending))
    return exp.Window(
        this=inner, partition_by=partition or None, order=exp.Order(expressions=order) if order else None, over="OVER"
    )


def cased(maker: Maker, chain: Chain, case: exp.Case) -> exp.Expression:
    """CASE, WHEN by WHEN."""
    call = chain.call
    assert call is not None
    ifs = list(case.args.get("ifs") or [])
    if chain.name == "when":
        if len(call.arguments) >= 3:
            test = maker.compared(maker.reference(maker.given(chain, 0)), call.argument(1), maker.given(chain, 2))
        else:
            given = maker.given(chain, 0)
            test = maker.value(given) if case.this is not None else maker.reference(given)
        ifs.append(exp.If(this=test, true=exp.Null()))
    elif chain.name == "then" and ifs:
        ifs[-1].set("true", maker.value(maker.given(chain, 0)))
    elif chain.name == "else":
        case.set("default", maker.value(maker.given(chain, 0)))
    case.set("ifs", ifs)
    return case


def function(maker: Maker, chain: Chain, name: str) -> exp.Expression:
    """``eb.fn.count("id")`` and its kin."""
    call = chain.call
    assert call is not None
    first = maker.given(chain, 0)
    if name == "countAll":
        if first is not None and text_of(first) is not None:
            table = building.read_dotted(maker.lifting.project, first)
            if table is not None:
                return exp.Count(this=exp.Column(this=exp.Star(), table=table.parts[-1]))
        return exp.Count(this=exp.Star())
    if name in AGGREGATES:
        return AGGREGATES[name](this=maker.reference(first))
    if name == "coalesce":
        parts = [argument(maker, given) for given in call.arguments]
        return exp.Coalesce(this=parts[0] if parts else exp.Null(), expressions=parts[1:])
    if name == "agg":
        return named(maker, first, call.argument(1))
    if name == "any":
        return exp.Any(this=maker.reference(first))
    if name in ("toJson", "jsonAgg"):
        whole = not isinstance(first, Chain) and "." not in (text_of(first) or "")
        given = table_of(maker, first) if whole else maker.reference(first)
        return exp.Anonymous(this="to_json" if name == "toJson" else "json_agg", expressions=[given])
    return named(maker, Const(name), Sequence(call.arguments))


def table_of(maker: Maker, value: Value | None) -> exp.Expression:
    """A whole row, by the name of its table."""
    found = building.read_dotted(maker.lifting.project, value)
    if found is None:
        return maker.unknown(value)
    return exp.Column(this=exp.Star(), table=found.parts[-1])


def argument(maker: Maker, value: Value | None) -> exp.Expression:
    """An argument of a function: a column by its name, or an expression."""
    return maker.reference(value) if isinstance(value, Chain) or text_of(value) is not None else maker.value(value)


def named(maker: Maker, name: Value | None, arguments: Value | None) -> exp.Expression:
    """A function by its name."""
    text = text_of(name)
    if text is None:
        return maker.unknown(name)
    items = arguments.items if isinstance(arguments, Sequence) else []
    parts = [argument(maker, item) for item in items]
    try:
        made = exp.func(text, *[part.copy() for part in parts], dialect=maker.lifting.dialect or "postgres")
    except Exception:  # arguments that sqlglot does not expect
        made = None
    if isinstance(made, exp.Expression) and not isinstance(made, exp.Anonymous) and len(parts) == len(items):
        return made
    return exp.Anonymous(this=text, expressions=parts)


def written(maker: Maker, chain: Chain) -> exp.Expression:
    """``sql`...` `` and what stands beside it."""
    call, name = chain.call, chain.name
    assert call is not None
    first = call.argument(0)
    if name in ("sql", "sql.raw"):
        return maker.template(first)
    if name in ("sql.ref", "sql.table"):
        return maker.reference(first)
    if name == "sql.id":
        parts = [pieces.name(text_of(given) or "", given.origin) for given in call.arguments if text_of(given)]
        outer = dict(zip(("table", "db"), reversed(parts[:-1]), strict=False))
        return exp.Column(this=parts[-1], **outer) if parts else maker.unknown(first)
    if name == "sql.join" and isinstance(first, Sequence) and first.complete:
        return exp.Tuple(expressions=[maker.value(item) for item in first.items])
    if name in ("sql.val", "sql.value", "sql.lit", "sql.literal"):
        return maker.value(first)
    return maker.unknown(first)
