"""What the arguments of relationships name: classes, tables and columns, by text, by function or as themselves."""

from __future__ import annotations

from msgspec import Struct

from verifier.api import (
    Class,
    Direction,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    Scope,
    Sequence,
    Value,
    lower_annotation,
    syntax,
    text_of,
)

from ._columns import column_in, nothing
from ._drafts import ClassDraft, RelationshipDraft, TableDraft
from ._hints import COLLECTIONS, CONTAINERS, MAPPINGS, Hint, split_optional
from ._joins import Condition, Pair, Place, read_condition
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


class Finder:
    """Finds what relationships name, once all classes and tables are known."""

    def __init__(self, engine: Engine, drafts: dict[int, ClassDraft], keys: Keys) -> None:
        self.engine = engine
        self.drafts = drafts
        self.keys = keys

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
            node, frame = self.inside(value)
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
            given, frame = self.inside(value)
            return read_condition(given, lambda node: self.place_in(link, node, frame))
        node, where = link.draft.nodes.get(name), link.draft.frame
        return read_condition(node, lambda part: self.place_in(link, part, where)) if where is not None else None

    def inside(self, function: Function) -> tuple[syntax.Expression | None, Frame]:
        """The expression that a short function returns, and where it stands: behind the imports of its body."""
        frame = Frame(function.module, Scope(function.scope), owner=function.owner)
        body = function.code.body
        last = body[-1] if body else None
        self.engine.execute([statement for statement in body if isinstance(statement, syntax.Import)], frame)
        return last.value if isinstance(last, syntax.Return) else None, frame


def module_path(cls: Class) -> str:
    """The path of a class's module, without its ending."""
    return cls.module.path.removesuffix(".py").removesuffix("/__init__")
