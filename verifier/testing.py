"""For tests of rules, ours and those of other packs: expectations that stand in a fixture's own lines.

``# finding: pack/rule`` (``//`` and ``--`` alike) at the end of a line says that the rule reports that line, and
nothing else is reported. Several rules are separated by commas.
"""

from __future__ import annotations

from pathlib import Path

from verifier.check import check
from verifier.packs import Book
from verifier.regex import regex
from verifier.session import Options, open_session

PATCH = "change.patch"
MARK = regex(r"(?:#|//|--|<!--)\s*finding:\s*([\w/,\- ]+)")

Place = tuple[str, int, str]


def texts(folder: Path) -> list[Path]:
    """The files of a fixture, without what Python leaves behind where it has been run."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"]


def expected(folder: Path) -> set[Place]:
    """The marked lines of a fixture: file, line, rule."""
    found: set[Place] = set()
    for path in texts(folder):
        text = path.read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            mark = MARK.search(line)
            for rule in mark.group(1).split(",") if mark else ():
                found.add((path.relative_to(folder).as_posix(), number, rule.strip(" -")))
    return found


def reported(folder: Path, packs: tuple[Path, ...] = ()) -> set[Place]:
    """What all rules report in a fixture, with the settings that lie in it, and its ``change.patch`` if it has one."""
    patch = folder / PATCH
    given = patch if patch.is_file() else None
    session = open_session(Options(path=folder, patch=given, packs=packs, cache=False, quiet=True))
    return {(finding.span.path, finding.span.line, finding.rule) for finding in check(session.facts).findings}


def without_fixtures(book: Book, fixtures: Path) -> list[str]:
    """Rules that lack a bad or a good fixture in a folder that mirrors the rules."""
    return [
        rule
        for rule in book.rules
        for kind in ("bad", "good")
        if not any((fixtures / rule.replace("-", "_") / kind).glob("**/*"))
    ]
