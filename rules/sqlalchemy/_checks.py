"""What is surely wrong with mappings as they were read; each becomes a ``Defect`` for the rule of its name.

Whatever depends on something open, or on a table or class that was not read, is left alone.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator

from verifier.api import Defect, Engine, Frame, Span, syntax

from ._classes import Classes
from ._defects import mapped_in_table
from ._drafts import ClassDraft, Meta, TableDraft, path_of
from ._links import Linker
from ._order import classes_of, own_member
from ._places import Link

CONFIGURED = "when the first model is used"
# Tables that the database tells of, and classes that no `class` statement defines.
REFLECTING = rb"\.reflect\(|\bautomap_base\b|\bDeferredReflection\b|\bautoload_with\b"
MAKING = rb"\btype\([^()]*,\s*\(|\btypes\.new_class\b|\bautomap_base\b"


class Checks:
    """All that was read, and what of it is not certain."""

    def __init__(self, engine: Engine, classes: Classes, tables: list[TableDraft], linker: Linker) -> None:
        self.engine = engine
        self.classes = classes
        self.tables = tables
        self.linker = linker
        self.found: dict[bytes, bool] = {}

    def run(self, *, partly: bool) -> Iterator[Defect]:
        """Yield the defects; ``partly`` says that some table was not read at all."""
        for draft in self.classes.order:
            yield from self.check_table(draft)
            yield from self.check_types(draft)
        unread = partly or any(draft.table is None and draft.open for draft in self.classes.order)
        for table in self.tables:
            for span in table.refused:
                yield mapped_in_table(table.name, span)
        if not unread:
            for table in self.tables:
                yield from self.check_keys(table)
        yield from self.check_duplicates()
        for draft in self.classes.order:
            for link in self.linker.links.get(id(draft), {}).values():
                if not link.implicit:
                    yield from self.check_link(link, unread=unread)
                yield from check_builtins(link)

    # Tables

    def check_table(self, draft: ClassDraft) -> Iterator[Defect]:
        """A class without a table, a table without a key."""
        table = draft.table
        if draft.open or draft.base is not None or is_made(draft):
            return
        if table is None:
            if draft.root.kind == "declarative":
                yield Defect(
                    "sqlalchemy/missing-table-name",
                    draft.span,
                    f"`{draft.name}` is mapped, but has neither a `__tablename__` nor a `__table__`",
                    symptom="sqlalchemy.exc.InvalidRequestError when the module is imported",
                    remedy="Give it a `__tablename__`, or say `__abstract__ = True` where it is only a base",
                )
            return
        if table.open or "primary_key" in draft.mapper or not all(column.known for column in table.columns):
            return
        if not any(column.primary_key for column in table.columns):
            yield Defect(
                "sqlalchemy/missing-primary-key",
                draft.span,
                f"The table `{table.full_name}` of `{draft.name}` has no primary key",
                symptom="sqlalchemy.exc.ArgumentError when the module is imported",
                remedy="Mark the column or columns that tell rows apart with `primary_key=True`",
            )

    def check_types(self, draft: ClassDraft) -> Iterator[Defect]:
        """Columns whose annotation gives them no type."""
        if draft.open or is_made(draft) or draft.table is None or draft.table.source is not None or draft.table.open:
            return
        for name in draft.own:
            column = draft.columns.get(name)
            if column is None or not column.untyped or not (self.classes.modern or draft.root.kind == "sqlmodel"):
                continue
            of_model = draft.root.kind == "sqlmodel"
            yield Defect(
                "sqlalchemy/annotation-without-type",
                column.span,
                f"`{draft.name}.{name}` is annotated with `{column.untyped}`, which stands for no type of a column",
                symptom=f"{'ValueError' if of_model else 'sqlalchemy.exc.ArgumentError'} when the module is imported",
                remedy=f"Name the type, such as `{'Field(sa_type=JSON)' if of_model else 'mapped_column(JSON)'}`, or "
                "declare a relationship",
            )

    def check_keys(self, table: TableDraft) -> Iterator[Defect]:
        """Foreign keys that name a table or column that is not there."""
        if self.is_vague(table.meta):
            return
        for foreign in table.foreign:
            for key in foreign.keys:
                if key.text is None or key.target is not None or "." not in key.text:
                    continue
                name = key.text.rpartition(".")[0]
                if key.table is not None:
                    if key.table.open or not all(one.known for one in key.table.columns):
                        continue
                    known = ", ".join(f"`{one.name}`" for one in key.table.columns[:6])
                    message = f"The foreign key `{key.text}` names a column that `{name}` does not have ({known})"
                    symptom = "sqlalchemy.exc.NoReferencedColumnError"
                    related: tuple[tuple[Span, str], ...] = ((key.table.span, f"`{name}` is declared here"),)
                elif self.may_exist(name):
                    continue
                else:
                    near = self.nearest(name, table.meta)
                    hint = f"; there is `{near.full_name}`" if near is not None else ""
                    message = f"The foreign key `{key.text}` names a table that is not defined{hint}"
                    symptom = "sqlalchemy.exc.NoReferencedTableError"
                    related = ((near.span, f"`{near.full_name}` is declared here"),) if near is not None else ()
                yield Defect(
                    "sqlalchemy/unknown-foreign-key-target",
                    key.span,
                    message,
                    symptom=f"{symptom} when tables are created or a row is stored",
                    remedy="Name the table as its `__tablename__` does, and a column of it",
                    related=related,
                )

    def is_vague(self, meta: Meta) -> bool:
        """Whether a ``MetaData`` may hold tables that were not read."""
        return any(table.open for table in meta.tables.values()) or meta.shared

    def nearest(self, name: str, meta: Meta) -> TableDraft | None:
        """A table whose name may have been meant."""
        bare = name.rpartition(".")[2].lower().rstrip("s").replace("_", "")
        found = [one for one in meta.tables.values() if one.name.lower().rstrip("s").replace("_", "") == bare]
        if not found:
            owners = [draft for draft in self.classes.order if draft.name.lower() == bare and draft.table is not None]
            found = [draft.table for draft in owners if draft.table is not None and draft.table.meta is meta]
        return found[0] if len(found) == 1 else None

    def check_duplicates(self) -> Iterator[Defect]:
        """Two tables of one name in one ``MetaData``."""
        first: dict[tuple[int, str], TableDraft] = {}
        for table in sorted(self.tables, key=lambda table: table.span):
            other = first.setdefault((id(table.meta), table.full_name), table)
            if other is table or table.extends or other.extends or table.meta.shared:
                continue
            if table.conditional or other.conditional:
                continue
            yield Defect(
                "sqlalchemy/duplicate-table",
                table.span,
                f"The table `{table.full_name}` is defined twice",
                symptom="sqlalchemy.exc.InvalidRequestError when the second module is imported",
                remedy="Keep one of the two, or give one another name",
                related=((other.span, "it is defined here, too"),),
            )

    # Relationships

    def check_link(self, link: Link, *, unread: bool) -> Iterator[Defect]:
        """Targets, tables in between and other sides that are not there."""
        if not link.draft.known or link.owner.open:
            return
        if link.target is None:
            if not link.resolved and link.known and self.is_missing(link):
                yield Defect(
                    "sqlalchemy/unknown-relationship-target",
                    link.draft.span,
                    f"The relationship `{link.draft.name}` leads to `{link.target_name}`, which is no mapped class",
                    symptom=f"sqlalchemy.exc.InvalidRequestError {CONFIGURED}",
                    remedy="Name a mapped class of the same base",
                )
            return
        if link.through is not None and link.secondary is None and link.known:
            meta = link.owner.table.meta if link.owner.table is not None else link.owner.root.meta
            vague = unread or self.is_vague(meta) or self.may_exist(link.through)
            if not vague and link.through.isidentifier():
                yield Defect(
                    "sqlalchemy/unknown-association-table",
                    link.draft.span,
                    f"The relationship `{link.draft.name}` goes through `{link.through}`, which is no table",
                    symptom=f"sqlalchemy.exc.InvalidRequestError {CONFIGURED}",
                    remedy="Define the table, or name the one that joins the two sides",
                )
        yield from self.check_reverse(link)
        yield from self.check_itself(link)

    def is_missing(self, link: Link) -> bool:
        """Whether no file of the project defines a class of the name that a relationship names."""
        name = link.target_name
        if not name.isidentifier():
            return False
        return not self.says(rb"\bclass\s+" + re.escape(name.encode()) + rb"\b") and not self.says(MAKING)

    def says(self, pattern: bytes) -> bool:
        """Whether some Python file of the project has text of a pattern."""
        if pattern not in self.found:
            wanted = re.compile(pattern)
            files = (found.data for path, found in self.engine.project.files.items() if path.endswith((".py", ".pyi")))
            self.found[pattern] = any(wanted.search(data) for data in files)
        return self.found[pattern]

    def may_exist(self, name: str) -> bool:
        """Whether a table that was not read may exist: the database tells of some, or the source names it as one."""
        bare = re.escape(name.rpartition(".")[2].encode())
        named = rb"(?:__tablename__\s*(?::[^=\n]*)?=|\bTable\()\s*[\"']" + bare + rb"[\"']"
        return self.says(REFLECTING) or self.says(named)

    def check_reverse(self, link: Link) -> Iterator[Defect]:
        """``back_populates`` that names nothing, or a relationship that leads elsewhere or the same way."""
        target, name = link.target, link.reverse
        if target is None or name is None or "back_populates" not in link.draft.arguments or target.open:
            return
        other = self.linker.all_of(target).get(name)
        related = ((target.span, f"`{target.name}` is declared here"),)
        rule = "sqlalchemy/back-populates-without-counterpart"
        if other is None:
            if name in target.attributes and name not in target.columns:
                return  # something that was not read
            if name in target.columns:
                message, error = f"which is a column of `{target.name}`, no relationship", "ArgumentError"
            else:
                message, error = f"which `{target.name}` does not have", "InvalidRequestError"
            yield Defect(
                rule,
                link.draft.span,
                f"The relationship `{link.draft.name}` is populated by `{name}`, {message}",
                symptom=f"sqlalchemy.exc.{error} {CONFIGURED}",
                remedy=f'Declare `{name}` on `{target.name}`, with `back_populates="{link.draft.name}"`',
                related=related,
            )
        elif other.target is not None and other.known and not self.are_related(other.target, link.owner):
            yield Defect(
                rule,
                link.draft.span,
                f"The relationship `{link.draft.name}` is populated by `{target.name}.{name}`, which leads to "
                f"`{other.target.name}` and not to `{link.owner.name}`",
                symptom=f"sqlalchemy.exc.ArgumentError {CONFIGURED}",
                remedy=f"Name the relationship of `{target.name}` that leads to `{link.owner.name}`",
                related=((other.draft.span, f"`{target.name}.{name}` is declared here"),),
            )

    def are_related(self, one: ClassDraft, other: ClassDraft) -> bool:
        """Whether one of two classes derives from the other."""
        return one.cls in other.cls.lineage() or other.cls in one.cls.lineage()

    def check_itself(self, link: Link) -> Iterator[Defect]:
        """Two sides of a tree that point the same way: one of them lacks its ``remote_side``."""
        target = link.target
        if target is not link.owner or target is None or link.through is not None or not link.known or link.view_only:
            return
        if "remote_side" in link.draft.arguments or "primaryjoin" in link.draft.arguments:
            return
        if link.direction not in ("one-to-many", "one-to-one") or not link.pairs:
            return
        other = self.linker.links.get(id(target), {}).get(link.reverse or "")
        meant = any(pair.foreign[1] == f"{link.draft.name}_{pair.referred[1]}" for pair in link.pairs)
        if not meant:
            return
        fails = (
            other is not None and other is not link and other.known and other.direction in ("one-to-many", "one-to-one")
        )
        column = link.pairs[0].referred[1]
        yield Defect(
            "sqlalchemy/self-reference-without-remote-side",
            link.draft.span,
            f"The relationship `{link.draft.name}` of `{link.owner.name}` leads from `{column}` to "
            f"`{link.pairs[0].foreign[1]}`: without a `remote_side` it finds rows below, not the one above",
            symptom=(
                f"sqlalchemy.exc.ArgumentError (both of the same direction) {CONFIGURED}"
                if fails
                else f"`{link.draft.name}` gives rows that point at this one"
            ),
            remedy=f"Add `remote_side=[{column}]`",
        )


def check_builtins(link: Link) -> Iterator[Defect]:
    """A column that the class body does not bind under the name of one of Python's functions."""
    frame = link.draft.frame
    for argument in ("remote_side", "foreign_keys", "order_by"):
        node = link.draft.nodes.get(argument)
        for item in node.items if isinstance(node, syntax.Display) else (node,):
            name = item.id if isinstance(item, syntax.Name) else ""
            if frame is not None and hasattr(builtins, name) and not binds(frame, name):
                bare = item is node and argument != "order_by"  # it is called, as a lambda would be
                yield Defect(
                    "sqlalchemy/builtin-instead-of-column",
                    link.draft.span,
                    f"`{argument}` of the relationship `{link.draft.name}` is given Python's own `{name}`: "
                    f"the body of `{link.owner.name}` binds no `{name}`",
                    symptom=f"{'TypeError' if bare else 'sqlalchemy.exc.ArgumentError'} {CONFIGURED}",
                    remedy=f'Name the column in a text: `{argument}="{link.owner.name}.{name}"`',
                )


def binds(frame: Frame, name: str) -> bool:
    """Whether a name is bound where an expression in the body of a class stands; an annotation alone binds nothing."""
    found, cls = frame.scope.find(name), frame.owner
    if found is not None and cls is not None and found.names is cls.members and own_member(cls, name) is None:
        found = found.parent.find(name) if found.parent is not None else None
    return found is not None


def is_made(draft: ClassDraft) -> bool:
    """Whether code may add to a class when it is defined: a metaclass, a decorator, `__init_subclass__`."""
    for found in classes_of(draft.cls):
        metaclass = found.keywords.get("metaclass")
        if metaclass is not None and not path_of(metaclass).endswith("DeclarativeMeta"):
            return True
        if "__init_subclass__" in found.members or "__table_cls__" in found.members:
            return True
    return any(decorator_name(node) not in PLAIN for node in draft.cls.code.decorators)


PLAIN = frozenset({"mapped", "mapped_as_dataclass", "dataclass", "as_declarative", "final"})


def decorator_name(node: syntax.Expression) -> str:
    """The last part of a decorator's name."""
    callee = node.callee if isinstance(node, syntax.Call) else node
    return callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
