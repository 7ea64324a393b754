"""What a value that code handles is in SQL: a source, a relationship, an expression, a statement."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import (
    Call,
    Choice,
    Class,
    External,
    Field,
    Function,
    Instance,
    Native,
    Origin,
    Parametrized,
    Relationship,
    Sequence,
    Term,
    Value,
    options,
    pieces,
    reason_of,
    syntax,
    text_of,
)

from . import _queries_functions as functions
from . import _queries_methods as methods
from . import _queries_notes as notes
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_relations as relations
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_writes as writes
from ._drafts import is_ours, path_of, word
from ._queries_schema import is_table
from ._queries_sources import Source
from ._queries_state import Lift
from ._rows import is_holder

GROUPS = ("c", "columns")
SENDING = frozenset("execute exec scalar scalars stream stream_scalars get get_one merge refresh".split())


class Rel:
    """A relationship as a statement names it."""

    def __init__(self, source: Source, relationship: Relationship, at: Origin | None) -> None:
        self.source = source
        self.relationship = relationship
        self.at = at
        self.of_type: Source | None = None
        self.extra: list[exp.Expression] = []

    def __deepcopy__(self, memo: object) -> Rel:
        return self


class Group:
    """The columns of a source, as ``.c`` offers them."""

    def __init__(self, source: Source) -> None:
        self.source = source


class Proxy:
    """An attribute of related objects, as ``association_proxy`` offers it."""

    def __init__(self, rel: Rel, name: str, at: Origin | None) -> None:
        self.rel = rel
        self.name = name
        self.at = at


class Sent:
    """What a statement gave when it was sent: rows, values."""


class Excluded:
    """The row that an upsert could not insert."""


def resolve(lift: Lift, value: Value) -> object:
    """What a value is; a plain value becomes a parameter."""
    if isinstance(value, Choice) and all(map(is_plain, value.options)):
        return bound(lift, value)
    value = lift.decide(value)
    lift.lifting.spend()
    with lift.deeper():
        if isinstance(value, Term):
            return operators.term(lift, value)
        if isinstance(value, Field):
            return of_field(lift, value)
        if isinstance(value, External):
            return of_external(lift, value)
        if isinstance(value, Class):
            found = sources.of_class(lift, value)
            return found if found is not None else bound(lift, value)
        if is_table(value):
            found = sources.of_table(lift, value)
            if found is not None and found.known is not None:
                return Group(found)  # columns go by the names that the table has for them
            return found if found is not None else lift.unknown("a table that was not read", value.origin)
        if isinstance(value, Parametrized):
            return of_item(lift, value)
        if isinstance(value, Instance) and value.kind is None and value.made_by is not None:
            if word(value) in ("Column", "mapped_column", "Field"):
                return of_column(lift, value)
            return of_call(lift, value) if type(value) is Instance else bound(lift, value)
        if isinstance(value, Function):
            return lift.unknown(f"the function `{value.name}`", value.origin)
        return bound(lift, value)


def is_plain(value: Value) -> bool:
    """Whether a value is no part of a statement, but something to compare with."""
    if isinstance(value, Term | Class | External | Parametrized | Function):
        return isinstance(value, External) and isinstance(value.receiver, Instance) and value.receiver.kind is not None
    if isinstance(value, Field):
        return not value.of_class
    if isinstance(value, Instance):
        return value.kind is not None or value.made_by is None or not is_ours(path_of(value))
    return True


def bound(lift: Lift, value: Value, title: str = "") -> exp.Expression:
    """A plain value as a parameter."""
    if isinstance(value, Field) and not title:
        title = value.name
    if isinstance(value, External) and not title:
        title = value.name
    return lift.bindings.bound(value, title)


def expression(lift: Lift, value: Value) -> exp.Expression:
    """A value where an expression stands."""
    return as_expression(lift, resolve(lift, value), value)


def as_expression(lift: Lift, found: object, value: Value | None = None) -> exp.Expression:
    """The same, of what was resolved already."""
    if isinstance(found, exp.Alias):
        inner: exp.Expression = found.this
        return inner
    if isinstance(found, exp.Expression):
        return found
    if isinstance(found, nouns.Selection | nouns.Compound):
        return parts.pending(found)
    if isinstance(found, nouns.Raw):
        return found.condition(lift)
    at = value.origin if value is not None else None
    if isinstance(found, Source):
        return lift.unknown(f"`{found.title}`, which stands where a column does", at)
    if isinstance(found, Rel):
        return lift.unknown(f"the relationship `{found.relationship.name}`, which stands where a column does", at)
    return lift.unknown(reason_of(value) if value is not None else "an expression that was not read", at)


# Attributes


def of_field(lift: Lift, value: Field) -> object:
    """An attribute of a mapped class; of an object, its value."""
    if not isinstance(value.holder, Class):
        return bound(lift, value)
    source = sources.of_class(lift, value.holder)
    if source is None:
        return lift.unknown(f"`{value.name}` of `{value.holder.name}`, which is no mapped class", value.origin)
    return attribute(lift, source, value.name, value.origin)


def attribute(lift: Lift, source: Source, name: str, at: Origin | None, *, own: bool = False) -> object:
    """An attribute of an entity, a column of a table or subquery; ``own``: it may be one of the object itself."""
    found = sources.column(lift, source, name, at)
    if found is not None:
        return found
    known = source.known
    if known is None:
        if not source.open and not own:
            notes.missing_column(lift, source, name, at)
        return lift.unknown(f"the column `{name}` of `{source.title}`", at)
    relationship = known.entity.relationship(name)
    if relationship is not None:
        return Rel(source, relationship, at)
    if name in GROUPS:
        return Group(source)
    if name == "__table__":
        return source
    proxied = lift.schema.proxied(known, name)
    if proxied is not None:
        rel = attribute(lift, source, proxied[0], at)
        return Proxy(rel, proxied[1], at) if isinstance(rel, Rel) else lift.unknown(f"the attribute `{name}`", at)
    member = lift.schema.attribute(known, name)
    if member is not None:
        made = resolve(lift, member)
        return methods.retold(made, of(lift, known.cls), source) if isinstance(made, exp.Expression) else made
    if source.aliased and not known.entity.open and name not in known.entity.attributes:
        notes.missing_attribute(lift, source, name, at)
    return lift.unknown(f"the attribute `{known.entity.name}.{name}`", at)


def of(lift: Lift, cls: Class) -> Source:
    """The source of a class that is mapped."""
    found = sources.of_class(lift, cls)
    assert found is not None
    return found


def names_after(value: External) -> list[str]:
    """The attributes that lead from the receiver to something of a library."""
    receiver = value.receiver
    prefix = ""
    if isinstance(receiver, Class):
        base = next((one for one in receiver.lineage() if isinstance(one, External | Instance) and one.path), None)
        prefix = getattr(base, "path", "") or ""
    elif isinstance(receiver, Instance | Term):
        prefix = receiver.path or ""
    if not prefix or not value.path.startswith(f"{prefix}."):
        return [value.name]
    return value.path[len(prefix) + 1 :].split(".")


def of_external(lift: Lift, value: External) -> object:
    """What ``receiver.name.name`` is."""
    receiver = value.receiver
    if receiver is None or is_holder(receiver):
        return functions.constant(lift, value)
    if isinstance(receiver, Instance) and receiver.kind is not None:
        return bound(lift, value)
    if is_sent(receiver):
        return bound(lift, value)
    names = names_after(value)
    base = resolve(lift, receiver)
    if isinstance(base, exp.Placeholder | Sent):
        return bound(lift, value)
    return after(lift, base, names, value.origin, None)


def after(lift: Lift, base: object, names: list[str], at: Origin | None, call: Call | None) -> object:
    """What attributes lead to, from a thing on; ``call`` is the call in which they stand before a method's name."""
    for number, name in enumerate(names):
        last = number == len(names) - 1
        place = at if last and call is None else None
        if call is not None and place is None:
            place = written_before(call, len(names) - number)
        base = step(lift, base, name, place)
    return base


def written_before(call: Call, back: int) -> Origin | None:
    """Where the name so many steps before a method's own is written."""
    node = call.node.callee if isinstance(call.node, syntax.Call) else None
    for _ in range(back):
        node = node.object if isinstance(node, syntax.Member) else None
    if not isinstance(node, syntax.Member):
        return None
    return Origin(call.frame.module.path, node.end - len(node.name.encode()), node.end)


def step(lift: Lift, base: object, name: str, at: Origin | None) -> object:
    """What an attribute of a thing is."""
    if isinstance(base, Source):
        return (
            Group(base)
            if name in GROUPS and base.known is None
            else attribute(lift, base, name, at, own=base.known is None)
        )
    if isinstance(base, Group):
        return base if name in GROUPS else of_group(lift, base, name, at)
    if isinstance(base, Excluded):
        column = exp.Column(this=pieces.name(name, at), table=pieces.name("excluded"))
        return pieces.placed(column, at)
    if isinstance(base, writes.Write) and name == "excluded":
        return Excluded()
    if isinstance(base, nouns.Selection | nouns.Compound) and name in (*GROUPS, "selected_columns"):
        return Group(parts.as_source(lift, base, base, None))
    if isinstance(base, Rel) and at is not None:
        notes.column_of_relationship(lift, base.source, base.relationship, name, at)
    if isinstance(base, exp.Expression) and name == "astext":
        return operators.as_text(base)
    if isinstance(base, exp.Expression) and pieces.is_hole(base):
        return base
    return lift.unknown(f"the attribute `{name}`", at)


def of_group(lift: Lift, base: Group, name: str, at: Origin | None) -> object:
    """A column by its key among those of a table or subquery."""
    source = base.source
    if source.known is not None:
        column = source.known.entity.column(name)
        if column is None:
            if not source.open:
                notes.missing_column(lift, source, name, at)
            return lift.unknown(f"the column `{name}` of `{source.title}`", at)
        alias = sources.referred(source, column.attribute)
        return sources.column_node(source, column.name, alias, at, column.attribute, column)
    return attribute(lift, source, name, at)


def of_item(lift: Lift, value: Parametrized) -> object:
    """``table.c["name"]``."""
    key = lift.decide(value.arguments[0]) if len(value.arguments) == 1 else None
    name = text_of(key)
    base = resolve(lift, value.base) if isinstance(value.base, External) else None
    if isinstance(base, Group) and name is not None:
        return of_group(lift, base, name, key.origin if key is not None else None)
    return lift.unknown("a column that is decided at run time", value.origin)


def of_column(lift: Lift, value: Instance) -> object:
    """A ``Column(...)`` by itself."""
    member = lift.schema.member(value)
    if member is not None:
        return attribute(lift, sources.of_known(lift, member[0]), member[1], value.origin)
    found = lift.schema.column_at(value)
    if found is None:
        return lift.unknown("a column that belongs to no table that was read", value.origin)
    holder, column = found
    for known in lift.schema.entities(holder.name):
        if known.entity is holder:
            source = sources.of_known(lift, known)
            return sources.column_node(
                source, column.name, sources.referred(source, column.attribute), value.origin, column.attribute, column
            )
    return lift.unknown("a column of a table that was not read", value.origin)


# Calls


def of_call(lift: Lift, value: Instance) -> object:
    """What a chain of calls made."""
    if id(value) in lift.things:
        return lift.things[id(value)]
    if is_sent(value):
        return bound(lift, value)
    steps: list[tuple[Instance, Call, External]] = []
    found: Value = value
    while isinstance(found, Instance) and found.made_by is not None and type(found) is Instance:
        if id(found) in lift.things:
            break
        callee = lift.decide(found.made_by.callee)
        if not isinstance(callee, External) or callee.receiver is None or is_holder(callee.receiver):
            break
        receiver = callee.receiver
        if not isinstance(receiver, Instance) or isinstance(receiver, Field) or receiver.kind is not None:
            break
        steps.append((found, found.made_by, callee))
        found = lift.decide(callee.receiver)
    base = lift.things[id(found)] if id(found) in lift.things else root(lift, found)
    for made, call, callee in reversed(steps):
        lift.made_in(call)
        names = names_after(callee)
        if isinstance(base, exp.Placeholder | Sent):
            return bound(lift, value)
        held = after(lift, base, names[:-1], None, call) if len(names) > 1 else base
        base = method(lift, held, names[-1], made, call)
    if isinstance(base, Source):  # a subquery or an alias stays one, however often it is named
        lift.things[id(value)] = base
        lift.kept.append(value)
    return bound(lift, value) if isinstance(base, Sent) else base


def is_sent(value: Value | None) -> bool:
    """Whether a value comes of rows that a statement gave: a chain leads to it from where one was sent."""
    for _ in range(100):
        value = next(iter(options(value))) if value is not None else None
        if isinstance(value, External):
            value = value.receiver
            continue
        if not isinstance(value, Instance) or value.made_by is None or isinstance(value, Field):
            return False
        callee = value.made_by.callee
        if not isinstance(callee, External):
            return False
        if is_holder(callee.receiver):
            return callee.name in SENDING
        if callee.name in selects.SENT and ".query" in callee.path:
            return True
        value = callee.receiver
    return False


def before(lift: Lift, call: Call) -> object:
    """What the method of a call is called on."""
    callee = lift.decide(call.callee)
    if not isinstance(callee, External) or callee.receiver is None:
        return lift.unknown("what a statement is made of", call.origin)
    receiver = lift.decide(callee.receiver)
    names = names_after(callee)
    lift.made_in(call)
    row = receiver.kind if isinstance(receiver, Instance) and names[0] == "query" else None
    receiver = row if row is not None else receiver
    if isinstance(receiver, Class) and names[0] == "query" and sources.of_class(lift, receiver) is not None:
        return after(lift, selects.query_of(lift, receiver, callee), names[1:-1], None, call)
    base = resolve(lift, receiver)
    return after(lift, base, names[:-1], None, call) if len(names) > 1 else base


def root(lift: Lift, value: Value) -> object:
    """What the first call of a chain made."""
    if not isinstance(value, Instance) or value.made_by is None or type(value) is not Instance:
        return resolve(lift, value)
    call = value.made_by
    lift.made_in(call)
    callee = lift.decide(call.callee)
    if isinstance(callee, Instance):
        return methods.called(lift, callee, call)
    if not isinstance(callee, External):
        name = callee.name if isinstance(callee, Native) else "a function"
        return lift.unknown(f"what `{name}` gives", value.origin)
    receiver = callee.receiver
    if receiver is None or is_holder(receiver):
        if callee.name == "query" and is_holder(receiver):
            return selects.query(lift, call)
        if not is_ours(callee.path) or (receiver is not None and callee.name in SENDING):
            return bound(lift, value)
        return functions.called(lift, callee, value, call)
    names = names_after(callee)
    row = receiver.kind if isinstance(receiver, Instance) and names[0] == "query" else None
    if row is not None and sources.of_class(lift, row) is not None:  # self.query of an object
        receiver = row
    if isinstance(receiver, Class) and names[0] in ("query", "select") and sources.of_class(lift, receiver) is not None:
        started = selects.query_of(lift, receiver, callee)
        held = after(lift, started, names[1:-1], None, call) if len(names) > 2 else started
        return method(lift, held, names[-1], value, call)
    if isinstance(receiver, Instance) and receiver.kind is not None:
        return bound(lift, value)
    base = resolve(lift, receiver)
    if isinstance(base, exp.Placeholder | Sent):
        return bound(lift, value)
    return method(lift, after(lift, base, names[:-1], None, call), names[-1], value, call)


def method(lift: Lift, base: object, name: str, made: Instance, call: Call) -> object:
    """What calling a method of a thing gives."""
    if isinstance(base, nouns.Selection):
        return selects.method(lift, base, name, made, call)
    if isinstance(base, nouns.Compound):
        return selects.compound_method(lift, base, name, made, call)
    if isinstance(base, writes.Write):
        return writes.method(lift, base, name, made, call)
    if isinstance(base, Group):
        base = base.source
    if isinstance(base, Source):
        return methods.of_source(lift, base, name, made, call)
    if isinstance(base, Rel):
        return methods.of_relationship(lift, base, name, call)
    if isinstance(base, Proxy):
        return relations.by_proxy(
            lift, base, lambda column: as_expression(lift, methods.of_expression(lift, column, name, call))
        )
    if isinstance(base, nouns.Joined):
        return selects.joined_method(lift, base, name, made, call)
    if isinstance(base, nouns.Raw):
        return selects.raw_method(lift, base, name, made, call)
    if isinstance(base, exp.Expression):
        if pieces.is_hole(base):
            return base
        return methods.of_expression(lift, base, name, call)
    return lift.unknown(f"the method `{name}`", call.origin)


def items_of(lift: Lift, value: Value | None) -> list[Value] | None:
    """The items of a list whose all items are known."""
    found = lift.decide(value) if value is not None else None
    return list(found.items) if isinstance(found, Sequence) and found.complete else None


def path_word(value: Value) -> str:
    """The last name of a path."""
    return path_of(value).rpartition(".")[2]


def column_name(found: object) -> str | None:
    """A column as code names it, where something is one."""
    return f"`{found.meta.get('key', found.name)}`" if isinstance(found, exp.Column) else None
