"""Express 4 and 5: applications, routers, their mounts, chains and middleware, and what requests carry."""

from __future__ import annotations

from verifier.api import Pack

from ._answers import answers
from ._companions import FUNCTIONS, PromiseRouter
from ._requests import handler_parameters
from ._routing import Application, ExpressRouter

PACK = Pack(
    answers=answers,
    contents=(r"express\.Request\.body",),
    framework="express",
    language="javascript",
    packages=("express", "express-promise-router"),
    hints=(r"""\.(?:get|post|put|patch|delete|all|route|use)\(\s*['"`]/""",),
    registers=(
        r"""(?<![\w$.])(?:this\.)?(?:app|server|express|\w*[rR]outer|\w*[rR]outes?)\s*\.\s*(?:get|post|put|patch|delete|all)\(\s*(?:'(?:/[^'\n]*)?'|"(?:/[^"\n]*)?"|`/[^`\n]*`)\s*,""",
    ),
    constructs=(r"\b[eE]xpress\(\)",),
    objects=(Application, ExpressRouter, PromiseRouter),
    functions=FUNCTIONS,
    web=(
        "express",
        "express-async-errors",
        "express-async-handler",
        "express-promise-router",
        "express-serve-static-core",
        "express-session",
        "express-validator",
        "cookie-parser",
        "cors",
        "helmet",
        "morgan",
        "multer",
    ),
    parameters=handler_parameters,
    query_strings=(("query",),),
)
