"""Serializers of REST framework while functions are run."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Function,
    LibraryObject,
    Memo,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    choice,
    inherited,
    method,
    stands_for,
)

from ._shapes import lists_otherwise, model_of, written
from ._views import defines


@stands_for(
    *(
        f"rest_framework.serializers.{name}"
        for name in ("BaseSerializer", "Serializer", "ModelSerializer", "HyperlinkedModelSerializer", "ListSerializer")
    )
)
class Serializer(LibraryObject):
    """A serializer: what the project fills in is called by the library.

    ``changed``: code has taken hold of its fields, and may have changed them.
    """

    keeps = False
    changed = False
    many: bool | None = False

    def created(self, call: Call) -> None:
        given = call if self.made_by is None else self.made_by
        many = given.keywords.get("many", call.keywords.get("many"))
        self.many = None if given.open else False
        if many is not None:
            self.many = bool(many.value) if isinstance(many, Const) else None
        self.attributes["instance"] = call.argument(0, "instance") or NOTHING
        self.attributes["validated_data"] = Record(complete=False)
        self.attributes["context"] = call.argument(None, "context") or Record(complete=False)

    def own(self, names: Iterable[str]) -> list[str]:
        """Those of some methods that the project defines."""
        return [name for name in names if self.kind is not None and defines(self.kind, name)]

    def ask(self, call: Call, names: Iterable[str]) -> Value:
        """Call methods of the project; what the last one gives."""
        given = Unknown("data of the request")
        found: Value = given
        for name in self.own(names):
            found = call.engine.call(call.engine.member(self, name), [given], call.node, call.frame)
        return found

    @method("is_valid", "run_validation")
    def validate(self, call: Call) -> Value:
        if call.name == "is_valid":
            place = Origin(call.frame.module.path, call.node.start, call.node.end)
            note_validated(call.engine, place, self)
        names = [name for name in member_names(self.kind) if name == "validate" or name.startswith("validate_")]
        self.ask(call, ["to_internal_value", *names])
        return Const(True)

    @method("save")
    def save(self, call: Call) -> Value:
        data = self.attributes.get("validated_data") or Unknown("data of the request")
        instance = self.attributes.get("instance") or Unknown("an object")
        with call.engine.undecided():
            made = [
                call.engine.call(call.engine.member(self, name), arguments, call.node, call.frame)
                for name, arguments in (
                    ("create", [data]),
                    ("update", [instance, data]),
                )
                if self.own([name])
            ]
        saved = choice(made) if made else Unknown("an object that was saved")
        self.attributes["instance"] = saved
        return saved

    @method("to_representation")
    def represented(self, call: Call) -> Value:
        return written(call.engine, self)

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "fields":
            self.changed = True
        if name == "data" and self.kind is not None:
            fields = [found for found in member_names(self.kind) if found.startswith("get_")]
            self.evaluate(engine, *(f"self.{found}(self.instance)" for found in fields))
            return self.written(engine)
        return super().read(engine, name)

    def evaluate(self, engine: Engine, *expressions: str) -> Value:
        """What the last of some expressions gives, in a method that the library has."""
        assert self.kind is not None
        given = self.attributes.get("instance", NOTHING)
        self.attributes["instance"] = self.one(engine, given)
        try:
            return engine.call_accessor(inherited(self.kind, self, "data", ("self",), expressions, returns=True))
        finally:
            self.attributes["instance"] = given

    def one(self, engine: Engine, given: Value) -> Value:
        """The object that is shown, or any one of several."""
        if not self.many and not isinstance(given, Const | Unknown):
            return given
        if self.many and isinstance(given, Sequence) and (given.items or given.element is not None):
            return choice([*given.items, *([given.element] if given.element is not None else [])])
        model = model_of(engine, self.kind) if self.kind is not None else None
        return engine.assumed(model) if model is not None else Unknown("an object that is shown")

    def written(self, engine: Engine, depth: int = 0) -> Value:
        """What it writes of what it was given: one object, or a list of them."""
        if self.kind is None or self.many is None or (self.many and lists_otherwise(self.kind)):
            return Unknown("what a serializer writes")
        if self.own(["to_representation"]):
            one = self.evaluate(engine, "self.to_representation(self.instance)")
        else:
            one = written(engine, self, depth)
        return Sequence((), complete=False, element=one) if self.many else one


VALIDATED: Memo[Engine, dict[Origin, Serializer]] = Memo()


def note_validated(engine: Engine, origin: Origin, serializer: Serializer) -> None:
    """Remember which serializer was last asked at a place whether its data are valid."""
    known = VALIDATED.get(engine)
    if known is None:
        known = VALIDATED[engine] = {}
    known[origin] = serializer


def member_names(cls: Class | None) -> list[str]:
    """Names of the methods of a class in the project."""
    found: dict[str, None] = {}
    for ancestor in cls.lineage() if cls is not None else ():
        if isinstance(ancestor, Class):
            found.update((name, None) for name, value in ancestor.members.items() if isinstance(value, Function))
    return list(found)
