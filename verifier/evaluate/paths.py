"""File paths inside evaluated code. The project's root is written ``/<project>``, wherever it really lies."""

from __future__ import annotations

import posixpath

ROOT = "/<project>"


def absolute(path: str) -> str:
    """The absolute form of a path below the project's root."""
    return f"{ROOT}/{path}" if path else ROOT


def relative(path: str) -> str | None:
    """The path below the project's root that an evaluated path means; None where it lies outside.

    A relative path is taken from the root, where most projects are started.
    """
    path = path.removeprefix("file://")
    if path.startswith("/") and path != ROOT and not path.startswith(f"{ROOT}/"):
        return None
    inner = posixpath.normpath(path.removeprefix(ROOT).lstrip("/") or ".")
    if inner == ".":
        return ""
    return None if inner.startswith("..") else inner


def specifier(module: str, importer: str) -> str:
    """What a file imports by an absolute path or file URL of the project, as a path from that file; else as it is."""
    inner = relative(module) if module.removeprefix("file://").startswith(ROOT) else None
    return module if inner is None else f"{'../' * importer.count('/') or './'}{inner}"


def join(*parts: str) -> str:
    """Join path parts; as in Node and Python's pathlib, but an absolute later part is taken as relative (Node)."""
    return posixpath.normpath("/".join(part for part in parts if part)) if any(parts) else "."


def resolve(*parts: str) -> str:
    """Node's ``path.resolve`` from the project's root."""
    found = ROOT
    for part in parts:
        found = part if part.startswith("/") else f"{found}/{part}"
    return posixpath.normpath(found)
