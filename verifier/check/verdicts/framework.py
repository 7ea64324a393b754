"""The framework: that of the application which the start command serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.verdicts.places import MOST_EVIDENCE, article, first_span
from verifier.link.program import imports, is_test
from verifier.model import Evidence, Span, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts


def framework(facts: Facts, wanted: str) -> Verdict:
    """Whether the application that the start command serves is one of the wanted framework.

    Undecided where such an application is made, or the framework imported, and nothing shows what is served.
    """
    clause = f"the served application is {article(wanted)} application"
    served = facts.startup.served
    entries = facts.startup.entries
    evidence = [
        Evidence(entry.command.span, f"`{' '.join(entry.command.argv)}` runs `{entry.path}`") for entry in entries
    ]
    right = [application for application in served if application.framework == wanted]
    wrong = [application for application in served if application.framework != wanted]
    evidence += [
        Evidence(found.span, f"{article(found.framework)} application is made here") for found in (*right, *wrong)
    ]
    if served:
        return Verdict("framework", clause, bool(right), tuple(evidence[:MOST_EVIDENCE]))
    evidence += [
        Evidence(found.span, f"this {found.framework} application is not reached from the start command")
        for found in facts.applications
    ]
    if facts.applications:
        known = any(found.framework == wanted for found in facts.applications)
        return Verdict("framework", clause, None if known else False, tuple(evidence[:MOST_EVIDENCE]))
    pack = facts.book.teaching(wanted)
    using = [
        path
        for path, found in facts.files.items()
        if pack is not None and not is_test(path) and imports(found, pack.packages)
    ]
    evidence += [Evidence(Span(path, 1), f"{wanted} is imported here") for path in using]
    evidence.append(Evidence(first_span(facts), "no application object of any known framework was found"))
    return Verdict("framework", clause, None if using else False, tuple(evidence[:MOST_EVIDENCE]))
