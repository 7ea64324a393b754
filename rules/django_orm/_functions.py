"""Aggregates and functions of Django as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import Call, Const, Instance, Sequence, Value, options, replace, text_of

from ._expressions import (
    as_condition,
    call_of,
    children,
    condition_of,
    name_of,
    output_core,
    resolve,
)
from ._faults import UnclearError
from ._lookups import TEXTS, UNKNOWN, Made, library_call

if TYPE_CHECKING:
    from ._draft import Draft

AGGREGATES: dict[str, type[exp.Expression] | str] = {
    "Count": exp.Count, "Sum": exp.Sum, "Avg": exp.Avg, "Min": exp.Min, "Max": exp.Max, "StdDev": "STDDEV_POP",
    "Variance": "VAR_POP", "StringAgg": "STRING_AGG", "ArrayAgg": "ARRAY_AGG", "BoolAnd": "BOOL_AND",
    "BoolOr": "BOOL_OR", "JSONBAgg": "JSONB_AGG", "BitAnd": "BIT_AND", "BitOr": "BIT_OR", "AnyValue": "ANY_VALUE",
}  # fmt: skip
CORES = {"Count": "IntegerField", "Avg": "FloatField", "StdDev": "FloatField", "Variance": "FloatField",
         "StringAgg": "TextField", "ArrayAgg": "ArrayField", "BoolAnd": "BooleanField", "BoolOr": "BooleanField",
         "JSONBAgg": "JSONField"}  # fmt: skip
# Functions that are called in SQL as they are, with the kind of what they give ("" for that of their argument).
PLAIN: dict[str, tuple[str, str]] = {
    "Lower": ("LOWER", "CharField"), "Upper": ("UPPER", "CharField"), "Length": ("LENGTH", "IntegerField"),
    "Trim": ("TRIM", "CharField"), "LTrim": ("LTRIM", "CharField"), "RTrim": ("RTRIM", "CharField"),
    "Replace": ("REPLACE", "CharField"), "Repeat": ("REPEAT", "CharField"), "Reverse": ("REVERSE", "CharField"),
    "Abs": ("ABS", ""), "Ceil": ("CEILING", ""), "Floor": ("FLOOR", ""), "Round": ("ROUND", ""), "Sqrt": ("SQRT", ""),
    "Power": ("POWER", ""), "Mod": ("MOD", ""), "Exp": ("EXP", ""), "Ln": ("LN", ""), "Sign": ("SIGN", ""),
    "MD5": ("MD5", "CharField"), "SHA256": ("SHA256", "CharField"), "Ord": ("ORD", "IntegerField"),
    "Chr": ("CHR", "CharField"), "NullIf": ("NULLIF", ""), "Left": ("LEFT", "CharField"),
    "Right": ("RIGHT", "CharField"), "StrIndex": ("STRPOS", "IntegerField"), "Sin": ("SIN", ""), "Cos": ("COS", ""),
    "LPad": ("LPAD", "CharField"), "RPad": ("RPAD", "CharField"), "Radians": ("RADIANS", ""),
    "Degrees": ("DEGREES", ""),
}  # fmt: skip
EXTRACTS = {
    f"Extract{name}": part
    for name, part in (
        ("Year", "YEAR"), ("Month", "MONTH"), ("Day", "DAY"), ("Week", "WEEK"), ("WeekDay", "WEEK_DAY"),
        ("IsoWeekDay", "ISO_WEEK_DAY"), ("IsoYear", "ISO_YEAR"), ("Quarter", "QUARTER"), ("Hour", "HOUR"),
        ("Minute", "MINUTE"), ("Second", "SECOND"),
    )
}  # fmt: skip
TRUNCS = {
    f"Trunc{name}": name.upper() for name in ("Year", "Quarter", "Month", "Week", "Day", "Hour", "Minute", "Second")
}
RANKINGS = {"RowNumber": "ROW_NUMBER", "Rank": "RANK", "DenseRank": "DENSE_RANK", "PercentRank": "PERCENT_RANK",
            "CumeDist": "CUME_DIST", "Ntile": "NTILE", "Lag": "LAG", "Lead": "LEAD", "FirstValue": "FIRST_VALUE",
            "LastValue": "LAST_VALUE", "NthValue": "NTH_VALUE"}  # fmt: skip


def function(draft: Draft, name: str, call: Call, reuse: set[str] | None) -> Made:
    """An expression by the name of its class.

    Raises:
        UnclearError: the class is not known.
    """
    if call.open:
        raise UnclearError("arguments that run time decides")
    if name in AGGREGATES:
        return aggregate(draft, name, call, reuse)
    if name == "Case":
        return case(draft, call, reuse)
    if name == "Coalesce":
        return several(draft, "COALESCE", call, reuse)
    if name in ("Greatest", "Least"):
        made = several(draft, name.upper(), call, reuse)
        extreme = exp.Greatest if name == "Greatest" else exp.Least
        first, *others = made.node.expressions
        return replace(made, node=extreme(this=first, expressions=others, ignore_nulls=False))
    if name == "Concat":
        return concat(draft, call, reuse)
    if name == "Cast":
        return cast(draft, call, reuse)
    if name == "Now":
        return Made(exp.CurrentTimestamp(), "DateTimeField", kind="value")
    if name == "Random":
        return Made(exp.Rand(), "FloatField", kind="value")
    if name in ("Extract", *EXTRACTS):
        return extract(draft, name, call, reuse)
    if name in ("TruncDate", "TruncTime"):
        made = argument(draft, call, 0, reuse)
        kind, core = ("date", "DateField") if name == "TruncDate" else ("time", "TimeField")
        return Made(exp.cast(made.node, kind), core, sources=(made,))
    if name in ("Trunc", *TRUNCS):
        return truncated(draft, name, call, reuse)
    if name in ("Substr", "Left", "Right"):
        return substring(draft, name, call, reuse)
    if name == "Window":
        return window(draft, call, reuse)
    if name in RANKINGS:
        sources = tuple(resolve(draft, given, reuse=reuse, names=True) for given in call.arguments)
        node = library_call(this=RANKINGS[name], expressions=[made.node for made in sources])
        return Made(
            node, "IntegerField" if name in ("RowNumber", "Rank", "DenseRank", "Ntile") else UNKNOWN, sources=sources
        )
    if name == "Func":
        return named(draft, call, reuse)
    if name == "Collate":
        made = argument(draft, call, 0, reuse)
        return Made(
            exp.Collate(this=made.node, expression=exp.Var(this=call.text(1) or "x")), made.core, sources=(made,)
        )
    if name in PLAIN:
        sql, core = PLAIN[name]
        return several(draft, sql, call, reuse, core)
    raise UnclearError(f"the expression `{name}`")


def argument(draft: Draft, call: Call, place: int, reuse: set[str] | None, name: str | None = None) -> Made:
    """An argument; a text names a field."""
    given = call.argument(place, name or "expression")
    if given is None:
        raise UnclearError("a missing argument")
    return resolve(draft, given, reuse=reuse, names=True)


def several(draft: Draft, sql: str, call: Call, reuse: set[str] | None, core: str = "") -> Made:
    """A function of SQL of all arguments; NULL, a text for one, stays a value where only a field may be named."""
    found = tuple(resolve(draft, given, reuse=reuse, names=True) for given in call.arguments)
    found += tuple(
        resolve(draft, given, reuse=reuse, names=True)
        for name, given in call.keywords.items()
        if name in ("expression", "lookup", "precision", "length")
    )
    if not found:
        raise UnclearError("a missing argument")
    if not core:
        core = output_core(call) or found[0].core
        if sql == "COALESCE":
            core = output_core(call) or next((made.core for made in found if made.core), UNKNOWN)
    nodes = [made.node for made in found]
    return Made(library_call(this=sql, expressions=nodes), core, sources=found)


def aggregate(draft: Draft, name: str, call: Call, reuse: set[str] | None) -> Made:
    """``Count``, ``Sum`` and the like."""
    given = call.argument(0, "expression")
    if given is None:
        raise UnclearError("a missing argument")
    before = set(draft.joins)
    sources: list[Made] = []
    star = text_of(given) == "*"
    if star:
        inner: exp.Expression = exp.Star()
        core = "IntegerField"
    else:
        made = resolve(draft, given, reuse=reuse, names=True)
        sources.append(made)
        inner, core = made.node, made.core
        if any(source.aggregate for source in sources):
            raise UnclearError("an aggregate of an aggregate")
    distinct = call.argument(None, "distinct")
    if isinstance(distinct, Const) and distinct.value:
        inner = exp.Distinct(expressions=[inner])
    elif distinct is not None and not isinstance(distinct, Const):
        raise UnclearError("whether it counts each once")
    kind = AGGREGATES[name]
    if isinstance(kind, str):
        further = [resolve(draft, extra, reuse=reuse).node for extra in call.arguments[1:]]
        if "delimiter" in call.keywords:
            further.append(resolve(draft, call.keywords["delimiter"], reuse=reuse).node)
        node: exp.Expression = library_call(this=kind, expressions=[inner, *further])
    else:
        node = kind(this=inner)
    condition = call.argument(None, "filter")
    if condition is not None and not (isinstance(condition, Const) and condition.value is None):
        held = resolve(draft, condition, reuse=reuse)
        node = exp.Filter(this=node, expression=exp.Where(this=held.node))
    if given is not None and not star and name in ("Count", "Sum", "Avg"):
        note_relations(draft, call, name, distinct, before, sources)
    core = CORES.get(name, output_core(call) or core)
    made_of = Made(node, core, sources=tuple(sources), kind="aggregate", default_name=default_name(given, name))
    default = call.argument(None, "default")
    if default is not None and not (isinstance(default, Const) and default.value is None):
        other = resolve(draft, default, reuse=reuse)
        coalesced = library_call(this="COALESCE", expressions=[node, other.node])
        return Made(coalesced, core, sources=(made_of, other), default_name=made_of.default_name)
    return made_of


def note_relations(
    draft: Draft, call: Call, name: str, distinct: Value | None, before: set[str], sources: list[Made]
) -> None:
    """Remember which joins to several rows an aggregate reads, for who looks for counts that joins inflate."""
    from ._faults import word_of

    alias = sources[0].table if sources else None
    many: list[str] = []
    while alias is not None:
        join = draft.joins.get(alias)
        if join is None:
            break
        if join.hop is not None and join.hop.many:
            many.append(alias)
        alias = join.parent
    if sources and sources[0].kind == "column":
        marked = distinct is not None and not (isinstance(distinct, Const) and not distinct.value)
        word = word_of(call.engine, text_of(call.argument(0, "expression")) or name, call.place(0))
        if marked:
            word = word._replace(text="", origin=None)
        draft.relations_counted.append((word, frozenset(many), name == "Avg" and draft.columns is None))


def default_name(given: Value, name: str) -> str:
    """The name that an aggregate has by default."""
    text = text_of(given)
    if text is None and name_of(given) == "F":
        made = call_of(given)
        text = made.text(0) if made is not None else None
    return f"{text}__{name.lower()}" if text is not None and text != "*" else ""


def case(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Case(When(...), default=...)``."""
    whens: list[exp.Expression] = []
    sources: list[Made] = []
    cores: list[str] = []
    for given in call.arguments:
        for option in options(given)[:1]:
            made = call_of(option)
            if made is None or name_of(option) != "When":
                raise UnclearError("a branch that run time decides")
            held, result = when(draft, made, reuse)
            whens.append(exp.If(this=held.node, true=result.node))
            sources += [held, result]
            cores.append(result.core)
    default = call.argument(None, "default")
    node = exp.Case(ifs=whens)
    if default is not None:
        other = resolve(draft, default, reuse=reuse, names=True)
        sources.append(other)
        cores.append(other.core)
        node.set("default", other.node)
    else:
        node.set("default", exp.Null())
    known = {core for core in cores if core}
    core = output_core(call) or (known.pop() if len(known) == 1 else UNKNOWN)
    return Made(node, core, sources=tuple(sources))


def when(draft: Draft, call: Call, reuse: set[str] | None) -> tuple[Made, Made]:
    """One branch: condition and value."""
    then = call.argument(1, "then")
    if then is None:
        raise UnclearError("a branch without a value")
    condition = call.argument(0, "condition")
    from ._draft import Condition

    parts = Condition("AND", ())
    if condition is not None and not (isinstance(condition, Const) and condition.value is None):
        parts = condition_of(draft, condition)
    named = {name: value for name, value in call.keywords.items() if name not in ("condition", "then")}
    if named:
        only = Call(call.engine, call.frame, call.node, call.callee, [], named)
        parts = parts.joined("AND", children(draft, only)) if parts.parts else children(draft, only)
    held = as_condition(draft, parts, reuse)
    return held, resolve(draft, then, reuse=reuse, names=True)


def concat(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Concat``: NULL counts as an empty text."""
    found = tuple(resolve(draft, given, reuse=reuse, names=True) for given in call.arguments)
    if len(found) < 2:
        raise UnclearError("a missing argument")
    postgres = draft.context.lookups.postgres

    def part(made: Made) -> exp.Expression:
        node = exp.cast(made.node, "text") if postgres and made.core not in TEXTS else made.node
        return library_call(this="COALESCE", expressions=[node, exp.Literal.string("")])

    whole = part(found[-1])
    for place, made in enumerate(reversed(found[:-1])):
        if place:
            inner = exp.paren(whole, copy=False)
            whole = library_call(this="COALESCE", expressions=[inner, exp.Literal.string("")])
        whole = exp.DPipe(this=part(made), expression=whole)
    return Made(exp.paren(whole, copy=False), output_core(call) or "CharField", sources=found)


TYPES = {"CharField": "varchar", "TextField": "text", "IntegerField": "integer", "BigIntegerField": "bigint",
         "FloatField": "double precision", "DateField": "date", "DateTimeField": "timestamp", "BooleanField": "boolean",
         "DecimalField": "decimal", "SmallIntegerField": "smallint", "TimeField": "time", "UUIDField": "uuid",
         "JSONField": "json", "SlugField": "varchar", "PositiveIntegerField": "integer"}  # fmt: skip


def cast(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Cast``."""
    made = argument(draft, call, 0, reuse)
    given = call.argument(1, "output_field")
    if not isinstance(given, Instance):
        raise UnclearError("the type of a cast")
    from ._fields import core_of

    core = core_of(given.path) or ""
    kind = TYPES.get(core)
    if kind is None:
        raise UnclearError("the type of a cast")
    return Made(exp.cast(made.node, kind), core, sources=(made,))


def extract(draft: Draft, name: str, call: Call, reuse: set[str] | None) -> Made:
    """``ExtractYear`` and the like."""
    made = argument(draft, call, 0, reuse)
    part = EXTRACTS.get(name) or (call.text(1, "lookup_name") or "").upper()
    if not part:
        raise UnclearError("a part of a date")
    return Made(exp.Extract(this=exp.Var(this=part), expression=made.node), "IntegerField", sources=(made,))


def truncated(draft: Draft, name: str, call: Call, reuse: set[str] | None) -> Made:
    """``TruncMonth`` and the like."""
    made = argument(draft, call, 0, reuse)
    part = TRUNCS.get(name) or (call.text(1, "kind") or "").upper()
    if not part:
        raise UnclearError("a part of a date")
    node = library_call(this="DATE_TRUNC", expressions=[exp.Literal.string(part.lower()), made.node])
    return Made(node, output_core(call) or made.core, sources=(made,))


def substring(draft: Draft, name: str, call: Call, reuse: set[str] | None) -> Made:
    """``Substr``, ``Left`` and ``Right``."""
    found = tuple(resolve(draft, given, reuse=reuse, names=True) for given in call.arguments)
    if len(found) < 2:
        raise UnclearError("a missing argument")
    nodes = [made.node for made in found]
    if name == "Left":
        nodes = [nodes[0], exp.Literal.number(1), nodes[1]]
    elif name == "Right":
        nodes = [nodes[0], exp.Mul(this=nodes[1], expression=exp.Neg(this=exp.Literal.number(1)))]
    return Made(library_call(this="SUBSTR", expressions=nodes), "CharField", sources=found)


def window(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Window(expression, partition_by=..., order_by=...)``."""
    made = argument(draft, call, 0, reuse)
    parts: dict[str, list[Made]] = {}
    for key in ("partition_by", "order_by"):
        given = call.argument(None, key)
        if given is None or (isinstance(given, Const) and given.value is None):
            parts[key] = []
            continue
        items = given.items if isinstance(given, Sequence) else [given]
        parts[key] = [ordering(draft, item, reuse) for item in items]
    whole = exp.Window(this=made.node, partition_by=[part.node for part in parts["partition_by"]])
    if parts["order_by"]:
        parts_of = (part.node for part in parts["order_by"])
        order = [node if isinstance(node, exp.Ordered) else in_order(draft, node) for node in parts_of]
        whole.set("order", exp.Order(expressions=order))
    if call.argument(None, "frame") is not None:
        raise UnclearError("the frame of a window")
    inner = tuple(source for source in made.sources)
    return Made(whole, made.core, sources=(*inner, *parts["partition_by"], *parts["order_by"]), window=True)


def in_order(draft: Draft, node: exp.Expression, descending: bool = False) -> exp.Ordered:
    """A part of an order, with NULLs where the database puts them by itself."""
    return exp.Ordered(this=node, desc=descending, nulls_first=descending is draft.context.lookups.postgres)


def ordering(draft: Draft, item: Value, reuse: set[str] | None) -> Made:
    """One part of an order inside an expression."""
    text = text_of(item)
    if text is not None and text.startswith("-"):
        from ._faults import text_word

        word = text_word(draft.context.engine, item)
        if word is not None:
            made = draft.reference(word.without_sign(), reuse)
            return Made(in_order(draft, made.node, True), made.core, sources=(made,))
    made = resolve(draft, item, reuse=reuse, names=True)
    if name_of(item) == "desc":
        return Made(in_order(draft, made.node, True), made.core, sources=(made,))
    return made


def named(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Func(..., function="NAME")``."""
    sql = call.text(None, "function")
    if sql is None or "template" in call.keywords:
        raise UnclearError("the function of an expression")
    found = tuple(resolve(draft, given, reuse=reuse, names=True) for given in call.arguments)
    node = exp.Anonymous(this=sql.upper(), expressions=[made.node for made in found])
    return Made(node, output_core(call) or (found[0].core if found else UNKNOWN), sources=found)
