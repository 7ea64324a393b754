"""How a project is installed and started, read from its own files; nothing is run here.

run.sh                       sh ./run.sh
Procfile, `web: ...`         sh -c '...'
package.json, `start`        npm start
Dockerfile, the last CMD     as it is written
manage.py                    python manage.py runserver
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from verifier.model import Project
from verifier.read import ReadError, read
from verifier.regex import regex

Language: TypeAlias = Literal["python", "node"]
PORTS: dict[Language, int] = {"python": 8080, "node": 3000}
LITERAL_PORT = regex(r"(?:--port[ =]|(?:--bind|-b|runserver)[ =]*[\"']?[\w.\[\]:*]*:)[\"']?(\d{2,5})\b")
ASKS_FOR_PORT = regex(rb"\bPORT\b|\bBaseSettings\b")
CARET = regex(r"\^((\d+)(?:\.\w+)*)")
WEB = regex(r"^web\s*:\s*(.+)$", re.MULTILINE)
# What the virtual environment or `node_modules` depends on, beside the manifests themselves.
PYTHON_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
NODE_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")


class Plan(Struct, frozen=True):
    """How to run a project.

    Attributes:
        language: what its dependencies are installed for.
        manifests: paths of the files that say what to install, below the root.
        start: the command that starts it; ``started_by`` says where that is written.
        port: where it will listen: as the command says, else where the benchmark's projects of this language do.
        reads_port: whether the project seems to ask the environment for its port.
        packages: what a project of Poetry or Pipenv needs, as pip writes it.
        pins: the versions of all packages in its lock file.
        drivers: database drivers that it declares.
        python: the versions of Python that it accepts, such as ``>=3.12``.
    """

    root: Path
    language: Language
    manifests: tuple[str, ...]
    start: tuple[str, ...]
    started_by: str
    port: int
    reads_port: bool
    drivers: frozenset[str]
    python: str | None = None
    packages: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()

    def digest(self, *more: str) -> str:
        """What the installed dependencies depend on, as a short name."""
        made = sha256()
        for text in (self.language, *more):
            made.update(text.encode() + b"\0")
        for path in self.manifests:
            made.update(path.encode() + b"\0" + (self.root / path).read_bytes() + b"\0")
        return made.hexdigest()[:20]


def detect(root: Path, start: str | None = None) -> Plan:
    """How to install and start the project in a folder.

    Args:
        start: a shell command of the user, instead of what the project says.

    Raises:
        ReadError: the folder holds no project that could be started; the text says what was looked for.
    """
    project = read(root)
    language = language_of(project)
    if language is None:
        raise ReadError(
            f"{root} cannot be run: it has no requirements.txt, pyproject.toml, Pipfile or package.json "
            "that says what to install"
        )
    manifests = tuple(python_manifests(project) if language == "python" else node_manifests(project))
    found = (("sh", "-c", start), "--start") if start is not None else start_of(project, language)
    if found is None:
        raise ReadError(
            f"{root} cannot be run: it has no run.sh, and no Procfile, package.json or Dockerfile says how to start it"
            " (name the command with --start)"
        )
    command, started_by = found
    own = language == "python" and not pip_reads(root, manifests[0])
    return Plan(
        root,
        language,
        manifests,
        command,
        started_by,
        port=port_of(project, command) or PORTS[language],
        reads_port=any(ASKS_FOR_PORT.search(source.data) for source in project.files.values())
        or "PORT" in text_of_start(project, command),
        drivers=frozenset(drivers(project)),
        python=python_version(project),
        packages=tuple(packages(project)) if own else (),
        pins=tuple(pins(root, manifests)) if own else (),
    )


def language_of(project: Project) -> Language | None:
    """The language whose dependencies the project declares at its root; run.sh decides where it declares both."""
    python = next(python_manifests(project), None) is not None
    node = "package.json" in project.paths
    if python and node:
        script = project.others.get("run.sh")
        starts_node = script is not None and re.search(rb"\b(?:node|npm|npx|tsx)\b", script.data) is not None
        return "node" if starts_node and re.search(rb"\bpython", script.data if script else b"") is None else "python"
    return "python" if python else "node" if node else None


def python_manifests(project: Project) -> Iterator[str]:
    """Files that say what a Python project needs: locked requirements first."""
    named = [path for path in sorted(project.paths) if re.fullmatch(r"requirements[^/]*\.(?:txt|in)", path)]
    chosen = [path for path in named if path == "requirements.txt"] or [
        path for path in named if not re.search(r"dev|test|lint|doc", path)
    ]
    yield from chosen[:1]
    if not chosen:
        yield from (path for path in ("pyproject.toml", "Pipfile", "setup.py") if path in project.paths)
        yield from (path for path in PYTHON_LOCKS if path in project.paths)
    else:  # what it includes with `-r` lies beside it
        yield from (path for path in named if path not in chosen)


def node_manifests(project: Project) -> Iterator[str]:
    """package.json and its lock file."""
    yield "package.json"
    yield from (path for path in (*NODE_LOCKS, ".npmrc") if path in project.paths)


def start_of(project: Project, language: Language) -> tuple[tuple[str, ...], str] | None:
    """The command that starts the project, and the file that says so."""
    if "run.sh" in project.paths:
        return ("sh", "-c", "chmod +x run.sh && exec ./run.sh"), "run.sh"
    procfile = project.others.get("Procfile")
    web = WEB.search(procfile.text) if procfile is not None else None
    if web is not None:
        return ("sh", "-c", web.group(1).strip()), "Procfile"
    if language == "node" and any(
        not package.directory and "start" in package.scripts for package in project.manifests.node
    ):
        return ("npm", "start", "--silent"), "package.json"
    for command in reversed(project.manifests.commands):
        if command.where == "Dockerfile" and not command.name and command.argv:
            program = re.sub(r"^/\S*/(python[\d.]*|node|uvicorn|gunicorn|npm|flask)$", r"\1", command.argv[0])
            return ("sh", "-c", shlex.join([program, *command.argv[1:]])), "Dockerfile"
    if "manage.py" in project.paths:
        return ("sh", "-c", 'exec python manage.py runserver "0.0.0.0:${PORT:-8080}" --noreload'), "manage.py"
    return None


def text_of_start(project: Project, command: tuple[str, ...]) -> str:
    """The text of the start command, that of run.sh where it runs it."""
    script = project.others.get("run.sh") if "./run.sh" in command[-1] else None
    return script.text if script is not None else " ".join(command)


def port_of(project: Project, command: tuple[str, ...]) -> int | None:
    """The port that the start command itself names."""
    match = LITERAL_PORT.search(text_of_start(project, command))
    return int(match.group(1)) if match is not None and 0 < int(match.group(1)) < 65_536 else None


def python_version(project: Project) -> str | None:
    """The versions of Python that the project asks for; None where it does not say."""
    pinned = ""
    if project.root is not None and ".python-version" in project.paths:
        with (project.root / ".python-version").open(encoding="utf-8", errors="replace") as file:
            pinned = file.readline(100)
    match = re.match(r"\s*(\d+\.\d+)", pinned)
    if match is not None:
        return f"=={match.group(1)}.*"
    source = project.others.get("pyproject.toml")
    if source is None:
        return None
    import tomllib

    try:
        held = tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    for *path, last in (("project", "requires-python"), ("tool", "poetry", "dependencies", "python")):
        table: object = held
        for name in path:
            table = table.get(name) if isinstance(table, dict) else None
        found = table.get(last) if isinstance(table, dict) else None
        if isinstance(found, str):
            return CARET.sub(lambda caret: f">={caret.group(1)},<{int(caret.group(2)) + 1}", found)
    return None


def pip_reads(root: Path, manifest: str) -> bool:
    """Whether pip understands the file that says what to install."""
    if manifest == "pyproject.toml":
        text = (root / manifest).read_text("utf-8", "replace")
        return re.search(r"^\[project\]", text, re.MULTILINE) is not None
    return manifest != "Pipfile"


def packages(project: Project) -> Iterator[str]:
    """The declared requirements, as pip writes them."""
    for found in project.manifests.requirements:
        if found.development or "/" in found.span.path:
            continue
        extras = f"[{','.join(found.extras)}]" if found.extras else ""
        caret = CARET.fullmatch(found.specifier.strip())
        if found.locked is not None:
            yield f"{found.name}{extras}=={found.locked}"
        elif caret is not None:
            yield f"{found.name}{extras}>={caret.group(1)},<{int(caret.group(2)) + 1}"
        else:
            yield f"{found.name}{extras}{'' if found.specifier == '*' else found.specifier}"


def pins(root: Path, manifests: tuple[str, ...]) -> Iterator[str]:
    """The versions of all packages that lock files know."""
    for path in manifests:
        text = (root / path).read_text("utf-8", "replace")
        try:
            if path == "Pipfile.lock":
                held = msgspec.json.decode(text, type=PipenvLock)
                found = [(name, entry.version.removeprefix("==")) for name, entry in held.default.items()]
            elif path.endswith(".lock"):
                lock = msgspec.toml.decode(text, type=PoetryLock)
                found = [(entry.name, entry.version) for entry in lock.package]
            else:
                continue
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
        yield from (f"{name}=={version}" for name, version in found if name and version)


class PoetryPackage(Struct):
    """A package of poetry.lock or pdm.lock."""

    name: str = ""
    version: str = ""


class PoetryLock(Struct):
    """poetry.lock, pdm.lock."""

    package: list[PoetryPackage] = []


class PipenvPackage(Struct):
    """A package of Pipfile.lock."""

    version: str = ""


class PipenvLock(Struct):
    """Pipfile.lock."""

    default: dict[str, PipenvPackage] = {}


DRIVERS = {
    "postgres": frozenset("psycopg psycopg2 psycopg2-binary psycopg-binary asyncpg pg8000 aiopg pg postgres".split()),
    "sqlite": frozenset("aiosqlite sqlite3 better-sqlite3 sqlite".split()),
}


def drivers(project: Project) -> Iterator[str]:
    """Kinds of databases that the project declares a driver for; Python itself has one for SQLite."""
    names = {requirement.name.lower() for requirement in project.manifests.requirements}
    for kind, packages in DRIVERS.items():
        if names & packages:
            yield kind
    python = (source for source in project.files.values() if source.language == "python")
    if any(b"sqlite" in source.data.lower() for source in python):
        yield "sqlite"
