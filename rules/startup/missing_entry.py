"""The start command runs a file or module that is not there.

`python: can't open file 'src/app.py'`, `Cannot find module 'server.js'`, `Error loading ASGI app`: nothing is started.
Paths count from the folder that the script is in by then, and Python looks for modules in the folder of the file that
is run, or in the current folder with `-m` and for servers such as uvicorn and gunicorn.

Name the file or module as it is found from there, and `cd` to its folder before where that is another one.

The rule is silent where a build, a container or an earlier command puts the file there, where `.gitignore` names it,
and where the folder is not known. What a build should have written, and nothing builds, is reported by
`startup/never-built`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from verifier.api import (
    Category,
    Confidence,
    Facts,
    Named,
    Problem,
    is_ignored,
    is_there,
    made,
    missing_module,
    named_in,
    output_of,
    place_of,
    rule,
)

from ._scripts import containers, sure


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_entry(facts: Facts) -> Iterator[Problem]:
    """Yield what the start names and does not find."""
    project = facts.project
    seen = set()
    for name in facts.launch.named:
        if (name.span, name.text) in seen:
            continue
        seen.add((name.span, name.text))
        if name.command.directory not in project.directories:
            continue
        if name.kind != "file":
            if "/" in name.text or name.text.endswith((".py", ".js", ".ts")):
                continue
            reason = missing_module(project, facts.modules, name)
            if reason is not None and not mentioned(facts, name, name.text.partition(".")[0]):
                yield Problem(
                    name.span,
                    f"Python does not find what this command starts: {reason}",
                    symptom=f"No module named '{name.text}'"
                    if name.kind == "module"
                    else "Error loading the application",
                    remedy="Name the module as it is found from the folder that this runs in",
                    routes=(),
                    identity=name.text,
                )
            continue
        if name.text.startswith("/"):
            yield from absolute(facts, name)
            continue
        place = place_of(name)
        if place is None or is_there(project, place) or made(place) or output_of(place, project):
            continue
        if any(place + ending in project.paths for ending in (".ts", ".mjs", ".cjs")) or mentioned(facts, name, place):
            continue
        if is_ignored(project, place):
            continue
        others = sorted(path for path in project.paths if basename(path) == basename(place))
        where = f"; it is {others[0]}" if len(others) == 1 else ""
        yield Problem(
            name.span,
            f"There is no file `{name.text}` in {naming(name.command.directory)}, where this runs{where}",
            symptom=f"{basename(name.text)}: No such file or directory",
            remedy="Name a file that is there, or `cd` to its folder before",
            routes=(),
            identity=name.text,
        )


def absolute(facts: Facts, name: Named) -> Iterator[Problem]:
    """An absolute path in a script that no container is said to hold, while the project has a file of that name."""
    others = sorted(path for path in facts.project.paths if basename(path) == basename(name.text))
    if not others or containers(facts) or name.command.where in ("Dockerfile", "docker-compose"):
        return
    yield Problem(
        name.span,
        f"Nothing says that the project lies where `{name.text}` is; the file is {others[0]}",
        symptom=f"{name.text}: No such file or directory",
        remedy='Write `cd "$(dirname "$0")"` first, and name the file from there',
        severity=sure(facts),
        confidence=Confidence.MEDIUM,
        routes=(),
        identity=name.text,
    )


def mentioned(facts: Facts, name: Named, place: str) -> bool:
    """Whether an earlier command, or a description of a container, speaks of the path: it may put it there."""
    word = re.compile(rf"(?<![\w.-]){re.escape(basename(place))}(?![\w.-])")
    for command in facts.launch.commands:
        puts = name.kind == "file" or named_in(facts.project, command) is None
        if puts and command.span < name.command.span and any(word.search(text) for text in command.argv):
            return True
    if name.command.where in ("Dockerfile", "docker-compose"):
        return any(len(word.findall(text)) > 1 for text in containers(facts))
    return any(word.search(text) for text in containers(facts))


def naming(folder: str) -> str:
    """A folder by name."""
    return f"`{folder}/`" if folder else "the root folder"
