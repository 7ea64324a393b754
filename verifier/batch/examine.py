"""One run: check it, read its results, classify it. This is what workers do; it never raises."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from verifier import VERSION
from verifier.batch.inputs import LARGEST, key_of
from verifier.batch.nouns import (
    LONGEST,
    BatchError,
    ClauseRow,
    FindingRow,
    LabelRow,
    Outcome,
    RunRow,
    Settings,
    UnreadRow,
    Work,
    clean,
)
from verifier.batch.witness import explain, told, witnessed

if TYPE_CHECKING:
    from verifier.check import Report
    from verifier.config import Task
    from verifier.link import Facts

STRUCTURAL = ("architecture", "database", "orm")  # what the paper's verifiers decide
EXISTING = {"honojs": "hono"}  # folders of tasks on existing projects that are not called as the framework is
MOST_UNREAD = 50  # places of one kind that are kept


def examine(work: Work, settings: Settings, known: str | None) -> Outcome | None:
    """All that can be said of a run; None where that is known already.

    Args:
        known: the key under which the store has it.
    """
    started = perf_counter()
    key = "unread"
    try:
        key = key_of(work, settings)
        if key == known:
            return None
        made = look(work, settings, key)
    except Exception as error:  # one bad run never stops the rest
        made = failed(work, f"Internal error: {type(error).__name__}: {error}"[:LONGEST], key)
    made.row.seconds = perf_counter() - started
    return made


def failed(work: Work, why: str, key: str) -> Outcome:
    """What is kept of a run that could not be looked at."""
    row = RunRow(work.run, key, work.source, work.runtime, work.agent, work.model, work.task, work.date, work.number)
    row.error, row.tool = why, VERSION
    return Outcome(row)


def look(work: Work, settings: Settings, key: str) -> Outcome:
    """Look at a run."""
    row = RunRow(work.run, key, work.source, work.runtime, work.agent, work.model, work.task, work.date, work.number)
    row.tool = VERSION
    made = Outcome(row, labels=[LabelRow(work.run, name, value) for name, value in sorted(work.labels.items())])
    if work.fault is not None:
        row.error = work.fault
        return made
    task = task_of(work)
    if task is not None:
        row.framework = task.framework
        row.constraints = words_of(task)
        row.level = None if is_existing(work) else len(row.constraints)
    checked = check_run(work, settings, task, made)
    facts = checked[0] if checked is not None else None
    report = checked[1] if checked is not None else None
    contract = facts.contract if facts is not None else None
    run = witnessed(work, contract, row.framework, made)
    told(run, work, facts, made)
    comply(row, work, report)
    decided = (row.tests_passed, row.compliant)
    row.succeeded = False if False in decided else None if row.tests_passed is None else True
    if settings.classify and row.succeeded is not True:
        explain(run, facts, report, made)
    return made


def task_of(work: Work) -> Task | None:
    """What the task of a run asks for; None where it is none that is known."""
    from verifier.config import ConfigError, Task, named_task

    if work.task is None:
        return None
    try:
        return named_task(work.task, frameworks())
    except ConfigError:
        runtime = EXISTING.get(work.runtime or "", work.runtime)
        return Task(work.task, runtime, None, None, None) if runtime in frameworks() else None


def is_existing(work: Work) -> bool:
    """Whether the task is one on an existing project: those have no level."""
    return EXISTING.get(work.runtime or "", work.runtime) in frameworks()


@cache
def frameworks() -> tuple[str, ...]:
    """The frameworks that packs teach."""
    from verifier.packs import load_book

    return tuple(sorted({pack.framework for pack in load_book().packs if pack.framework is not None}))


def words_of(task: Task) -> tuple[str, ...]:
    """The constraints of a task, in the words of its name."""
    architecture = "clean_architecture" if task.architecture == "clean" else None
    return tuple(word for word in (architecture, task.database, task.orm) if word is not None)


def check_run(work: Work, settings: Settings, task: Task | None, made: Outcome) -> tuple[Facts, Report] | None:
    """Check the project of a run; None where there is none that can be read."""
    from verifier.check import check
    from verifier.session import Options, Refused, open_session

    run = work.run
    if work.patch is None and work.project is None:
        if work.delivery:
            made.unread.append(UnreadRow(run, "project", None, None, "There is no patch."))
        return None
    made.row.project = work.place
    try:
        if work.patch is not None and Path(work.patch).stat().st_size > LARGEST:
            raise BatchError(f"The patch is larger than {LARGEST // 1_000_000} MB.")
        named = task is not None and not is_existing(work)
        options = Options(
            path=Path(work.project) if work.project is not None else None,
            patch=Path(work.patch) if work.patch is not None else None,
            isolated=True,  # the settings of a project are its author's, who is measured
            task=work.task if named else None,
            framework=task.framework if task is not None and not named else None,
            contract=Path(settings.contract) if settings.contract is not None else None,
            environment=told_of_database(work),
            packs=tuple(map(Path, settings.packs)),
            select=settings.select,
            ignore=settings.ignore,
            jobs=1,
            cache=False,
            quiet=True,
        )
        facts = open_session(options).facts
        report = check(facts)
    except (*Refused, BatchError, OSError) as error:
        made.unread.append(UnreadRow(run, "project", None, None, clean(str(error), work)))
        return None
    except Exception as error:
        made.row.error = f"Internal error in the check: {type(error).__name__}: {error}"[:LONGEST]
        return None
    made.row.files = len(facts.project.files)
    made.row.findings = sum(finding.severity == "error" for finding in report.findings)
    made.findings = [finding_row(run, finding, facts) for finding in report.findings]
    made.clauses = [clause_row(run, verdict) for verdict in report.verdicts]
    made.row.broken = tuple(sorted({verdict.constraint for verdict in report.verdicts if verdict.compliant is False}))
    made.unread.extend(unread_places(run, facts))
    return facts, report


def told_of_database(work: Work) -> tuple[str, ...]:
    """What the run told the project of its database, where a record says so; that it cannot be read is said later."""
    from verifier.classify import FailedRun, InputError
    from verifier.classify.loading import settings_of, with_record

    if work.record is None:
        return ()
    try:
        return settings_of(with_record(FailedRun(), Path(work.record)).record)
    except InputError:
        return ()


def finding_row(run: str, finding: object, facts: Facts) -> FindingRow:
    """A finding, with the layer of its file."""
    from verifier.model import Finding

    assert isinstance(finding, Finding)
    layer = facts.layers.files.get(finding.span.path)
    role = (layer.role or layer.name) if layer is not None else None
    return FindingRow(
        run, finding.rule, str(finding.category), str(finding.severity), str(finding.confidence), finding.span.path,
        finding.span.line, role, finding.endpoints, finding.message[:LONGEST], finding.fingerprint,
    )  # fmt: skip


def clause_row(run: str, verdict: object) -> ClauseRow:
    """A clause, with the first line that speaks for its verdict."""
    from verifier.model import Verdict

    assert isinstance(verdict, Verdict)
    first = verdict.evidence[0] if verdict.evidence else None
    return ClauseRow(
        run, verdict.constraint, verdict.clause, verdict.compliant, len(verdict.evidence),
        first.span.path if first else None, first.span.line if first else None,
        first.message[:LONGEST] if first else None,
    )  # fmt: skip


def unread_places(run: str, facts: Facts) -> list[UnreadRow]:
    """What of the project was not read, as `check` counts it."""
    from verifier.report.data import coverage_data

    data = coverage_data(facts)
    kinds = {
        "query": data["queries"]["unlifted"],
        "import": data["imports"]["unresolved"],
        "route": [*data["routes"]["dynamic"], *data["routes"]["unread"]],
        "syntax": data["syntax"],
    }
    return [
        UnreadRow(run, kind, place["path"], place["line"], str(place["reason"])[:LONGEST])
        for kind, places in kinds.items()
        for place in places[:MOST_UNREAD]
    ]


def comply(row: RunRow, work: Work, report: Report | None) -> None:
    """Whether the project is what its task prescribes, as the paper counts it: nothing delivered keeps nothing."""
    wanted = bool(row.constraints)
    if report is not None:
        held = [verdict.compliant for verdict in report.verdicts if verdict.constraint in STRUCTURAL]
        row.compliant = False not in held
    elif not wanted and work.delivery:
        row.compliant = True
    elif work.delivery and row.error is None:
        row.compliant = False


def prepare() -> None:
    """Get a fresh worker ready: load what every run needs, once."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 8000))
    frameworks()
