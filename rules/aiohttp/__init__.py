"""aiohttp: ``web.Application()``, its routes, views, sub-applications and middlewares."""

from __future__ import annotations

import re

from verifier.api import (
    NOTHING,
    Call,
    Command,
    External,
    Instance,
    LibraryFunction,
    Native,
    Pack,
    Sequence,
    Unknown,
    Value,
    binds,
    decorator,
    options,
)

from ._answers import answers
from ._application import Application, Key, Normalizing
from ._definitions import RouteDefinition, RouteTable, StaticDefinition
from ._members import APPLICATIONS, REQUESTS
from ._requests import Request, View, handler_parameters


def passes(call: Call) -> Value:
    """What only documents or marks a handler leaves it as it is."""
    first = call.argument(0)
    return first if first is not None else NOTHING


def documents(call: Call) -> Value:
    """The same for a decorator with arguments."""
    return decorator(call.name, lambda _, handler: handler)


def cors(call: Call) -> Value:
    """``aiohttp_cors.setup(app)``: ``cors.add(route)`` gives the route back."""
    made = Instance(None, "aiohttp_cors.CorsConfig", origin=call.origin)
    made.attributes["add"] = Native("add", passes)
    return made


def session(call: Call) -> Value:
    """``aiohttp_session.setup(app, storage)`` appends a middleware."""
    application = call.argument(0, "app")
    middlewares = application.attributes.get("middlewares") if isinstance(application, Application) else None
    if isinstance(middlewares, Sequence):
        middlewares.items.append(External("aiohttp_session.session_middleware"))
    return NOTHING


def serve(call: Call) -> Value:
    """``web.run_app(app)``, ``web.AppRunner(app)``."""
    for option in options(call.arguments[0]) if call.arguments else ():
        if isinstance(option, Application):
            option.served = call.frame.module.path
    if call.name.endswith("run_app"):
        listen_at(call, call.argument(None, "host"), call.argument(None, "port"))
    return Instance(None, f"aiohttp.web.{call.name}", origin=call.origin)


def site(call: Call) -> Value:
    """``web.TCPSite(runner, host, port)``."""
    listen_at(call, call.argument(1, "host"), call.argument(2, "port"))
    return Instance(None, "aiohttp.web.TCPSite()", origin=call.origin)


def listen_at(call: Call, host: Value | None, port: Value | None) -> None:
    """The port is 8080 by itself, or another where connections are encrypted; a path or socket needs none."""
    others = [call.argument(None, name) for name in ("ssl_context", "path", "sock")]
    told = any(other is not None and other is not NOTHING for other in others)
    if told and (port is None or port is NOTHING):
        port = Unknown("a path, a socket or its encryption")
    binds(call, host, "aiohttp", None, port=port, usual=8080)


def start_server(call: Call) -> Value:
    """``aiotools.start_server(worker, args=...)``: the worker, an asynchronous context manager, builds and serves."""
    worker = call.argument(0, "worker_actxmgr")
    if worker is not None:
        arguments = call.argument(None, "args") or Sequence(complete=False)
        given: list[Value] = [Unknown("the event loop"), Unknown("the number of the process"), arguments]
        call.engine.call(worker, given, call.node, call.frame)
    return NOTHING


WEBARGS = [f"{parser}{name}" for parser in ("", "parser.", "AIOHTTPParser.") for name in ("use_args", "use_kwargs")]
# Decorators that say what a request or answer looks like.
SCHEMAS = (
    *(
        f"aiohttp_apispec.{module}{name}"
        for module in ("", "decorators.")
        for name in (
            "docs request_schema response_schema use_kwargs marshal_with match_info_schema querystring_schema "
            "form_schema json_schema headers_schema cookies_schema"
        ).split()
    ),
    *(f"webargs.aiohttpparser.{name}" for name in WEBARGS),
)
FUNCTIONS: dict[str, LibraryFunction] = {
    "aiohttp.web.run_app": serve,
    "aiohttp.web._run_app": serve,
    "aiohttp.web.AppRunner": serve,
    "aiohttp.web_runner.AppRunner": serve,
    "aiohttp.web.TCPSite": site,
    "aiohttp.web_runner.TCPSite": site,
    "aiohttp.web.middleware": passes,
    "aiohttp.web_middlewares.middleware": passes,
    "aiohttp_cors.setup": cors,
    "aiotools.server_context": passes,
    "aiotools.start_server": start_server,
    "aiohttp_session.setup": session,
    **dict.fromkeys(SCHEMAS, documents),
    "aiohttp_apispec.setup_aiohttp_apispec": lambda call: NOTHING,
    "aiohttp_swagger.swagger_path": documents,
}


def serves(command: Command) -> tuple[str, str] | None:
    """``python -m aiohttp.web module:function``, ``adev runserver file.py``."""
    words = list(command.argv)
    if "aiohttp.web" in words[:4] and words[words.index("aiohttp.web") - 1] == "-m":
        for word in words[words.index("aiohttp.web") + 1 :]:
            if re.fullmatch(r"[\w.]+:\w+", word):
                module, _, variable = word.partition(":")
                return module, variable
    if words and words[0].rpartition("/")[2] == "adev" and "runserver" in words:
        found = [word for word in words[words.index("runserver") + 1 :] if word.endswith(".py")]
        return (found[0], "") if found else None
    return None


PACK = Pack(
    answers=answers,
    contents=(r"aiohttp\.web(?:_request)?\.Request\.(?:json|read|text)\(\)",),
    framework="aiohttp",
    language="python",
    promises=(r"aiohttp\.web\.Request\.(?:json|text|read|post|multipart)",),
    packages=("aiohttp", "aiohttp_cors", "aiohttp_session", "aiohttp_security", "aiohttp_apispec", "aiohttp_pydantic"),
    hints=(
        r"\.(?:add_(?:get|post|put|patch|delete|head|options|view|route|routes|resource|subapp|domain))\s*\(",
        r"^\s*@\w+(?:\.\w+)*\.(?:get|put|post|delete|patch|view|route)\s*\(",
    ),
    registers=(
        r"^[ \t]*@\w+\.(?:get|put|post|delete|patch|head|options|view|route)\(",
        r"\.add_(?:get|post|put|patch|delete|head|options|view|route)\(",
        r"\bweb\.(?:get|post|put|patch|delete|head|options|view|route)\(",
    ),
    constructs=(r"\bApplication\(",),
    objects=(Application, Key, Normalizing, RouteDefinition, RouteTable, StaticDefinition, Request, View),
    functions=FUNCTIONS,
    web=(
        "aiohttp.abc",
        "aiohttp.web",
        "aiohttp.web_app",
        "aiohttp.web_exceptions",
        "aiohttp.web_fileresponse",
        "aiohttp.web_middlewares",
        "aiohttp.web_request",
        "aiohttp.web_response",
        "aiohttp.web_routedef",
        "aiohttp.web_runner",
        "aiohttp.web_urldispatcher",
        "aiohttp.web_ws",
        "aiohttp_apispec",
        "aiohttp_cors",
        "aiohttp_jinja2",
        "aiohttp_pydantic",
        "aiohttp_security",
        "aiohttp_session",
    ),
    neutral=("aiohttp_security.abc",),
    parameters=handler_parameters,
    query_strings=(("query",), ("rel_url", "query")),
    offers=(*APPLICATIONS, *REQUESTS),
    watches=(r"aiohttp\.web(?:_request)?\.Request\.json", r"aiohttp\.web(?:_response)?\.json_response", r"json\.dumps"),
    serves=serves,
)
