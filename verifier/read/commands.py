"""The commands of a project, from its scripts, package.json files, Procfiles, Dockerfiles and compose files."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from verifier.model import Command, FolderChange, Note, SourceFile, Span
from verifier.read import containers
from verifier.read.folder import Gathered
from verifier.read.kinds import is_in_folder_of_compose
from verifier.read.positions import Yaml, json_places, span_of
from verifier.read.shell import Shell, fixed, run
from verifier.read.words import UNKNOWN
from verifier.regex import regex

_SCRIPT = regex(r"#!\s*(?:/usr)?/bin/(?:env\s+(?:-S\s+)?)?(?:ba|da|z|a)?sh\b")
_DOCKERFILE = regex(r"(?:Dockerfile|Containerfile)(?:[.-].*)?|.*\.(?:[Dd]ockerfile|Containerfile)")
_COMPOSE = regex(r"(?:.*[.-])?compose(?:[.-].*)?\.ya?ml")
_PROCESS = regex(rb"^([A-Za-z0-9_-]+):[ \t]*([^\r\n]+)", re.MULTILINE)


def commands(
    found: Gathered, folders: frozenset[str], load: Callable[[str], SourceFile | None]
) -> tuple[tuple[Command, ...], tuple[FolderChange, ...]]:
    """All commands, sorted by where they stand and then as they run, and the ``cd``s between them.

    Notes are added to what was gathered.

    A script that another command starts runs in the directory of that command. A script in the root that none starts
    runs in the root, without arguments; where any other runs is ``?``.
    """

    def script(path: str) -> SourceFile | None:
        source = load(path) if path in found.paths else None
        if source is None or source.language is not None:
            return None
        return source if _is_shell(path) or _SCRIPT.match(source.line(1)) else None

    shell = Shell(script)
    for path, source in sorted(found.others.items()):
        folder, _, name = path.rpartition("/")
        if name == "package.json":
            _package_scripts(shell, source, folder)
        elif name.startswith("Procfile"):
            _processes(shell, source, folder)
    _containers(shell, found, containers.Exists(frozenset(found.paths), folders))
    for path, source in sorted(found.others.items()):
        started = {directory for name, directory in shell.started if name == path}
        if _is_shell(path) and (not started or ("/" not in path and "" not in started)):
            directory, arguments = (UNKNOWN, None) if "/" in path else ("", ())
            name = path.rpartition("/")[2]
            run(shell, source.data, source.span, directory=directory, where=name, positional=arguments, script=path)
    found.notes.extend(dict.fromkeys(shell.notes))
    by_place: dict[Span, list[Command]] = {}
    for one in sorted(shell.commands, key=lambda one: one.span):
        here = by_place.setdefault(one.span, [])
        if one not in here:
            here.append(one)
    moves = tuple(dict.fromkeys(sorted(shell.moves, key=lambda one: one.span)))
    return tuple(one for here in by_place.values() for one in here), moves


def _is_shell(path: str) -> bool:
    return path.endswith((".sh", ".bash"))


def _package_scripts(shell: Shell, source: SourceFile, folder: str) -> None:
    """The scripts of a package.json, which npm runs in its folder."""
    try:
        content = msgspec.json.decode(source.data)
    except (msgspec.DecodeError, RecursionError):
        return
    scripts = content.get("scripts") if isinstance(content, dict) else None
    places = json_places(source.data)
    for name, text in scripts.items() if isinstance(scripts, dict) else ():
        if isinstance(text, str):
            span = span_of(source, places.keys.get(("scripts", name)))
            run(
                shell,
                text.encode(),
                fixed(span),
                directory=folder,
                where="package.json",
                name=name,
            )


def _processes(shell: Shell, source: SourceFile, folder: str) -> None:
    """The lines of a Procfile."""
    for line in _PROCESS.finditer(source.data):
        start = line.start(2)

        def locate(begin: int, end: int, start: int = start) -> Span:
            return source.span(start + begin, start + end)

        run(shell, line[2], locate, directory=folder, where="Procfile", name=line[1].decode())


def _containers(shell: Shell, found: Gathered, exists: containers.Exists) -> None:
    """Dockerfiles, each in the build context that a compose file says or that its copies show, and compose services."""
    names = {path: path.rpartition("/")[2] for path in sorted(found.others)}
    dockerfiles = {path: found.others[path] for path, name in names.items() if _DOCKERFILE.fullmatch(name)}
    contexts: dict[str, str] = {}
    mounts: dict[str, tuple[SourceFile, Yaml]] = {}
    for path, name in names.items():
        if _COMPOSE.fullmatch(name) or is_in_folder_of_compose(path):
            try:
                for dockerfile, context in containers.compose_contexts(found.others[path]).items():
                    contexts.setdefault(dockerfile, context)
                for dockerfile, service in containers.compose_mounts(found.others[path]).items():
                    mounts.setdefault(dockerfile, service)
                shell.notes.extend(containers.compose_commands(shell, found.others[path], dockerfiles, exists))
            except ValueError as error:
                shell.notes.append(Note(path, f"it cannot be read as YAML: {error}"))
    for path, source in dockerfiles.items():
        context = contexts[path] if path in contexts else containers.context_of(source, exists)
        containers.dockerfile_commands(shell, source, context, exists, mounts.get(path))
