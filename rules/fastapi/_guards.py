"""Which dependencies turn a request away.

A dependency counts as a guard when it refuses a request that carries no credentials. That is tried: its function is run
on such a request, on abstract values, and the errors are watched that it may raise. A dependency that is asked for its
value must answer 401 or 403 to count (a missing article is no guard); one that is asked for its effect alone
(``dependencies=[Depends(check)]``) counts with any error.
"""

from __future__ import annotations

import re

from verifier.api import (
    NOTHING,
    BudgetError,
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    Generator,
    Instance,
    LibraryObject,
    Memo,
    Native,
    Partial,
    Probe,
    Route,
    Sequence,
    Unknown,
    Value,
    attribute,
    describe,
    method,
    options,
    regex,
    stands_for,
    text_of,
)

from ._dependencies import (
    Dependency,
    Field,
    RequestObject,
    asked_by,
    dependencies_of,
    held_dependencies,
    run_before,
    signature_of,
)
from ._pieces import Putting

DENYING = frozenset({401, 403, 407})
DENIAL = regex(
    r"un_?auth|not_?auth|auth(?:entication|orization)_?(?:error|exception|failed|required)|forbid|credential|permission|"
    r"not_?permitted|denied|not_?allowed|token|login|jwt|csrf",
    re.IGNORECASE,
)
DEEPEST = 12
STEPS_PER_ROUTE = 20_000


class Asked(str):
    """The name of a dependency in ``dependencies=[...]``, until it is known whether it guards."""

    __slots__ = ("target",)
    target: Value


def asked_in(value: Value | None) -> list[str]:
    """The dependencies of a ``dependencies`` argument."""
    found: list[str] = []
    for item in value.items if isinstance(value, Sequence) else ():
        for option in options(item):
            if isinstance(option, Dependency) and option.target is not None:
                asked = Asked(describe(option.target))
                asked.target = option.target
                found.append(asked)
    return found


def guards_of(engine: Engine, route: Route, handler: Value | None, *, plain: bool) -> tuple[str, ...]:
    """The guards of a laid route: those of its scope that guard, then those that its parameters ask for.

    Dependencies do not reach ``plain`` routes, which are Starlette's own.
    """
    wrappers = handler.decorators if isinstance(handler, Function) else ()
    around, inside = (
        route.guards[: len(route.guards) - len(wrappers)],
        route.guards[len(route.guards) - len(wrappers) :],
    )
    found: list[str] = []
    for name in around:
        if isinstance(name, Putting):
            if refuses(engine, name.target):
                found.append(str(name))
        elif not isinstance(name, Asked):
            found.append(name)
        elif not plain:
            run_before(engine, route, name.target)
            if guards(engine, name.target, checked=True):
                found.append(str(name))
    if not plain and isinstance(handler, Function):
        engine.limit = max(engine.limit, engine.steps + STEPS_PER_ROUTE)  # reading annotations must not stop the layout
        try:
            asked = [*held_dependencies(engine, handler).values(), *dependencies_of(engine, handler).values()]
        except (BudgetError, RecursionError):
            asked = []
        found.extend(describe(target) for target in asked if guards(engine, target, checked=False))
    return tuple(dict.fromkeys((*found, *inside)))


def guards(engine: Engine, target: Value, *, checked: bool) -> bool:
    """Whether a dependency turns requests away."""
    if checked and isinstance(target, External | Unknown | Instance) and not is_readable(target):
        return True  # asked for its effect, which is out of sight
    errors = anonymous(engine, target, 0)[1]
    return bool(errors) if checked else any(denies(engine, error) for error in errors)


def refuses(engine: Engine, middleware: Function) -> bool:
    """Whether a function around all routes raises for a request without credentials."""
    known = TRIED.setdefault(engine, {})
    found = known.get(middleware.code)
    if found is None:
        request = AnonymousRequest(None, "starlette.requests.Request", symbolic=True)
        passes_on = Native("call_next", lambda call: Unknown("an answer"))
        found = known[middleware.code] = middleware, engine.trial(middleware, [request, passes_on], {})
    return bool(found[1][1])


def is_readable(target: Value) -> bool:
    """Whether what a dependency does is the project's own code, or known."""
    return isinstance(target, Scheme) or (isinstance(target, Instance) and target.kind is not None)


Outcome = tuple[Value, tuple[Value, ...]]
TRIED: Memo[Engine, dict[object, tuple[Value, Outcome]]] = Memo()


def anonymous(engine: Engine, target: Value, depth: int) -> Outcome:
    """What a dependency gives for a request without credentials, and the errors that it may raise."""
    if depth > DEEPEST:
        return Unknown("a dependency that asks for itself"), ()
    known = TRIED.setdefault(engine, {})
    key = (target.code, id(target.scope), id(target.bound)) if isinstance(target, Function) else id(target)
    found = known.get(key)
    if found is None:
        known[key] = target, (Unknown("a dependency that asks for itself"), ())
        found = known[key] = target, tried(engine, target, depth)
    return found[1]


def tried(engine: Engine, target: Value, depth: int) -> Outcome:
    """The same, found out."""
    if isinstance(target, Scheme) and not target.overridden:
        return (NOTHING, ()) if target.lenient else (Unknown("credentials"), (HttpError.of(401),))
    if isinstance(target, Partial):
        return tried(engine, target.function, depth + 1)
    function = signature_of(engine, target)
    errors: list[Value] = []
    if isinstance(target, Class):
        for inner in asked_by(engine, engine.fields(target)).values():
            errors.extend(anonymous(engine, inner, depth + 1)[1])
    if function is None:
        return Unknown(f"what `{describe(target)}` gives"), tuple(errors)
    given: dict[str, Value] = {}
    asked = dependencies_of(engine, target)
    for name, (annotation, default) in engine.parameters(function).items():
        if name in asked:
            value, raised = anonymous(engine, asked[name], depth + 1)
            given[name] = value.items[0] if isinstance(value, Generator) and value.items else value
            errors.extend(raised)
        elif isinstance(default, Const):
            given[name] = default
        elif isinstance(default, Field):
            given[name] = default.default
        elif isinstance(annotation, External) and annotation.path in RequestObject.paths:
            given[name] = AnonymousRequest(None, annotation.path, symbolic=True)
    callee = target if isinstance(target, Function | Class) else function
    result, raised = engine.trial(callee, [], given)
    return result, (*errors, *raised)


def denies(engine: Engine, error: Value) -> bool:
    """Whether an error tells a client that it may not do this."""
    if isinstance(error, HttpError) and error.status is not None:
        return error.status in DENYING
    if isinstance(error, Instance | Class):
        for name in ("status_code", "code", "status"):
            status = status_of(engine.member(error, name))
            if status is not None:
                return status in DENYING
    cls = error.kind if isinstance(error, Instance) and error.kind is not None else error
    names = [found.name for found in cls.lineage() if isinstance(found, Class)] if isinstance(cls, Class) else []
    return any(DENIAL.search(name) for name in names or [describe(error).rpartition(".")[2]])


def status_of(value: Value | None) -> int | None:
    """A status code: a number, or a constant such as ``status.HTTP_401_UNAUTHORIZED``."""
    if isinstance(value, Const) and isinstance(value.value, int):
        return value.value
    if isinstance(value, External):
        digits = re.search(r"HTTP_(\d{3})", value.name)
        return int(digits.group(1)) if digits else STANDARD.get(value.name)
    return None


STANDARD = {"UNAUTHORIZED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "BAD_REQUEST": 400, "CONFLICT": 409}


@stands_for("fastapi.HTTPException", "fastapi.exceptions.HTTPException", "starlette.exceptions.HTTPException")
class HttpError(LibraryObject):
    """``HTTPException(status_code, ...)``."""

    status: int | None = None

    @staticmethod
    def of(status: int) -> HttpError:
        """An error of a status."""
        found = HttpError(None, "fastapi.HTTPException")
        found.status = status
        return found

    def created(self, call: Call) -> None:
        given = call.argument(0, "status_code")
        self.status = status_of(given)
        if given is not None:
            self.attributes["status_code"] = given


@stands_for(
    *(
        f"fastapi.security{module}.{name}"
        for module, names in (
            ("", "OAuth2 OAuth2PasswordBearer OAuth2AuthorizationCodeBearer OpenIdConnect"),
            ("", "HTTPBasic HTTPBearer HTTPDigest"),
            ("", "APIKeyHeader APIKeyCookie APIKeyQuery"),
            (".oauth2", "OAuth2 OAuth2PasswordBearer OAuth2AuthorizationCodeBearer"),
            (".http", "HTTPBase HTTPBasic HTTPBearer HTTPDigest"),
            (".api_key", "APIKeyBase APIKeyHeader APIKeyCookie APIKeyQuery"),
            (".open_id_connect_url", "OpenIdConnect"),
            (".base", "SecurityBase"),
        )
        for name in names.split()
    )
)
class Scheme(LibraryObject):
    """A security scheme: it refuses requests without credentials, unless it was told not to (``lenient``)."""

    lenient = False
    bearer = False
    header: str | None = None

    def created(self, call: Call) -> None:
        given = call.argument(None, "auto_error")
        self.lenient = isinstance(given, Const) and given.value is False
        self.header = call.text(None, "name")

    def presented(self, engine: Engine, probe: Probe) -> Value:
        """What the scheme gives for a request that is tried: it takes its own word only, and refuses all else."""
        name = (self.path or "").rpartition(".")[2]
        if name in ("APIKeyCookie", "APIKeyQuery") or (name == "APIKeyHeader" and not self.of_authorization):
            return Unknown("credentials")
        wanted = {"HTTPBasic": "basic", "HTTPDigest": "digest", "HTTPBearer": "bearer"}.get(name)
        if self.bearer or (name.startswith("OAuth2") and name != "OAuth2"):
            wanted = "bearer"
        if probe.header is None or (wanted is not None and probe.scheme != wanted):
            if self.lenient:
                return NOTHING
            probe.turn_away(HttpError.of(401), sure=not engine.conditional, denies=True, place=self.origin)
            return Unknown("credentials")
        probe.read = True
        if name == "current_user":
            return Unknown("the current user")
        if name in ("HTTPBearer", "HTTPBasic", "HTTPDigest", "HTTPBase"):
            found = Instance(None, "fastapi.security.HTTPAuthorizationCredentials")
            found.attributes.update(scheme=Const(probe.header.partition(" ")[0]), credentials=Const(probe.token))
            return found
        return Const(probe.token) if wanted == "bearer" else probe.value

    @property
    def of_authorization(self) -> bool:
        """Whether the key lies in the ``Authorization`` header."""
        return self.header is not None and self.header.lower() == "authorization"

    @property
    def overridden(self) -> bool:
        """Whether a class of the project says itself what happens."""
        lineage = self.kind.lineage() if self.kind is not None else ()
        return any(isinstance(ancestor, Class) and "__call__" in ancestor.members for ancestor in lineage)

    @method("__call__")
    def answer(self, call: Call) -> Value:
        errors = call.engine.raised
        if call.engine.probe is not None:
            return self.presented(call.engine, call.engine.probe)
        if errors is not None and not self.lenient:
            errors.append(HttpError.of(401))
        return NOTHING if errors is not None and self.lenient else Unknown("credentials")

    @attribute("model")
    def model(self, name: str) -> Value:
        made = Instance(path="fastapi.openapi.models.SecurityBase")
        if self.header is not None:
            made.attributes["name"] = Const(self.header)
        return made


class AnonymousRequest(RequestObject):
    """A request that carries no credentials."""

    @attribute("headers", "cookies", "query_params")
    def empty(self, name: str) -> Value:
        return Empty(None, "starlette.datastructures.Headers")


class Empty(LibraryObject):
    """Headers or cookies among which no credentials are."""

    @method("get")
    def get(self, call: Call) -> Value:
        return call.argument(1, "default") or NOTHING

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        if engine.raised is not None:
            engine.raised.append(External("KeyError"))
        return Unknown(f"the header `{text_of(key) or ''}`")
