"""Which static finding explains what a run shows: a few points for each thing in which they agree.

The points are small whole numbers, stand in ``POINTS`` alone, and are added up. docs/classifying.md explains them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.classify.exceptions import meaning_of_text, meant, said_by
from verifier.classify.reading import Reading
from verifier.classify.vocabulary import BY_DEFECT, choice_of, label_of
from verifier.model import Category, Confidence, Finding, Severity
from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verifier.classify.symptoms import Symptom
    from verifier.run.record import Frame, Signature

POINTS: Mapping[str, int] = {
    "line": 5,  # a frame of the error stands on the finding's very lines
    "function": 3,  # or near them, in the same file
    "file": 2,  # or anywhere in the file
    "endpoint": 4,  # it is on the way of the first request that failed
    "other endpoint": 1,  # or only on the way of another that failed
    "elsewhere": -3,  # its ways are known, and no request on them failed
    "category": 3,  # it has the label that the run itself shows
    "near category": 1,  # or one of the others that the run may show
    "words": 2,  # it names what the error names
    "said": 2,  # it foretells an error that means the same as the one that was seen
    "status": 2,  # it foretells the very status of a refusal
    "other error": -5,  # it foretells another error than the one that was seen
    "other outcome": -6,  # it foretells an error where there was an answer, or no error where the server failed
    "unlike": -4,  # the log shows an error at the request, and it agrees with none of the above that an error shows
    "start": 4,  # the server did not start, and the finding says it cannot
    "started": -8,  # the server did start, though the finding says it cannot
    "error": 1,
    "info": -2,
    "medium": -1,
}
OF_ERRORS = frozenset({"line", "function", "words", "said"})
# Words of many meanings: that both are of one is no agreement.
WIDE = frozenset(
    {"query-invalid", "database-error", "mapping-wrong", "framework-misused", "member-unknown", "start-crash"}
)
ENOUGH = 4  # points that a finding needs to be taken for the cause
NEAR = 15  # lines: a short function
LEAD = 2  # points ahead of the next, to be sure of it
SURE = 7

QUOTED = regex(r"[`'\"]([^`'\"\n]{2,80})[`'\"]")
WORD = regex(r"[A-Za-z_]\w+")
DOTTED = regex(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\b")
# What a finding says will happen: an error, or an answer with success.
FAILS = regex(r"\b5\d\d\b|[Ee]rror\b|[Ee]xception\b|\b[Ff]ails?\b|\braises?\b|\bcrash")
SUCCEEDS = regex(r"\b20\d\b|never|silently|not awaited|nothing of it")
SLOT = regex(r"\{[^{}/]*\}|:[A-Za-z_]\w*|<[^<>/]*>")


class Match(Struct, frozen=True):
    """A finding with its points, and what they were given for."""

    finding: Finding
    points: int
    reasons: tuple[str, ...]

    @property
    def placed(self) -> bool:
        """Whether more than the kind of defect speaks for it: a place, a route, a name."""
        return any(one in ("line", "function", "endpoint", "words", "said", "status", "start") for one in self.reasons)


def matches(findings: Iterable[Finding], reading: Reading, symptom: Symptom | None) -> tuple[Match, ...]:
    """The findings, those first that explain the run best. Equals stand in the order of their places and rules."""
    found = [match(one, reading, symptom) for one in findings if one.category is not Category.OTHER]
    return tuple(sorted(found, key=order))


def order(one: Match) -> tuple[object, ...]:
    """Most points first."""
    finding = one.finding
    return (-one.points, finding.severity.rank, finding.span, finding.rule, finding.message)


def match(finding: Finding, reading: Reading, symptom: Symptom | None) -> Match:
    """The points of a finding."""
    first = reading.first
    errors = [symptom.error] if symptom is not None and symptom.error is not None else []
    errors += [error for error in reading.errors_of(first) if error not in errors]
    reasons = [
        *of_place(finding, errors),
        *of_endpoint(finding, reading),
        *of_category(finding, reading, symptom),
        *of_words(finding, errors),
        *of_symptom(finding, reading, symptom),
    ]
    told = symptom is not None and symptom.confidence == "high" and symptom.error is not None
    if told and reading.started is not False and not set(reasons) & {*OF_ERRORS, "other error"}:
        reasons.append("unlike")
    if reading.first is not None and not reading.elsewhere and contradicts(finding, reading.first.status):
        reasons.append("other outcome")
    if finding.severity is Severity.ERROR:
        reasons.append("error")
    if finding.severity is Severity.INFO:
        reasons.append("info")
    if finding.confidence is Confidence.MEDIUM:
        reasons.append("medium")
    return Match(finding, sum(POINTS[one] for one in reasons), tuple(reasons))


def of_place(finding: Finding, errors: Iterable[Signature]) -> Iterable[str]:
    """Whether an error was raised, or passed, where the finding stands."""
    best = max((place_of(finding, frame) for error in errors for frame in error.frames), default="", key=rank)
    if not best:
        texts = [said_by(error) for error in errors]
        best = "file" if any(names_file(text, finding.span.path) for text in texts) else ""
    return [best] if best else []


def rank(place: str) -> int:
    """The points of a place."""
    return POINTS.get(place, 0)


def place_of(finding: Finding, frame: Frame) -> str:
    """How near a frame is to a finding, or to a place that it refers to."""
    best = ""
    for span in (finding.span, *(related.span for related in finding.related)):
        if not same_file(span.path, frame.path):
            continue
        last = max(span.line, span.end_line)
        if span.line <= frame.line <= last:
            near = "line"
        elif span.line - NEAR <= frame.line <= last + NEAR:
            near = "function"
        else:
            near = "file"
        best = max(best, near, key=rank)
    return best


def same_file(path: str, shown: str) -> bool:
    """Whether a stack trace shows a file of the project, whose root may not be known."""
    return path == shown or shown.endswith(f"/{path}")


def names_file(text: str, path: str) -> bool:
    """Whether an error names a file of the project, as what imports something does."""
    return f"/{path}" in text and path.count("/") > 0


def of_endpoint(finding: Finding, reading: Reading) -> Iterable[str]:
    """Whether the finding is on the way of a request that failed."""
    if not finding.endpoints or reading.first is None:
        return []
    endpoints = [shape(one) for one in finding.endpoints]
    if any(same_route(one, reading.first.operation, reading.first.method, reading.first.path) for one in endpoints):
        return ["endpoint"]
    others = (same_route(end, one.operation, one.method, one.path) for one in reading.roots for end in endpoints)
    return ["other endpoint"] if any(others) else ["elsewhere"]


def shape(endpoint: str) -> str:
    """A route without the names of its parameters, and without a slash at its end."""
    method, _, path = endpoint.partition(" ")
    return f"{method} {SLOT.sub('{}', path).rstrip('/') or '/'}"


def same_route(endpoint: str, operation: str | None, method: str, path: str) -> bool:
    """Whether a route is the one that a request asked, be it below a prefix that the contract does not name."""
    own, _, route = endpoint.partition(" ")
    if operation is not None:
        asked, _, template = shape(operation).partition(" ")
        return own in (asked, "ANY", "*", "ALL") and (route == template or route.endswith(template))
    parts, given = route.strip("/").split("/"), path.partition("?")[0].strip("/").split("/")
    if own != method or len(given) > len(parts):
        return False
    tail = parts[len(parts) - len(given) :]
    return bool(given[0]) and all(one in ("{}", two) for one, two in zip(tail, given, strict=True))


def of_category(finding: Finding, reading: Reading, symptom: Symptom | None) -> Iterable[str]:
    """Whether the finding has the label that the run shows."""
    if reading.started is False:
        return ["start"] if finding.category is Category.SERVER_STARTUP_FAILURE else []
    if finding.category is Category.SERVER_STARTUP_FAILURE and reading.started:
        return ["started"]
    if symptom is None:
        return []
    label = label_of(finding.rule, finding.category)
    if label == label_of(symptom.defect, BY_DEFECT[symptom.defect].category):
        return ["category"]
    others = (label_of(other, BY_DEFECT[other].category) for other in symptom.others)
    return ["near category"] if label in others else []


def of_words(finding: Finding, errors: Iterable[Signature]) -> Iterable[str]:
    """Whether the finding names what an error names: columns, tables, members, modules."""
    told = {name for error in errors for name in names_in(f"{error.message} {error.cause or ''}")}
    if not told:
        return []
    own = names_in(f"{finding.message} {finding.symptom}")
    return ["words"] if told & own else []


def of_symptom(finding: Finding, reading: Reading, symptom: Symptom | None) -> Iterable[str]:
    """Whether the finding foretells the error, or the status, that came."""
    reasons = []
    status = reading.first.status if reading.first is not None else None
    if status is not None and 300 <= status < 500 and finding.symptom.startswith(str(status)):
        reasons.append("status")
    if symptom is None or symptom.error is None:
        return reasons
    started = reading.started is not False
    foretold, seen = (meant(text, started=started) for text in (finding.symptom, said_by(symptom.error)))
    if foretold is None or seen is None:
        return reasons
    same = foretold[0] == seen[0] or ((choice := choice_of(foretold[0])) is not None and choice is choice_of(seen[0]))
    if foretold == seen or (same and foretold[0] not in WIDE):
        return [*reasons, "said"]
    return reasons if reading.elsewhere else [*reasons, "other error"]


def contradicts(finding: Finding, status: int | None) -> bool:
    """Whether a finding foretells another outcome than came: an error for a right status, or the other way round."""
    if status is None or 300 <= status < 500:
        return False
    text = finding.symptom
    fails = FAILS.search(text) is not None or meaning_of_text(text, started=True) is not None
    if status >= 500:
        return not fails
    return fails and not SUCCEEDS.search(text)


def names_in(text: str) -> frozenset[str]:
    """What a text names: words in quotes, and words with dots between them, each also by its last part."""
    quoted = [word for part in QUOTED.findall(text) for word in WORD.findall(part)]
    dotted = [part for name in DOTTED.findall(text) for part in (name, name.rpartition(".")[2])]
    after = [word for _, word in AFTER.findall(text)]
    return frozenset(word.lower() for word in (*quoted, *dotted, *after) if len(word) > 2) - COMMON


# What databases name without quotes.
AFTER = regex(
    r"(?i)\b(column|table|relation|function|module|named?|alias|property|attribute):? [\"'`]?([A-Za-z_][\w.]*)"
)
COMMON = frozenset(
    {"object", "self", "this", "none", "null", "type", "error", "string", "integer", "undefined", "does", "not", "name"}
)
