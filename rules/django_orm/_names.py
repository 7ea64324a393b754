"""The names by which queries and objects of models reach fields and other models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from verifier.api import Class, Const, Engine, External, Function, Instance, Memo, Origin, Value, is_test

from ._entities import World
from ._fields import MANY_TO_MANY, PRIVATE, TO_ONE, Field
from ._model import Model
from ._registry import Registry
from ._relations import Junction, Link
from ._settings import read_apps
from ._sources import Reader

GET_USER_MODEL = "django.contrib.auth.get_user_model()"
ANNOTATING = re.compile(rb"\.(?:annotate|alias|extra)\(")
PARTS_OF_CALL = re.compile(rb"[()\[\]{}]|\b(\w+)\s*=(?!=)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
LONGEST_CALL = 5_000  # bytes


class Way(NamedTuple):
    """A relation as seen from one of its sides.

    Attributes:
        name: by which queries name it; ``accessor`` the attribute of objects, None where there is none.
        field: what declares it, ``holder`` the model with the field; ``target`` where it leads.
        forward: seen from the model with the field.
        many: whether it may lead to several rows.
        owner: the model whose table it starts from.
    """

    name: str
    accessor: str | None
    field: Field
    holder: Model
    target: Model
    forward: bool
    many: bool
    junction: Junction | None
    link: Link
    owner: Model

    @property
    def hidden(self) -> bool:
        """Whether queries cannot name it."""
        return not self.forward and self.accessor is None


class Opts:
    """What a model answers to: fields and ways by name, with those that it inherits."""

    def __init__(self, names: Names, model: Model) -> None:
        self.model = model
        self.fields: dict[str, tuple[Model, Field]] = {}
        self.ways: dict[str, Way] = {}
        self.accessors: dict[str, Way] = {}
        self.opaque: set[str] = set()
        registry = names.world.registry
        for holder in model.lineage():
            concrete = holder.concrete()
            for field in concrete.fields.values():
                if field.name in self.fields:
                    continue
                if field.core in PRIVATE or field.core in ("ForeignObject", ""):
                    self.opaque.add(field.name)
                    if field.core:
                        continue
                self.fields[field.name] = (concrete, field)
                if not field.core:
                    self.opaque.add(f"{field.name}_id")
                if field.core in TO_ONE:
                    self.fields.setdefault(f"{field.name}_id", (concrete, field))
            for link in names.world.links.get(id(concrete), ()):
                if link.target is None:
                    self.opaque.add(link.field.name)
                    continue
                many = link.field.core == MANY_TO_MANY
                way = Way(
                    link.field.name,
                    link.field.name,
                    link.field,
                    concrete,
                    link.target,
                    True,
                    many,
                    link.junction,
                    link,
                    concrete,
                )
                self.ways.setdefault(way.name, way)
                self.accessors.setdefault(way.name, way)
            if "order_with_respect_to" in concrete.options:
                self.opaque.add("_order")
        for holder in model.lineage():
            for link in names.pointing.get(id(holder.concrete()), ()):
                many = link.field.core != "OneToOneField"
                name = link.query_name or link.model.model_name
                way = Way(
                    name,
                    link.accessor,
                    link.field,
                    link.model,
                    link.model,
                    False,
                    many,
                    link.junction,
                    link,
                    holder.concrete(),
                )
                if name not in self.fields and link.field.open:
                    self.opaque.add(name)
                self.ways.setdefault(name, way)
                if link.accessor is not None:
                    self.accessors.setdefault(link.accessor, way)
            for _, field in names.world.generics.get(id(holder), ()):
                self.opaque.add(field.text("related_query_name") or "")
        self.key = registry.key_of(model)
        self.composite = any(field.core == "CompositePrimaryKey" for field in model.concrete().fields.values())

    def choices(self) -> list[str]:
        """What Django would offer instead of an unknown name."""
        ways = [way.name for way in self.ways.values() if not way.hidden]
        return sorted({*(name for name in self.fields), *ways})


class Names:
    """All models by the classes and paths that code knows them by."""

    def __init__(self, engine: Engine) -> None:
        self.apps = read_apps(engine, engine.project)
        reader = Reader(engine, engine.project, self.apps)
        registry = Registry(self.apps, reader)
        registry.add(list(reader.models()))
        registry.add(reader.shipped.installed())
        registry.complete()
        self.reader = reader
        self.registry = registry
        self.world = World(registry, engine)
        self.sqlite = False  # whether the database is known to be SQLite
        self.size = len(engine.classes)
        self.known: dict[int, Opts] = {}
        self.everywhere: set[str] | None = None  # the names of the fields of all models
        self.annotated: set[bytes] | None = None  # the names that queries are annotated with
        self.given: dict[str, list[tuple[str, int, int]]] = {}  # where words stand as keywords and texts
        self.pointing: dict[int, list[Link]] = {}
        for links in self.world.links.values():
            for link in links:
                if link.target is not None and not link.target.swapped:
                    self.pointing.setdefault(id(link.target.concrete()), []).append(link)

    def opts(self, model: Model) -> Opts:
        """The names of a model."""
        found = self.known.get(id(model))
        if found is None:
            found = self.known[id(model)] = Opts(self, model)
        return found

    def model_of(self, value: Value | None) -> Model | None:
        """The model that a class, or something of a library, is."""
        if isinstance(value, Class):
            found = self.reader.known.get(value.code)
            return found if found is not None and not found.abstract and found.app is not None else None
        if isinstance(value, Instance) and value.path == GET_USER_MODEL:
            return self.user()
        if isinstance(value, External):
            found = self.reader.shipped.model(value.path)
            return found if found is not None and not found.abstract else None
        return None

    def reasons(self, model: Model, name: str = "") -> list[str]:
        """Why a model may have more fields than were read; ``name``: why it may have one of that name."""
        found = [reason for base in model.lineage() for reason in base.open]
        if not name or not get_close_matches(name, self.opts(model).choices(), 1, 0.75):
            found += self.world.unseen(model)  # what other applications add is not called almost like a field
        for holder in model.lineage():
            for cls in holder.cls.lineage() if holder.cls is not None and name else ():
                member = cls.members.get(name) if isinstance(cls, Class) else None
                if member is not None and not isinstance(member, Function | Const | Class):
                    found.append(f"`{name}`, which `{holder.name}` binds")
        return found

    def is_slip(self, model: Model, name: str, origin: Origin | None) -> bool:
        """Whether a name is surely written wrongly, whatever queries and models reach the place where it stands.

        It is almost that of a field of the model, no model has it, and it stands nowhere else in the project as a
        keyword or text, where code would give it to an annotation.
        """
        if (
            origin is None
            or not name.isidentifier()
            or not get_close_matches(name, self.opts(model).choices(), 1, 0.75)
        ):
            return False
        if self.everywhere is None:
            self.everywhere = {one for found in self.registry.all() for one in self.opts(found).choices()}
        if name in self.everywhere:
            return False
        if name not in self.given:
            self.given[name] = [*self.places_of(name.encode())]
        return all(path == origin.path and start <= origin.start < end for path, start, end in self.given[name])

    def places_of(self, word: bytes) -> Iterator[tuple[str, int, int]]:
        """Where a word stands as a keyword or a whole text."""
        given = re.compile(rb"\b%s\s*[:=](?!=)|[\"']%s[\"']" % (word, word))
        for path, file in self.reader.project.files.items():
            if file.language == "python" and word in file.data:
                yield from ((path, *match.span()) for match in given.finditer(file.data))

    def is_of_kin(self, model: Model, name: str) -> bool:
        """Whether a model has a field of a name that inherits from the same plain class."""
        mixins = {id(base) for base in plain_bases(self, model)}
        return bool(mixins) and any(
            name in self.opts(other).fields and any(id(base) in mixins for base in plain_bases(self, other))
            for other in self.registry.all()
            if other is not model
        )

    def is_annotated(self, name: str) -> bool:
        """Whether some query of the project is annotated with a name: functions hand queries on to others."""
        if self.annotated is None:
            self.annotated = {
                found
                for file in self.reader.project.files.values()
                if file.language == "python" and b"(" in file.data
                for call in ANNOTATING.finditer(file.data)
                for found in keywords_in(file.data, call.end())
            }
        return name.encode("utf-8", "replace") in self.annotated

    def user(self) -> Model | None:
        """The user model."""
        label = self.apps.user_model
        return self.registry.models.get(label.lower()) if label is not None else None

    def value_of(self, model: Model) -> Value | None:
        """The class of a model, as code has it."""
        if model.cls is not None:
            return model.cls
        return External(model.paths[0]) if model.paths else None


def plain_bases(names: Names, model: Model) -> Iterator[Class]:
    """The classes of the project that a model inherits from and that are no models."""
    for base in model.cls.lineage() if model.cls is not None else ():
        if isinstance(base, Class) and names.reader.known.get(base.code) is None:
            yield base


def keywords_in(data: bytes, start: int) -> Iterator[bytes]:
    """The keywords of a call, whose arguments begin at a place, without those of calls inside."""
    depth = 1
    for found in PARTS_OF_CALL.finditer(data, start, start + LONGEST_CALL):
        if found[1] is not None and depth == 1:
            yield found[1]
        elif found[0] in (b"(", b"[", b"{"):
            depth += 1
        elif found[0] in (b")", b"]", b"}"):
            depth -= 1
            if depth == 0:
                return


KNOWN: Memo[Engine, Names] = Memo()


def names_of(engine: Engine) -> Names:
    """The names of a project's models, as far as these have been run."""
    found = KNOWN.get(engine)
    if found is None or new_models(engine, found):
        found = KNOWN[engine] = Names(engine)
    return found


def new_models(engine: Engine, known: Names) -> bool:
    """Whether classes that may be models have come since."""
    fresh = engine.classes[known.size :]
    known.size = len(engine.classes)
    return any(may_be_model(cls) for cls in fresh)


def may_be_model(cls: Class) -> bool:
    """Whether a class may be a model: it derives from something that is named like one."""
    if cls.module.javascript or is_test(cls.module.path):
        return False
    return any(isinstance(base, External) and ".models." in base.path for base in cls.lineage())


def accessors(engine: Engine, cls: Value) -> Iterator[Way]:
    """The ways that objects of a class offer as attributes."""
    names = names_of(engine)
    model = names.model_of(cls)
    if model is not None:
        yield from names.opts(model).accessors.values()
