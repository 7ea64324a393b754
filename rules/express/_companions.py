"""Libraries around Express that register routes, or that change how handlers pass requests on."""

from __future__ import annotations

import re

from verifier.api import (
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    Value,
    routers_in,
    stands_for,
)

from ._routing import ExpressRouter, Routing


@stands_for("express-promise-router")
class PromiseRouter(ExpressRouter):
    """``Router()`` of express-promise-router: a promise of ``"next"`` passes the request on."""

    def falls_through(self, engine: Engine, handler: Function) -> bool:
        data = engine.project.files[handler.module.path].data[handler.code.start : handler.code.end]
        return re.search(rb"""["'](?:next|route)["']""", data) is not None or super().falls_through(engine, handler)


def apply_middleware(call: Call) -> Value:
    """``new ApolloServer(...).applyMiddleware({ app, path })``: a GraphQL endpoint."""
    application, path = call.option(0, "app"), call.option(0, "path")
    for router in routers_in(application):
        if isinstance(router, Routing):
            router.add_route(call, ("*",), path or Const("/graphql"), call.callee)
    return Const(None)


def wrap(call: Call) -> Value:
    """``asyncHandler(handler)``: what it gives runs the handler, once a request is there."""
    first = call.argument(0)
    path = call.callee.path if isinstance(call.callee, External) else WRAPPERS[0]
    made = Instance(None, f"{path}()", origin=call.origin)
    if isinstance(first, Function):
        made.attributes["wrapped"] = first
    return made


# Functions of libraries that give a handler which runs the one that they are given, and hands its failure on.
WRAPPERS = ("express-async-handler", "express-async-wrap", "express-async-wrapper")
FUNCTIONS: dict[str, LibraryFunction] = {
    **dict.fromkeys(WRAPPERS, wrap),
    "apollo-server-express.ApolloServer.applyMiddleware": apply_middleware,
}
