"""Places in source code, found by what stands there and not by its line, and edits of them.

A place is named by a scope and a pattern. A scope is a dotted name: ``ArticleRepository.page`` is the function
``page`` somewhere in the class ``ArticleRepository``. A pattern is code of the same language. White space, commas,
semicolons and comments do not count in it, nor with which quotes a string is written. ``ANY`` in it stands for any
one thing, ``ANY_name`` too, and ``REST`` or ``REST_name`` for any number of things that follow each other. What was
found may be written back changed: in a replacement they are what they stood for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.model import Language
from verifier.parse import parser

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

LANGUAGES: Mapping[str, Language] = {".py": "python", ".js": "javascript", ".ts": "typescript"}
DEFINITIONS = frozenset(
    {
        "function_definition",
        "class_definition",
        "function_declaration",
        "class_declaration",
        "method_definition",
        "variable_declarator",
    }
)
FUNCTIONS = frozenset({"arrow_function", "function_expression"})
STRINGS = frozenset({"string"})
TOKEN = re.compile(rb"\w+|[^\w\s]")
CLOSING = frozenset({b")", b"]", b"}"})
UNSEEN = frozenset({",", ";", "comment"})
WILD = re.compile(r"ANY(?:_\w+)?")
SEVERAL = re.compile(r"REST(?:_\w+)?")
KEPT = re.compile(r"\b(?:ANY|REST)(?:_[a-z0-9]+)?\b")

Found = dict[str, str]


class PlaceError(Exception):
    """A place is not there, or there is more than one such."""


class Edit(Struct, frozen=True):
    """Bytes that take the place of others."""

    start: int
    end: int
    text: str


class Match(Struct, frozen=True):
    """A node that a pattern fits, and what its wild parts stood for."""

    node: Node
    found: Found


class Source:
    """A file of a backend, to be edited. All edits are of the file as it was."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.edits: list[Edit] = []

    @property
    def suffix(self) -> str:
        return Path(self.path).suffix

    @cached_property
    def tree(self) -> Tree:
        return parser_of(self.suffix).parse(self.data)

    @property
    def root(self) -> Node:
        return self.tree.root_node

    def text(self, node: Node) -> str:
        """The code of a node."""
        return self.data[node.start_byte : node.end_byte].decode()

    def scope(self, name: str | None) -> Node:
        """The one definition of a dotted name; the whole file without a name.

        Raises:
            PlaceError: there is none, or there are several.
        """
        node = self.root
        for part in name.split(".") if name else ():
            inside = [one for one in definitions(node) if one != node and defined(one) == part]
            node = self._only(inside, f"definition of `{part}`")
        return node

    def all(self, pattern: str, within: str | Node | None = None) -> list[Match]:
        """Everything that a pattern fits, in the order of the file."""
        wanted = pattern_of(pattern, self.suffix)
        scope = self.scope(within) if within is None or isinstance(within, str) else within
        hits = []
        for node in descendants(scope):
            found: Found = {}
            if node.type == wanted.type and fits(wanted, node, self.data, found):
                hits.append(Match(node, found))
        return hits

    def one(self, pattern: str, within: str | Node | None = None) -> Match:
        """The one place that a pattern fits.

        Raises:
            PlaceError: there is none, or there are several.
        """
        hits = self.all(pattern, within)
        if len(hits) != 1:
            self._only([hit.node for hit in hits], f"`{pattern}`{f' in {within}' if isinstance(within, str) else ''}")
        return hits[0]

    def string(self, content: str, within: str | None = None) -> Node:
        """The one string of this content."""
        hits = [
            node
            for node in descendants(self.scope(within))
            if node.type in STRINGS and self.text(node)[1:-1] == content and not is_documentation(node)
        ]
        return self._only(hits, f"string `{content}`")

    def _only(self, nodes: list[Node], what: str) -> Node:
        if len(nodes) != 1:
            count = "no" if not nodes else str(len(nodes))
            lines = ", ".join(str(node.start_point[0] + 1) for node in nodes)
            raise PlaceError(f"{self.path} has {count} {what}{f' (lines {lines})' if lines else ''}")
        return nodes[0]

    # Edits

    def replace(self, node: Node, text: str) -> None:
        """Write something else in a node's place."""
        self.edits.append(Edit(node.start_byte, node.end_byte, text))

    def rewrite(self, pattern: str, replacement: str, within: str | Node | None = None) -> None:
        """Write something else where the one place is that a pattern fits."""
        self.put(self.one(pattern, within), replacement)

    def put(self, match: Match, replacement: str) -> None:
        """Write something else for what was found. What both begin and end with stays as it was written."""
        if not replacement:
            self.remove(match.node)
            return
        original = self.data[match.node.start_byte : match.node.end_byte]
        written = filled(replacement, match.found).encode()
        before, after = list(TOKEN.finditer(original)), list(TOKEN.finditer(written))
        first = 0
        while first < min(len(before), len(after)) and before[first].group() == after[first].group():
            first += 1
        old, new = len(before), len(after)
        while old > first and new > first:
            if before[old - 1].group() == after[new - 1].group():
                old, new = old - 1, new - 1
            elif before[old - 1].group() == b"," and old < len(before) and before[old].group() in CLOSING:
                old -= 1  # Whether a list ends with a comma does not matter.
            else:
                break
        start = before[first - 1].end() if first else 0
        end = before[old].start() if old < len(before) else len(original)
        left = after[first - 1].end() if first else 0
        right = after[new].start() if new < len(after) else len(written)
        text = written[left:right]
        if first < old:  # White space stays as it was.
            leading = original[start : before[first].start()]
            trailing = original[before[old - 1].end() : end]
            text = leading + text.strip() + trailing if text.strip() else leading
        begin = match.node.start_byte
        self.edits.append(Edit(begin + start, begin + end, text.decode()))

    def swap(self, one: Node, other: Node) -> None:
        """Let two nodes change places."""
        self.replace(one, self.text(other))
        self.replace(other, self.text(one))

    def remove(self, node: Node) -> None:
        """Remove a statement or an item, with its comma; lines that are empty then go too."""
        start, end = node.start_byte, node.end_byte
        after = re.compile(rb"[ \t]*[,;]").match(self.data, end)
        if after is not None:
            end = after.end()
        line_start = self.data.rfind(b"\n", 0, start) + 1
        line_end = self.data.find(b"\n", end)
        line_end = len(self.data) if line_end < 0 else line_end
        alone = not self.data[line_start:start].strip() and not self.data[end:line_end].strip()
        if alone:
            start, end = line_start, min(line_end + 1, len(self.data))
        elif after is None:  # The last of several goes with the comma before it.
            before = re.compile(rb",[ \t\n]*$").search(self.data, max(0, start - 200), start)
            start = before.start() if before is not None else start
        else:
            end += len(self.data[end:line_end]) - len(self.data[end:line_end].lstrip(b" "))
        self.edits.append(Edit(start, end, ""))

    def insert_before(self, node: Node, text: str) -> None:
        """Write lines before the line of a node, as far from the margin as it is."""
        start = self.data.rfind(b"\n", 0, node.start_byte) + 1
        margin = self.data[start : node.start_byte].decode()
        margin = margin[: len(margin) - len(margin.lstrip())]
        lines = "".join(f"{margin}{line}\n" if line else "\n" for line in text.split("\n"))
        self.edits.append(Edit(start, start, lines))

    def result(self) -> bytes:
        """The file with all edits.

        Raises:
            PlaceError: nothing was edited, or something twice.
        """
        if not self.edits:
            raise PlaceError(f"nothing of {self.path} was edited")
        data, last = self.data, len(self.data) + 1
        for edit in sorted(self.edits, key=lambda edit: (edit.start, edit.end), reverse=True):
            if edit.end > last:
                raise PlaceError(f"edits of {self.path} overlap")
            data = data[: edit.start] + edit.text.encode() + data[edit.end :]
            last = edit.start
        return data

    def faults(self) -> bool:
        """Whether the grammar cannot read the file as it was."""
        return self.root.has_error


class Project:
    """The files of a backend that a mutant changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources: dict[str, Source] = {}
        self.dropped: list[str] = []

    def source(self, path: str) -> Source:
        """A file, to be edited.

        Raises:
            PlaceError: it is not there.
        """
        if path not in self.sources:
            if not (self.root / path).is_file():
                raise PlaceError(f"there is no {path}")
            self.sources[path] = Source(path, (self.root / path).read_bytes())
        return self.sources[path]

    def drop(self, path: str) -> None:
        """Remove a file."""
        self.source(path)
        del self.sources[path]
        self.dropped.append(path)

    def changed(self) -> dict[str, bytes | None]:
        """The new contents of each file that was changed; None for a dropped one.

        Raises:
            PlaceError: nothing was changed.
        """
        if not self.sources and not self.dropped:
            raise PlaceError("nothing was changed")
        return {path: source.result() for path, source in self.sources.items()} | dict.fromkeys(self.dropped)


# Trees


@cache
def parser_of(suffix: str) -> Parser:
    """The parser for files of a suffix."""
    if suffix in LANGUAGES:
        return parser(LANGUAGES[suffix])
    if suffix == ".sh":
        import tree_sitter_bash
        from tree_sitter import Language as Grammar
        from tree_sitter import Parser

        return Parser(Grammar(tree_sitter_bash.language()))
    raise PlaceError(f"no grammar reads {suffix}")


def descendants(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    cursor = node.walk()
    while True:
        current = cursor.node
        assert current is not None
        yield current
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def definitions(scope: Node) -> Iterator[Node]:
    """What is given a name below a node."""
    for node in descendants(scope):
        if node.type in DEFINITIONS:
            yield node
        elif node.type == "pair":
            value = node.child_by_field_name("value")
            if value is not None and value.type in FUNCTIONS:
                yield node


def defined(node: Node) -> str | None:
    """The name that a definition gives."""
    name = node.child_by_field_name("key" if node.type == "pair" else "name")
    return name.text.decode() if name is not None and name.text is not None else None


def is_documentation(node: Node) -> bool:
    """Whether a string stands alone, as a statement."""
    return node.parent is not None and node.parent.type == "expression_statement"


@cache
def pattern_of(text: str, suffix: str) -> Node:
    """The node that a pattern is, alone.

    Raises:
        PlaceError: it is no code, or more than one thing.
    """
    wrapped = text.startswith("{") and suffix != ".py"
    tree = parser_of(suffix).parse((f"({text})" if wrapped else text).encode())
    if tree.root_node.has_error:
        raise PlaceError(f"no pattern for {suffix}: {text}")
    node = tree.root_node
    shells = ["module", "program", "expression_statement", *(["parenthesized_expression"] if wrapped else [])]
    while node.type in shells:
        shells.remove(node.type)
        children = [child for child in node.named_children if child.type not in UNSEEN]
        if len(children) != 1:
            raise PlaceError(f"not one thing: {text}")
        node = children[0]
    return node


def seen(node: Node) -> list[Node]:
    """The children that count."""
    return [child for child in node.children if child.type not in UNSEEN]


def wild(node: Node) -> str | None:
    """The name of a wild part of a pattern."""
    text = (node.text or b"").decode().rstrip(";")
    return text if WILD.fullmatch(text) or SEVERAL.fullmatch(text) else None


def fits(pattern: Node, node: Node, data: bytes, found: Found) -> bool:
    """Whether a node is as a pattern says; fills what the wild parts are."""
    name = wild(pattern)
    if name is not None and WILD.fullmatch(name):
        text = data[node.start_byte : node.end_byte].decode()
        return found.setdefault(name, text) == text or name == "ANY"
    if pattern.type != node.type:
        return False
    if pattern.type in STRINGS:
        return (pattern.text or b"")[1:-1] == data[node.start_byte + 1 : node.end_byte - 1]
    wanted, given = seen(pattern), seen(node)
    if not wanted or not given:
        return not wanted and not given and pattern.text == data[node.start_byte : node.end_byte]
    return fit_all(wanted, given, data, found)


def fit_all(wanted: list[Node], given: list[Node], data: bytes, found: Found) -> bool:
    """Whether nodes are, one after the other, as patterns say."""
    if not wanted:
        return not given
    name = wild(wanted[0])
    if name is not None and SEVERAL.fullmatch(name):
        for count in range(len(given), -1, -1):
            tried = dict(found)
            if fit_all(wanted[1:], given[count:], data, tried):
                found.update(tried)
                rest = given[:count]
                found[name] = data[rest[0].start_byte : rest[-1].end_byte].decode() if rest else ""
                return True
        return False
    return bool(given) and fits(wanted[0], given[0], data, found) and fit_all(wanted[1:], given[1:], data, found)


def filled(replacement: str, found: Found) -> str:
    """A replacement with what was found in it."""
    text = KEPT.sub(lambda match: found[match.group()], replacement)
    return re.sub(r"([(\[{]), *|, *([)\]])", lambda match: match.group(1) or match.group(2), text)
