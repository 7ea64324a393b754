"""The nouns of a batch: a run that is to be looked at, what came of it, and the rows that a store keeps.

Each ``...Row`` is a table of the store, its attributes the columns; ``verifier.batch.store`` makes the tables from
them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

SCHEMA_VERSION = 1

LONGEST = 2_000  # characters of a text that are kept

Source: TypeAlias = Literal["tree", "manifest"]


class BatchError(Exception):
    """A batch or a study cannot be done; the text is one sentence for the user."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a manifest. Paths are below the manifest's folder, or below ``--root``.

    Attributes:
        run: its name, unique in the manifest; by default made from agent, model, task and place.
        project: a folder; ``patch`` a unified diff, alone or on top of it.
        record: what `buttress test` wrote; ``results`` (or ``newman``) a report of another tool.
        log: of the server; ``setup_log`` of the installation.
        trajectory: what the agent did.
        task: by name, such as ``express-openapi-clean_architecture-postgres``.
        labels: anything else that the store should know of the run.
    """

    run: str | None = None
    project: str | None = None
    patch: str | None = None
    record: str | None = None
    results: str | None = None
    newman: str | None = None
    log: str | None = None
    setup_log: str | None = None
    trajectory: str | None = None
    task: str | None = None
    runtime: str | None = None
    agent: str | None = None
    model: str | None = None
    date: str | None = None
    number: str | None = None
    labels: dict[str, str] = {}


class Work(Struct, frozen=True):
    """A run that is to be looked at. Paths are whole; a part that is None is not there.

    Attributes:
        run: its name, which is unique in a store.
        place: the project as it was named: below the tree, or in the manifest.
        delivery: whether a missing project is a fault of who was to write it: in the tree of a benchmark it is.
        fault: why it cannot be looked at.
    """

    run: str
    source: Source
    runtime: str | None = None
    agent: str | None = None
    model: str | None = None
    task: str | None = None
    date: str | None = None
    number: str | None = None
    project: str | None = None
    patch: str | None = None
    record: str | None = None
    results: str | None = None
    log: str | None = None
    setup_log: str | None = None
    trajectory: str | None = None
    labels: dict[str, str] = {}
    place: str | None = None
    delivery: bool = False
    fault: str | None = None


class Settings(Struct, frozen=True):
    """What a batch was asked for. All of it but ``timeout`` is part of a run's key."""

    contract: str | None = None
    packs: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    classify: bool = True
    timeout: float = 120.0
    code: str = ""


class RunRow(Struct):
    """A run: one row for each.

    Attributes:
        run: its name: runtime/agent/model/task/date/number of a results tree, or the manifest's.
        key: digest of what was read, of the tool and of the options; the run is done again when it changes.
        source: where it came from: `tree` or `manifest`.
        runtime: `uv` or `node`; of tasks on existing projects the folder's name.
        agent: who wrote the project.
        model: with which model.
        task: what was asked for, without the runtime in front.
        date: the folder of the date.
        number: the run among those of its task: `run_0`.
        framework: what the task prescribes.
        level: how many constraints the task sets beside the framework, 0 to 3; NULL for tasks of another kind.
        constraints: which: `clean_architecture`, `postgres`, `sqlite`, `sqlalchemy`, `sequelize`.
        project: the patch or folder that was checked, below the tree or as the manifest names it.
        files: how many of its files were read; NULL where it could not be.
        findings: how many findings of severity `error` there are.
        results: `record` of `buttress test`, `report` of another tool, `failures` alone; NULL where nothing was found.
        requests: how many requests the results hold.
        checks: how many checks.
        passed: how many of them passed.
        pass_rate: passed of all, 0 to 1. 0 where the tree of a benchmark has no result; NULL where nothing is known.
        tests_passed: whether there are checks and all passed.
        failed_phase: the phase of `buttress test` that failed.
        first_failure: the first request that failed, as `GET /path -> 500`.
        compliant: false where architecture, database or mapper is not what the task prescribes; NULL where not known.
        broken: the constraints of which a clause is broken, framework and contract too.
        succeeded: tests passed and constraints kept; NULL where neither is known.
        category: of the primary cause, in Buttress's taxonomy.
        paper_label: the same in the paper's.
        defect: the rule, or the classifier's own word.
        confidence: how sure the classifier is.
        error: why looking at it failed: it took too long, or Buttress crashed.
        seconds: that it took.
        tool: Buttress's version.
    """

    run: str
    key: str
    source: str
    runtime: str | None = None
    agent: str | None = None
    model: str | None = None
    task: str | None = None
    date: str | None = None
    number: str | None = None
    framework: str | None = None
    level: int | None = None
    constraints: tuple[str, ...] = ()
    project: str | None = None
    files: int | None = None
    findings: int | None = None
    results: str | None = None
    requests: int | None = None
    checks: int | None = None
    passed: int | None = None
    pass_rate: float | None = None
    tests_passed: bool | None = None
    failed_phase: str | None = None
    first_failure: str | None = None
    compliant: bool | None = None
    broken: tuple[str, ...] = ()
    succeeded: bool | None = None
    category: str | None = None
    paper_label: str | None = None
    defect: str | None = None
    confidence: str | None = None
    error: str | None = None
    seconds: float = 0.0
    tool: str = ""


class FindingRow(Struct):
    """A static finding of a run.

    Attributes:
        run: the run's name.
        rule: such as `sql/unknown-column`.
        category: the taxonomy's.
        severity: `error`, `warning` or `info`.
        confidence: `high` or `medium`.
        path: the file.
        line: where in it.
        layer: the role of the file: `routes`, `services`, `repositories`, `models`; NULL where it has none.
        endpoints: the routes that reach it, as `GET /api/articles`.
        message: what is wrong.
        fingerprint: stable under moved lines.
    """

    run: str
    rule: str
    category: str
    severity: str
    confidence: str
    path: str
    line: int
    layer: str | None
    endpoints: tuple[str, ...]
    message: str
    fingerprint: str


class ClauseRow(Struct):
    """A clause of a constraint that a run was held against.

    Attributes:
        run: the run's name.
        of: the constraint: `framework`, `architecture`, `database`, `orm` or `contract`.
        clause: in words.
        compliant: NULL where what was read does not decide it.
        places: how many lines speak for the verdict.
        path: the first of them.
        line: where in it.
        message: what it says.
    """

    run: str
    of: str
    clause: str
    compliant: bool | None
    places: int
    path: str | None
    line: int | None
    message: str | None


class RequestRow(Struct):
    """A request of a run, in the order in which it was sent.

    Attributes:
        run: the run's name.
        number: its place, from 1.
        name: what it is for.
        operation: of the contract.
        endpoint: the route of the project that takes it, as findings name it; NULL where none was seen.
        method: upper case.
        path: with its query.
        status: of the answer; NULL where none came.
        outcome: `passed`, `failed`, `unreachable`, `not sent` or `no checks`.
        checks: how many there were.
        passed: how many passed.
        follows: the number of an earlier request from whose failure this one merely follows.
    """

    run: str
    number: int
    name: str
    operation: str | None
    endpoint: str | None
    method: str
    path: str
    status: int | None
    outcome: str
    checks: int
    passed: int
    follows: int | None


class CauseRow(Struct):
    """A cause of a run's failure.

    Attributes:
        run: the run's name.
        rank: 0 is the primary one, the others are runners-up.
        category: in Buttress's taxonomy.
        paper_label: in the paper's.
        defect: the rule, or the classifier's own word.
        confidence: `high`, `medium` or `low`.
        path: the first file of the project that speaks for it.
        line: where in it.
        layer: the role of that file.
        evidence: what speaks for it, the strongest first.
    """

    run: str
    rank: int
    category: str
    paper_label: str
    defect: str
    confidence: str
    path: str | None
    line: int | None
    layer: str | None
    evidence: tuple[str, ...]


class UnreadRow(Struct):
    """What of a run could not be read.

    Attributes:
        run: the run's name.
        part: `project`, `results`, `record`, `log`, `trajectory`, `query`, `route`, `import` or `syntax`.
        path: the file, where it is one of the project's.
        line: where in it.
        reason: in one sentence.
    """

    run: str
    part: str
    path: str | None
    line: int | None
    reason: str


class LabelRow(Struct):
    """A label of a manifest.

    Attributes:
        run: the run's name.
        name: the label's.
        value: what it is.
    """

    run: str
    name: str
    value: str


class JudgedRow(Struct):
    """A failed run as somebody else classified it: a row of the published CSV files.

    Attributes:
        file: the file's name.
        kind: `coarse` for categories, `logic` for the subcategories of logic errors.
        agent: who wrote the project.
        model: with which model.
        runtime: `uv` or `node`.
        task: what was asked for.
        number: the run: `run_0`.
        label: the category or subcategory.
    """

    file: str
    kind: str
    agent: str
    model: str
    runtime: str
    task: str
    number: str
    label: str


class PublishedRow(Struct):
    """A row of the published averages.

    Attributes:
        file: the file's name.
        agent: who wrote the projects.
        model: with which model.
        granularity: `global`, `framework`, `runtime`, `constraint_type` or `framework_constraint`.
        of: which of these.
        level: how many constraints; NULL for all levels together.
        pass_at_1: as published, 0 to 1.
        pass_at_3: as published.
        pass_rate: without the verifiers.
        strict_pass_rate: with them (the paper's A%).
        succeeded: how many runs.
        executed: of how many.
    """

    file: str
    agent: str
    model: str
    granularity: str
    of: str
    level: int | None
    pass_at_1: float
    pass_at_3: float
    pass_rate: float
    strict_pass_rate: float
    succeeded: int
    executed: int


class Outcome(Struct):
    """All rows of one run."""

    row: RunRow
    findings: list[FindingRow] = []
    clauses: list[ClauseRow] = []
    requests: list[RequestRow] = []
    causes: list[CauseRow] = []
    unread: list[UnreadRow] = []
    labels: list[LabelRow] = []


class Summary(Struct, frozen=True):
    """What a batch did. ``known`` runs were done before; ``errors`` are among the done ones."""

    schema_version: int
    store: str
    found: int
    done: int
    known: int
    errors: int
    imported: int
    seconds: float


def clean(text: str, work: Work) -> str:
    """A sentence without the place of this machine's files in it, so that it is the same anywhere."""
    for path in (work.patch, work.project, work.results, work.record, work.log, work.trajectory):
        if path is not None:
            text = text.replace(path, Path(path).name)
    return text[:LONGEST]
