"""A manifest cannot be read.

npm stops at a package.json that is no JSON (a comment, a comma too many, a lost quote), pip and uv at a
pyproject.toml that is no TOML. Nothing is installed then, and what a start command asks of npm fails as well.

Mend the file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, SourceFile, Span, is_test, rule

from ._templates import is_template


@rule(Category.SERVER_STARTUP_FAILURE)
def invalid_manifest(facts: Facts) -> Iterator[Problem]:
    """Yield each package.json and pyproject.toml that is none."""
    broken = {note.path: note.reason for note in facts.project.left_out.notes}
    for path in broken:
        source = facts.project.others.get(path)
        name = path.rpartition("/")[2]
        if source is None or name not in ("package.json", "pyproject.toml") or is_test(path):
            continue
        if is_template(path, source.data):
            continue
        found = of_json(source) if name == "package.json" else of_toml(source)
        if found is not None:
            line, column, reason = found
            yield Problem(
                Span(path, line, column, line, column + 1),
                f"{name} cannot be read: {reason}",
                symptom="npm error code EJSONPARSE" if name == "package.json" else "TOML parse error",
                remedy="Mend the file",
                routes=(),
                identity="manifest",
            )


def of_json(source: SourceFile) -> tuple[int, int, str] | None:
    """Line, column and reason of what is wrong with a JSON file."""
    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        return error.lineno, error.colno, error.msg
    except RecursionError:
        return None
    return None


def of_toml(source: SourceFile) -> tuple[int, int, str] | None:
    """The same of a TOML file."""
    try:
        tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        reason = str(error).partition(" (at ")[0]
        return (int(place[1]), int(place[2]), reason) if place is not None else (1, 1, reason)
    except RecursionError:
        return None
    return None
