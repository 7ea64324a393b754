"""Which parameters of a handler FastAPI fills from the body of a request."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Class, Const, Engine, External, Function, Instance, Value, syntax

from ._dependencies import Dependency, Field, annotated, asked_by, bare, declared

DEEPEST = 5
BODIES = frozenset({"fastapi.Body", "fastapi.params.Body", "fastapi.param_functions.Body"})
MODELS = ("pydantic.", "sqlmodel.")


def required_bodies(engine: Engine, handler: Function, depth: int = 0) -> Iterator[tuple[Function, syntax.Parameter]]:
    """The parameters of a handler, and of what it depends on, without which a request is refused."""
    function = declared(handler)
    parameters = engine.parameters(function)
    asked = asked_by(engine, parameters)
    for inner in asked.values():
        if isinstance(inner, Function) and depth < DEEPEST:
            yield from required_bodies(engine, inner, depth + 1)
    for parameter in function.code.parameters:
        annotation, default = parameters.get(parameter.name, (None, None))
        if parameter.name not in asked and is_required_body(annotation, default):
            yield function, parameter


def is_required_body(annotation: Value | None, default: Value | None) -> bool:
    """Whether a parameter is surely read from the body, and has no default."""
    pieces = annotated(annotation)
    if any(isinstance(piece, Dependency | Field) for piece in (default, *pieces)):
        return False
    marks = [piece for piece in pieces if isinstance(piece, Instance)]
    if default is None:
        return is_model(bare(annotation)) and all(is_body(mark) for mark in marks)
    return isinstance(default, Instance) and is_body(default) and not gives_default(default)


def is_model(kind: Value | None) -> bool:
    """Whether a type is a pydantic model of the project."""
    return isinstance(kind, Class) and any(
        isinstance(base, External | Instance) and (base.path or "").startswith(MODELS) for base in kind.lineage()
    )


def is_body(value: Instance) -> bool:
    """Whether a default or a piece of an annotation is ``Body(...)``."""
    return value.path in BODIES or (value.path or "").removesuffix("()") in BODIES


def gives_default(value: Instance) -> bool:
    """Whether ``Body(...)`` names what is taken where no body comes."""
    made = value.made_by
    given = made.argument(0, "default") if made is not None else None
    factory = made.argument(None, "default_factory") if made is not None else None
    return factory is not None or (given is not None and not is_ellipsis(given)) or made is None


def is_ellipsis(value: Value) -> bool:
    """Whether a value is ``...``: all that is known is that it is no constant."""
    return not isinstance(value, Const | Instance | Class)
