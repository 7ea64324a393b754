"""Libraries around Express that register routes, or that change how handlers pass requests on."""

from __future__ import annotations

import re

from verifier.api import Call, Const, Engine, Function, LibraryFunction, Value, routers_in, stands_for

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


FUNCTIONS: dict[str, LibraryFunction] = {
    "apollo-server-express.ApolloServer.applyMiddleware": apply_middleware,
}
