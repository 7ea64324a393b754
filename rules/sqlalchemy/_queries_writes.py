"""INSERT, UPDATE and DELETE."""

from __future__ import annotations

import re

from sqlglot import exp

from verifier.api import (
    Call,
    Const,
    External,
    Field,
    Instance,
    Origin,
    Record,
    Sequence,
    Value,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_build as building
from . import _queries_methods as methods
from . import _queries_notes as notes
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_relations as relations
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from ._queries_sources import Source
from ._queries_state import Lift

Row = dict[str, tuple[exp.Expression, "Value | None"]]


class Write:
    """A statement that changes rows.

    ``rows``: what INSERT is given, each by column; UPDATE has one. ``conflict``: what an upsert does instead;
    ``alternative``: the word of ``INSERT OR ...``. ``postgres``: it is made by PostgreSQL's own function.
    """

    def __init__(self, kind: str, target: Source, call: Call) -> None:
        self.kind = kind
        self.target = target
        self.call = call
        self.where: list[exp.Expression] = []
        self.rows: list[Row] = []
        self.names: dict[str, Origin | None] = {}
        self.query: nouns.Selection | nouns.Compound | None = None
        self.returning: list[exp.Expression] = []
        self.conflict: exp.OnConflict | None = None
        self.given = False
        self.alternative = ""
        callee = call.callee
        self.postgres = isinstance(callee, External) and callee.path.startswith("sqlalchemy.dialects.postgresql.")

    def __deepcopy__(self, memo: object) -> Write:
        return self


def method(lift: Lift, base: Write, name: str, made: Instance, call: Call) -> object:
    """What a method of such a statement gives."""
    if name in ("where", "filter"):
        with lift.reading("where"):
            base.where.extend(operators.condition(lift, argument) for argument in call.arguments)
            if call.open:
                lift.doubt("conditions that are decided at run time")
    elif name == "filter_by":
        with lift.reading("where"):
            base.where.extend(relations.by_keywords(lift, base.target, call))
    elif name in ("values", "ordered_values"):
        take_values(lift, base, call)
    elif name == "from_select":
        from_select(lift, base, call)
    elif name in ("returning", "return_defaults"):
        if name == "returning":
            returning(lift, base, call)
    elif name.startswith("on_conflict") or name == "on_duplicate_key_update":
        conflict(lift, base, name, call)
    elif name == "cte":
        return lift.unknown("a common table that changes rows", call.origin)
    elif name == "prefix_with":
        prefix(lift, base, call)
    elif name not in selects.IGNORED and name not in ("inline", "options", "with_dialect_options"):
        lift.doubt(f"the method `{name}`", "where", "set" if base.kind == "update" else "values")
    return base


def prefix(lift: Lift, base: Write, call: Call) -> None:
    """``insert(...).prefix_with("OR IGNORE")``, which is SQLite's, and of which the insert may be PostgreSQL's."""
    said = call.text(0, "prefixes")
    word = re.fullmatch(r"\s*OR\s+(\w+)\s*", said, re.IGNORECASE) if said is not None else None
    if word is None or base.kind != "insert":
        return
    base.alternative = word[1].upper()
    if base.postgres and call.text(None, "dialect") in (None, "postgresql"):
        notes.sqlite_prefix(lift, base.alternative, call)


def clause(base: Write):  # type: ignore[no-untyped-def]
    """The clause that values belong to."""
    return "set" if base.kind == "update" else "values"


def take_values(lift: Lift, base: Write, call: Call) -> None:
    """``values(name=..., ...)``, ``values({...})``, ``values([{...}, ...])``."""
    base.given = True
    with lift.reading(clause(base)):
        if call.keywords:
            row: Row = base.rows[0] if base.rows else {}
            for name, given in call.keywords.items():
                take(lift, base, row, name, given, call.place(name))
            if not base.rows:
                base.rows.append(row)
        if call.open:
            lift.doubt("values that are decided at run time")
        for argument in call.arguments:
            take_given(lift, base, argument)


def take_given(lift: Lift, base: Write, argument: Value) -> None:
    """Take a dict of values, or a list of such."""
    plain = lift.decide(argument)
    if isinstance(plain, Record):
        take_record(lift, base, plain)
    elif isinstance(plain, Sequence):
        items = [lift.decide(item) for item in plain.items]
        if base.kind == "insert" and items and all(isinstance(item, Record) for item in items):
            for item in items:
                base.rows.append({})
                assert isinstance(item, Record)
                take_record(lift, base, item, base.rows[-1])
        elif not plain.items and isinstance(plain.element, Record):
            base.rows.append({})
            take_record(lift, base, plain.element, base.rows[-1])
        elif items and all(isinstance(item, Sequence) and len(item.items) == 2 for item in items):
            row: Row = base.rows[0] if base.rows else {}
            for item in items:
                assert isinstance(item, Sequence)
                take_key(lift, base, row, lift.decide(item.items[0]), item.items[1], None)
            if not base.rows:
                base.rows.append(row)
        else:
            lift.doubt("values that are decided at run time")
        if not plain.complete and not isinstance(plain.element, Record):
            lift.doubt("values that are decided at run time")
    else:
        lift.doubt(reason_of(plain))


def take_record(lift: Lift, base: Write, record: Record, row: Row | None = None) -> None:
    """Take the entries of a dict."""
    if row is None:
        row = base.rows[0] if base.rows else {}
        if not base.rows:
            base.rows.append(row)
    for key, given in record.entries.items():
        if isinstance(key, str):
            take(lift, base, row, key, given, record.places.get(key))
        elif isinstance(key, Value):
            take_key(lift, base, row, key, given, None)
        else:
            lift.doubt("keys that are decided at run time")
    if not record.complete:
        lift.doubt("values that are decided at run time")


def take_key(lift: Lift, base: Write, row: Row, key: Value, given: Value, at: Origin | None) -> None:
    """Take a value under a column, or its name."""
    name = text_of(key)
    if name is not None:
        take(lift, base, row, name, given, key.origin)
        return
    found = values.resolve(lift, key)
    if isinstance(found, exp.Column):
        column = found.copy()
        put(lift, base, row, column.name, column, given)
    else:
        lift.doubt("keys that are decided at run time")


def take(lift: Lift, base: Write, row: Row, name: str, given: Value, at: Origin | None) -> None:
    """Take a value under a name: an attribute's, or a column's."""
    column = sources.column(lift, base.target, name, at)
    if column is None and base.target.known is not None:
        own = base.target.known.entity.column(name)
        if own is not None:
            column = sources.column(lift, base.target, own.attribute, at)
    if column is None:
        unknown_value(lift, base, name, at)
        return
    put(lift, base, row, column.name, column, given)


def put(lift: Lift, base: Write, row: Row, name: str, column: exp.Expression, given: Value) -> None:
    """Put a value into a row."""
    base.names.setdefault(name, column.meta.get("at"))
    found = values.resolve(lift, given)
    if isinstance(found, exp.Placeholder | exp.Literal | exp.Boolean | exp.Null):
        node: exp.Expression = found
    else:
        node = values.as_expression(lift, found, given)
    row[name] = (node, given)


def unknown_value(lift: Lift, base: Write, name: str, at: Origin | None) -> None:
    """A value for something that the table does not have."""
    lift.doubt(f"the column `{name}`")
    known = base.target.known
    if base.target.open or at is None:
        return
    if known is not None and (known.entity.relationship(name) is not None or name in known.entity.attributes):
        return
    methods_note(lift, base, name, at)


def has(target: Source, name: str) -> bool:
    """Whether a table may have a column of a name, of whatever attribute."""
    return target.open or (target.known is not None and target.known.entity.column(name) is not None)


def methods_note(lift: Lift, base: Write, name: str, at: Origin, said: str = "") -> None:
    """Note a value for a column that does not exist."""
    from verifier.api import Defect

    noun = base.target.table or (base.target.known.entity if base.target.known is not None else None)
    related = ((noun.span, f"`{base.target.title}` is declared here"),) if noun is not None else ()
    known = notes.columns_of(base.target)
    if base.target.known is not None:
        known = [*known, *(column.attribute for column in base.target.known.entity.columns)]
    lift.defects.append(
        Defect(
            "sqlalchemy/unknown-column",
            lift.span(at),
            f"`{base.target.title}` has no column `{name}`",
            symptom=said or f"sqlalchemy.exc.CompileError: Unconsumed column names: {name}",
            remedy=notes.nearest(name, known),
            related=related,
        )
    )


def from_select(lift: Lift, base: Write, call: Call) -> None:
    """``insert(table).from_select(["name"], select(...))``."""
    with lift.reading("values"):
        for one in methods.listed(lift, call.argument(0, "names")):
            plain = lift.decide(one)
            name = text_of(plain)
            if name is not None:
                found = sources.column(lift, base.target, name, plain.origin)
                base.names[found.name if found is not None else name] = plain.origin
                continue
            column = values.resolve(lift, plain)
            if isinstance(column, exp.Column):
                base.names[column.name] = plain.origin
        given = call.argument(1, "select")
        query = values.resolve(lift, given) if given is not None else None
        if isinstance(query, nouns.Selection | nouns.Compound):
            base.query = query
        else:
            lift.doubt("a statement that is decided at run time")


def returning(lift: Lift, base: Write, call: Call) -> None:
    with lift.reading("returning"):
        for argument in selects.spread(lift, call):
            found = values.resolve(lift, argument)
            for one in selects.columns_of(lift, found, argument):
                base.returning.extend(sources.all_columns(lift, one) if isinstance(one, Source) else [one])


def conflict(lift: Lift, base: Write, name: str, call: Call) -> None:
    """``on_conflict_do_update(index_elements=[...], set_={...})``."""
    made = exp.OnConflict(duplicate=name == "on_duplicate_key_update")
    made.set("action", exp.Var(this="DO NOTHING" if name.endswith("nothing") else "DO UPDATE"))
    with lift.reading("conflict"):
        keys: list[exp.Expression] = []
        for one in methods.listed(lift, call.argument(None, "index_elements")):
            plain = lift.decide(one)
            text = text_of(plain)
            if text is not None:
                known = sources.column(lift, base.target, text, plain.origin)
                if known is None and plain.origin is not None and text.isidentifier() and not has(base.target, text):
                    methods_note(
                        lift, base, text, plain.origin, f"the database refuses the statement: no such column: {text}"
                    )
                column = exp.Column(this=pieces.name(known.name if known is not None else text, plain.origin))
                keys.append(pieces.placed(column, plain.origin))
                continue
            found = values.expression(lift, plain)
            if isinstance(found, exp.Column):
                keys.append(pieces.placed(exp.Column(this=found.this), found.meta.get("at")))
            else:
                keys.append(found)
        constraint = call.argument(None, "constraint")
        if constraint is not None:
            text = text_of(lift.decide(constraint))
            if text is not None:
                made.set("constraint", pieces.name(text, constraint.origin))
            else:
                lift.doubt("a constraint that is decided at run time")
        if keys:
            made.set("conflict_keys", keys)
        given = call.argument(None, "set_")
        if name == "on_duplicate_key_update":
            given = call.argument(0) or Record(dict[object, Value](call.keywords.items()))
        if given is not None:
            updated = Write("update", base.target, call)
            take_given(lift, updated, given)
            made.set("expressions", assignments(updated))
        condition = call.argument(None, "where")
        if condition is not None and not (isinstance(condition, Const) and condition.value is None):
            made.set("where", exp.Where(this=operators.condition(lift, condition)))
        if call.open:
            lift.doubt("what an upsert does, which is decided at run time")
    base.conflict = made


def assignments(base: Write) -> list[exp.Expression]:
    """``column = value`` of UPDATE."""
    row = base.rows[0] if base.rows else {}
    return [
        pieces.placed(exp.EQ(this=target(name, base.names.get(name)), expression=node), base.names.get(name))
        for name, (node, _) in row.items()
    ]


def target(name: str, at: Origin | None) -> exp.Column:
    """A column that is written to."""
    return pieces.placed(exp.Column(this=pieces.name(name, at)), at)


# Trees


def build(lift: Lift, base: Write) -> exp.Expression:
    """The tree of a statement that changes rows."""
    element = sources.element(lift, base.target, base.call.place(0))
    own = frozenset({base.target.key})
    if base.kind == "insert":
        tree: exp.Expression = insert(lift, base, element)
    elif base.kind == "update":
        tree = exp.Update(this=element, expressions=assignments(base))
        others = further(base, [*base.where, *(node for node, _ in (base.rows[0] if base.rows else {}).values())])
        if others:
            head, *rest = others
            body = sources.element(lift, head)
            if rest:
                body.set("joins", [exp.Join(this=sources.element(lift, one)) for one in rest])
            tree.set("from_", exp.From(this=body))
            own |= {one.key for one in others}
    else:
        tree = exp.Delete(this=element)
        others = further(base, base.where)
        if others:
            tree.set("using", [sources.element(lift, one) for one in others])
            own |= {one.key for one in others}
    criteria = parts.single_criteria(lift, base.target) if base.kind != "insert" else []
    if base.where or criteria:
        tree.set("where", exp.Where(this=operators.both(exp.And, [*base.where, *criteria])))
    if base.returning:
        tree.set("returning", exp.Returning(expressions=base.returning))
    building.complete(lift, tree, own, frozenset())
    return tree


def further(base: Write, nodes: list[exp.Expression]) -> list[Source]:
    """The other sources that conditions and values name."""
    found: dict[object, Source] = {}
    for node in nodes:
        for source in parts.sources_in(node):
            if source.key != base.target.key:
                found.setdefault(source.key, source)
    return list(found.values())


def insert(lift: Lift, base: Write, element: exp.Expression) -> exp.Insert:
    """INSERT."""
    names = list(base.names)
    into: exp.Expression = element
    if names:
        into = exp.Schema(this=element, expressions=[pieces.name(name, base.names[name]) for name in names])
    tree = exp.Insert(this=into)
    if base.query is not None:
        tree.set("expression", building.build(lift, base.query, frozenset(), asfrom=True))
    elif base.rows and names:
        rows = [
            exp.Tuple(expressions=[row[name][0] if name in row else exp.Null() for name in names]) for row in base.rows
        ]
        tree.set("expression", exp.Values(expressions=rows))
    else:
        tree.set("default", True)
    if base.conflict is not None:
        tree.set("conflict", base.conflict)
    if base.alternative:
        tree.set("alternative", base.alternative)
    return tree


def is_row_value(value: Value) -> bool:
    """Whether a value is what an object has, and no column."""
    return isinstance(value, Field) and not value.of_class
