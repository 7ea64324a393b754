"""What FastAPI answers: what a handler gives, in the form of its response model, or the response that it makes."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    NOTHING,
    Answering,
    Call,
    Class,
    Const,
    Instance,
    Parametrized,
    Reply,
    Unknown,
    Value,
    options,
    regex,
)

from ._routing import Routing

LEAVING = ("exclude_unset", "exclude_defaults", "exclude_none", "exclude", "include")
SETS = regex(r"(?:fastapi|starlette)\.(?:responses\.)?Response\.status_code=")
JSON = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse"})


def answers(answering: Answering) -> Iterator[Reply]:
    """What a handler gives, way by way."""
    declared = declaration(answering)
    status = declared.keywords.get("status_code") if declared is not None else None
    if status is not None and isinstance(status, Const) and status.value is None:
        status = None
    if any(SETS.fullmatch(sent.path) for sent in answering.sent):
        status = Unknown("a status that is set on the response")
    model, aliased, open_ = response_model(answering, declared)
    for option in options(answering.result):
        path = (option.path or "").removesuffix("()") if isinstance(option, Instance) else ""
        call = option.made_by if isinstance(option, Instance) else None
        if call is not None and path.endswith("Response") and (isinstance(option, Instance) and option.kind is None):
            name = path.rpartition(".")[2]
            body = call.argument(0, "content")
            given = call.argument(1, "status_code") or (Const(307) if name == "RedirectResponse" else None)
            yield Reply(body if name in JSON else None, given, call.origin)
        elif declared is None or is_response(option):
            yield Reply(Unknown("what a handler gives"), Unknown("a response"), option.origin)
        elif model is not None:
            form = Unknown("a model of which fields may be left out") if open_ else model
            yield Reply(option, status, option.origin, shown=form, aliased=aliased)
        elif isinstance(option, Const) and option.value is None:
            yield Reply(None, status, option.origin)
        else:
            yield Reply(option, status, option.origin, aliased=True)


def is_response(value: Value) -> bool:
    """Whether a value is a response of some class of the project's own."""
    kind = value.kind if isinstance(value, Instance) else None
    return kind is not None and any((getattr(base, "path", "") or "").endswith("Response") for base in kind.lineage())


def declaration(answering: Answering) -> Call | None:
    """The call that registered the route."""
    engine, route = answering.engine, answering.route
    for found in engine.objects:
        for origin, call in found.declared.items() if isinstance(found, Routing) else ():
            if engine.span(origin) == route.span:
                return call
    return None


def response_model(answering: Answering, declared: Call | None) -> tuple[Value | None, bool, bool]:
    """The response model, whether names for the outside are used, and whether fields may be left out."""
    if declared is None:
        return None, True, False
    given = declared.keywords.get("response_model")
    by_alias = declared.keywords.get("response_model_by_alias")
    aliased = not (isinstance(by_alias, Const) and by_alias.value is False)
    open_ = any(f"response_model_{name}" in declared.keywords for name in LEAVING)
    if given is not None:
        return (None if given is NOTHING or isinstance(given, Const) else given), aliased, open_
    handler = answering.handler
    returned = returns_of(answering)
    if handler.decorators and handler.wraps is not None:
        return (Unknown("a decorator"), aliased, True) if returned is None else (returned, aliased, open_)
    return returned, aliased, open_


def returns_of(answering: Answering) -> Value | None:
    """The type that a handler says that it gives, where it is one of a model."""
    found = answering.engine.returned_type(answering.handler)
    return found if isinstance(found, Class | Parametrized) and not names_response(found) else None


def names_response(annotation: Value) -> bool:
    """Whether a return type is a response, which is sent as it is."""
    lineage = annotation.lineage() if isinstance(annotation, Class) else ()
    return any((getattr(base, "path", "") or "").endswith("responses.Response") for base in lineage)
