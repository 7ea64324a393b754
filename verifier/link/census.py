"""Places that look like queries, by their text alone: what of them was never run is said to be not read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from verifier.link.program import is_test
from verifier.link.queries import MIGRATION, declared_sites
from verifier.packs import belongs

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.model import FileFacts, Span

# What stands before a match on its line, where it is no code.
COMMENT = re.compile(rb"^\s*(?:#|//|\*|/\*|>>>|\.\.\.)|(?<!:)//\s|\s#\s|``|`[^`]*$")


def not_followed(facts: Facts) -> tuple[Span, ...]:
    """Places that surely are queries and that nothing was seen to run."""
    program = facts.program
    covered: dict[str, list[tuple[int, int]]] = {}
    for site in [*facts.calls.sites, *facts.calls_elsewhere.sites, *declared_sites(program)]:
        covered.setdefault(site.call.frame.module.path, []).append((site.call.node.start, site.call.node.end))
    lines = {(query.span.path, query.span.line) for query in facts.queries.queries}
    for graph in (facts.calls, facts.calls_elsewhere):  # what was called is known, and is no query by itself
        lines.update((call.span.path, call.span.line) for call in graph.calls if call.callee is not None)
    for ranges in covered.values():
        ranges.sort()
    found: list[Span] = []
    for pack in program.querying:
        if not pack.marks:
            continue
        wanted = re.compile("|".join(f"(?:{mark})" for mark in pack.marks).encode())
        for path, file in program.facts.items():
            elsewhere = is_test(path) or MIGRATION.search(path) is not None
            if elsewhere or not (imports_some(file, pack.packages) or not pack.packages):
                continue
            source = program.project.files[path]
            names = imported_names(file, pack.packages)
            for start, end in marked(source.data, wanted, names):
                span = source.span(start, end)
                if not within(covered.get(path, ()), start) and (path, span.line) not in lines:
                    found.append(span)
    return tuple({(span.path, span.line): span for span in sorted(found, reverse=True)}.values())[::-1]


def marked(data: bytes, wanted: re.Pattern[bytes], names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Matches in code; a group ``name`` has to be a name that the file imports from the library."""
    for match in wanted.finditer(data):
        name = match.groupdict().get("name")
        if name is not None and name.decode() not in names:
            continue
        line = data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        if not COMMENT.search(line):
            yield match.start(), match.end()


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
