"""Nothing starts the server.

With a task, the project is started by `./run.sh` in its root: without that very file, no request is ever answered
(`./run.sh: not found`). Without a task, a server such as gunicorn or uvicorn is among the requirements, and no script,
Procfile, container, npm script or `__main__` names it: whoever gets the project has to guess how it is started.

Write a `run.sh` in the root that changes to its own folder and starts the server on all interfaces.

Without a task the rule is silent about libraries, projects with any file that may start something (a Makefile, a unit,
a platform's manifest), and applications where a framework's own command looks for them (`app.py`, `main.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from verifier.api import Category, Facts, Problem, Severity, Span, is_test, regex, rule

SERVERS = frozenset({"gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress", "uwsgi"})
STARTING = regex(
    r"(?i)(?:^|/)(?:[^/]*make(?:file|\.bat)|justfile|\.justfile|taskfile\.ya?ml|procfile[^/]*|[^/]*docker[^/]*|containerfile[^/]*"
    r"|[^/]*compose[^/]*\.ya?ml|(?:fly|railway|nixpacks|heroku|netlify)\.toml|render\.ya?ml|app\.(?:json|ya?ml)|vercel\.json"
    r"|serverless\.ya?ml|zappa_settings\.json|[^/]*\.service|[^/]*supervisor[^/]*|[^/]*(?:gunicorn|uwsgi)[^/]*\.(?:py|ini|toml)"
    r"|noxfile\.py|tasks\.py|fabfile\.py|cli\.py|__main__\.py|manage\.py|[^/]*\.(?:sh|bash|bat|cmd|ps1)|start|run|serve)$"
)
CONVENTIONAL = frozenset({"app", "main", "wsgi", "asgi", "server", "api", "run", "application"})
SCRIPTS = regex(r"\[project\.scripts\]|\[tool\.poetry\.scripts\]|console_scripts|\[build-system\]|entry_points")
MAIN = regex(rb"__name__\s*==\s*[\"']__main__[\"']|\b(?:uvicorn|hypercorn|waitress)\.(?:run|serve)\(|\bserve\(app")


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_start(facts: Facts) -> Iterator[Problem]:
    """Yield one problem where the project has nothing that starts it."""
    project = facts.project
    if facts.config.task is not None:
        if "run.sh" not in project.paths:
            others = sorted(path for path in project.paths if basename(path).lower() in ("run.sh", "start.sh"))
            yield Problem(
                place(facts),
                "There is no `run.sh` in the root" + (f"; {others[0]} is not started" if others else ""),
                symptom="sh: ./run.sh: not found",
                remedy="Write a `run.sh` in the root that starts the server",
                routes=(),
                identity="no run.sh",
            )
        return
    servers = [
        one
        for one in project.manifests.requirements
        if one.name in SERVERS and not one.development and not is_test(one.span.path)
    ]
    if not servers or facts.launch.named or facts.startup.entries or not facts.applications:
        return
    if any(STARTING.search(path) for path in project.paths) or project.manifests.commands:
        return
    for path in (*project.others, *project.files):
        if basename(path) in ("pyproject.toml", "setup.py", "setup.cfg"):
            source = project.others.get(path) or project.files[path]
            if SCRIPTS.search(source.text):
                return
    if any(MAIN.search(source.data) for path, source in project.files.items() if not is_test(path)):
        return
    applications = [found for found in facts.applications if not is_test(found.span.path)]
    for found in applications:
        folder, _, name = found.span.path.rpartition("/")
        known = name.removesuffix(".py") in CONVENTIONAL
        if (not folder and known) or (folder == "app" and name in ("main.py", "app.py", "__init__.py")):
            return
    if applications:
        yield Problem(
            place(facts),
            f"Nothing starts this application: `{servers[0].name}` is required, and no script or manifest runs it",
            symptom="no server is started",
            remedy="Write a `run.sh` in the root that starts the server",
            routes=(),
            severity=Severity.WARNING,
            identity="no start",
        )


def place(facts: Facts) -> Span:
    """Where to speak of the whole project: its application, else its first file."""
    applications = [found for found in facts.applications if not is_test(found.span.path)]
    if applications:
        return applications[0].span
    project = facts.project
    return Span(next(iter((*project.files, *project.others)), "run.sh"), 1)
