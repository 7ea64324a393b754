"""Relationships: what they lead to, by which columns, in which direction."""

from __future__ import annotations

from msgspec import Struct

from verifier.api import (
    Class,
    Const,
    Defect,
    Direction,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    Relationship,
    Scope,
    Sequence,
    Value,
    lower_annotation,
    syntax,
    text_of,
)

from ._columns import column_in, flag, nothing
from ._drafts import ClassDraft, RelationshipDraft, TableDraft, call_of, word
from ._hints import COLLECTIONS, CONTAINERS, MAPPINGS, Hint, split_optional
from ._joins import Condition, Pair, Place, by_condition, direction, join, read_condition
from ._keys import Keys
from ._tables import class_table


class Link(Struct, eq=False):
    """A relationship with what was found out about it."""

    owner: ClassDraft
    draft: RelationshipDraft
    target: ClassDraft | None = None
    target_name: str = ""
    many: bool = False
    direction: Direction | None = None
    secondary: TableDraft | None = None
    through: str | None = None
    pairs: list[Pair] = []
    lazy: str = "select"
    reverse: str | None = None
    implicit: bool = False
    known: bool = True
    resolved: bool = True
    view_only: bool = False


class Linker:
    """Resolves the relationships of all classes; what surely goes wrong becomes a ``Defect``."""

    def __init__(self, engine: Engine, drafts: dict[int, ClassDraft], keys: Keys) -> None:
        self.engine = engine
        self.drafts = drafts
        self.keys = keys
        self.links: dict[int, dict[str, Link]] = {}
        self.defects: list[Defect] = []

    def run(self, order: list[ClassDraft]) -> None:
        """Resolve all, then add the other sides that ``backref`` makes."""
        made: list[tuple[Link, Value]] = []
        for owner in order:
            own = self.links.setdefault(id(owner), {})
            for name, draft in owner.relationships.items():
                if owner.base is not None and owner.base.relationships.get(name) is draft:
                    continue
                link = own[name] = self.link(owner, draft)
                backref = draft.arguments.get("backref")
                if backref is not None and not nothing(backref):
                    made.append((link, backref))
        for link, backref in made:
            self.add_backref(link, backref)

    def all_of(self, owner: ClassDraft) -> dict[str, Link]:
        """The relationships of a class, those that it inherits too."""
        found = dict(self.links.get(id(owner), {}))
        if owner.base is not None and owner.inheritance != "concrete":
            for name, link in self.all_of(owner.base).items():
                found.setdefault(name, link)
        return found

    def link(self, owner: ClassDraft, draft: RelationshipDraft) -> Link:
        """Resolve one relationship."""
        link = Link(owner, draft, known=draft.known)
        arguments = draft.arguments
        self.take_target(link)
        link.view_only = flag(arguments.get("viewonly")) or False
        reverse = arguments.get("back_populates")
        link.reverse = text_of(reverse)
        if reverse is not None and link.reverse is None and not nothing(reverse):
            link.known = False
        lazy = arguments.get("lazy")
        if isinstance(lazy, Const):
            link.lazy = lazy_word(lazy)
        elif lazy is not None:
            link.lazy, link.known = "", False
        collection = self.shape(link)
        self.take_direction(link)
        listed = arguments.get("uselist")
        many = link.direction in ("one-to-many", "many-to-many") or (link.direction is None and collection is True)
        if collection is False:
            many = False
        if listed is not None and not nothing(listed):
            known = flag(listed)
            link.known = link.known and known is not None
            many = known if known is not None else many
        link.many = many
        if link.direction == "one-to-many" and not many:
            link.direction = "one-to-one"
        return link

    def shape(self, link: Link) -> bool | None:
        """Whether the annotation gives a collection; None where it does not say."""
        hint = link.draft.hint
        if not isinstance(hint, Hint) or (hint.short not in CONTAINERS and link.owner.root.kind != "sqlmodel"):
            return None
        if hint.short == "DynamicMapped":
            link.lazy = "dynamic"
            return True
        if hint.short == "WriteOnlyMapped":
            link.lazy = "write_only"
            return True
        inner, _ = split_optional(hint.arguments[0] if hint.short in CONTAINERS and hint.arguments else hint)
        if inner.short in COLLECTIONS or "collection_class" in link.draft.arguments:
            return True
        return None if inner.name == "" or inner.name == "|" else False

    # Targets

    def take_target(self, link: Link) -> None:
        """Find the class that a relationship leads to."""
        draft = link.draft
        argument = draft.arguments.get("argument")
        if argument is None:
            hint = draft.hint
            if isinstance(hint, Hint):
                self.take_hint(link, hint)
            if not link.target_name:
                link.known = link.resolved = False
            return
        if isinstance(argument, Function):
            argument = self.engine.call(argument, [], argument.code, Frame(argument.module, Scope(argument.scope)))
        text = text_of(argument)
        if text is not None:
            self.take_name(link, text)
        elif isinstance(argument, Class):
            self.take_class(link, argument)
        else:
            link.known = link.resolved = False

    def take_hint(self, link: Link, hint: Hint) -> None:
        """The class that an annotation names, inside of ``Mapped`` and collections."""
        inner = hint
        for _ in range(6):
            inner, _ = split_optional(inner)
            if inner.arguments and inner.short in CONTAINERS | COLLECTIONS | {"Annotated"}:
                inner = inner.arguments[-1 if inner.short in MAPPINGS else 0]
            else:
                break
        if isinstance(inner.value, Class):
            self.take_class(link, inner.value)
        elif inner.name and inner.name not in ("|", "None") and inner.value is None:
            self.take_name(link, inner.name)

    def take_class(self, link: Link, cls: Class) -> None:
        """A class itself: a mapped one, or the one that a base or mixin stands for."""
        link.target = self.drafts.get(id(cls))
        link.target_name = cls.name
        if link.target is None:
            self.take_name(link, cls.name)

    def take_name(self, link: Link, text: str) -> None:
        """A name that the registry knows; a path tells classes of one name apart."""
        parts = text.strip().split(".")
        link.target_name = parts[-1] if all(part.isidentifier() for part in parts) else text
        found = link.owner.root.names.get(parts[-1], [])
        if len(parts) > 1:
            end = "/".join(parts[:-1])
            near = [one for one in found if module_path(one.cls).endswith(end)]
            found = near or found
        near = [one for one in found if one.cls.module is link.owner.cls.module]
        if len(found) > 1 and near:
            found = near
        if len(found) == 1:
            link.target = found[0]
            return
        link.resolved = False
        if found or (link.target_name == text and not text.isidentifier()):
            link.known = False

    # Columns

    def place_in(self, link: Link, node: syntax.Expression, frame: Frame | None) -> Place | None:
        """The column that an expression names: in a string by the registry's names, else where it stands."""
        if isinstance(node, syntax.Call) and len(node.arguments) == 1:  # remote(Column), foreign(Column)
            (inner,) = node.arguments
            return self.place_in(link, inner, frame) if not isinstance(inner, syntax.Keyword | syntax.Spread) else None
        if isinstance(node, syntax.Member):
            base = node.object
            if isinstance(base, syntax.Member) and base.name in ("c", "columns"):
                table = self.table_in(link, base.object, frame)
                column = table.column(node.name) if table is not None else None
                return (id(table), column.name) if table is not None and column is not None else None
            owner = self.class_in(link, base, frame)
            if owner is not None:
                return self.place_of(owner, node.name)
            return None
        if isinstance(node, syntax.Name) and frame is not None:
            return self.place_of_value(link, self.engine.lookup(node.id, frame))
        return None

    def class_in(self, link: Link, node: syntax.Expression, frame: Frame | None) -> ClassDraft | None:
        """The mapped class that an expression names."""
        if frame is not None:
            value = self.engine.evaluate(node, frame)
            return self.drafts.get(id(value)) if isinstance(value, Class) else None
        name = node.name if isinstance(node, syntax.Member) else node.id if isinstance(node, syntax.Name) else ""
        found = link.owner.root.names.get(name, [])
        if len(found) > 1:
            found = [one for one in found if one in (link.owner, link.target)] or found
        return found[0] if len(found) == 1 else None

    def table_in(self, link: Link, node: syntax.Expression, frame: Frame | None) -> TableDraft | None:
        """The table that an expression names."""
        if frame is None:
            name = node.id if isinstance(node, syntax.Name) else ""
            if isinstance(node, syntax.Member) and node.name == "__table__":
                owner = self.class_in(link, node.object, frame)
                return owner.table if owner is not None else None
            return link.owner.root.meta.tables.get(name) or self.owner_meta(link, name)
        value = self.engine.evaluate(node, frame)
        return self.table_of(link, value)

    def owner_meta(self, link: Link, name: str) -> TableDraft | None:
        """A table by its name, in the ``MetaData`` of the relationship's own class."""
        meta = link.owner.table.meta if link.owner.table is not None else link.owner.root.meta
        found = meta.tables.get(name)
        if found is None and meta.schema and "." not in name:
            found = meta.tables.get(f"{meta.schema}.{name}")
        return found

    def table_of(self, link: Link, value: Value | None) -> TableDraft | None:
        """The table that a value is: a ``Table``, or that of a class."""
        if isinstance(value, Instance):
            return self.keys.by_value.get(id(value))
        cls = class_table(value) or (value if isinstance(value, Class) else None)
        draft = self.drafts.get(id(cls)) if cls is not None else None
        return draft.table if draft is not None else None

    def place_of(self, owner: ClassDraft, attribute: str) -> Place | None:
        """Where the column behind an attribute is stored; the class's own table comes first."""
        column = owner.columns.get(attribute)
        if column is None:
            return None
        if column.table is not None:
            return id(column.table), column.name
        for table in reversed(owner.tables):
            if any(other.name == column.name for other in table.columns):
                return id(table), column.name
        return None

    def place_of_value(self, link: Link, value: Value | None) -> Place | None:
        """A column that is given as itself: one of the own class before one of the target's."""
        inner = column_in(value)
        if inner is None:
            if isinstance(value, External) and value.path.rpartition(".")[0].endswith((".c", ".columns")):
                base = value.receiver
                table = self.table_of(link, base)
                column = table.column(value.name) if table is not None else None
                return (id(table), column.name) if table is not None and column is not None else None
            return None
        for owner in (link.owner, link.target):
            for name, column in owner.columns.items() if owner is not None else ():
                if column.source is inner and owner is not None:
                    return self.place_of(owner, name)
        found = self.keys.sources.get(id(inner), [])
        return (id(found[0][0]), found[0][1].name) if len(found) == 1 else None

    def places(self, link: Link, name: str) -> frozenset[Place] | None:
        """The columns that ``foreign_keys`` or ``remote_side`` names; None where they are not all known."""
        value = link.draft.arguments.get(name)
        if value is None or nothing(value):
            return frozenset()
        text = text_of(value)
        node: syntax.Expression | None
        frame: Frame | None = None
        if text is not None:
            node = lower_annotation(text, 0, 0)
        elif isinstance(value, Function):
            node, frame = returned(value), Frame(value.module, Scope(value.scope), owner=value.owner)
        else:
            node, frame = link.draft.nodes.get(name), link.draft.frame
        items = node.items if isinstance(node, syntax.Display) else (node,) if node is not None else ()
        found = [self.place_in(link, item, frame) for item in items if not isinstance(item, syntax.Spread)]
        if found and None not in found:
            return frozenset(place for place in found if place is not None)
        values = value.items if isinstance(value, Sequence) else [value]
        places: list[Place | None] = []
        for one in values:
            inner = text_of(one)
            if inner is not None:
                places.append(self.place_in(link, lower_annotation(inner, 0, 0), None))
            else:
                places.append(self.place_of_value(link, one))
        if not places or None in places:
            return None
        return frozenset(place for place in places if place is not None)

    def condition(self, link: Link, name: str) -> Condition | None:
        """What ``primaryjoin`` or ``secondaryjoin`` holds equal."""
        value = link.draft.arguments.get(name)
        text = text_of(value)
        if text is not None:
            return read_condition(lower_annotation(text, 0, 0), lambda node: self.place_in(link, node, None))
        if isinstance(value, Function):
            frame = Frame(value.module, Scope(value.scope), owner=value.owner)
            return read_condition(returned(value), lambda node: self.place_in(link, node, frame))
        node, where = link.draft.nodes.get(name), link.draft.frame
        return read_condition(node, lambda part: self.place_in(link, part, where)) if where is not None else None

    # Directions

    def take_direction(self, link: Link) -> None:
        """Find the columns of a relationship, and with them its direction."""
        target = link.target
        secondary = link.draft.arguments.get("secondary")
        if secondary is not None and not nothing(secondary):
            link.direction = "many-to-many"
            self.take_secondary(link, secondary)
            return
        if target is None:
            return
        considered, remote = self.places(link, "foreign_keys"), self.places(link, "remote_side")
        if considered is None or remote is None:
            link.known = False
            return
        parent, child = link.owner.tables, target.tables
        if not parent or not child:
            link.known = False
            return
        given = link.draft.arguments.get("primaryjoin")
        if given is not None and not nothing(given):
            condition = self.condition(link, "primaryjoin")
            if condition is None:
                link.known = False
                return
            link.pairs = by_condition(condition, [*parent, *child], considered)
            remote = remote or condition.remote
        else:
            ways = join(parent, child, link.owner.table, considered)
            if self.is_open(link, *parent, *child):
                link.known = link.known and len(ways) == 1
            elif len(ways) != 1:
                self.report_keys(link, ways)
            link.pairs = ways[0] if len(ways) == 1 else []
        found = direction(link.pairs, {id(t) for t in parent}, {id(t) for t in child}, remote)
        link.direction = found  # type: ignore[assignment]
        if found is None and link.pairs:
            link.known = False

    def is_open(self, link: Link, *tables: TableDraft) -> bool:
        """Whether a foreign key may exist that was not read."""
        if link.owner.open or link.target is None or link.target.open:
            return True
        for table in tables:
            if table.open or any(key.table is None or key.target is None for one in table.foreign for key in one.keys):
                return True
        return not link.known

    def take_secondary(self, link: Link, value: Value) -> None:
        """Find the table that joins the two sides."""
        if isinstance(value, Function):
            node = returned(value)
            frame = Frame(value.module, Scope(value.scope), owner=value.owner)
            called = self.engine.evaluate(node, frame) if node is not None else None
            value = called if called is not None else value
        text = text_of(value)
        if text is not None:
            link.through = text
            link.secondary = self.owner_meta(link, text) or link.owner.root.meta.tables.get(text)
            if link.secondary is None:
                node = lower_annotation(text, 0, 0)
                link.secondary = self.table_in(link, node, None) if isinstance(node, syntax.Member) else None
        else:
            link.secondary = self.table_of(link, value)
        if link.secondary is None:
            if text is None or not text.isidentifier():
                link.known = False
            return
        link.through = link.secondary.full_name
        if any(name in link.draft.arguments for name in ("primaryjoin", "secondaryjoin")) or link.target is None:
            condition = self.condition(link, "primaryjoin")
            if condition is not None and link.target is not None:
                tables = [link.secondary, *link.owner.tables, *link.target.tables]
                considered = self.places(link, "foreign_keys") or frozenset()
                link.pairs = by_condition(condition, tables, considered)
            return
        keys = self.places(link, "foreign_keys")
        if keys is None or not link.owner.tables or not link.target.tables:
            link.known = False
            return
        near = join(link.owner.tables, [link.secondary], link.owner.table, keys)
        far = join(link.target.tables, [link.secondary], link.target.table, keys)
        if not self.is_open(link, link.secondary, *link.owner.tables, *link.target.tables):
            for ways in (near, far):
                if len(ways) != 1:
                    self.report_keys(link, ways)
                    break
        if len(near) == 1:
            link.pairs = near[0]

    def report_keys(self, link: Link, ways: list[list[Pair]]) -> None:
        """No foreign key joins the two sides, or several do: mapping fails when it is configured."""
        from ._defects import ambiguous, missing

        assert link.target is not None
        self.defects.append((ambiguous if ways else missing)(link.owner, link.draft, link.target, link.secondary))
        link.known = False

    # The other side

    def add_backref(self, link: Link, value: Value) -> None:
        """Add the relationship that ``backref`` makes on the other side."""
        call = call_of(value) if word(value) == "backref" else None
        name = call.text(0) if call is not None else text_of(value)
        if name is None:
            link.known = False
            if link.target is not None:
                link.target.open.append("the name of a back reference that is decided at run time")
            return
        link.reverse = name
        if link.target is None:
            return
        keywords = call.keywords if call is not None else {}
        draft = RelationshipDraft(name, link.draft.span, dict(keywords), {}, None)
        other = Link(link.target, draft, link.owner, link.owner.name, implicit=True, known=link.known)
        other.direction = REVERSED.get(link.direction or "")  # type: ignore[assignment]
        other.secondary, other.through = link.secondary, link.through
        other.pairs = link.pairs
        other.reverse = link.draft.name
        lazy = keywords.get("lazy")
        if isinstance(lazy, Const):
            other.lazy = lazy_word(lazy)
        other.many = other.direction in ("one-to-many", "many-to-many")
        listed = flag(keywords.get("uselist"))
        if listed is not None:
            other.many = listed
        if other.direction == "one-to-many" and not other.many:
            other.direction = "one-to-one"
        self.links.setdefault(id(link.target), {}).setdefault(name, other)

    def noun(self, link: Link) -> Relationship:
        """A relationship as the data model has it."""
        own = {id(table) for table in link.owner.tables}
        local, remote = [], []
        for pair in link.pairs:
            undecided = link.direction is None and pair.foreign[0] in own
            if undecided or link.direction in ("many-to-many", "many-to-one"):
                local.append(pair.foreign[1])
                remote.append(pair.referred[1])
            else:
                local.append(pair.referred[1])
                remote.append(pair.foreign[1])
        through = next(
            (d for d in self.drafts.values() if link.secondary is not None and d.table is link.secondary), None
        )
        return Relationship(
            link.draft.name,
            link.target.name if link.target is not None else link.target_name,
            link.draft.span,
            many=link.many,
            direction=link.direction,
            through=link.through,
            through_entity=through.name if through is not None else None,
            local=tuple(local),
            remote=tuple(remote),
            lazy=link.lazy,
            reverse=link.reverse,
            implicit=link.implicit,
            resolved=link.resolved and link.target is not None,
            known=link.known,
            view_only=link.view_only,
        )


REVERSED = {
    "many-to-one": "one-to-many",
    "one-to-many": "many-to-one",
    "one-to-one": "many-to-one",
    "many-to-many": "many-to-many",
}


def lazy_word(value: Const) -> str:
    """How a relationship is loaded, in the library's words."""
    if isinstance(value.value, str):
        return value.value
    return "noload" if value.value is None else "select" if value.value else "joined"


def returned(function: Function) -> syntax.Expression | None:
    """The expression that a short function returns."""
    body = function.code.body
    last = body[-1] if body else None
    return last.value if isinstance(last, syntax.Return) else None


def module_path(cls: Class) -> str:
    """The path of a class's module, without its ending."""
    return cls.module.path.removesuffix(".py").removesuffix("/__init__")
