"""Which hooks turn a request away: ``before_request`` functions that abort, raise or answer themselves.

That is tried: a hook is run on a request that carries no credentials, on abstract values.
"""

from __future__ import annotations

from verifier.api import (
    Const,
    Engine,
    Function,
    Instance,
    Memo,
    Record,
    Route,
    Sequence,
    Span,
    Text,
    Value,
    describe,
    options,
)


class Hook(str):
    """The name of a hook, until it is known whether it guards. One without a target ends what came before it."""

    __slots__ = ("target",)
    target: Value | None

    @staticmethod
    def of(target: Value) -> Hook:
        """The hook of a function."""
        made = Hook(describe(target).rpartition(".")[2])
        made.target = target
        return made

    @staticmethod
    def barrier() -> Hook:
        """What stands in front of an application that is dispatched to: hooks of the one around it are not run."""
        made = Hook("")
        made.target = None
        return made


GUARDING: Memo[Engine, dict[object, bool]] = Memo()
Key = tuple[str, str, Span]
BEFORE: Memo[Engine, dict[Key, list[Value]]] = Memo()


def guards_of(engine: Engine, route: Route) -> tuple[str, ...]:
    """The guards of a laid route; its hooks are remembered, to be followed when its calls are."""
    found: list[str] = []
    hooks: list[Value] = []
    for name in route.guards:
        if not isinstance(name, Hook):
            found.append(name)
        elif name.target is None:
            found.clear()
            hooks.clear()
        else:
            hooks.append(name.target)
            if turns_away(engine, name.target):
                found.append(str(name))
    if hooks:
        BEFORE.setdefault(engine, {}).setdefault((route.method, route.path, route.span), hooks)
    return tuple(dict.fromkeys(found))


def hooks_before(engine: Engine, route: Route) -> list[Value]:
    """The functions that are run before a route."""
    return BEFORE.get(engine, {}).get((route.method, route.path, route.span), [])


def turns_away(engine: Engine, target: Value) -> bool:
    """Whether a hook may keep a request from its view."""
    if not isinstance(target, Function):
        return True  # out of sight; nothing is expected from it but its effect
    known = GUARDING.setdefault(engine, {})
    key = (target.code, id(target.scope), id(target.bound))
    if key not in known:
        known[key] = False
        result, raised = engine.trial(target, [], {})
        known[key] = bool(raised) or any(is_answer(option) for option in options(result))
    return known[key]


def is_answer(value: Value) -> bool:
    """Whether what a hook returns is surely sent to the client."""
    if isinstance(value, Instance):
        return value.kind is not None or (value.path or "").startswith(("flask.", "werkzeug."))
    return isinstance(value, Text | Sequence | Record) or (isinstance(value, Const) and value.value is not None)
