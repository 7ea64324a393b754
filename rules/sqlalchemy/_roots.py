"""Which classes are mapped, and by which declarative base or registry."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Class,
    Const,
    Engine,
    External,
    Frame,
    Instance,
    Record,
    Scope,
    Value,
    syntax,
)

from ._drafts import Declared, Meta, Root, argument_node, call_of, path_of
from ._hints import read_hint
from ._order import ancestors, classes_of, member_of, own_member
from ._tables import is_metadata, schema_of

DECLARATIVE = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta"})
MADE = frozenset({"declarative_base", "generate_base", "as_declarative_base"})
MAPPING = frozenset({"mapped", "mapped_as_dataclass", "as_declarative", "as_declarative_base", "unmapped_dataclass"})
# Ancestors outside the project that bring no column.
PLAIN = (
    "sqlalchemy.", "object", "abc.", "typing.", "typing_extensions.", "enum.", "flask_login.", "dataclasses.",
    "pydantic.", "collections.", "sqlmodel.", "builtins.", "str", "int", "type", "Exception", "dict", "list",
)  # fmt: skip
MODEL = ("flask_sqlalchemy.SQLAlchemy.Model", "flask_sqlalchemy.extension.SQLAlchemy.Model")
SQLMODEL = ("sqlmodel.SQLModel", "sqlmodel.main.SQLModel")


class Roots:
    """The bases and registries met so far, each with its ``MetaData``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.known: dict[object, Root] = {}
        self.metas: dict[object, Meta] = {}
        self.kept: list[object] = []  # what the keys name by identity

    def root(self, key: object, kind: str, holder: Value | None = None) -> Root:
        """The root of a key, made when it is met first."""
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = Root(kind, Meta())
            self.kept.append(holder)
            self.fill(found, holder)
        return found

    def fill(self, root: Root, holder: Value | None) -> None:
        """Take the ``MetaData`` and the types that a base or registry is given."""
        metadata: Value | None = None
        if isinstance(holder, Class):
            metadata = member_of(holder, "metadata")
            registry = member_of(holder, "registry")
            if metadata is None and isinstance(registry, Instance):
                metadata = keyword(registry, "metadata")
            self.take_types(root, holder)
        elif isinstance(holder, Instance):
            metadata = keyword(holder, "metadata")
            self.take_types(root, holder)
            model = keyword(holder, "model_class") or keyword(holder, "cls")
            root.model = model
            if isinstance(model, Class):
                metadata = metadata or member_of(model, "metadata")
                self.take_types(root, model)
        meta = self.meta(metadata)
        if meta is not None:
            root.meta = meta

    def take_types(self, root: Root, holder: Value) -> None:
        """Read the ``type_annotation_map`` of a base, whose keys are types."""
        if isinstance(holder, Class):
            for cls in classes_of(holder):
                frame = Frame(cls.module, Scope(cls.scope), owner=cls)
                for statement in cls.code.body:
                    if isinstance(statement, syntax.Assign) and statement.value is not None:
                        names = [target.id for target in statement.targets if isinstance(target, syntax.Name)]
                        if "type_annotation_map" in names:
                            self.read_types(root, statement.value, frame)
                registry = own_member(cls, "registry")
                if isinstance(registry, Instance):
                    self.take_types(root, registry)
            return
        call = call_of(holder)
        node = argument_node(call, "type_annotation_map")
        if node is not None and call is not None:
            self.read_types(root, node, call.frame)

    def read_types(self, root: Root, node: syntax.Expression, frame: Frame, depth: int = 0) -> None:
        """Read a mapping of types as it is written, or the one that a name of the module was given."""
        if isinstance(node, syntax.Mapping):
            for entry in node.entries:
                if entry.key is None:
                    self.read_types(root, entry.value, frame, depth + 1)
                else:
                    value = self.engine.evaluate(entry.value, frame)
                    root.types.append((read_hint(self.engine, entry.key, frame), value))
        elif isinstance(node, syntax.Name) and depth < 4:
            outer = Frame(frame.module, Scope(frame.module.scope))
            for statement in frame.module.body:
                if not isinstance(statement, syntax.Assign) or statement.value is None:
                    continue
                if any(isinstance(target, syntax.Name) and target.id == node.id for target in statement.targets):
                    self.read_types(root, statement.value, outer, depth + 1)
                    break
            else:
                root.more_types = True
        else:
            root.more_types = True

    def meta(self, value: Value | None) -> Meta | None:
        """The ``MetaData`` that a value is: one of its own, or that of a base, registry or extension."""
        if is_metadata(value):
            found = self.metas.get(id(value))
            if found is None:
                found = self.metas[id(value)] = Meta(schema_of(value))
                self.kept.append(value)
            return found
        if isinstance(value, External) and value.name == "metadata":
            if isinstance(value.receiver, Class):
                return self.meta_of_class(value.receiver)
            if isinstance(value.receiver, Instance):
                return self.of_holder(value.receiver).meta
            if value.path.rpartition(".")[0] in SQLMODEL:
                return self.root("sqlmodel", "sqlmodel").meta
        return None

    def meta_of_class(self, cls: Class) -> Meta | None:
        """The ``MetaData`` that a class's tables stand in."""
        own = member_of(cls, "metadata")
        found = self.meta(own) if own is not None else None
        if found is not None:
            return found
        root = self.find(cls)
        if root is None:
            return None
        bind = member_of(cls, "__bind_key__")
        if root.kind == "flask" and isinstance(bind, Const) and bind.value is not None:
            return self.metas.setdefault((id(root), bind.value), Meta())
        return root.meta

    def of_holder(self, holder: Instance) -> Root:
        """The root that an object of the library holds: a base made by a function, a registry, an extension."""
        path = path_of(holder)
        if path.startswith("flask_sqlalchemy"):
            key = id(holder) if not holder.symbolic and call_of(holder) is not None else "flask"
            return self.root(key, "flask", holder)
        call = call_of(holder)
        callee = call.callee if call is not None else None
        if isinstance(callee, External) and callee.name == "generate_base" and isinstance(callee.receiver, Instance):
            return self.of_holder(callee.receiver)
        return self.root(id(holder), "declarative", holder)

    def find(self, cls: Class) -> Root | None:
        """The root that maps a class, if one does; also that of a class that is a base itself."""
        for found in ancestors(cls):
            if isinstance(found, Class):
                root = self.of_class(found)
                if root is not None:
                    return root
            elif isinstance(found, Instance) and path_of(found).rpartition(".")[2] in MADE:
                return self.of_holder(found)
            elif isinstance(found, External):
                if found.path in MODEL:
                    if isinstance(found.receiver, Instance):
                        return self.of_holder(found.receiver)
                    return self.root("flask", "flask")
                if found.path in SQLMODEL:
                    return self.root("sqlmodel", "sqlmodel")
        return None

    def of_class(self, cls: Class) -> Root | None:
        """The root that a class brings by itself: as a declarative base, or by a decorator."""
        for name, value in self.decorators(cls):
            if name in MAPPING and isinstance(value, External | Instance):
                holder = value if isinstance(value, External) else getattr(call_of(value), "callee", None)
                receiver = holder.receiver if isinstance(holder, External) else None
                if isinstance(receiver, Instance):
                    return self.of_holder(receiver)
                return self.root(id(cls.code), "declarative", cls)
        if self.is_base(cls):
            registry = own_member(cls, "registry")
            if isinstance(registry, Instance) and path_of(registry).endswith("registry"):
                return self.of_holder(registry)
            return self.root(id(cls.code), "declarative", cls)
        return None

    def is_base(self, cls: Class) -> bool:
        """Whether a class is a declarative base: mapped classes derive from it, and it is none."""
        if any(path_of(base).rpartition(".")[2] in DECLARATIVE and "sqlalchemy" in path_of(base) for base in cls.bases):
            return True
        metaclass = cls.keywords.get("metaclass")
        if isinstance(metaclass, External) and metaclass.name == "DeclarativeMeta":
            return True
        return any(name in ("as_declarative", "as_declarative_base") for name, _ in self.decorators(cls))

    def decorators(self, cls: Class) -> Iterator[tuple[str, Value]]:
        """The decorators of a class that may map it, by name and value."""
        for node in cls.code.decorators:
            callee = node.callee if isinstance(node, syntax.Call) else node
            name = callee.name if isinstance(callee, syntax.Member) else getattr(callee, "id", "")
            if name in MAPPING:
                yield name, self.engine.evaluate(node, Frame(cls.module, Scope(cls.scope)))

    def is_mapped(self, cls: Class, root: Root) -> bool:
        """Whether a class that has a root is mapped, and no base, mixin or plain model."""
        abstract = cls.members.get("__abstract__")
        if isinstance(abstract, Const) and abstract.value:
            return False
        if self.is_base(cls):
            return False
        if any(name.startswith("mapped") for name, _ in self.decorators(cls)):
            return True
        if root.kind == "sqlmodel":
            table = cls.keywords.get("table")
            if table is None:
                config = cls.members.get("model_config")
                table = config.entries.get("table") if isinstance(config, Record) else None
            return isinstance(table, Const) and table.value is True
        if root.model is cls:
            return False
        bases = ancestors(cls)[1:]
        return any(
            (isinstance(base, Class) and self.is_base(base))
            or (isinstance(base, Instance) and path_of(base).rpartition(".")[2] in MADE)
            or (isinstance(base, External) and base.path in MODEL)
            for base in bases
        )


def keyword(holder: Instance, name: str) -> Value | None:
    """A keyword argument that an object was made with, if it says something."""
    call = call_of(holder)
    value = call.keywords.get(name) if call is not None else None
    return None if isinstance(value, Const) else value


def strange(cls: Class) -> list[str]:
    """Why a class may have more columns than its own source says: ancestors that were not read."""
    found: list[str] = []
    for base in ancestors(cls)[1:]:
        if isinstance(base, Class):
            continue
        path = path_of(base)
        if isinstance(base, Declared):
            continue
        if not path:
            found.append("a base class that is decided at run time")
        elif path.rpartition(".")[2] not in MADE and path not in MODEL and not path.startswith(PLAIN):
            found.append(f"the base class `{path}` of a library")
    return found
