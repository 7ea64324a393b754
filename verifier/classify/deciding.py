"""From all that is known of a run to its primary cause."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from verifier.classify.executing import executed
from verifier.classify.matching import ENOUGH, LEAD, OF_ERRORS, SURE, Match, matches
from verifier.classify.nouns import Cause, Classification, Evidence, FailedRun, Part, Sureness
from verifier.classify.reading import Reading, read_run
from verifier.classify.symptoms import Symptom, symptom_of
from verifier.classify.trajectory import looped, never_tried
from verifier.classify.vocabulary import BY_DEFECT, label_of
from verifier.model import Category, Verdict

MOST_ALTERNATIVES = 5
MOST_EVIDENCE = 8
MOST_LATER = 4  # operations that failed later
MENTIONED = 2  # points of a finding that only explains a later failure, to be a runner-up
# What says that something failed, and little of why.
VAGUE = ("unexplained-error", "checks-failed", "never-answered", "start-crash", "value-wrong", "request-refused")


def classify(run: FailedRun) -> Classification:
    """The primary cause of a failed run, with evidence and runners-up; or that it did not fail."""
    reading = read_run(run)
    broken = tuple(one for one in run.verdicts if one.compliant is False and one.constraint != "contract")
    known = run.record is not None or run.requests is not None
    symptom = symptom_of(reading, bodyless_operations(run), protected_operations(run))
    missing = tuple(missing_parts(run))
    notes = tuple(notes_of(run, reading))
    if known and not reading.failed:
        if not broken:
            return Classification(False, None, (), missing, notes)
        return Classification(True, of_constraints(broken, "high"), (), missing, notes)
    causes = list(of_code(run, reading, symptom))
    causes += [msgspec.structs.replace(cause, confidence="low") for cause in of_later(run, reading)]
    causes += [of_constraints(broken, "medium" if not causes and not known else "low")] if broken else []
    causes = with_trajectory(run, causes)
    if not causes:
        return Classification(known and reading.failed, None, (), missing, notes)
    return Classification(True, causes[0], distinct(causes), missing, notes)


def of_later(run: FailedRun, reading: Reading) -> Iterator[Cause]:
    """The causes of what failed later, at other operations than the first: one for each, in the order of the suite."""
    first = reading.first
    if first is None or reading.started is False:
        return
    seen = {first.operation or first.path}
    for number, request in enumerate(reading.roots):
        operation = request.operation or request.path
        if operation in seen:
            continue
        if len(seen) > MOST_LATER:
            return
        seen.add(operation)
        rest = msgspec.structs.replace(reading, roots=reading.roots[number:])
        symptom = symptom_of(rest, bodyless_operations(run), protected_operations(run))
        cause = next(of_code(run, rest, symptom), None)
        if cause is not None:
            yield cause


def distinct(causes: list[Cause]) -> tuple[Cause, ...]:
    """The runners-up: each defect once, and not that of the cause."""
    found: dict[str, Cause] = {}
    for cause in causes[1:]:
        if cause.defect != causes[0].defect:
            found.setdefault(cause.defect, cause)
    return tuple(found.values())[:MOST_ALTERNATIVES]


def of_code(run: FailedRun, reading: Reading, symptom: Symptom | None) -> Iterator[Cause]:
    """The causes that lie in the code, the likeliest first."""
    started = reading.started is not False
    ranked = matches(run.findings or (), reading, symptom)
    good = [one for one in ranked if one.points >= ENOUGH and explains(one, reading, symptom)]
    good = causes_first(good, ranked)
    if good and symptom is not None and symptom.defect == "environment-failed":
        good = []
    shown = symptom.evidence if symptom is not None else ()
    for number, one in enumerate(good[: MOST_ALTERNATIVES + 1]):
        yield of_finding(one, good[number + 1 :], shown, started=started)
    if symptom is not None:
        yield of_symptom(run, symptom, started=started)
        for other in symptom.others:
            yield of_word(other, "low", shown[:1], started=started)
    for one in ranked:
        if (
            one not in good
            and "other outcome" not in one.reasons
            and {"endpoint", "other endpoint"} & set(one.reasons)
            and one.points >= MENTIONED
        ):
            yield of_finding(one, [], (), started=started, confidence="low")
    if not good and symptom is None:
        for one in ranked[: MOST_ALTERNATIVES + 1]:
            yield of_finding(one, [], (), started=started, confidence="low")


def causes_first(good: list[Match], ranked: tuple[Match, ...]) -> list[Match]:
    """The findings that explain the run, with what explains the first of them before it.

    Rules of the pack `contract` say what an answer lacks. Where another rule stands at the same line, it says why.
    """
    if not good or not good[0].finding.rule.startswith("contract/"):
        return good
    place = good[0].finding.span
    why = [
        one
        for one in ranked
        if not one.finding.rule.startswith("contract/")
        and (one.finding.span.path, one.finding.span.line) == (place.path, place.line)
    ]
    return [*why, *(one for one in good if one not in why)]


def explains(one: Match, reading: Reading, symptom: Symptom | None) -> bool:
    """Whether a finding can be the cause at all: its kind alone is not enough where many have it."""
    if {"started", "other outcome"} & set(one.reasons):
        return False
    agreeing = {"category", "near category", "start", "status", *OF_ERRORS}
    if symptom is None or set(one.reasons) & agreeing:
        return True
    # That it is on the way alone does not overrule what the run shows plainly.
    return one.placed and symptom.confidence != "high"


def of_finding(
    one: Match, rest: list[Match], shown: tuple[Evidence, ...], *, started: bool, confidence: Sureness | None = None
) -> Cause:
    """A finding as a cause."""
    finding = one.finding
    lead = one.points - rest[0].points if rest else one.points
    sure: Sureness = "high" if one.points >= SURE and lead >= LEAD else "medium" if one.placed else "low"
    seen = Evidence("finding", f"{finding.rule}: {finding.message}", finding.span.path, finding.span.line)
    related = [Evidence("finding", each.message, each.span.path, each.span.line) for each in finding.related[:2]]
    return Cause(
        category=str(finding.category),
        paper_label=str(label_of(finding.rule, finding.category, started=started)),
        defect=finding.rule,
        confidence=confidence or sure,
        evidence=(seen, *shown, *related)[:MOST_EVIDENCE],
    )


def of_symptom(run: FailedRun, symptom: Symptom, *, started: bool) -> Cause:
    """What the run shows by itself, as a cause; with the layer and the query that the project's frames execute."""
    ran = tuple(executed(run.facts, symptom.error)) if run.facts is not None and symptom.error is not None else ()
    return of_word(symptom.defect, symptom.confidence, (*symptom.evidence, *ran), started=started)


def of_word(defect: str, confidence: Sureness, evidence: tuple[Evidence, ...], *, started: bool) -> Cause:
    """A word of the vocabulary as a cause."""
    category = BY_DEFECT[defect].category
    label = label_of(defect, category, started=started)
    title = Evidence("run", BY_DEFECT[defect].title)
    return Cause(str(category), str(label), defect, confidence, (*evidence, title)[:MOST_EVIDENCE])


def of_constraints(broken: tuple[Verdict, ...], confidence: Sureness) -> Cause:
    """Broken clauses of the task as a cause."""
    evidence = [
        Evidence(
            "constraint", f"{verdict.constraint}: {verdict.clause}: {each.message}", each.span.path, each.span.line
        )
        for verdict in broken
        for each in verdict.evidence[:2]
    ]
    evidence = evidence or [Evidence("constraint", f"{verdict.constraint}: {verdict.clause}") for verdict in broken]
    label = str(Category.CONSTRAINT_VIOLATION)
    return Cause(label, label, "constraint-broken", confidence, tuple(evidence[:MOST_EVIDENCE]))


def with_trajectory(run: FailedRun, causes: list[Cause]) -> list[Cause]:
    """The causes, with what the trajectory adds.

    An agent that repeats itself to the end never finished: what is wrong with its code comes second. One that finished
    without a try left ordinary defects; those come first where they are known.
    """
    if run.trajectory is None:
        return causes
    loop, untried = looped(run.trajectory), never_tried(run.trajectory)
    if loop is not None:
        return [of_word("repeated-steps", "high", (loop,), started=True), *causes]
    if untried is None:
        return causes
    cause = of_word("never-tried", "medium", (untried,), started=True)
    known = causes and causes[0].confidence != "low" and causes[0].defect not in VAGUE
    return [*causes[:1], cause, *causes[1:]] if known else [cause, *causes]


def missing_parts(run: FailedRun) -> Iterator[Part]:
    """The parts that were not given."""
    if run.record is None and run.requests is None:
        yield "requests"
    if not run.logs and not (run.record is not None and run.record.signatures):
        yield "logs"
    if run.findings is None:
        yield "project"
    if run.trajectory is None:
        yield "trajectory"


def notes_of(run: FailedRun, reading: Reading) -> Iterator[str]:
    """What is worth knowing of how the run was read."""
    cascades = [one for one in reading.requests if one.follows is not None]
    unsent = [one for one in reading.requests if one.outcome == "not sent"]
    if reading.roots:
        rest = f", and {len(cascades)} follow from earlier ones" if cascades else ""
        sent = f"; {len(unsent)} were not sent" if unsent and reading.phase is None else ""
        yield f"{len(reading.roots)} requests failed for a reason of their own{rest}{sent}"
    if run.trajectory is not None and run.trajectory.odd:
        yield f"{run.trajectory.odd} entries of the trajectory could not be read"
    yield from run.notes


def bodyless_operations(run: FailedRun) -> frozenset[str]:
    """The operations that carry no body: of the contract that is given, else of the one that the suite is about."""
    contract = run.facts.contract if run.facts is not None else None
    if contract is not None:
        return frozenset(
            f"{one.method} {name}"
            for one in contract.operations
            if not one.has_body and one.method != "GET"
            for name in (one.own, one.path)
        )
    from verifier.run.suite.conduit import SUITE

    steps = [step for profile in SUITE.profiles.values() for step in profile]
    given = {step.operation for step in steps if step.body is not None}
    return frozenset(step.operation for step in steps if step.method != "GET") - given


def protected_operations(run: FailedRun) -> frozenset[str]:
    """The operations that need a token: of the contract that is given, else of the one that the suite is about."""
    contract = run.facts.contract if run.facts is not None else None
    if contract is not None and any(one.security for one in contract.operations):
        return frozenset(
            f"{one.method} {name}" for one in contract.operations if one.security for name in (one.own, one.path)
        )
    from verifier.run.suite.conduit import SUITE

    return SUITE.protected
