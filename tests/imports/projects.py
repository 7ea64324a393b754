"""Makes projects from texts, without the reader: package.json and tsconfig.json are taken as plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from posixpath import normpath
from typing import Any

from verifier.extract import extract
from verifier.imports import ImportGraph, Modules, link_imports
from verifier.model import (
    Command,
    FileFacts,
    LeftOut,
    Manifests,
    NodePackage,
    Project,
    PythonProject,
    Requirement,
    SourceFile,
    Span,
    TypeScriptConfig,
)
from verifier.read.kinds import language_of

Files = Mapping[str, str]


def below(folder: str, path: str) -> str:
    found = normpath(f"{folder}/{path}".lstrip("/"))
    return "" if found == "." else found


def node_package(path: str, data: Mapping[str, Any]) -> NodePackage:
    return NodePackage(
        path=path,
        name=data.get("name"),
        type=data.get("type", "commonjs"),
        main=data.get("main"),
        exports=data.get("exports"),
        imports=data.get("imports", {}),
        scripts=data.get("scripts", {}),
        workspaces=tuple(data.get("workspaces", ())),
        types=data.get("types"),
    )


def typescript_config(path: str, data: Mapping[str, Any]) -> TypeScriptConfig:
    folder = path.rpartition("/")[0]
    options = data.get("compilerOptions", {})

    def place(name: str) -> str | None:
        return below(folder, options[name]) if name in options else None

    return TypeScriptConfig(
        path=path,
        base_url=place("baseUrl"),
        paths={pattern: tuple(targets) for pattern, targets in options.get("paths", {}).items()},
        paths_base=place("baseUrl") or folder,
        root_dirs=tuple(below(folder, each) for each in options.get("rootDirs", ())),
        out_dir=place("outDir"),
        root_dir=place("rootDir"),
    )


def project(
    files: Files,
    *,
    commands: Iterable[tuple[str, str]] = (),
    requirements: Iterable[str] = (),
    python: Iterable[PythonProject] = (),
    environment: Mapping[str, str] | None = None,
) -> Project:
    """A project of some files; ``commands`` are (folder, command line), ``requirements`` Python distributions."""
    sources = {
        path: SourceFile(path, text.encode(), language_of(path)) for path, text in files.items() if language_of(path)
    }
    node, typescript = [], []
    needed = [Requirement(name, "", Span("requirements.txt", 1)) for name in requirements]
    for path, text in files.items():
        name = path.rpartition("/")[2]
        if name == "package.json":
            data = json.loads(text)
            node.append(node_package(path, data))
            for section in ("dependencies", "devDependencies"):
                needed += [Requirement(key, each, Span(path, 1)) for key, each in data.get(section, {}).items()]
        elif name.startswith(("tsconfig", "jsconfig")) and name.endswith(".json"):
            typescript.append(typescript_config(path, json.loads(text)))
    started = tuple(
        Command(tuple(line.split()), folder, Span("run.sh", 1), "run.sh", environment=environment or {})
        for folder, line in commands
    )
    manifests = Manifests(tuple(needed), started, tuple(python), tuple(node), tuple(typescript))
    return Project(None, sources, {}, frozenset(files), manifests, LeftOut())


def facts_of(made: Project) -> dict[str, FileFacts]:
    return {path: extract(source) for path, source in made.files.items()}


def modules(made: Project) -> Modules:
    return Modules(made, facts_of(made))


def graph(made: Project) -> ImportGraph:
    return link_imports(made, facts_of(made))


def edges(made: Project) -> list[tuple[str, str, str]]:
    """Source, target and name of every edge, in order."""
    return [(edge.source, edge.target, edge.name) for edge in graph(made).edges]


def found(made: Project, path: str, module: str, level: int = 0) -> str:
    """Where a module is found: a file, a folder with a slash, ``<package>`` or why not."""
    resolution = modules(made).find(path, module, level)
    assert [resolution.file, resolution.directory, resolution.package, resolution.reason].count(None) == 3
    if resolution.directory is not None:
        return f"{resolution.directory}/"
    return resolution.file or (
        f"<{resolution.package}>" if resolution.package is not None else f"! {resolution.reason}"
    )


def write(root: Path, files: Files) -> None:
    """Put the files on disk, for the tools that they are compared with."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
