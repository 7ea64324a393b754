"""An import asks for a path inside of a package that the package does not let out.

A package with `exports` in its manifest can be imported by the names that stand there and no others, whatever files
it has. For `hono/json` or `hono/middleware/cors` Node says `Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath
'./json' is not defined by "exports"`, and the process ends before it listens.

Import what the package offers: `hono/cors`, `hono/jwt`; what is part of its main entry, from there.

The names come from the manifests of the packages themselves, by version. The rule is silent for packages, and for
versions, that were not looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from verifier.api import Category, Facts, Import, Problem, SourceFile, Span, is_test, rule, version_range

# Written by tests/imports/exports.py: the paths by package and version.
EXPORTS: Mapping[str, Mapping[str, list[str]]] = json.loads(Path(__file__).with_name("_exports.json").read_text())


@rule(Category.SERVER_STARTUP_FAILURE)
def unexported_subpath(facts: Facts) -> Iterator[Problem]:
    """Yield each import of a path that no admitted version of its package lets out."""
    for path, own in facts.files.items():
        if own.language == "python" or is_test(path):
            continue
        for imported in own.imports:
            package, subpath = parts(imported.module)
            known = EXPORTS.get(package)
            if known is None or subpath == "." or imported.level or imported.kind == "type-only" or imported.guarded:
                continue
            admitted = versions_of(facts, package, known)
            if not admitted or any(lets_out(known[version], subpath) for version in admitted):
                continue
            if facts.modules.resolve(path, imported).package is None:
                continue  # a path of the project's own
            version = admitted[-1]
            near = nearest(known[version], subpath)
            yield Problem(
                place(facts.project.files[path], imported),
                f"`{package}` {version} lets no `{subpath.removeprefix('./')}` out",
                symptom=f"Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath '{subpath}' is not defined",
                remedy=f"Import `{package}{near.removeprefix('.')}`"
                if near
                else f"Import what `{package}` offers under another path",
            )


def parts(module: str) -> tuple[str, str]:
    """The package that an import names, and the path inside of it."""
    words = module.split("/")
    size = 2 if module.startswith("@") else 1
    rest = "/".join(words[size:])
    return "/".join(words[:size]), f"./{rest}" if rest else "."


def versions_of(facts: Facts, package: str, known: Mapping[str, list[str]]) -> list[str]:
    """The versions of a table that stand for those that a project admits, the oldest first."""
    ordered = sorted(known, key=lambda version: [int(part) for part in version.split(".")])
    versions = version_range(facts.project, package)
    if versions is None:
        return ordered[-1:]
    return [version for version in ordered if versions.maybe(f"^{major(version)}") and newest(ordered, version)]


def major(version: str) -> str:
    """The part of a version that stays where nothing breaks: ``4``, ``0.44``."""
    first, second, *_ = version.split(".")
    return first if first != "0" else f"{first}.{second}"


def newest(ordered: list[str], version: str) -> bool:
    """Whether a version is the newest of its major that was looked at."""
    return [other for other in ordered if major(other) == major(version)][-1] == version


def lets_out(paths: list[str], subpath: str) -> bool:
    """Whether one of some paths, which may hold a star, is the one that is wanted."""
    return any(re.fullmatch(re.escape(path).replace(r"\*", ".+"), subpath) is not None for path in paths)


def nearest(paths: list[str], subpath: str) -> str | None:
    """The path that was meant, most likely: the one with the same end."""
    last = subpath.rpartition("/")[2]
    same = [path for path in paths if path.rpartition("/")[2] == last and "*" not in path]
    plain = [path for path in paths if "*" not in path]
    return same[0] if same else next(iter(get_close_matches(subpath, plain, 1)), None)


def place(source: SourceFile, imported: Import) -> Span:
    """Where an import writes the module."""
    written = re.search(rb"""['"`]%s['"`]""" % re.escape(imported.module.encode()), source.data[imported.start :])
    if written is None:
        return source.span(imported.start, imported.start + 1)
    return source.span(imported.start + written.start(), imported.start + written.end())
