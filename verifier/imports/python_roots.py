"""Which folders Python searches for modules: what the project's commands, manifests and own code say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename

from verifier.imports.resolution import ancestors, joined, parent
from verifier.model import Command, FileFacts, Project
from verifier.regex import regex

WRAPPERS = frozenset({"exec", "sudo", "nohup", "time", "env", "command", "dotenv", "watchmedo", "tini", "dumb-init"})
RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "rye", "hatch", "conda", "micromamba", "doppler"})
SERVERS = frozenset(
    """uvicorn gunicorn hypercorn daphne granian celery flask fastapi alembic pytest py.test rq dramatiq arq taskiq
    waitress-serve quart sanic litestar huey_consumer aerich django-admin ddtrace-run opentelemetry-instrument
    newrelic-admin coverage""".split()
)
FOLDER_OPTIONS = frozenset({"--app-dir", "--chdir", "--pythonpath", "--workdir"})
PYTHON = regex(r"(?:python|pypy)[\d.]*w?")
ASSIGNED = regex(r"[A-Za-z_]\w*=")

SEARCH_PATH = regex(r"sys\.path\.(?:insert|append|extend)\(|sys\.path\s*(?:\+=|\[0:0\]\s*=|=(?!=))|site\.addsitedir\(")
TEXTS = regex(r"(?<![\w])[rRuU]?(\"[^\"\n]*\"|'[^'\n]*')")
NAMES = regex(r"(?<![\w.])[A-Za-z_]\w*")
UP = regex(r"dirname\(|\.parent\b(?!s)|pardir\b")
UP_TO = regex(r"\.parents\[(\d+)\]")


def explicit_roots(project: Project, facts: Mapping[str, FileFacts]) -> tuple[set[str], set[str]]:
    """Folders on the search path of the code below them, and folders whose packages are installed for all.

    The root itself is one of the former: tests and servers are started there.
    """
    here, everywhere = {""}, set()
    for command in project.manifests.commands:
        here.update(launch_folders(command, project))
    for requirement in project.manifests.requirements:
        if not requirement.span.path.endswith(("package.json", ".lock", ".yaml", "package-lock.json")):
            here.add(parent(requirement.span.path))
    for declared in project.manifests.python:
        folder = parent(declared.path)
        roots = {root for root in (joined(root) for root in declared.package_roots) if root is not None}
        if not roots:
            roots = {folder, *source_layout(project, folder)}
        here |= {folder, *roots}
        everywhere |= roots
    for path in project.files:
        if basename(path) == "manage.py":
            here.add(parent(path))
    for path, fact in facts.items():
        if fact.language == "python" and b"sys.path" in project.files[path].data:
            here.update(added_roots(project, path))
    return {root for root in here if root in project.directories}, everywhere & project.directories


def source_layout(project: Project, folder: str) -> set[str]:
    """``src`` below a folder, where it is no package itself."""
    source = f"{folder}/src" if folder else "src"
    if source in project.directories and f"{source}/__init__.py" not in project.paths:
        return {source}
    return set()


def launch_folders(command: Command, project: Project) -> Iterator[str]:
    """The folders that a command puts on Python's search path."""
    words = list(command.argv)
    for place in command.environment.get("PYTHONPATH", "").split(":"):
        yield from below(command.directory, place)
    while words and (basename(words[0]) in WRAPPERS | RUNNERS or ASSIGNED.match(words[0]) or words[0] in ("run", "--")):
        if words[0].startswith("PYTHONPATH="):
            for place in words[0].partition("=")[2].split(":"):
                yield from below(command.directory, place)
        words.pop(0)
    if not words:
        return
    if PYTHON.fullmatch(basename(words[0])):
        words.pop(0)
        while words and words[0].startswith("-") and words[0] not in ("-m", "-c"):
            takes_value = words[0] in ("-W", "-X")
            del words[: 2 if takes_value else 1]
        if words[:1] == ["-m"]:
            yield command.directory
            words = words[1:]
        elif words and words[0].endswith(".py"):
            yield from below(command.directory, parent(words[0]))
            return
        else:
            yield command.directory
            return
    if not words or basename(words[0]) not in SERVERS:
        return
    yield command.directory
    for index, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in FOLDER_OPTIONS:
            yield from below(command.directory, value if equals else "".join(words[index + 1 : index + 2]))
        elif word.endswith(".py") and basename(words[0]) == "fastapi":
            folder = joined(command.directory, parent(word))
            while folder and f"{folder}/__init__.py" in project.paths:
                folder = parent(folder)
            if folder is not None:
                yield folder


def below(folder: str, place: str) -> Iterator[str]:
    """A folder given by a relative path, if it lies in the project; absolute ones are another machine's."""
    place = re.sub(r"^\$\{?PWD\}?/?|^\$\(pwd\)/?", "./", place)
    if place.startswith("/") or "$" in place:
        return
    found = joined(folder, place)
    if found is not None:
        yield found


def added_roots(project: Project, path: str) -> Iterator[str]:
    """The folders that a file adds to ``sys.path``, as far as they are written out."""
    text = project.files[path].text
    for match in SEARCH_PATH.finditer(text):
        yield from evaluated(project, path, text, argument(text, match.end()))


def evaluated(project: Project, path: str, text: str, expression: str, depth: int = 0) -> Iterator[str]:
    """The folder that an expression over ``__file__``, literals and names of the same file gives."""
    literals = [found[1:-1] for found in TEXTS.findall(expression)]
    if "__file__" in expression:
        levels = len(UP.findall(expression)) + sum(int(count) + 1 for count in UP_TO.findall(expression))
        found = joined(path, *[".."] * levels, *literals)
        if found is not None and found in project.directories:
            yield found
        return
    names = [
        name
        for name in re.findall(r"(?<![\w.\"'])[A-Za-z_]\w*", TEXTS.sub("", expression))
        if name not in ("os", "sys", "str")
    ]
    for name in names if depth < 3 else ():
        assigned = re.search(rf"^{name}\s*(?::[^=\n]*)?=\s*(?=\S)", text, re.MULTILINE)
        if assigned is None:
            continue
        value = argument(text, assigned.end())
        suffix = "".join(f', "{literal}"' for literal in literals)
        ups = ".parent" * len(UP.findall(expression))
        yield from evaluated(project, path, text, f"{value}{ups}{suffix}", depth + 1)
        return
    if not literals or any(literal.startswith(("/", "~")) for literal in literals):
        return
    for base in ("", *ancestors(parent(path))):
        found = joined(base, *literals)
        if found is not None and found in project.directories:
            yield found
            return


def argument(text: str, start: int) -> str:
    """The expression that starts somewhere: up to the bracket that closes around it, or to the end of its line."""
    depth, at = 0, start
    limit = min(len(text), start + 400)
    while at < limit:
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
            if depth < 0:
                break
        elif text[at] == "\n" and depth == 0:
            break
        at += 1
    return text[start:at]
