"""classify: why a run failed."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from verifier.report.style import plain
from verifier.serve.answers import LONGEST, Answer, RefusedError
from verifier.serve.asked import Classify
from verifier.serve.held import Held, Workshop

if TYPE_CHECKING:
    from verifier.classify import FailedRun

MOST_EVIDENCE = 8
MOST_ALTERNATIVES = 5
LONGEST_MESSAGE = 600


class Seen(Struct, frozen=True):
    """One thing that speaks for a cause."""

    source: str
    message: str
    path: str | None
    line: int | None
    request: int | None


class Possible(Struct, frozen=True):
    """What a run may have failed of, with its label in the paper's taxonomy."""

    category: str
    paper_label: str
    defect: str
    confidence: str
    evidence: tuple[Seen, ...]


class Classified(Struct, frozen=True):
    """Why a run failed; what is null is not known. ``missing`` are parts that would have told more."""

    schema_version: int
    failed: bool
    category: str | None
    paper_label: str | None
    defect: str | None
    confidence: str | None
    evidence: tuple[Seen, ...]
    alternatives: tuple[Possible, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def classify(workshop: Workshop, asked: Classify) -> Answer:
    """The primary cause of a failed run, with evidence and runners-up."""
    from verifier.classify import InputError
    from verifier.classify import classify as classify_run
    from verifier.classify.data import classification_data
    from verifier.classify.text import classification_text

    given = [asked.record, asked.log, asked.log_file, asked.requests, asked.requests_file, asked.folder, asked.patch]
    if not any(one is not None for one in given):
        raise RefusedError("There is nothing to classify: give a record, a log, a report of requests, or a project.")
    held = workshop.open(asked) if asked.folder is not None or asked.patch is not None else None
    with TemporaryDirectory(prefix="buttress-") as scratch:
        try:
            run = run_of(workshop, asked, held, Path(scratch))
        except InputError as error:
            raise RefusedError(str(error).replace(f"{scratch}/", "")) from None
    made = classify_run(run)
    text = classification_text(made, plain)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n... {len(text) - LONGEST} more characters left out.\n"
    return Answer(text, msgspec.to_builtins(msgspec.convert(shortened(classification_data(made)), Classified)))


def run_of(workshop: Workshop, asked: Classify, held: Held | None, scratch: Path) -> FailedRun:
    """What is known of the run.

    Raises:
        InputError: a part of it cannot be read.
    """
    from verifier.classify.loading import load, with_report

    logs = [workshop.file(asked.log_file)] if asked.log_file is not None else []
    if asked.log is not None:
        logs.append(written(scratch / "server.log", asked.log))
    if asked.requests is not None and asked.requests_file is not None:
        raise RefusedError("Give `requests` or `requests_file`, not both.")
    requests = workshop.file(asked.requests_file) if asked.requests_file is not None else None
    if asked.requests is not None:
        requests = written(scratch / "requests", asked.requests)
    run = load(
        record=workshop.below(asked.record) if asked.record is not None else None,
        logs=logs,
        requests=requests,
        framework=asked.framework,
        contract=contract_of(workshop, asked, held),
    )
    return with_report(run, held.session.facts, held.report) if held is not None else run


def contract_of(workshop: Workshop, asked: Classify, held: Held | None) -> Any:
    """The contract, which tells requests apart by operation."""
    if held is not None:
        return held.session.facts.contract
    if asked.contract is None:
        return None
    from verifier.link.contract import read_contract
    from verifier.session import read_contract_file

    return read_contract(read_contract_file(workshop.file(asked.contract)), asked.contract, None, ())


def written(place: Path, text: str) -> Path:
    """A file that holds a text."""
    place.write_bytes(text.encode("utf-8", "surrogatepass"))
    return place


def shortened(data: dict[str, Any]) -> dict[str, Any]:
    """A classification without what is too long for an answer."""

    def seen(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one | {"message": one["message"][:LONGEST_MESSAGE]} for one in evidence[:MOST_EVIDENCE]]

    return data | {
        "evidence": seen(data["evidence"]),
        "alternatives": [one | {"evidence": seen(one["evidence"])} for one in data["alternatives"][:MOST_ALTERNATIVES]],
    }
