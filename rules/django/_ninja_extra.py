"""Django Ninja Extra: ``NinjaExtraAPI()``, and controllers, which are classes with operations."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Function,
    LibraryFunction,
    LibraryObject,
    Value,
    attributes_of,
    decorator,
    method,
    options,
    stands_for,
    text_of,
    texts_of,
)

from ._ninja import VERBS, NinjaAPI, NinjaRouter, Operation
from ._request import CONTROLLER
from ._settings import imported

MARK = "<operations>"


class Marked(LibraryObject):
    """What decorators said of a method: the operations that it answers."""

    def __init__(self, found: list[tuple[Call, list[str], str | None, Value | None]]) -> None:
        super().__init__(None, "ninja_extra.controllers.route.RouteFunction")
        self.found = found


class Controller(LibraryObject):
    """What ``@api_controller`` said of a class."""

    def __init__(self, call: Call, prefix: Value | None, auth: Value | None, permissions: Value | None) -> None:
        super().__init__(None, "ninja_extra.controllers.APIController")
        self.call, self.prefix, self.auth, self.permissions = call, prefix, auth, permissions


def operation(call: Call) -> Value:
    """``@http_get("/{id}")``, ``@route.get("/{id}")``, ``@http_generic("/", methods=[...])``."""
    verb = call.name.rpartition(".")[2].removeprefix("http_")
    names = [verb] if verb in VERBS else texts_of(call.argument(None, "methods")) or ["*"]
    path = call.argument(0, "path")
    auth = call.argument(None, "auth") or call.argument(None, "permissions")

    def apply(_: Call, handler: Value) -> Value:
        if not isinstance(handler, Function):
            return handler
        known = handler.attributes.get(MARK)
        before = known.found if isinstance(known, Marked) else []
        text = "" if path is None else text_of(path)
        return attributes_of(handler, **{MARK: Marked([*before, (call, names, text, auth)])})

    return decorator(call.name, apply)


def api_controller(call: Call) -> Value:
    """``@api_controller("/books", auth=..., permissions=[...])``, or without arguments."""

    def apply(_: Call, target: Value) -> Value:
        if isinstance(target, Class):
            prefix = call.argument(0, "prefix_or_class")
            auth, permissions = call.argument(None, "auth"), call.argument(None, "permissions")
            bare = isinstance(prefix, Class)
            target.members[CONTROLLER] = Controller(call, None if bare else prefix, auth, permissions)
        return target

    given = call.argument(0, "prefix_or_class")
    return apply(call, given) if isinstance(given, Class) else decorator(call.name, apply)


@stands_for("ninja_extra.NinjaExtraAPI", "ninja_extra.main.NinjaExtraAPI")
class NinjaExtraAPI(NinjaAPI):
    """An API that takes controllers, too."""

    @method("register_controllers")
    def register(self, call: Call) -> Value:
        for given in call.arguments:
            named = text_of(given)
            value = imported(call.engine, named) if named is not None else given
            for option in options(value if value is not None else given):
                self.children.append((call, Const(""), router_of(call, option), None))
        return NOTHING

    @method("auto_discover_controllers")
    def discover(self, call: Call) -> Value:
        self.children.append((call, Const(""), NOTHING, None))
        return NOTHING


def router_of(call: Call, value: Value) -> Value:
    """The operations of a controller as a router of Django Ninja; anything else as it is."""
    said = value.members.get(CONTROLLER) if isinstance(value, Class) else None
    if not isinstance(value, Class) or not isinstance(said, Controller):
        return value
    router = NinjaRouter(None, "ninja.Router", origin=said.call.origin)
    router.registered, router.children, router.auth = [], [], said.auth or said.permissions
    prefix = "" if said.prefix is None else text_of(said.prefix)
    this = call.engine.symbolic_object(value)
    for member in members_of(call.engine, value).values():
        marked = member.attributes.get(MARK) if isinstance(member, Function) else None
        for place, names, path, auth in marked.found if isinstance(marked, Marked) else ():
            whole = None if prefix is None or path is None else f"{prefix}/{path}"
            assert isinstance(member, Function)
            router.registered.append(Operation(place, names, whole, member.bind(this), auth))
    return router


def members_of(engine: Engine, cls: Class) -> dict[str, Value]:
    """What a class has, those of its ancestors first."""
    found: dict[str, Value] = {}
    for ancestor in reversed(list(cls.lineage())):
        if isinstance(ancestor, Class):
            found.update((name, engine.force(member)) for name, member in ancestor.members.items())
    return found


CONTROLLERS = ("ninja_extra", "ninja_extra.controllers", "ninja_extra.controllers.base")
ROUTES = ("ninja_extra", "ninja_extra.controllers", "ninja_extra.controllers.route")
FUNCTIONS: dict[str, LibraryFunction] = {
    **{f"{module}.api_controller": api_controller for module in CONTROLLERS},
    **{f"{module}.http_{verb}": operation for module in ROUTES for verb in (*VERBS, "generic")},
    **{f"{module}.route.{verb}": operation for module in ROUTES for verb in (*VERBS, "generic")},
}
