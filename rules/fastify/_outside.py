"""Plugins of libraries that guard routes or make some."""

from __future__ import annotations

from verifier.api import Call, Const, External, Value, text_of

from ._instance import JWT_OPTIONS, FastifyInstance, Hook, taught
from ._settings import HOOKS, option_of


@taught("@fastify/bearer-auth", "fastify-bearer-auth")
def bearer_auth(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """Guards all routes of the instance, unless it is told not to."""
    wanted = option_of(call.engine, given, "addHook")
    if not (isinstance(wanted, Const) and wanted.value is False):
        kind = text_of(wanted) or "onRequest"
        instance.hook(kind if kind in HOOKS else "onRequest", Hook(External("verifyBearerAuth", instance), call))


@taught("@fastify/awilix", "fastify-awilix")
def awilix(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """Offers the container of the program to the instance and to each request."""
    container = call.engine.library.function_for("@fastify/awilix.diContainer()")
    if container is not None:
        instance.attributes["diContainer"] = instance.root.request["diScope"] = container(call)


@taught("@fastify/jwt", "fastify-jwt")
def jwt(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """Adds ``request.jwtVerify``, which takes a token where its options say."""
    if given is not None:
        instance.root.attributes.setdefault(JWT_OPTIONS, given)


@taught("fastify-openapi-glue", "openapi-glue")
def openapi_glue(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """Makes routes of an OpenAPI document."""
    instance.root.add_dynamic(call, "the routes are made from an OpenAPI document at run time")


@taught("@fastify/http-proxy", "fastify-http-proxy")
def proxy(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """Hands requests on to another server."""
    instance.root.add_dynamic(call, "requests below a prefix are handed on to another server")
