"""Scopes: options that a model keeps under a name, and those that all of its queries have."""

from __future__ import annotations

from verifier.api import Engine, Function, Record, Sequence, Value, options, text_of

from ._given import Reading, is_nothing, listed, merged_record, why
from ._notes import identity, notes
from ._schema import Model


def scope_of(reading: Reading, model: Model, scopes: tuple[Value, ...] | None) -> Record | None:
    """What scopes add to the options of a query; None asks for the default one."""
    if scopes is None:
        found = default_scope(reading.lifting.engine, model)
        return called(reading, found) if found is not None else None
    made: Record | None = None
    for scope in (item for given in scopes for item in flat(reading, given)):
        added = named_scope(reading, model, scope)
        if added is not None:
            made = added if made is None else merged_record(made, added, deep=True)
    return made


def flat(reading: Reading, given: Value) -> list[Value]:
    """The scopes that an argument names."""
    picked = reading.pick(given)
    if is_nothing(picked):
        return []
    found = listed(picked)
    if not isinstance(found, Sequence):
        return []
    if not found.complete:
        open_all(reading, "scopes that are chosen at run time")
    return [reading.pick(item) for item in found.items if not is_nothing(item)]


def named_scope(reading: Reading, model: Model, scope: Value) -> Record | None:
    """The options of one scope."""
    engine = reading.lifting.engine
    arguments: list[Value] = []
    name = text_of(scope)
    if isinstance(scope, Record):
        method = scope.entries.get("method")
        if method is None:
            return scope
        method = reading.pick(method)
        if isinstance(method, Sequence) and method.items:
            name, arguments = text_of(reading.pick(method.items[0])), method.items[1:]
        else:
            name = text_of(method)
    if name == "defaultScope":
        found = default_scope(engine, model)
        return called(reading, found) if found is not None else None
    found = scopes_of(engine, model).get(name or "")
    if found is None:
        open_all(reading, f"the scope `{name}`" if name is not None else why(scope))
        if name is not None:
            from ._judging import judge_scope

            judge_scope(reading, model, name, scope.origin, list(scopes_of(engine, model)))
        return None
    return called(reading, found, arguments)


def called(reading: Reading, scope: Value, arguments: list[Value] | None = None) -> Record | None:
    """The options that a scope is, or that its function gives."""
    if isinstance(scope, Function):
        engine = reading.lifting.engine
        scope = engine.trial(scope, list(arguments or ()), {}).result
    scope = reading.pick(scope)
    if isinstance(scope, Record):
        return scope
    if not is_nothing(scope):
        open_all(reading, why(scope))
    return None


def open_all(reading: Reading, reason: str) -> None:
    """Nothing of the statement is wholly known."""
    for clause in ("from", "columns", "where", "order", "limit"):
        reading.opens(clause, reason)


def default_scope(engine: Engine, model: Model) -> Value | None:
    """``defaultScope``."""
    return collected(engine, model).get("defaultScope")


def scopes_of(engine: Engine, model: Model) -> dict[str, Value]:
    """The named scopes of a model."""
    return collected(engine, model)


def collected(engine: Engine, model: Model) -> dict[str, Value]:
    """All scopes of a model: from its options, ``addScope`` and decorators."""
    kept = notes(engine).scopes
    key = identity(model.value)
    known = kept.get(key)
    if known is not None:
        return known
    found: dict[str, Value] = {}
    kept[key] = found
    for given in model.raw:
        if isinstance(given, Record):
            default, named = given.entries.get("defaultScope"), given.entries.get("scopes")
            if isinstance(default, Record):
                found["defaultScope"] = default
            if isinstance(named, Record):
                found.update({str(name): scope for name, scope in named.entries.items()})
    for kind, arguments in model.changes:
        name = text_of(arguments[0]) if arguments else None
        if kind == "addScope" and name is not None and len(arguments) > 1:
            found[name] = arguments[1]
    for kind, scope in model.declared_scopes:
        for option in options(made(engine, scope)):
            if kind == "DefaultScope" and isinstance(option, Record):
                found["defaultScope"] = option
            elif kind == "Scopes" and isinstance(option, Record):
                found.update({str(name): one for name, one in option.entries.items()})
    return found


def made(engine: Engine, scope: Value) -> Value:
    """What the function gives that a decorator was given."""
    if isinstance(scope, Function):
        return engine.trial(scope, [], {}).result
    return scope
