"""What of a handler's arguments the query string decides: plain parameters, models, and what dependencies take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from verifier.api import (
    Answering,
    Class,
    Const,
    Demand,
    Demanded,
    Engine,
    External,
    Function,
    Input,
    Instance,
    Native,
    Origin,
    Parametrized,
    Value,
    describe,
    options,
    text_of,
    version_range,
)

from ._dependencies import Dependency, Field, RequestObject, annotated, asked_by, bare, declared

DEEPEST = 5
SINGLE = frozenset("str int float bool date datetime Decimal UUID EmailStr".split())
PLAIN = frozenset("str int float bool date datetime Decimal UUID Literal list List set Optional Union".split())


def query_inputs(engine: Engine, function: Function) -> Mapping[str, Input]:
    """The parameters of a handler or dependency that a query string decides."""
    found: dict[str, Input] = {}
    parameters = engine.parameters(function)
    for name, target in asked_by(engine, parameters).items():
        if isinstance(target, Function):
            found[name] = Input(given_by=declared(target))
        elif isinstance(target, Class):
            found[name] = Input(given_by=target)
    for name, (annotation, default) in parameters.items():
        if name in found or any(
            isinstance(o, Dependency) for v in (default, *annotated(annotation)) if v for o in options(v)
        ):
            continue
        if isinstance(annotation, External) and annotation.path in RequestObject.paths:
            found[name] = Input(paths=(("query_params",),))
            continue
        field = next((one for one in (default, *annotated(annotation)) if is_query(one)), None)
        if isinstance(bare(annotation), Class) and is_query(field):
            found[name] = Input(paths=((),))
        elif (
            field is not None or (is_plain(annotation) and isinstance(default, Const)) or is_asked(annotation, default)
        ):
            found[name] = Input(name=alias_of(field) or name)
    return found


def is_asked(annotation: Value | None, default: Value | None) -> bool:
    """Whether a parameter without a default is one of the path, or of the query string."""
    return (
        default is None and annotation is not None and not annotated(annotation) and is_single(annotation, marked=False)
    )


def takes_query(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """The parameters that a query string must have, of a handler and of what it depends on."""
    known = answering.route.pattern.parameters
    for name, origin in required(answering.engine, declared(answering.handler), set()):
        if name not in known:
            yield Demanded(Demand("object", {}, frozenset({name}), {name: origin}, origin), origin)


def required(engine: Engine, function: Function, seen: set[object]) -> Iterator[tuple[str, Origin]]:
    """Those of one function, each with where it is written."""
    if function.code in seen:
        return
    seen.add(function.code)
    parameters = engine.parameters(function)
    asked = asked_by(engine, parameters)
    for target in asked.values():
        if isinstance(target, Function):
            yield from required(engine, declared(target), seen)
    for parameter in function.code.parameters:
        annotation, default = parameters.get(parameter.name, (None, None))
        if parameter.name in asked or parameter.kind in ("rest", "keywords") or annotation is None:
            continue
        marks = [one for one in (default, *annotated(annotation)) if isinstance(one, Field | Instance)]
        field = next((one for one in marks if is_query(one)), None)
        if field is None and marks:
            continue
        if may_lack(engine, annotation, field) or not is_single(annotation, marked=field is not None):
            continue
        if default is None or default is field:
            yield alias_of(field) or parameter.name, Origin(function.module.path, parameter.start, parameter.end)


def may_lack(engine: Engine, annotation: Value, field: Instance | None) -> bool:
    """Whether `Query(...)` gives a default, or a type may stand for one in pydantic 1."""
    made = field.made_by if field is not None else None
    if field is not None and (made is None or made.open or "default_factory" in made.keywords):
        return True
    given = made.argument(0, "default") if made is not None else None
    if given is not None and isinstance(given, Const | Instance | Class):
        return True
    versions = version_range(engine.project, "pydantic")
    optional = any(
        isinstance(one, Const)
        or (isinstance(one, Parametrized) and describe(one.base).rpartition(".")[2] == "Optional")
        for one in options(annotation)
    )
    return optional and (versions is None or not versions.surely(">=2"))


def is_single(annotation: Value, *, marked: bool, depth: int = 0) -> bool:
    """Whether a type is one of plain values; lists only stand in a query string where `Query` says so."""
    kinds = [one for one in options(annotation) if not isinstance(one, Const)]
    return bool(kinds) and depth < DEEPEST and all(is_single_kind(one, marked, depth) for one in kinds)


def is_single_kind(kind: Value, marked: bool, depth: int) -> bool:
    """The same of one type."""
    if not isinstance(kind, Parametrized):
        return isinstance(kind, External | Native) and kind.name in SINGLE
    name = describe(kind.base).rpartition(".")[2]
    if name in ("Annotated", "Optional") and kind.arguments:
        return is_single(kind.arguments[0], marked=marked, depth=depth + 1)
    return name == "Literal" or (marked and name in ("list", "List"))


def is_query(value: Value | None) -> bool:
    """Whether a default or a piece of an annotation is ``Query(...)``, of a parameter that still counts."""
    if not isinstance(value, Field) or not (value.path or "").endswith("Query"):
        return False
    made = value.made_by
    silenced = [made.keywords.get(key) for key in ("deprecated", "include_in_schema")] if made is not None else []
    return not any(isinstance(given, Const) and key_silences(given, place) for place, given in enumerate(silenced))


def key_silences(given: Const, place: int) -> bool:
    """Whether ``deprecated=True`` or ``include_in_schema=False`` is given."""
    return bool(given.value) if place == 0 else given.value is False


def alias_of(value: Value | None) -> str | None:
    """``Query(alias="from")``."""
    made = value.made_by if isinstance(value, Instance) else None
    return text_of(made.keywords.get("alias")) if made is not None else None


def is_plain(annotation: Value | None) -> bool:
    """Whether a type is one of values that stand in a query string."""
    if annotation is None:
        return True
    if isinstance(annotation, Parametrized):
        inner = annotation.arguments[0] if annotation.arguments else None
        return is_plain(inner) if describe(annotation.base).rpartition(".")[2] in ("Annotated", "Optional") else False
    kinds = options(annotation)
    return all(
        (isinstance(kind, Const) and kind.value is None) or describe(kind).rpartition(".")[2] in PLAIN for kind in kinds
    )
