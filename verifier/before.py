"""A report, held against the baseline and against the project before a change, which is checked in the same way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from verifier.check import Known, Report, check
from verifier.gate import Then, hold, items_of
from verifier.gate.errors import GateError
from verifier.gate.history import Base, Tree, base_of, checked_out, moves
from verifier.link import ContractText, Facts
from verifier.link.contract import ContractError
from verifier.model import Project
from verifier.read import ReadError, read
from verifier.report.progress import Progress
from verifier.session import Options, Session, linked, timed


def held(
    options: Options, session: Session, report: Report, baseline: Sequence[Known] | None, revision: str | None
) -> tuple[Report, tuple[Known, ...]]:
    """A report in which only what is new counts, and the lines of the baseline that still hold.

    Args:
        baseline: what is known; None for nothing.
        revision: where the change began; None where everything counts.

    Raises:
        GateError: the history cannot be read.
    """
    base, then = None, None
    if revision is not None:
        base = base_of(folder_of(options), revision)
        idle = not report.findings and not report.broken()
        then = Then(()) if idle else before(options, session, base)
    only = options.path.name if is_file(options) and options.path is not None else None
    made, kept = hold(report, session.facts, baseline=baseline, base=then, only=only)
    if made.gate is not None:
        name = str(session.baseline) if baseline is not None else None
        made = replace(made, gate=replace(made.gate, baseline=name, base=base.commit if base is not None else None))
    return made, kept


def folder_of(options: Options) -> Path:
    """The folder whose history is asked for.

    Raises:
        GateError: a patch alone has none.
    """
    if options.path is None and options.patch is not None:
        raise GateError("--diff-base looks into the history of a folder; a patch alone has none: name the folder too.")
    path = options.path or Path()
    return path.parent if is_file(options) else path


def is_file(options: Options) -> bool:
    """Whether one file is checked."""
    return options.path is not None and options.path.is_file()


def before(options: Options, session: Session, base: Base) -> Then:
    """What was there before the change.

    The settings are those of now. A contract that the repository held is read as it was; another one has not changed.

    Raises:
        GateError: the history cannot be read.
    """
    contract = within(base, session.contract_file)
    with timed(session.stages, "before the change"), checked_out(base, frozenset({contract} - {""})) as tree:
        project = project_of(options, session, tree)
        if project is None:
            return Then((), below=tree.modules)
        old = facts_of(options, session, project, tree.top / contract if contract else None)
        known = [item.known for item in items_of(check(old), old, undecided=True)]
        return Then(known, moves(contents(project), contents(session.facts.project)), tree.modules)


def project_of(options: Options, session: Session, tree: Tree) -> Project | None:
    """The project as it was; None where there was none."""
    if tree.folder is None:
        return None
    path = tree.folder / options.path.name if is_file(options) and options.path is not None else tree.folder
    config = session.config
    try:
        return read(path, exclude=config.exclude, respect_gitignore=config.respect_gitignore)
    except ReadError:
        return None


def facts_of(options: Options, session: Session, project: Project, contract: Path | None) -> Facts:
    """The facts of the project as it was."""
    now = session.facts.contract_text
    was = now
    if now is not None and contract is not None and contract.is_file():
        was = ContractText(contract.read_text("utf-8", "replace"), now.path)
    with Progress(enabled=not options.quiet) as progress:
        try:
            return linked(project, session.config, session.book, was, options, {}, progress)
        except ContractError:  # the change mended it
            return linked(project, session.config, session.book, now, options, {}, progress)


def contents(project: Project) -> dict[str, bytes]:
    """All texts of a project that were read."""
    return {path: source.data for path, source in {**project.others, **project.files}.items()}


def within(base: Base, file: Path | None) -> str:
    """The path of a file in the repository; empty where it lies elsewhere."""
    if file is None:
        return ""
    real = Path(os.path.realpath(file))
    return real.relative_to(base.repository).as_posix() if real.is_relative_to(base.repository) else ""
