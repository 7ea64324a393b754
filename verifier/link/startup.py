"""Start-up: which file and object the project's start command runs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.imports.resolution import joined
from verifier.model import Application, Command, Project
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.imports import ImportGraph, Modules
    from verifier.packs import Pack

ASSIGNMENT = regex(r"^[A-Za-z_]\w*=")
PREFIXES = frozenset(
    "exec nohup sudo time env command dumb-init tini poetry pipenv pdm uv rye run npx pnpx bunx yarn pnpm --".split()
)
PYTHON = regex(r"^(?:python|pypy)[\d.]*$")
NODE = frozenset("node nodejs ts-node ts-node-dev tsx bun nodemon babel-node deno ts-node-esm swc-node".split())
SERVERS = frozenset("uvicorn gunicorn hypercorn granian daphne waitress-serve uwsgi".split())
MODULE = regex(r"^[A-Za-z_][\w.]*$")
TARGET = regex(r"^([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(\(.*\))?$")
# A server's functions that take the name of what they serve, and a call of one with it.
SERVERS_IN_CODE = (b"uvicorn", b"hypercorn", b"granian")
TOLD = regex(
    rb"""^[^#\n]*\b(?:run|Config|Granian)\(\s*(?:(?:app|target)\s*=\s*)?["']([A-Za-z_][\w.]*):([A-Za-z_]\w*)["']""",
    re.MULTILINE,
)
SHELLS = frozenset("sh bash dash zsh ash source .".split())
SHELL_ENDINGS = (".sh", ".bash")
SERVING = ("start", "serve", "dev", "develop")  # npm scripts that start a server
PREFERENCE = ("run.sh", "Procfile", "Dockerfile", "docker-compose", "package.json")
DEEPEST_SCRIPT = 8
# Options of the programs that run JavaScript whose value is the next word.
VALUED = frozenset(
    "-r --require --import --preload --loader --experimental-loader -C --conditions -P --project --tsconfig "
    "--tsconfig-override --env-file --env-file-if-exists --cwd --define --title --watch-path -e --ext -w -i --ignore "
    "-d --delay -O --compiler-options --ignore-watch --debounce --interval --config --extensions --presets --plugins "
    "--port".split()
)
# Options of gunicorn whose value may look like a module.
VALUED_BY_GUNICORN = frozenset(
    "--chdir --pythonpath -c --config -n --name -u --user -g --group -k --worker-class".split()
)
VALUED_BY_NODEMON = VALUED | {"--watch", "-x", "--exec"}


class Entry(Struct, frozen=True):
    """A file that a command runs. ``variable`` is the object that a server was told to serve, where it was."""

    path: str
    variable: str | None
    command: Command


class Startup(Struct, frozen=True):
    """How the project is started.

    Attributes:
        entries: what the preferred start command runs; ``run.sh`` before a Procfile, Dockerfile, npm script.
        served: the applications that come into being there; all applications where no entry was found.
        unread: start commands whose file was not found.
    """

    entries: tuple[Entry, ...]
    served: tuple[Application, ...]
    unread: tuple[Command, ...]


def link_startup(
    project: Project,
    modules: Modules,
    imports: ImportGraph,
    packs: Iterable[Pack],
    applications: tuple[Application, ...],
) -> Startup:
    """Find what the start command runs, and which applications it serves."""
    finder = Finder(project, modules, tuple(packs))
    unread: list[Command] = []
    for source in PREFERENCE:
        entries: list[Entry] = []
        for command in project.manifests.commands:
            if command.where == source and (source != "package.json" or command.name in SERVING):
                found = list(finder.entries(command, 0))
                entries.extend(found)
                if not found and finder.starts(command):
                    unread.append(command)
        if entries:
            entries.extend(finder.told(entries, imports))
            return Startup(tuple(entries), served_by(entries, imports, applications), tuple(unread))
    return Startup((), applications, tuple(unread))


def served_by(
    entries: list[Entry], imports: ImportGraph, applications: tuple[Application, ...]
) -> tuple[Application, ...]:
    """The applications that running the entries makes: in their files, or in what those import."""
    named = {(entry.path, entry.variable) for entry in entries if entry.variable is not None}
    exact = tuple(found for found in applications if (found.span.path, found.name) in named)
    if exact:
        return exact
    reached = reachable([entry.path for entry in entries], imports)
    return tuple(found for found in applications if found.span.path in reached)


def reachable(paths: Iterable[str], imports: ImportGraph) -> set[str]:
    """Files that are run when these are: what they import, and so on."""
    seen = set(paths)
    waiting = list(seen)
    while waiting:
        for edge in imports.imports_of(waiting.pop()):
            for path in (edge.target, *edge.via):
                if edge.kind != "type-only" and path not in seen:
                    seen.add(path)
                    waiting.append(path)
    return seen


class Finder:
    """Reads commands as the programs that they name would."""

    def __init__(self, project: Project, modules: Modules, packs: tuple[Pack, ...]) -> None:
        self.project = project
        self.modules = modules
        self.packs = packs

    def starts(self, command: Command) -> bool:
        """Whether a command looks as if it started a server of this project."""
        words = strip(command.argv)
        return bool(words) and (PYTHON.match(basename(words[0])) is not None or basename(words[0]) in NODE | SERVERS)

    def entries(self, command: Command, depth: int) -> Iterator[Entry]:
        """The files that a command runs."""
        words = strip(command.argv)
        if not words or depth > DEEPEST_SCRIPT or command.directory == "?":
            return
        program = basename(words[0])
        for pack in self.packs:
            target = pack.serves(command) if pack.serves is not None else None
            if target is not None:
                yield from self.target(command, *target)
                return
        if PYTHON.match(program):
            yield from self.python(command, words[1:])
        elif program in SERVERS:
            for word in words[1:]:
                match = TARGET.match(word)
                found = list(self.target(command, match.group(1), match.group(2))) if match else []
                if found:
                    yield from found
                    return
            if program == "gunicorn":
                yield from self.bare_module(command, words)
        elif program in NODE:
            found = list(self.node(command, program, words[1:]))
            yield from found
            if program == "bun" and not found:
                yield from self.script(command, words, depth)
        elif program in ("npm", "yarn", "pnpm", "start"):
            yield from self.script(command, words, depth)
        elif program in SHELLS or words[0].endswith(SHELL_ENDINGS):
            yield from self.shell_script(command, words[program in SHELLS :], depth)
        elif words[0].endswith(".py") or words[0].endswith(".js"):
            yield from self.file(command, words[0])

    def shell_script(self, command: Command, words: list[str], depth: int) -> Iterator[Entry]:
        """``bash start.sh``: what the commands of that script run."""
        written = next((word for word in words if not word.startswith("-")), "")
        path = joined(command.directory, written)
        for inner in self.project.manifests.commands if written.endswith(SHELL_ENDINGS) else ():
            if inner.span.path == path:
                yield from self.entries(inner, depth + 1)

    def told(self, entries: list[Entry], imports: ImportGraph) -> Iterator[Entry]:
        """What code that the entries run tells a server to serve, by name: ``uvicorn.run("module:variable")``."""
        command = entries[0].command
        for path in sorted(reachable([entry.path for entry in entries if entry.variable is None], imports)):
            source = self.project.files.get(path)
            if source is None or not path.endswith(".py") or not any(name in source.data for name in SERVERS_IN_CODE):
                continue
            for match in TOLD.finditer(source.data):
                yield from self.target(command, match.group(1).decode(), match.group(2).decode())

    def target(self, command: Command, module: str, variable: str) -> Iterator[Entry]:
        """``module:variable``; the module may also be a file."""
        if module.endswith((".py", ".js", ".ts", ".mjs", ".cjs")):
            for entry in self.file(command, module):
                yield Entry(entry.path, variable or None, command)
            return
        for path in self.module_files(command, module):
            yield Entry(path, variable.partition(".")[0] or None, command)
            return

    def bare_module(self, command: Command, words: list[str]) -> Iterator[Entry]:
        """``gunicorn module``: it serves the module's ``application``."""
        for before, word in itertools.pairwise(words):
            if before not in VALUED_BY_GUNICORN and MODULE.match(word):
                found = next(self.module_files(command, word), None)
                if found is not None:
                    yield Entry(found, "application", command)
                    return

    def module_files(self, command: Command, module: str) -> Iterator[str]:
        """The file of a dotted module, as seen from the command's folder."""
        inner = module.replace(".", "/")
        given = command.environment.get("PYTHONPATH", "").split(":")
        folders = [command.directory, *(joined(command.directory, folder) or "" for folder in given if folder)]
        for place, word in enumerate(command.argv):
            if word in ("--app-dir", "--chdir", "--pythonpath") and place + 1 < len(command.argv):
                folders.insert(0, joined(command.directory, command.argv[place + 1]) or "")
        for folder in folders:
            for ending in (".py", "/__init__.py"):
                path = joined(folder, inner + ending)
                if path is not None and path in self.project.files:
                    yield path
        found = self.modules.find(f"{command.directory}/_" if command.directory else "_.py", module)
        if found.file is not None:
            yield found.file

    def python(self, command: Command, words: list[str]) -> Iterator[Entry]:
        """``python file.py``, ``python -m module``."""
        place = 0
        while place < len(words):
            word = words[place]
            if word == "-m" and place + 1 < len(words):
                yield from self.python_module(command, words[place + 1], words[place + 2 :])
                return
            if word in ("-W", "-X", "-c"):
                place += 2
                continue
            if not word.startswith("-"):
                yield from self.file(command, word)
                return
            place += 1

    def python_module(self, command: Command, module: str, rest: list[str]) -> Iterator[Entry]:
        """``python -m module``: a server, or a package of the project."""
        if module in SERVERS or module in ("flask", "fastapi"):
            import msgspec

            yield from self.entries(msgspec.structs.replace(command, argv=(module, *rest)), 1)
            return
        for path in self.module_files(command, f"{module}.__main__"):
            yield Entry(path, None, command)
            return
        for path in self.module_files(command, module):
            yield Entry(path, None, command)
            return

    def node(self, command: Command, program: str, words: list[str]) -> Iterator[Entry]:
        """``node file.js`` and the like: the first word that is no option, nor the value of one."""
        valued = VALUED_BY_NODEMON if program == "nodemon" else VALUED
        place = 0
        while place < len(words):
            word = words[place]
            if word in valued:
                place += 2
                if program == "nodemon" and word in ("-x", "--exec") and place <= len(words):
                    yield from self.text(command, words[place - 1])
            elif word in ("run", "watch") or word.startswith("-"):
                place += 1
            else:
                yield from self.file(command, word)
                return

    def text(self, command: Command, written: str) -> Iterator[Entry]:
        """A whole command in a single word, as ``nodemon --exec`` takes it; the name of a program alone is none."""
        import shlex

        import msgspec

        try:
            argv = tuple(shlex.split(written))
        except ValueError:
            return
        if len(argv) > 1:
            yield from self.entries(msgspec.structs.replace(command, argv=argv), 1)

    def file(self, command: Command, written: str) -> Iterator[Entry]:
        """A file given by its path; a built one stands for its source."""
        path = joined(command.directory, written)
        if path is None:
            return
        for candidate in (
            path,
            *(path + ending for ending in (".js", ".ts", ".mjs", ".cjs", "/index.js", "/index.ts")),
        ):
            if candidate in self.project.files:
                yield Entry(candidate, None, command)
                return
        found = self.modules.find(
            f"{command.directory}/_.js" if command.directory else "_.js", f"./{written.removeprefix('./')}"
        )
        if found.file is not None:
            yield Entry(found.file, None, command)

    def script(self, command: Command, words: list[str], depth: int) -> Iterator[Entry]:
        """``npm start``, ``npm run x``: the script of the nearest package.json, with the variables of who runs it."""
        import msgspec

        names = [word for word in words[1:] if word not in ("run", "run-script") and not word.startswith("-")]
        name = names[0] if names else "start"
        for candidate in self.project.manifests.commands:
            if (
                candidate.where == "package.json"
                and candidate.name == name
                and candidate.directory == command.directory
            ):
                given = {**command.environment, **candidate.environment}
                yield from self.entries(msgspec.structs.replace(candidate, environment=given), depth + 1)


def strip(argv: tuple[str, ...]) -> list[str]:
    """A command without what only runs it: assignments, ``exec``, ``uv run`` and the like."""
    words = list(argv)
    while words and (ASSIGNMENT.match(words[0]) or basename(words[0]) in PREFIXES):
        first = basename(words[0])
        if first in ("yarn", "pnpm") and (len(words) == 1 or words[1] not in NODE):
            break
        words.pop(0)
        while (
            words and words[0].startswith("-") and first in ("uv", "poetry", "env", "run", "time", "dumb-init", "tini")
        ):
            words.pop(0)
    return words
