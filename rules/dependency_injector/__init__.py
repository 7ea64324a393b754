"""dependency-injector: containers, and providers that make the objects of a project.

A container's class holds its providers. Making a container binds what its class left open (``Dependency``,
``DependenciesContainer``); here it is bound for all containers of the class, for hardly any project makes two of them.
"""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Function,
    Generator,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Pack,
    Record,
    Sequence,
    Unknown,
    Value,
    attribute,
    choice,
    method,
    options,
    reason_of,
    stands_for,
)

PROVIDERS = "dependency_injector.providers"


@stands_for(
    f"{PROVIDERS}.Provider",
    f"{PROVIDERS}.Callable",
    f"{PROVIDERS}.Coroutine",
    f"{PROVIDERS}.DelegatedCallable",
    f"{PROVIDERS}.Factory",
    f"{PROVIDERS}.DelegatedFactory",
    f"{PROVIDERS}.AbstractFactory",
)
class Provider(LibraryObject):
    """A provider that calls a function or class, with arguments that other providers give."""

    provides: Value = NOTHING
    replaced: Value | None = None

    def created(self, call: Call) -> None:
        self.given: list[Value] = list(call.arguments[1:])
        self.named: dict[str, Value] = dict(call.keywords)
        self.provides = call.argument(0, "provides") or NOTHING

    def assumed(self, engine: Engine) -> None:
        self.given, self.named = [], {}

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        """What the provider gives for a call."""
        given = [injected(value, call) for value in self.given]
        keywords = {name: injected(value, call) for name, value in self.named.items()}
        made = call.engine.call(self.provides, [*given, *more], call.node, call.frame, {**keywords, **named})
        return made.items[0] if isinstance(made, Generator) and made.items else made

    def called(self, call: Call) -> Value | None:
        if self.replaced is not None:
            return injected(self.replaced, call)
        return self.provide(call, [injected(value, call) for value in call.arguments], call.keywords)

    @method("override")
    def override(self, call: Call) -> Value:
        self.replaced = call.argument(0)
        return NOTHING

    @method("add_args")
    def add_arguments(self, call: Call) -> Value:
        self.given.extend(call.arguments)
        return self

    @method("add_kwargs", "set_kwargs")
    def add_keywords(self, call: Call) -> Value:
        self.named.update(call.keywords)
        return self

    @attribute("provided")
    def provided(self, name: str) -> Value:
        return Part(self)

    @attribute("provider", "delegate")
    def itself(self, name: str) -> Value:
        made = Object(None, f"{PROVIDERS}.Delegate", origin=self.origin)
        made.value = self
        return made


@stands_for(
    f"{PROVIDERS}.Singleton",
    f"{PROVIDERS}.ThreadSafeSingleton",
    f"{PROVIDERS}.ThreadLocalSingleton",
    f"{PROVIDERS}.ContextLocalSingleton",
    f"{PROVIDERS}.DelegatedSingleton",
    f"{PROVIDERS}.AbstractSingleton",
    f"{PROVIDERS}.Resource",
)
class Singleton(Provider):
    """A provider that gives one object again and again."""

    made: Value | None = None

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        if self.made is None:
            self.made = Unknown("an object that needs itself")
            self.made = super().provide(call, more, named)
        return self.made


@stands_for(f"{PROVIDERS}.Object", f"{PROVIDERS}.Delegate")
class Object(Provider):
    """A provider of a value as it is."""

    value: Value = NOTHING

    def created(self, call: Call) -> None:
        super().created(call)
        self.value = self.provides

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        return self.value


@stands_for(f"{PROVIDERS}.List")
class ListProvider(Provider):
    """A provider of a list."""

    def created(self, call: Call) -> None:
        super().created(call)
        self.given = list(call.arguments)

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        return Sequence(injected(value, call) for value in (*self.given, *more))


@stands_for(f"{PROVIDERS}.Dict")
class DictProvider(Provider):
    """A provider of a dict."""

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        entries: dict[object, Value] = {}
        if isinstance(self.provides, Record):
            entries.update({key: injected(value, call) for key, value in self.provides.entries.items()})
        entries.update({name: injected(value, call) for name, value in {**self.named, **named}.items()})
        return Record(entries)


@stands_for(f"{PROVIDERS}.Selector")
class Selector(Provider):
    """One of several providers, as a setting says."""

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        key = injected(self.provides, call)
        if isinstance(key, Const) and str(key.value) in self.named:
            return injected(self.named[str(key.value)], call)
        return choice(injected(value, call) for value in self.named.values())

    def read(self, engine: Engine, name: str) -> Value | None:
        return self.named.get(name) or super().read(engine, name)


@stands_for(f"{PROVIDERS}.FactoryAggregate", f"{PROVIDERS}.Aggregate")
class Aggregate(Selector):
    """Several providers by name; the name is the first argument."""

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        if more and isinstance(more[0], Const) and str(more[0].value) in self.named:
            chosen = self.named[str(more[0].value)]
            return call.engine.call(chosen, more[1:], call.node, call.frame, named)
        return choice(call.engine.call(value, more[1:], call.node, call.frame, named) for value in self.named.values())


@stands_for(f"{PROVIDERS}.Dependency", f"{PROVIDERS}.ExternalDependency")
class Dependency(Provider):
    """A provider that whoever makes the container gives."""

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        default = self.named.get("default")
        if default is not None:
            return injected(default, call)
        kind = self.named.get("instance_of", self.provides)
        return call.engine.assumed(kind) if kind is not NOTHING else Unknown("a dependency that is given at run time")


@stands_for(f"{PROVIDERS}.Container", f"{PROVIDERS}.DependenciesContainer")
class ContainerProvider(Provider):
    """A container inside another one; its providers are looked up when they are needed."""

    inner: Value | None = None

    def read(self, engine: Engine, name: str) -> Value | None:
        own = super().read(engine, name)
        return own if own is not None else Later(self, name)

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        if isinstance(self.provides, Class):
            if self.inner is None:
                self.inner = call.engine.call(self.provides, [], call.node, call.frame, self.named)
            return self.inner
        return Unknown("a container that is given at run time")


class Later(Provider):
    """A provider of a container that is not known yet."""

    def __init__(self, holder: ContainerProvider, name: str) -> None:
        super().__init__(None, f"{PROVIDERS}.Provider")
        self.holder = holder
        self.name = name
        self.given, self.named = [], {}

    def read(self, engine: Engine, name: str) -> Value | None:
        own = super().read(engine, name)
        return own if own is not None else Step(self, name)

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        container = self.holder.replaced or self.holder.provide(call, [], {})
        if isinstance(container, ContainerProvider):
            found: Value = Later(container, self.name)
        else:
            found = call.engine.member(container, self.name)
        return call.engine.call(found, more, call.node, call.frame, named) if isinstance(found, Provider) else found


class Part(Provider):
    """``provider.provided``, and what is read from it: attributes, items, results of methods."""

    def __init__(self, base: Provider) -> None:
        super().__init__(None, f"{PROVIDERS}.ProvidedInstance")
        self.base = base
        self.given, self.named = [], {}

    def read(self, engine: Engine, name: str) -> Value | None:
        if name in ("call", "override"):
            return super().read(engine, name)
        return Step(self, name)

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        return Step(self, key)

    @method("call")
    def result(self, call: Call) -> Value:
        made = Provider(None, f"{PROVIDERS}.MethodCaller", origin=call.origin)
        made.provides, made.given, made.named = self, list(call.arguments), dict(call.keywords)
        return Result(self, made)

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        return injected(self.base, call)


class Step(Part):
    """An attribute or item of a provided object."""

    def __init__(self, base: Provider, key: str | Value) -> None:
        super().__init__(base)
        self.key = key

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        value = injected(self.base, call)
        if isinstance(self.key, str):
            return call.engine.member(value, self.key)
        return call.engine.item(value, self.key)


class Result(Part):
    """The result of calling a provided object."""

    def __init__(self, base: Provider, arguments: Provider) -> None:
        super().__init__(base)
        self.arguments = arguments

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        given = [injected(value, call) for value in self.arguments.given]
        keywords = {name: injected(value, call) for name, value in self.arguments.named.items()}
        return call.engine.call(injected(self.base, call), given, call.node, call.frame, keywords)


@stands_for(f"{PROVIDERS}.Configuration")
class Configuration(Provider):
    """Settings that run time fills in."""

    name = "the configuration"

    def read(self, engine: Engine, name: str) -> Value | None:
        own = super().read(engine, name)
        if own is not None or name.startswith(("from_", "set_", "update", "load", "get_", "reset", "as_", "required")):
            return own or Native(name, lambda call: self)
        made = Configuration(None, f"{PROVIDERS}.ConfigurationOption")
        made.name = f"the configuration's `{name}`"
        made.given, made.named = [], {}
        return made

    def provide(self, call: Call, more: list[Value], named: dict[str, Value]) -> Value:
        return Unknown(self.name)


@stands_for("dependency_injector.containers.DeclarativeContainer", "dependency_injector.containers.DynamicContainer")
class Container(LibraryObject):
    """A container: its keyword arguments replace providers."""

    def created(self, call: Call) -> None:
        for name, value in call.keywords.items():
            found = call.engine.member(self, name)
            if isinstance(found, Provider):
                found.replaced = value

    @method("override_providers", "set_providers")
    def replace(self, call: Call) -> Value:
        self.created(call)
        return NOTHING


def injected(value: Value, call: Call) -> Value:
    """What an argument becomes when it is injected: what its provider gives, or itself."""
    for option in options(value):
        if isinstance(option, Provider):
            made = Call(call.engine, call.frame, call.node, option, [])
            return option.called(made) or Unknown(reason_of(option))
    return value


def marked(call: Call) -> Value:
    """``Provide[Container.service]``, the default of a parameter: what will be injected for it."""
    if not call.arguments:
        return NOTHING
    made = injected(call.arguments[0], call)
    return (
        Unknown("a provider that is named by a text") if isinstance(made, Const) and made is call.arguments[0] else made
    )


def itself(call: Call) -> Value:
    """``Provider[Container.service]``, ``Closing[Provide[...]]``."""
    return call.arguments[0] if call.arguments else NOTHING


def inject(call: Call) -> Value:
    """``@inject``."""
    first = call.argument(0)
    return first if isinstance(first, Function | Class | Instance) else NOTHING


FUNCTIONS: dict[str, LibraryFunction] = {
    "dependency_injector.wiring.Provide[]": marked,
    "dependency_injector.wiring.Provider[]": itself,
    "dependency_injector.wiring.Closing[]": itself,
    "dependency_injector.wiring.inject": inject,
    "dependency_injector.containers.override": lambda call: Native("override", itself),
    "dependency_injector.containers.copy": lambda call: Native("copy", itself),
}

PACK = Pack(
    language="python",
    packages=("dependency_injector",),
    wires=True,
    objects=(
        Provider,
        Singleton,
        Object,
        ListProvider,
        DictProvider,
        Selector,
        Aggregate,
        Dependency,
        ContainerProvider,
        Configuration,
        Container,
    ),
    functions=FUNCTIONS,
)
