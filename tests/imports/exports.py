"""Writes ``rules/startup/_exports.json``: the paths inside of packages that their ``exports`` let an import reach.

    python -m tests.imports.exports

The maps are those of the packages in ``tests/node``, by version. A test runs this and compares.
"""

from __future__ import annotations

import json
from pathlib import Path

NODE = Path(__file__).parents[1] / "node"
TARGET = Path(__file__).parents[2] / "rules" / "startup" / "_exports.json"
PACKAGES = (
    "@hono/node-server @hono/zod-openapi @hono/zod-validator @koa/router body-parser dotenv drizzle-orm hono koa "
    "kysely mysql2 pg sequelize uuid zod"
).split()


def maps() -> dict[str, dict[str, list[str]]]:
    """The paths by package and version; a path may hold one star for any text."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in PACKAGES:
        for manifest in sorted(NODE.glob(f"*/node_modules/{name}/package.json")):
            package = json.loads(manifest.read_text("utf-8"))
            exports = package.get("exports")
            if isinstance(exports, dict):
                paths = sorted(path for path, target in exports.items() if path.startswith(".") and target is not None)
                found.setdefault(name, {})[package["version"]] = paths or ["."]
            elif isinstance(exports, str):
                found.setdefault(name, {})[package["version"]] = ["."]
    return {name: dict(sorted(versions.items())) for name, versions in sorted(found.items())}


def text() -> str:
    """The file, a version on a line."""
    return json.dumps(maps(), indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text())
