"""What of a handler's arguments the query string decides: plain parameters, models, and what dependencies take."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    Class,
    Const,
    Engine,
    External,
    Function,
    Input,
    Instance,
    Parametrized,
    Value,
    describe,
    options,
    text_of,
)

from ._dependencies import Dependency, Field, RequestObject, annotated, asked_by, bare, declared

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
        elif field is not None or (is_plain(annotation) and isinstance(default, Const)):
            found[name] = Input(name=alias_of(field) or name)
    return found


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
