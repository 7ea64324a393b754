"""The ports of a container that its surroundings connect to: ``ports`` of compose files, ``EXPOSE`` of Dockerfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import Literal

from msgspec import Struct

from verifier.imports.resolution import joined
from verifier.link.compose import COMPOSE
from verifier.link.program import is_test
from verifier.model import Command, Project, SourceFile, Span
from verifier.read.containers import instructions
from verifier.read.positions import Yaml, yaml_value
from verifier.regex import regex

DOCKERFILE = regex(r"(?:Dockerfile|Containerfile)(?:[.-].*)?|.*\.(?:[Dd]ockerfile|Containerfile)")
# ``8080``, ``80:8080``, ``127.0.0.1:80:8080``; the last number is the container's.
PAIR = regex(r"(?:(?:[\d.]+|\[[\da-fA-F:]+\]):)?(?:(?:\d+|\$\{\w+(?::?-\d+)?\}|\$\w+)?:)?(\d{1,5})(?:/tcp)?")
NUMBER = regex(r"(\d{1,5})(?:/tcp)?")
OVERRIDES = regex(r"(?:docker-)?compose\.override\.ya?ml$")


class Published(Struct, frozen=True):
    """A port that others connect to, the only one that is said of its container.

    Attributes:
        port: the number inside of the container.
        by: who says so: ``ports`` of a compose file, ``EXPOSE`` of a Dockerfile.
        span: where.
        commands: what the container runs.
        service: the name of the service in its compose file.
        open: variables may be set for it that the project does not hold.
    """

    port: int
    by: Literal["compose", "Dockerfile"]
    span: Span
    commands: tuple[Command, ...]
    service: str = ""
    open: bool = False


def published(project: Project) -> Iterator[Published]:
    """The ports that are said, where nothing else is said of the same container."""
    builders: dict[str, int] = {}
    found: list[tuple[str | None, Published]] = []
    for path, source in sorted(project.others.items()):
        if COMPOSE.search(path) is None or is_test(path):
            continue
        try:
            services = yaml_value(source).get("services")
        except ValueError:
            continue
        folder = path.rpartition("/")[0]
        beside = {name for name in project.paths if name.rpartition("/")[0] == folder and OVERRIDES.search(name)}
        for name, service in services.members.items() if services is not None else ():
            image = dockerfile_of(folder, service)
            if image is not None:
                builders[image] = builders.get(image, 0) + 1
            one = None if beside else of_service(project, source, name, service, image)
            if one is not None:
                found.append((image, one))
    for image, one in found:
        yield Published(
            one.port, one.by, one.span, one.commands, one.service, one.open or builders.get(image or "", 0) > 1
        )
    for path, source in sorted(project.others.items()):
        if DOCKERFILE.fullmatch(basename(path)) and not is_test(path):
            yield from exposed(project, source, shared=builders.get(path, 0) > 0)


def of_service(project: Project, source: SourceFile, name: str, service: Yaml, image: str | None) -> Published | None:
    """The one port that a service of a compose file publishes; None where that is not one, or not known."""
    ports = service.get("ports")
    if ports is None or len(ports.items) != 1 or service.get("extends") is not None:
        return None
    number = inner_port(ports.items[0])
    own = any((told := service.get(key)) is not None and told.value is not None for key in ("command", "entrypoint"))
    commands = [
        command
        for command in project.manifests.commands
        if (
            command.where == "docker-compose" and command.name == name and command.span.path == source.path
            if own
            else of_image(command, image, service)
        )
    ]
    if number is None or not commands:
        return None
    return Published(
        number, "compose", ports.items[0].span, tuple(commands), name, lacks_variables(project, source, service)
    )


def of_image(command: Command, image: str | None, service: Yaml) -> bool:
    """Whether a command is what an image runs, by its Dockerfile, and the stage that a service wants."""
    target = service.get("build", "target")
    stage = target.text if target is not None else None
    return command.where == "Dockerfile" and command.span.path == image and (stage is None or command.name == stage)


def inner_port(value: Yaml) -> int | None:
    """The port of the container in an entry of ``ports``; None where it is a range, of UDP, or not known."""
    if value.text is not None:
        match = PAIR.fullmatch(value.text.strip())
        return int(match[1]) if match is not None else None
    target, protocol = value.get("target"), value.get("protocol")
    if target is None or target.text is None or (protocol is not None and protocol.text != "tcp"):
        return None
    return int(target.text) if re.fullmatch(r"\d{1,5}", target.text) else None


def dockerfile_of(folder: str, service: Yaml) -> str | None:
    """The Dockerfile that a service is built from."""
    build = service.get("build")
    if build is None or build.value is None:
        return None
    told, file = build.get("context"), build.get("dockerfile")
    context = joined(folder, build.text or (told.text if told is not None else None) or ".")
    name = (file.text if file is not None else None) or "Dockerfile"
    return joined(context, name) if context is not None else None


def lacks_variables(project: Project, source: SourceFile, service: Yaml) -> bool:
    """Whether a service takes variables from a file that the project does not hold, or from who starts it."""
    folder = source.path.rpartition("/")[0]
    files = service.get("env_file")
    for item in (files.items or [files]) if files is not None else ():
        inner = item.get("path")
        path = joined(folder, item.text or (inner.text if inner is not None else None) or "?")
        if path is None or path not in project.others:
            return True
    told = service.get("environment")
    listed: list[str | None] = [item.text for item in told.items] if told is not None else []
    values: Mapping[str, Yaml] = told.members if told is not None else {}
    return (
        "<<" in values
        or any("=" not in (text or "") or "$" in (text or "") for text in listed if is_port(text))
        or any(value.text is None or "$" in value.text for name, value in values.items() if is_port(name))
    )


def is_port(text: str | None) -> bool:
    """Whether a variable is called after a port."""
    return text is not None and "PORT" in text.partition("=")[0].upper()


def exposed(project: Project, source: SourceFile, *, shared: bool) -> Iterator[Published]:
    """The one port that a Dockerfile exposes.

    Args:
        shared: a compose file builds it, and may set variables.
    """
    found: dict[int | None, Span] = {}
    for instruction in instructions(source):
        if instruction.name == "EXPOSE":
            for word in instruction.text.partition("#")[0].split():
                match = NUMBER.fullmatch(word)
                number = int(match[1]) if match is not None else None
                found.setdefault(number, source.span(instruction.start, instruction.end))
    commands = [one for one in project.manifests.commands if one.where == "Dockerfile" and one.span.path == source.path]
    for number, span in found.items():
        if number is not None and len(found) == 1 and commands:
            yield Published(number, "Dockerfile", span, tuple(commands), open=shared)
