"""What a project says of itself outside its code, gathered from all its manifests.

A manifest that cannot be read becomes a note; the others are read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct, field

from verifier.model import (
    Manifests,
    NodePackage,
    Note,
    PythonProject,
    Requirement,
    SourceFile,
    TypeScriptConfig,
)
from verifier.read import kinds, locks
from verifier.read.commands import commands
from verifier.read.folder import Gathered, load
from verifier.read.requirements import file_requirements, is_development, requirement
from verifier.read.text import to_utf8


class _Reading(Struct):
    """The project while its manifests are read."""

    root: Path | None
    found: Gathered
    folders: frozenset[str]
    more: dict[str, SourceFile | None] = field(default_factory=dict)
    """Texts that only a manifest names."""
    versions: dict[str, object] = field(default_factory=dict)
    """What a lock file holds, by its path; None where it cannot be read."""

    def name(self, path: str) -> str:
        """The last part of a path."""
        return path.rpartition("/")[2]


def manifests(root: Path | None, found: Gathered) -> Manifests:
    """Read all manifests of a project; notes are added to what was gathered."""
    reading = _Reading(root, found, _folders(found.paths))
    node, node_requirements = _node(reading)
    python, python_requirements = _python(reading)
    requirements = [*python_requirements, *node_requirements]
    told, moves = commands(found, reading.folders, partial(_text, reading))
    return Manifests(
        tuple(sorted(requirements, key=lambda one: (one.span, one.name))),
        told,
        tuple(sorted(python, key=lambda one: one.path)),
        tuple(sorted(node, key=lambda one: one.path)),
        _typescript(reading, node),
        moves,
        _locked(reading),
    )


def _folders(paths: set[str]) -> frozenset[str]:
    """Every folder that holds a file; the root is the empty name."""
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def _text(reading: _Reading, path: str) -> SourceFile | None:
    """A text of the project that was read, or that is read now because a manifest names it."""
    found = reading.found
    known = found.others.get(path) or found.files.get(path)
    if known is not None or path in reading.more or path not in found.paths or reading.root is None:
        return known or reading.more.get(path)
    try:
        content = load(f"{reading.root}/{path}", kinds.OTHER_LIMIT)
    except OSError:
        return None
    text = None
    if content.data is not None and b"\0" not in content.data:
        text = SourceFile(path, to_utf8(content.data, None)[0])
    reading.more[path] = text
    return text


# Python


def _python_versions(reading: _Reading, folder: str) -> dict[str, str]:
    """The versions of the lock file that governs a folder."""
    lock = locks.nearest(reading.found.locks, folder, locks.PYTHON_LOCKS)
    if lock is None:
        return {}
    if lock.path not in reading.versions:
        try:
            reading.versions[lock.path] = locks.python_versions(lock)
        except ValueError as error:
            reading.versions[lock.path] = {}
            reading.found.notes.append(locks.broken(lock, error))
    versions = reading.versions[lock.path]
    return versions if isinstance(versions, dict) else {}


def _python(reading: _Reading) -> tuple[list[PythonProject], list[Requirement]]:
    from verifier.read import python

    projects: list[PythonProject] = []
    requirements = _requirement_files(reading)
    texts = {**reading.found.others, **reading.found.files}
    for path in sorted(texts):
        name, folder = reading.name(path), path.rpartition("/")[0]
        if name not in ("pyproject.toml", "Pipfile", "setup.cfg", "setup.py"):
            continue
        versions = _python_versions(reading, folder)
        try:
            if name == "pyproject.toml":
                declared = python.pyproject(texts[path], versions, reading.folders)
            elif name == "Pipfile":
                declared = python.pipfile(texts[path], versions)
            elif name == "setup.cfg":
                declared = python.setup_cfg(texts[path], versions, reading.folders)
            else:
                declared = python.setup_py(texts[path], versions, reading.folders)
        except ValueError as error:
            reading.found.notes.append(Note(path, str(error)))
            continue
        requirements.extend(declared.requirements)
        projects.extend([declared.project] if declared.project is not None else [])
    return projects, requirements


def _requirement_files(reading: _Reading) -> list[Requirement]:
    """The requirements of pip's files. A constraint file only tells versions, and so does the .txt beside a .in."""
    paths = [path for path in sorted(reading.found.others) if kinds.is_requirements(path)]
    named = [path for path in paths if "constraints" not in reading.name(path)]
    done: set[str] = set()
    load_text: Callable[[str], SourceFile | None] = partial(_text, reading)
    lines = [line for path in named for line in file_requirements(path, load_text, done)]
    lines += [(*line[:3], True) for path in paths for line in file_requirements(path, load_text, done)]
    pinned: dict[tuple[str, str], str] = {}
    constraints: dict[str, set[str]] = {}
    for source, _, one, constraint in lines:
        if one.locked is not None:
            pinned[source.path, one.name] = one.locked
            if constraint:
                constraints.setdefault(one.name, set()).add(one.locked)
    found: list[Requirement] = []
    for source, line, one, constraint in lines:
        if constraint:
            continue
        versions = dict(_python_versions(reading, source.path.rpartition("/")[0]))
        beside = pinned.get((re.sub(r"\.in\Z", ".txt", source.path), one.name))
        bound = constraints.get(one.name, set())
        if beside is not None:
            versions[one.name] = beside
        elif len(bound) == 1:
            versions[one.name] = next(iter(bound))
        development = is_development(source.path.rpartition("/")[2]) or is_development(_label(source.path))
        found.append(requirement(one, source.span(line.start, line.end), versions, development=development))
    return found


def _label(path: str) -> str:
    """The folder of ``requirements/dev.txt`` says nothing; its name does."""
    return path.rpartition("/")[2].partition(".")[0]


# Node


def _node(reading: _Reading) -> tuple[list[NodePackage], list[Requirement]]:
    from verifier.read import node

    packages: list[NodePackage] = []
    requirements: list[Requirement] = []
    others = reading.found.others
    for path in sorted(others):
        if reading.name(path) != "package.json":
            continue
        folder = path.rpartition("/")[0]
        beside = f"{folder}/" if folder else ""
        workspaces = others.get(f"{beside}pnpm-workspace.yaml") or others.get(f"{beside}pnpm-workspace.yml")
        try:
            content = node.package_content(others[path])
            try:
                packages.append(node.package(others[path], workspaces))
            except ValueError as error:
                packages.append(node.package(others[path], None))
                reading.found.notes.append(Note(workspaces.path if workspaces else path, str(error)))
        except ValueError as error:
            reading.found.notes.append(Note(path, str(error)))
            continue
        version = partial(_node_version, reading, folder)
        requirements.extend(node.package_requirements(others[path], content, version))
    return packages, requirements


def _node_version(reading: _Reading, folder: str, name: str, specifier: str) -> str | None:
    lock = locks.nearest(reading.found.locks, folder, locks.NODE_LOCKS)
    if lock is None:
        return None
    if lock.path not in reading.versions:
        try:
            reading.versions[lock.path] = locks.node_lock(lock)
        except ValueError as error:
            reading.versions[lock.path] = None
            reading.found.notes.append(locks.broken(lock, error))
    return locks.node_version(lock, reading.versions[lock.path], folder, name, specifier)


def _locked(reading: _Reading) -> dict[str, frozenset[str]]:
    """The names in all lock files, by language; lock files of another kind than those that we know have none."""
    found: dict[str, set[str]] = {}
    for path, lock in sorted(reading.found.locks.items()):
        name = reading.name(path)
        try:
            if name in locks.PYTHON_LOCKS:
                found.setdefault("python", set()).update(locks.python_names(lock))
            elif name in locks.NODE_LOCKS:
                if path not in reading.versions:
                    reading.versions[path] = locks.node_lock(lock)
                names = locks.node_names(lock, reading.versions[path])
                if names:
                    found.setdefault("javascript", set()).update(names)
        except ValueError:
            continue
    return {language: frozenset(names) for language, names in found.items()}


def _typescript(reading: _Reading, packages: list[NodePackage]) -> tuple[TypeScriptConfig, ...]:
    from verifier.read import node

    paths = [p for p in sorted(reading.found.others) if re.fullmatch(r"[jt]sconfig.*\.json", reading.name(p))]
    babel = [path for path in sorted(reading.found.others) if reading.name(path) in node.BABEL]
    if not paths and not babel:
        return ()
    by_name = {package.name: package for package in reversed(packages) if package.name}
    configs = node.Configs(partial(_text, reading), by_name)
    found = [config for path in paths if (config := node.typescript_config(configs, path)) is not None]
    found += [config for path in babel if (config := node.babel_config(configs, path)) is not None]
    reading.found.notes.extend(dict.fromkeys(configs.notes))
    return tuple(found)
