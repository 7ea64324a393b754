"""Objects of models while functions are run: what their relations lead to."""

from __future__ import annotations

from verifier.api import Call, Class, Engine, External, Instance, LibraryObject, Term, Unknown, Value, version_range

from ._library import MODELS, ROOTS
from ._managers import Manager, Related, row_of
from ._names import GET_USER_MODEL, Way, names_of

DEFAULT_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
WRITING = frozenset({"save", "asave"})
READING = frozenset({"refresh_from_db", "arefresh_from_db"})
EXPRESSIONS = "django.db.models."


class ModelObject(LibraryObject):
    """An object of a model.

    Attributes:
        ways: what its relations lead to, as far as it was asked for.
        written: the expressions that were written when it was saved.
    """

    paths = (*sorted(ROOTS), *sorted(path for path in MODELS))
    ways: dict[str, Value]
    written: dict[str, Value]

    @classmethod
    def class_member(cls, engine: Engine, subclass: Class, name: str) -> Value | None:
        if name not in DEFAULT_MANAGERS:
            return None
        return default_manager(engine, subclass, name)

    def read(self, engine: Engine, name: str) -> Value | None:
        if not engine.remembers or name.startswith("__"):
            return None
        return self.related(engine, name)

    def given_for(self, engine: Engine, name: str, member: Value) -> Value | None:
        if not engine.remembers or type(member) is not Instance or name in self.attributes:
            return None
        return self.related(engine, name)

    def answers(self, call: Call) -> Value | None:
        name = call.callee.name if isinstance(call.callee, External) else call.name
        if name in READING or (name in WRITING and refreshes(call.engine)):
            self.settle(written=name in WRITING)
        return None

    def settle(self, *, written: bool) -> None:
        """Forget expressions (``F("hits") + 1``): they are values once they were read back."""
        for name, value in self.attributes.items():
            if isinstance(value, Term) or (type(value) is Instance and (value.path or "").startswith(EXPRESSIONS)):
                if written:
                    self.__dict__.setdefault("written", {})[name] = value
                self.attributes[name] = Unknown("what the database made of an expression")

    def assigned(self) -> dict[str, Value]:
        """What its attributes were given, expressions that were saved among them."""
        return {**self.attributes, **self.__dict__.get("written", {})}

    def related(self, engine: Engine, name: str) -> Value | None:
        """What a relation of a name leads to: an object, or a manager of several."""
        if not hasattr(self, "ways"):
            self.ways = {}
        if name not in self.ways:
            names = names_of(engine)
            cls: Value | None = self.kind if self.kind is not None else External(self.path or "")
            model = names.model_of(cls)
            way = names.opts(model).accessors.get(name) if model is not None else None
            if way is None:
                return None
            self.ways[name] = led_to(engine, self, way)
        return self.ways[name]


def refreshes(engine: Engine) -> bool:
    """Whether saving an object may replace its expressions by what they gave, as Django does from 6 on."""
    versions = version_range(names_of(engine).reader.project, "django")
    return versions is None or versions.maybe(">=6")


def led_to(engine: Engine, holder: Instance, way: Way) -> Value:
    """What an object has under the name of a relation."""
    target = names_of(engine).value_of(way.target)
    if target is None:
        return Unknown(f"what `{way.name}` leads to")
    if not way.many:
        return row_of(engine, target)
    manager = default_manager(engine, target, "objects")
    return manager.bind(target, way.accessor or way.name, Related(holder, way))


def default_manager(engine: Engine, cls: Value, name: str) -> Manager:
    """The manager that a class has by default: the first that it or an ancestor binds, or one of Django's."""
    if isinstance(cls, Class):
        for ancestor in cls.lineage():
            if isinstance(ancestor, Class):
                for member in ancestor.members.values():
                    found = engine.force(member)
                    if isinstance(found, Manager):
                        return found.bind(cls, name)
    known = engine.library_attributes.setdefault("<managers of Django>", {})
    plain = known.get("")
    if not isinstance(plain, Manager):
        plain = known[""] = Manager(None, "django.db.models.Manager")
    return plain.bind(cls, name)


class UserModel(LibraryObject):
    """What ``get_user_model`` gives: the class of users, once all models are known."""

    paths = (GET_USER_MODEL,)

    def behind(self, engine: Engine) -> Value | None:
        """The class."""
        names = names_of(engine)
        model = names.user()
        return names.value_of(model) if model is not None else None

    def read(self, engine: Engine, name: str) -> Value | None:
        if name.startswith("__"):
            return None
        found = self.behind(engine)
        if isinstance(found, Class):
            return engine.member(found, name)
        if isinstance(found, External) and name in DEFAULT_MANAGERS:
            return default_manager(engine, found, name)
        return None

    def called(self, call: Call) -> Value | None:
        found = self.behind(call.engine)
        if found is None:
            return None
        return call.engine.call(found, call.arguments, call.node, call.frame, call.keywords)

    def shape(self) -> object:
        return GET_USER_MODEL


def share_managers(engine: Engine) -> None:
    """Let the models of libraries have managers, as classes of the project have."""
    for path in MODELS:
        engine.library_attributes.setdefault(path, {}).setdefault(
            "objects", default_manager(engine, External(path), "objects")
        )
