"""Awilix, and @fastify/awilix: a container that makes objects by name, and hands constructors what they need."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Engine,
    External,
    Function,
    LibraryFunction,
    LibraryObject,
    Native,
    Pack,
    Record,
    Unknown,
    Value,
    attribute,
    method,
    stands_for,
    text_of,
)

SHARED = "@fastify/awilix.diContainer"
DEEPEST_OBJECT = 20


@stands_for("awilix.asClass()", "awilix.asFunction()", "awilix.asValue()", "awilix.aliasTo()")
class Resolver(LibraryObject):
    """``asClass(C)``, ``asFunction(f)``, ``asValue(v)``: how a name is resolved."""

    target: Value = NOTHING
    kind_of: str = "asValue"

    def created(self, call: Call) -> None:
        self.target = call.argument(0) or NOTHING
        self.kind_of = call.name

    def read(self, engine: Engine, name: str) -> Value | None:
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

    def created(self, call: Call) -> None:
        mode = call.option(0, "injectionMode")
        self.by_name = text_of(mode) == "CLASSIC" or (isinstance(mode, External) and mode.name == "CLASSIC")

    @method("register")
    def register(self, call: Call) -> Value:
        given, second = call.argument(0), call.argument(1)
        entries = given.entries.items() if isinstance(given, Record) else ()
        if second is not None and text_of(given) is not None:
            entries = {text_of(given): second}.items()
        for name, resolver in entries:
            self.resolvers[str(name)] = resolver
            self.resolved.pop(str(name), None)
        return self

    @method("resolve", "build")
    def resolve(self, call: Call) -> Value:
        name = call.text(0)
        if name is not None:
            return self.find(call.engine, name)
        given = call.argument(0)
        return self.made(call.engine, given) if given is not None else Unknown("an object of nothing")

    @method("createScope", "loadModules")
    def scope(self, call: Call) -> Value:
        return self

    @attribute("cradle")
    def cradle(self, name: str) -> Value:
        return Cradle(self)

    def find(self, engine: Engine, name: str) -> Value:
        """What stands behind a name."""
        found = self.resolved.get(name)
        resolver = self.resolvers.get(name)
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
            return self.find(engine, text_of(resolver.target) or "")
        return resolver.target if resolver.kind_of == "asValue" else self.made(engine, resolver.target)

    def made(self, engine: Engine, target: Value) -> Value:
        """An object of a class, or what a function gives: they get the whole cradle, or each parameter by its name."""
        if not isinstance(target, Class | Function):
            return Unknown("an object that a container makes")
        function = target if isinstance(target, Function) else constructor_of(target)
        names = [parameter.name for parameter in function.code.parameters] if function is not None else []
        given: Iterable[Value] = [Cradle(self)] if not self.by_name else [self.find(engine, name) for name in names]
        return engine.invoke(target, list(given), {})


class Cradle(LibraryObject):
    """``container.cradle``: each name is resolved when it is read."""

    def __init__(self, container: Container) -> None:
        super().__init__(None, "awilix.cradle")
        self.container = container

    def read(self, engine: Engine, name: str) -> Value | None:
        return self.container.find(engine, name)


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
