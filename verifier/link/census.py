"""Places that look like queries, by their text alone: what of them was never run is said to be not read."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from verifier.link.program import is_test
from verifier.link.queries import MIGRATION, declared_sites
from verifier.packs import belongs
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.lift.nouns import Site
    from verifier.link import Facts
    from verifier.link.program import Program
    from verifier.model import FileFacts, Span

# What stands before a match on its line, where it is no code.
COMMENT = regex(rb"^\s*(?:#|//|\*|/\*|>>>|\.\.\.)|(?<!:)//\s|\s#\s|``|`[^`]*$")


def not_followed(facts: Facts) -> tuple[Span, ...]:
    """Places that surely are queries and that nothing was seen to run."""
    program = facts.program
    sites = [*facts.calls.sites, *facts.calls_elsewhere.sites, *declared_sites(program)]
    lines = {(query.span.path, query.span.line) for query in facts.queries.queries}
    for graph in (facts.calls, facts.calls_elsewhere):  # what was called is known, and is no query by itself
        lines.update((call.span.path, call.span.line) for call in graph.calls if call.callee is not None)
    found: set[Span] = set()
    for path, places in missed(program, sites).items():
        source = program.project.files[path]
        quoted: Sequence[tuple[int, int]] | None = None
        for start, end in places:
            span = source.span(start, end)
            if (path, span.line) in lines:
                continue
            if quoted is None:
                quoted = strings_in(source.data) if source.language == "python" else ()
            if not within(quoted, start):
                found.add(span)
    return tuple({(span.path, span.line): span for span in sorted(found, reverse=True)}.values())[::-1]


def missed(program: Program, sites: Iterable[Site]) -> dict[str, list[tuple[int, int]]]:
    """Places by file, in bytes, whose text surely is a query and that none of some sites is."""
    covered: dict[str, list[tuple[int, int]]] = {}
    for site in sites:
        covered.setdefault(site.call.frame.module.path, []).append((site.call.node.start, site.call.node.end))
    for ranges in covered.values():
        ranges.sort()
    found: dict[str, list[tuple[int, int]]] = {}
    for pack in program.querying:
        if not pack.marks:
            continue
        wanted = re.compile("|".join(f"(?:{mark})" for mark in pack.marks).encode())
        for path, file in program.facts.items():
            source = program.project.files[path]
            foreign = pack.packages and (source.language == "python") is not (pack.language == "python")
            if foreign or is_test(path) or MIGRATION.search(path) is not None:
                continue
            if pack.packages and not imports_some(file, pack.packages):
                continue
            names = imported_names(file, pack.packages)
            places = [
                (start, end)
                for start, end in marked(source.data, wanted, names)
                if not within(covered.get(path, ()), start)
            ]
            if places:
                found.setdefault(path, []).extend(places)
    return found


def marked(data: bytes, wanted: re.Pattern[bytes], names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Matches in code; a group ``name`` has to be a name that the file imports from the library."""
    for match in wanted.finditer(data):
        name = match.groupdict().get("name")
        if name is not None and name.decode() not in names:
            continue
        line = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        if not COMMENT.search(line):
            yield match.start(), match.end()


def strings_in(data: bytes) -> list[tuple[int, int]]:
    """Where a Python file has texts of several lines, which may show code, as docstrings do; in bytes."""
    starts = [0, *(match.end() for match in re.finditer(rb"\n", data))]
    found: list[tuple[int, int]] = []
    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            (first, _), (last, _) = token.start, token.end
            if token.type == tokenize.STRING and last > first:
                found.append((starts[first - 1] + token.start[1], starts[last - 1] + token.end[1]))
    except (tokenize.TokenError, SyntaxError):
        pass  # what stands after the error counts as code
    return found


def within(ranges: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether a place lies in a call that was run."""
    at = bisect_right(ranges, (offset, 1 << 62))
    return any(end > offset for _, end in ranges[:at])


def imports_some(facts: FileFacts, packages: tuple[str, ...]) -> bool:
    """Whether a file imports something of some packages, or a file of the project that may hand it on."""
    return any(
        found.level > 0 or found.module.startswith((".", "@/", "~/")) or belongs(found.module, packages)
        for found in facts.imports
    )


def imported_names(facts: FileFacts, packages: tuple[str, ...]) -> frozenset[str]:
    """The names that a file has from some packages."""
    return frozenset(here for found in facts.imports if belongs(found.module, packages) for _, here in found.names)
