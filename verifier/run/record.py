"""The nouns of a run, and the JSON that they become (docs/schema/record.json).

Offsets into logs are bytes, the end exclusive; they belong to the log files that lie beside the record. Secrets
(tokens, passwords, authorization headers) are redacted before anything gets here.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

SCHEMA_VERSION = 1

Outcome: TypeAlias = Literal["passed", "failed", "unreachable", "not sent", "no checks"]
PhaseName: TypeAlias = Literal["detect", "install", "database", "setup", "start", "ready", "suite", "stop"]
PhaseStatus: TypeAlias = Literal["ok", "failed", "timeout", "skipped"]
LogName: TypeAlias = Literal["install", "setup", "server", "database"]
Source: TypeAlias = Literal["server log", "response body", "database log", "setup log", "install log"]
SandboxLevel: TypeAlias = Literal["bubblewrap", "user namespaces", "landlock", "none"]


class Range(Struct, frozen=True):
    """A stretch of a log file."""

    log: LogName
    start: int
    end: int


class Frame(Struct, frozen=True):
    """A line of the project's own code in a stack trace. ``path`` is below the project's root."""

    path: str
    line: int
    function: str | None = None


class Check(Struct, frozen=True):
    """One thing that is asked of an answer. ``message`` says what was wrong; it is empty where it passed."""

    name: str
    passed: bool
    message: str = ""


class Request(Struct, frozen=True):
    """One request and what came of it.

    Attributes:
        number: its place in the run, from 1.
        operation: the operation of the contract that it belongs to, such as ``GET /articles/{slug}``; None where it
            could not be told (results of another tool).
        name: what it is for, in a few words.
        section: the part of the suite that it stands in.
        path: with its query, below the base address.
        status: of the answer; None where there was none.
        milliseconds: from sending to the whole answer.
        outcome: ``unreachable`` where no answer came; ``not sent`` where something that it needs is missing.
        error: why no answer came, or what is missing.
        attempts: how often it was sent.
        response: the beginning of the answer's body, redacted.
        log: what the server wrote meanwhile; ``database_log``: what the database server wrote.
        alive: whether the server's process lived afterwards; None where that was not looked at.
        follows: the number of an earlier request from whose failure this one merely follows.
    """

    number: int
    operation: str | None
    name: str
    section: str
    method: str
    path: str
    status: int | None
    milliseconds: float | None
    outcome: Outcome
    checks: tuple[Check, ...] = ()
    error: str | None = None
    attempts: int = 1
    response: str | None = None
    log: Range | None = None
    database_log: Range | None = None
    alive: bool | None = None
    follows: int | None = None


class Phase(Struct, frozen=True):
    """One step of a run. ``message`` says in one sentence what went wrong, or what is worth knowing."""

    name: PhaseName
    status: PhaseStatus
    seconds: float
    command: str | None = None
    exit: int | None = None
    signal: int | None = None
    log: Range | None = None
    message: str = ""


class Signature(Struct, frozen=True):
    """An error as a log or an answer shows it.

    Attributes:
        key: the error without what changes from run to run: the same defect has the same key.
        exception: the class of the exception, as far as it is shown.
        message: its text, as it was seen first.
        sqlstate: the five characters of PostgreSQL.
        count: how often it was seen.
        request: the number of the first request that showed it; None where it belongs to none.
        frames: lines of the project's own code, the innermost last.
        at: where it stands in its log; None for a response body.
        library: the line of a library that raised it, where one did; ``path`` is below where libraries are installed.
        sql: the statement that failed.
        cause: the error that this one was raised from, or while it was handled.
    """

    key: str
    source: Source
    exception: str | None
    message: str
    sqlstate: str | None = None
    count: int = 1
    request: int | None = None
    frames: tuple[Frame, ...] = ()
    at: Range | None = None
    library: Frame | None = None
    sql: str | None = None
    cause: str | None = None


class Sandbox(Struct, frozen=True):
    """What kept the project's code in.

    Attributes:
        network: all that it could reach: loopback of its own, the ports of this machine that it was offered, or all.
        degraded: what this level does not keep in, and why no better one was taken.
    """

    level: SandboxLevel
    network: Literal["loopback", "offered ports", "open"]
    degraded: tuple[str, ...] = ()


class Database(Struct, frozen=True):
    """The database that the run offered. ``provider`` says whose server it was."""

    kind: Literal["postgres", "sqlite", "none"]
    version: str | None = None
    provider: str | None = None


class Environment(Struct, frozen=True):
    """Where the project ran. ``variables`` are the names of the environment variables that it was given."""

    platform: str
    python: str | None
    node: str | None
    sandbox: Sandbox
    database: Database
    port: int | None = None
    variables: tuple[str, ...] = ()


class Resources(Struct, frozen=True):
    """What the project's processes took. ``killed`` says why they were killed, where they went beyond a limit."""

    peak_memory_mb: float = 0.0
    peak_processes: int = 0
    log_bytes: int = 0
    killed: str | None = None
    left_after_stop: int = 0


class Suite(Struct, frozen=True):
    """What was asked of the project, or whose results were read."""

    name: str
    profile: str | None
    source: Literal["built in", "schemathesis", "newman json", "newman csv", "hurl json", "junit xml"]
    digest: str | None = None


class Subject(Struct, frozen=True):
    """The project that ran. ``digest`` is of its files, ``dependencies_digest`` of what says what to install."""

    root: str
    digest: str | None = None
    dependencies_digest: str | None = None
    language: Literal["python", "node"] | None = None


class Constraints(Struct, frozen=True):
    """What the project had to be, as the options of the command said."""

    task: str | None = None
    framework: str | None = None
    architecture: str | None = None
    database: str | None = None
    orm: str | None = None


class LogFile(Struct, frozen=True):
    """A log beside the record. ``dropped`` bytes of its middle were not kept."""

    log: LogName
    path: str
    bytes: int
    dropped: int = 0


class Summary(Struct, frozen=True):
    """The figures of a run.

    Attributes:
        checks: how many there are in the suite, those of requests that were not sent too.
        pass_rate: passed checks of all, from 0 to 1 (A% of the paper is a hundred times that).
        first_failure: the number of the first request that failed.
        roots: the numbers of the failed requests that follow from no other.
        silent_errors: requests that were answered with 5xx though every check of them passed.
        failed_phase: the first phase that failed; its failure explains the rest.
    """

    checks: int
    passed: int
    pass_rate: float
    first_failure: int | None = None
    roots: tuple[int, ...] = ()
    silent_errors: tuple[int, ...] = ()
    failed_phase: PhaseName | None = None


class Tool(Struct, frozen=True):
    """Who wrote the record."""

    name: str
    version: str


class Record(Struct, frozen=True):
    """A whole run."""

    schema_version: int
    tool: Tool
    started: str
    seconds: float
    project: Subject
    constraints: Constraints
    environment: Environment | None
    suite: Suite | None
    phases: tuple[Phase, ...]
    requests: tuple[Request, ...]
    signatures: tuple[Signature, ...]
    resources: Resources
    logs: tuple[LogFile, ...]
    summary: Summary
