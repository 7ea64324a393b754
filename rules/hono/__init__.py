"""Hono: ``new Hono()``, ``route`` and ``basePath``, middleware by path and order, OpenAPIHono, factories, adapters."""

from __future__ import annotations

from verifier.api import Pack

from . import _companions, _middleware
from ._answers import answers
from ._app import HonoApp
from ._bodies import takes, takes_query
from ._companions import Factory, OpenAPIHono, serves
from ._context import handler_parameters

PACK = Pack(
    answers=answers,
    takes=takes,
    takes_query=takes_query,
    contents=(r"hono\.HonoRequest\.json\(\)",),
    framework="hono",
    language="javascript",
    promises=(r"hono\.HonoRequest\.(?:json|text|formData|parseBody|blob|arrayBuffer)",),
    packages=("hono", "@hono"),
    hints=(r"""\.(?:get|post|put|patch|delete|all|on|use|route|openapi)\(\s*(?:['"`]/|\w+Route\b)""",),
    registers=(
        r"""(?<![\w$.])(?:this\.)?(?:app|api|\w*[rR]outer|\w*[rR]outes?|\w*App)\s*\.\s*(?:get|post|put|patch|delete|all)\(\s*(?:'(?:/[^'\n]*)?'|"(?:/[^"\n]*)?"|`/[^`\n]*`)\s*,""",
    ),
    constructs=(r"\bnew (?:OpenAPI)?Hono\b", r"\.createApp\("),
    objects=(HonoApp, OpenAPIHono, Factory),
    functions={**_companions.FUNCTIONS, **_middleware.FUNCTIONS},
    web=("hono", "@hono"),
    neutral=("hono/jwt", "hono/utils"),
    parameters=handler_parameters,
    query_strings=(("req", "query"), ("req", "valid(query)")),
    serves=serves,
)
