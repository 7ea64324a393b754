"""What Koa hands to handlers: the context, with what middleware and the application put on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.api import (
    NOTHING,
    Const,
    Engine,
    Function,
    Instance,
    LibraryObject,
    MountEntry,
    Native,
    Record,
    Route,
    Router,
    Unknown,
    Value,
    puts_on,
    run_quietly,
)

from ._application import Application
from ._router import LOADS, KoaRouter

PASS = Native("next", lambda call: NOTHING)


class Context(LibraryObject):
    """``ctx``: what is not put on it comes from ``app.context``."""

    application: Application

    def read(self, engine: Engine, name: str) -> Value | None:
        """What the application put on all contexts."""
        shared = self.application.attributes.get("context")
        return shared.entries.get(name) if isinstance(shared, Record) else None


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """The context and ``next``, by their places."""
    application = application_of(engine, route)
    if application is None:
        return {}
    return {"0": context_of(engine, application), "1": PASS}


def application_of(engine: Engine, route: Route) -> Application | None:
    """The application that serves a route."""
    for found in engine.objects:
        if not isinstance(found, Application) or found.origin is None or found.mounted:
            continue
        if route.application.startswith(f"{engine.span(found.origin).path}:"):
            return found
    return None


def context_of(engine: Engine, application: Application) -> Value:
    """A context of an application, after its middleware has run.

    That of a request that is tried has run through the middleware of its route alone.
    """
    if engine.probe is not None:
        context = made_for(application, complete=True)
        engine.probe.missing = Const("")  # what `ctx.get` gives
        engine.probe.carry(context.attributes["state"])
        for handler in engine.probe.through(engine.probe.chain):
            if not isinstance(handler, Function) or LOADS not in handler.attributes:
                engine.probe.let_through(engine, handler, [context, PASS])
        return context
    made = application.attributes.get("the exchange")
    if isinstance(made, Context):
        return anew(made)
    context = made_for(application)
    application.attributes["the exchange"] = context
    for function in middleware_of(application, set()):
        if LOADS in function.attributes:
            run_quietly(engine, function, [Unknown("a parameter of the path"), context, PASS])
        elif puts_on(engine, function, 1):
            run_quietly(engine, function, [context, PASS])
    return anew(context)


def made_for(application: Application, *, complete: bool = False) -> Context:
    """A context on which nothing has been put; ``complete``: what nobody puts into its state is not there."""
    context = Context(None, "koa.Context")
    context.application = application
    request, response = Instance(path="koa.Request"), Instance(path="koa.Response")
    context.attributes.update(
        {"app": application, "state": Record(complete=complete), "request": request, "response": response}
    )
    request.attributes.update({"ctx": context, "app": application})
    response.attributes.update({"ctx": context, "app": application})
    return context


def anew(context: Context) -> Context:
    """A context like another one: what one request puts on its own is not there for the next."""
    made = Context(context.kind, context.path)
    made.application = context.application
    made.attributes.update(context.attributes)
    state = context.attributes.get("state")
    if isinstance(state, Record):
        entries = dict(state.entries)
        made.attributes["state"] = Record(entries, complete=state.complete, element=state.element, origin=state.origin)
    for name in ("request", "response"):
        part = context.attributes.get(name)
        if isinstance(part, Instance):
            own = made.attributes[name] = Instance(part.kind, part.path, origin=part.origin)
            own.attributes.update(part.attributes, ctx=made)
    return made


def middleware_of(router: Router, seen: set[int]) -> Iterator[Function]:
    """The functions that requests run through on their way, in the order in which they were registered."""
    if id(router) in seen:
        return
    seen.add(id(router))
    if isinstance(router, Application | KoaRouter):
        yield from router.middleware
    for entry in router.entries:
        if isinstance(entry, MountEntry):
            yield from middleware_of(entry.child, seen)
