"""Relationships: what they lead to, by which columns, in which direction."""

from __future__ import annotations

from verifier.api import (
    Const,
    Defect,
    Engine,
    Function,
    Relationship,
    Value,
    lower_annotation,
    syntax,
    text_of,
)

from ._columns import flag, nothing
from ._drafts import ClassDraft, RelationshipDraft, TableDraft, argument_node, call_of, word
from ._hints import COLLECTIONS, CONTAINERS, Hint, split_optional
from ._joins import Pair, by_condition, direction, join
from ._keys import Keys
from ._places import Finder, Link


class Linker(Finder):
    """Resolves the relationships of all classes; what surely goes wrong becomes a ``Defect``."""

    def __init__(self, engine: Engine, drafts: dict[int, ClassDraft], keys: Keys) -> None:
        super().__init__(engine, drafts, keys)
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
            node, frame = self.inside(value)
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
        nodes = {found: node for found in keywords if (node := argument_node(call, found)) is not None}
        frame = call.frame if call is not None else None
        draft = RelationshipDraft(name, link.draft.span, dict(keywords), nodes, frame)
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
            on_delete=when_deleted(link),
            view_only=link.view_only,
        )


def when_deleted(link: Link) -> str | None:
    """What a session does to the rows below, when it is told to delete the one above; None where it may do nothing."""
    if link.direction not in ("one-to-many", "one-to-one") or link.owner.root.kind == "sqlmodel" or not link.known:
        return None
    cascade, passive = (link.draft.arguments.get(name) for name in ("cascade", "passive_deletes"))
    if not all(isinstance(given, Const | None) for given in (cascade, passive)):
        return None
    if {word.strip() for word in (text_of(cascade) or "").split(",")} & {"all", "delete"}:
        return "CASCADE"
    return None if isinstance(passive, Const) and passive.value else "SET NULL"


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
