"""Lock files -> the exact version of each dependency.

They are written by tools in one fixed form, so their names and versions are found by expressions, in a fraction of the
time that a parser takes for several megabytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from verifier.model import Note, SourceFile
from verifier.read.positions import yaml_value
from verifier.read.requirements import normal
from verifier.regex import regex

PYTHON_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
NODE_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")


def nearest(locks: Mapping[str, SourceFile], folder: str, names: tuple[str, ...]) -> SourceFile | None:
    """The lock file that governs a folder: its own, or that of the nearest folder above."""
    while True:
        for name in names:
            found = locks.get(f"{folder}/{name}" if folder else name)
            if found is not None:
                return found
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


_NAME = regex(rb'^name = "([^"\n]+)"', re.MULTILINE)
_VERSION = regex(rb'^version = "([^"\n]+)"', re.MULTILINE)


def python_versions(lock: SourceFile) -> dict[str, str]:
    """Version by normal name; a package that is locked in several versions has none here.

    Raises:
        ValueError: the file is not of its format.
    """
    if lock.path.endswith("Pipfile.lock"):
        content = _json(lock)
        found: dict[str, str] = {}
        for section in ("develop", "default"):
            packages = content.get(section)
            for name, entry in packages.items() if isinstance(packages, dict) else ():
                version = entry.get("version") if isinstance(entry, dict) else None
                if isinstance(version, str) and version.startswith("=="):
                    found[normal(name)] = version.lstrip("=")
        return found
    versions: dict[str, set[str]] = {}
    for package in lock.data.split(b"[[package]]")[1:]:
        own = package.partition(b"\n[")[0]
        name, version = _NAME.search(own), _VERSION.search(own)
        if name and version:
            versions.setdefault(normal(name[1].decode("utf-8", "replace")), set()).add(
                version[1].decode("utf-8", "replace")
            )
    return {name: next(iter(several)) for name, several in versions.items() if len(several) == 1}


def node_version(lock: SourceFile, content: object, folder: str, name: str, specifier: str) -> str | None:
    """The version of a package that a package.json in ``folder`` asks for.

    Args:
        lock: the lock file.
        content: what ``node_lock`` made of it.
        folder: of the package.json, below the root.
        name: of the package.
        specifier: as the package.json has it.
    """
    base = lock.path.rpartition("/")[0]
    below = folder.removeprefix(base).strip("/")
    if lock.path.endswith("yarn.lock"):
        return _yarn_version(content, name, specifier)
    if not isinstance(content, dict):
        return None
    if lock.path.endswith("pnpm-lock.yaml"):
        versions = content.get(below or ".")
        return versions.get(name) if isinstance(versions, dict) else None
    packages = content.get("packages")
    if lock.path.endswith("bun.lock"):
        entry = packages.get(name) if isinstance(packages, dict) else None
        told = entry[0] if isinstance(entry, list) and entry and isinstance(entry[0], str) else ""
        return told.rpartition("@")[2] or None
    if isinstance(packages, dict):
        places = (f"{below}/node_modules/{name}".lstrip("/"), f"node_modules/{name}")
        entry = next((packages[place] for place in places if isinstance(packages.get(place), dict)), None)
    else:
        dependencies = content.get("dependencies")
        entry = dependencies.get(name) if isinstance(dependencies, dict) else None
    version = entry.get("version") if isinstance(entry, dict) else None
    return version if isinstance(version, str) else None


def node_lock(lock: SourceFile) -> object:
    """What a lock file holds, in the form that ``node_version`` reads.

    Raises:
        ValueError: the file is not of its format.
    """
    if lock.path.endswith("yarn.lock"):
        return _yarn(lock)
    if lock.path.endswith("pnpm-lock.yaml"):
        return _pnpm(lock)
    if lock.path.endswith("bun.lock"):
        import pyjson5

        try:
            return pyjson5.decode(lock.text, maxdepth=100)
        except pyjson5.Json5Exception as error:
            raise ValueError(str(error.args[0])) from None
    return _json(lock)


def _json(lock: SourceFile) -> dict[str, object]:
    try:
        content = msgspec.json.decode(lock.data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")
    return content


_YARN = regex(rb'^((?:"?[^\s#"][^\n]*)):\r?\n {2}"?version"?:? "?([^"\s]+)"?', re.MULTILINE)


def _yarn(lock: SourceFile) -> dict[str, str]:
    """Version by ``name@specifier``; both forms of yarn.lock, with ``npm:`` taken off."""
    found: dict[str, str] = {}
    for keys, version in _YARN.findall(lock.data):
        for key in keys.decode("utf-8", "replace").replace('"', "").split(", "):
            found[key.replace("@npm:", "@")] = version.decode("utf-8", "replace")
    return found


def _yarn_version(content: object, name: str, specifier: str) -> str | None:
    return content.get(f"{name}@{specifier.removeprefix('npm:')}") if isinstance(content, dict) else None


def _pnpm(lock: SourceFile) -> dict[str, dict[str, str]]:
    """Importer to package to version. Only the beginning of the file is read: the importers stand there."""
    end = re.search(rb"^packages:", lock.data, re.MULTILINE)
    head = SourceFile(lock.path, lock.data[: end.start()] if end else lock.data)
    root = yaml_value(head)
    importers = root.get("importers")
    found: dict[str, dict[str, str]] = {}
    for folder, importer in importers.members.items() if importers is not None else ((".", root),):
        versions = found.setdefault(folder, {})
        for section in ("optionalDependencies", "devDependencies", "dependencies"):
            several = importer.get(section)
            for name, entry in several.members.items() if several is not None else ():
                told = entry.get("version") or entry
                version = (told.text or "").partition("(")[0].partition("_")[0]
                if re.match(r"\d", version):
                    versions[name] = version
    return found


_PNPM_PACKAGE = regex(rb"^ {2}'?/?(@?[^@/'\s:(]+(?:/[^@/'\s:(]+)?)[@/]", re.MULTILINE)


def python_names(lock: SourceFile) -> set[str]:
    """The normal names of all packages of a lock file, in any version.

    Raises:
        ValueError: the file is not of its format.
    """
    if lock.path.endswith("Pipfile.lock"):
        content = _json(lock)
        sections = [content.get(section) for section in ("develop", "default")]
        return {normal(name) for section in sections if isinstance(section, dict) for name in section}
    parts = lock.data.split(b"[[package]]")[1:]
    return {normal(name[1].decode("utf-8", "replace")) for part in parts if (name := _NAME.search(part)) is not None}


def node_names(lock: SourceFile, content: object) -> set[str]:
    """The names of all packages of a lock file; ``content`` is what ``node_lock`` made of it."""
    if lock.path.endswith("pnpm-lock.yaml"):
        start = lock.data.find(b"\npackages:")
        return (
            {name.decode("utf-8", "replace") for name in _PNPM_PACKAGE.findall(lock.data[start:])}
            if start >= 0
            else set()
        )
    if not isinstance(content, dict):
        return set()
    if lock.path.endswith("yarn.lock"):
        return {key[: key.rindex("@")] for key in content if "@" in key[1:]}
    packages = content.get("packages")
    if isinstance(packages, dict):
        return {key.rpartition("node_modules/")[2] for key in packages}
    found: set[str] = set()
    waiting = [content]
    while waiting:
        inner = waiting.pop().get("dependencies")
        if isinstance(inner, dict):
            found.update(inner)
            waiting += [entry for entry in inner.values() if isinstance(entry, dict)]
    return found


def broken(lock: SourceFile, error: ValueError) -> Note:
    """The note for a lock file that cannot be read."""
    return Note(lock.path, f"versions are not known: {error}")
