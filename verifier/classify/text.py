"""A classification as text for a person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from verifier.classify.nouns import Cause, Classification, Evidence
from verifier.classify.vocabulary import BY_DEFECT
from verifier.report.style import Paint, shown

WIDTH = 110
LONGEST = 600  # characters of a message that are shown
STYLES = {"high": "good", "medium": "unsure", "low": "dim"}


def classification_text(made: Classification, paint: Paint) -> str:
    """The cause, why, what it may be instead, and what would have told more."""
    lines: list[str] = []
    if not made.failed:
        known = "requests" not in made.missing
        lines.append(paint("The run did not fail.", "good") if known else "Nothing tells of a failure.")
    elif made.cause is None:
        lines.append("The run failed, and nothing that was given tells why.")
    else:
        lines += cause_lines(made.cause, paint)
    if made.alternatives:
        lines += ["", paint("It may also be", "bold")]
        lines += [alternative(cause, paint) for cause in made.alternatives]
    if made.notes:
        lines += ["", *(wrapped(shown(note), "") for note in made.notes)]
    if made.missing:
        lines += ["", paint(f"Not given, and might tell more: {', '.join(made.missing)}", "dim")]
    return "\n".join(lines) + "\n"


def cause_lines(cause: Cause, paint: Paint) -> Iterator[str]:
    """The primary cause."""
    word = BY_DEFECT.get(cause.defect)
    yield f"{paint(shown(cause.defect), 'rule')}  {cause.category}"
    if word is not None:
        yield f"  {word.title}."
    label = paint(cause.paper_label, "bold")
    yield f"  confidence {paint(cause.confidence, STYLES[cause.confidence])}, label of the paper {label}"
    yield ""
    for each in cause.evidence:
        if each.source != "run":
            yield from evidence_lines(each, paint)


def evidence_lines(each: Evidence, paint: Paint) -> Iterator[str]:
    """One piece of evidence: where it was seen, what, and the place."""
    source = f"request {each.request}" if each.source == "request" and each.request is not None else each.source
    text = " ".join(shown(each.message[:LONGEST].replace("\n", " ")).split())
    head = f"  {source:<14} "
    first, *rest = textwrap.wrap(text, WIDTH - len(head), break_long_words=False) or [""]
    yield f"{paint(head, 'dim')}{first}"
    yield from (" " * len(head) + line for line in rest)
    if each.path is not None:
        place = f"{each.path}:{each.line}" if each.line is not None else each.path
        yield " " * len(head) + paint(shown(place), "path")


def alternative(cause: Cause, paint: Paint) -> str:
    """A runner-up, in one line."""
    word = BY_DEFECT.get(cause.defect)
    why = next((each.message for each in cause.evidence if each.source == "finding"), "")
    told = word.title if word is not None else why.partition(": ")[2] or why
    place = next((f" {each.path}:{each.line}" for each in cause.evidence if each.source == "finding" and each.path), "")
    line = f"  {paint(shown(cause.defect), 'rule')} ({cause.paper_label}, {cause.confidence})"
    text = " ".join(shown(told).split())
    return f"{line} {text[:WIDTH]}{paint(shown(place), 'path')}"


def wrapped(text: str, indent: str) -> str:
    """A text in lines of a readable length."""
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
