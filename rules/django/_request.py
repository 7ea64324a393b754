"""What a view is given: the request, with the user that the project's own code put there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.api import (
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Native,
    Origin,
    Partial,
    Probe,
    Record,
    Route,
    Sequence,
    Unknown,
    Value,
    attribute,
    choice,
    method,
    options,
    regex,
    stands_for,
    text_of,
    texts_of,
    truth,
)

from ._bodies import PATH, Body
from ._rest import AUTHENTICATION, PERMISSIONS, RestView
from ._settings import classes_named, imported, middleware_paths, rest_setting, setting, user_model
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
    parsed: Body | None = None

    def assumed(self, engine: Engine) -> None:
        self.engine = engine

    @attribute("user", "auser")
    def user(self, name: str) -> Value:
        if self.engine is not None and self.engine.probe is not None:
            return anonymous()
        model = user_model(self.engine) if self.engine is not None else None
        if model is not None and self.engine is not None:
            return self.engine.assumed(model)
        return Instance(None, "django.contrib.auth.models.User")

    @attribute("data")
    def content(self, name: str) -> Value:
        if self.parsed is None:
            self.parsed = Body(None, PATH)
        return self.parsed

    @attribute("GET", "POST", "query_params", "headers", "META", "session", "COOKIES", "FILES")
    def mapping(self, name: str) -> Value:
        return Record(complete=False)

    @attribute("body", "path", "method", "content_type", "path_info")
    def text(self, name: str) -> Value:
        return Unknown(f"the request's `{name}`")

    @method("build_absolute_uri", "get_full_path", "get_host", "is_secure", "get_signed_cookie")
    def answer(self, call: Call) -> Value:
        return Unknown(f"the request's `{call.name}`")


# What a request has of its own.
OWN = frozenset(
    "user auser auth authenticators GET POST query_params data headers META session COOKIES FILES body path "
    "method content_type path_info build_absolute_uri get_full_path get_host is_secure get_signed_cookie scheme "
    "encoding content_params resolver_match urlconf site accepts upload_handlers read readline parser_context "
    "version versioning_scheme accepted_renderer stream is_ajax csrf_processing_done _request _messages".split()
)


def view_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """What Django passes to a view: the request, behind what ``functools.partial`` gave before."""
    request = request_of(engine, route.method)
    request.parsed = None
    request.attributes["method"] = Const(route.method) if route.method != "*" else Unknown("the method")
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
    if is_of_controller(function):
        names = [name for name in names if name == "request"]
    if names and names[0] not in route.pattern.parameters:
        given[names[0]] = request
    elif not names:
        rest = next((parameter.name for parameter in function.code.parameters if parameter.kind == "rest"), None)
        if rest is not None:
            given[rest] = Sequence([request], "tuple")
    return given


def is_of_controller(function: Function) -> bool:
    """Whether a function is a method of a controller of Django Ninja Extra, which may do without the request."""
    kind = function.bound.kind if isinstance(function.bound, Instance) else None
    return kind is not None and CONTROLLER in kind.members


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
CONTROLLER = "<controller>"  # under which a class holds what a decorator says of it


def request_of(engine: Engine, verb: str) -> Request:
    """The request that all views of a method see; one that is tried is one of its own."""
    if engine.probe is not None:
        made = Request(None, "django.http.HttpRequest")
        made.engine = engine
        engine.probe.carry(made, OWN)
        return made
    known = engine.library_attributes.setdefault(REQUEST, {})
    found = known.get(verb)
    if not isinstance(found, Request):
        found = Request(None, "django.http.HttpRequest")
        found.engine = engine
        known[verb] = found
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
    own = defines(kind, "get_permissions")
    if own and engine.probe is not None:
        permission = Sequence([])
    run_lists(engine, request, view, authentication, permission)
    if own:
        for made in sequence_items(engine.invoke(engine.member(view, "get_permissions"), [], {})):
            permit(engine, request, made, ask(engine, made, "has_permission", [request, view]))


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
    known: list[Value] = []
    for cls in classes_named(engine, authentication):
        made = made_of(engine, cls)
        answered = ask(engine, made, "authenticate", [request])
        if engine.probe is not None and isinstance(request, Request):
            if answered is None:
                recognize(engine, engine.probe, cls, known)
            else:
                known.append(answered)
        for option in options(answered) if answered is not None else ():
            if isinstance(option, Sequence) and option.items and isinstance(request, Request):
                user = option.items[0]
                if not isinstance(user, Unknown):
                    request.attributes["user"] = user
    if engine.probe is not None and isinstance(request, Request):
        request.attributes["user"] = first_known(engine, known)
    for cls in classes_named(engine, permission):
        made = made_of(engine, cls)
        permit(engine, request, made, ask(engine, made, "has_permission", [request, view or Unknown("the view")]))


# The word in front of a token, by the library's class that reads it.
KEYWORDS = {"rest_framework.authentication.TokenAuthentication": "Token", "knox.auth.TokenAuthentication": "Token"}
JWT = regex(r"rest_framework_simplejwt\.(?:\w+\.)*JWT\w*Authentication")
OF_BROWSERS = frozenset({"SessionAuthentication", "BasicAuthentication", "RemoteUserAuthentication"})
IS_USER = frozenset({"IsAuthenticated", "IsAdminUser", "DjangoModelPermissions", "DjangoObjectPermissions"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def anonymous() -> Instance:
    """``AnonymousUser()``."""
    made = Instance(None, "django.contrib.auth.models.AnonymousUser")
    made.attributes.update(is_authenticated=Const(False), is_anonymous=Const(True), id=Const(None), pk=Const(None))
    made.attributes.update(is_active=Const(False), is_staff=Const(False), is_superuser=Const(False))
    return made


def first_known(engine: Engine, answers: list[Value]) -> Value:
    """The user of a request that is tried: that of the first class that gives one, or nobody."""
    named = rest_setting(engine, "UNAUTHENTICATED_USER")
    path = text_of(named)
    nobody = made_of(engine, imported(engine, path) or External(path)) if path else named or anonymous()
    users: list[Value] = []
    for answer in answers:
        given = options(answer)
        users += [option.items[0] for option in given if isinstance(option, Sequence) and option.items]
        users += [Unknown("the user") for option in given if not isinstance(option, Sequence | Const)]
        if not any(isinstance(option, Const) and option.value is None for option in given):
            return choice(users)
    users.append(nobody)
    return choice(users)


def recognize(engine: Engine, probe: Probe, cls: Value, answers: list[Value]) -> None:
    """Let a class of a library look for a token in a request that is tried."""
    lineage = list(cls.lineage()) if isinstance(cls, Class) else [cls]
    path = next((found.path for found in lineage if isinstance(found, External)), "")
    words = {KEYWORDS[path]} if path in KEYWORDS else None
    own = class_attribute(cls, "keyword") if isinstance(cls, Class) else None
    if words is not None and own is not None:
        words = set(texts_of(own) or ()) or None
    if JWT.fullmatch(path):
        words = {"Bearer"}
        for option in options(setting(engine, "SIMPLE_JWT")):
            if isinstance(option, Record) and "AUTH_HEADER_TYPES" in option.entries:
                given = option.entries["AUTH_HEADER_TYPES"]
                items = given.items if isinstance(given, Sequence) else [given]
                words = {text for item in items for text in texts_of(item) or ("",)} - {""} or None
    known = path.rpartition(".")[2] in OF_BROWSERS
    if probe.header is None or known or (words is not None and probe.scheme not in {word.lower() for word in words}):
        return
    user = Instance(None, "django.contrib.auth.models.User")
    user.attributes.update(is_authenticated=Const(True), is_anonymous=Const(False))
    answers.append(Sequence([user]))


def permit(engine: Engine, request: Value, made: Value, answer: Value | None) -> None:
    """Refuse a request that is tried, where a permission says no."""
    probe = engine.probe
    if probe is None:
        return
    given = options(answer) if answer is not None else ()
    error = External("rest_framework.exceptions.NotAuthenticated")
    refused = [isinstance(option, Const) and not option.value for option in given]
    if refused:
        kind = made.kind if isinstance(made, Instance) else None
        place = Origin(kind.module.path, kind.code.start, kind.code.end) if kind is not None else None
        if any(refused):
            probe.turn_away(error, sure=all(refused) and not engine.conditional, denies=True, place=place)
        elif not all(isinstance(option, Const) for option in given):  # only run time knows what the class says
            probe.turn_away(error, sure=False, denies=True, place=place)
        return
    name = (getattr(made, "path", None) or "").removesuffix("()").rpartition(".")[2]
    sent = request.attributes.get("method") if isinstance(request, Instance) else None
    reads = name.endswith("OrReadOnly") and (not isinstance(sent, Const) or sent.value in SAFE)
    if name.removesuffix("OrReadOnly") not in IS_USER or reads:
        return
    user = engine.member(request, "user")
    holds = [truth(option) for option in options(engine.member(user, "is_authenticated"))]
    if any(found is False for found in holds):
        sure = all(found is False for found in holds) and not engine.conditional
        probe.turn_away(error, sure=sure, denies=True)


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
