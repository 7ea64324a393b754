"""FastAPI and Starlette: applications, routers, what they include and mount, and ``Depends``."""

from __future__ import annotations

import re
from itertools import pairwise

from verifier.api import Command, Pack

from . import _companions as companions
from ._answers import answers
from ._bodies import takes
from ._dependencies import Dependency, Field, RequestObject, handler_parameters
from ._guards import HttpError, Scheme
from ._inputs import query_inputs, takes_query
from ._members import APPLICATIONS, REQUESTS
from ._objects import APIRouter, FastAPI, MountObject, RouteObject, Starlette, StarletteRouter
from ._pieces import FileServer, MiddlewareObject, Wrapper, register_convertor

SERVERS = ("uvicorn", "gunicorn", "hypercorn", "granian", "daphne")


def serves(command: Command) -> tuple[str, str] | None:
    """``fastapi run app/main.py``, ``uvicorn --factory module:create_app``."""
    words = list(command.argv)
    names = [word.rpartition("/")[2] for word in words]
    if "fastapi" in names:
        return cli_target(words[names.index("fastapi") + 1 :])
    program = next((place for place, name in enumerate(names) if name in SERVERS), None)
    if program is None:
        return None
    for before, word in pairwise(words[program:]):
        target = re.fullmatch(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(?:\(.*\))?", word)
        if target is not None and before not in ("-b", "--bind"):
            return target.group(1), target.group(2)
    return None


def cli_target(words: list[str]) -> tuple[str, str] | None:
    """What ``fastapi run`` and ``fastapi dev`` serve: a file, or ``-e module:app``; the variable is mostly ``app``."""
    if not words or words[0] not in ("run", "dev"):
        return None
    variable, path = "", ""
    place = 1
    while place < len(words):
        word = words[place]
        if word in ("-e", "--entrypoint") and place + 1 < len(words):
            module, _, variable = words[place + 1].partition(":")
            return module, variable or "app"
        if word == "--app" and place + 1 < len(words):
            variable = words[place + 1]
        if word.startswith("-"):
            place += 1 if "=" in word or word in ("--reload", "--no-reload", "--proxy-headers") else 2
            continue
        path = path or word
        place += 1
    return (path, variable) if path else None


PACK = Pack(
    answers=answers,
    takes=takes,
    framework="fastapi",
    language="python",
    promises=(r"(?:fastapi|starlette\.requests)\.Request\.(?:json|body|is_disconnected)",),
    packages=(
        "fastapi",
        "starlette",
        "fastapi_utils",
        "fastapi_restful",
        "fastapi_class",
        "classy_fastapi",
        "fastapi_users",
    ),
    hints=(
        r"^\s*@\w+(?:\.\w+)*\.(?:get|put|post|delete|patch|api_route|websocket)\s*\(",
        r"^(?:app|application|server|api)\s*(?::[^=\n]+)?=\s*(?:\w+\.)*(?:create|make|build|get)\w*\(",
    ),
    registers=(
        r"^[ \t]*@\w+(?:\.\w+)*\.(?:get|put|post|delete|patch|options|head|api_route|websocket)\("
        r"\s*(?:path\s*=\s*)?f?['\"]",
        r"\b\w+\.add_api_(?:websocket_)?route\(",
    ),
    constructs=(r"\bFastAPI\(", r"\bStarlette\("),
    objects=(
        FastAPI,
        Starlette,
        APIRouter,
        StarletteRouter,
        RouteObject,
        MountObject,
        MiddlewareObject,
        FileServer,
        Wrapper,
        Dependency,
        Field,
        Scheme,
        HttpError,
        RequestObject,
        *companions.OBJECTS,
    ),
    functions={
        "starlette.convertors.register_url_convertor": register_convertor,
        **companions.FUNCTIONS,
    },
    web=("fastapi", "starlette", "fastapi_utils", "fastapi_restful", "fastapi_class", "classy_fastapi"),
    parameters=handler_parameters,
    inputs=query_inputs,
    takes_query=takes_query,
    offers=(*APPLICATIONS, *REQUESTS),
    watches=(
        r"(?:fastapi|fastapi\.requests|starlette\.requests)\.Request\.json",
        r"(?:fastapi|starlette)\.(?:responses\.)?JSONResponse",
        r"json\.dumps",
    ),
    serves=serves,
)
