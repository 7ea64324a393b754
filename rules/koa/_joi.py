"""koa-joi-router, in miniature: routes with the shape of their requests, on a router of @koa/router."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Const,
    External,
    Function,
    LibraryObject,
    Native,
    Record,
    Sequence,
    Value,
    attribute,
    functions_in,
    method,
    stands_for,
    text_of,
    texts_of,
)

from ._router import VERBS, KoaRouter


@stands_for("koa-joi-router")
class JoiRouter(KoaRouter):
    """``router()``."""

    around = True

    @method(*VERBS)
    def verb(self, call: Call) -> Value:
        arguments = list(call.arguments)
        path = arguments.pop(0) if arguments else NOTHING
        before: list[Value] = []
        if arguments and isinstance(arguments[0], Record):
            options = arguments.pop(0)
            assert isinstance(options, Record)
            before = handlers_in(options, "pre")
        self.register(call, (call.name.upper(),), path, [*before, *functions_in(arguments)])
        return self

    @method("route")
    def route(self, call: Call) -> Value:
        """``router.route({ method, path, validate, handler })``, or a list of such."""
        given = call.argument(0)
        for item in given.items if isinstance(given, Sequence) else [given]:
            if not isinstance(item, Record):
                self.dynamic(call, "the routes are decided at run time")
                continue
            text = text_of(item.entries.get("method"))
            methods = text.split() if text is not None else texts_of(item.entries.get("method"))
            if methods is None:
                self.dynamic(call, "the methods are decided at run time")
                continue
            handlers = [*handlers_in(item, "pre"), *handlers_in(item, "handler")]
            path = item.entries.get("path") or NOTHING
            self.register(call, tuple(name.upper() for name in methods), path, handlers)
        return self

    @method("middleware")
    def routes(self, call: Call) -> Value:
        return super().routes(call)

    @attribute("Joi")
    def joi(self, name: str) -> Value:
        return External("joi")


def handlers_in(item: Record, key: str) -> list[Value]:
    """The functions under a key."""
    found = item.entries.get(key)
    return functions_in([found]) if found is not None else []


__all__ = ["Const", "Function", "JoiRouter", "LibraryObject", "Native"]
