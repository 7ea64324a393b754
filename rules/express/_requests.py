"""What Express hands to handlers: the request and response, with what middleware and the application put on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.api import (
    NOTHING,
    Engine,
    Function,
    Instance,
    MountEntry,
    Native,
    Record,
    Route,
    Value,
    puts_on,
    run_quietly,
)

from ._routing import Application, Routing


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
    """One request and response of an application, after its middleware has run.

    A request that is tried is one of its own, and has run through the middleware of its route alone.
    """
    if engine.probe is not None:
        request, response = anew(application)
        engine.probe.carry(request, OWN)
        for handler in engine.probe.through(engine.probe.chain):
            engine.probe.let_through(engine, handler, [request, response, PASS])
        return request, response, PASS
    made = application.attributes.get("the exchange")
    if isinstance(made, Instance):
        return made, made.attributes["res"], PASS
    request, response = anew(application)
    application.attributes["the exchange"] = request
    for function in middleware_of(application, set()):
        if puts_on(engine, function, 2):
            run_quietly(engine, function, [request, response, PASS])
    for name in ("body", "query", "params"):  # what one middleware makes of them is still what the request brought
        request.attributes.pop(name, None)
    return request, response, PASS


def anew(application: Application) -> tuple[Instance, Instance]:
    """A request and its response, on which nothing has been put."""
    request, response = Instance(path="express.Request"), Instance(path="express.Response")
    request.attributes.update({"app": application, "res": response})
    response.attributes.update({"app": application, "req": request, "locals": Record(complete=False)})
    return request, response


# What a request has of its own; `user` is what all kinds of middleware put there, and nothing by itself.
OWN = frozenset(
    "app baseUrl body cookies fresh host hostname ip ips method originalUrl params path protocol query res route "
    "secure signedCookies stale subdomains xhr accepts acceptsCharsets acceptsEncodings acceptsLanguages get "
    "header headers is param range url httpVersion socket connection on once pipe rawHeaders next files file "
    "session log id t csrfToken flash logout logIn login isAuthenticated aborted complete trailers".split()
)

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
