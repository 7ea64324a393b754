"""Methods that associations give rows: ``article.getTags()``, ``user.addFollower(other)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlglot import exp

from verifier.api import Action, Const, Instance, Record, Sequence, Site, Unknown, Value, pieces, text_of

from ._conditions import Context, conditions, joined
from ._finding import Node, finish, queried
from ._fragments import column, table
from ._given import Reading, is_nothing, merged_record
from ._schema import Link, Model
from ._selecting import assembled, attributes, junction_attributes, not_deleted, with_key
from ._writing import assignment, given_values, insert, inserted, now, updated

name = pieces.name


class RelatedCall(NamedTuple):
    """A method of an association: ``verb`` is ``get``, ``set``, ``add``, ``create``, ``remove``, ``has``, ``count``."""

    link: Link
    verb: str
    site: Site
    first: int  # the place of its first argument

    def argument(self, place: int) -> Value | None:
        """An argument after the alias, where it is given one."""
        return self.site.call.argument(place + self.first)


Made = tuple[Action, Callable[[Reading], "exp.Expression | None"], Model]
VERBS = ("get", "set", "add", "create", "remove", "has", "count")


def mixin_of(model: Model, site: Site, method: str) -> RelatedCall | None:
    """The association that gives a row a method."""
    if method.startswith("$"):
        alias = text_of(site.call.argument(0))
        link = model.associations.get(alias or "")
        return RelatedCall(link, method[1:], site, 1) if link is not None and method[1:] in VERBS else None
    for link in model.associations.values():
        if method in link.accessors():
            verb = next(verb for verb in VERBS if method.startswith(verb))
            return RelatedCall(link, verb, site, 0)
    return None


def related_queries(found: RelatedCall) -> list[Made]:
    """The statements of such a call."""
    link = found.link
    target = link.target
    assert target is not None
    many = link.kind == "belongsToMany"
    if found.verb == "get":
        action: Action = "first" if link.kind in ("belongsTo", "hasOne") else "rows"
        return [(action, lambda reading: got(reading, found, options(reading, found, 0)), target)]
    if found.verb == "count":
        return [("count", lambda reading: counted(reading, found), target)]
    if found.verb == "has":
        return [("exists", lambda reading: asked(reading, found), target)]
    if found.verb == "create":
        made: list[Made] = [("write", lambda reading: created(reading, found), target)]
        if many and link.through is not None:
            made.append(("write", lambda reading: linked(reading, found), link.through))
        elif link.kind == "belongsTo":
            made.append(("write", lambda reading: pointed(reading, found), link.source))
        return made
    if many and link.through is not None:
        kept: list[Made] = [("rows", lambda reading: looked(reading, found), link.through)]
        if found.verb in ("set", "remove"):
            kept.append(("write", lambda reading: unlinked(reading, found), link.through))
        if found.verb == "remove":
            return kept[1:]
        return [*kept, ("write", lambda reading: linked(reading, found), link.through)]
    if link.kind == "belongsTo":
        return [("write", lambda reading: pointed(reading, found), link.source)]
    removing = found.verb == "remove"
    return [("write", lambda reading: claimed(reading, found, removing=removing), target)]


def options(reading: Reading, found: RelatedCall, place: int) -> Record:
    """The options of such a call."""
    given = found.argument(place)
    given = reading.pick(given) if given is not None else None
    if isinstance(given, Record):
        return given
    return Record() if is_nothing(given) else Record(complete=False)


def key_value(found: RelatedCall, key: str | None) -> Value:
    """A key of the row whose method is called."""
    callee = found.site.call.callee
    row = getattr(callee, "receiver", None)
    value = row.attributes.get(key or "") if isinstance(row, Instance) else None
    return value if value is not None else Unknown(f"the attribute `{key}` of the row")


def got(reading: Reading, found: RelatedCall, given: Record, columns: list[exp.Expression] | None = None) -> exp.Select:
    """``getX``: the rows of the target that belong to the row."""
    link, target = found.link, found.link.target
    assert target is not None
    scopes: tuple[Value, ...] | None = None
    wanted = given.entries.get("scope")
    if wanted is not None:
        scopes = () if isinstance(wanted, Const) and not wanted.value else (wanted,)
    extra: list[exp.Expression] = []
    node = queried(reading, target, given, scopes)
    if link.kind == "belongsTo":
        field = target.field(link.own_key) or ""
        extra.append(equals(reading, node.alias, field, key_value(found, link.foreign_key), link.foreign_key))
    elif link.through is None:
        field = target.field(link.foreign_key) or ""
        extra.append(equals(reading, node.alias, field, key_value(found, link.own_key), link.foreign_key))
    limit = reading.entry(node.given, "limit")
    if link.kind == "hasOne" and limit is None:
        limit = Const(1)
    if link.kind == "belongsTo":
        limit = None
    finish(reading, node, limit, raw=False)
    if link.through is None:
        return assembled(reading, node, limit, columns=columns, extra=extra)
    return through(reading, found, node, limit, given, columns)


def equals(reading: Reading, alias: str | None, field: str, value: Value, title: str | None) -> exp.EQ:
    """``column = value``."""
    return exp.EQ(this=column(alias, field), expression=reading.bindings.bound(value, title or ""))


def through(
    reading: Reading,
    found: RelatedCall,
    node: Node,
    limit: Value | None,
    given: Record,
    columns: list[exp.Expression] | None,
) -> exp.Select:
    """``getX`` of a many-to-many association: joined with the junction."""
    link, target = found.link, found.link.target
    junction = link.through
    assert target is not None and junction is not None
    alias = junction.name
    node.others.append(junction)
    inner = reading.entry(given, "through")
    holder = Node(target, link, "", Record(), None)
    wanted = given.entries.get("joinTableAttributes")
    holder.through = Record({"attributes": wanted}) if wanted is not None else None
    with_key(node)
    selected = columns if columns is not None else attributes(reading, node)
    if columns is None:
        selected = [*selected, *junction_attributes(reading, holder, junction, alias)]
    conditions_: list[exp.Expression | None] = [
        exp.EQ(
            this=column(node.alias, target.field(link.target_key) or ""),
            expression=column(alias, junction.field(link.other_key) or ""),
        ),
        not_deleted(junction, alias),
        equals(reading, alias, junction.field(link.foreign_key) or "", key_value(found, link.own_key), link.own_key),
    ]
    if isinstance(inner, Record):
        conditions_.append(conditions(reading, inner.entries.get("where"), Context(junction, alias)))
    join = exp.Join(this=table(junction, alias), kind="INNER", on=joined(conditions_))
    made = assembled(reading, node, limit, columns=selected)
    innermost = made.find(exp.Subquery) if node.sub_query else None
    at = innermost.this if innermost is not None and isinstance(innermost.this, exp.Select) else made
    at.set("joins", [*(at.args.get("joins") or []), join])
    return made


def counted(reading: Reading, found: RelatedCall) -> exp.Select:
    """``countX``."""
    link, target = found.link, found.link.target
    assert target is not None
    key = link.target_key if link.through is not None else target.primary_key
    over = exp.Count(this=column(target.name, target.field(key) or ""), big_int=True)
    return got(reading, found, options(reading, found, 0), [exp.Alias(this=over, alias=name("count"))])


def asked(reading: Reading, found: RelatedCall) -> exp.Select:
    """``hasX``."""
    link, target = found.link, found.link.target
    assert target is not None
    key = link.target_key if link.through is not None else target.primary_key
    field = target.field(key) or ""
    given = merged_record(
        options(reading, found, 1),
        Record({"where": Record({key: Unknown(f"the key `{key}`")}), "scope": Const(False)}),
    )
    selected = exp.Alias(this=column(target.name, field), alias=name(key or "")) if field != key else None
    return got(reading, found, given, [selected or column(target.name, field)])


def created(reading: Reading, found: RelatedCall) -> exp.Insert:
    """``createX``: a row of the target, with the key of the row where it holds one."""
    link, target = found.link, found.link.target
    assert target is not None
    value = found.argument(0)
    values = reading.pick(value) if value is not None else Record()
    if link.kind in ("hasMany", "hasOne") and isinstance(values, Record):
        values = merged_record(values, Record({link.foreign_key: key_value(found, link.own_key)}))
    return insert(reading, target, values, options(reading, found, 1))


def junction_values(reading: Reading, found: RelatedCall) -> Record:
    """The keys of a new row of the junction, and what ``through`` gives it."""
    link = found.link
    inner = reading.entry(options(reading, found, 1), "through")
    made = Record(
        {
            link.foreign_key: key_value(found, link.own_key),
            link.other_key: Unknown(f"the key `{link.target_key}` of what is added"),
        }
    )
    return merged_record(inner, made) if isinstance(inner, Record) else made


def linked(reading: Reading, found: RelatedCall) -> exp.Insert:
    """``addX`` of a many-to-many association: a row of the junction."""
    junction = found.link.through
    assert junction is not None
    made = given_values(reading, junction, junction_values(reading, found), filled=True)
    return inserted(junction, list(made), [[entry[0] for entry in made.values()]])


def looked(reading: Reading, found: RelatedCall) -> exp.Select:
    """What ``addX`` and ``setX`` look up first: the rows of the junction that exist."""
    link, junction = found.link, found.link.through
    assert junction is not None
    node = queried(reading, junction, Record(), ())
    finish(reading, node, None, raw=True)
    field = junction.field(link.foreign_key) or ""
    extra: list[exp.Expression] = [equals(reading, node.alias, field, key_value(found, link.own_key), link.foreign_key)]
    if found.verb == "add":
        extra.append(others(reading, found, node.alias))
    return assembled(reading, node, None, extra=extra)


def others(reading: Reading, found: RelatedCall, alias: str | None) -> exp.Expression:
    """The keys of what is added or removed."""
    link, junction = found.link, found.link.through
    assert junction is not None
    field = junction.field(link.other_key) or ""
    value = Unknown(f"the key `{link.target_key}` of what is given")
    given = found.argument(0)
    count = len(given.items) if isinstance(given, Sequence) and given.complete else 1
    made = [reading.bindings.bound(value, link.other_key or "") for _ in range(max(count, 1))]
    return exp.In(this=column(alias, field), expressions=made)


def unlinked(reading: Reading, found: RelatedCall) -> exp.Expression:
    """``removeX`` of a many-to-many association."""
    link, junction = found.link, found.link.through
    assert junction is not None
    field = junction.field(link.foreign_key) or ""
    where = joined(
        [equals(reading, None, field, key_value(found, link.own_key), link.foreign_key), others(reading, found, None)]
    )
    deleted = junction.automatic.get("deletedAt")
    if deleted is not None and junction.options.get("paranoid"):
        sets = [assignment(junction, deleted, now(reading, deleted))]
        return updated(reading, junction, sets, joined([not_deleted(junction, None), where]), Record())
    return exp.Delete(this=table(junction), where=exp.Where(this=where))


def pointed(reading: Reading, found: RelatedCall) -> exp.Expression:
    """``setX`` of a row that holds the key."""
    link = found.link
    key = link.foreign_key or ""
    value = found.argument(0)
    empty = found.verb == "set" and value is not None and is_nothing(value)
    made: exp.Expression = (
        exp.Null() if empty else reading.bindings.bound(Unknown(f"the key `{link.own_key}` of what is set"), key)
    )
    sets = [assignment(link.source, key, made)]
    stamp = link.source.automatic.get("updatedAt")
    if stamp is not None:
        sets.append(assignment(link.source, stamp, now(reading, stamp)))
    where = [
        equals(reading, None, link.source.field(part) or part, key_value(found, part), part)
        for part in link.source.primary_keys
    ]
    return updated(reading, link.source, sets, joined(where), Record())


def claimed(reading: Reading, found: RelatedCall, *, removing: bool) -> exp.Expression:
    """``addX``, ``setX`` and ``removeX`` of rows that hold the key of this one."""
    link, target = found.link, found.link.target
    assert target is not None
    key = link.foreign_key or ""
    own = key_value(found, link.own_key)
    sets = [assignment(target, key, exp.Null() if removing else reading.bindings.bound(own, key))]
    stamp = target.automatic.get("updatedAt")
    if stamp is not None:
        sets.append(assignment(target, stamp, now(reading, stamp)))
    value = Unknown("the keys of what is given")
    kept: list[exp.Expression | None] = [not_deleted(target, None)]
    if removing:
        kept.append(equals(reading, None, target.field(key) or key, own, key))
    kept += [
        exp.In(this=column(None, target.field(part) or part), expressions=[reading.bindings.bound(value, part)])
        for part in target.primary_keys
    ]
    return updated(reading, target, sets, joined(kept), Record())
