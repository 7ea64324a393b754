"""tsyringe: a container that makes objects of classes, by the types of their constructors' parameters.

There is one container for a program, ``container``; a child of it is taken for the same.
"""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    LibraryFunction,
    Native,
    Pack,
    Record,
    Sequence,
    Unknown,
    Value,
    options,
)

CONTAINER = "tsyringe.container"
BINDINGS = "tsyringe.container bindings"
DEEPEST_ALIAS = 8


def key_of(token: Value) -> str:
    """What tells one token from another."""
    if isinstance(token, Const):
        return f"text {token.value!r}"
    return f"class {id(token.code)}" if isinstance(token, Class) else f"object {id(token)}"


def bindings(engine: Engine) -> dict[str, Value]:
    """What was registered, by token."""
    return engine.library_attributes.setdefault(BINDINGS, {})


def register(call: Call) -> Value:
    """``container.register(token, { useClass | useValue | useFactory | useToken })`` and its shorter forms."""
    token, provider = call.argument(0), call.argument(1)
    if token is not None:
        if call.name == "registerInstance":
            provider = Record({"useValue": provider or NOTHING})
        elif call.name == "registerType":
            provider = Record({"useToken": provider or NOTHING})
        elif provider is None or isinstance(provider, Const):
            provider = token
        bindings(call.engine)[key_of(token)] = provider
    return External(CONTAINER)


def resolve(call: Call) -> Value:
    """``container.resolve(token)``."""
    token = call.argument(0)
    found = made(call, token, 0) if token is not None else Unknown("an object of nothing")
    return Sequence([found]) if call.name == "resolveAll" else found


def made(call: Call, token: Value, depth: int) -> Value:
    """The object that stands behind a token."""
    provider = bindings(call.engine).get(key_of(token), token)
    for option in options(provider):
        if isinstance(option, Class):
            return call.engine.symbolic_object(option)
        if isinstance(option, Record):
            if "useValue" in option.entries:
                return option.entries["useValue"]
            if "useFactory" in option.entries:
                return call.engine.call(option.entries["useFactory"], [External(CONTAINER)], call.node, call.frame)
            other = option.entries.get("useClass") or option.entries.get("useToken")
            if isinstance(other, Class):
                return call.engine.symbolic_object(other)
            if other is not None and depth < DEEPEST_ALIAS:
                return made(call, other, depth + 1)
    return Unknown("an object that a container makes")


def same(call: Call) -> Value:
    """A container that is taken for the one there is."""
    return External(CONTAINER)


METHODS: dict[str, LibraryFunction] = {
    "resolve": resolve,
    "resolveAll": resolve,
    "register": register,
    "registerSingleton": register,
    "registerInstance": register,
    "registerType": register,
    "createChildContainer": same,
}
FUNCTIONS: dict[str, LibraryFunction] = {f"{CONTAINER}.{name}": function for name, function in METHODS.items()}
FUNCTIONS["tsyringe.instanceCachingFactory"] = lambda call: call.argument(0) or Native("factory", same)

PACK = Pack(language="javascript", packages=("tsyringe",), wires=True, functions=FUNCTIONS)
