"""``order`` and ``group``."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import Const, Instance, Origin, Record, Sequence, Value, text_of

from ._finding import Node, selected
from ._fragments import column, identifiers, json_path, sql_of, unknown, written_order
from ._given import Reading, argument, is_association, is_model, is_nothing, link_of, method_of, why
from ._schema import Link, Model, attribute_type
from ._unknown import note_column

DIRECTIONS = {
    "ASC": (False, None),
    "DESC": (True, None),
    "ASC NULLS LAST": (False, False),
    "DESC NULLS LAST": (True, False),
    "ASC NULLS FIRST": (False, True),
    "DESC NULLS FIRST": (True, True),
    "NULLS FIRST": (False, True),
    "NULLS LAST": (False, False),
}


def orders(reading: Reading, node: Node) -> tuple[list[exp.Expression], list[exp.Expression]]:
    """``getQueryOrders``: of the whole statement, and of the limited one inside."""
    wanted = reading.entry(node.given, "order")
    if wanted is None:
        return [], []
    outer: list[exp.Expression] = []
    inner: list[exp.Expression] = []
    if not isinstance(wanted, Sequence):
        if method_of(wanted) is not None:
            found = ordered_sql(reading, wanted)
            return found, [part.copy() for part in found] if node.sub_query else []
        if isinstance(wanted, Const):
            note_order_text(reading, wanted)
        reading.opens("order", why(wanted))
        return [], []
    if not wanted.complete:
        reading.opens("order", "an order that is set at run time")
    for item in wanted.items:
        item = reading.pick(item)
        if is_nothing(item):
            continue
        if method_of(item) is not None:
            found = ordered_sql(reading, item)
        else:
            parts = list(item.items) if isinstance(item, Sequence) else [item]
            if isinstance(item, Sequence) and not item.complete:
                reading.opens("order", "an order that is set at run time")
            first = reading.pick(parts[0]) if parts else None
            if first is not None and method_of(first) == "literal" and len(parts) == 1:
                found = ordered_sql(reading, first)
            else:
                found = ordered(reading, node, [reading.pick(part) for part in parts])
            if node.sub_query and first is not None and not of_include(node, first):
                inner += [part.copy() for part in found]
            outer += named_orders(node, first, found)
            continue
        outer += found
        if node.sub_query:
            inner += [part.copy() for part in found]
    return outer, inner


def note_order_text(reading: Reading, wanted: Value) -> None:
    """Sequelize 6 throws on ``order: "name"``."""
    reading.reasons["an order that is no list"] = None


def of_include(node: Node, first: Value) -> bool:
    """Whether an order is by something that is joined."""
    if is_model(first) or is_association(first):
        return True
    if isinstance(first, Record) and "model" in first.entries:
        return True
    return (text_of(first) or "") in node.model.associations


def ordered_sql(reading: Reading, item: Value) -> list[exp.Expression]:
    """``literal("count DESC")``, ``fn("random")``."""
    if method_of(item) == "literal" and isinstance(item, Instance):
        found = written_order(reading, argument(item, 0))
        if found:
            return found
    return [directed(reading, sql_of(reading, item))]


def ordered(reading: Reading, node: Node, parts: list[Value]) -> list[exp.Expression]:
    """``quote``: the way over associations, the attribute, the direction."""
    model: Model | None = node.model
    path: list[str] = []
    place = 0
    while place < len(parts):
        link = step(reading, model, parts[place], path, node)
        if link is None:
            break
        path.append(link.name or "")
        model = link.target
        place += 1
    if place >= len(parts):
        reading.opens("order", "an order without a column")
        return []
    item = parts[place]
    if is_model(item) or isinstance(item, Record) or is_association(item):
        junction = through_of(reading, node, path, item)
        if junction is None:
            reading.opens("order", "an order by an association that was not found")
            return []
        path.append(junction.name)
        model = junction
        place += 1
        if place >= len(parts):
            return []
        item = parts[place]
    alias = "->".join(path) if path else node.alias
    made = by(reading, node, model, alias, item, nested=bool(path))
    rest = parts[place + 1 :]
    descending, nulls_first = False, None
    for part in rest:
        text = text_of(argument(part, 0)) if method_of(part) and isinstance(part, Instance) else text_of(part)
        if (text or "").upper().strip() in DIRECTIONS:
            descending, nulls_first = DIRECTIONS[(text or "").upper().strip()]
        else:
            reading.reasons["the direction of an order"] = None
    return [directed(reading, made, descending=descending, nulls_first=nulls_first)]


def directed(
    reading: Reading, made: exp.Expression, *, descending: bool = False, nulls_first: bool | None = None
) -> exp.Ordered:
    """An order with its direction; where nothing is said, nulls come where the database puts them."""
    if nulls_first is None:
        nulls_first = descending == (reading.dialect in ("postgres", "")) or None
    return exp.Ordered(this=made, desc=descending or None, nulls_first=nulls_first)


def step(reading: Reading, model: Model | None, item: Value, path: list[str], node: Node) -> Link | None:
    """The association that one part of an order follows."""
    if model is None:
        return None
    text = text_of(item)
    if text is not None:
        return model.associations.get(text)
    if is_association(item):
        return link_of(reading.registry, model, item)
    alias: str | None = None
    wanted: Value | None = item
    if isinstance(item, Record):
        wanted = item.entries.get("model")
        alias = text_of(item.entries.get("as"))
    target = reading.registry.find(wanted) if wanted is not None and (is_model(wanted)) else None
    if target is None:
        return None
    links = [link for link in model.associations.values() if link.target is target]
    if alias is not None:
        return next((link for link in links if link.name == alias), None)
    plain = [link for link in links if not link.options.get("as")]
    return plain[0] if plain else links[0] if len(links) == 1 and is_typescript_model(model) else None


def is_typescript_model(model: Model) -> bool:
    """Whether a model is sequelize-typescript's."""
    from ._finding import is_typescript

    return is_typescript(model.value)


def through_of(reading: Reading, node: Node, path: list[str], item: Value) -> Model | None:
    """The junction of the association that an order followed last."""
    model: Model | None = node.model
    link: Link | None = None
    for name_ in path:
        link = model.associations.get(name_) if model is not None else None
        model = link.target if link is not None else None
    wanted = item.entries.get("model") if isinstance(item, Record) else item
    found = reading.registry.find(wanted)
    return found if link is not None and link.through is not None and link.through is found else None


def by(reading: Reading, node: Node, model: Model | None, alias: str, item: Value, *, nested: bool) -> exp.Expression:
    """What an order is by."""
    if method_of(item) is not None:
        return sql_of(reading, item)
    text = text_of(item)
    if text is None:
        reading.opens("order", why(item))
        return unknown(reading, item)
    if model is not None and text not in model.attributes and "." in text:
        return dotted(reading, model, alias, text, item.origin)
    field = model.field(text) if model is not None else text
    if field is not None and "." in field:
        return identifiers(field, item.origin)
    made = column(alias, field or text, item.origin)
    known = not nested and alias_of(node, text) is not None
    if not known and note_column(reading, model, text, item.origin, "order"):
        made.this.meta["noted"] = True
    return made


def dotted(reading: Reading, model: Model, alias: str, text: str, origin: Origin | None) -> exp.Expression:
    """``"meta.size"``: a path into a JSON attribute, or a name that is put in as it stands."""
    head, *path = text.split(".")
    attribute = model.attributes.get(head)
    if attribute is not None and attribute_type(attribute).kind == "json":
        return json_path(reading, column(alias, model.field(head) or head, origin), path)
    return identifiers(text, origin)


def named_orders(node: Node, first: Value | None, found: list[exp.Expression]) -> list[exp.Expression]:
    """The whole statement is ordered by the name under which something is selected, where it has one of its own."""
    text = text_of(first)
    alias = alias_of(node, text) if text is not None else None
    if alias is not None and first is not None and len(found) == 1 and isinstance(found[0], exp.Ordered):
        found[0].set("this", column(None, alias, first.origin))
    return found


def alias_of(node: Node, text: str) -> str | None:
    """The name under which an attribute is selected, where it is not that of its column."""
    for item in selected(node):
        if isinstance(item, Sequence) and len(item.items) == 2 and text in map(text_of, item.items):
            return text_of(item.items[1])
        name = text_of(item)
        if name is not None and node.model.field(name) not in (None, name) and text in (name, node.model.field(name)):
            return name
    return None


def group_by(reading: Reading, node: Node) -> list[exp.Expression]:
    """``group``."""
    wanted = reading.entry(node.given, "group")
    if wanted is None:
        return []
    items = wanted.items if isinstance(wanted, Sequence) else [wanted]
    made: list[exp.Expression] = []
    for item in items:
        item = reading.pick(item)
        if isinstance(item, Sequence) and item.items:
            item = reading.pick(item.items[0])
        text = text_of(item)
        if text is not None:
            grouped = identifiers(text, item.origin)
            plain = "." not in text and alias_of(node, text) is None
            if plain and note_column(reading, node.model, text, item.origin, "group"):
                grouped.this.meta["noted"] = True
            made.append(grouped)
        elif method_of(item) is not None:
            made.append(sql_of(reading, item))
        else:
            reading.opens("group", why(item))
    return made
