"""``where``: the conditions of a query, as Sequelize's query generator writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, NamedTuple

from sqlglot import exp

from verifier.api import Const, Function, Instance, Origin, Record, Sequence, Text, Unknown, Value, pieces, text_of

from ._fragments import (
    LEFT,
    RIGHT,
    cast_to,
    column,
    escaped,
    json_path,
    sql_of,
    template,
    unknown,
)
from ._given import Reading, argument, is_nothing, method_of, place_of_key, why
from ._noting import LEGACY, note_string_operator
from ._plain import Options
from ._schema import Model, attribute_type
from ._symbols import operator_of, symbol
from ._unknown import note_column

hole = pieces.hole

COMPARISONS: dict[str, Any] = {
    "eq": exp.EQ,
    "ne": exp.NEQ,
    "gt": exp.GT,
    "gte": exp.GTE,
    "lt": exp.LT,
    "lte": exp.LTE,
}
TEMPLATES = {
    "like": "LIKE",
    "notLike": "NOT LIKE",
    "iLike": "ILIKE",
    "notILike": "NOT ILIKE",
    "startsWith": "LIKE",
    "endsWith": "LIKE",
    "substring": "LIKE",
    "regexp": "~",
    "notRegexp": "!~",
    "iRegexp": "~*",
    "notIRegexp": "!~*",
    "overlap": "&&",
    "contains": "@>",
    "contained": "<@",
    "adjacent": "-|-",
    "strictLeft": "<<",
    "strictRight": ">>",
    "noExtendRight": "&<",
    "noExtendLeft": "&>",
    "match": "@@",
}
MYSQL_REGEXP = {"regexp": "REGEXP", "notRegexp": "NOT REGEXP"}
TEXTS = {
    "=": "eq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "!=": "ne", "<>": "ne", "LIKE": "like",
    "NOT LIKE": "notLike", "ILIKE": "iLike", "NOT ILIKE": "notILike", "IN": "in", "NOT IN": "notIn", "IS": "is",
    "IS NOT": "not", "BETWEEN": "between", "NOT BETWEEN": "notBetween", "~": "regexp", "@>": "contains",
    "&&": "overlap", "@@": "match",
}  # fmt: skip
DEEPEST = 24


def all_of(*parts: exp.Expression) -> exp.Expression:
    """Conditions that all hold."""
    made: Any = exp.and_(*parts, copy=False)
    return made  # type: ignore[no-any-return]


def any_of(*parts: exp.Expression) -> exp.Expression:
    """Conditions of which one holds."""
    made: Any = exp.or_(*parts, copy=False)
    return made  # type: ignore[no-any-return]


class Context(NamedTuple):
    """Of which model and source the columns are; ``json`` is off inside of operators on a JSON column."""

    model: Model | None
    alias: str | None
    json: bool = True
    attribute: Options | None = None
    left: exp.Expression | None = None
    depth: int = 0


def conditions(
    reading: Reading, where: Value | None, context: Context, join: Callable[..., exp.Expression] = all_of
) -> exp.Expression | None:
    """``whereItemsQuery``: all conditions of an object or a list."""
    where = reading.structured(where) if where is not None else None
    if where is None or is_nothing(where) or context.depth > DEEPEST:
        return None
    if isinstance(where, Record):
        if not where.complete:
            reading.opens("where", "conditions that are set at run time")
        made = [item(reading, key, entry, context, place_of_key(where, key)) for key, entry in entries(where)]
        return joined(made, join)
    if isinstance(where, Sequence):
        return joined([group(reading, "and", where, context)], join)
    if method_of(where) is not None:
        return item(reading, None, where, context, where.origin)
    reading.opens("where", why(where))
    return hole(why(where), where.origin)


def entries(where: Record) -> list[tuple[object, Value]]:
    """The entries of an object: operators first, as symbols come before nothing and after nothing that matters."""
    return list(where.entries.items())


def joined(
    parts: Iterable[exp.Expression | None], join: Callable[..., exp.Expression] = all_of
) -> exp.Expression | None:
    """Conditions joined; None where there are none."""
    kept = [part for part in parts if part is not None]
    if len(kept) < 2:
        return kept[0] if kept else None
    return join(*kept)


def item(
    reading: Reading, key: object, value: Value, context: Context, place: Origin | None = None
) -> exp.Expression | None:
    """``whereItemQuery``: one entry."""
    value = reading.structured(value)
    operator = operator_of(key)
    if operator in ("and", "or", "not"):
        return group(reading, operator, value, context)
    if isinstance(key, str) and operator is None and "." in key and not is_nested(key):
        inside = json_key(reading, key, value, context, place)
        if inside is not None:
            return inside
    attribute = context.attribute or attribute_of(context.model, key)
    if key is None and isinstance(value, Record) and len(value.entries) == 1 and value.complete:
        only = next(iter(value.entries))
        return item(reading, only, value.entries[only], context, place_of_key(value, only))
    if key is None and isinstance(value, Record):
        return conditions(reading, value, context._replace(depth=context.depth + 1))
    if key is not None and is_nothing(value):
        if isinstance(key, str) and judging().is_undefined(reading, value, place):
            judging().note_undefined(reading, key, place)
        return is_(side(reading, key, context, place), exp.Null())
    kind = method_of(value)
    if kind in ("and", "or", "not") and isinstance(value, Instance):
        return made_group(reading, kind, value, context)
    if kind is not None and not (key is not None and kind == "fn"):
        if kind == "where":
            return compared(reading, value, context)  # type: ignore[arg-type]
        return sql_of(reading, value)
    if isinstance(key, str) and key in LEGACY and attribute_of(context.model, key) is None:
        note_string_operator(reading, None, key, place)
        return unknown_condition(reading, value)
    if key is None:
        if isinstance(value, Sequence):
            return group(reading, "and", value, context)
        return unknown_condition(reading, value)
    if operator is not None:  # an operator that stands alone belongs to no column
        return operate(reading, operator, value, context, place)
    given = context._replace(left=context.left, attribute=attribute)
    if isinstance(value, Record) and any(isinstance(entry, Function) for entry in value.entries.values()):
        value = Unknown("an object with methods", value.origin)  # what a getter gives
    if isinstance(value, Record):
        return of_object(reading, key, value, given, place)
    if isinstance(value, Sequence):
        if attribute is not None and attribute_type(attribute).kind == "array":
            return exp.EQ(this=side(reading, key, context, place), expression=escaped(reading, value, title(key)))
        return operated(reading, key, "in", value, given, place)
    return operated(reading, key, "eq", value, given, place)


def of_object(
    reading: Reading, key: object, value: Record, context: Context, place: Origin | None
) -> exp.Expression | None:
    """``{ age: { [Op.gt]: 1 } }``, and what lies inside a JSON column."""
    either, both = value.entries.get(symbol("or")), value.entries.get(symbol("and"))
    if either is not None:
        return bound_all(reading, key, either, context, any_of, place)
    if both is not None:
        return bound_all(reading, key, both, context, all_of, place)
    is_json = context.attribute is not None and attribute_type(context.attribute).kind == "json"
    if is_json and context.json:
        return inside_json(reading, key, value, context, place)
    if not value.complete:
        reading.opens("where", "conditions that are set at run time")
    made: list[exp.Expression | None] = []
    for inner, entry in value.entries.items():
        operator = operator_of(inner)
        if operator is None:
            if isinstance(key, str) and context.attribute is None:
                side(reading, key, context, place)  # which notes a column that does not exist
            odd_object(reading, context.model, key, inner, value, place)
            reading.reasons["an object that is no value of a column"] = None
            made.append(hole("an object that is no value of a column", place_of_key(value, inner)))
        else:
            judging().note_dialect(reading, operator, place_of_key(value, inner) or place)
            made.append(operated(reading, key, operator, entry, context, place))
    return joined(made)


def odd_object(
    reading: Reading, model: Model | None, key: object, inner: object, value: Record, place: Origin | None
) -> None:
    """Note ``{ $gt: 1 }``, which has been no operator since Sequelize 5, and other objects."""
    if inner in LEGACY:
        note_string_operator(reading, key, inner, place_of_key(value, inner) or place)
    elif value.complete:
        judging().note_object(reading, model, key, value, place)


def judging() -> ModuleType:
    """What notes defects; it needs what is defined here."""
    from . import _judging

    return _judging


def bound_all(
    reading: Reading,
    key: object,
    value: Value,
    context: Context,
    join: Callable[..., exp.Expression],
    place: Origin | None,
) -> exp.Expression | None:
    """``_whereBind``: one column, several conditions."""
    value = reading.structured(value)
    inner = context._replace(attribute=None, depth=context.depth + 1)
    if isinstance(value, Record):
        parts = [
            item(reading, key, Record({name: entry}, origin=value.origin), inner, place)
            for name, entry in value.entries.items()
        ]
        return joined(parts, join)
    if isinstance(value, Sequence):
        if not value.complete:
            reading.opens("where", "conditions that are set at run time")
        return joined([item(reading, key, entry, inner, place) for entry in value.items], join)
    return unknown_condition(reading, value)


def group(reading: Reading, operator: str, value: Value, context: Context) -> exp.Expression | None:
    """``_whereGroupBind``: ``[Op.or]: [...]`` and its like."""
    inner = context._replace(depth=context.depth + 1)
    value = reading.structured(value)
    join = any_of if operator == "or" else all_of
    found: exp.Expression | None
    if isinstance(value, Sequence):
        if not value.complete:
            reading.opens("where", "conditions that are set at run time")
        found = joined([conditions(reading, entry, inner) for entry in value.items], join)
    else:
        found = conditions(reading, value, inner, join)
    return closed(operator, found, known=not isinstance(value, Sequence) or value.complete)


def made_group(reading: Reading, kind: str, value: Instance, context: Context) -> exp.Expression | None:
    """``sequelize.or(a, b)``."""
    given = Sequence(value.made_by.arguments if value.made_by is not None else [], origin=value.origin)
    return group(reading, kind, given, context)


def closed(operator: str, found: exp.Expression | None, *, known: bool) -> exp.Expression | None:
    """A group; an empty ``or`` or ``not`` never holds."""
    if found is None:
        never = exp.EQ(this=exp.Literal.number(0), expression=exp.Literal.number(1))
        return never if operator in ("or", "not") and known else None
    if operator == "not":
        return exp.Not(this=exp.Paren(this=found))
    return exp.Paren(this=found) if isinstance(found, exp.Connector) else found


def unknown_condition(reading: Reading, value: Value) -> exp.Expression:
    """A condition of which nothing is known."""
    reading.opens("where", why(value))
    return unknown(reading, value)


# One column


def side(reading: Reading, key: object, context: Context, place: Origin | None) -> exp.Expression:
    """The left side of a comparison."""
    if context.left is not None:
        return context.left.copy()
    if not isinstance(key, str):
        return hole("a key that is no text", place)
    if is_nested(key):
        judging().note_nested(reading, key, place)
        *path, last = key[1:-1].split(".")
        return column("->".join(path) or None, last, place)
    model = context.model
    field = model.field(key) if model is not None else None
    made = column(context.alias, field or key, place)
    if note_column(reading, model, key, place, "where"):
        made.this.meta["noted"] = True
    return made


def is_nested(key: str) -> bool:
    """``$author.name$``."""
    return len(key) > 2 and key[0] == "$" and key[-1] == "$"


def attribute_of(model: Model | None, key: object) -> Options | None:
    """The attribute that a key names, by its own name or its column's."""
    if model is None or not isinstance(key, str):
        return None
    found = model.attributes.get(key)
    return found or next((one for one in model.attributes.values() if one.get("field") == key), None)


def title(key: object) -> str:
    """The name of a placeholder for the value of a column."""
    return key.strip("$").rpartition(".")[2] if isinstance(key, str) else ""


def is_(left: exp.Expression, right: exp.Expression, *, negated: bool = False) -> exp.Expression:
    """``left IS right``."""
    made = exp.Is(this=left, expression=right)
    return exp.Not(this=made) if negated else made


def operate(
    reading: Reading, operator: str, value: Value, context: Context, place: Origin | None
) -> exp.Expression | None:
    """An operator where no column is named: what the values compare with is the left side of the context."""
    if context.left is not None:
        return operated(reading, None, operator, value, context, place)
    return unknown_condition(reading, value)


def operated(
    reading: Reading, key: object, operator: str, value: Value, context: Context, place: Origin | None
) -> exp.Expression | None:
    """``_whereParseSingleValueObject``: a column, an operator, a value."""
    value = reading.structured(value)
    if operator in ("and", "or"):
        join = any_of if operator == "or" else all_of
        return bound_all(reading, key, value, context, join, place)
    left = side(reading, key, context, place)
    if operator == "not":
        if isinstance(value, Sequence):
            operator = "notIn"
        elif not (isinstance(value, Const) and (value.value is None or isinstance(value.value, bool))):
            operator = "ne"
    if operator in ("in", "notIn", "between", "notBetween"):
        judging().note_list(reading, operator, value)
    elif judging().is_row(value):
        judging().note_object(reading, context.model, key, value, place)
    if operator in ("in", "notIn"):
        return contained(reading, left, value, title(key), negated=operator == "notIn")
    if operator in ("between", "notBetween"):
        return between(reading, left, value, title(key), negated=operator == "notBetween")
    if operator in ("any", "all"):
        return quantified(reading, left, "=", operator, value, title(key))
    if operator == "col":
        return exp.EQ(this=left, expression=named_column(value))
    if operator in ("startsWith", "endsWith", "substring"):
        return template(f"{LEFT} LIKE {RIGHT}", "postgres", left, pattern(reading, operator, value, title(key)))
    if operator in ("is", "not"):
        return is_(left, escaped(reading, value, title(key)), negated=operator == "not")
    if isinstance(value, Record) and len(value.entries) == 1:
        inner = operator_of(next(iter(value.entries)))
        entry = next(iter(value.entries.values()))
        if inner == "col":
            return comparison(reading, operator, left, named_column(entry))
        if inner in ("any", "all"):
            sign = {"eq": "=", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}.get(operator)
            sign = sign or TEMPLATES.get(operator, "=")
            return quantified(reading, left, sign, inner, entry, title(key))
    if is_nothing(value) and operator in ("eq", "ne"):
        return is_(left, exp.Null(), negated=operator == "ne")
    return comparison(reading, operator, left, right_side(reading, operator, value, context, title(key)))


def right_side(reading: Reading, operator: str, value: Value, context: Context, named: str) -> exp.Expression:
    """The value of a comparison; that of ``@>`` and ``&&`` is a whole list or object."""
    if operator in ("overlap", "contains", "contained") and not method_of(value):
        return reading.bindings.bound(value, named)
    return escaped(reading, value, named)


def comparison(reading: Reading, operator: str, left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Two sides with an operator between them."""
    node = COMPARISONS.get(operator)
    if node is not None:
        compared_: Any = node(this=left, expression=right)
        return compared_  # type: ignore[no-any-return]
    if reading.dialect == "mysql" and operator in MYSQL_REGEXP:
        return template(f"{LEFT} {MYSQL_REGEXP[operator]} {RIGHT}", "mysql", left, right)
    made = template(f"{LEFT} {TEMPLATES.get(operator, '=')} {RIGHT}", "postgres", left, right)
    made.meta["operator"] = operator
    return made


def contained(
    reading: Reading, left: exp.Expression, value: Value, named: str, *, negated: bool
) -> exp.Expression | None:
    """``IN``."""
    made: exp.Expression
    if method_of(value) == "literal":
        inside = sql_of(reading, value)
        query = inside.this if isinstance(inside, exp.Subquery | exp.Paren) else inside
        if isinstance(query, exp.Query):
            made = exp.In(this=left, query=inside if isinstance(inside, exp.Subquery) else exp.Subquery(this=query))
        elif isinstance(inside, exp.Tuple):
            made = exp.In(this=left, expressions=inside.expressions)
        else:
            made = exp.In(this=left, expressions=[query])
    elif isinstance(value, Sequence):
        items = [escaped(reading, entry, named) for entry in value.items]
        if not value.complete:
            items.append(reading.bindings.bound(value.element or value, named))
        if not items and negated:
            return None
        made = exp.In(this=left, expressions=items or [exp.Null()])
    else:
        made = exp.In(this=left, expressions=[reading.bindings.bound(value, named)])
    return exp.Not(this=made) if negated else made


def between(reading: Reading, left: exp.Expression, value: Value, named: str, *, negated: bool) -> exp.Expression:
    """``BETWEEN``."""
    ends = value.items if isinstance(value, Sequence) and len(value.items) == 2 else [value, value]
    low, high = (escaped(reading, end, named) for end in ends)
    made = exp.Between(this=left, low=low, high=high)
    return exp.Not(this=made) if negated else made


def quantified(
    reading: Reading, left: exp.Expression, sign: str, operator: str, value: Value, named: str
) -> exp.Expression:
    """``= ANY (...)``."""
    value = reading.structured(value)
    inner = value.entries.get(symbol("values")) if isinstance(value, Record) else None
    right = reading.bindings.bound(value, named) if method_of(value) is None else sql_of(reading, value)
    if inner is not None:
        right = hole("a list of values", value.origin)
    return template(f"{LEFT} {sign} {operator.upper()} ({RIGHT})", "postgres", left, right)


def named_column(value: Value) -> exp.Expression:
    """``{ [Op.col]: "user.name" }``."""
    text = text_of(value)
    if text is None:
        return hole(why(value), value.origin)
    *path, last = text.split(".")
    return column("->".join(path) or None, last, value.origin)


def pattern(reading: Reading, operator: str, value: Value, named: str) -> exp.Expression:
    """The text that ``LIKE`` compares with."""
    before, after = ("" if operator == "startsWith" else "%"), ("" if operator == "endsWith" else "%")
    text = text_of(value)
    if text is not None:
        return reading.bindings.bound(Const(f"{before}{text}{after}", value.origin), named)
    parts: tuple[str | Value, ...] = tuple(part for part in (before, value, after) if part)
    return reading.bindings.bound(Text(parts, value.origin), named)


# JSON


def json_key(reading: Reading, key: str, value: Value, context: Context, place: Origin | None) -> exp.Expression | None:
    """``"meta.size": 1``; None where the first part is no JSON attribute."""
    head, *path = key.split(".")
    model = context.model
    attribute = model.attributes.get(head) if model is not None else None
    if model is None or attribute is None or attribute_type(attribute).kind != "json":
        return None
    base = column(context.alias, model.field(head) or head, place)
    return joined(traversed(reading, base, path, value, context))


def inside_json(
    reading: Reading, key: object, value: Record, context: Context, place: Origin | None
) -> exp.Expression | None:
    """``_whereJSON``: operators on the whole column, and paths into it."""
    base = side(reading, key, context, place)
    made: list[exp.Expression | None] = []
    for name, entry in value.entries.items():
        if operator_of(name) is not None:
            only = Record({name: entry}, origin=value.origin)
            made.append(item(reading, key, only, context._replace(json=False), place))
        else:
            made.extend(traversed(reading, base, [str(name)], entry, context))
    return joined(made)


def traversed(
    reading: Reading, base: exp.Expression, path: list[str], value: Value, context: Context
) -> list[exp.Expression | None]:
    """``_traverseJSON``."""
    value = reading.structured(value)
    named = None
    if "::" in path[-1]:
        last, named = path[-1].split("::", 1)
        path = [*path[:-1], last]
    made: list[exp.Expression | None] = []
    if isinstance(value, Record):
        for name, entry in value.entries.items():
            operator = operator_of(name)
            if operator is not None:
                whole = operator == "contains" and isinstance(text_of(entry), str)
                left = cast_for(reading, json_path(reading, base.copy(), path, whole=whole), entry, named)
                made.append(operated(reading, path[-1], operator, entry, Context(None, None, left=left), None))
            else:
                made.extend(traversed(reading, base, [*path, str(name)], entry, context))
        return made
    left = cast_for(reading, json_path(reading, base.copy(), path), value, named)
    operator = "eq"
    return [operated(reading, path[-1], operator, value, Context(None, None, left=left), None)]


def cast_for(reading: Reading, left: exp.Expression, value: Value, named: str | None) -> exp.Expression:
    """``_castKey``: what JSON holds is compared as what the value is."""
    first = value.items[0] if isinstance(value, Sequence) and value.items else value
    if named is None and isinstance(first, Const) and first.value is not None:
        if isinstance(first.value, bool):
            named = "boolean"
        elif isinstance(first.value, int | float):
            named = "double precision"
    return cast_to(left, named, reading.dialect) if named is not None else left


# sequelize.where


def compared(reading: Reading, value: Instance, context: Context) -> exp.Expression | None:
    """``where(fn("lower", col("name")), "like", x)``."""
    given = value.made_by.arguments if value.made_by is not None else []
    if len(given) < 2:
        return unknown_condition(reading, value)
    left = given[0] if given[0] is not None else Const(None)
    right = reading.structured(given[2] if len(given) > 2 else given[1])
    sign = text_of(given[1]) if len(given) > 2 else "="
    operator = operator_of(sign) or TEXTS.get((sign or "").upper())
    if operator is None:
        return unknown_condition(reading, given[1])
    side_ = sql_of(reading, left) if method_of(left) is not None else unknown(reading, left)
    inner = context._replace(left=side_, attribute=None, model=None)
    if isinstance(right, Record):
        return of_object(reading, None, right, inner, right.origin)
    if method_of(right) is not None:
        return comparison(reading, operator, side_, sql_of(reading, right))
    if is_nothing(right):
        return is_(side_, exp.Null(), negated=operator in ("ne", "not"))
    if operator in ("is", "not"):
        return is_(side_, escaped(reading, right), negated=operator == "not")
    if isinstance(right, Unknown) and argument(value, 1) is None:
        return unknown_condition(reading, right)
    return operated(reading, None, operator, right, inner, right.origin)
