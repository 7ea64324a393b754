"""What Express hands to handlers: the request and response, with what middleware and the application put on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from verifier.api import (
    NOTHING,
    BudgetError,
    Engine,
    Function,
    Instance,
    MountEntry,
    Native,
    Record,
    Route,
    Value,
    innermost,
)

from ._routing import Application, Routing

STEPS_FOR_MIDDLEWARE = 20_000


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """The request, the response and ``next``, by their places."""
    application = application_of(engine, route)
    if application is None:
        return {}
    return {str(place): value for place, value in enumerate(exchange(engine, application))}


def application_of(engine: Engine, route: Route) -> Application | None:
    """The application that serves a route."""
    for found in engine.objects:
        if isinstance(found, Application) and found.origin is not None and not found.mounted:
            span = engine.span(found.origin)
            if route.application.startswith(f"{span.path}:"):
                return found
    return None


def exchange(engine: Engine, application: Application) -> tuple[Value, Value, Value]:
    """One request and response of an application, after its middleware has run."""
    made = application.attributes.get("the exchange")
    if isinstance(made, Instance):
        return made, made.attributes["res"], PASS
    request, response = Instance(path="express.Request"), Instance(path="express.Response")
    request.attributes.update({"app": application, "res": response})
    response.attributes.update({"app": application, "req": request, "locals": Record(complete=False)})
    application.attributes["the exchange"] = request
    for function in middleware_of(application, set()):
        if puts(engine, function):
            run_quietly(engine, function, [request, response, PASS])
    return request, response, PASS


PASS = Native("next", lambda call: NOTHING)


def middleware_of(router: Routing, seen: set[int]) -> Iterator[Function]:
    """The functions that requests run through on their way, in the order in which they were registered."""
    if id(router) in seen:
        return
    seen.add(id(router))
    yield from router.middleware
    for entry in router.entries:
        if isinstance(entry, MountEntry) and isinstance(entry.child, Routing):
            yield from middleware_of(entry.child, seen)


def puts(engine: Engine, function: Function) -> bool:
    """Whether a function puts something on the request or the response."""
    inner = innermost(function)
    names = [re.escape(parameter.name) for parameter in inner.code.parameters[:2] if parameter.name]
    if not names:
        return False
    data = engine.project.files[inner.module.path].data[inner.code.start : inner.code.end]
    return re.search(rf"\b(?:{'|'.join(names)})\.[\w.]+\s*=[^=>]|Object\.assign\(".encode(), data) is not None


def run_quietly(engine: Engine, function: Function, arguments: list[Value]) -> None:
    """Run middleware for what it leaves behind; its calls are not those of the handler."""
    within, frame, limit, before = engine.within, engine.frame_of_framework, engine.limit, engine.steps
    engine.within, engine.frame_of_framework, engine.limit = None, None, before + STEPS_FOR_MIDDLEWARE
    try:
        with engine.undecided():
            engine.invoke(function, arguments, {})
    except BudgetError:
        pass  # what it had put on the request by then is kept
    finally:
        engine.within, engine.frame_of_framework = within, frame
        engine.limit = limit + engine.steps - before
