"""fix: findings -> changed sources.

    resolve  a Change of a rule -> edits of bytes, by the tree of the file
    imports  names that a changed file has to import
    write    bytes -> disk, as the file was written

A rule says what to change by spans; here it is found out which bytes that means. Only those bytes change: comments and
layout around them stay as they are. The project is checked again after each round, since one fix may make room for
another, and a fix after which a file no longer parses is taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from verifier.check import Report, check
from verifier.fix.resolve import CannotFixError, Edit, Texts, applied, edits_of
from verifier.link import Facts
from verifier.model import Finding, Fix, Project, SourceFile
from verifier.parse import parse
from verifier.parse.faults import faults

MOST_ROUNDS = 10
Key: TypeAlias = tuple[str, str, str]


class Fixed(Struct, frozen=True):
    """What fixing brought.

    Attributes:
        facts, report: of the project as it is now.
        files: what changed, by path: before and after.
        done: the findings that were mended, in order.
        refused: fixes that could not be made, with the reason.
    """

    facts: Facts
    report: Report
    files: Mapping[str, tuple[SourceFile | None, SourceFile]]
    done: tuple[Finding, ...]
    refused: tuple[tuple[Finding, str], ...]


def fix(facts: Facts, again: Callable[[Mapping[str, SourceFile]], Facts], *, unsafe: bool = False) -> Fixed:
    """Mend what can be mended.

    Args:
        facts: the project.
        again: the facts of the project with some files in place of its own.
        unsafe: also do what may change more than the problem.
    """
    first = facts.project
    changed: dict[str, SourceFile] = {}
    done: list[Finding] = []
    refused: dict[Finding, str] = {}
    given_up: set[Key] = set()
    report = check(facts)
    for _ in range(MOST_ROUNDS):
        waiting = [found for found in fixable(report.findings, unsafe=unsafe) if key_of(found) not in given_up]
        made, mended, failed = one_round(facts.project, waiting)
        refused.update(failed)
        given_up.update(map(key_of, failed))
        if not made:
            break
        before, after = Counter(map(key_of, report.findings)), again(changed | made)
        if lost := routes_of(facts) - routes_of(after):
            refused.update(dict.fromkeys(mended, f"`{min(lost)}` would be lost"))
            given_up.update(map(key_of, mended))
            continue
        changed |= made
        facts, report = after, check(after)
        left = Counter(map(key_of, report.findings))
        for key, count in Counter(map(key_of, mended)).items():
            if left[key] > before[key] - count:
                given_up.add(key)
                refused.update({found: "the change did not mend it" for found in mended if key_of(found) == key})
        done.extend(found for found in mended if found not in refused)
    files = {path: (original(first, path), file) for path, file in sorted(changed.items())}
    return Fixed(facts, report, files, tuple(done), tuple(refused.items()))


def routes_of(facts: Facts) -> set[str]:
    """Method and path of all routes: no fix takes one away."""
    return {f"{route.method} {route.path}" for route in facts.routes}


def key_of(finding: Finding) -> Key:
    """What a finding has in common with what it is after the lines around it have moved."""
    return finding.rule, finding.span.path, finding.message


def fixable(findings: Iterable[Finding], *, unsafe: bool) -> list[Finding]:
    """Findings that have a fix."""
    return [finding for finding in findings if finding.fix is not None and (unsafe or finding.fix.safe)]


def original(project: Project, path: str) -> SourceFile | None:
    """A file of a project, of whatever kind."""
    return project.files.get(path) or project.others.get(path)


def one_round(
    project: Project, findings: list[Finding]
) -> tuple[dict[str, SourceFile], list[Finding], dict[Finding, str]]:
    """Make the fixes that do not touch each other; one that does waits for the next round.

    Returns:
        the changed files, the findings that were mended, and those that cannot be, with the reason.
    """
    texts = Texts(project)
    taken: dict[str, list[Edit]] = {}
    mended: list[Finding] = []
    failed: dict[Finding, str] = {}
    for finding in findings:
        assert finding.fix is not None
        try:
            edits = resolved(finding.fix, texts)
        except CannotFixError as error:
            failed[finding] = str(error)
            continue
        if any(edit.touches(other) for edit in edits for other in taken.get(edit.path, ())):
            continue
        trial = {
            edit.path: [*taken.get(edit.path, ()), *(own for own in edits if own.path == edit.path)] for edit in edits
        }
        broken = [path for path, own in trial.items() if breaks(texts.get(path), own)]
        if broken:
            failed[finding] = f"{broken[0]} could not be parsed any more"
            continue
        taken |= trial
        mended.append(finding)
    made = {path: replace(texts.get(path), data=applied(texts.get(path).data, edits)) for path, edits in taken.items()}
    return {path: file for path, file in made.items() if file.data != texts.get(path).data}, mended, failed


def resolved(wanted: Fix, texts: Texts) -> list[Edit]:
    """All edits of a fix.

    Raises:
        CannotFixError: it cannot be made here; the text says why.
    """
    edits: dict[Edit, None] = {}
    for change in wanted.changes:
        edits.update(dict.fromkeys(edits_of(change, texts)))
    return list(edits)


def breaks(source: SourceFile, edits: list[Edit]) -> bool:
    """Whether a source no longer parses with some edits."""
    if source.language is None:
        return False
    after = replace(source, data=applied(source.data, edits))
    return sure_faults(after) > sure_faults(source)


def sure_faults(source: SourceFile) -> int:
    """How many places of a file its language surely cannot read."""
    return sum(fault.certain for fault in faults(source, parse(source)))
