"""Members that objects of a library are asked for and lack, by tables of what each version has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from verifier.link.program import is_test
from verifier.link.uses import MemberRead
from verifier.packs import belongs
from verifier.regex import regex
from verifier.versions import version_range

if TYPE_CHECKING:
    from verifier.link import Facts

Table = Mapping[str, Mapping[str, Mapping[str, str]]]  # version, part, name of the member, who has it

SET = regex(rb"""\.([A-Za-z_]\w*)\s*=(?![=>])|\b(?:decorate\w*|defineProperty|extend)\([^'"()]*['"](\w+)['"]""")
DECLARED = regex(rb"declare\s+(?:module|global)|namespace\s+Express")
WORD = regex(rb"\b([A-Za-z_]\w*)\??\s*[:(<;]")


class ForeignMember(NamedTuple):
    """A member that no admitted version has; ``holders`` are other versions and frameworks that have it."""

    read: MemberRead
    holders: tuple[str, ...]


def foreign_members(facts: Facts, library: str, table: Table, parts: Mapping[str, str]) -> Iterator[ForeignMember]:
    """The reads of members that no admitted version of a library has, and that the project does not add itself.

    Args:
        table: what objects lack, by version and part.
        parts: the part that an object plays, by regular expressions for the whole path of what it is.
    """
    if not any(belongs(found.module, (library,)) for own in facts.files.values() for found in own.imports):
        return
    reads = [read for read in facts.member_reads if not is_test(read.span.path)]
    wanted = [(re.compile(pattern), part) for pattern, part in parts.items()]
    versions = version_range(facts.project, library)
    newest = max(table, key=lambda version: tuple(map(int, version.split("."))))
    if versions is None:
        admitted = [newest]
    else:
        admitted = [version for version in table if versions.maybe(f"^{version.partition('.')[0]}")]
    if not admitted:
        return
    added: frozenset[str] | None = None
    for read in reads:
        part = next((part for pattern, part in wanted if pattern.fullmatch(read.owner)), None)
        if part is None or not all(read.name in table[version].get(part, {}) for version in admitted):
            continue
        if added is None:
            added = frozenset(added_names(facts))
        if read.name not in added:
            holders = dict.fromkeys(one for version in admitted for one in table[version][part][read.name].split(", "))
            yield ForeignMember(read, tuple(holders))


def added_names(facts: Facts) -> Iterator[str]:
    """Names of members that the project itself may add to objects of libraries."""
    for path, source in facts.project.files.items():
        if not path.endswith(".py"):
            yield from ((one or other).decode() for one, other in SET.findall(source.data))
            if DECLARED.search(source.data):
                yield from (name.decode() for name in WORD.findall(source.data))
