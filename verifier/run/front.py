"""The command ``buttress test``: from its options to a record, and back to the terminal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from verifier.cache import default_directory
from verifier.config import read_task
from verifier.read import ReadError
from verifier.report.progress import Progress
from verifier.run.errors import RunError

if TYPE_CHECKING:
    from verifier.link.contract import Contract
    from verifier.run.record import Constraints, Record, SandboxLevel

FRAMEWORKS = ("flask", "fastapi", "django", "aiohttp", "express", "fastify", "hono", "koa")
NEEDED = {"httpx": "httpx", "psutil": "psutil", "dotenv": "python-dotenv"}


class Asked(Struct, frozen=True):
    """The options of the command, as they were given."""

    path: Path | None = None
    suite: str = "conduit"
    profile: str = "openapi"
    token: str | None = None
    results: Path | None = None
    record: Path = Path("record.json")
    start: str | None = None
    ready: str | None = None
    prefix: str = "/api"
    port: int | None = None
    timeout: float = 60.0
    database: str | None = None
    postgres: str | None = None
    binaries: Path | None = None
    variables: tuple[str, ...] = ()
    variables_file: Path | None = None
    python: str | None = None
    sandbox: str | None = None
    unsafe: bool = False
    task: str | None = None
    framework: str | None = None
    architecture: str | None = None
    orm: str | None = None
    contract: Path | None = None
    memory_mb: int = 1024
    cache: Path | None = None
    quiet: bool = False


def test(asked: Asked) -> Record:
    """Do what the options ask for, and give the record that was written.

    Raises:
        ReadError: it cannot be done; the text is one sentence.
    """
    missing = lacking()
    if missing:
        raise ReadError(f"`buttress test` needs {' and '.join(missing)}: pip install 'buttress[run]'.")
    try:
        if asked.results is not None:
            return from_results(asked)
        return from_run(asked)
    except RunError as error:
        raise ReadError(f"{error}.") from None


def lacking() -> list[str]:
    """Libraries that a run needs and that are not installed."""
    from importlib.util import find_spec

    return [package for name, package in NEEDED.items() if find_spec(name) is None]


def constraints(asked: Asked) -> Constraints:
    """What the project had to be."""
    from verifier.run.record import Constraints

    if asked.task is None:
        return Constraints(None, asked.framework, asked.architecture, asked.database, asked.orm)
    task = read_task(asked.task, FRAMEWORKS)
    return Constraints(
        asked.task,
        asked.framework or task.framework,
        asked.architecture or task.architecture,
        asked.database or task.database,
        asked.orm or task.orm,
    )


def from_run(asked: Asked) -> Record:
    """Start the project and drive it."""
    from verifier.run.runner import Options, run
    from verifier.run.sandbox import Limits, Refusal

    root = asked.path or Path()
    if not root.is_dir():
        raise RunError(f"{root} is no folder")
    held = constraints(asked)
    from verifier.run.suite.conduit import SUITE

    specification = None if asked.suite == "conduit" else Path(asked.suite)
    if specification is not None and not specification.is_file():
        raise RunError(f"there is no suite `{asked.suite}`: `conduit` is built in, and there is no such file")
    options = Options(
        root=root.resolve(),
        record=asked.record,
        suite=SUITE if specification is None else None,
        profile=asked.profile,
        specification=specification,
        token=asked.token,
        start=asked.start,
        database=held.database if held.database in ("postgres", "sqlite") else None,  # type: ignore[arg-type]
        postgres=asked.postgres,
        binaries=asked.binaries,
        variables={**from_file(asked.variables_file), **dict(variables(asked.variables))},
        ready=asked.ready or f"{asked.prefix.rstrip('/')}/health-check",
        prefix=asked.prefix.rstrip("/"),
        port=asked.port,
        timeout=asked.timeout,
        python=asked.python,
        level=level(asked.sandbox),
        unsafe=asked.unsafe,
        cache=asked.cache or default_directory(),
        constraints=held,
        limits=Limits(memory_mb=asked.memory_mb),
    )
    with Progress(enabled=not asked.quiet) as display, EndsOnTermination():
        try:
            return run(options, display)
        except Refusal as error:
            raise RunError(str(error)) from None


def from_results(asked: Asked) -> Record:
    """Read what another tool found."""
    from datetime import UTC, datetime

    from verifier import VERSION
    from verifier.run import evidence
    from verifier.run.foreign import ResultsError, read_results
    from verifier.run.record import SCHEMA_VERSION, Record, Resources, Subject, Tool
    from verifier.run.suite.summary import summary

    assert asked.results is not None
    try:
        requests, suite = read_results(asked.results, contract(asked.contract))
    except ResultsError as error:
        raise RunError(str(error)) from None
    record = Record(
        schema_version=SCHEMA_VERSION,
        tool=Tool("buttress", VERSION),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        project=Subject(str(asked.path)) if asked.path is not None else Subject(""),
        constraints=constraints(asked),
        environment=None,
        suite=suite,
        phases=(),
        requests=requests,
        signatures=evidence.signatures({}, requests, str(asked.path or "")),
        resources=Resources(),
        logs=(),
        summary=summary(requests),
    )
    try:
        asked.record.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1))
    except OSError as error:
        raise RunError(f"the record cannot be written to {asked.record}: {error.strerror}") from None
    return record


def contract(path: Path | None) -> Contract | None:
    """The contract of a file."""
    if path is None:
        return None
    from verifier.link.contract import read_contract

    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}") from None
    return read_contract(text, str(path), None, ())


def from_file(path: Path | None) -> dict[str, str]:
    """The variables of a file such as ``.env``; none of this process come into them."""
    if path is None:
        return {}
    from dotenv import dotenv_values

    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return {name: value or "" for name, value in dotenv_values(stream=file, interpolate=False).items()}
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror}") from None


def variables(given: Iterable[str]) -> Iterable[tuple[str, str]]:
    """``NAME=value``, taken apart."""
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name or "\0" in text:
            raise RunError(f"`{text}` is no variable: write NAME=value")
        yield name, value


LEVELS: dict[str, SandboxLevel] = {
    "bubblewrap": "bubblewrap",
    "userns": "user namespaces",
    "landlock": "landlock",
    "none": "none",
}


def level(name: str | None) -> SandboxLevel | None:
    """The level that a name on the command line means."""
    if name is not None and name not in LEVELS:
        raise RunError(f"there is no sandbox `{name}`: there are {', '.join(LEVELS)}")
    return LEVELS[name] if name is not None else None


class EndsOnTermination:
    """Turns SIGTERM and SIGHUP into an orderly end, so that nothing that was started stays behind."""

    def __enter__(self) -> None:
        self.before = {number: signal.signal(number, self.end) for number in (signal.SIGTERM, signal.SIGHUP)}

    def __exit__(self, *error: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    @staticmethod
    def end(number: int, frame: FrameType | None) -> None:
        """Leave as the shell expects."""
        sys.exit(128 + number)


def failed(record: Record) -> bool:
    """Whether the project failed: not everything passed, or the run did not get to its end."""
    summary = record.summary
    return summary.failed_phase is not None or summary.passed < summary.checks or not summary.checks
