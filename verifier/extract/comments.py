"""Suppression comments: ``# buttress: ignore[pack/rule, pack/other] -- reason``.

``//``, ``/* */`` and, in SQL text, ``--`` introduce one as well. At the end of a line it speaks of that line, on a
line of its own of the next line that is not a comment. One that cannot be understood has no rules; its reason then
says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.extract.places import way_down
from verifier.model import SourceFile, Suppression
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Tree

MARK = b"buttress:"
IGNORE = regex(r"[ \t]*ignore[ \t]*\[([^\]]*)\][ \t]*(?:--[ \t]*(.*))?")
RULE = regex(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*")
INTRODUCED = regex(r"(?:#|//|--|/\*+|<!--)[ \t]*$")
INTRODUCED_IN_SQL = regex(r"(?:--|/\*)[ \t]*$")
CONTINUED = regex(r"[ \t]*\**[ \t]*$")
ONLY_COMMENT = regex(r"\s*(?:#|//|--|\*|\{?\s*/\*(?:(?!\*/).)*(?:\*/\s*\}?\s*$|$)|$)")

# Longer lines are the work of a bundler, not of somebody who knows what to suppress.
LONGEST_LINE = 5000
# More suppressions than this are not read in one file.
MOST = 2000

COMMENTS = frozenset({"comment", "html_comment"})
TEXTS = frozenset({"string_content", "string_fragment", "string", "template_string"})


def suppressions(source: SourceFile, tree: Tree) -> tuple[Suppression, ...]:
    """The suppressions in the comments and SQL strings of a source file."""
    if MARK not in source.data:
        return ()
    cursor = tree.walk()
    found = []
    lines = Lines(source)
    for offset in _marks(source.data):
        around = way_down(cursor, offset)
        holder = next((node for node in reversed(around[-3:]) if node.type in COMMENTS | TEXTS), None)
        if holder is None:
            continue
        in_sql = holder.type in TEXTS
        quoted = next((at for at, node in enumerate(around) if node.type in ("string", "template_string")), 0)
        if in_sql and around[quoted - 1].type == "expression_statement":  # a docstring
            continue
        suppression = _read(lines, offset, holder.start_byte, holder.end_byte, in_sql=in_sql)
        if suppression is not None:
            found.append(suppression)
    return tuple(found)


def sql_suppressions(source: SourceFile) -> tuple[Suppression, ...]:
    """The suppressions in a file of SQL."""
    lines = Lines(source)
    read = (_read(lines, offset, 0, len(source.data), in_sql=True) for offset in _marks(source.data))
    return tuple(suppression for suppression in read if suppression is not None)


class Lines:
    """The lines of a file, and for each the next one that says more than a comment."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.last = source.data.count(b"\n") + 1
        self.known: dict[int, int] = {}

    def code_from(self, number: int) -> int:
        """The first line from ``number`` on that is no comment; one more than the file has where there is none."""
        passed = []
        while number <= self.last and number not in self.known and ONLY_COMMENT.match(self.source.line(number)):
            passed.append(number)
            number += 1
        found = self.known.get(number, number)
        self.known.update(dict.fromkeys(passed, found))
        return found


def _marks(data: bytes) -> Iterator[int]:
    at, found = -1, 0
    while (at := data.find(MARK, at + 1)) != -1 and found < MOST:
        found += 1
        if at - data.rfind(b"\n", max(at - LONGEST_LINE, 0), at) < LONGEST_LINE:
            yield at


def _read(lines: Lines, offset: int, start: int, end: int, *, in_sql: bool) -> Suppression | None:
    """The suppression whose mark stands at an offset of a comment or SQL text between two others.

    None where the mark does not open a comment: then the text speaks about suppressions and is none.
    """
    source = lines.source
    data = source.data
    first = data.rfind(b"\n", 0, offset) + 1
    last = data.find(b"\n", offset)
    last = last if last != -1 else len(data)
    before = data[max(first, start) : offset].decode("utf-8", "replace")
    continued = start < first and not in_sql and CONTINUED.match(before)
    introduced = (INTRODUCED_IN_SQL if in_sql else INTRODUCED).search(before)
    if not introduced and not continued:
        return None
    body = data[offset + len(MARK) : min(last, end)].decode("utf-8", "replace").partition("*/")[0].partition("-->")[0]
    if in_sql and end < len(data):
        body = body.partition("\\n")[0]
    rules, reason = _parts(body)

    opening = offset - len(before[introduced.start() :].encode()) if introduced else offset
    closing = offset + len(MARK) + len(body.rstrip().encode())
    line, _ = source.position(offset)
    left = data[first:opening].decode("utf-8", "replace").strip()
    right = data[closing:last].decode("utf-8", "replace").strip().removeprefix("*/").strip()
    alone = bool(continued) or (left in ("", "{") and (in_sql or right in ("", "}")))
    target = line
    if alone:
        following = lines.code_from((line if in_sql else source.position(end)[0]) + 1)
        target = following if following <= lines.last else line
    return Suppression(rules, reason, source.span(opening, closing), target)


def _parts(body: str) -> tuple[tuple[str, ...], str]:
    """Rules and reason; without rules, what is wrong."""
    match = IGNORE.match(body)
    if match is None and re.fullmatch(r"\s*ignore\s*(?:--.*)?", body):
        return (), "it names no rule"
    if match is None:
        return (), "expected `buttress: ignore[pack/rule] -- reason`"
    names = [name.strip() for name in match[1].split(",")]
    if not any(names):
        return (), "it names no rule"
    wrong = next((name for name in names if not RULE.fullmatch(name)), None)
    if wrong is not None:
        return (), f"`{wrong}` is not the name of a rule, which is written `pack/rule`"
    rest = body[match.end() :].strip()
    if rest and not rest.startswith(("#", "//")):
        return (), f"expected `-- reason` after the rules, not `{rest}`"
    return tuple(dict.fromkeys(names)), (match[2] or "").strip()
