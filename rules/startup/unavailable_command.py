"""The start script calls a program that slim images do not have.

Images such as `python:3.12-slim` and `node:20-slim` hold a shell, the core utilities and the language, and no `nc`,
`pg_isready`, `curl` or `wait-for-it`: the shell says `not found`. With `set -e`, and before `&&`, the script ends there
and no server is started; a loop that waits for the program to succeed waits for ever.

Wait in the language of the project (a connection that is tried again), install the program in the image, or ask with
`command -v` whether it is there.

The rule is silent where a Dockerfile of the project installs the program, where its absence is handled (`|| true`,
`command -v`), and about scripts that the project brings along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from verifier.api import Category, Confidence, Facts, Problem, rule

from ._scripts import containers, is_script, sure

# Program to the Debian packages that bring it; none of them is in the slim images of Python and Node.
PACKAGES = {
    "nc": "netcat",
    "netcat": "netcat",
    "ncat": "ncat",
    "wait-for-it": "wait-for-it",
    "wait-for-it.sh": "wait-for-it",
    "wait-for": "wait-for",
    "dockerize": "dockerize",
    "pg_isready": "postgresql-client",
    "psql": "postgresql-client",
    "createdb": "postgresql-client",
    "mysqladmin": "default-mysql-client",
    "mysql": "default-mysql-client",
    "redis-cli": "redis-tools",
    "sqlite3": "sqlite3",
    "curl": "curl",
    "wget": "wget",
    "jq": "jq",
    "telnet": "telnet",
    "nmap": "nmap",
    "lsof": "lsof",
    "netstat": "net-tools",
    "ping": "iputils-ping",
    "envsubst": "gettext-base",
    "fuser": "psmisc",
    "killall": "psmisc",
}
GUARD = r"(?:command\s+-v|which|type|hash)\s+(?:-\w+\s+)*{}\b"


@rule(Category.SERVER_STARTUP_FAILURE, confidence=Confidence.MEDIUM)
def unavailable_command(facts: Facts) -> Iterator[Problem]:
    """Yield each call of such a program in the start script whose failure keeps the server from starting."""
    project = facts.project
    for command in facts.launch.commands:
        program = command.argv[0] if command.argv else ""
        if program not in PACKAGES or not is_script(command) or command.failure == "ignored":
            continue
        source = project.others.get(command.span.path)
        if source is None or re.search(GUARD.format(re.escape(program)), source.text):
            continue
        if re.search(rf"\b(?:apt|apt-get|apk|dnf|yum|brew)\b[^\n]*{re.escape(PACKAGES[program])}", source.text):
            continue
        if any(PACKAGES[program] in text or re.search(rf"\b{program}\b", text) for text in containers(facts)):
            continue
        if any(basename(path) in (program, f"{program}.sh") for path in project.paths):
            continue
        waits = command.failure == "repeats"
        yield Problem(
            command.span,
            f"`{program}` is not in a slim image: the script {'waits for it for ever' if waits else 'ends here'}",
            symptom=f"{basename(command.span.path)}: {program}: not found",
            remedy=f"Wait in the project's own language, or install {PACKAGES[program]} in the image",
            severity=sure(facts),
            routes=(),
            identity=program,
        )
