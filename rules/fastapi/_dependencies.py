"""``Depends`` and what FastAPI passes to a handler: the results of its dependencies, the request, ``self``."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
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
    MountEntry,
    Native,
    Parametrized,
    Partial,
    Probe,
    Route,
    Router,
    Span,
    Unknown,
    Value,
    attribute,
    choice,
    describe,
    method,
    options,
    reason_of,
    stands_for,
)

DEEPEST = 12
OVERRIDES = "fastapi.applications.FastAPI.dependency_overrides"


@stands_for(
    "fastapi.Depends",
    "fastapi.Security",
    "fastapi.params.Depends",
    "fastapi.params.Security",
    "fastapi.param_functions.Depends",
)
class Dependency(LibraryObject):
    """``Depends(function)``; without a function, the parameter's own type."""

    target: Value | None = None

    def created(self, call: Call) -> None:
        given = call.argument(0, "dependency")
        self.target = None if isinstance(given, Const) else given


@stands_for(
    *(
        f"fastapi.{module}{name}"
        for module in ("", "params.", "param_functions.")
        for name in "Header Cookie Query".split()
    )
)
class Field(LibraryObject):
    """``Header(default)``, ``Cookie(default)``, ``Query(default)``."""

    default: Value = Unknown("a parameter of the request")
    of_header = False
    alias: str | None = None

    def created(self, call: Call) -> None:
        given = call.argument(0, "default")
        self.of_header = (self.path or "").endswith("Header")
        self.alias = call.text(None, "alias")
        if isinstance(given, Const):
            self.default = given


def dependencies_of(engine: Engine, target: Value) -> dict[str, Value]:
    """What the parameters of a callable depend on, by parameter name; overrides of the application are applied."""
    function = signature_of(engine, target)
    if function is None:
        return {}
    return asked_by(engine, engine.parameters(function))


def signature_of(engine: Engine, target: Value) -> Function | None:
    """The function whose parameters FastAPI reads: of a class its constructor, of an object its ``__call__``."""
    if isinstance(target, Function):
        return declared(target)
    if isinstance(target, Class):
        constructor = engine.member(target, "__init__")
        return constructor if isinstance(constructor, Function) else None
    if isinstance(target, Instance):
        called = engine.member(target, "__call__")
        return called if isinstance(called, Function) else None
    return None


def declared(function: Function) -> Function:
    """The function whose signature counts: the one that wrappers were made around."""
    for _ in range(10):
        if function.wraps is None:
            break
        function = function.wraps
    return function


def asked_by(engine: Engine, parameters: Mapping[str, tuple[Value | None, Value | None]]) -> dict[str, Value]:
    """The dependencies among parameters or fields that have annotations and defaults."""
    found: dict[str, Value] = {}
    for name, (annotation, default) in parameters.items():
        for candidate in (default, *annotated(annotation)):
            for option in options(candidate)[:1] if candidate is not None else ():
                if isinstance(option, Dependency):
                    target = option.target or bare(annotation)
                    if target is not None:
                        found[name] = overridden(engine, options(target)[0])
    return found


def held_dependencies(engine: Engine, handler: Function) -> dict[str, Value]:
    """What the class depends on that holds a handler: its fields, and the parameters of its constructor."""
    inner = declared(handler)
    cls = inner.owner
    if cls is None or handler.bound is not None or inner.bound is not None or inner.code.static:
        return {}
    return {**asked_by(engine, engine.fields(cls)), **dependencies_of(engine, cls)}


def overridden(engine: Engine, target: Value) -> Value:
    """What ``app.dependency_overrides`` puts in the place of a dependency."""
    key = ("external", target.path) if isinstance(target, External) else id(target)
    for overrides in engine.library_attributes.get(OVERRIDES, {}).values():
        if isinstance(overrides, Instance) and key in overrides.items:
            return overrides.items[key]
    return target


def overrides_of(engine: Engine, application: Instance) -> Value:
    """``app.dependency_overrides``."""
    known = engine.library_attributes.setdefault(OVERRIDES, {})
    return known.setdefault(str(id(application)), Instance(path="dict"))


def annotated(annotation: Value | None) -> list[Value]:
    """The metadata of ``Annotated[type, ...]``, innermost last."""
    if isinstance(annotation, Parametrized) and describe(annotation.base).rpartition(".")[2] == "Annotated":
        return [*annotation.arguments[1:], *annotated(annotation.arguments[0])]
    return []


def bare(annotation: Value | None) -> Value | None:
    """The type of ``Annotated[type, ...]``, or of a type with arguments."""
    while isinstance(annotation, Parametrized) and describe(annotation.base).rpartition(".")[2] == "Annotated":
        annotation = annotation.arguments[0]
    return annotation.base if isinstance(annotation, Parametrized) else annotation


# What a handler is given


Key = tuple[str, str, Span]
CHECKED: Memo[Engine, dict[Key, list[Value]]] = Memo()
APPLICATIONS: Memo[Engine, tuple[int, list[Router]]] = Memo()
PLACES: Memo[Engine, dict[Key, Router]] = Memo()


def laid_by(engine: Engine, route: Route, router: Router) -> None:
    """Remember which router holds a route."""
    PLACES.setdefault(engine, {}).setdefault((route.method, route.path, route.span), router)


def run_before(engine: Engine, route: Route, target: Value) -> None:
    """Remember a dependency that is run before a route for its effect alone."""
    known = CHECKED.setdefault(engine, {}).setdefault((route.method, route.path, route.span), [])
    if target not in known:
        known.append(target)


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """What FastAPI passes to a handler: the results of its dependencies, the request, and ``self`` of a class.

    Dependencies that are asked for their effect alone are run too, so that their calls are seen.
    """
    application = application_of(engine, route)
    request = RequestObject.of(application)
    if engine.probe is not None:
        shared = application.attributes.get("request state") if application is not None else None
        request.own = Instance(path="starlette.datastructures.State")
        request.own.attributes.update(shared.attributes if isinstance(shared, Instance) else {})
        engine.probe.carry(request.own)
    for middleware in getattr(application, "around", ()):
        run_middleware(engine, middleware, request)
    for target in CHECKED.get(engine, {}).get((route.method, route.path, route.span), []):
        provided(engine, target, request, 0)
    given = injected(engine, function, request, 0)
    inner = declared(function)
    parameters = [parameter.name for parameter in inner.code.parameters]
    if (
        inner.owner is not None
        and function.bound is None
        and inner.bound is None
        and parameters
        and not inner.code.static
    ):
        given.setdefault(parameters[0], holder(engine, inner.owner, request))
    return given


def run_middleware(engine: Engine, middleware: Value, request: Value) -> None:
    """Run the project's own middleware up to the route: a function, or the ``dispatch`` of a class."""
    passes_on = Native("call_next", lambda call: Unknown("an answer"))
    if isinstance(middleware, Function):
        engine.invoke(middleware, [request, passes_on], {})
    elif isinstance(middleware, Class) and any(
        "dispatch" in found.members for found in middleware.lineage() if isinstance(found, Class)
    ):
        made = engine.invoke(middleware, [], {})
        dispatch = engine.member(made, "dispatch") if isinstance(made, Instance) else None
        if isinstance(dispatch, Function):
            engine.invoke(dispatch, [request, passes_on], {})


def application_of(engine: Engine, route: Route) -> Instance | None:
    """The application that answers a route: the innermost one around the router that holds it."""
    holder_of_route = PLACES.get(engine, {}).get((route.method, route.path, route.span))
    around = [
        found for found in applications(engine) if holder_of_route is not None and holds(found, holder_of_route, 0)
    ]
    path, _, name = route.application.rpartition(":")
    state = engine.table.states.get(path)
    named = state.scope.names.get(name) if state is not None else None
    return next((found for found in around if found is named), around[0] if around else None)


def applications(engine: Engine) -> list[Router]:
    """All application objects."""
    seen, known = APPLICATIONS.get(engine, (0, []))
    made = engine.objects[seen:]  # objects are added behind the others, and never taken away
    known += [found for found in made if isinstance(found, Router) and found.application and not found.symbolic]
    APPLICATIONS[engine] = len(engine.objects), known
    return known


def holds(router: Router, wanted: Router, depth: int) -> bool:
    """Whether a router is another one, or includes it; what a mounted application holds is its own."""
    if router is wanted:
        return True
    children = [entry.child for entry in router.entries if isinstance(entry, MountEntry)]
    return depth < DEEPEST and any(not child.application and holds(child, wanted, depth + 1) for child in children)


def injected(engine: Engine, target: Value, request: Value, depth: int) -> dict[str, Value]:
    """The arguments of a callable: results of its dependencies, theirs resolved first, and the request."""
    function = signature_of(engine, target)
    if function is None or depth > DEEPEST:
        return {}
    parameters = engine.parameters(function)
    found: dict[str, Value] = {}
    for name, inner in asked_by(engine, parameters).items():
        found[name] = provided(engine, inner, request, depth)
    for name, (annotation, default) in parameters.items():
        if isinstance(annotation, External) and annotation.path in RequestObject.paths:
            found[name] = request
        elif engine.probe is not None and name not in found and is_header(name, annotation, default):
            found[name] = header_of(engine, engine.probe, annotation, default)
        elif name not in found and isinstance(default, Const) and not isinstance(bare(annotation), Class):
            found[name] = choice([default, Unknown("a parameter of the request")])
    return found


def is_header(name: str, annotation: Value | None, default: Value | None) -> bool:
    """Whether a parameter is the ``Authorization`` header."""
    for candidate in (default, *annotated(annotation)):
        if isinstance(candidate, Field) and candidate.of_header:
            return (candidate.alias or name).lower() == "authorization"
    return False


def header_of(engine: Engine, probe: Probe, annotation: Value | None, default: Value | None) -> Value:
    """The header of a request that is tried; a request without one that is required is answered 422."""
    if probe.header is not None:
        return probe.value
    given = default.default if isinstance(default, Field) else default
    if given is None or isinstance(given, Unknown):
        error = External("fastapi.exceptions.RequestValidationError")
        probe.turn_away(error, sure=not engine.conditional, denies=False)
    return probe.value


def provided(engine: Engine, target: Value, request: Value, depth: int) -> Value:
    """What a dependency gives."""
    presented = getattr(target, "presented", None)
    if engine.probe is not None and presented is not None and not getattr(target, "overridden", False):
        given: Value = presented(engine, engine.probe)
        return given
    if isinstance(target, Native) and not isinstance(target, Partial):
        return first_of(engine.trial(target, [], {}).result)
    if isinstance(target, Partial):
        inner = injected(engine, target.function, request, depth + 1)
        return first_of(engine.invoke(target.function, target.arguments, {**inner, **target.keywords}))
    callee = target if isinstance(target, Function | Class) else signature_of(engine, target)
    if callee is None and isinstance(target, Instance) and target.kind is not None:
        return target  # what a container injects: FastAPI itself would refuse it
    if callee is None:
        return engine.assumed(target) if isinstance(target, External) else Unknown(reason_of(target))
    if isinstance(callee, Class):
        return holder(engine, callee, request, depth)
    return first_of(engine.invoke(callee, [], injected(engine, callee, request, depth + 1)))


def holder(engine: Engine, cls: Class, request: Value, depth: int = 0) -> Value:
    """An object of a class that FastAPI makes: a dependency, or the ``self`` of a class of routes.

    Fields of the class that name dependencies are filled with their results.
    """
    made = engine.invoke(cls, [], injected(engine, cls, request, depth + 1))
    if isinstance(made, Instance) and depth <= DEEPEST:
        for name, inner in asked_by(engine, engine.fields(cls)).items():
            made.attributes[name] = provided(engine, inner, request, depth + 1)
        for name, (annotation, _) in engine.fields(cls).items():
            if isinstance(annotation, External) and annotation.path in RequestObject.paths:
                made.attributes[name] = request
    return made


def first_of(given: Value) -> Value:
    """What a dependency with ``yield`` gives."""
    return given.items[0] if isinstance(given, Generator) and given.items else given


@stands_for(
    "fastapi.Request",
    "fastapi.requests.Request",
    "fastapi.requests.HTTPConnection",
    "fastapi.WebSocket",
    "fastapi.websockets.WebSocket",
    "starlette.requests.Request",
    "starlette.requests.HTTPConnection",
    "starlette.websockets.WebSocket",
)
class RequestObject(LibraryObject):
    """A request: it leads to the application and to what middleware has left on its state."""

    application: Instance | None = None
    own: Instance | None = None

    @staticmethod
    def of(application: Instance | None) -> RequestObject:
        """A request to an application."""
        found = RequestObject(None, "starlette.requests.Request", symbolic=True)
        found.application = application
        return found

    def assumed(self, engine: Engine) -> None:
        known = applications(engine)
        self.application = known[-1] if known else None

    @attribute("app")
    def app(self, name: str) -> Value:
        return self.application or Unknown("the application of a request")

    @attribute("state")
    def state(self, name: str) -> Value:
        if self.own is not None:
            return self.own
        if self.application is None:
            return Instance(path="starlette.datastructures.State")
        return self.application.attributes.setdefault("request state", Instance(path="starlette.datastructures.State"))

    @method("__getitem__")
    def item(self, call: Call) -> Value:
        return self.app("app") if call.text(0) == "app" else Unknown("an entry of the scope")
