"""Koa applications, koa-mount and koa-compose, in miniature."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Choice,
    Const,
    DynamicPathError,
    Engine,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    PathPattern,
    Record,
    Router,
    Segment,
    Sequence,
    Slash,
    Unknown,
    Value,
    attribute,
    functions_in,
    join_text,
    listens,
    may_call,
    method,
    run_callbacks,
    segment,
    split,
    stands_for,
    text_of,
)

from ._router import AllowedMethods, Composed, Dispatch, KoaRouter, Used, functions_of, guard_names, mounted_path

REST = "/\0"  # all that lies below a path; no path can hold it


@stands_for("koa", "koa.Application")
class Application(Router):
    """``new Koa()``."""

    framework = "koa"
    application = True
    trailing: Slash = "lenient"
    passes_on = True
    middleware: list[Function]
    used: list[Used]

    def created(self, call: Call) -> None:
        self.middleware, self.used = [], []

    def assumed(self, engine: Engine) -> None:
        self.middleware, self.used = [], []

    @method("use")
    def use(self, call: Call) -> Value:
        if call.arguments:
            self.used += [Used(one, call.origin, call.engine.sequence) for one in functions_in(call.arguments)]
            self.take(call, call.arguments[0], Const(""))
        return self

    def take(self, call: Call, found: Value, prefix: Value) -> None:
        """Put up one piece of middleware, below a prefix where it was mounted."""
        if isinstance(found, Choice):
            with call.engine.undecided():
                for option in found.options:
                    self.take(call, option, prefix)
        elif isinstance(found, Dispatch):
            found.holder.dispatched = True
            self.add_mount(call, found.holder, prefix)
        elif isinstance(found, MountObject):
            self.take(call, found.target, put_together(prefix, found.prefix_given))
        elif isinstance(found, Application):
            self.add_mount(call, found, prefix)
        elif isinstance(found, Composed):
            for item in found.items_in():
                self.take(call, item, prefix)
        elif isinstance(found, KoaRouter):
            self.add_dynamic(call, "a router is used without its `routes()`, which Koa refuses")
            call.engine.remarks[("koa/router-not-used", call.origin)] = "refused"
        elif isinstance(found, Unknown):
            self.add_dynamic(call, f"what is used here depends on {found.reason}")
        elif not isinstance(found, AllowedMethods | Const):
            self.guard(call, found, prefix)

    def guard(self, call: Call, found: Value, prefix: Value) -> None:
        """Middleware; where it is mounted and passes nothing on, it answers."""
        self.middleware += functions_of([found])
        text = text_of(prefix)
        if text == "":
            self.add_guards(call, guard_names(call.engine, found))
        elif isinstance(found, Function) and not may_call(call.engine, found, 1):
            self.add_route(call, ("*",), prefix, found)
            if text is not None:
                self.add_route(call, ("*",), Const(text + REST), found)
        else:
            self.add_guards(call, guard_names(call.engine, found), prefix)

    @method("listen")
    def listen(self, call: Call) -> Value:
        listens(call, "Koa")
        run_callbacks(call.engine, call)
        return Instance(path="http.Server")

    @method("callback")
    def callback(self, call: Call) -> Value:
        return Instance(path="koa.callback()")

    @method("on", "once")
    def on(self, call: Call) -> Value:
        return self

    @attribute("context")
    def context(self, name: str) -> Value:
        return self.attributes.setdefault("context", Record(complete=False))

    def join(self, prefix: str, path: str) -> str:
        return mounted_path(prefix, path)

    def patterns(self, path: str) -> list[PathPattern]:
        if path and not path.startswith("/"):
            raise DynamicPathError(f"koa-mount refuses the path `{path}`: it does not begin with a slash")
        plain = path.removesuffix(REST)
        segments = tuple(segment(part) for part in split(plain))
        if path != plain:
            segments = (*segments, Segment("{rest}", ".*", ("rest",), rest=True))
        return [PathPattern(segments)]

    def falls_through(self, engine: Engine, handler: Function) -> bool:
        return may_call(engine, handler, 1)


class MountObject(LibraryObject):
    """``mount("/path", app)`` of koa-mount."""

    prefix_given: Value
    target: Value


def mount(call: Call) -> Value:
    """``mount(path, app)``, ``mount(app)``."""
    first, second = call.argument(0), call.argument(1)
    made = MountObject(None, "koa-mount()", origin=call.origin)
    made.target = second if second is not None else first if first is not None else NOTHING
    made.prefix_given = Const("") if second is None or first is None or text_of(first) == "/" else first
    if isinstance(made.target, Sequence):
        made.target = composed(call, made.target)
    return made


def compose(call: Call) -> Value:
    """``compose([a, b])``."""
    given = call.argument(0)
    return composed(call, given) if isinstance(given, Sequence) else Unknown("middleware that is composed at run time")


def composed(call: Call, given: Sequence) -> Value:
    """A row of middleware."""
    made = Composed(None, "koa-compose()", origin=call.origin)
    made.given = functions_in(given.items)
    if not given.complete:
        made.given.append(Unknown("a list of middleware that is filled at run time"))
    return made


def combine_routers(call: Call) -> Value:
    """``combineRouters(a, b)`` of koa-combine-routers: a function that gives the routes of all of them."""
    rows: list[Value] = []
    for router in functions_in(call.arguments):
        if isinstance(router, KoaRouter):
            rows.append(router.routes(Call(call.engine, call.frame, call.node, router, [])))
        else:
            rows.append(router if isinstance(router, Unknown) else Unknown("a router that is chosen at run time"))

    def give(made: Call) -> Value:
        found = Composed(None, "koa-combine-routers()()", origin=made.origin)
        found.given = rows
        return found

    return Native("combined routers", give)


def put_together(prefix: Value, path: Value) -> Value:
    """The path of a mount inside a mount."""
    if text_of(prefix) == "":
        return path
    return prefix if text_of(path) == "" else join_text((prefix, path))


FUNCTIONS: dict[str, LibraryFunction] = {
    "koa-mount": mount,
    "koa-compose": compose,
    "koa-combine-routers": combine_routers,
}
