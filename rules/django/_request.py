"""What a view is given: the request, with the user that the project's own code put there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.api import (
    Call,
    Class,
    Const,
    Engine,
    Function,
    Instance,
    LibraryObject,
    Native,
    Partial,
    Record,
    Route,
    Sequence,
    Unknown,
    Value,
    attribute,
    method,
    options,
    stands_for,
)

from ._rest import AUTHENTICATION, PERMISSIONS, RestView
from ._settings import classes_named, imported, middleware_paths, rest_setting, user_model
from ._views import ACTION, View, class_attribute, defines, own_dispatch


@stands_for(
    "django.http.HttpRequest",
    "django.http.request.HttpRequest",
    "django.core.handlers.wsgi.WSGIRequest",
    "django.core.handlers.asgi.ASGIRequest",
    "rest_framework.request.Request",
)
class Request(LibraryObject):
    """A request."""

    engine: Engine | None = None

    def assumed(self, engine: Engine) -> None:
        self.engine = engine

    @attribute("user", "auser")
    def user(self, name: str) -> Value:
        model = user_model(self.engine) if self.engine is not None else None
        if model is not None and self.engine is not None:
            return self.engine.assumed(model)
        return Instance(None, "django.contrib.auth.models.User")

    @attribute("GET", "POST", "query_params", "data", "headers", "META", "session", "COOKIES", "FILES")
    def mapping(self, name: str) -> Value:
        return Record(complete=False)

    @attribute("body", "path", "method", "content_type", "path_info")
    def text(self, name: str) -> Value:
        return Unknown(f"the request's `{name}`")

    @method("build_absolute_uri", "get_full_path", "get_host", "is_secure", "get_signed_cookie")
    def answer(self, call: Call) -> Value:
        return Unknown(f"the request's `{call.name}`")


def view_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """What Django passes to a view: the request, behind what ``functools.partial`` gave before."""
    request = request_of(engine)
    bound = function.bound
    if isinstance(bound, View):
        bound.given = request
        bound.attributes["action"] = function.attributes.get(ACTION, Const(None))
    run_middleware(engine, request)
    if isinstance(bound, View) and bound.kind is not None:
        hand_on = () if own_dispatch(bound.kind) is not None else ("dispatch",)
        run_hooks(engine, request, bound, bound.kind, ("setup", *hand_on))
    if isinstance(bound, RestView) and bound.kind is not None:
        run_classes(engine, request, bound, bound.kind)
        run_hooks(engine, request, bound, bound.kind, ("initialize_request", "initial"))
    elif PERMISSIONS in function.attributes:
        run_checks(engine, request, function, None)
    return arguments(engine, route, function, request)


def arguments(engine: Engine, route: Route, function: Function, request: Value) -> dict[str, Value]:
    """The request under the name of the parameter that takes it."""
    names = [parameter.name for parameter in function.code.parameters if parameter.kind in ("plain", "positional")]
    if function.bound is not None and not function.code.static:
        names = names[1:]
    given: dict[str, Value] = {}
    partial = partial_of(engine, route, function)
    if partial is not None:
        given.update(zip(names, partial.arguments, strict=False))
        given.update(partial.keywords)
        names = [name for name in names if name not in given]
    if names and names[0] not in route.pattern.parameters:
        given[names[0]] = request
    elif not names:
        rest = next((parameter.name for parameter in function.code.parameters if parameter.kind == "rest"), None)
        if rest is not None:
            given[rest] = Sequence([request], "tuple")
    return given


def partial_of(engine: Engine, route: Route, function: Function) -> Partial | None:
    """The partial that a route was given for its view."""
    from ._urls import Site

    for made in engine.objects:
        for entry in made.entries if isinstance(made, Site) else ():
            handler = getattr(entry, "handler", None)
            if isinstance(handler, Partial) and engine.span(entry.origin) == route.span:
                return handler
    return None


REQUEST = "<request>"


def request_of(engine: Engine) -> Request:
    """The request that all views see."""
    known = engine.library_attributes.setdefault(REQUEST, {})
    found = known.get("request")
    if not isinstance(found, Request):
        found = Request(None, "django.http.HttpRequest")
        found.engine = engine
        known["request"] = found
    return found


def _answer(call: Call) -> Value:
    return Instance(None, "django.http.HttpResponse", origin=call.origin)


NEXT = Native("get_response", _answer)


def run_middleware(engine: Engine, request: Value) -> None:
    """Run the project's own middlewares up to the view."""
    for path in middleware_paths(engine):
        value = imported(engine, path)
        if isinstance(value, Function):
            made = engine.invoke(value, [NEXT], {})
            if isinstance(made, Function):
                engine.invoke(made, [request], {})
        elif isinstance(value, Class):
            middleware = engine.invoke(value, [NEXT], {})
            for name, rest in (("process_request", []), ("__call__", []), ("process_view", [NEXT])):
                if isinstance(middleware, Instance) and defines(value, name):
                    engine.invoke(engine.member(middleware, name), [request, *rest], {})


def run_hooks(engine: Engine, request: Value, view: Instance, kind: Class, names: Iterable[str]) -> None:
    """Run what the project has its classes do before the method that answers."""
    for name in names:
        if defines(kind, name):
            engine.invoke(engine.member(view, name), [request], {})


def run_classes(engine: Engine, request: Value, view: Instance, kind: Class) -> None:
    """Run the project's own classes that tell who asks and whether they may."""
    authentication = class_attribute(kind, "authentication_classes")
    permission = class_attribute(kind, "permission_classes")
    run_lists(engine, request, view, authentication, permission)
    if defines(kind, "get_permissions"):
        for made in sequence_items(engine.invoke(engine.member(view, "get_permissions"), [], {})):
            ask(engine, made, "has_permission", [request, view])


def run_checks(engine: Engine, request: Value, function: Function, view: Instance | None) -> None:
    """The same for a function under ``@api_view``."""
    given = function.attributes
    run_lists(engine, request, view, given.get(AUTHENTICATION), given.get(PERMISSIONS))


def run_lists(
    engine: Engine, request: Value, view: Instance | None, authentication: Value | None, permission: Value | None
) -> None:
    """Authentication, then permissions; where a list is not given, the one of the settings."""
    authentication = authentication or rest_setting(engine, "DEFAULT_AUTHENTICATION_CLASSES")
    permission = permission or rest_setting(engine, "DEFAULT_PERMISSION_CLASSES")
    for cls in classes_named(engine, authentication):
        answered = ask(engine, made_of(engine, cls), "authenticate", [request])
        for option in options(answered) if answered is not None else ():
            if isinstance(option, Sequence) and option.items and isinstance(request, Request):
                user = option.items[0]
                if not isinstance(user, Unknown):
                    request.attributes["user"] = user
    for cls in classes_named(engine, permission):
        ask(engine, made_of(engine, cls), "has_permission", [request, view or Unknown("the view")])


def made_of(engine: Engine, cls: Value) -> Value:
    """An object of a class of the project."""
    return engine.invoke(cls, [], {}) if isinstance(cls, Class) else cls


def ask(engine: Engine, made: Value, name: str, given: list[Value]) -> Value | None:
    """Call a method that the project defines on an object."""
    if isinstance(made, Instance) and made.kind is not None and defines(made.kind, name):
        return engine.invoke(engine.member(made, name), given, {})
    return None


def sequence_items(value: Value) -> list[Value]:
    """The items of a list that is known."""
    return value.items if isinstance(value, Sequence) else []
