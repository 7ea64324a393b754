"""From files to what is known of a run. What others wrote may be huge, binary, cut off or hostile."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from verifier.classify.errors import InputError
from verifier.classify.nouns import FailedRun
from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.check import Report
    from verifier.classify.nouns import Trajectory
    from verifier.link import Facts
    from verifier.link.contract import Contract
    from verifier.run.record import LogName, Record, Request

LARGEST_RECORD = 64_000_000  # bytes
LARGEST_LOG = 20_000_000  # of a larger one, the beginning and the end are read
LARGEST_TRAJECTORY = 200_000_000
FRAMEWORKS = ("flask", "fastapi", "django", "aiohttp", "express", "fastify", "hono", "koa")
ESCAPE = regex(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])")
OF_DATABASE = regex(r"(?i)postgres|database|pg[._-]")
OF_INSTALL = regex(r"(?i)install|setup|build")


def with_record(run: FailedRun, path: Path) -> FailedRun:
    """A run with the record of `buttress test`, or of the folder that holds one, and the logs beside it.

    Raises:
        InputError: it cannot be read, or is none.
    """
    from verifier.run.record import SCHEMA_VERSION, Record

    place = path / "record.json" if path.is_dir() else path
    data = read_bytes(place, "record", LARGEST_RECORD)
    if len(data) > LARGEST_RECORD:
        raise InputError(f"The record {place} is larger than {LARGEST_RECORD // 1_000_000} MB.")
    try:
        record = msgspec.json.decode(data, type=Record)
    except RecursionError as error:
        raise InputError(f"The record {place} is nested too deeply to be read.") from error
    except msgspec.ValidationError as error:
        raise InputError(f"{place} is no record of `buttress test`: {lowered(error)}.") from error
    except msgspec.DecodeError as error:
        raise InputError(f"The record {place} is cut off or no JSON: {lowered(error)}.") from error
    if record.schema_version != SCHEMA_VERSION:
        raise InputError(f"The record {place} is of version {record.schema_version}; {SCHEMA_VERSION} can be read.")
    logs, notes = logs_beside(record, place.parent)
    framework = run.framework or record.constraints.framework
    return replace(run, record=record, logs={**logs, **run.logs}, framework=framework, notes=(*run.notes, *notes))


def settings_of(record: Record | None) -> tuple[str, ...]:
    """What a run told the project of its database, as ``NAME=value``: the source is read as it was run.

    A record holds the names of variables alone; what `buttress test` gives those of its PostgreSQL is always the same
    but for the port.
    """
    from verifier.run.postgres import variables

    if record is None or record.environment is None or record.environment.database.kind != "postgres":
        return ()
    given = set(record.environment.variables)
    return tuple(f"{name}={value}" for name, value in variables("postgres", 5432).items() if name in given)


def lowered(error: Exception) -> str:
    """The reason that a decoder gives, to stand inside a sentence."""
    reason = str(error).removeprefix("JSON is malformed: ")
    return reason[:1].lower() + reason[1:]


def logs_beside(record: Record, folder: Path) -> tuple[dict[LogName, bytes], list[str]]:
    """The logs of a record. They lie beside it under plain names: what points elsewhere is not followed."""
    logs: dict[LogName, bytes] = {}
    notes: list[str] = []
    for log in record.logs:
        place = folder / log.path
        if Path(log.path).name != log.path or place.is_symlink() or not place.is_file():
            notes.append(f"the {log.log} log is not beside the record")
            continue
        logs[log.log] = read_bytes(place, "log", LARGEST_LOG)[:LARGEST_LOG]
    return logs, notes


def with_log(run: FailedRun, path: Path) -> FailedRun:
    """A run with a log. Its name says whether it is of the database, or of the installation; else it is the server's.

    Raises:
        InputError: it cannot be read.
    """
    data, notes = log_bytes(path)
    name: LogName = "server"
    if OF_DATABASE.search(path.name):
        name = "database"
    elif OF_INSTALL.search(path.name):
        name = "install"
    before = run.logs.get(name)
    together = data if before is None else b"\n".join((before, data))
    return replace(run, logs={**run.logs, name: together}, notes=(*run.notes, *notes))


def log_bytes(path: Path) -> tuple[bytes, list[str]]:
    """A log as text in bytes: without colours, and without its middle where it is too large."""
    notes: list[str] = []
    size = size_of(path, "log")
    if size <= LARGEST_LOG:
        data = read_bytes(path, "log", LARGEST_LOG)
    else:
        data = ends_of(path, size)
        notes.append(f"{size - LARGEST_LOG} bytes in the middle of {path.name} were not read")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\0" in data:
        notes.append(f"{path.name} has {data.count(0)} NUL bytes, which were left out")
        data = data.replace(b"\0", b"")
    data = ESCAPE.sub(b"", data).replace(b"\r\n", b"\n")
    return data, notes


def ends_of(path: Path, size: int) -> bytes:
    """The beginning and the end of a large log."""
    half = LARGEST_LOG // 2
    try:
        with path.open("rb") as file:
            beginning = file.read(half)
            file.seek(size - half)
            return beginning + b"\n" + file.read(half)
    except OSError as error:
        raise InputError(f"The log {path} cannot be read: {error.strerror}.") from error


def with_requests(run: FailedRun, path: Path, contract: Contract | None = None) -> FailedRun:
    """A run with the requests of a report: Newman's JSON or CSV, Hurl's, JUnit XML, or one line a request.

    Raises:
        InputError: it is nothing of the kind.
    """
    from verifier.classify.lines import looks_like_lines, read_lines
    from verifier.run.foreign import ResultsError, read_results
    from verifier.run.foreign.reading import LARGEST

    text = ""
    if not path.is_dir():
        data = read_bytes(path, "report", LARGEST)
        text = data.decode("utf-8", "replace") if len(data) <= LARGEST else ""
    if text and text.lstrip()[:1] not in ("{", "[", "<") and looks_like_lines(text):
        told = read_lines(text)
        notes = [f"{told.odd} lines of {path.name} are no requests"] if told.odd else []
        return replace(run, requests=told.requests, notes=(*run.notes, *notes), none_ran=told.none_ran)
    try:
        requests, _ = read_results(path, contract)
    except ResultsError as error:
        raise InputError(str(error)) from None
    return replace(run, requests=named(requests))


def named(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The requests, each with the operation that its name in the public collection means where no contract told it."""
    from verifier.classify.collection import asked

    result: list[Request] = []
    for request in requests:
        known = asked(request.name, request.method) if request.operation is None else None
        result.append(replace(request, operation=known.operation) if known is not None else request)
    return tuple(result)


def with_trajectory_file(run: FailedRun, path: Path) -> FailedRun:
    """A run with what the agent did.

    Raises:
        InputError: it cannot be read.
    """
    from verifier.classify.trajectory import read_trajectory

    data = read_bytes(path, "trajectory", LARGEST_TRAJECTORY)
    if len(data) > LARGEST_TRAJECTORY:
        raise InputError(f"The trajectory {path} is larger than {LARGEST_TRAJECTORY // 1_000_000} MB.")
    found: Trajectory = read_trajectory(data, str(path))
    return replace(run, trajectory=found)


def with_report(run: FailedRun, facts: Facts, report: Report) -> FailedRun:
    """A run with what the source says."""
    return replace(run, facts=facts, findings=report.findings, verdicts=report.verdicts)


def size_of(path: Path, what: str) -> int:
    """How large an ordinary file is.

    Raises:
        InputError: it is none, or cannot be looked at.
    """
    try:
        held = path.stat()
    except (OSError, ValueError) as error:
        raise InputError(f"The {what} {path} cannot be read: {reason(error)}.") from error
    if not stat.S_ISREG(held.st_mode):
        raise InputError(f"The {what} {path} is no ordinary file.")
    return held.st_size


def read_bytes(path: Path, what: str, limit: int) -> bytes:
    """The content of an ordinary file, one byte more than the limit where it is larger.

    Raises:
        InputError: it cannot be read.
    """
    size_of(path, what)
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {reason(error)}.") from error


def reason(error: Exception) -> str:
    """Why the system refuses."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def given_framework(name: str | None) -> str | None:
    """A framework's name, checked.

    Raises:
        InputError: there is no such framework.
    """
    from verifier.config import nearest

    if name is not None and name not in FRAMEWORKS:
        raise InputError(f"Of {', '.join(FRAMEWORKS)}, none is `{name}`{nearest(name, list(FRAMEWORKS))}")
    return name


def load(
    *,
    record: Path | None = None,
    logs: Iterable[Path] = (),
    requests: Path | None = None,
    trajectory: Path | None = None,
    framework: str | None = None,
    contract: Contract | None = None,
) -> FailedRun:
    """What files tell of a run.

    Raises:
        InputError: one of them cannot be read; the text is one sentence.
    """
    run = FailedRun(framework=given_framework(framework))
    for path in logs:
        run = with_log(run, path)
    if record is not None:
        run = with_record(run, record)
    if requests is not None:
        run = with_requests(run, requests, contract)
    if trajectory is not None:
        run = with_trajectory_file(run, trajectory)
    return run
