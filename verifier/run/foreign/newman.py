"""Newman's reports: JSON, and the CSV of newman-reporter-csv.

Newman counts a request without an answer as a failure of its own beside those of its assertions, and a script that
throws drops the assertions behind it without a word. Here an unanswered request is ``unreachable``, and a script that
threw is a failed check, so nothing is lost.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Struct

from verifier.regex import regex
from verifier.run.foreign.errors import ResultsError
from verifier.run.foreign.exchange import Exchange, shortened, text_of
from verifier.run.foreign.reading import LARGEST, MOST_CHECKS, decoded, limit, wrong
from verifier.run.record import Check, Suite

if TYPE_CHECKING:
    from verifier.run.foreign.reading import Report

Status = Annotated[int, msgspec.Meta(ge=100, le=999)]


# JSON: only what is read of it. What a run need not have is optional; what it must have is not.


class Named(Struct):
    """An item of a collection; a folder has items of its own."""

    name: str = ""
    id: str | None = None
    item: list[Named] | None = None


class Information(Struct):
    """What a collection says of itself."""

    name: str = ""


class Collection(Struct):
    """The collection that was run."""

    info: Information = msgspec.field(default_factory=Information)
    item: list[Named] = []


class Value(Struct):
    """A header or a parameter of a query."""

    key: str | None = None
    value: str | int | float | bool | None = None
    disabled: bool | None = None


class Variable(Struct):
    """A value for a part ``:name`` of a path."""

    key: str | None = None
    id: str | None = None
    value: str | int | float | bool | None = None


class Address(Struct):
    """A URL, taken apart."""

    protocol: str | None = None
    host: list[str] | str | None = None
    port: str | int | None = None
    path: list[str] | str | None = None
    query: list[Value] | None = None
    variable: list[Variable] | None = None


class Content(Struct):
    """What a request carries."""

    raw: str | None = None


class Sent(Struct):
    """A request."""

    method: str = "GET"
    url: Address | str = ""
    header: list[Value] | None = None
    body: Content | None = None


class Stream(Struct):
    """The body of an answer: a list with the number of each byte."""

    data: msgspec.Raw = msgspec.Raw(b"null")


class Answer(Struct):
    """An answer."""

    code: Status | None = None
    responseTime: float | None = None  # noqa: N815 - Newman's spelling
    stream: Stream | None = None


class Error(Struct):
    """Why something failed."""

    name: str | None = None
    message: str | None = None
    code: str | int | None = None
    address: str | None = None
    port: int | str | None = None


class Assertion(Struct):
    """An assertion of a script."""

    assertion: str | None = None
    skipped: bool | None = None
    error: Error | None = None


class Script(Struct):
    """A script that ran."""

    error: Error | None = None


class Cursor(Struct):
    """Where in the run an execution stands."""

    iteration: int = 0


class Execution(Struct):
    """A request of the run, with what its scripts asserted."""

    item: Named
    cursor: Cursor | None = None
    request: Sent | None = None
    response: Answer | None = None
    requestError: Error | None = None  # noqa: N815 - Newman's spelling
    prerequestScript: list[Script] | None = None  # noqa: N815 - Newman's spelling
    testScript: list[Script] | None = None  # noqa: N815 - Newman's spelling
    assertions: list[Assertion] | None = None


class Run(Struct):
    """The run."""

    executions: list[Execution]


class Document(Struct):
    """A report of Newman's JSON reporter."""

    run: Run
    collection: Collection = msgspec.field(default_factory=Collection)


def read_newman(text: str, report: Report) -> tuple[list[Exchange], Suite]:
    """Read Newman's JSON.

    Raises:
        ResultsError: it is not what Newman writes.
    """
    document = decoded(text, Document, "Newman", report)
    executions = document.run.executions
    limit(report, len(executions), sum(len(each.assertions or ()) for each in executions))
    folders = sections(document.collection.item)
    try:
        exchanges = [exchange(execution, folders) for execution in executions]
    except (msgspec.ValidationError, ValueError) as error:
        raise wrong(report, "Newman", error) from error
    name = document.collection.info.name or "Newman"
    return exchanges, Suite(name=name, profile=None, source="newman json", digest=report.digest)


def sections(items: list[Named]) -> dict[str, str]:
    """The folders that each request of a collection lies in, by the request's identity."""
    result: dict[str, str] = {}
    waiting = [(item, "") for item in reversed(items)]
    while waiting:
        item, folder = waiting.pop()
        if item.item is None:
            if item.id is not None:
                result[item.id] = folder
            continue
        inner = f"{folder} / {item.name}" if folder else item.name
        waiting += [(child, inner) for child in reversed(item.item)]
    return result


def exchange(execution: Execution, folders: dict[str, str]) -> Exchange:
    """A request of a run."""
    request = execution.request or Sent()
    answer = execution.response
    folder = folders.get(execution.item.id or "", "")
    iteration = 0 if execution.cursor is None else execution.cursor.iteration
    repeated = f"iteration {iteration + 1}" if iteration else ""
    checks = [
        Check(each.assertion or "", each.error is None, "" if each.error is None else said(each.error))
        for each in execution.assertions or ()
        if not each.skipped
    ]
    for title, scripts in (
        ("the script before the request runs", execution.prerequestScript),
        ("the script with the tests runs", execution.testScript),
    ):
        checks += [Check(title, False, said(script.error)) for script in scripts or () if script.error is not None]
    error = None
    if answer is None or answer.code is None:
        error = unanswered(execution.requestError) if execution.requestError is not None else "There is no answer."
    return Exchange(
        name=execution.item.name,
        section=" / ".join(part for part in (folder, repeated) if part),
        method=request.method.upper(),
        url=request.url if isinstance(request.url, str) else written(request.url),
        status=None if answer is None else answer.code,
        milliseconds=None if answer is None else answer.responseTime,
        checks=tuple(checks),
        error=error,
        body=None if answer is None or answer.stream is None else body(answer.stream),
        authorization=header(request.header or [], "authorization"),
        sent_body=None if request.body is None else request.body.raw,
    )


def said(error: Error) -> str:
    """What an error says, in one text."""
    if error.name in {None, "AssertionError"}:
        return error.message or ""
    return f"{error.name}: {error.message or ''}"


def unanswered(error: Error) -> str:
    """Why there is no answer."""
    at = f" {error.address}:{error.port}" if error.address is not None and error.port is not None else ""
    text = f"{error.code or error.name or ''}{at}"
    return f"{text}: {error.message}" if error.message and text else error.message or text or "There is no answer."


def header(headers: list[Value], name: str) -> str | None:
    """The value of a header."""
    for each in headers:
        if not each.disabled and (each.key or "").lower() == name:
            return "" if each.value is None else str(each.value)
    return None


def written(address: Address) -> str:
    """A URL, put together again. What a path has for ``:name`` is put in; parameters that are off are left out."""
    host = address.host if isinstance(address.host, str) else ".".join(address.host or ())
    path = address.path.removeprefix("/").split("/") if isinstance(address.path, str) else (address.path or [])
    values = {
        f":{each.key or each.id}": "" if each.value is None else str(each.value) for each in address.variable or ()
    }
    query = [
        (each.key or "") + ("" if each.value is None else f"={each.value}")
        for each in address.query or ()
        if not each.disabled
    ]
    text = f"{address.protocol or 'http'}://{host}" if host else ""
    if address.port not in {None, ""}:
        text += f":{address.port}"
    text += "".join(f"/{values.get(part, part)}" for part in path)
    return f"{text}?{'&'.join(query)}" if query else text


def body(stream: Stream) -> str | None:
    """The body of an answer as text; None where it is none.

    Raises:
        ValueError: it is no list of bytes.
    """
    data = msgspec.json.decode(stream.data, type=list[int] | str | None)
    if isinstance(data, str):
        return data
    return text_of(bytes(data)) if data else None


# CSV

NEEDED = {"requestName", "method", "url", "code", "executed", "failed", "executedCount", "failedCount"}


def is_csv(text: str) -> bool:
    """Whether a text begins with the header of newman-reporter-csv."""
    first = text.lstrip()[:2_000].splitlines()[0]
    return set(first.split(",")) >= NEEDED


def read_csv(text: str, report: Report) -> tuple[list[Exchange], Suite]:
    """Read the CSV of newman-reporter-csv.

    Request names are not unique, so a request is known by its place. ``executed`` holds what passed. Names of
    assertions are joined by ``, `` though they may hold one: they are told apart only where the count allows.

    Raises:
        ResultsError: a row is not what the reporter writes.
    """
    exchanges: list[Exchange] = []
    name, checks = "", 0
    largest = csv.field_size_limit(LARGEST + 1)
    try:
        for row in csv.DictReader(io.StringIO(text.lstrip(), newline=""), strict=True):
            exchanges.append(row_exchange(row))
            name = name or row.get("collectionName") or ""
            checks += len(exchanges[-1].checks)
            limit(report, len(exchanges), checks)
    except (csv.Error, ValueError) as error:
        reason = str(error)
        raise ResultsError(f"The results {report.title} are no CSV of Newman, or cut off: {reason}.") from error
    finally:
        csv.field_size_limit(largest)
    return exchanges, Suite(name=name or "Newman", profile=None, source="newman csv", digest=report.digest)


def row_exchange(row: dict[str, str | None]) -> Exchange:
    """A row, as a request.

    Raises:
        ValueError: it is not what the reporter writes.
    """
    if None in row or any(row.get(column) is None for column in ("failedCount", "executedCount")):
        raise ValueError(f"the row of `{row.get('requestName') or ''}` has not as many columns as the header")
    code = number(row, "code")
    iteration = number(row, "iteration") or 1
    checks = [
        *names(row.get("executed") or "", number(row, "executedCount") or 0, True),
        *names(row.get("failed") or "", number(row, "failedCount") or 0, False),
    ]
    return Exchange(
        name=row.get("requestName") or "",
        section=f"iteration {iteration}" if iteration > 1 else "",
        method=(row.get("method") or "").upper(),
        url=row.get("url"),
        status=code,
        milliseconds=number(row, "responseTime"),
        checks=tuple(checks),
        error="There is no answer; the report does not say why." if code is None else None,
        body=row.get("body"),
    )


LONGEST = 500  # characters of joined names that are kept
NUMBER = regex(r"\d{1,9}")


def number(row: dict[str, str | None], column: str) -> int | None:
    """A number; None where the cell is empty, as it is without an answer.

    Raises:
        ValueError: it is no number.
    """
    cell = row.get(column) or ""
    if cell in {"", "NaN", "undefined", "null"}:
        return None
    if NUMBER.fullmatch(cell) is None:
        raise ValueError(f"`{cell[:50]}` is no number for `{column}`")
    return int(cell)


def names(joined: str, count: int, passed: bool) -> list[Check]:
    """The checks of a cell, as many as the reporter counted.

    Raises:
        ValueError: there cannot be so many.
    """
    message = "" if passed else "It failed; the report does not say why."
    if count > MOST_CHECKS:
        raise ValueError(f"{count} assertions are more than any request has")
    if count == 1:
        return [Check(joined, passed, message)]
    parts = joined.split(", ")
    if count > len(parts):
        raise ValueError(f"{count} assertions are counted where {len(parts)} at most are named")
    if len(parts) == count:
        return [Check(part, passed, message) for part in parts]  # no name can hold the separator
    word, beginning = "passed" if passed else "failed", shortened(joined, LONGEST)
    return [Check(f"{index} of {count} that {word}: {beginning}", passed, message) for index in range(1, count + 1)]
