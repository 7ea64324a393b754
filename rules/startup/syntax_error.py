"""A source file cannot be parsed.

The language rejects the file as soon as it is loaded, and with it whatever imports it: most often the whole server.
Common causes are lost quotes or indentation, and remains of a shell script (`EOF`, back-slashes before back-ticks) in
the source.

Mend the syntax. The rest of the project is checked all the same; what this file holds is not.

Files that are templates for others (`{% if ... %}`) are left alone. It is a warning where the start is known, and
neither imports the file nor names it anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename

from verifier.api import Category, Facts, Problem, Severity, is_test, reachable, rule

from ._templates import is_template


@rule(Category.SERVER_STARTUP_FAILURE)
def syntax_error(facts: Facts) -> Iterator[Problem]:
    """Yield the first certain fault of each file."""
    reach = Reach(facts)
    for path, file in facts.files.items():
        certain = [fault for fault in file.faults if fault.certain]
        if certain and not is_template(path, facts.project.files[path].data):
            first = certain[0]
            yield Problem(
                first.span,
                f"The file cannot be parsed: {first.message}",
                symptom="the process ends with a syntax error when it loads this file",
                remedy="Mend the syntax",
                routes=(),
                severity=Severity.WARNING if is_test(path) or not reach.has(path) else None,
                identity="syntax",
            )


class Reach:
    """What the start reaches, found when it is first asked for."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that the start imports, at once or later."""
        entries = [entry.path for entry in self.facts.startup.entries]
        return frozenset(reachable(entries, self.facts.imports)) | set(self.facts.started.files)

    def has(self, path: str) -> bool:
        """Whether a file may be loaded: it is imported, or something that is names it; also where nothing is known."""
        if not self.facts.startup.entries or path in self.files:
            return True
        stem = re.sub(r"(?:/__init__|/index)?\.\w+$", "", path)
        word = re.compile(rb"(?<![\w-])" + re.escape(basename(stem).encode()) + rb"(?![\w-])")
        folder = re.compile(rb"(?:readdir|listdir|iterdir|glob|walk|import_module|__import__|autoload|iter_modules)")
        texts = [self.facts.project.files[one].data for one in self.files if one in self.facts.project.files]
        return any(word.search(data) or folder.search(data) for data in texts)
