"""The formats of a check: each is made by a file of its own, which is loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from verifier.check import Report
from verifier.report.style import Paint, plain

if TYPE_CHECKING:
    from verifier.link import Facts


class Look(NamedTuple):
    """How a report is shown.

    Attributes:
        quiet, verbose: less or more than the usual, in text.
        accepted: also what a comment of the code or the baseline accepts, marked as such, where a format can.
        failed: whether the check fails.
    """

    paint: Paint = plain
    quiet: bool = False
    verbose: bool = False
    accepted: bool = True
    failed: bool = False


def shown_as(name: str, report: Report, facts: Facts, look: Look) -> str:
    """A report in a format, by the format's name."""
    made: str
    if name == "json":
        from verifier.report.data import check_data, dumps

        made = dumps(check_data(report, facts))
    elif name == "jsonl":
        from verifier.report.data import finding_lines

        made = finding_lines(report)
    elif name == "concise":
        from verifier.report.text import render_concise

        made = render_concise(report, look.paint)
    elif name == "sarif":
        from verifier.report.sarif import sarif_text

        made = sarif_text(report, facts, accepted=look.accepted, failed=look.failed)
    elif name == "junit":
        from verifier.report.junit import junit_text

        made = junit_text(report, facts)
    elif name == "github":
        from verifier.report.github import github_text

        made = github_text(report, facts)
    elif name == "gitlab":
        from verifier.report.gitlab import gitlab_text

        made = gitlab_text(report, facts)
    elif name == "markdown":
        from verifier.report.markdown import markdown_text

        made = markdown_text(report, facts)
    elif name == "html":
        from verifier.report.html import html_text

        made = html_text(report, facts, accepted=look.accepted)
    else:
        from verifier.report.text import render

        made = render(report, facts, look.paint, quiet=look.quiet, verbose=look.verbose)
    return made
