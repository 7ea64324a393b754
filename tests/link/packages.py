"""Writes ``verifier/link/packages.json``: ``python -m tests.link.packages [MAPPING]``.

What is imported by which distribution comes from the metadata of those that are installed here, and from the mapping
that pipreqs maintains (``pipreqs/mapping`` of an installed pipreqs, lines ``module:distribution``; Apache License 2.0).
What requires what comes from the metadata, and for Node from the lock files of ``tests/node`` and of the backends.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "verifier" / "link" / "packages.json"
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?")
EXTRA = re.compile(r"\bextra\s*==\s*['\"]([^'\"]+)['\"]")
NAME = re.compile(r"[A-Za-z_]\w*")
# This program, and what environments come with.
LEFT_OUT = frozenset({"buttress", "pip", "setuptools", "wheel"})


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_imports() -> dict[str, set[str]]:
    """Top-level modules of what is installed, to distributions."""
    found: dict[str, set[str]] = {}
    for module, names in metadata.packages_distributions().items():
        if NAME.fullmatch(module) and not module.startswith("_"):
            ours = {normal(name) for name in names} - LEFT_OUT
            if ours:
                found.setdefault(module, set()).update(ours)
    return found


def installed_requires() -> tuple[dict[str, list[str]], dict[str, dict[str, list[str]]]]:
    """What each installed distribution requires, always and with each of its extras."""
    always: dict[str, list[str]] = {}
    extras: dict[str, dict[str, list[str]]] = {}
    for one in metadata.distributions():
        own = normal(one.metadata["Name"])
        if own in LEFT_OUT:
            continue
        always[own] = []
        for line in one.requires or ():
            match = REQUIREMENT.match(line)
            if match is None:
                continue
            name, extra = normal(match[1]), EXTRA.search(line)
            target = extras.setdefault(own, {}).setdefault(normal(extra[1]), []) if extra else always[own]
            if name not in target:
                target.append(name)
    return {name: sorted(several) for name, several in always.items()}, {
        name: {extra: sorted(inner) for extra, inner in several.items()} for name, several in extras.items()
    }


def mapped_imports(mapping: Path) -> dict[str, set[str]]:
    """Top-level modules by pipreqs' mapping, to distributions."""
    found: dict[str, set[str]] = {}
    for line in mapping.read_text("utf-8").splitlines():
        module, _, name = line.partition(":")
        if NAME.fullmatch(module) and name:
            found.setdefault(module, set()).add(normal(name))
    return found


def node_requires() -> dict[str, list[str]]:
    """What packages of our lock files depend on, in any of their versions."""
    found: dict[str, set[str]] = {}
    locks = sorted((ROOT / "tests" / "node").glob("*/package-lock.json"))
    locks += sorted((ROOT / "fixtures" / "apps").glob("*/package-lock.json"))
    for lock in locks:
        for place, entry in json.loads(lock.read_text("utf-8"))["packages"].items():
            name = place.rpartition("node_modules/")[2]
            if name:
                several = found.setdefault(name, set())
                for section in ("dependencies", "optionalDependencies", "peerDependencies"):
                    several.update(entry.get(section, ()))
    return {name: sorted(several) for name, several in found.items()}


def table(mapping: Path | None) -> dict[str, Any]:
    """The whole table: what it knew, and what is installed here."""
    known = json.loads(TABLE.read_text("utf-8"))
    imports = {module: set(names) for module, names in known["imports"].items()}
    for module, names in installed_imports().items():
        imports.setdefault(module, set()).update(names)
    for module, names in (mapped_imports(mapping) if mapping is not None else {}).items():
        imports.setdefault(module, set()).update(names)
    requires, extras = installed_requires()
    return {
        "imports": {module: sorted(names) for module, names in imports.items()},
        "requires": known["requires"] | requires,
        "extras": known["extras"] | extras,
        "node": known["node"] | node_requires(),
    }


def main() -> None:
    """Write the table."""
    mapping = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    parts = [
        json.dumps(name)
        + ": {\n"
        + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, sort_keys=True)}" for k, v in rows)
        + "\n}"
        for name, content in table(mapping).items()
        for rows in [sorted(content.items())]
    ]
    TABLE.write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
