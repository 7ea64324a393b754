"""check: Facts and rules -> Findings and Verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.check.fingerprints import numbered
from verifier.check.suppressing import Suppressions
from verifier.model import Confidence, Finding, Note, Problem, Related, Severity, Verdict
from verifier.trouble import OURS, told

if TYPE_CHECKING:
    from verifier.config import Config
    from verifier.link import Facts
    from verifier.packs import Book
    from verifier.rule import Rule


class SelectionError(Exception):
    """A rule is asked for that does not exist; the text is one sentence for the user."""


class Known(Struct, frozen=True, omit_defaults=True):
    """A finding, or a line of a broken clause, as it is recognized when lines have moved.

    Attributes:
        rule: a rule's id, or ``constraint: clause``.
        scope: the functions and classes around it, as ``Class.method``.
        code: the source at the place.
    """

    path: str
    rule: str
    message: str
    scope: str = ""
    code: str = ""


class Gate(Struct, frozen=True):
    """What a check is held against, and what came of that.

    Attributes:
        baseline: the file of known findings, as the user names it.
        base: the commit before the change.
        known: findings that were there before; they are not among those of the report.
        gone: what the baseline holds, and is no longer found.
    """

    baseline: str | None = None
    base: str | None = None
    known: tuple[Finding, ...] = ()
    gone: tuple[Known, ...] = ()


class Report(Struct, frozen=True):
    """What a check found.

    Attributes:
        findings: sorted by place; suppressed ones are not among them.
        suppressed: findings that a comment of the code accepts.
        verdicts: one for each clause of each constraint that is set.
        timings: seconds that each rule took; those of the rules that were run.
        unsure: findings that are less sure than was asked for.
        gate: what was there before, where the check is held against that.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    timings: Mapping[str, float]
    unsure: tuple[Finding, ...] = ()
    gate: Gate | None = None

    def broken(self) -> bool:
        """Whether a clause of a constraint is not kept, and was so far."""
        return any(verdict.compliant is False and not verdict.before for verdict in self.verdicts)

    def outdated(self) -> bool:
        """Whether the baseline holds what is no longer found."""
        return self.gate is not None and bool(self.gate.gone)

    def fails(self, level: Severity) -> bool:
        """Whether a finding is at or above a severity."""
        return any(finding.severity.rank <= level.rank for finding in self.findings)


def check(facts: Facts) -> Report:
    """Run the rules that the settings select, and decide the constraints."""
    from verifier.check.verdicts import decide

    config, book = facts.config, facts.book
    chosen = selected(book, config)
    timings: dict[str, float] = {}
    found: list[Finding] = []
    broken: set[str] = set()
    idle = idle_packs(facts)
    unasked = {
        pack.name for pack in book.packs if pack.constraint is not None and not is_set(config, facts, pack.constraint)
    }
    for name in chosen:
        pack = name.partition("/")[0]
        if pack in unasked:
            continue
        if pack in idle:
            timings[name] = 0.0
            continue
        rule = book.rules[name]
        if rule.constraint is not None and not is_set(config, facts, rule.constraint):
            continue
        started = perf_counter()
        try:
            problems = [problem for problem in rule.check(facts) if not ignored(config, rule.id, problem)]
            found.extend([make(rule, problem, facts) for problem in problems])
        except (*OURS, RecursionError) as error:
            facts.program.notes.append(Note("", told(error, f"`{name}` could not be run")))
            broken.add(name)
        else:
            timings[rule.id] = perf_counter() - started
    found = numbered(sorted(told_once(set_of(found), book), key=order), facts.project)
    unsure = [finding for finding in found if not is_sure(finding, config.min_confidence)]
    found = [finding for finding in found if is_sure(finding, config.min_confidence)]
    suppressions = Suppressions(facts)
    if config.honor_suppressions:
        kept, suppressed = suppressions.apply(found)
        if suppressions.RULE in chosen:
            complaints = sorted(suppressions.complaints(set(chosen) - broken), key=order)
            kept = sorted([*kept, *numbered(complaints, facts.project)], key=order)
    else:
        kept, suppressed = found, []
    verdicts = decide(facts, kept, set(chosen) - broken)
    return Report(tuple(kept), tuple(suppressed), verdicts, timings, tuple(unsure))


def idle_packs(facts: Facts) -> frozenset[str]:
    """Packs of frameworks and mappers that no text of the project names: their rules have nothing to speak of."""
    project = facts.project
    texts = [source.data for source in (*project.others.values(), *project.files.values())]
    return frozenset(
        pack.name
        for pack in facts.book.packs
        if pack.packages
        and (pack.framework is not None or pack.orm is not None)
        and not any(
            root in text for root in {first_part(package).encode() for package in pack.packages} for text in texts
        )
    )


def first_part(package: str) -> str:
    """The first part of the name of what is imported, by which texts name it: ``django`` of ``django.db``."""
    return package.removeprefix("@").partition("/")[0].partition(".")[0]


def selected(book: Book, config: Config) -> list[str]:
    """The ids of the rules to run. An empty ``select`` means all; ids and packs are both prefixes.

    Raises:
        SelectionError: a name is no rule and no pack.
    """
    for names in (config.select, config.ignore, config.extend_select, *config.per_file_ignores.values()):
        for name in names:
            require_known(book, name)
    chosen: list[str] = []
    for rule in book.rules:
        wanted = not config.select or covers(config.select, rule) or covers(config.extend_select, rule)
        if wanted and not covers(config.ignore, rule):
            chosen.append(rule)
    return chosen


def require_known(book: Book, name: str) -> None:
    """Refuse a name that is no rule and no pack.

    Raises:
        SelectionError: it is neither.
    """
    from verifier.config import nearest

    packs = {rule.partition("/")[0] for rule in book.rules}
    if name not in book.rules and name not in packs and name != "all":
        raise SelectionError(f"There is no rule or pack `{name}`{nearest(name, [*book.rules, *packs])}")


def covers(names: Iterable[str], rule: str) -> bool:
    """Whether a rule is named, by itself, by its pack or by ``all``."""
    return any(name in (rule, "all", rule.partition("/")[0]) for name in names)


def is_set(config: Config, facts: Facts, constraint: str) -> bool:
    """Whether a constraint is set."""
    if constraint == "architecture":
        return config.architecture is not None or bool(config.layers)
    if constraint == "contract":
        return facts.contract is not None
    return bool(getattr(config, constraint, None))


def ignored(config: Config, rule: str, problem: Problem) -> bool:
    """Whether the settings ignore a rule in the problem's file."""
    if not config.per_file_ignores:
        return False
    from pathspec import GitIgnoreSpec

    return any(
        covers(names, rule) and GitIgnoreSpec.from_lines([pattern]).match_file(problem.span.path)
        for pattern, names in config.per_file_ignores.items()
    )


def make(rule: Rule, problem: Problem, facts: Facts) -> Finding:
    """A finding from what a rule yields."""
    routes = problem.routes if problem.routes is not None else facts.routes_at(problem.span)
    endpoints = tuple(dict.fromkeys(f"{route.method} {route.path}" for route in routes))
    return Finding(
        rule=rule.id,
        category=problem.category or rule.category,
        severity=problem.severity or rule.severity,
        confidence=problem.confidence or rule.confidence,
        message=problem.message,
        span=problem.span,
        related=(*problem.related, *handlers_in(problem, facts)),
        endpoints=endpoints,
        symptom=problem.symptom,
        remedy=problem.remedy,
        fingerprint=problem.identity or problem.message,
        fix=problem.fix,
    )


def handlers_in(problem: Problem, facts: Facts) -> Iterator[Related]:
    """The handlers of routes that one line registers in a loop: only these tell which row of a table is meant."""
    for route in problem.routes or ():
        function = route.function
        if function is None or route.span != problem.span or function.span in {found.span for found in problem.related}:
            continue
        if any(other.span == route.span and other.function not in (None, function) for other in facts.routes):
            yield Related(function.span, f"the handler of `{route.method} {route.path}`")


def set_of(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without repeats of one rule at one place."""
    return list({(finding.rule, finding.span, finding.message): finding for finding in findings}.values())


def told_once(findings: list[Finding], book: Book) -> list[Finding]:
    """Findings without those of which another rule speaks on the same line."""
    places = {(finding.rule, finding.span.path, finding.span.line) for finding in findings}
    return [
        finding
        for finding in findings
        if not any((rule, finding.span.path, finding.span.line) in places for rule in book.rules[finding.rule].unless)
    ]


def order(finding: Finding) -> tuple[object, ...]:
    """The place of a finding in a report."""
    return (finding.span, finding.rule, finding.message)


def is_sure(finding: Finding, lowest: Confidence) -> bool:
    """Whether a finding is as sure as is asked for."""
    return lowest is Confidence.MEDIUM or finding.confidence is Confidence.HIGH
