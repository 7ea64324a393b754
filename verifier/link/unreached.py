"""Code that creates tables and that starting the application does not reach; found as text, for evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from verifier.link.program import is_test
from verifier.model import SourceFile, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts

# What code that creates tables looks like in any library.
CREATING = regex(
    rb"\.create_all\b|\.sync\(|\bmigrate\.latest\(|\bcreate_tables\(|\bgenerate_schemas\(|\bCREATE TABLE\b"
    rb"|\bcommand\.upgrade\("
)
FUNCTION = regex(
    r"(?:async\s+)?def\b|.*\bfunction\b|.*=>\s*\{?\s*$|(?:async\s+)?(?:static\s+)?\w+\([^)]*\)[^;{]*\{\s*$"
)
MAIN = regex(r"if\b.*(?:__name__|require\.main|import\.meta)")
LONGEST_LINE = 500
CONTROL = regex(r"(?:if|for|while|switch|catch|with|return|await)\b")

State = Literal["never called", "as a script", "elsewhere", "unclear"]


class Unreached(NamedTuple):
    """A place that creates tables.

    ``state``: its function is ``never called`` by the start; it runs only where the file is started ``as a script``;
    its file is ``elsewhere``, not imported by the start; ``unclear`` where it may be reached after all.
    """

    span: Span
    state: State


def unreached(facts: Facts) -> Iterator[Unreached]:
    """The places that create tables, without those that the start reaches."""
    reached = {(found.span.path, found.span.line) for found in facts.schema_creations}
    started = set(facts.started.files)
    ran = facts.started.functions
    for path, source in sorted(facts.project.files.items()):
        if is_test(path):
            continue
        for match in CREATING.finditer(source.data):
            span = source.span(match.start(), match.end())
            if (path, span.line) in reached or source.line(span.line).lstrip().startswith(("#", "//", "*", "/*")):
                continue
            if path not in started:
                yield Unreached(span, "elsewhere")
            elif any(one.path == path and one.span.line <= span.line <= one.span.end_line for one in ran):
                yield Unreached(span, "unclear")
            else:
                yield Unreached(span, state_of(source, span.line))


def state_of(source: SourceFile, number: int) -> State:
    """What keeps a line of a file that was run from being run, by the lines that it stands below."""
    depth = indentation(source.line(number))
    for above in range(number, 0, -1):
        line = source.line(above)
        own = indentation(line)
        if not line.strip() or (above != number and own >= depth):
            continue
        depth = min(depth, own)
        text = line.strip()[:LONGEST_LINE]
        if MAIN.match(text):
            return "as a script"
        if FUNCTION.match(text) and not CONTROL.match(text):
            return "never called"
        if own == 0:
            break
    return "unclear"


def indentation(line: str) -> int:
    """How far a line is indented."""
    return len(line) - len(line.lstrip())
