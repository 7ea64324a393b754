"""Dockerfiles and compose files -> the commands that they run.

A container has its own folders. Where they lie in the project is what ``COPY``, ``ADD`` and bind mounts say: with
``WORKDIR /app`` and ``COPY server .`` the directory ``/app`` is ``server``. Where nothing says it, the directory of a
command is ``?``.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from msgspec import Struct, field

from verifier.model import Note, SourceFile
from verifier.read.kinds import MANIFESTS
from verifier.read.positions import Yaml, yaml_value
from verifier.read.shell import Shell, fixed, run, run_argv
from verifier.read.words import UNKNOWN, join


class Instruction(NamedTuple):
    """One instruction of a Dockerfile, its continued lines joined."""

    name: str
    text: str
    start: int
    end: int


class Copy(Struct, frozen=True):
    """What a ``COPY`` puts into the container: ``source`` of the build context, or of another stage."""

    place: str
    source: str
    into: bool
    """``place`` is a folder, whatever the source is."""
    stage: Stage | None = None


class Stage(Struct):
    """What a build stage has said so far."""

    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    copies: tuple[Copy, ...] = ()
    entrypoint: Instruction | None = None
    command: Instruction | None = None

    def copy(self) -> Stage:
        """The same, for a stage that builds on this one."""
        return Stage(self.workdir, dict(self.environment), self.copies, self.entrypoint, self.command)


class Exists(NamedTuple):
    """What the project holds."""

    paths: frozenset[str]
    folders: frozenset[str]

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return path in self.paths or path in self.folders


def instructions(source: SourceFile) -> Iterator[Instruction]:
    """The instructions of a Dockerfile; bodies of here-documents are passed over."""
    text = source.data
    escape = b"`" if re.match(rb"\s*#\s*escape\s*=\s*`", text) else b"\\"
    lines = [line + b"\n" for line in text.split(b"\n")]
    offset = start = 0
    parts: list[bytes] = []
    ends: list[bytes] = []
    for line in lines:
        at, offset = offset, offset + len(line)
        stripped = line.strip()
        if ends:
            if stripped == ends[0]:
                del ends[0]
            continue
        if not stripped or stripped.startswith(b"#"):
            continue
        if not parts:
            start = at + len(line) - len(line.lstrip())
        if stripped.endswith(escape):
            parts.append(stripped[:-1])
            continue
        whole = b" ".join([*parts, stripped])
        parts = []
        name, _, rest = whole.decode("utf-8", "replace").partition(" ")
        ends = [found.encode() for found in re.findall(r"<<-?[\"']?(\w+)[\"']?", rest)] if name.upper() != "CMD" else []
        yield Instruction(name.upper(), rest.strip(), start, at + len(line.rstrip()))


_LONGEST = 10_000
_STAGES = 100


def stages(source: SourceFile) -> list[tuple[str, Stage]]:
    """The build stages by name, in order; a stage without a name has its number.

    What no person writes is passed over: more than a hundred stages, instructions of more than 10,000 characters.
    """
    found: list[tuple[str, Stage]] = []
    stage = Stage()
    for instruction in instructions(source):
        text = instruction.text
        if len(text) > _LONGEST:
            continue
        if instruction.name == "FROM" and len(found) == _STAGES:
            break
        match instruction.name:
            case "FROM":
                words = [word for word in text.split() if not word.startswith("--")]
                base = next((known for name, known in found if words and name.lower() == words[0].lower()), None)
                stage = base.copy() if base is not None else Stage()
                named = len(words) == 3 and words[1].lower() == "as"
                found.append((words[2] if named else str(len(found)), stage))
            case "WORKDIR":
                stage.workdir = _workdir(stage, text)
            case "ENV":
                stage.environment.update(_pairs(text))
            case "COPY" | "ADD":
                stage.copies = (*stage.copies, *_copied(stage, text, found))
            case "ENTRYPOINT":
                stage.entrypoint, stage.command = instruction, None
            case "CMD":
                stage.command = instruction
            case _:
                pass
    return found


def _workdir(stage: Stage, text: str) -> str:
    path = re.sub(r"\$\{?(\w+)\}?", lambda name: stage.environment.get(name[1], name[0]), text.strip().strip("\"'"))
    return posixpath.normpath(posixpath.join(stage.workdir, path))


def _pairs(text: str) -> dict[str, str]:
    """The variables of ``ENV a=1 b="2"`` or ``ENV a 1``."""
    try:
        words = shlex.split(text, posix=True)
    except ValueError:
        return {}
    if words and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])}
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _copied(stage: Stage, text: str, stages: list[tuple[str, Stage]]) -> list[Copy]:
    """What a ``COPY`` puts where. What an image of others holds is not known."""
    origin = None
    if named := re.search(r"(?:^|\s)--from=(\S+)", text):
        origin = next((known for name, known in stages if named[1].lower() == name.lower()), None)
        if origin is None:
            return []
    options = re.match(r"(?:\s*--\S+)*\s*", text)
    text = text[options.end() :] if options else text
    words = _array(text) or text.split()
    if len(words) < 2 or "$" in text or "<<" in text:
        return []
    *sources, target = (word.strip("\"'") for word in words)
    place = posixpath.normpath(posixpath.join(stage.workdir, target))
    into = len(sources) > 1 or target.endswith("/") or target in (".", "..") or place == stage.workdir
    return [
        Copy(place, posixpath.normpath(source if origin else source.lstrip("/") or "."), into, origin)
        for source in sources
        if "://" not in source
    ]


def _array(text: str) -> list[str] | None:
    """The words of the exec form, ``["a", "b"]``."""
    if not text.startswith("["):
        return None
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def locate(stage: Stage, context: str, exists: Exists, depth: int = 5) -> Callable[[str], str | None]:
    """Where in the project an absolute path of the container lies: the last copy that can hold it decides.

    A folder of the container into which folders or manifests were copied under their own names is the folder that they
    come from, if it is one: after ``COPY app /srv/app`` the directory ``/srv`` is that of ``app``.
    """

    def absolute(path: str) -> str | None:
        several = (_held(copy, path, context, exists, depth) for copy in reversed(stage.copies))
        found = next((one for one in several if one is not None), None)
        if found is not None:
            return found
        around = {one for copy in stage.copies if (one := _around(copy, path, context, exists)) is not None}
        return around.pop() if len(around) == 1 else None

    return absolute


def _held(copy: Copy, path: str, context: str, exists: Exists, depth: int) -> str | None:
    """Where a path lies that a copy put there."""
    inside = path == copy.place or path.startswith(copy.place.rstrip("/") + "/")
    below = posixpath.relpath(path, copy.place) if inside else ""
    if copy.stage is not None:
        there = posixpath.normpath(posixpath.join(copy.source, below))
        return locate(copy.stage, context, exists, depth - 1)(there) if inside and depth else None
    source = join(context, copy.source)
    if source == UNKNOWN:
        return None
    if source in exists.paths:
        return source if path == _target(copy, source) else None
    if not inside or source not in exists.folders:
        return None
    found = join(source, below)
    return found if path == copy.place or exists.has(found) else None


def _around(copy: Copy, path: str, context: str, exists: Exists) -> str | None:
    """Where the folder lies into which a copy put something under its own name."""
    source = "" if copy.stage is not None or context == UNKNOWN else posixpath.join(context, copy.source)
    folder, _, name = source.rpartition("/")
    if not name or ".." in source.split("/"):
        return None
    if re.search(r"[*?\[]", name):
        manifests = any(fnmatchcase(manifest, name) for manifest in MANIFESTS)
        return folder if manifests and copy.place == path and folder in exists.folders else None
    if source not in exists.folders and not (source in exists.paths and name in MANIFESTS):
        return None
    target = _target(copy, source) if source in exists.paths else copy.place
    while source and posixpath.basename(target) == posixpath.basename(source):
        target, source = posixpath.dirname(target), posixpath.dirname(source)
        if target == path:
            return source
    return None


def _target(copy: Copy, source: str) -> str:
    """The path that a copied file has in the container."""
    return posixpath.join(copy.place, posixpath.basename(source)) if copy.into else copy.place


def context_of(source: SourceFile, exists: Exists) -> str:
    """The folder that a Dockerfile is built in: at or above it, the one that holds most of what it copies.

    One that copies everything is built where it stands if a manifest stands there too; else it is ``?``.
    """
    wanted = {
        copy.source
        for _, stage in stages(source)
        for copy in stage.copies
        if copy.stage is None and copy.source not in (".", "..") and not re.search(r"[*?\[]", copy.source)
    }
    folder = source.path.rpartition("/")[0]
    if not wanted:
        beside = not folder or any(f"{folder}/{name}" in exists.paths for name in MANIFESTS)
        return folder if beside else UNKNOWN
    best, most = UNKNOWN, 0
    while True:
        held = sum(exists.has(join(folder, path)) for path in wanted)
        best, most = (folder, held) if held > most else (best, most)
        if not folder:
            return best
        folder = folder.rpartition("/")[0]


def dockerfile_commands(
    shell: Shell, source: SourceFile, context: str, exists: Exists, service: tuple[SourceFile, Yaml] | None = None
) -> None:
    """Collect what the image of each stage runs, by ``ENTRYPOINT`` and ``CMD``.

    ``service``: that of a compose file which builds it and mounts folders of the project into it.
    """
    seen: set[tuple[int, int]] = set()
    for name, stage in stages(source):
        told = (stage.entrypoint.start if stage.entrypoint else -1, stage.command.start if stage.command else -1)
        if told != (-1, -1) and told not in seen:
            seen.add(told)
            absolute = locate(stage, context, exists)
            if service is not None:
                absolute = _mounted(*service, absolute, exists)
            image_command(shell, source, stage, absolute, name="" if name.isdecimal() else name)


def image_command(
    shell: Shell, source: SourceFile, stage: Stage, absolute: Callable[[str], str | None], *, name: str
) -> None:
    """Collect what one image runs. ``absolute``: where in the project a path of the container lies."""
    directory = absolute(stage.workdir)
    where = directory if directory is not None else UNKNOWN
    entry, command = stage.entrypoint, stage.command
    instruction = command or entry
    assert instruction is not None, "a stage without either runs nothing of the project"
    words = _array(entry.text) if entry is not None else []
    if entry is not None and words is None:
        instruction, command = entry, None
    elif command is not None:
        arguments = _array(command.text)
        if arguments is not None:
            words = [*(words or []), *arguments]
        else:
            words = [*words, "/bin/sh", "-c", command.text] if words else None
    if words is None:
        run(
            shell,
            instruction.text.encode(),
            fixed(source.span(instruction.start, instruction.end)),
            directory=where,
            where="Dockerfile",
            name=name,
            environment=stage.environment,
            absolute=absolute,
        )
        return
    span = source.span(instruction.start, instruction.end)
    run_argv(
        shell,
        words,
        span,
        directory=where,
        where="Dockerfile",
        name=name,
        environment=stage.environment,
        absolute=absolute,
    )


# Compose


def compose_contexts(source: SourceFile) -> dict[str, str]:
    """Path of each Dockerfile that a compose file builds, and the build context that it says.

    Raises:
        ValueError: the file is not YAML.
    """
    found: dict[str, str] = {}
    for service in _services(yaml_value(source)).values():
        dockerfile, context = _build(source, service)
        if dockerfile is not None and context != UNKNOWN:
            found[dockerfile] = context
    return found


def _services(root: Yaml) -> Mapping[str, Yaml]:
    services = root.get("services")
    return services.members if services is not None else {}


def _build(source: SourceFile, service: Yaml) -> tuple[str | None, str]:
    """The Dockerfile that a service is built from, and its context; None where it is built from none."""
    build = service.get("build")
    if build is None or build.value is None:
        return None, UNKNOWN
    folder = source.path.rpartition("/")[0]
    told, file = build.get("context"), build.get("dockerfile")
    context = join(folder, (build.text or (told.text if told is not None else None) or ".").rstrip("/") or ".")
    name = (file.text if file is not None else None) or "Dockerfile"
    return (join(context, name), context) if context != UNKNOWN else (None, UNKNOWN)


def compose_mounts(source: SourceFile) -> dict[str, tuple[SourceFile, Yaml]]:
    """The first service that mounts something, for each Dockerfile that a compose file builds.

    Raises:
        ValueError: the file is not YAML.
    """
    found: dict[str, tuple[SourceFile, Yaml]] = {}
    for service in _services(yaml_value(source)).values():
        path, _ = _build(source, service)
        if path is not None and service.get("volumes") is not None:
            found.setdefault(path, (source, service))
    return found


def compose_commands(
    shell: Shell, source: SourceFile, dockerfiles: Mapping[str, SourceFile], exists: Exists
) -> list[Note]:
    """Collect what the services of a compose file run, where they say it themselves.

    Raises:
        ValueError: the file is not YAML.
    """
    notes: list[Note] = []
    for name, service in _services(yaml_value(source)).items():
        command, entrypoint = service.get("command"), service.get("entrypoint")
        if (command is None or command.value is None) and (entrypoint is None or entrypoint.value is None):
            continue
        stage, context = _service_stage(source, service, dockerfiles)
        told = service.get("working_dir")
        if told is not None and told.text:
            stage.workdir = posixpath.normpath(posixpath.join(stage.workdir, told.text))
        stage.environment.update(_service_environment(service))
        absolute = _mounted(source, service, locate(stage, context, exists), exists)
        directory = absolute(stage.workdir)
        try:
            argv = _service_argv(stage, command, entrypoint)
        except ValueError:
            notes.append(Note(source.path, f"the command of the service `{name}` cannot be split into words"))
            continue
        said = command if command is not None and command.value is not None else entrypoint
        run_argv(
            shell,
            argv,
            said.span if said is not None else service.span,
            directory=UNKNOWN if directory is None else directory,
            where="docker-compose",
            name=name,
            environment=stage.environment,
            absolute=absolute,
        )
    return notes


def _service_stage(source: SourceFile, service: Yaml, dockerfiles: Mapping[str, SourceFile]) -> tuple[Stage, str]:
    """The stage that a service runs, and its build context."""
    path, context = _build(source, service)
    dockerfile = dockerfiles.get(path) if path is not None else None
    if dockerfile is None:
        return Stage(), UNKNOWN
    found = stages(dockerfile)
    target = service.get("build", "target")
    wanted = target.text if target is not None else None
    stage = next((stage for name, stage in found if name == wanted), found[-1][1] if found else Stage())
    return stage.copy(), context


def _service_environment(service: Yaml) -> dict[str, str]:
    told = service.get("environment")
    if told is None:
        return {}
    if told.items:
        pairs = (item.text.partition("=") for item in told.items if item.text is not None)
        return {name: value for name, sign, value in pairs if sign}
    return {name: value.text for name, value in told.members.items() if value.text is not None}


def _mounted(
    source: SourceFile, service: Yaml, absolute: Callable[[str], str | None], exists: Exists
) -> Callable[[str], str | None]:
    """Bind mounts hide what the image holds at their place."""
    folder = source.path.rpartition("/")[0]
    mounts: list[tuple[str, str]] = []
    volumes = service.get("volumes")
    for volume in volumes.items if volumes is not None else []:
        host, target = volume.get("source"), volume.get("target")
        if volume.text is not None:
            parts = volume.text.split(":")
            pair = (parts[0], parts[1]) if len(parts) > 1 else None
        else:
            pair = (host.text, target.text) if host and target and host.text and target.text else None
        if pair is not None and pair[0].startswith(".") and "$" not in "".join(pair):
            mounts.append((posixpath.normpath(pair[1]), join(folder, pair[0])))

    def found(path: str) -> str | None:
        for place, host in sorted(mounts, key=lambda mount: -len(mount[0])):
            if path == place or path.startswith(place.rstrip("/") + "/"):
                inside = UNKNOWN if host == UNKNOWN else join(host, posixpath.relpath(path, place))
                return inside if inside == "" or exists.has(inside) else None
        return absolute(path)

    return found


def _service_argv(stage: Stage, command: Yaml | None, entrypoint: Yaml | None) -> list[str]:
    """The words that a service runs; a command it names replaces the image's, an entry point that too.

    Raises:
        ValueError: the quotes of a command do not close.
    """
    argv: list[str] = []
    if entrypoint is not None and entrypoint.value is not None:
        argv = _yaml_words(entrypoint)
    elif stage.entrypoint is not None:
        argv = _array(stage.entrypoint.text) or ["/bin/sh", "-c", stage.entrypoint.text]
    return [*argv, *(_yaml_words(command) if command is not None and command.value is not None else [])]


def _yaml_words(value: Yaml) -> list[str]:
    words = shlex.split(value.text) if value.text is not None else [item.text or "" for item in value.items]
    return [word.replace("$$", "$") for word in words]
