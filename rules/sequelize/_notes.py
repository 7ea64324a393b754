"""What the project asked of Sequelize while it ran: definitions, associations, and changes of models, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from verifier.api import Call, Class, Engine, External, Instance, Memo, Origin, Span, Value, options

if TYPE_CHECKING:
    from ._schema import Registry

ASSOCIATIONS = ("belongsTo", "hasOne", "hasMany", "belongsToMany")


class Definition(NamedTuple):
    """``define`` or ``init``. ``depth`` counts the undecided conditions under which it was called."""

    model: Value
    name: Value | None
    attributes: Value | None
    options: Value | None
    connection: Value | None
    origin: Origin
    depth: int


class Association(NamedTuple):
    """``source.hasMany(target, options)``; ``made`` is what the call gave."""

    kind: str
    source: Value
    target: Value | None
    options: Value | None
    origin: Origin
    depth: int
    made: Value


class Change(NamedTuple):
    """Another call that changes a model: ``removeAttribute``, ``addHook``, ``beforeCreate``, ``addScope``."""

    kind: str
    model: Value
    arguments: tuple[Value, ...]
    origin: Origin


class LateFill(NamedTuple):
    """An attribute that may not be null and that only a hook after the validation fills."""

    model: Span
    attribute: str
    hook: str
    hook_span: Span
    attribute_span: Span


class Notes:
    """The calls, each once."""

    def __init__(self) -> None:
        self.definitions: dict[object, Definition] = {}
        self.associations: dict[object, Association] = {}
        self.changes: dict[object, Change] = {}
        self.late: list[LateFill] = []
        self.registry: Registry | None = None  # all models, once they have been read
        self.scopes: dict[object, dict[str, Value]] = {}
        self.scoped: dict[object, Value] = {}


KEPT: Memo[Engine, Notes] = Memo()


def notes(engine: Engine) -> Notes:
    """What was noted while a project ran."""
    found = KEPT.get(engine)
    if found is None:
        found = KEPT[engine] = Notes()
    return found


def identity(value: Value | None) -> object:
    """What tells one model from another, however often its file or factory is run."""
    if isinstance(value, Class):
        return value.module.path, value.code.start
    if isinstance(value, Instance) and value.origin is not None:
        return (*value.origin, getattr(value, "named", None))
    return id(value)


def holders(call: Call) -> Iterable[Value]:
    """The models whose method is called."""
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    return options(receiver) if receiver is not None else ()


def note_definition(call: Call, model: Value, name: Value | None, connection: Value | None) -> None:
    """Note ``define(name, attributes, options)`` or ``init(attributes, options)``."""
    first = 0 if name is None else 1
    made = Definition(
        model,
        name,
        call.argument(first),
        call.argument(first + 1),
        connection,
        call.origin,
        call.engine.conditional,
    )
    if notes(call.engine).definitions.setdefault((identity(model), call.origin), made) is made:
        call.engine.next_sequence()


def note_association(call: Call, made: Instance) -> None:
    """Note an association of each model that the call may be of."""
    for source in holders(call):
        found = Association(
            call.name, source, call.argument(0), call.argument(1), call.origin, call.engine.conditional, made
        )
        given = call.argument(1)
        told = given.origin if given is not None else None
        key = (identity(source), call.origin, told, *(identity(target) for target in options_of(call.argument(0))))
        if notes(call.engine).associations.setdefault(key, found) is found:
            call.engine.next_sequence()


def note_change(call: Call) -> None:
    """Note another change."""
    for model in holders(call):
        made = Change(call.name, model, tuple(call.arguments), call.origin)
        if notes(call.engine).changes.setdefault((identity(model), call.origin), made) is made:
            call.engine.next_sequence()


def options_of(value: Value | None) -> tuple[Value, ...]:
    """The values that an argument may be."""
    return options(value) if value is not None else ()
