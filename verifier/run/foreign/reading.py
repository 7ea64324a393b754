"""A report as a file: how large it may be, and what format it is in."""

from __future__ import annotations

import stat
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import UNSET, Raw, Struct, UnsetType

from verifier.run.foreign.errors import ResultsError
from verifier.run.record import Suite

if TYPE_CHECKING:
    from verifier.run.foreign.exchange import Exchange

Read = TypeVar("Read")

LARGEST = 64_000_000  # bytes
MOST_REQUESTS = 100_000
MOST_CHECKS = 500_000


class Report(Struct, frozen=True):
    """A report. ``title`` is how a message names it; ``folder`` is where files that it refers to are."""

    content: bytes
    title: str
    folder: Path

    @property
    def digest(self) -> str:
        """Of its bytes."""
        return sha256(self.content).hexdigest()


class Object(Struct):
    """What a JSON object is told by."""

    run: Raw | UnsetType = UNSET


def read_file(path: Path) -> Report:
    """Read a report, or the one in a folder that Hurl wrote.

    Raises:
        ResultsError: there is none, or it is too large.
    """
    try:
        if path.is_dir():
            path = path / "report.json"
            if not path.is_file():
                raise ResultsError(f"The folder {path.parent} holds no results: it has no `report.json` of Hurl.")
        content = read_bytes(path, LARGEST)
    except OSError as error:
        raise ResultsError(f"The results {path} cannot be read: {error.strerror or error}.") from error
    if content is None:
        raise ResultsError(f"The results {path} are no ordinary file.")
    if len(content) > LARGEST:
        raise ResultsError(f"The results {path} are larger than {LARGEST // 1_000_000} MB.")
    return Report(content, str(path), path.parent)


def read_bytes(path: Path, limit: int) -> bytes | None:
    """The content of a file, one byte more than the limit where it is larger; None for what is no ordinary file."""
    if not stat.S_ISREG(path.stat().st_mode):
        return None  # a pipe would never end
    with path.open("rb") as file:
        return file.read(limit + 1)


def read_report(report: Report) -> tuple[list[Exchange], Suite]:
    """Read a report of whatever format it is in.

    Raises:
        ResultsError: it is in none of them, or broken.
    """
    try:
        text = report.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ResultsError(f"The results {report.title} are not UTF-8.") from error
    match text.lstrip()[:1]:
        case "":
            raise ResultsError(f"The results {report.title} are empty.")
        case "<":
            from verifier.run.foreign.junit import read_junit

            return read_junit(text, report)
        case "{" | "[":
            return read_json(text, report)
    from verifier.run.foreign.newman import is_csv, read_csv

    if is_csv(text):
        return read_csv(text, report)
    raise unknown(report)


def read_json(text: str, report: Report) -> tuple[list[Exchange], Suite]:
    """Read a report that is JSON, or JSON lines. Only Hurl writes a list; Newman's object has a ``run``."""
    import msgspec

    from verifier.run.foreign.hurl import read_hurl
    from verifier.run.foreign.newman import read_newman
    from verifier.run.foreign.schemathesis import is_events, read_events

    if is_events(text):
        return read_events(text, report)
    if text.lstrip().startswith("["):
        return read_hurl(text, report)
    try:
        found = msgspec.json.decode(text, type=Object)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ResultsError(broken_json(report, error)) from error
    if found.run is UNSET:
        raise unknown(report)
    return read_newman(text, report)


def decoded(text: str, kind: type[Read], name: str, report: Report) -> Read:
    """A JSON document, as far as it is declared by ``kind``.

    Raises:
        ResultsError: it is no JSON, or not what the tool ``name`` writes.
    """
    import msgspec

    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise wrong(report, name, error) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ResultsError(broken_json(report, error)) from error


def broken_json(report: Report, error: Exception) -> str:
    """The sentence for text that is no JSON."""
    if isinstance(error, RecursionError):
        return f"The results {report.title} are nested too deeply to be read."
    reason = str(error).removeprefix("JSON is malformed: ")
    return f"The results {report.title} are cut off or no JSON: {reason[:1].lower()}{reason[1:]}."


def wrong(report: Report, name: str, error: Exception) -> ResultsError:
    """The sentence for a document that looks like a report of a tool and is none."""
    reason = str(error)
    return ResultsError(f"The results {report.title} are no report of {name}: {reason[:1].lower()}{reason[1:]}.")


def limit(report: Report, requests: int, checks: int) -> None:
    """Refuse what no run reaches.

    Raises:
        ResultsError: there are more requests or checks than that.
    """
    if requests > MOST_REQUESTS:
        raise ResultsError(f"The results {report.title} have more than {MOST_REQUESTS} requests.")
    if checks > MOST_CHECKS:
        raise ResultsError(f"The results {report.title} have more than {MOST_CHECKS} checks.")


def unknown(report: Report) -> ResultsError:
    """The sentence for a format that is not known."""
    return ResultsError(
        f"The results {report.title} are none of what can be read: JSON, CSV or JUnit XML of Newman, JSON of Hurl, "
        "JUnit XML of any tool, NDJSON of Schemathesis."
    )
