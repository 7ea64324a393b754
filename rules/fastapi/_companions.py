"""Libraries beside FastAPI that register routes: class-based views, and the routers of FastAPI Users."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Record,
    Sequence,
    Unknown,
    Value,
    decorator,
    method,
    stands_for,
)

from ._guards import Scheme
from ._objects import APIRouter
from ._routing import Routing, joined, methods_given

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


def members(cls: Class) -> list[tuple[str, Function]]:
    """The functions of a class and its ancestors, by name, as ``inspect.getmembers`` lists them."""
    found: dict[str, Function] = {}
    for ancestor in reversed(list(cls.lineage())):
        if isinstance(ancestor, Class):
            found.update({name: value for name, value in ancestor.members.items() if isinstance(value, Function)})
    return sorted(found.items())


# fastapi-utils and fastapi-restful: @cbv(router), Api.add_resource


def cbv(call: Call) -> Value:
    """``@cbv(router, *urls)``: routes are declared inside the class; with urls, methods are named after verbs."""
    router, *urls = call.arguments or [NOTHING]

    def apply(inner: Call) -> Value:
        cls = inner.argument(0) or NOTHING
        if isinstance(router, Routing) and isinstance(cls, Class):
            register_verbs(inner, router, cls, urls)
        return cls

    return Native("cbv", apply)


def register_verbs(call: Call, router: Routing, cls: Class, urls: list[Value], this: Value | None = None) -> None:
    """A route for each method of a class that is named after a verb, at each of some paths."""
    for url in urls:
        for name, function in members(cls):
            if name.upper() in METHODS and name == name.lower():
                handler = function.bind(this) if this is not None else function
                router.register(call, (name,), url, handler)


@stands_for("fastapi_utils.Api", "fastapi_utils.cbv_base.Api", "fastapi_restful.Api", "fastapi_restful.cbv_base.Api")
class ResourceApi(LibraryObject):
    """``Api(app)`` of fastapi-utils."""

    holder: Value | None = None

    def created(self, call: Call) -> None:
        self.holder = call.argument(0, "app")

    @method("add_resource")
    def add_resource(self, call: Call) -> Value:
        resource = call.argument(0, "resource")
        if isinstance(self.holder, Routing) and isinstance(resource, Instance) and resource.kind is not None:
            router = APIRouter(origin=call.origin)
            register_verbs(call, router, resource.kind, call.arguments[1:], resource)
            self.holder.include_live(call, router, joined(None, call.argument(None, "prefix")), [])
        return NOTHING


# fastapi-class: @View(router), @endpoint(...)


def view(call: Call) -> Value:
    """``@View(router, path="/items")``: methods named after verbs, and those marked with ``@endpoint``."""
    router, path = call.argument(0, "router"), call.argument(None, "path") or Const("/")

    def apply(inner: Call) -> Value:
        cls = inner.argument(0)
        if isinstance(router, Routing) and isinstance(cls, Class):
            this = inner.engine.invoke(cls, [], {})
            for name, function in members(cls):
                marks = function.attributes.get("__endpoint_metadata")
                marked = marks.entries if isinstance(marks, Record) else None
                if marked is not None or name in ("get", "post", "patch", "delete", "put"):
                    methods = methods_given((marked or {}).get("methods"), (name.upper(),))
                    router.register(inner, methods, joined(path, (marked or {}).get("path")), function.bind(this))
        return NOTHING

    return Native("View", apply)


def endpoint(call: Call) -> Value:
    """``@endpoint(("PUT",), path="/edit")``."""

    def apply(inner: Call) -> Value:
        function = inner.argument(0)
        if isinstance(function, Function):
            given = call.argument(0, "methods") or call.argument(None, "name") or Const(function.code.name)
            methods = given if isinstance(given, Sequence) else Sequence([given])
            entries: dict[object, Value] = {"methods": methods, "path": call.argument(None, "path") or NOTHING}
            function.attributes["__endpoint_metadata"] = Record(entries)
        return function or NOTHING

    return Native("endpoint", apply)


# classy-fastapi: class Users(Routable) with @get("/users")


def marker(call: Call) -> Value:
    """``@get("/path")`` of classy-fastapi, which only marks the method."""

    def apply(inner: Call) -> Value:
        function = inner.argument(0)
        if isinstance(function, Function):
            entries: dict[object, Value] = {
                "path": call.argument(0, "path") or NOTHING,
                "methods": Sequence([Const(call.name.upper())]),
                "dependencies": call.argument(None, "dependencies") or NOTHING,
            }
            if call.name == "route":
                entries["methods"] = call.argument(1, "methods") or NOTHING
            function.attributes["_endpoint"] = Record(entries)
        return function or NOTHING

    return Native(call.name, apply)


@stands_for("classy_fastapi.Routable", "classy_fastapi.routable.Routable")
class Routable(LibraryObject):
    """The base class of classy-fastapi; its ``router`` holds the methods that were marked."""

    def created(self, call: Call) -> None:
        from ._guards import asked_in

        router = APIRouter(origin=call.origin)
        call.engine.objects.append(router)
        router.created(call)
        self.attributes["router"] = router
        for _, function in members(self.kind) if self.kind is not None else ():
            marks = function.attributes.get("_endpoint")
            if isinstance(marks, Record):
                guards = asked_in(marks.entries["dependencies"])
                methods = methods_given(marks.entries["methods"], ("GET",))
                router.register(call, methods, marks.entries["path"], function.bind(self), guards)


# FastAPI Users

USERS_ROUTES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "get_auth_router": (("POST", "/login", ""), ("POST", "/logout", "current_user")),
    "get_register_router": (("POST", "/register", ""),),
    "get_reset_password_router": (("POST", "/forgot-password", ""), ("POST", "/reset-password", "")),
    "get_verify_router": (("POST", "/request-verify-token", ""), ("POST", "/verify", "")),
    "get_users_router": (
        ("GET", "/me", "current_user"),
        ("PATCH", "/me", "current_user"),
        ("GET", "/{id}", "current_superuser"),
        ("PATCH", "/{id}", "current_superuser"),
        ("DELETE", "/{id}", "current_superuser"),
    ),
    "get_oauth_router": (("GET", "/authorize", ""), ("GET", "/callback", "")),
    "get_oauth_associate_router": (("GET", "/authorize", "current_user"), ("GET", "/callback", "current_user")),
}


@stands_for(
    "fastapi_users.authentication.AuthenticationBackend", "fastapi_users.authentication.backend.AuthenticationBackend"
)
class Backend(LibraryObject):
    """``AuthenticationBackend(name, transport, get_strategy)``."""

    bearer = False

    def created(self, call: Call) -> None:
        transport = call.argument(1, "transport")
        path = transport.path if isinstance(transport, Instance) and transport.kind is None else None
        self.bearer = (path or "").removesuffix("()").endswith(".BearerTransport")


@stands_for("fastapi_users.FastAPIUsers", "fastapi_users.fastapi_users.FastAPIUsers")
class FastAPIUsers(LibraryObject):
    """``FastAPIUsers(get_user_manager, backends)``: ready-made routers, and dependencies that ask for the current user.

    ``bearer``: all of its backends take tokens behind `Bearer`, and nothing else.
    """

    bearer = False

    def created(self, call: Call) -> None:
        given = call.argument(1, "auth_backends")
        backends = given.items if isinstance(given, Sequence) and given.complete else []
        self.bearer = bool(backends) and all(isinstance(one, Backend) and one.bearer for one in backends)

    @method(*USERS_ROUTES)
    def made(self, call: Call) -> Value:
        router = APIRouter(None, "fastapi.APIRouter", origin=call.origin)
        call.engine.objects.append(router)
        for verb, path, guard in USERS_ROUTES[call.name]:
            answer = Unknown(f"a handler of `fastapi_users.{call.name}`")
            router.add_route(call, (verb,), Const(path), answer, (guard,) if guard else ())
        return router

    @method("current_user")
    def current_user(self, call: Call) -> Value:
        found = Scheme(None, "fastapi_users.current_user", origin=call.origin)
        optional = call.argument(None, "optional")
        found.lenient = isinstance(optional, Const) and optional.value is True
        found.bearer = self.bearer
        return found


def keeping(call: Call) -> Value:
    """``@cache(expire=60)``: the function, whose answers are kept."""
    return decorator(call.name, lambda _, function: function)


FUNCTIONS: dict[str, LibraryFunction] = {
    "fastapi_utils.cbv.cbv": cbv,
    "fastapi_restful.cbv.cbv": cbv,
    "fastapi_class.View": view,
    "fastapi_class.views.View": view,
    "fastapi_class.endpoint": endpoint,
    "fastapi_class.routers.endpoint": endpoint,
    "fastapi_cache.decorator.cache": keeping,
    "fastapi_cache.cache": keeping,
    **{
        f"classy_fastapi.{module}{name}": marker
        for module in ("", "decorators.")
        for name in ("get", "post", "put", "patch", "delete", "head", "options", "trace", "route", "websocket")
    },
}
OBJECTS: tuple[type[LibraryObject], ...] = (ResourceApi, Routable, Backend, FastAPIUsers)
