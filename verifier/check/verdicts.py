"""Verdicts: each constraint that is set, clause by clause, with the lines that it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.model import Evidence, Finding, Severity, Span, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts

MOST_EVIDENCE = 20

# The clauses of the clean architecture, and the rules that find them broken.
ARCHITECTURE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("each layer is in its own directory", ("layers/missing-layer", "layers/shared-directory")),
    ("dependencies point down only", ("layers/upward-import",)),
    ("routes import services only", ("layers/repository-in-route",)),
    ("repositories are reached only through services", ("layers/repository-outside-service",)),
    ("services are framework-agnostic", ("layers/framework-in-service",)),
    ("routes hold no data access", ("layers/data-access-in-route",)),
    ("data access lies in repositories", ("layers/data-access-in-service",)),
)
CONFIGURED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dependencies point down only", ("layers/upward-import",)),
    ("closed layers are not bypassed", ("layers/skipped-layer",)),
)
CONTRACT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "every operation has a route",
        ("contract/missing-operation", "contract/wrong-mount", "contract/wrong-method", "contract/trailing-slash"),
    ),
    ("path parameters agree", ("contract/parameter-mismatch",)),
    ("no operation is shadowed", ("shadowed-route",)),
)


def decide(facts: Facts, findings: list[Finding]) -> tuple[Verdict, ...]:
    """The verdicts on all constraints that are set."""
    config = facts.config
    verdicts: list[Verdict] = []
    if config.framework is not None:
        verdicts.append(framework(facts, config.framework))
    if config.architecture is not None or config.layers:
        clauses = ARCHITECTURE if config.architecture is not None else CONFIGURED
        if config.architecture is not None and config.layers:
            clauses = (*ARCHITECTURE, CONFIGURED[1])
        for clause, rules in clauses:
            verdicts.append(by_findings(facts, "architecture", clause, rules, findings))
    for name, value in (("database", config.database), ("orm", config.orm)):
        if value is not None:
            reason = f"this version of Buttress does not decide whether the project uses {value}"
            evidence = (Evidence(first_span(facts), reason),)
            verdicts.append(
                Verdict("database" if name == "database" else "orm", f"the {name} is {value}", None, evidence)
            )
    if facts.contract is not None:
        for clause, rules in CONTRACT:
            verdicts.append(by_findings(facts, "contract", clause, rules, findings))
    return tuple(verdicts)


def by_findings(facts: Facts, constraint: str, clause: str, rules: Iterable[str], findings: list[Finding]) -> Verdict:
    """A clause that certain rules find broken."""
    wanted = tuple(rules)
    broken = [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR
        and any(finding.rule == rule or finding.rule.endswith(f"/{rule}") for rule in wanted)
    ]
    evidence = tuple(Evidence(finding.span, finding.message) for finding in broken[:MOST_EVIDENCE])
    kept = evidence_of_keeping(facts, constraint, clause) if not broken else ()
    return Verdict("contract" if constraint == "contract" else "architecture", clause, not broken, evidence or kept)


def evidence_of_keeping(facts: Facts, constraint: str, clause: str) -> tuple[Evidence, ...]:
    """What shows that a clause is kept, where that can be said in a line or few."""
    if clause == "each layer is in its own directory":
        return tuple(
            Evidence(Span(files[0].path, 1), f"`{name}`: {len(files)} files, such as this one by {files[0].reason}")
            for name, files in facts.layers.members.items()
            if files
        )
    return ()


def framework(facts: Facts, wanted: str) -> Verdict:
    """Whether the application that the start command serves is one of the wanted framework."""
    clause = f"the served application is a {wanted} application"
    served = facts.startup.served
    entries = facts.startup.entries
    evidence = [
        Evidence(entry.command.span, f"`{' '.join(entry.command.argv)}` runs `{entry.path}`") for entry in entries
    ]
    right = [application for application in served if application.framework == wanted]
    wrong = [application for application in served if application.framework != wanted]
    evidence += [Evidence(found.span, f"a {found.framework} application is made here") for found in (*right, *wrong)]
    if served:
        return Verdict("framework", clause, bool(right), tuple(evidence[:MOST_EVIDENCE]))
    if facts.applications and entries:
        evidence += [
            Evidence(found.span, f"this {found.framework} application is not reached from the start command")
            for found in facts.applications
        ]
    else:
        evidence.append(Evidence(first_span(facts), "no application object of any known framework was found"))
    return Verdict("framework", clause, False, tuple(evidence[:MOST_EVIDENCE]))


def first_span(facts: Facts) -> Span:
    """Some place in the project, for what has none of its own."""
    commands = facts.project.manifests.commands
    if commands:
        return commands[0].span
    paths = sorted([*facts.project.files, *facts.project.others])
    return Span(paths[0] if paths else ".", 1)
