"""Writes ``_missing.json`` of the Node packs: what objects of a framework lack that others have.

    python -m tests.frameworks.missing

A name is in the table of a version and an object where that object lacks it, and an object of the same part in another
version or another framework has it. The facts are those of the packages in ``tests/node``; a test runs this and
compares.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NODE = HERE.parent / "node"
RULES = HERE.parents[1] / "rules"
SETS = ("current", "previous", "older")
FRAMEWORKS = ("express", "fastify", "hono", "koa")
# The parts that objects play: what stands for the application, for the request, and for the answer.
PARTS = {
    "app": ("app", "router"),
    "router": ("app", "router"),
    "request": ("request",),
    "response": ("response", "context"),
    "context": ("response", "context"),
}
# Members that are no methods, and that carry a request's data.
NEVER = frozenset(
    {"asIndexedPairs", "catch", "finally", "inspect", "then", "toJSON"}
)  # read by the language itself, or private
DATA = frozenset("body headers hostname ip method params path query request response url".split())
Objects = dict[str, dict[str, list[str]]]


def inspected() -> dict[str, dict[str, Objects]]:
    """What the installed versions have, by framework and version."""
    found: dict[str, dict[str, Objects]] = {name: {} for name in FRAMEWORKS}
    for folder in SETS:
        for framework in FRAMEWORKS:
            home = NODE / folder
            if not (home / "node_modules" / framework).is_dir():
                continue
            done = subprocess.run(
                ["node", "--no-deprecation", str(HERE / "missing.mjs"), str(home), framework],
                capture_output=True,
                text=True,
                check=True,
            )
            answer: dict[str, Any] = json.loads(done.stdout)
            found[framework][answer["version"]] = answer["objects"]
    return found


def missing(framework: str, version: str, role: str, known: dict[str, dict[str, Objects]]) -> dict[str, str]:
    """What an object lacks, each name with who has it: ``express 4``, ``fastify``."""
    own = set[str]().union(*known[framework][version][role].values())
    holders: dict[str, dict[str, None]] = {}
    for other, versions in known.items():
        for their_version, objects in versions.items():
            for their_role in PARTS[role]:
                members = objects.get(their_role)
                if members is None or (other, their_version) == (framework, version):
                    continue
                if other == framework and their_role != role:
                    continue
                names = [*members["methods"], *(name for name in members["others"] if name in DATA)]
                holder = f"{other} {their_version.partition('.')[0]}" if other == framework else other
                for name in names:
                    if name not in own and name not in NEVER:
                        holders.setdefault(name, {})[holder] = None
    return {name: ", ".join(sorted(found)) for name, found in sorted(holders.items())}


def tables() -> dict[str, str]:
    """The text of each pack's file."""
    known = inspected()
    return {
        framework: json.dumps(
            {
                version: {role: missing(framework, version, role, known) for role in sorted(objects)}
                for version, objects in sorted(versions.items())
            },
            indent=1,
        )
        + "\n"
        for framework, versions in known.items()
    }


def main() -> None:
    """Write the files."""
    for framework, text in tables().items():
        (RULES / framework / "_missing.json").write_text(text)


if __name__ == "__main__":
    main()
