"""The start script changes to a folder that is not there.

`cd: /app: No such file or directory`: with `set -e`, and before `&&`, the script ends there and no server is started;
without, it goes on in the folder that it was in, where the files that it starts may not be. A bare `cd` goes to the
home directory, which is another one for each user.

Write `cd "$(dirname "$0")"` to go to the folder of the script, and folders below it relative to it.

The rule is silent about folders that the script makes itself, about absolute ones that a Dockerfile or compose file
names, and where a `cd` that fails does no harm, because everything is found from where the script is already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, is_there, made, named_in, place_of, regex, replace, rule

from ._scripts import SHELL_SCRIPTS, containers, sure

MAKING = regex(r"\b(?:mkdir|git\s+clone|unzip|tar|cp|mv|rsync|install|degit)\b")


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_folder(facts: Facts) -> Iterator[Problem]:
    """Yield each `cd` of the start script that fails, or leads to a folder that nobody knows."""
    project = facts.project
    scripts = {command.span.path for command in facts.launch.commands}
    scripts |= {"run.sh"} if "run.sh" in project.others else set()
    for move in project.manifests.moves:
        if move.span.path not in scripts or not move.span.path.endswith(SHELL_SCRIPTS):
            continue
        absolute = move.target.startswith("/")
        if move.after in project.directories or (move.after == "?" and not absolute and move.target):
            continue
        if absolute and any(move.target.rstrip("/") in text for text in containers(facts)):
            continue
        text = project.others[move.span.path].text
        name = move.target.rstrip("/").rpartition("/")[2]
        if made(f"{move.after}/") or (name and MAKING.search(text) and re.search(rf"\b{re.escape(name)}\b", text)):
            continue
        if move.failure == "ignored" and move.target and harmless(facts, move.span.path, move.before):
            continue
        what = (
            f"there is no folder `{move.target}`" if move.target else "`cd` without a folder goes to the home directory"
        )
        if absolute:
            what = f"nothing says that there is a folder `{move.target}` where this runs"
        yield Problem(
            move.span,
            f"{what[0].upper()}{what[1:]}" if move.target else what,
            symptom=f"cd: {move.target}: No such file or directory"
            if move.target
            else "the files that the script starts are not found in the home directory",
            remedy='Write `cd "$(dirname "$0")"` to go to the folder of the script, and name folders from there',
            severity=sure(facts) if absolute else None,
            confidence=Confidence.MEDIUM if absolute else None,
            routes=(),
            identity=move.target,
        )


def harmless(facts: Facts, script: str, before: str) -> bool:
    """Whether what the script starts is found from the folder that it was in before."""
    project = facts.project
    commands = [one for one in project.manifests.commands if one.span.path == script]
    found = [name for one in commands if (name := named_in(project, replace(one, directory=before))) is not None]
    if any(entry.command.span.path == script for entry in facts.startup.entries):
        found = [name for name in found if name.kind == "file"]
    for name in found:
        place = place_of(name)
        if name.kind == "file" and (place is None or not is_there(project, place)):
            return False
        top = name.text.replace(".", "/")
        below = f"{before}/{top}" if before else top
        if name.kind != "file" and below + ".py" not in project.paths and below not in project.directories:
            return False
    return True
