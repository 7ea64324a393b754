"""Hono's middleware: what it is called, and what is middleware at all."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import (
    Call,
    Const,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Router,
    Sequence,
    Text,
    Unknown,
    Value,
    describe,
    functions_in,
    library_name,
    may_refuse,
    only_call,
    options,
    text_of,
)

# Modules of Hono whose functions make middleware: what they make hands requests on.
MIDDLEWARE = frozenset(
    "basic-auth bearer-auth body-limit cache combine compress context-storage cors csrf etag ip-restriction "
    "jsx-renderer jwk jwt language logger method-override powered-by pretty-json request-id secure-headers timeout "
    "timing trailing-slash validator".split()
)
VALIDATORS = ("@hono/zod-validator", "@hono/standard-validator", "@hono/valibot-validator", "@hono/typebox-validator")
# These pass a request on too, but turn none away: files that are found are answered, and documents are written.
UNGUARDING = frozenset({"serveStatic", "describeRoute", "describeResponse"})
# Of Hono's own modules and of companions, those that turn no request away for who sends it: they log, write headers,
# or look at what is in the request.
HARMLESS = frozenset(
    "@hono/ajv-validator @hono/arktype-validator @hono/class-validator @hono/conform-validator "
    "@hono/effect-validator @hono/standard-validator @hono/typebox-validator @hono/typia-validator "
    "@hono/valibot-validator @hono/zod-validator hono-openapi hono/body-limit hono/timeout hono/validator "
    "hono/cache hono/compress hono/context-storage hono/cors hono/etag hono/jsx-renderer hono/language hono/logger "
    "hono/method-override hono/powered-by hono/pretty-json hono/request-id hono/secure-headers hono/timing "
    "hono/trailing-slash @hono/sentry @hono/prometheus @hono/otel @hono/structured-logger hono-pino pino-http".split()
)


class Combined(LibraryObject):
    """``every(...)``, ``some(...)`` and ``except(paths, ...)`` of hono/combine; ``apart`` are the paths left out.

    ``may_be_passed_by``: another function may let a request through, or a condition that is not known.
    """

    functions: list[Value]
    apart: list[str]
    may_be_passed_by = False


def combine(call: Call) -> Value:
    """Several middleware functions as one."""
    made = Combined(None, f"hono/combine.{call.name}()", origin=call.origin)
    given = list(call.arguments)
    made.apart = []
    if call.name == "except" and given:
        conditions = functions_in([given.pop(0)])
        made.apart = [text for text in map(text_of, conditions) if text is not None]
        made.may_be_passed_by = len(made.apart) < len(conditions)
    made.functions = functions_in(given)
    made.may_be_passed_by |= call.open or (call.name == "some" and len(made.functions) > 1)
    return made


def same(call: Call) -> Value:
    """``createMiddleware(function)``: the function itself."""
    return call.argument(0) or Unknown("middleware of nothing")


def handlers(call: Call) -> Value:
    """``createHandlers(...)``: its arguments as a list."""
    return Sequence(call.arguments, complete=not call.open)


FUNCTIONS: dict[str, LibraryFunction] = {
    "hono/factory.createMiddleware": same,
    "hono/combine.every": combine,
    "hono/combine.some": combine,
    "hono/combine.except": combine,
}


def is_function(value: Value) -> bool:
    """Whether an argument is a handler or middleware, and not a path."""
    kinds = (Function, Native, External, Instance, Sequence)
    return any(isinstance(option, kinds) for option in options(value))


def hands_on(value: Value) -> bool:
    """Whether a library made a value as middleware, so that it does not answer by itself."""
    for option in options(value):
        path = option.path or "" if isinstance(option, External | Instance) and not isinstance(option, Router) else ""
        package = path.partition(".")[0]
        module = package.removeprefix("hono/") if package.startswith("hono/") else ""
        name = path.rpartition(".")[2].removesuffix("()")
        if module not in MIDDLEWARE and package not in VALIDATORS and name not in UNGUARDING:
            return False
    return True


def flat(value: Value) -> list[Value]:
    """The functions of a piece of middleware: those of a choice, or those that were combined."""
    found: list[Value] = []
    for option in options(value):
        if isinstance(option, Combined):
            found.extend(inner for function in option.functions for inner in flat(function))
        elif not isinstance(option, Const | Text | Unknown):
            found.append(option)
    return found


def names_of(values: Iterable[Value], call: Call) -> list[str]:
    """The names of middleware, as a reader would give them; none for what turns no request away for who sends it."""
    found: list[str] = []
    for value in values:
        for function in flat(value):
            if isinstance(function, Function):
                if may_refuse(call.engine, function, 1):
                    found.append(name_of(function, call))
            elif describe(function) and not is_harmless(library_name(function)):
                found.append(describe(function))
    return found


def is_harmless(name: str) -> bool:
    """Whether middleware of a library turns no request away."""
    return name.rpartition(".")[2] in UNGUARDING or name.partition(".")[0].removesuffix("()") in HARMLESS


def name_of(function: Function, call: Call) -> str:
    """A function by its name; one that is written where it is used, by what it calls."""
    code, node = function.code, call.node
    inside = function.module is call.frame.module and node.start <= code.start and code.end <= node.end
    if inside and not code.name and not function.held:
        return only_call(function) or "anonymous"
    return describe(function)
