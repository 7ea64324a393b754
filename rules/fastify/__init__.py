"""Fastify: ``fastify()``, plugins and their prefixes, hooks, decorators, fastify-plugin, autoload and fastify-cli."""

from __future__ import annotations

from verifier.api import Call, Const, Function, Pack, Record, Unknown, Value, options

from . import _outside as _outside  # teaches what plugins of libraries do
from ._answers import answers
from ._autoload import desm_join
from ._demands import demands, takes, takes_query
from ._environment import FUNCTIONS, FluentSchema
from ._instance import FastifyInstance
from ._request import handler_parameters
from ._settings import SKIP, plugin_in
from ._start import serves, start


def fastify_plugin(call: Call) -> Value:
    """``fp(function, meta)``: the same function, marked to run on the instance that registers it."""
    given, meta = call.argument(0), call.argument(1)
    if given is None:
        return Unknown("a plugin of nothing")
    given = plugin_in(call.engine, given)
    for function in options(given):
        if isinstance(function, Function):
            encapsulates = meta.entries.get("encapsulate") if isinstance(meta, Record) else None
            kept = isinstance(encapsulates, Const) and encapsulates.value is True
            function.attributes[SKIP] = Const(not kept)
            if meta is not None:
                function.attributes["@@plugin-meta"] = meta
    return given


PACK = Pack(
    answers=answers,
    takes=takes,
    takes_query=takes_query,
    demands=demands,
    framework="fastify",
    language="javascript",
    packages=(
        "fastify",
        "fastify-plugin",
        "@fastify/autoload",
        "fastify-autoload",
        "@fastify/type-provider-typebox",
        "@fastify/type-provider-json-schema-to-ts",
        "fastify-type-provider-zod",
    ),
    hints=(
        r"""\.(?:get|post|put|patch|delete|head|options|all)\(\s*['"`]/""",
        r"\.route\(\s*\{",
        r"\.register\(\s*(?:async\b|function\b|require\(|import\(|\w+\s*,\s*\{)",
    ),
    registers=(
        r"""(?<![\w$.])(?:this\.)?(?:fastify|app|server|instance)\s*\.\s*(?:get|post|put|patch|delete|all)\(\s*(?:'(?:/[^'\n]*)?'|"(?:/[^"\n]*)?"|`/[^`\n]*`)\s*,""",
    ),
    constructs=(r"\b[Ff]astify\(",),
    objects=(FastifyInstance, FluentSchema),
    functions={
        "fastify-plugin": fastify_plugin,
        "fastify-plugin.fastifyPlugin": fastify_plugin,
        "desm.join": desm_join,
        **FUNCTIONS,
    },
    web=("fastify", "fastify-plugin", "@fastify"),
    neutral=("@fastify/deepmerge", "@fastify/env"),
    start=start,
    parameters=handler_parameters,
    query_strings=(("query",),),
    serves=serves,
)
