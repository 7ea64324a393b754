"""The server listens on the loopback interface alone.

`127.0.0.1` and `localhost` are only reached from the machine, or the container, that the server runs in. From any other
the connection is refused, whatever the server logs. It is the default of uvicorn, gunicorn, hypercorn, daphne,
`flask run`, `runserver` and Fastify; Express, Koa, aiohttp and `@hono/node-server` listen on all interfaces unless they
are told.

Write `--host 0.0.0.0`, `--bind 0.0.0.0:8080`, `listen({ host: "0.0.0.0", port })`.

It is an error where others must connect: with a task, in a Dockerfile or compose file, in a Procfile. In a plain script
it is a warning, for a proxy on the same machine may be what connects. npm scripts alone, hosts that are not known,
sockets of Unix, and projects that bring a proxy (nginx, Caddy) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Command, Facts, Problem, Severity, Span, regex, rule

from ._scripts import SHELL_SCRIPTS, containers
from ._serving import HOST_NETWORK, OPTIONS, PROXY, has_target, option_in, serving, set_elsewhere

LOOPBACK = regex(r"(?:localhost|127(?:\.\d+){3}|\[?::1\]?)(?::\d+|:\$\S*)?")
VARIABLES = ("UVICORN_HOST", "FLASK_RUN_HOST", "GUNICORN_CMD_ARGS")
SETTLED = ("gunicorn.conf.py", ".flaskenv")


@rule(Category.SERVER_STARTUP_FAILURE)
def loopback_binding(facts: Facts) -> Iterator[Problem]:
    """Yield each server of the start that nobody but its own machine can reach."""
    commands = facts.launch.commands
    severities = [severity for one in commands if (severity := severity_of(facts, one)) is not None]
    if not severities or any(PROXY.search(path) for path in facts.project.paths):
        return
    if any(HOST_NETWORK.search(text) for text in containers(facts)):
        return
    for command in commands:
        severity = severity_of(facts, command)
        words = serving(command)
        if severity is None or not words:
            continue
        told = host_of(facts, command, words)
        if told is not None and LOOPBACK.fullmatch(told[0]):
            yield problem(told[1], words[0], said=told[2], severity=severity)
    worst = Severity.ERROR if Severity.ERROR in severities else Severity.WARNING
    for binding in facts.bindings:
        if binding.host is not None and binding.certain and LOOPBACK.fullmatch(binding.host):
            yield problem(binding.span, binding.by, said=binding.told, severity=worst)


def problem(span: Span, by: str, *, said: bool, severity: Severity) -> Problem:
    """What is said of a server."""
    why = "is told to listen" if said else "listens by itself"
    return Problem(
        span,
        f"{by} {why} on the loopback interface: no other machine or container reaches it",
        symptom="connection refused, though the server runs",
        remedy="Listen on 0.0.0.0",
        routes=(),
        severity=severity,
        identity=by,
    )


def severity_of(facts: Facts, command: Command) -> Severity | None:
    """How bad it is where a command starts the server; None where it is nothing to speak of."""
    if facts.config.task is not None or command.where in ("Dockerfile", "docker-compose", "Procfile"):
        return Severity.ERROR
    return Severity.WARNING if command.span.path.endswith(SHELL_SCRIPTS) else None


def host_of(facts: Facts, command: Command, words: list[str]) -> tuple[str, Span, bool] | None:
    """Where a command makes its server listen, the place to speak of, and whether it says so; None if not known."""
    server, rest = words[0], words[1:]
    if any(name in command.environment for name in VARIABLES):
        return None
    if server == "runserver":
        plain = [word for word in rest if not word.startswith("-")]
        if not plain or re.fullmatch(r"\$?\{?\w+\}?|\d+", plain[0]):
            return "127.0.0.1", command.span, False
        return plain[0], command.span, True
    if server == "flask":
        if "run" not in rest:
            return None
        names: tuple[str, ...] = ("--host", "-h")
    else:
        names = OPTIONS[server]
        if not has_target(rest):
            return None
    found = option_in(rest, names)
    if found is not None:
        return (found[1], command.span, True) if found[0] in ("--host", "-h", "-b", "--bind") else None
    if any(name in facts.project.paths for name in SETTLED) or set_elsewhere(facts, VARIABLES):
        return None
    if server == "gunicorn" and "PORT" in command.environment:
        return None
    procfile = command.where == "Procfile"  # its platform sets PORT
    return None if server == "gunicorn" and procfile else ("127.0.0.1", command.span, False)
