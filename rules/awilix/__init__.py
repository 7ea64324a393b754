"""Awilix, and @fastify/awilix: a container that makes objects by name, and hands constructors what they need."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    LibraryFunction,
    LibraryObject,
    Native,
    Origin,
    Pack,
    Record,
    Unknown,
    Value,
    attribute,
    method,
    stands_for,
    syntax,
    text_of,
)

SHARED = "@fastify/awilix.diContainer"
DEEPEST_OBJECT = 20
CRADLE = "awilix.cradle"
# What the cradle answers by itself.
OF_CRADLE = frozenset("then toJSON toString inspect constructor hasOwnProperty valueOf __proto__".split())


@stands_for("awilix.asClass()", "awilix.asFunction()", "awilix.asValue()", "awilix.aliasTo()")
class Resolver(LibraryObject):
    """``asClass(C)``, ``asFunction(f)``, ``asValue(v)``: how a name is resolved."""

    target: Value = NOTHING
    kind_of: str = "asValue"
    mode: Value | None = None  # where it is not that of the container
    injects = False  # names that the container does not have

    def created(self, call: Call) -> None:
        self.target = call.argument(0) or NOTHING
        self.kind_of = call.name
        given = call.argument(1)
        self.mode = call.option(1, "injectionMode")
        self.injects = given is not None and not (
            isinstance(given, Record) and given.complete and "injector" not in given.entries
        )

    def read(self, engine: Engine, name: str) -> Value | None:
        if name in ("proxy", "classic"):
            self.mode = Const(name.upper())
        self.injects = self.injects or name in ("inject", "setInjectionMode")
        return Native(name, lambda call: self)  # singleton(), scoped(), inject() ...


@stands_for("awilix.createContainer()", "awilix.AwilixContainer")
class Container(LibraryObject):
    """``createContainer()``."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.resolvers: dict[str, Value] = {}
        self.resolved: dict[str, Value] = {}
        self.waiting: list[str] = []
        self.by_name = False
        self.open = False  # there may be names beside those that were seen
        self.asked: dict[Origin, str] = {}  # names that were not there, and where they are asked for
        self.excused: set[str] = set()
        self.ran: list[Origin] = []  # what registers

    def created(self, call: Call) -> None:
        self.by_name = is_classic(call.option(0, "injectionMode"))

    @method("register")
    def register(self, call: Call) -> Value:
        given, second = call.argument(0), call.argument(1)
        entries = given.entries.items() if isinstance(given, Record) else ()
        if second is not None and text_of(given) is not None:
            entries = {text_of(given): second}.items()
        elif not isinstance(given, Record) or not given.complete:
            self.open = True
        self.ran.append(call.origin)
        for name, resolver in entries:
            self.resolvers[str(name)] = resolver
            self.resolved.pop(str(name), None)
        return self

    @method("resolve", "build")
    def resolve(self, call: Call) -> Value:
        name = call.text(0)
        if name is not None:
            place = call.place(0) if call.argument(1) is None and call.name == "resolve" else None
            return self.find(call.engine, name, place)
        given = call.argument(0)
        return self.made(call.engine, given) if given is not None else Unknown("an object of nothing")

    @method("createScope")
    def scope(self, call: Call) -> Value:
        return self

    @method("loadModules")
    def load(self, call: Call) -> Value:
        self.open = True
        return self

    @attribute("cradle")
    def cradle(self, name: str) -> Value:
        return Cradle(self)

    def find(self, engine: Engine, name: str, place: Origin | None = None) -> Value:
        """What stands behind a name; ``place`` is where it is asked for, if an error there is not caught."""
        found = self.resolved.get(name)
        resolver = self.resolvers.get(name)
        if found is None and resolver is None:
            if engine.tries:
                self.excused.add(name)
            elif place is not None and not self.symbolic:
                self.asked.setdefault(place, name)
        if found is not None or resolver is None:
            return found or Unknown(f"`{name}` of a container")
        if name in self.waiting or len(self.waiting) > DEEPEST_OBJECT:
            return Unknown(f"`{name}`, which needs itself")
        self.waiting.append(name)
        try:
            self.resolved[name] = self.through(engine, resolver)
        finally:
            self.waiting.pop()
        return self.resolved[name]

    def through(self, engine: Engine, resolver: Value) -> Value:
        """What a resolver gives."""
        if not isinstance(resolver, Resolver):
            return resolver
        if resolver.kind_of == "aliasTo":
            name = text_of(resolver.target)
            return self.find(engine, name or "", resolver.origin if name is not None else None)
        return resolver.target if resolver.kind_of == "asValue" else self.made(engine, resolver.target, resolver)

    def made(self, engine: Engine, target: Value, resolver: Resolver | None = None) -> Value:
        """An object of a class, or what a function gives: they get the whole cradle, or each parameter by its name."""
        if not isinstance(target, Class | Function):
            return Unknown("an object that a container makes")
        injects = resolver is not None and resolver.injects
        by_name = self.by_name if resolver is None or resolver.mode is None else is_classic(resolver.mode)
        function = target if isinstance(target, Function) else constructor_of(target)
        given: Iterable[Value] = [Cradle(self, injects)]
        if by_name and function is not None:
            given = [self.given(engine, function, parameter, injects) for parameter in function.code.parameters]
        return engine.invoke(target, list(given) if function is not None else [], {})

    def given(self, engine: Engine, function: Function, parameter: syntax.Parameter, injects: bool) -> Value:
        """What a parameter is given by its name."""
        needed = not injects and parameter.default is None and parameter.kind == "plain" and parameter.name
        place = Origin(function.module.path, parameter.start, parameter.end) if needed else None
        return self.find(engine, parameter.name, place)


class Cradle(LibraryObject):
    """``container.cradle``: each name is resolved when it is read. ``loose``: it may have further ones."""

    def __init__(self, container: Container, loose: bool = False) -> None:
        super().__init__(None, CRADLE)
        self.container = container
        self.loose = loose

    def read(self, engine: Engine, name: str) -> Value | None:
        return self.container.find(engine, name)


def is_classic(mode: Value | None) -> bool:
    """Whether parameters are given by their names."""
    return text_of(mode) == "CLASSIC" or (isinstance(mode, External) and mode.name == "CLASSIC")


def constructor_of(cls: Class) -> Function | None:
    """The constructor of a class, or of the nearest ancestor that has one."""
    for ancestor in cls.lineage():
        found = ancestor.members.get("constructor") if isinstance(ancestor, Class) else None
        if isinstance(found, Function):
            return found
    return None


def shared(engine: Engine) -> Container:
    """The container that @fastify/awilix offers to the whole program."""
    held = engine.library_attributes.setdefault(SHARED, {})
    found = held.get("container")
    if not isinstance(found, Container):
        found = held["container"] = Container(None, "awilix.createContainer()")
    return found


def of_shared(name: str) -> LibraryFunction:
    """A method of that container."""

    def run(call: Call) -> Value:
        answer = shared(call.engine).read(call.engine, name)
        return call.engine.call(answer, call.arguments, call.node, call.frame) if answer is not None else NOTHING

    return run


METHODS = ("register", "resolve", "build", "createScope")
FUNCTIONS: dict[str, LibraryFunction] = {f"{SHARED}.{name}": of_shared(name) for name in METHODS}
# What a request or an instance of Fastify offers under these names, once the plugin is registered.
FUNCTIONS["@fastify/awilix.diContainer()"] = lambda call: shared(call.engine)

PACK = Pack(
    language="javascript",
    packages=("awilix", "@fastify/awilix"),
    wires=True,
    objects=(Resolver, Container),
    functions=FUNCTIONS,
)
