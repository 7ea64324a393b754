"""Results of other tools, read into the nouns of the record.

reading       the file: how large it may be, and what format it is in
newman        Newman's JSON, and the CSV of newman-reporter-csv
hurl          Hurl's JSON report
junit         JUnit XML: Newman's, Schemathesis's, pytest's, Jest's, any other
schemathesis  running Schemathesis, and reading its events
exchange      what all of them become, and how that becomes requests of the record
operations    which operation of the contract a request belongs to
following     which failures merely follow from earlier ones
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.run.foreign.errors import ResultsError

if TYPE_CHECKING:
    from pathlib import Path

    from verifier.link.contract import Contract
    from verifier.run.record import Request, Suite

__all__ = ["ResultsError", "read_results"]


def read_results(path: Path, contract: Contract | None = None) -> tuple[tuple[Request, ...], Suite]:
    """Read the results that another tool wrote down. The format is told from the content.

    Args:
        path: a report, or the folder that ``hurl --report-json`` wrote.
        contract: names the operation that each request belongs to. Without it they belong to none.

    Returns:
        The requests in the order in which they were sent, as far as the report tells it, and what was read.

    Raises:
        ResultsError: the file cannot be read, or is none of the formats; the text is one sentence for the user.
    """
    from verifier.run.foreign.exchange import requests_of
    from verifier.run.foreign.reading import read_file, read_report

    report = read_file(path)
    exchanges, suite = read_report(report)
    return requests_of(exchanges, contract), suite
