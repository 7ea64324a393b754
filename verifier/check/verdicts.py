"""Verdicts: each constraint that is set, clause by clause, with the lines that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from verifier.link.matching import answers
from verifier.link.program import imports, is_test
from verifier.link.routes import UNMOUNTED
from verifier.model import Confidence, Evidence, Finding, Severity, Span, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts

MOST_EVIDENCE = 20

# What of a project keeps a clause from being decided; empty where it can be.
Doubt = Callable[["Facts"], "tuple[Evidence, ...]"]


class Clause(Struct, frozen=True):
    """A clause of a constraint.

    Attributes:
        rules: those that find it broken, by id, or by the name that rules of several packs share.
        doubt: what keeps it from being decided, where they find nothing.
    """

    text: str
    rules: tuple[str, ...]
    doubt: Doubt


def nothing_missing(facts: Facts) -> tuple[Evidence, ...]:
    """No doubt: the rules see all that the clause speaks of."""
    return ()


def without(*roles: str) -> Doubt:
    """In doubt where a layer has no file: nothing is there that could keep or break the clause."""

    def doubt(facts: Facts) -> tuple[Evidence, ...]:
        played = {layer.role for layer in facts.layers.files.values()}
        lacking = [role for role in roles if role not in played]
        return tuple(Evidence(place(facts), f"no file belongs to the layer `{role}`") for role in lacking)

    return doubt


def without_layers(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where fewer than two layers have files."""
    if sum(1 for files in facts.layers.members.values() if files) > 1:
        return ()
    return (Evidence(place(facts), "fewer than two layers have files"),)


def without_repository_calls(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where nothing was seen that calls a repository: who does so was not found out."""
    lacking = without("repositories")(facts)
    callees = (call.callee for call in facts.calls.calls)
    if lacking or any(found is not None and facts.layers.role(found.path) == "repositories" for found in callees):
        return lacking
    return (Evidence(place(facts), "no call of a repository was seen"),)


def without_data_access(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where no route was followed to the database."""
    if facts.data_access:
        return ()
    followed = len(facts.calls.entries)
    routes = "route whose handler was" if followed == 1 else f"{followed} routes whose handlers were"
    where = f"below the {routes} followed" if followed else "as no handler was followed"
    return (Evidence(place(facts), f"no data access was seen, {where}"),)


def outside_of_repositories(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where no data access was seen, or some lies in files that are no repositories by any sign."""
    roles = {path: facts.layers.role(path) for path in facts.data_access}
    return without_data_access(facts) or tuple(
        Evidence(facts.data_access[path][0].span, f"data access in a file of {f'`{role}`' if role else 'no layer'}")
        for path, role in roles.items()
        if role != "repositories"
    )


def without_all_routes(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where an operation has no route among those that were read, and not all could be read."""
    assert facts.contract is not None
    if not facts.applications:
        return (Evidence(first_span(facts), "no application object of any known framework was found"),)
    dynamic = [found for found in facts.dynamic_routes if found.reason != UNMOUNTED]
    if not dynamic or all(
        any(answers(route, operation) for route in facts.served_routes) for operation in facts.contract.operations
    ):
        return ()
    return tuple(Evidence(found.span, found.reason) for found in dynamic)


def without_routes(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where no operation has a route, or one without a route may have one that could not be read."""
    assert facts.contract is not None
    if any(answers(route, operation) for route in facts.served_routes for operation in facts.contract.operations):
        return without_all_routes(facts)
    return (Evidence(place(facts), "no operation of the contract has a route that was read"),)


# The clauses of the clean architecture.
ARCHITECTURE: tuple[Clause, ...] = (
    Clause("each layer is in its own directory", ("layers/missing-layer", "layers/shared-directory"), nothing_missing),
    Clause("dependencies point down only", ("layers/upward-import",), without_layers),
    Clause("routes import services only", ("layers/repository-in-route",), without("routes", "repositories")),
    Clause(
        "repositories are reached only through services",
        ("layers/repository-outside-service", "layers/repository-in-route"),
        without_repository_calls,
    ),
    Clause("services are framework-agnostic", ("layers/framework-in-service",), without("services")),
    Clause("routes hold no data access", ("layers/data-access-in-route",), without_data_access),
    Clause(
        "data access lies in repositories",
        ("layers/data-access-in-service", "layers/data-access-in-route"),
        outside_of_repositories,
    ),
)
CONFIGURED: tuple[Clause, ...] = (
    Clause("dependencies point down only", ("layers/upward-import",), without_layers),
    Clause("closed layers are not bypassed", ("layers/skipped-layer",), without_layers),
)
CONTRACT = (
    Clause(
        "every operation has a route",
        ("contract/missing-operation", "contract/wrong-mount", "contract/wrong-method", "contract/trailing-slash"),
        without_all_routes,
    ),
    Clause("path parameters agree", ("contract/parameter-mismatch",), without_routes),
    Clause("no operation is shadowed", ("shadowed-route", "duplicate-path"), without_routes),
)


def decide(facts: Facts, findings: list[Finding], chosen: Collection[str]) -> tuple[Verdict, ...]:
    """The verdicts on all constraints that are set.

    Args:
        chosen: the ids of the rules that were run.
    """
    config = facts.config
    verdicts: list[Verdict] = []
    if config.framework is not None:
        verdicts.append(framework(facts, config.framework))
    if config.architecture is not None or config.layers:
        clauses = ARCHITECTURE if config.architecture is not None else CONFIGURED
        if config.architecture is not None and config.layers:
            clauses = (*ARCHITECTURE, CONFIGURED[1])
        verdicts.extend(by_findings(facts, "architecture", clause, findings, chosen) for clause in clauses)
    for name, value in (("database", config.database), ("orm", config.orm)):
        if value is not None:
            reason = f"this version of Buttress does not decide whether the project uses {value}"
            evidence = (Evidence(first_span(facts), reason),)
            verdicts.append(
                Verdict("database" if name == "database" else "orm", f"the {name} is {value}", None, evidence)
            )
    if facts.contract is not None:
        verdicts.extend(by_findings(facts, "contract", clause, findings, chosen) for clause in CONTRACT)
    return tuple(verdicts)


def by_findings(
    facts: Facts,
    constraint: Literal["architecture", "contract"],
    clause: Clause,
    findings: list[Finding],
    chosen: Collection[str],
) -> Verdict:
    """A clause that certain rules find broken.

    Undecided where they are not sure, or find nothing and cannot see enough to say so.
    """
    rules = [rule for rule in facts.book.rules if rule in clause.rules or rule.partition("/")[2] in clause.rules]
    broken = [finding for finding in findings if finding.severity is Severity.ERROR and finding.rule in rules]
    evidence = tuple(Evidence(finding.span, finding.message) for finding in broken)
    if broken:
        sure = any(finding.confidence is Confidence.HIGH for finding in broken)
        return Verdict(constraint, clause.text, False if sure else None, evidence)
    used = {application.framework for application in facts.applications}
    idle = {pack.name for pack in facts.book.packs if pack.framework is not None and pack.framework not in used}
    missing = [rule for rule in rules if rule not in chosen and rule.partition("/")[0] not in idle]
    doubts = tuple(Evidence(place(facts), f"`{rule}` was not run") for rule in missing)
    doubts = doubts or clause.doubt(facts)
    if doubts:
        return Verdict(constraint, clause.text, None, doubts[:MOST_EVIDENCE])
    return Verdict(constraint, clause.text, True, evidence_of_keeping(facts, clause.text))


def evidence_of_keeping(facts: Facts, clause: str) -> tuple[Evidence, ...]:
    """What shows that a clause is kept, where that can be said in a line or few."""
    if clause == "each layer is in its own directory":
        return tuple(
            Evidence(Span(files[0].path, 1), f"`{name}`: {len(files)} files, such as this one by {files[0].reason}")
            for name, files in facts.layers.members.items()
            if files
        )
    return ()


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


def article(name: str) -> str:
    """A framework's name with its article: ``a flask``, ``an express``."""
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def place(facts: Facts) -> Span:
    """Where what is nowhere in the project is reported: at its application."""
    made = facts.startup.served or facts.applications
    return made[0].span if made else first_span(facts)


def first_span(facts: Facts) -> Span:
    """Some place in the project, for what has none of its own."""
    commands = facts.project.manifests.commands
    if commands:
        return commands[0].span
    paths = sorted([*facts.project.files, *facts.project.others])
    return Span(paths[0] if paths else ".", 1)
