"""What Flask gives code besides its arguments: ``current_app``, ``g``, ``request``, the current user."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Probe,
    Unknown,
    Value,
    attribute,
    method,
    options,
    regex,
    stands_for,
    text_of,
    version_range,
    with_decorator,
)

PROXIES = {
    "current_app": ("flask.current_app", "flask.globals.current_app", "quart.current_app"),
    "g": ("flask.g", "flask.globals.g"),
    "request": ("flask.request", "flask.globals.request"),
    "current_user": ("flask_login.current_user", "flask_login.utils.current_user", "flask_security.current_user"),
    "jwt_user": ("flask_jwt_extended.current_user", "flask_jwt_extended.utils.current_user"),
}


def stand_behind(engine: Engine, name: str, value: Value) -> None:
    """Let one of Flask's proxies lead to an object."""
    for path in PROXIES[name]:
        engine.proxies[path] = value


def application_made(engine: Engine, application: Value) -> None:
    """An application has been made: the proxies lead to it and its context."""
    stand_behind(engine, "current_app", application)
    for name, cls, path in (
        ("g", Globals, "flask.ctx._AppCtxGlobals"),
        ("request", FlaskRequest, "flask.wrappers.Request"),
        ("current_user", CurrentUser, "flask_login.UserMixin"),
        ("jwt_user", CurrentUser, "flask_jwt_extended.current_user"),
    ):
        if PROXIES[name][0] not in engine.proxies:
            stand_behind(engine, name, cls(None, path))


def on_trial(engine: Engine) -> bool:
    """Whether code is being tried on a request that carries no credentials."""
    return engine.raised is not None


class Globals(LibraryObject):
    """``flask.g``."""

    @method("get", "setdefault", "pop")
    def get(self, call: Call) -> Value:
        name = call.text(0, "name")
        default = call.argument(1, "default")
        if name is None:
            return Unknown("an attribute of `g` that run time names")
        if call.engine.probe is not None and call.name == "get":
            return self.attributes.get(name) or default or NOTHING
        if call.name == "setdefault" and default is not None:
            return self.attributes.setdefault(name, default)
        return self.attributes.get(name) or default or Unknown(f"`g.{name}`")


class FlaskRequest(LibraryObject):
    """``flask.request``. While a guard is tried, it carries no credentials."""

    def read(self, engine: Engine, name: str) -> Value | None:
        if engine.probe is not None and name == "authorization":
            return parsed(engine, engine.probe)
        if on_trial(engine):
            if name in ("headers", "cookies", "args", "form", "values"):
                return Empty(None, "werkzeug.datastructures.Headers")
            if name == "authorization":
                return NOTHING
        return super().read(engine, name)


def parsed(engine: Engine, probe: Probe) -> Value:
    """``request.authorization`` of a request that is tried; before Werkzeug 2.3 it knew Basic and Digest only."""
    scheme = probe.scheme
    versions = version_range(engine.project, "werkzeug")
    if probe.header is None or (versions is not None and not versions.maybe(">=2.3")):
        return NOTHING
    found = Instance(None, "werkzeug.datastructures.Authorization")
    token = Const(probe.token) if scheme else NOTHING
    found.attributes.update(type=Const(scheme or probe.token.lower()), token=token)
    return found


class Empty(LibraryObject):
    """Headers or cookies among which no credentials are."""

    @method("get")
    def get(self, call: Call) -> Value:
        return call.argument(1, "default") or NOTHING

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        if engine.raised is not None:
            engine.raised.append(External("KeyError"))
        return Unknown(f"the header `{text_of(key) or ''}`")


class CurrentUser(LibraryObject):
    """``current_user``: what the function gives that the project has registered to load it."""

    loader: Value | None = None
    loading = False
    loaded: Value | None = None

    def read(self, engine: Engine, name: str) -> Value | None:
        if on_trial(engine) and name in ("is_authenticated", "is_active", "is_anonymous"):
            return Const(name == "is_anonymous")
        if self.loaded is None and self.loader is not None and not self.loading:
            self.loading = True
            self.loaded = engine.invoke(self.loader, [], {})
        found = [option for option in options(self.loaded) if isinstance(option, Instance)] if self.loaded else []
        return engine.member(found[0], name) if found else super().read(engine, name)

    @method("_get_current_object")
    def behind(self, call: Call) -> Value:
        return self.loaded or self


def loads(proxy: str) -> LibraryFunction:
    """A decorator that registers the function that loads the current user."""

    def register(call: Call) -> Value:
        function = call.argument(0)
        user = call.engine.proxies.get(PROXIES[proxy][0])
        if user is None:
            user = CurrentUser(None, PROXIES[proxy][0])
            stand_behind(call.engine, proxy, user)
        if isinstance(user, CurrentUser):
            user.loader = function
        return function or NOTHING

    return register


def current_of(proxy: str) -> LibraryFunction:
    """A function that gives the current user."""

    def get(call: Call) -> Value:
        if on_trial(call.engine):
            return NOTHING
        user = call.engine.proxies.get(PROXIES[proxy][0])
        if isinstance(user, CurrentUser) and user.loader is not None:
            return call.engine.invoke(user.loader, [], {})
        return Unknown("the current user")

    return get


@stands_for("werkzeug.local.LocalProxy")
class LocalProxy(LibraryObject):
    """``LocalProxy(function)``: each use leads to what the function gives."""

    source: Value | None = None
    leading = False

    def created(self, call: Call) -> None:
        self.source = call.argument(0, "local")
        self.call = call

    def target(self, engine: Engine) -> Value | None:
        """What the proxy leads to now."""
        if self.source is None or self.leading:
            return None
        self.leading = True
        try:
            return engine.call(self.source, [], self.call.node, self.call.frame)
        finally:
            self.leading = False

    def read(self, engine: Engine, name: str) -> Value | None:
        target = self.target(engine)
        return engine.member(target, name) if target is not None else None

    @method("_get_current_object")
    def behind(self, call: Call) -> Value:
        return self.target(call.engine) or Unknown("what a proxy leads to")


# Errors and guards


@stands_for("werkzeug.exceptions.HTTPException")
class HttpError(LibraryObject):
    """An error that ends a request."""

    @attribute("code")
    def code(self, name: str) -> Value:
        return Unknown("a status")


def abort(call: Call) -> Value:
    """``abort(401)``: raises."""
    if call.engine.raised is not None:
        call.engine.raised.append(HttpError(None, "werkzeug.exceptions.HTTPException", origin=call.origin))
    if call.engine.probe is not None:
        error = HttpError(None, "werkzeug.exceptions.HTTPException", origin=call.origin)
        status = call.argument(0, "status")
        denies = isinstance(status, Const) and status.value in (401, 403)
        call.engine.probe.turn_away(error, sure=not call.engine.conditional, denies=denies, place=call.origin)
    return Unknown("what comes after `abort`")


def verifies(call: Call) -> Value:
    """``verify_jwt_in_request()``: raises where there is no token, unless it is optional."""
    optional = call.argument(0, "optional")
    lenient = isinstance(optional, Const) and optional.value is True
    probe = call.engine.probe
    if probe is not None:
        if not lenient and not carries_token(call.engine, probe):
            error = External("flask_jwt_extended.exceptions.NoAuthorizationError")
            probe.turn_away(error, sure=not call.engine.conditional, denies=True, place=call.origin)
        return NOTHING
    return NOTHING if lenient else abort(call)


HEADER_TYPE = regex(rb"""JWT_HEADER_TYPE["']?\]?\s*(?::\s*str\s*)?[=:]\s*["'](\w*)["']""")


def carries_token(engine: Engine, probe: Probe) -> bool:
    """Whether Flask-JWT-Extended finds a token in a request: behind the word that its setting names, or `Bearer`."""
    sources = [source.data for source in engine.project.files.values() if b"JWT_" in source.data]
    if any(b"JWT_TOKEN_LOCATION" in data for data in sources):
        return True  # it may lie elsewhere
    named = {found.decode().lower() for data in sources for found in HEADER_TYPE.findall(data)}
    unread = any(b"JWT_HEADER_TYPE" in data for data in sources) and not named
    if probe.header is None or unread:
        return probe.header is not None
    return probe.scheme in (named or {"bearer"})


def identity(call: Call) -> Value:
    """``get_jwt_identity()``."""
    if call.engine.probe is not None and not carries_token(call.engine, call.engine.probe):
        return NOTHING
    return NOTHING if on_trial(call.engine) else Unknown("the identity in a token")


def passes(call: Call) -> Value:
    """A decorator that turns no request away, with arguments or without."""
    first = call.argument(0)
    if decorated(first) and len(call.arguments) == 1:
        return first or NOTHING
    return Native(call.name, lambda inner: inner.argument(0) or NOTHING)


@stands_for("flask_talisman.Talisman", "flask_talisman.talisman.Talisman")
class Talisman(LibraryObject):
    """``Talisman(app)``: as a decorator with options it writes headers, and turns no request away."""

    def called(self, call: Call) -> Value | None:
        return Native("talisman", lambda inner: inner.argument(0) or NOTHING)


def decorated(value: Value | None) -> bool:
    """Whether a value is something that a decorator is put on."""
    return isinstance(value, Function) or getattr(value, "is_view", False)


def guards(call: Call) -> Value:
    """A decorator that turns requests away, with arguments or without; ``optional=True`` makes it let all pass."""
    first = call.argument(0)
    if decorated(first):
        return marked(first or NOTHING, call.name)
    optional = call.argument(None, "optional")
    name = call.name
    if isinstance(optional, Const) and optional.value is True:
        return Native(name, lambda inner: inner.argument(0) or NOTHING)
    return Native(name, lambda inner: marked(inner.argument(0) or NOTHING, name))


def marked(value: Value, name: str) -> Value:
    """A view function or function, marked as guarded."""
    if isinstance(value, Function):
        return with_decorator(value, name)
    guarded = getattr(value, "guarded", None)
    found = guarded(name) if callable(guarded) else value
    return found if isinstance(found, Instance) else value


GUARDS = (
    "flask_login.login_required flask_login.utils.login_required flask_login.fresh_login_required "
    "flask_jwt_extended.jwt_required flask_jwt_extended.fresh_jwt_required "
    "flask_jwt_extended.jwt_refresh_token_required flask_jwt_extended.view_decorators.jwt_required "
    "flask_httpauth.HTTPBasicAuth.login_required flask_httpauth.HTTPTokenAuth.login_required "
    "flask_httpauth.HTTPDigestAuth.login_required flask_httpauth.MultiAuth.login_required flask_jwt.jwt_required "
    "flask_security.auth_required flask_security.login_required flask_security.auth_token_required "
    "flask_security.roles_required flask_security.roles_accepted flask_security.permissions_required"
).split()
PASSES = (
    "flask_jwt_extended.jwt_optional flask_apispec.marshal_with flask_apispec.use_kwargs flask_apispec.doc "
    "flask_apispec.annotations.marshal_with flask_apispec.annotations.use_kwargs flask_apispec.annotations.doc "
    "flasgger.swag_from flasgger.utils.swag_from flask_cors.cross_origin flask_restful.marshal_with "
    "flask_restful.marshal_with_field flask_restx.marshal_with flask_restx.marshal_with_field "
    "webargs.flaskparser.use_args webargs.flaskparser.use_kwargs webargs.flaskparser.parser.use_args "
    "webargs.flaskparser.parser.use_kwargs webargs.flaskparser.FlaskParser.use_args "
    "webargs.flaskparser.FlaskParser.use_kwargs flask_caching.Cache.cached "
    "flask_caching.Cache.memoize flask_wtf.csrf.CSRFProtect.exempt flask_wtf.CSRFProtect.exempt "
    "flask_limiter.Limiter.exempt flask.stream_with_context"
).split()
FUNCTIONS: dict[str, LibraryFunction] = {
    **dict.fromkeys(GUARDS, guards),
    **dict.fromkeys(PASSES, passes),
    **dict.fromkeys(
        ("flask.abort", "werkzeug.exceptions.abort", "flask_restful.abort", "flask_restx.abort", "flask_smorest.abort"),
        abort,
    ),
    "flask_jwt_extended.verify_jwt_in_request": verifies,
    "flask_jwt_extended.get_jwt_identity": identity,
    "flask_jwt_extended.get_current_user": current_of("jwt_user"),
    "flask_login.LoginManager.user_loader": loads("current_user"),
    "flask_login.LoginManager.request_loader": loads("current_user"),
    "flask_jwt_extended.JWTManager.user_lookup_loader": loads("jwt_user"),
    "flask_jwt_extended.JWTManager.user_loader_callback_loader": loads("jwt_user"),
}
OBJECTS: tuple[type[LibraryObject], ...] = (LocalProxy, HttpError, Talisman)
