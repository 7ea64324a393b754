"""Which attributes hooks set: what a hook sets after the validation comes too late for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import NOTHING, Engine, Function, Origin, Value, nodes_in, syntax, text_of

from ._notes import LateFill
from ._plain import Options, functions_in, pattern_of
from ._schema import AUTOMATIC, Model, Registry, has_column

EARLY = ("beforeValidate", "afterValidate", "beforeBulkCreate")
LATE = ("beforeCreate", "beforeSave")


def late_fills(engine: Engine, registry: Registry) -> list[LateFill]:
    """The attributes of all models that only a late hook fills."""
    found: list[LateFill] = []
    for model in registry.all:
        hooks = list(hooks_of(model))
        if not any(name in LATE for name, _ in hooks) or any(name in EARLY for name, _ in hooks):
            continue
        setters = [function for given in model.attributes.values() for function in setting(given)]
        options = model.options.get("setterMethods")
        setters += (
            [f for given in options.values() for f in functions_in(given)] if isinstance(options, Options) else []
        )
        for name, function in hooks:
            if name not in LATE or not isinstance(function, Function):
                continue
            for attribute in sets(function):
                given = model.attributes.get(attribute)
                if (
                    given is None
                    or attribute in model.automatic.values()
                    or not waits(given)
                    or any(mentions(setter, attribute) for setter in setters)
                ):
                    continue
                place = engine.span(Origin(function.module.path, function.code.start, function.code.end))
                found.append(LateFill(model.span, attribute, name, place, model.spans.get(attribute, model.span)))
    return found


def hooks_of(model: Model) -> Iterator[tuple[str, Value]]:
    """The hooks of a model by name: of its options, and those that were added."""
    given = model.options.get("hooks")
    for name, hook in given.items() if isinstance(given, Options) else ():
        for function in hook if isinstance(hook, list) else [hook]:
            if isinstance(function, Value):
                yield name, function
    if isinstance(given, Value) or (isinstance(given, Options) and given.open):
        yield "beforeValidate", NOTHING  # hooks that are not known may be early
    for kind, arguments in model.changes:
        added = text_of(arguments[0]) if kind in ("addHook", "hook") and arguments else kind
        for argument in arguments[-1:]:
            yield added or "beforeValidate", argument


def waits(given: Options) -> bool:
    """Whether an attribute must be given before the validation: it may not be null, and nothing else fills it."""
    return (
        has_column(given)
        and given.get("allowNull") is False
        and given.get("defaultValue") is None
        and given.get("autoIncrement") is not True
        and not given.open
        and not given.get(AUTOMATIC)
    )


def setting(given: Options) -> list[Function]:
    """The setter of an attribute."""
    return functions_in(given.get("set"))


def mentions(function: Function, word: str) -> bool:
    """Whether the text of a function has a word in it."""
    data = function.module.source.data[function.code.start : function.code.end]
    return re.search(rb"\b" + pattern_of(word) + rb"\b", data) is not None


def sets(function: Function) -> list[str]:
    """The attributes of the row that a hook surely or possibly sets."""
    first = function.code.parameters[0].target if function.code.parameters else None
    if not isinstance(first, syntax.Name):
        return []
    found: dict[str, None] = {}
    for node in nodes_in(function.code.body):
        if isinstance(node, syntax.Assign):
            for target in node.targets:
                if isinstance(target, syntax.Member) and is_name(target.object, first.id):
                    found[target.name] = None
        elif isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.arguments:
            key = node.arguments[0]
            setting_ = is_name(node.callee.object, first.id) and node.callee.name in ("set", "setDataValue")
            if setting_ and isinstance(key, syntax.Const) and isinstance(key.value, str):
                found[key.value] = None
    return list(found)


def is_name(node: object, name: str) -> bool:
    """Whether an expression is a variable."""
    return isinstance(node, syntax.Name) and node.id == name
