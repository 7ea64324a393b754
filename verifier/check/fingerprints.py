"""What a finding is known by from one run to the next: not by its lines, which move.

A fingerprint is made of the rule, the file, what the rule says (without numbers of lines) and the code at the place
(without layout), and a count where all of that is the same. So it stays when code above moves, when a formatter has
been at work and when the function around gets another name; and two findings never share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import msgspec

from verifier.model import Finding, Project, SourceFile, Span

# So much of the code at a place: what follows in a long statement is edited for other reasons.
CODE_LENGTH = 60
MOST_LINES = 12
LAYOUT = re.compile(r"\s+")
LAST_COMMA = re.compile(r",(?=[)\]}])")
PLACES = re.compile(r":\d+(?::\d+)?\b|\blines? \d+")


def numbered(findings: Iterable[Finding], project: Project) -> list[Finding]:
    """Findings with their fingerprints.

    Args:
        findings: in order; ``fingerprint`` is what the rule knows them by, or their message.
    """
    counts: dict[tuple[str, ...], int] = {}
    result: list[Finding] = []
    for finding in findings:
        code = bare(code_at(project, finding.span))[:CODE_LENGTH]
        key = (finding.rule, finding.span.path, settled(finding.fingerprint), code)
        counts[key] = counts.get(key, 0) + 1
        result.append(msgspec.structs.replace(finding, fingerprint=digest(*key, str(counts[key]))))
    return result


def digest(*parts: str) -> str:
    """A short name of some texts, as hexadecimal digits."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def settled(text: str) -> str:
    """A text without the numbers of lines in it."""
    return PLACES.sub("", text)


def code_at(project: Project, span: Span) -> str:
    """The source of a span, its first lines; nothing where the span is not in a text of the project."""
    source = project.files.get(span.path) or project.others.get(span.path)
    if source is None:
        return ""
    if span.end_line < span.line or not span.end_column:
        return line_of(source, span.line)
    last = min(span.end_line, span.line + MOST_LINES)
    lines = [line_of(source, number) for number in range(span.line, last + 1)]
    if last == span.end_line:
        lines[-1] = lines[-1][: max(0, span.end_column - 1)]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@lru_cache(maxsize=64)
def line_of(source: SourceFile, number: int) -> str:
    """The text of a line; a file of one very long line is not decoded for each of its findings."""
    return source.line(number)


def bare(code: str) -> str:
    """Code without what formatters change: blanks, line ends, the kind of quotes, a last comma."""
    return LAST_COMMA.sub("", LAYOUT.sub("", code).replace("'", '"'))
