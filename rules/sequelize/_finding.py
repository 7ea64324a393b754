"""What a query brings along: ``include`` made whole, as Sequelize does before it writes the statement."""

from __future__ import annotations

import re
from typing import TypeGuard

from verifier.api import Class, Const, Origin, Record, Sequence, Value, text_of

from ._given import (
    Reading,
    is_association,
    is_model,
    is_nothing,
    link_of,
    listed,
    merged_record,
    why,
)
from ._models import DefinedModel
from ._plain import Options, pattern_of
from ._schema import Link, Model, has_column
from ._scopes import scope_of

DEEPEST = 8
FARTHEST = 80  # bytes between `include` and the model that it names


class Node:
    """The queried model, or one that is included.

    Attributes:
        alias: under which it stands in the statement: of what is included inside another, with all of these before it.
        given: its options, scopes merged in.
        attributes: what is selected of it; None for all.
        wheres: the conditions of the query and those of scopes and associations, all of which hold.
        paranoid: whether rows that are marked as deleted are left out.
        inner: whether it stands in the statement that is limited, where there is one inside of the statement.
        filters: whether the limited statement asks for at least one such row.
    """

    def __init__(self, model: Model, link: Link | None, alias: str, given: Record, parent: Node | None) -> None:
        self.model = model
        self.link = link
        self.name = alias
        self.given = given
        self.parent = parent
        self.origin: Origin | None = given.origin
        self.attributes: list[Value] | None = None
        self.wheres: list[tuple[Value, Model]] = []
        self.children: list[Node] = []
        self.required: bool | None = None
        self.separate = False
        self.right = False
        self.duplicating: bool | None = None
        self.has_duplicating = False
        self.has_required = False
        self.has_multi = False
        self.has_single = False
        self.limited = False
        self.sub_query: bool | None = None
        self.inner = False
        self.filters = False
        self.paranoid = True
        self.through: Record | None = None
        self.vague = False
        self.others: list[Model] = []  # what else the statement reads from

    @property
    def alias(self) -> str:
        """The alias in the statement."""
        if self.parent is None or self.parent.parent is None:
            return self.name
        return f"{self.parent.alias}->{self.name}"

    @property
    def aliases(self) -> frozenset[str]:
        """The names that expressions and renamed columns are selected under."""
        found = {text_of(item.items[1]) for item in self.attributes or () if is_pair(item)}
        fields = {name for name in self.model.attributes if self.model.field(name) != name}
        return frozenset(name for name in found if name is not None) | fields

    @property
    def title(self) -> str:
        """What stands before the names of its columns in the result."""
        if self.parent is None:
            return ""
        return f"{self.parent.title}{self.name}."

    @property
    def top(self) -> Node:
        """The queried model."""
        return self if self.parent is None else self.parent.top

    @property
    def multi(self) -> bool:
        """Whether it gives a collection."""
        return self.link is not None and self.link.kind in ("hasMany", "belongsToMany")


def is_pair(item: Value) -> TypeGuard[Sequence]:
    """Whether an attribute is given another name."""
    return isinstance(item, Sequence) and len(item.items) == 2


def queried(reading: Reading, model: Model, given: Record, scopes: tuple[Value, ...] | None) -> Node:
    """The queried model with all that is included."""
    scope = scope_of(reading, model, scopes)
    options = merged_record(scope, given, deep=True) if scope is not None else given
    node = Node(model, None, model.name, options, None)
    take_options(reading, node)
    return node


def take_options(reading: Reading, node: Node) -> None:
    """Attributes, conditions and includes of a node."""
    given = node.given
    if not given.complete:
        for clause in ("where", "columns", "from", "order", "limit"):
            reading.opens(clause, "options that are set at run time")
    where = given.entries.get("where")
    if where is not None and not is_nothing(where):
        node.wheres.append((where, node.model))
    node.paranoid = reading.flag(given, "paranoid") is not False
    take_attributes(reading, node)


def finish(reading: Reading, node: Node, limit: Value | None, *, raw: bool) -> None:
    """``_validateIncludedElements`` for all that is included, and how a limit is kept."""
    node.limited = limit is not None
    node.sub_query = reading.flag(node.given, "subQuery")
    include_all(reading, node, 0, raw=raw)
    decide(node, limited=node.limited)
    if node.sub_query is None:
        node.sub_query = False


def take_attributes(reading: Reading, node: Node) -> None:
    """``_expandAttributes``."""
    wanted = reading.entry(node.given, "attributes")
    if wanted is None:
        return
    if isinstance(wanted, Sequence):
        node.attributes = list(wanted.items)
        if not wanted.complete:
            reading.opens("columns", why(wanted.element or wanted))
        return
    if not isinstance(wanted, Record):
        reading.opens("columns", why(wanted))
        return
    if not wanted.complete:
        reading.opens("columns", "attributes that are set at run time")
    kept = list(node.model.attributes)
    left_out = reading.entry(wanted, "exclude")
    if isinstance(left_out, Sequence):
        names = {text_of(item) for item in left_out.items}
        kept = [name for name in kept if name not in names]
        if not left_out.complete:
            reading.opens("columns", "attributes that are left out at run time")
    added = reading.entry(wanted, "include")
    node.attributes = [Const(name) for name in kept]
    if isinstance(added, Sequence):
        node.attributes += added.items
        if not added.complete:
            reading.opens("columns", "attributes that are added at run time")


def judge_include(reading: Reading, child: Node, item: Record) -> None:
    """Note options that the association does not take."""
    from . import _judging

    _judging.judge_include(reading, child, item)


def include_all(reading: Reading, node: Node, depth: int, *, raw: bool) -> None:
    """The includes of a node."""
    for item in included(reading, node):
        child = conform(reading, node, item, depth)
        if child is None:
            continue
        judge_include(reading, child, child.given)
        enter(reading, child, depth, raw=raw)
        node.children.append(child)
    for child in node.children:
        if child.duplicating is None:
            child.duplicating = child.multi
        child.has_duplicating = child.has_duplicating or child.duplicating
        child.has_required = child.has_required or bool(child.required)
        node.has_duplicating = node.has_duplicating or child.has_duplicating
        node.has_required = node.has_required or bool(child.required)
        node.has_multi = node.has_multi or child.multi or child.has_multi
        node.has_single = node.has_single or not child.multi or child.has_single


def included(reading: Reading, node: Node) -> list[Value]:
    """What ``include`` names, what is named twice made one."""
    wanted = reading.entry(node.given, "include")
    if wanted is None:
        return []
    found = listed(wanted)
    if not isinstance(found, Sequence):
        return []
    if isinstance(wanted, Sequence) and not wanted.complete:
        reading.opens("from", "includes that are added at run time")
    if not isinstance(wanted, Sequence | Record | Const) and not is_model(wanted) and not is_association(wanted):
        reading.opens("from", why(wanted))
        return []
    kept: dict[object, Value] = {}
    for number, item in enumerate(found.items):
        item = reading.pick(item)
        key: object = number
        if isinstance(item, Record):
            model, alias, association = (item.entries.get(part) for part in ("model", "as", "association"))
            named = text_of(alias) or text_of(association)
            key = (id(model) if model is not None and association is None else "", named) if model or named else number
        elif text_of(item) is not None:
            key = ("", text_of(item))
        old = kept.get(key)
        if isinstance(old, Record) and isinstance(item, Record):
            kept[key] = merged_record(old, item, deep=True)
        else:
            kept[key] = item if old is None or isinstance(item, Record) else old
    return list(kept.values())


def conform(reading: Reading, node: Node, item: Value, depth: int) -> Node | None:
    """``_conformInclude``: which association is meant; None where that is not known."""
    from ._noting import note_missing_alias, note_unassociated, note_wrong_alias

    if depth > DEEPEST or is_nothing(item) or (isinstance(item, Const) and item.value is False):
        return None
    base = node.model
    text = text_of(item)
    empty = Record(origin=item.origin)
    if text is not None:
        link = base.associations.get(text)
        if link is None:
            note_missing_alias(reading, base, text, item.origin)
        return linked(reading, node, link, empty)
    if is_association(item):
        return linked(reading, node, link_of(reading.registry, base, item), empty)
    if is_model(item):
        item = Record({"model": item}, origin=word_of(reading, node.given, item))
    if not isinstance(item, Record):
        reading.opens("from", why(item))
        return None
    if "all" in item.entries:
        reading.opens("from", "all associations")
        return None
    association = reading.entry(item, "association")
    if association is not None:
        named = text_of(association)
        if named is not None:
            link = base.associations.get(named)
            if link is None:
                note_missing_alias(reading, base, named, association.origin)
            return linked(reading, node, link, item)
        return linked(reading, node, link_of(reading.registry, base, association), item)
    wanted = reading.entry(item, "model")
    target = reading.registry.find(wanted)
    if target is None:
        reading.opens("from", why(wanted) if wanted is not None else "which model is included")
        return None
    given = reading.entry(item, "as")
    alias = text_of(given)
    if given is not None and alias is None:
        reading.opens("from", why(given))
        return None
    links = [link for link in base.associations.values() if link.target is target]
    link = link_between(links, alias, is_typescript(base.value))
    if link is None:
        if not links:
            note_unassociated(reading, base, target, item.places.get("model") or item.origin)
        else:
            place = item.places.get("as" if alias is not None else "model")
            note_wrong_alias(reading, base, target, links, alias, place or item.origin)
    return linked(reading, node, link, item)


def word_of(reading: Reading, given: Record, model: Value) -> Origin | None:
    """Where the name of a model stands in an ``include``."""
    wanted = given.entries.get("include")
    around = wanted.origin if isinstance(wanted, Sequence) else given.places.get("include")
    names = [getattr(model, part, None) for part in ("name", "held", "named")]
    if around is None:
        return None
    end = around.end if isinstance(wanted, Sequence) else around.end + FARTHEST
    data = reading.lifting.project.files[around.path].data
    for name in names:
        if isinstance(name, str):
            found = re.compile(rb"(?<![\w$])" + pattern_of(name) + rb"(?![\w$])").search(data, around.start, end)
            if found is not None:
                return Origin(around.path, found.start(), found.end())
    return around


def link_between(links: list[Link], alias: str | None, infers: bool) -> Link | None:
    """The association that is meant by a model and an alias."""
    if alias is not None:
        return next((link for link in links if link.name == alias), None)
    plain = [link for link in links if not link.options.get("as")]
    if plain:
        return plain[0]
    return links[0] if infers and len(links) == 1 else None


def is_typescript(value: Value | None) -> bool:
    """Whether a model is sequelize-typescript's, which finds the alias of an only association by itself."""
    return isinstance(value, Class) and any(
        getattr(base, "path", "").startswith("sequelize-typescript") for base in value.lineage()
    )


def linked(reading: Reading, node: Node, link: Link | None, given: Record) -> Node | None:
    """The node of an association."""
    if link is None or not link.known or link.target is None:
        reading.opens("from", "an association that was not read" if link is not None else "which association is meant")
        return None
    return Node(link.target, link, link.name or link.target.name, given, node)


def enter(reading: Reading, node: Node, depth: int, *, raw: bool) -> None:
    """``_validateIncludedElement``."""
    wanted = node.given.entries.get("model")
    scopes = getattr(wanted, "scopes", None) if isinstance(wanted, Class | DefinedModel) else None
    scope = scope_of(reading, node.model, scopes)
    if scope is not None:
        node.given = merged_record(scope, node.given, deep=True)
    take_options(reading, node)
    given = node.given
    if node.attributes and not raw:
        add_key(node)
    said = given.entries.get("required")
    node.required = reading.flag(given, "required")
    if node.required is None:
        node.required = bool(node.wheres)
        if said is not None and not is_nothing(said):
            node.vague = True
            reading.reasons["whether an include is required"] = None
    assert node.link is not None
    scope_given = node.link.options.get("scope")
    if isinstance(scope_given, Options):
        node.wheres.append((as_record(scope_given), node.model))
    node.right = reading.flag(given, "right") is True
    node.duplicating = reading.flag(given, "duplicating")
    separate = reading.flag(given, "separate")
    node.separate = bool(separate) or (separate is None and reading.entry(given, "limit") is not None)
    if node.separate:
        node.duplicating = False
    node.sub_query = reading.flag(given, "subQuery")
    through = reading.entry(given, "through")
    node.through = through if isinstance(through, Record) else None
    if node.separate:
        return
    include_all(reading, node, depth + 1, raw=raw)


def add_key(node: Node) -> None:
    """The key of what is included comes first, wherever some attributes are asked for."""
    assert node.attributes is not None
    for key in node.model.primary_keys:
        names = {text_of(item) for item in node.attributes}
        aliases = {
            text_of(item.items[1]) for item in node.attributes if isinstance(item, Sequence) and len(item.items) == 2
        }
        if key not in names and not (node.model.field(key) != key and key in aliases):
            node.attributes.insert(0, Const(key))


def as_record(given: Options) -> Record:
    """Plain data as a value again."""
    return Record(
        {
            key: as_record(entry)
            if isinstance(entry, Options)
            else entry
            if isinstance(entry, Value)
            else constant(entry)
            for key, entry in given.items()
        }
    )


def constant(entry: object) -> Value:
    """A piece of plain data as a value."""
    if isinstance(entry, Options):
        return as_record(entry)
    if isinstance(entry, list):
        return Sequence([item if isinstance(item, Value) else constant(item) for item in entry])
    return Const(entry)  # type: ignore[arg-type]


def decide(node: Node, *, limited: bool) -> None:
    """Which includes stand inside of the limited statement, and which ask it for at least one row."""
    top = node.top
    for child in node.children:
        parent_required = bool(node.required) if node.parent is not None else False
        if child.sub_query is not False and node.has_duplicating and limited:
            if child.duplicating:
                child.inner, child.filters = bool(child.sub_query), child.has_required
            else:
                child.inner, child.filters = child.has_required, False
        else:
            child.inner = bool(child.sub_query)
            if child.duplicating:
                child.filters = child.inner
            else:
                child.filters = False
                child.inner = child.inner or (parent_required and child.has_required and not child.separate)
        if node is top and top.sub_query is None and limited and (child.inner or child.has_duplicating):
            top.sub_query = True
    for child in node.children:
        decide(child, limited=limited)


def selected(node: Node) -> list[Value]:
    """The attributes that are selected of a node: all that have a column, or those that are asked for."""
    if node.attributes is None:
        return [Const(name) for name, given in node.model.attributes.items() if has_column(given)]
    kept: list[Value] = []
    for item in node.attributes:
        name = text_of(item)
        given = node.model.attributes.get(name) if name is not None else None
        if given is None or has_column(given):
            kept.append(item)
    return kept
