"""Small projects on disk, read and linked."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from verifier.check import Report, check
from verifier.link import Facts
from verifier.session import Options, open_session


def facts_of(folder: Path, files: dict[str, str], **options: str) -> Facts:
    """The facts of a project of some files, held against the clean architecture."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), "utf-8")
    named = {"architecture": "clean", **options}
    return open_session(Options(path=folder, cache=False, quiet=True, isolated=True, **named)).facts  # type: ignore[arg-type]


def report_of(folder: Path, files: dict[str, str], **options: str) -> Report:
    """What a check of such a project finds."""
    return check(facts_of(folder, files, **options))


def found(report: Report, rule: str) -> list[tuple[str, int]]:
    """Where a rule finds something."""
    return [(finding.span.path, finding.span.line) for finding in report.findings if finding.rule == rule]
