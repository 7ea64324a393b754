"""Compose files: the variables that a service sets for what its image runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from verifier.evaluate.surroundings import read_variables
from verifier.imports.resolution import joined
from verifier.link.program import is_test
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.model import Command, Project, SourceFile, Span

COMPOSE = regex(r"(?:^|/)(?:docker-)?compose\.ya?ml$")
VARIABLE = regex(r"\$\{(\w+)(?::?[-?=]=?([^}]*))?\}|\$(\w+)")


def of_services(project: Project, command: Command) -> dict[str, tuple[str, Span]]:
    """The variables of the service that runs a command: its own of a compose file, or that of the image it builds."""
    found: dict[str, tuple[str, Span]] = {}
    if command.where not in ("Dockerfile", "docker-compose"):
        return found
    for path, source in sorted(project.others.items()):
        if COMPOSE.search(path) is None or is_test(path):
            continue
        for name, service in services(source):
            own = command.where == "docker-compose" and command.name == name and command.span.path == path
            if own or (command.where == "Dockerfile" and builds(path, service) == command.span.path):
                found |= variables(project, source, service)
    return found


def services(source: SourceFile) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The services of a compose file, by name."""
    import yaml

    try:
        content = yaml.load(source.text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    every = content.get("services") if isinstance(content, dict) else None
    for name, service in every.items() if isinstance(every, dict) else ():
        if isinstance(service, dict):
            yield str(name), service


def builds(path: str, service: Mapping[str, object]) -> str | None:
    """The Dockerfile that a service builds, if it is what the service runs."""
    build = service.get("build")
    told = build if isinstance(build, dict) else {"context": build} if isinstance(build, str) else None
    if told is None or service.get("command") is not None:
        return None
    context, name = told.get("context", "."), told.get("dockerfile", "Dockerfile")
    folder = joined(path.rpartition("/")[0], context) if isinstance(context, str) else None
    return joined(folder, name) if folder is not None and isinstance(name, str) else None


def variables(project: Project, source: SourceFile, service: Mapping[str, object]) -> dict[str, tuple[str, Span]]:
    """The variables of a service: those of its environment files, then its own."""
    folder = source.path.rpartition("/")[0]
    beside = project.others.get(joined(folder, ".env") or "")
    known = {name: value for name, (value, _) in read_variables(beside).items()} if beside is not None else {}
    found: dict[str, tuple[str, Span]] = {}
    files = service.get("env_file")
    for name in files if isinstance(files, list) else [files]:
        name = name.get("path") if isinstance(name, dict) else name
        file = project.others.get(joined(folder, name) or "") if isinstance(name, str) else None
        found |= read_variables(file) if file is not None else {}
    own = service.get("environment")
    if isinstance(own, list):
        pairs = [item.partition("=") for item in own if isinstance(item, str)]
        own = {name: value for name, sign, value in pairs if sign}
    for name, value in own.items() if isinstance(own, dict) else ():
        if isinstance(value, str | int | float):
            name = str(name)
            match = re.search(rf"\b{re.escape(name)}\s*[=:]".encode(), source.data)
            place = source.span(match.start(), match.end()) if match is not None else source.span(0, 0)
            found[name] = (interpolated(str(value), known), place)
    return found


def interpolated(text: str, known: Mapping[str, str]) -> str:
    """A value with the variables of the compose file's own environment put in."""
    return VARIABLE.sub(lambda match: known.get(match[1] or match[3]) or match[2] or "", text)
