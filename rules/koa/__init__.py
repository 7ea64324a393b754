"""Koa with koa-router or @koa/router: applications, nested routers, mounts and composed middleware."""

from __future__ import annotations

from verifier.api import Pack

from ._answers import answers
from ._application import FUNCTIONS, Application
from ._joi import JoiRouter
from ._requests import handler_parameters
from ._router import KoaRouter

PACK = Pack(
    answers=answers,
    contents=(r"koa\.(?:Context|Request)(?:\.request)?\.body",),
    framework="koa",
    language="javascript",
    packages=("koa", "@koa/router", "koa-router", "koa-joi-router", "koa-mount", "koa-compose", "koa-combine-routers"),
    hints=(r"""\.(?:get|post|put|patch|del|delete|all|use)\(\s*['"`]/""", r"\.routes\(\)"),
    registers=(
        r"""(?<![\w$.])(?:this\.)?(?:\w*[rR]outer|\w*[rR]outes?)\s*\.\s*(?:get|post|put|patch|delete|all)\(\s*(?:'(?:/[^'\n]*)?'|"(?:/[^"\n]*)?"|`/[^`\n]*`)\s*,""",
    ),
    constructs=(r"\bnew Koa\(",),
    objects=(Application, KoaRouter, JoiRouter),
    functions=FUNCTIONS,
    web=(
        "koa",
        "@koa/router",
        "koa-router",
        "koa-joi-router",
        "koa-mount",
        "koa-compose",
        "koa-combine-routers",
        "koa-body",
        "koa-bodyparser",
        "@koa/bodyparser",
        "@koa/cors",
        "koa-jwt",
        "koa-helmet",
        "koa-logger",
    ),
    parameters=handler_parameters,
    query_strings=(("query",), ("request", "query")),
)
