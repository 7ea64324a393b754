"""Functions of the library that begin something: statements, conditions, functions of SQL, literals."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from verifier.api import (
    UNKNOWN_TYPE,
    Call,
    Class,
    ColumnType,
    Const,
    Defect,
    External,
    Fix,
    Instance,
    Origin,
    Record,
    Replacement,
    Sequence,
    Value,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_joining as joining
from . import _queries_joins as joins
from . import _queries_methods as methods
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_relations as relations
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from . import _queries_writes as writes
from ._drafts import is_ours
from ._queries_sources import From, Source
from ._queries_state import Lift
from ._types import column_type

Function = Callable[[Lift, Call, Instance], object]
COUNTS = frozenset({"count", "sum", "length", "char_length", "row_number", "rank", "dense_rank"})
# Functions that SQLAlchemy writes without parentheses.
BARE: dict[str, type[exp.Expression]] = {
    "current_timestamp": exp.CurrentTimestamp,
    "current_date": exp.CurrentDate,
    "current_time": exp.CurrentTime,
    "localtimestamp": exp.Localtimestamp,
}


def constant(lift: Lift, value: External) -> object:
    """Something of the library that is not called."""
    if ".func." in f".{value.path}":
        return lift.unknown(f"the function `{value.name}`, which is not called", value.origin)
    if not is_ours(value.path):
        return values.bound(lift, value)
    return lift.unknown(f"`{value.path}`", value.origin)


def called(lift: Lift, callee: External, value: Instance, call: Call) -> object:
    """What calling something of the library gives."""
    name = callee.name
    if ".func." in f".{callee.path}" or ".sql.functions." in callee.path:
        if name in ("cast", "extract"):  # the library has these for ``cast()`` and ``extract()``
            return FUNCTIONS[name](lift, call, value)
        return function(lift, callee, call)
    found = FUNCTIONS.get(name)
    if found is None:
        return lift.unknown(f"what `{callee.path}` gives", call.origin)
    return found(lift, call, value)


def function(lift: Lift, callee: External, call: Call) -> exp.Expression:
    """``func.count(User.id)``."""
    name = callee.path.rpartition("func.")[2] if ".func." in f".{callee.path}" else callee.name
    arguments: list[exp.Expression] = []
    for given in call.arguments:
        found = values.resolve(lift, given)
        if isinstance(found, Source):
            arguments.extend(sources.all_columns(lift, found)[:1])
        elif isinstance(found, nouns.Raw):
            arguments.append(found.parsed(lift))
        elif isinstance(found, exp.Star):
            arguments.append(found)
        else:
            node = found if isinstance(found, exp.Ordered) else values.as_expression(lift, found, given)
            arguments.append(node.this if isinstance(node, exp.Paren) else node)
    if call.open:
        lift.doubt("arguments that are decided at run time")
    at = callee.origin or call.origin
    bare = BARE.get(name)
    if bare is not None and not arguments:
        return pieces.placed(bare(), at)
    if name == "count" and not arguments:
        arguments = [exp.Star()]
    node = make_function(lift, name, arguments)
    node.meta["called"] = name
    kind = arguments[0].meta.get("type") if arguments else None
    if name in COUNTS and name != "sum":
        node.meta["type"] = sources.Kind(ColumnType("integer"))
    elif name in ("max", "min", "sum", "coalesce", "lower", "upper", "trim") and kind is not None:
        node.meta["type"] = kind
    elif name in ("concat", "lower", "upper"):
        node.meta["type"] = sources.Kind(ColumnType("text"))
    return pieces.placed(node, at)


def make_function(lift: Lift, name: str, arguments: list[exp.Expression]) -> exp.Expression:
    """A function of SQL by its name."""
    if "." in name:
        schema, _, name = name.rpartition(".")
        return exp.Dot(this=pieces.name(schema), expression=exp.Anonymous(this=name, expressions=arguments))
    try:
        made: exp.Expression = exp.func(name, *arguments, copy=False, dialect=lift.lifting.dialect or "postgres")  # type: ignore[assignment]
        made.meta["word"] = name
        if isinstance(made.args.get("to"), exp.Anonymous):
            return exp.Anonymous(this=name, expressions=arguments)
    except Exception:  # sqlglot knows the function with other arguments
        return exp.Anonymous(this=name, expressions=arguments)
    if not all(any(inner is one for inner in made.walk()) for one in arguments):
        return exp.Anonymous(this=name, expressions=arguments)
    return made


def cast_to(lift: Lift, base: exp.Expression, kind: Value | None, at: Origin | None) -> exp.Expression:
    """A cast to a type of the library."""
    plain = lift.decide(kind) if kind is not None else None
    found = column_type(lift.lifting.engine, plain) if plain is not None else UNKNOWN_TYPE
    inner = base.this if isinstance(base, exp.Paren) else base
    try:
        if found.kind in ("unknown", "other"):
            return lift.unknown("a type that was not read", at)
        text = str(found)
        if found.kind == "enum" or found.varies:
            text = "varchar"
        if found.kind == "json" and "JSONB" in found.declared.upper():
            text = "jsonb"
        to = exp.DataType.build(text, dialect="postgres")
    except Exception:  # a type that sqlglot does not know
        return lift.unknown("a type that was not read", at)
    node = exp.Cast(this=inner, to=to)
    node.meta["type"] = sources.Kind(found)
    return pieces.placed(node, at)


# Statements


def select(lift: Lift, call: Call, made: Instance) -> object:
    first = call.arguments[0] if call.arguments else None
    if isinstance(first, Sequence) and first.kind == "list" and lift.schema.modern:
        place = call.place(0)
        ends = (Origin(place.path, place.start, place.start + 1), Origin(place.path, place.end - 1, place.end))
        lift.defects.append(
            Defect(
                "sqlalchemy/select-with-list",
                lift.span(place),
                "`select` is given a list, where SQLAlchemy 2 takes columns one by one",
                symptom="sqlalchemy.exc.ArgumentError: Column expression, FROM clause, or other columns clause element "
                "expected, got [...]",
                remedy="Write the columns without brackets: `select(User.id, User.name)`",
                fix=Fix("take the brackets away", tuple(Replacement(lift.span(end), "") for end in ends)),
            )
        )
    found = selects.selection_from(lift, call)
    given = call.keywords.get("whereclause")
    if given is not None:
        found.where.append(operators.condition(lift, given))
    return found


def set_of(name: str) -> Function:
    """``union(first, second)``."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        kind, distinct = selects.SETS[name]
        parts: list[nouns.Selection | nouns.Compound | nouns.Raw] = []
        for argument in selects.methods_of(lift, call):
            found = values.resolve(lift, argument)
            if isinstance(found, nouns.Selection | nouns.Compound | nouns.Raw):
                parts.append(found)
            elif isinstance(found, Source) and found.body is not None:
                parts.append(selects.selection_of(lift, [found]))
            else:
                lift.doubt(reason_of(argument), "from", "where", "columns")
        if not parts:
            return lift.unknown("the statements that are put together", call.origin)
        return nouns.Compound(kind, distinct, parts)

    return build


def exists(lift: Lift, call: Call, made: Instance) -> object:
    """``exists(select(...))``, ``exists(User.id).where(...)``, ``exists().where(...)``."""
    first = values.resolve(lift, call.arguments[0]) if call.arguments else None
    if isinstance(first, nouns.Selection | nouns.Compound):
        return parts.pending_exists(first)
    if isinstance(first, exp.Subquery) and "pending" in first.meta:
        return parts.pending_exists(first.meta["pending"])
    selection = nouns.Selection()
    selection.inner = True
    with lift.reading("columns"):
        for argument in call.arguments:
            selects.take_column(lift, selection, argument)
    if not selection.columns:
        selection.columns = [exp.Star()]
    return parts.pending_exists(selection)


def scalar(lift: Lift, call: Call, made: Instance) -> object:
    return values.expression(lift, call.arguments[0]) if call.arguments else lift.unknown("a missing argument")


def join(lift: Lift, call: Call, made: Instance) -> object:
    """``join(a, b, on)``."""
    return tree(lift, call, "join")


def outerjoin(lift: Lift, call: Call, made: Instance) -> object:
    return tree(lift, call, "outerjoin")


def tree(lift: Lift, call: Call, name: str) -> object:
    """A tree of joins that begins with a function."""
    first = call.arguments[0] if call.arguments else call.keywords.get("left")
    element = joining.as_element(lift, values.resolve(lift, first), call.place(0)) if first is not None else None
    if element is None:
        lift.doubt("a join that is decided at run time", "from")
        return nouns.Joined(From())
    shifted = Call(
        call.engine, call.frame, call.node, call.callee, call.arguments[1:], call.keywords, name=name, open_=call.open
    )
    return joins.tree(lift, nouns.Joined(element), name, shifted)


def aliased(lift: Lift, call: Call, made: Instance) -> object:
    """``aliased(User, name="u")``, ``aliased(User, subquery)``."""
    first = call.argument(0, "element")
    of = values.resolve(lift, first) if first is not None else None
    if isinstance(of, nouns.Selection | nouns.Compound):
        return parts.as_source(lift, of, made, call.text(None, "name"))
    if isinstance(of, values.Group):
        of = of.source
    if not isinstance(of, Source):
        return lift.unknown("what is aliased", call.origin)
    second = call.argument(1, "alias")
    over = values.resolve(lift, second) if second is not None and not isinstance(lift.decide(second), Const) else None
    if isinstance(over, nouns.Selection | nouns.Compound):
        over = parts.as_source(lift, over, second, call.text(None, "name"))
    if isinstance(over, Source):
        key = ("over", id(made))
        found = lift.sources.get(key)
        if found is None:
            found = Source(over.key, over.alias, of.known)
            found.names, found.body, found.aliased, found.is_cte, found.of = (
                over.names,
                over.body,
                True,
                over.is_cte,
                over.of,
            )
            lift.sources[key] = found
        return found
    return sources.aliased(lift, id(made), of, call.text(None, "name"))


def with_alias(lift: Lift, call: Call, made: Instance) -> object:
    """``alias(table)``, ``subquery(...)``."""
    first = values.resolve(lift, call.arguments[0]) if call.arguments else None
    name = call.text(1, "name")
    if isinstance(first, values.Group):
        first = first.source
    if isinstance(first, nouns.Selection | nouns.Compound):
        return parts.as_source(lift, first, made, name)
    return (
        sources.aliased(lift, id(made), first, name) if isinstance(first, Source) else lift.unknown("what is aliased")
    )


def cte(lift: Lift, call: Call, made: Instance) -> object:
    first = values.resolve(lift, call.arguments[0]) if call.arguments else None
    if isinstance(first, nouns.Selection | nouns.Compound):
        return parts.common(lift, first, made, call)
    return lift.unknown("a common table", call.origin)


def write(name: str) -> Function:
    """``insert(User)``."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        given = call.argument(0, "table")
        with lift.reading("from"):
            found = values.resolve(lift, given) if given is not None else None
        if isinstance(found, values.Group):
            found = found.source
        if not isinstance(found, Source):
            return lift.unknown(f"the table of an `{name}`: {reason_of(given)}", call.origin)
        return writes.Write(name, found, call)

    return build


def text(lift: Lift, call: Call, made: Instance) -> object:
    return nouns.Raw(call.argument(0, "text"), call.place(0))


# Conditions and expressions


def connector(kind: type[exp.And] | type[exp.Or]) -> Function:
    """``and_(...)``, ``or_(...)``."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        sides: list[exp.Expression] = []
        for argument in call.arguments:
            plain = lift.decide(argument)
            if isinstance(plain, Const) and isinstance(plain.value, bool):
                sides.append(exp.Boolean(this=plain.value))
                continue
            sides.append(operators.condition(lift, plain))
        if call.open:
            lift.doubt("conditions that are decided at run time")
            sides.append(pieces.hole("conditions that are decided at run time", call.origin))
        return pieces.placed(operators.both(kind, sides), None)

    return build


def not_(lift: Lift, call: Call, made: Instance) -> object:
    return (
        operators.negated(operators.condition(lift, call.arguments[0]))
        if call.arguments
        else lift.unknown("a condition")
    )


def case(lift: Lift, call: Call, made: Instance) -> object:
    """``case((condition, value), else_=other)``, and the older form with a list."""
    arguments = list(call.arguments)
    if len(arguments) == 1 and isinstance(lift.decide(arguments[0]), Sequence):
        first = lift.decide(arguments[0])
        assert isinstance(first, Sequence)
        if first.kind == "list" or (first.items and isinstance(lift.decide(first.items[0]), Sequence)):
            arguments = list(first.items)
            if not first.complete:
                lift.doubt("cases that are decided at run time")
    subject = call.keywords.get("value")
    node = exp.Case(this=values.expression(lift, subject) if subject is not None else None, ifs=[])
    kind: object = None
    for argument in arguments:
        plain = lift.decide(argument)
        pairs: list[tuple[Value, Value]] = []
        if isinstance(plain, Record):
            pairs = [(Const(key), entry) for key, entry in plain.entries.items() if isinstance(key, str | int | bool)]
        elif isinstance(plain, Sequence) and len(plain.items) == 2:
            pairs = [(plain.items[0], plain.items[1])]
        else:
            lift.doubt("cases that are decided at run time")
        for when, then in pairs:
            test = (
                values.expression(lift, when)
                if subject is not None or isinstance(plain, Record)
                else operators.condition(lift, when)
            )
            result = values.expression(lift, then)
            kind = kind or result.meta.get("type")
            node.append("ifs", exp.If(this=test, true=result))
    other = call.keywords.get("else_")
    if other is not None and not (isinstance(other, Const) and other.value is None and not arguments):
        node.set("default", values.expression(lift, other))
    if kind is not None:
        node.meta["type"] = kind
    return node


def cast(lift: Lift, call: Call, made: Instance) -> object:
    base = methods.argument(lift, call, 0, "expression")
    return cast_to(lift, base, call.argument(1, "type_"), call.origin)


def first_argument(lift: Lift, call: Call, made: Instance) -> object:
    """What changes the type that Python sees alone."""
    return methods.argument(lift, call, 0)


def literal_column(lift: Lift, call: Call, made: Instance) -> object:
    return nouns.Raw(call.argument(0, "text"), call.place(0)).parsed(lift)


def named_column(lift: Lift, call: Call, made: Instance) -> object:
    name = call.text(0, "text")
    if name is None:
        return lift.unknown("a column that is decided at run time", call.origin)
    return pieces.placed(exp.Column(this=pieces.name(name, call.place(0))), call.place(0))


def bindparam(lift: Lift, call: Call, made: Instance) -> object:
    name = call.text(0, "key") or "param"
    given = call.argument(1, "value")
    if given is not None:
        return lift.bindings.bound(given, name)
    node = exp.Placeholder(this=name)
    return pieces.placed(node, call.origin)


def constant_node(node: Callable[[], exp.Expression]) -> Function:
    """``null()``, ``true()``."""
    return lambda lift, call, made: pieces.placed(node(), call.origin)


def tuple_(lift: Lift, call: Call, made: Instance) -> object:
    return exp.Tuple(expressions=[values.expression(lift, one) for one in call.arguments])


def extract(lift: Lift, call: Call, made: Instance) -> object:
    part = call.text(0, "field")
    if part is None:
        return lift.unknown("a part of a date that is decided at run time", call.origin)
    return exp.Extract(this=exp.Var(this=part.upper()), expression=methods.argument(lift, call, 1, "expr"))


def ordering(desc: bool | None, nulls_first: bool | None = None) -> Function:
    """``desc(User.name)``."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        given = call.argument(0, "column")
        name = text_of(lift.decide(given)) if given is not None else None
        if name is not None and given is not None:
            base: exp.Expression = exp.Column(this=pieces.name(name, given.origin))
        else:
            found = values.resolve(lift, given) if given is not None else None
            base = found if isinstance(found, exp.Alias | exp.Ordered) else values.as_expression(lift, found, given)
            if isinstance(found, nouns.Raw):
                base = found.parsed(lift)
        return methods.order(base, desc, nulls_first)

    return build


def distinct(lift: Lift, call: Call, made: Instance) -> object:
    return exp.Distinct(expressions=[methods.argument(lift, call, 0)])


def by_method(name: str) -> Function:
    """A function that stands for a method of its first argument."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        if not call.arguments:
            return lift.unknown("an argument that is missing", call.origin)
        base = values.expression(lift, call.arguments[0])
        shifted = Call(
            call.engine,
            call.frame,
            call.node,
            call.callee,
            call.arguments[1:],
            call.keywords,
            name=name,
            open_=call.open,
        )
        return methods.of_expression(lift, base, name, shifted)

    return build


def over_all(kind: type[exp.Expression]) -> Function:
    """``any_(...)``, ``all_(...)``."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        found = values.resolve(lift, call.arguments[0]) if call.arguments else None
        if isinstance(found, nouns.Selection | nouns.Compound):
            return kind(this=parts.pending(found))
        return kind(this=exp.Paren(this=values.as_expression(lift, found)))

    return build


def array(lift: Lift, call: Call, made: Instance) -> object:
    items = [values.expression(lift, one) for one in methods.listed(lift, call.argument(0, "clauses"))]
    node = exp.Array(expressions=items)
    node.meta["type"] = sources.Kind(ColumnType("array"))
    return node


def with_parent(lift: Lift, call: Call, made: Instance) -> object:
    """``with_parent(user, User.articles)``: rows whose key is that of the object."""
    rel = values.resolve(lift, call.arguments[1]) if len(call.arguments) > 1 else None
    right = joins.target_of(lift, rel) if isinstance(rel, values.Rel) else None
    if not isinstance(rel, values.Rel) or right is None or rel.relationship.through is not None:
        return lift.unknown("the relationship of a parent", call.origin)
    parent = lift.decide(call.arguments[0])
    parts: list[exp.Expression] = []
    for near, far in zip(rel.relationship.local, rel.relationship.remote, strict=False):
        given = lift.bindings.bound(relations.remote_value(lift, parent, rel.source, near), near)
        parts.append(exp.EQ(this=given, expression=joins.named(right, far)))
    node = operators.both(exp.And, parts) if parts else lift.unknown("the relationship of a parent", call.origin)
    node.meta["adds"] = right
    return node


def marked(name: str) -> Function:
    """``foreign(column)``, ``remote(column)``."""

    def build(lift: Lift, call: Call, made: Instance) -> object:
        node = methods.argument(lift, call, 0)
        node.meta[name] = True
        return node

    return build


def bundle(lift: Lift, call: Call, made: Instance) -> object:
    """``Bundle("name", User.id, User.name)``."""
    return [values.resolve(lift, one) for one in call.arguments[1:]]


def loader(lift: Lift, call: Call, made: Instance) -> object:
    return lift.unknown("an option of loading", call.origin)


def refuse_class(value: Value) -> bool:
    """Whether a value is a class."""
    return isinstance(value, Class)


FUNCTIONS: dict[str, Function] = {
    "select": select,
    "union": set_of("union"),
    "union_all": set_of("union_all"),
    "intersect": set_of("intersect"),
    "intersect_all": set_of("intersect_all"),
    "except_": set_of("except_"),
    "except_all": set_of("except_all"),
    "exists": exists,
    "scalar_subquery": scalar,
    "join": join,
    "outerjoin": outerjoin,
    "aliased": aliased,
    "with_polymorphic": aliased,
    "alias": with_alias,
    "subquery": with_alias,
    "cte": cte,
    "insert": write("insert"),
    "update": write("update"),
    "delete": write("delete"),
    "text": text,
    "and_": connector(exp.And),
    "or_": connector(exp.Or),
    "not_": not_,
    "case": case,
    "cast": cast,
    "Cast": cast,
    "try_cast": cast,
    "type_coerce": first_argument,
    "collate": first_argument,
    "col": first_argument,
    "literal": first_argument,
    "literal_column": literal_column,
    "column": named_column,
    "bindparam": bindparam,
    "null": constant_node(exp.Null),
    "true": constant_node(lambda: exp.Boolean(this=True)),
    "false": constant_node(lambda: exp.Boolean(this=False)),
    "tuple_": tuple_,
    "extract": extract,
    "asc": ordering(False),
    "desc": ordering(True),
    "nulls_first": ordering(None, True),
    "nullsfirst": ordering(None, True),
    "nulls_last": ordering(None, False),
    "nullslast": ordering(None, False),
    "distinct": distinct,
    "between": by_method("between"),
    "label": by_method("label"),
    "over": by_method("over"),
    "funcfilter": by_method("filter"),
    "within_group": by_method("within_group"),
    "any_": over_all(exp.Any),
    "all_": over_all(exp.All),
    "array": array,
    "ARRAY": array,
    "with_parent": with_parent,
    "foreign": marked("foreign"),
    "remote": marked("remote"),
    "Bundle": bundle,
}
