"""Hurl's JSON report: ``report.json`` of the folder that ``hurl --report-json`` writes, the bodies beside it.

Hurl adds to a report that is there already, so of each file only its last run counts. An entry may have several calls
(redirects), of which the last one is asserted upon, and may stand there several times (retries), of which the last one
counts. Why there was no answer is not in the report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Struct

from verifier.regex import regex
from verifier.run.foreign.errors import ResultsError
from verifier.run.foreign.exchange import LOOKED_AT, Exchange, text_of
from verifier.run.foreign.reading import decoded, limit, read_bytes, unknown
from verifier.run.record import Check, Suite

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.run.foreign.reading import Report


class Header(Struct):
    """A header."""

    name: str
    value: str


class Sent(Struct):
    """A request."""

    method: str
    url: str
    headers: list[Header] = []


class Answer(Struct):
    """An answer. ``body`` is a file below the report's folder."""

    status: Annotated[int, msgspec.Meta(ge=0, le=999)]
    body: str | None = None


class Call(Struct):
    """A request and its answer."""

    request: Sent
    response: Answer


class Assert(Struct):
    """An assert of an entry."""

    success: bool
    line: int
    message: str | None = None


class Entry(Struct):
    """A request of a Hurl file, with its redirects."""

    index: int
    calls: list[Call]
    asserts: list[Assert]
    line: int = 0
    time: float | None = None
    curl_cmd: str = ""


class File(Struct):
    """The run of a Hurl file."""

    filename: str
    entries: list[Entry]
    success: bool


def read_hurl(text: str, report: Report) -> tuple[list[Exchange], Suite]:
    """Read Hurl's JSON.

    Raises:
        ResultsError: it is not what Hurl writes.
    """
    files = decoded(text, list[File], "Hurl", report)
    if not files:
        raise unknown(report)
    entries = [entry for file in files for entry in file.entries]
    limit(report, len(entries), sum(len(entry.asserts) for entry in entries))
    last = {file.filename: index for index, file in enumerate(files)}
    kept = [file for index, file in enumerate(files) if last[file.filename] == index]
    exchanges = [each for file in kept for each in file_exchanges(file, report.folder)]
    name = ", ".join(file.filename for file in kept[:5]) + (", …" if len(kept) > 5 else "")
    if len(kept) < len(files):
        name += " (the last run of each)"
    return exchanges, Suite(name=name, profile=None, source="hurl json", digest=report.digest)


def file_exchanges(file: File, folder: Path) -> list[Exchange]:
    """The requests of a Hurl file."""
    result: list[Exchange] = []
    tried, unexplained = 1, not file.success
    for position, entry in enumerate(file.entries, 1):
        retried = position < len(file.entries) and file.entries[position].index == entry.index
        if retried and failed(entry):
            tried += 1
            continue
        result.append(exchange(entry, file.filename, tried, folder))
        tried, unexplained = 1, unexplained and not failed(entry)
    if not result and not file.success:
        error = "Hurl made no request of this file; the report does not say why."
        return [Exchange(name=file.filename, section=file.filename, error=error, sent=False)]
    if unexplained:
        # Hurl stops at an error, so it belongs to the last request.
        check = Check("the entry runs", False, "Hurl ended here, with every assert true: a capture or filter failed.")
        result[-1] = msgspec.structs.replace(result[-1], checks=(*result[-1].checks, check))
    return result


def failed(entry: Entry) -> bool:
    """Whether an entry failed, as far as the report says so."""
    return not entry.calls or not all(each.success for each in entry.asserts)


def exchange(entry: Entry, section: str, attempts: int, folder: Path) -> Exchange:
    """A request of a Hurl file."""
    name = f"entry {entry.index} (line {entry.line})"
    checks = tuple(
        Check(f"assert {number} (line {each.line})", each.success, reason(each.message or "")[:LOOKED_AT])
        for number, each in enumerate(entry.asserts, 1)
    )
    if not entry.calls:
        method, url = command(entry.curl_cmd)
        return Exchange(
            name=name,
            section=section,
            method=method,
            url=url,
            checks=checks,
            error="There is no answer; the report does not say why."
            if url is not None
            else "Hurl could not make the request; the report does not say why.",
            sent=url is not None,
            attempts=attempts,
        )
    call = entry.calls[-1]
    authorization = next((each.value for each in call.request.headers if each.name.lower() == "authorization"), None)
    return Exchange(
        name=name,
        section=section,
        method=call.request.method.upper(),
        url=call.request.url,
        status=call.response.status,
        milliseconds=entry.time,
        checks=checks,
        attempts=attempts,
        body=None if call.response.body is None else body(call.response.body, folder),
        authorization=authorization,
    )


TOKEN = regex(r"\$?'(?:[^'\\]|\\.)*'|\S+", re.DOTALL)
LONGEST = 100_000  # characters of a command that are looked at


def command(text: str) -> tuple[str, str | None]:
    """The method and the URL of the curl command that Hurl gives for a request; no URL where it made none."""
    tokens = TOKEN.findall(text[:LONGEST])[1:]
    if not tokens or len(text) > LONGEST or "://" not in tokens[-1]:
        return "", None
    if tokens[0] == "--request" and len(tokens) > 2:
        method = tokens[1]
    elif tokens[0] == "--head":
        method = "HEAD"
    else:
        method = "POST" if {"--data", "--data-binary", "--form"} & set(tokens) else "GET"
    return method, tokens[-1].strip("'")


GUTTER = regex(r"\s*+(\d*+)\s*+\|\s?(.*)")
CARETS = regex(r"^\s*\^+\s*")


def reason(message: str) -> str:
    """What an assert's message says, without the drawing around it."""
    title, *lines = message[:LOOKED_AT].splitlines() or [""]
    found = [match for line in lines if (match := GUTTER.fullmatch(line)) is not None]
    # What stands before the first line with a number only shows which request it is about.
    first = next((index for index, match in enumerate(found) if match[1]), 0)
    said = [CARETS.sub("", match[2]).strip() for match in found[first:]]
    return ": ".join(part for part in (title.strip(), "; ".join(text for text in said if text)) if part)


def body(name: str, folder: Path) -> str | None:
    """The body of an answer; None where its file is not there.

    Raises:
        ResultsError: the report names a file that is not its own.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ResultsError(f"The report of Hurl names a body outside its folder: {name[:200]}.")
        content = read_bytes(path, LOOKED_AT)
    except (OSError, ValueError):
        return None
    return None if content is None else text_of(content)
