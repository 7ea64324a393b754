"""The launch: what the commands of the start name, and where Python then looks for modules.

``verifier.link.startup`` finds the file that a command is meant to run, wherever the command is run. Here it is read
as the shell and the interpreter read it: a path is that of the folder that the script is in by then, a module lies in a
folder that this launch puts on Python's search path, and what a build would write is not there until it is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from verifier.imports.python_roots import added_roots
from verifier.imports.resolution import joined, parent
from verifier.link.starting import started_commands
from verifier.link.startup import (
    NODE,
    PREFERENCE,
    PYTHON,
    SERVERS,
    SHELLS,
    TARGET,
    VALUED,
    VALUED_BY_NODEMON,
    Entry,
    Startup,
    strip,
)
from verifier.model import Command, Project, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.imports import ImportGraph, Modules

# Words that no file of a project is named by, and signs of what only run time knows.
OPEN = regex(r"[$*?`{}\[\]<>|~\0]|://")
MODULE = regex(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
# Options of Python whose value is the next word.
VALUED_BY_PYTHON = frozenset({"-W", "-X", "--check-hash-based-pycs"})
SEARCHED = ("--app-dir", "--chdir", "--pythonpath")
# Folders that a build, an installation or a virtual environment makes.
MADE = regex(r"(?:^|/)(?:node_modules|\.?venv|virtualenv|\.venv|env|__pycache__|\.next|\.output)(?:/|$)")
OUTPUT = regex(r"(?:^|/)(?:dist|build|out|output|lib|\.build)/")


class Named(NamedTuple):
    """What a command names to be run: a ``file``, a ``module`` to run, or a module with an object to ``serve``."""

    kind: str
    text: str
    variable: str
    command: Command
    span: Span


def launch_commands(project: Project, startup: Startup) -> tuple[Command, ...]:
    """The commands that the start runs, in order: those of the preferred source that names something to be run."""
    started = startup.entries[0].command.where if startup.entries else None
    for source in PREFERENCE:
        if source == started:
            return tuple(started_commands(project, startup))
        found = [
            one
            for one in project.manifests.commands
            if one.where == source and (source != "package.json" or one.name == "start")
        ]
        if any(named(project, one) is not None for one in found):
            return tuple(found)
    return tuple(started_commands(project, startup)) if startup.entries else ()


def named(project: Project, command: Command) -> Named | None:
    """What a command names to be run; None where it names nothing, or what only run time knows."""
    words = strip(command.argv)
    if not words:
        return None
    program, rest = basename(words[0]), words[1:]
    if PYTHON.match(program):
        return of_python(project, command, rest)
    if program in SERVERS:
        return of_server(project, command, program, rest)
    if program in NODE:
        valued = VALUED_BY_NODEMON if program == "nodemon" else VALUED
        at = 0
        while at < len(rest):
            if rest[at] in valued:
                at += 2
            elif rest[at] in ("run", "watch", "-e", "-p") or rest[at].startswith("-"):
                if rest[at] in ("-e", "--eval", "-p") or program == "deno":
                    return None
                at += 1
            elif program == "bun" and any(rest[at] in package.scripts for package in project.manifests.node):
                return None  # `bun run dev`: a script comes before a file of that name
            else:
                return file_named(project, command, rest[at])
        return None
    if program in SHELLS:
        script = next((word for word in rest if not word.startswith(("-", "+"))), "")
        return file_named(project, command, script) if script.endswith((".sh", ".bash")) else None
    if words[0].startswith("./") or (words[0].endswith((".sh", ".py")) and "/" in words[0]):
        return file_named(project, command, words[0])
    return None


def of_python(project: Project, command: Command, words: list[str]) -> Named | None:
    """``python file.py`` and ``python -m module``."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "-m":
            module = words[at + 1] if at + 1 < len(words) else ""
            if module in SERVERS:
                return of_server(project, command, module, words[at + 2 :])
            if MODULE.fullmatch(module) is None:
                return None
            return Named("module", module, "", command, word_span(project, command, module))
        if word == "-c" or word == "-":
            return None
        if not word.startswith("-"):
            return file_named(project, command, word)
        at += 2 if word in VALUED_BY_PYTHON else 1
    return None


def of_server(project: Project, command: Command, program: str, words: list[str]) -> Named | None:
    """``uvicorn module:variable``."""
    for word in words:
        match = TARGET.match(word)
        if match is not None and not word.startswith("-") and match[1] not in ("unix", "fd", "localhost", "egg"):
            span = word_span(project, command, word)
            if "--factory" in words and program in ("uvicorn", "granian"):
                return Named("serve", match[1], match[2], command, span)
            return Named("serve", match[1], match[2], command, span)
    return None


def file_named(project: Project, command: Command, word: str) -> Named | None:
    """A file by its path."""
    if not word or OPEN.search(word):
        return None
    return Named("file", word, "", command, word_span(project, command, word))


def word_span(project: Project, command: Command, word: str) -> Span:
    """Where a word of a command is written; the whole command where it is written otherwise."""
    span = command.span
    source = project.others.get(span.path) or project.files.get(span.path)
    if source is None:
        return span
    last = max(span.end_line, span.line)
    for number in range(span.line, last + 1):
        line = source.line(number)
        begin = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line and span.end_column else len(line)
        match = re.compile(rf"(?<![\w./-]){re.escape(word)}(?![\w./-])").search(line, begin, max(end, begin))
        if match is None and span.path.endswith("package.json"):
            match = re.compile(rf"(?<![\w./-]){re.escape(word)}(?![\w./-])").search(line)
        if match is not None:
            return Span(span.path, number, match.start() + 1, number, match.end() + 1)
    return span


def place_of(name: Named) -> str | None:
    """The path below the root of a file that a command names; None where it is elsewhere, or not known."""
    if name.command.directory == "?" or name.text.startswith("/"):
        return None
    return joined(name.command.directory, name.text)


def is_there(project: Project, path: str) -> bool:
    """Whether Node or Python finds something to run at a path."""
    if path in project.paths or any(path + ending in project.paths for ending in (".js", ".json", ".node")):
        return True
    if path not in project.directories:
        return False
    below = f"{path}/" if path else ""
    return any(f"{below}{name}" in project.paths for name in ("index.js", "__main__.py", "package.json"))


def search_path(project: Project, modules: Modules, command: Command) -> tuple[str, ...] | None:
    """The folders that Python searches for modules of the project when a command runs; None where that is not known.

    Where the project itself is installed, its packages' folders are among them.
    """
    words = strip(command.argv)
    if not words or command.directory == "?" or sets_path_elsewhere(project, command):
        return None
    name = named(project, command)
    if name is None:
        return None
    folders = [command.directory]
    if name.kind == "file":
        place = place_of(name)
        if place is None or not name.text.endswith(".py"):
            return None
        folders = [parent(place)]
    for at, word in enumerate(command.argv):
        option, equals, value = word.partition("=")
        if option in SEARCHED:
            told = value if equals else "".join(command.argv[at + 1 : at + 2])
            place = joined(command.directory, told) if not told.startswith("/") else None
            if place is None:
                return None
            folders.append(place)
    for told in command.environment.get("PYTHONPATH", "").split(":"):
        if told:
            place = joined(command.directory, told) if not told.startswith("/") and not OPEN.search(told) else None
            if place is None:
                return None
            folders.append(place)
    folders += sorted(modules.python.everywhere)
    for path, source in project.files.items():
        if path.endswith(".py") and b"sys.path" in source.data:
            folders += added_roots(project, path)
    return tuple(dict.fromkeys(folders))


def sets_path_elsewhere(project: Project, command: Command) -> bool:
    """Whether the search path is changed by something else than the command itself."""
    if "PYTHONPATH" in command.environment:
        return False
    return any(b"PYTHONPATH" in source.data for source in project.others.values()) or any(
        path.endswith((".pth", "sitecustomize.py")) for path in project.paths
    )


def loaded(entries: Iterable[Entry], imports: ImportGraph) -> frozenset[str]:
    """The files whose top level surely runs when the entries do: what they import there, and so on."""
    seen = {entry.path for entry in entries}
    waiting = list(seen)
    while waiting:
        path = waiting.pop()
        for edge in imports.imports_of(path):
            if edge.kind != "runtime":
                continue
            for found in (edge.target, *edge.via, *initials(edge.target, seen)):
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)
    return frozenset(seen)


def initials(path: str, seen: set[str]) -> Iterator[str]:
    """The code of the packages that a Python module lies in."""
    folder = parent(path) if path.endswith(".py") else ""
    while folder:
        yield f"{folder}/__init__.py"
        folder = parent(folder)


def output_of(path: str, project: Project) -> bool:
    """Whether a path is one that a build writes to: by a tsconfig, or by its name."""
    for config in project.manifests.typescript:
        out = config.out_dir
        if out and (path == out or path.startswith(f"{out}/")):
            return True
    return OUTPUT.search(path) is not None


def made(path: str) -> bool:
    """Whether a path lies where an installation puts things."""
    return MADE.search(path) is not None


class Launch(NamedTuple):
    """The launch of the project.

    Attributes:
        commands: what the start runs, in order.
        named: what they name to be run.
        loaded: the files whose top level surely runs when the start does.
    """

    commands: tuple[Command, ...]
    named: tuple[Named, ...]
    loaded: frozenset[str]


def link_launch(project: Project, startup: Startup, imports: ImportGraph) -> Launch:
    """What the launch names, and what it loads."""
    commands = launch_commands(project, startup)
    found = [name for command in commands if (name := named(project, command)) is not None]
    return Launch(commands, tuple(found), loaded(startup.entries, imports))


def missing_module(project: Project, modules: Modules, name: Named) -> str | None:
    """Why the module that a command names is not found, or cannot be run; None where it can, or may be another's."""
    folders = search_path(project, modules, name.command)
    if folders is None:
        return None
    top = name.text.partition(".")[0]
    python = modules.python
    first = python.walk(folders, top)
    if not first.arrived:
        places = sorted(
            path
            for path in (*project.files, *(f"{folder}/" for folder in project.directories))
            if path.removesuffix("/").removesuffix(".py").rpartition("/")[2] == top and path.endswith((".py", "/"))
        )
        if not places or top in python.declared:
            return None
        where = naming(folders)
        return f"there is no `{top}` in {where}, where this command makes Python look; it is {places[0]}"
    found = python.walk(folders, name.text)
    if not found.arrived:
        return python.explain(found) if not found.extended else None
    if name.kind == "serve":
        if found.file is None or found.file not in modules.facts:
            return None
        if name.variable and modules.definers.lacks(found.file, name.variable):
            return f"{found.file} has no `{name.variable}`"
        return None
    if found.file is None or found.file.endswith("__init__.py"):
        holders = found.portions or (parent(found.file or ""),)
        if not any(f"{holder}/__main__.py" in project.paths for holder in holders):
            return f"`{name.text}` is a package without a `__main__.py`, so it cannot be run"
    return None


def naming(folders: tuple[str, ...]) -> str:
    """Some folders by name."""
    return " and ".join(f"`{folder}/`" if folder else "the root folder" for folder in folders)
