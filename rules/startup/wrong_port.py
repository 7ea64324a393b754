"""The server listens on another port than the one that others connect to.

The server runs, and says where it listens; whoever asks at the other port gets `connection refused`. uvicorn, gunicorn,
hypercorn, daphne and `runserver` take 8000 by themselves, Flask 5000, aiohttp 8080, the server of `@hono/node-server`
3000.

Write the port that is asked for where the server is started: `uvicorn app:app --port 8080`, `listen(3000)`.

What others connect to is what the task of the benchmark says (8080 for Python, 3000 for Node), and the container's side
of `ports` in a compose file. It is a warning where `EXPOSE` of a Dockerfile alone names another port, for that opens
nothing, and where a task's server takes the default for a variable that nothing sets.

A port that the environment may decide is left alone with containers; so are several servers on several ports, ranges,
sockets of Unix, projects that bring a proxy (nginx, Caddy), and what other services of a compose file reach directly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from verifier.api import Category, Command, Facts, Problem, Published, Related, Severity, regex, rule

from ._scripts import SHELL_SCRIPTS, containers
from ._serving import HOST_NETWORK, PROXY, Served, served, settled

# The first word of a task's name to the port that its client connects to; a name may begin with the framework instead.
TASKS = {"uv": 8080, "node": 3000}
LANGUAGES = {"python": 8080, "javascript": 3000}
DEBUGGERS = frozenset({2345, 5005, 5678, 5858, 9222, 9229, 9230})
BACKGROUND = regex(r"(?<![&|>\d])&\s*(?:#.*)?$", re.MULTILINE)
TEXTS = regex(r"(?i)\.(?:json|sql|md|rst|lock)$|(?:example|sample|template|dist)[^/]*$")
SYMPTOM = "connection refused, though the server runs"


@rule(Category.SERVER_STARTUP_FAILURE)
def wrong_port(facts: Facts) -> Iterator[Problem]:
    """Yield each server that others look for at another port."""
    if any(PROXY.search(path) for path in facts.project.paths):
        return
    if any(HOST_NETWORK.search(text) for text in containers(facts)):
        return
    yield from asked_by_task(facts)
    for one in facts.published:
        commands = facts.commands_below(one.commands)
        found = settled(served(facts, commands))
        if found is not None and found.port != one.port and is_sure(facts, one, found, commands):
            yield elsewhere(one, found)


def asked_by_task(facts: Facts) -> Iterator[Problem]:
    """The server that is started by a task, where it does not listen on the task's port."""
    wanted = port_of_task(facts)
    commands = facts.launch.commands
    if wanted is None or any(command.where == "Procfile" for command in commands):
        return
    found = settled(served(facts, commands))
    if found is None or found.port == wanted:
        return
    rests = found.basis == "default"
    if rests and is_set(facts, found.variables):
        return
    yield Problem(
        found.span,
        f"{found.by} listens on port {found.port}, and the task connects to port {wanted}",
        symptom=SYMPTOM,
        remedy=f"Listen on port {wanted}",
        routes=(),
        severity=Severity.WARNING if rests else Severity.ERROR,
        identity=found.by,
    )


def port_of_task(facts: Facts) -> int | None:
    """The port that the client of a task connects to; None where there is no task, or its name does not say."""
    first = basename(facts.config.task or "").partition("-")[0]
    languages = {pack.framework: pack.language for pack in facts.program.packs if pack.framework}
    return TASKS.get(first) or LANGUAGES.get(languages.get(first) or "")


def elsewhere(one: Published, found: Served) -> Problem:
    """What is said of a port that nothing listens on."""
    composed = one.by == "compose"
    who = f"`ports` of the service `{one.service}` leads to" if composed else "`EXPOSE` names"
    return Problem(
        one.span,
        f"{who} port {one.port} of the container, and {found.by} listens on {found.port} there",
        related=(Related(found.span, f"{found.by} listens on port {found.port}"),),
        symptom=SYMPTOM if composed else "connection refused where this port is published, though the server runs",
        remedy=f"Write {found.port} for the container's port here, or make the server listen on {one.port}",
        routes=(),
        severity=Severity.ERROR if composed else Severity.WARNING,
        identity=one.service or "EXPOSE",
    )


def is_sure(facts: Facts, one: Published, found: Served, commands: list[Command]) -> bool:
    """Whether what is published surely is meant for a server, and the server surely listens where it seems to."""
    if found.basis == "default" or (found.basis == "given" and one.open) or one.port in DEBUGGERS:
        return False
    scripts = {command.span.path for command in commands if command.span.path.endswith(SHELL_SCRIPTS)}
    others = facts.project.others
    if any(path in others and BACKGROUND.search(others[path].text) for path in scripts):
        return False
    reached = re.compile(rf"\b{re.escape(one.service)}:{found.port}\b") if one.service else None
    return reached is None or not any(reached.search(source.text) for source in others.values())


def is_set(facts: Facts, names: tuple[str, ...]) -> bool:
    """Whether a text of the project, other than its documents and examples, sets one of some variables."""
    if not names:
        return False
    any_name = "|".join(map(re.escape, names))
    setting = re.compile(rf"(?<![\w${{])(?:{any_name})[\"']?\s*[=:](?!\s*[\"']?\$\{{(?:{any_name})\b)")
    return any(setting.search(source.text) for path, source in facts.project.others.items() if not TEXTS.search(path))
