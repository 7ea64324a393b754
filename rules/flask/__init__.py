"""Flask: applications, blueprints, class-based views, hooks, and the extensions that register routes."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import Command, Engine, External, Function, Instance, Pack, Route, Value

from . import _context as context
from . import _restful as restful
from ._answers import answers
from ._application import Blueprint, Dispatcher, Flask, Rule, UrlMap
from ._commands import FUNCTIONS as COMMANDS
from ._commands import Group, own_command, start
from ._config import START_FUNCTIONS
from ._context import Globals, carries_token, stand_behind
from ._demands import takes
from ._guards import hooks_before
from ._members import APPLICATIONS, REQUESTS
from ._views import View

REQUIRED = frozenset({"jwt_required", "fresh_jwt_required", "jwt_refresh_token_required"})
GLOBALS = frozenset({"get", "pop", "setdefault"})
VALUES = ("--host", "-h", "--port", "-p", "--cert", "--key", "--extra-files", "--exclude-patterns", "--env-file", "-e")


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """What Flask passes to a view: parts of the path only. ``current_app`` leads to the application of the route.

    Hooks that are run before the view are run here too, so that their calls are seen.
    """
    application = application_of(engine, route)
    if application is not None:
        stand_behind(engine, "current_app", application)
    if engine.probe is not None:
        own = Globals(None, "flask.ctx._AppCtxGlobals")
        stand_behind(engine, "g", own)
        engine.probe.carry(own, GLOBALS)
    for hook in hooks_before(engine, route):
        engine.invoke(hook, [], {})
    if engine.probe is not None and REQUIRED.intersection(route.guards) and not carries_token(engine, engine.probe):
        error = External("flask_jwt_extended.exceptions.NoAuthorizationError")
        engine.probe.turn_away(error, sure=True, denies=True)
    return {}


def application_of(engine: Engine, route: Route) -> Instance | None:
    """The application that serves a route."""
    path, _, name = route.application.rpartition(":")
    known = [found for found in engine.objects if isinstance(found, Flask) and found.origin is not None]
    here = [found for found in known if found.origin is not None and found.origin.path == path]
    state = engine.table.states.get(path)
    named = state.scope.names.get(name) if state is not None else None
    return next((found for found in here if found is named), here[0] if here else None)


def serves(command: Command) -> tuple[str, str] | None:
    """``flask --app module:create_app run``, and uWSGI's ``--module`` and ``--wsgi-file``."""
    words = list(command.argv)
    names = [word.rpartition("/")[2] for word in words]
    if "flask" in names:
        return run_target(words[names.index("flask") + 1 :], command)
    if "uwsgi" in names:
        return uwsgi_target(words)
    return None


def run_target(words: list[str], command: Command) -> tuple[str, str] | None:
    """What ``flask run`` serves, or a command of its own: ``--app``, else FLASK_APP, else ``wsgi.py`` or ``app.py``."""
    if "run" not in words and own_command(command) is None:
        return None
    target = command.environment.get("FLASK_APP", "")
    for place, word in enumerate(words):
        if word in ("--app", "-A") and place + 1 < len(words):
            target = words[place + 1]
        elif word.startswith("--app="):
            target = word.partition("=")[2]
    module, _, variable = (target or "app").partition(":")
    return module, variable.partition("(")[0]


def uwsgi_target(words: list[str]) -> tuple[str, str] | None:
    """What uWSGI serves."""
    given = {word: words[place + 1] for place, word in enumerate(words[:-1]) if word.startswith("-")}
    given.update(dict(word.split("=", 1) for word in words if word.startswith("--") and "=" in word))
    module = given.get("--module") or given.get("-w") or given.get("--wsgi-file") or given.get("--file")
    if module is None:
        return None
    name, _, variable = module.partition(":")
    return name, variable.partition("(")[0] or given.get("--callable", "application")


PACK = Pack(
    takes=takes,
    answers=answers,
    contents=(r"flask\.(?:request|wrappers\.Request)\.(?:get_json\(\)|json|get_data\(\)|data)",),
    framework="flask",
    language="python",
    packages=("flask", "flask_restful", "flask_restx", "flask_restplus", "flask_smorest", "apiflask", "flask_openapi3"),
    hints=(
        r"^\s*@\w+(?:\.\w+)*\.(?:route|before_request|before_app_request|endpoint)\b",
        r"\b(?:add_resource|add_url_rule|register_blueprint|add_namespace)\(",
        r"^(?:app|application|server|api)\s*(?::[^=\n]+)?=\s*(?:\w+\.)*(?:create|make|build|get)\w*\(",
    ),
    registers=(
        r"^[ \t]*@\w+(?:\.\w+)*\.(?:route|get|post|put|patch|delete)\(",
        r"\b\w+\.(?:add_url_rule|add_resource)\(\s*[\w'\"]",
    ),
    constructs=(r"(?:[=(,]|\breturn)\s*\w*(?:Flask|OpenAPI)\(", r"\bdef (?:create|make|build|get)_app(?:lication)?\("),
    objects=(Flask, Blueprint, UrlMap, Rule, Dispatcher, View, *restful.OBJECTS, *context.OBJECTS),
    functions=context.FUNCTIONS,
    web=(
        *("flask", "flask_restful", "flask_restx", "flask_restplus", "flask_smorest", "apiflask", "flask_openapi3"),
        *("flask_login", "flask_jwt_extended", "flask_httpauth", "flask_security", "flask_wtf", "flask_apispec"),
        *("werkzeug", "webargs.flaskparser"),
    ),
    neutral=("werkzeug.security", "werkzeug.utils"),
    parameters=handler_parameters,
    offers=(*APPLICATIONS, *REQUESTS),
    watches=(r"flask\.(?:globals\.|wrappers\.)?[rR]equest\.get_json", r"flask\.(?:json\.)?jsonify", r"json\.dumps"),
    reads=("flask.request.args", "flask.request.values"),
    starting_functions={**START_FUNCTIONS, **COMMANDS},
    starting_objects=(Group,),
    start=start,
    serves=serves,
)
