"""An import of the project's own code leads nowhere.

The file or module is not there, or it has no such name: the process ends with `ModuleNotFoundError`, `ImportError` or
`ERR_MODULE_NOT_FOUND` as soon as it loads the file, before the server listens.

Import the module where it lies, under a name that it has.

The rule looks at files that the start loads, and at imports that run then; an import whose failure is handled, one for
types alone, files that only tests and tools use, and modules that `.gitignore` names, because a tool writes them, are
left alone. `startup/import-outside-path` is about modules that are there and that this way of launching does not find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, Span, UnresolvedImport, is_test, module_is_ignored, rule

HANDLED = "(its failure is handled)"
DATA = (".json", ".css", ".html", ".svg", ".png", ".graphql", ".node", ".wasm", ".txt", ".md")


@rule(Category.SERVER_STARTUP_FAILURE)
def unresolved_import(facts: Facts) -> Iterator[Problem]:
    """Yield each import of the files that the start loads which does not arrive."""
    if not facts.imports.unresolved:
        return
    loaded = facts.launch.loaded | set(facts.started.files)
    for found in facts.imports.unresolved:
        path = found.span.path
        if path not in loaded or is_test(path) or found.reason.endswith(HANDLED) or found.module.endswith(DATA):
            continue
        if found.kind not in ("runtime", "lazy") or is_generated(facts, found):
            continue
        python = path.endswith(".py")
        name = re.match(r"`([^`]+)` is not defined in", found.reason)
        word = name[1] if name is not None else found.module
        late = found.kind == "lazy"
        yield Problem(
            within(facts, found.span, word),
            f"This import leads nowhere: {found.reason}",
            symptom=symptom(found.module, name[1] if name is not None else None, python=python),
            remedy="Import the module where it lies, under a name that it has",
            routes=None if late else (),
            severity=Severity.WARNING if late else None,
            identity=f"{found.module} {word}",
        )


def is_generated(facts: Facts, found: UnresolvedImport) -> bool:
    """Whether the repository does not hold a module of JavaScript on purpose."""
    if found.span.path.endswith(".py") or not found.place:
        return False
    return module_is_ignored(facts.project, found.place)


def symptom(module: str, name: str | None, *, python: bool) -> str:
    """What the log shows."""
    if python:
        plain = module.lstrip(".")
        if name is not None:
            return f"ImportError: cannot import name '{name}' from '{plain}'"
        return f"ModuleNotFoundError: No module named '{plain}'"
    if name is not None:
        return f"SyntaxError: The requested module '{module}' does not provide an export named '{name}'"
    return f"Error: Cannot find module '{module}'"


def within(facts: Facts, span: Span, word: str) -> Span:
    """The word in a statement of at most twenty lines; the statement's first line where it is not found."""
    source = facts.project.files[span.path]
    last = word.rpartition("*")[2]
    pattern = re.compile(rf"(?<![\w$]){re.escape(last)}(?![\w$])")
    for number in range(span.line, span.line + 20):
        line = source.line(number)
        match = pattern.search(line, span.column - 1 if number == span.line else 0)
        if match is not None:
            return Span(span.path, number, match.start() + 1, number, match.end() + 1)
        if number > span.line and re.match(r"(?:import|from|const|let|var|def|class)\b|\)", line):
            break
    return span
