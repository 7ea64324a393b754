"""Views: functions, class-based views, and what decorators make of them."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    LibraryObject,
    Native,
    Record,
    Scope,
    Sequence,
    Value,
    describe,
    handler_in,
    method,
    options,
    stands_for,
    texts_of,
    with_decorator,
)

VERBS = ("get", "post", "put", "delete", "patch", "head", "options", "trace")
DEEPEST_SCOPE = 4


class Row:
    """What one or several methods of a view lead to. ``guards`` are decorators around all of it, outermost first."""

    def __init__(self, methods: tuple[str, ...], handler: Value, guards: tuple[str, ...] = ()) -> None:
        self.methods = methods
        self.handler = handler
        self.guards = guards


@stands_for(
    "flask.views.View",
    "flask.views.MethodView",
    "flask_restful.Resource",
    "flask_restx.Resource",
    "flask_restx.resource.Resource",
    "flask_restplus.Resource",
    "flask_apispec.MethodResource",
    "flask_apispec.views.MethodResource",
    "apiflask.views.MethodView",
)
class View(LibraryObject):
    """An object of a class-based view, made when something is read from it; ``given`` are its arguments."""

    given: tuple[list[Value], dict[str, Value]] = ([], {})
    started = False

    def read(self, engine: Engine, name: str) -> Value | None:
        if not self.started and self.kind is not None:
            self.started = True
            constructor = engine.member(self.kind, "__init__")
            if isinstance(constructor, Function):
                engine.invoke(constructor.bind(self), *self.given)
            return self.attributes.get(name)
        return super().read(engine, name)

    def created(self, call: Call) -> None:
        self.started = True

    @classmethod
    def class_member(cls, engine: Engine, subclass: Class, name: str) -> Value | None:
        if name != "as_view":
            return None

        def as_view(call: Call) -> Value:
            keywords = {key: value for key, value in call.keywords.items() if key != "name"}
            first = 0 if "name" in call.keywords else 1
            return ViewFunction.of(subclass, call.arguments[first:], keywords)

        return Native("as_view", as_view)


class ViewFunction(LibraryObject):
    """What ``View.as_view()`` gives."""

    is_view = True
    handles = True
    view_class: Class
    given: tuple[list[Value], dict[str, Value]] = ([], {})
    outside: tuple[str, ...] = ()

    @staticmethod
    def of(cls: Class, arguments: list[Value], keywords: dict[str, Value]) -> ViewFunction:
        """The view function of a class that is made with some arguments."""
        found = ViewFunction(None, "flask.views.View.as_view()", origin=cls.origin)
        found.view_class, found.given = cls, (list(arguments), dict(keywords))
        return found

    def guarded(self, name: str) -> ViewFunction:
        """The same behind a decorator."""
        found = ViewFunction.of(self.view_class, *self.given)
        found.attributes, found.outside = self.attributes, (name, *self.outside)
        return found

    @method("__call__")
    def call(self, call: Call) -> Value:
        return NOTHING


def rows_of(engine: Engine, view: Value | None, methods: tuple[str, ...] | None) -> list[Row]:
    """The rows that registering a view makes; without ``methods``, those that the view itself names."""
    view, outside = unwrapped(view)
    if isinstance(view, Class) and is_view_class(view):
        view = ViewFunction.of(view, [], {})
    if isinstance(view, ViewFunction):
        return [
            Row(row.methods, row.handler, (*outside, *view.outside, *row.guards))
            for row in class_rows(engine, view, methods)
        ]
    if methods is None and isinstance(view, Function):
        own = texts_of(view.attributes.get("methods"))
        methods = tuple(own) if own else None
    return [Row(methods or ("GET",), view if view is not None else NOTHING, outside)]


def unwrapped(view: Value | None) -> tuple[Value | None, tuple[str, ...]]:
    """A view without what libraries or decorators of the project put around it by hand, and their names."""
    outside: list[str] = []
    for _ in range(10):
        if view is None:
            break
        view = options(view)[0]
        if isinstance(view, Function):
            found = view_inside(view, 0)
            if found is not None:
                return found[0], (*outside, *found[1])
            break
        inner = view.attributes.get("wrapped") if isinstance(view, Instance) and not isinstance(view, View) else None
        if inner is None:
            break
        outside.append(describe(view).rpartition(".")[2])
        view = inner
    return (view if isinstance(view, ViewFunction | Class) else handler_in(view)), tuple(outside)


def view_inside(function: Function, depth: int) -> tuple[ViewFunction, tuple[str, ...]] | None:
    """The class-based view that a wrapper closes over, and the names of the decorators around it."""
    name = decorator_of(function)
    scope: Scope | None = function.scope
    for _ in range(DEEPEST_SCOPE if "." in function.code.qualified else 0):
        if scope is None or scope.parent is None:
            break
        for value in scope.names.values():
            if isinstance(value, ViewFunction):
                return value, (name,)
        scope = scope.parent
    found = view_inside(function.wraps, depth + 1) if function.wraps is not None and depth < DEEPEST_SCOPE else None
    return (found[0], (name, *found[1])) if found is not None else None


def decorator_of(function: Function) -> str:
    """The name of the decorator that a function is, or that has made it."""
    return function.code.qualified.partition(".")[0] if function.owner is None else function.code.name


def is_view_class(cls: Class) -> bool:
    """Whether a class derives from one of Flask's views."""
    return any(isinstance(base, External) and base.path in View.paths for base in cls.lineage())


def class_rows(engine: Engine, view: ViewFunction, methods: tuple[str, ...] | None) -> list[Row]:
    """The rows of a class-based view."""
    cls = view.view_class
    this = View(cls, "flask.views.View", origin=cls.origin)
    this.given = view.given
    around = decorators_of(engine, cls, "decorators", None)
    own = texts_of(class_attribute(cls, "methods"))
    dispatch = class_attribute(cls, "dispatch_request")
    if isinstance(dispatch, Function) and not any(isinstance(class_attribute(cls, verb), Function) for verb in VERBS):
        named = methods or (tuple(own) if own else None) or ("GET",)
        return [Row(tuple(name.upper() for name in named), decorate(engine, dispatch.bind(this), around))]
    found: list[Row] = []
    for verb in VERBS:
        handler = class_attribute(cls, verb)
        wanted = methods if methods is not None else tuple(own) if own else None
        if isinstance(handler, Function) and (wanted is None or verb.upper() in [name.upper() for name in wanted]):
            inner = decorators_of(engine, cls, "method_decorators", verb)
            found.append(Row((verb.upper(),), decorate(engine, handler.bind(this), [*inner, *around])))
    return found


def class_attribute(cls: Class, name: str) -> Value | None:
    """What a class or an ancestor of the project binds to a name."""
    return next(
        (base.members[name] for base in cls.lineage() if isinstance(base, Class) and name in base.members), None
    )


def decorators_of(engine: Engine, cls: Class, name: str, verb: str | None) -> list[Value]:
    """The ``decorators`` of a class, innermost first; those of flask-restful may come by verb."""
    given = class_attribute(cls, name)
    given = engine.force(given) if given is not None else None
    if isinstance(given, Record):
        given = given.entries.get(verb)
    return list(given.items) if isinstance(given, Sequence) else []


def decorate(engine: Engine, function: Function, decorators: list[Value]) -> Value:
    """A method behind decorators that a class or an extension puts around it, innermost first."""
    found = function
    for value in decorators:
        name = decorator_of(value) if isinstance(value, Function) else describe(value).rpartition(".")[2]
        applied = value
        if isinstance(value, External):
            described = engine.library.function_for(value.path)
            applied = Native(name, described) if described is not None else value
        result: Value | None = None
        if isinstance(applied, Function | Native):
            result = engine.call(applied, [found], function.code, Frame(function.module, function.scope))
        inner = found
        if isinstance(result, Function):
            found = result
            if found is not inner and found.wraps is None and found.code is not inner.code:
                found.wraps = inner
        if not isinstance(applied, Native):
            found = with_decorator(found, name, inner.decorators if found is not inner else ())
    return found
