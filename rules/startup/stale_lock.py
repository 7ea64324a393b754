"""package-lock.json holds another version than package.json asks for.

`npm ci` refuses to install (`package.json and package-lock.json are not in sync`), and `npm install` looks for the
version that package.json names: where there is none, it ends with `No matching version found`. Then nothing is
installed, and the server does not start.

Ask for a version that exists, and run `npm install`, which writes both files.

The rule reads exact versions and ranges of direct dependencies; it is silent about tags, addresses, workspaces and
overrides, and where another program installs (pnpm, yarn, bun).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, regex, rule, satisfies

OTHER_LOCKS = ("pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb")
PLAIN = regex(r"[\^~<>=v\d.xX* |-]+(?:-[\w.]+)?")


@rule(Category.SERVER_STARTUP_FAILURE)
def stale_lock(facts: Facts) -> Iterator[Problem]:
    """Yield each dependency whose locked version is not one that is asked for."""
    project = facts.project
    names: dict[tuple[str, str], int] = {}
    for one in project.manifests.requirements:
        names[one.span.path, one.name] = names.get((one.span.path, one.name), 0) + 1
    for one in project.manifests.requirements:
        folder, _, name = one.span.path.rpartition("/")
        lock = f"{folder}/package-lock.json" if folder else "package-lock.json"
        if name != "package.json" or lock not in project.paths or names[one.span.path, one.name] > 1:
            continue
        if one.locked is None or not PLAIN.fullmatch(one.specifier) or not re.match(r"\d", one.locked):
            continue
        if any(f"{folder}/{other}".lstrip("/") in project.paths for other in OTHER_LOCKS):
            continue  # who installs with another program leaves this one behind
        if b'"overrides"' in project.others[one.span.path].data:
            continue
        if satisfies("npm", one.locked, one.specifier) is False:
            yield Problem(
                one.span,
                f"`{one.name}` is asked for in version {one.specifier}, and {lock} holds {one.locked}",
                symptom="npm ci: package.json and package-lock.json are not in sync; npm install, where there is none: "
                f"No matching version found for {one.name}@{one.specifier}",
                remedy="Ask for a version that exists, and let `npm install` write the lock file",
                routes=(),
                identity=one.name,
            )
