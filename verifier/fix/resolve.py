"""A change that a rule wants -> edits of bytes, found in the tree of the file.

Both languages are read by the same grammar generator, so that one piece of code serves both; where their nodes differ,
the names of both stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier.model import (
    Change,
    Move,
    NewImport,
    NewLine,
    NewOption,
    NewStatement,
    Project,
    Replacement,
    SourceFile,
    Span,
    Wrapping,
)
from verifier.parse import parse

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

CALLS = frozenset({"call", "call_expression", "new_expression"})
BLOCKS = frozenset({"module", "program", "block", "statement_block"})
COMMENTS = frozenset({"comment", "html_comment"})
# What stands around an expression and binds stronger than an operator in front of it.
STRONGER = {
    "attribute": "object", "subscript": "value", "call": "function", "member_expression": "object",
    "subscript_expression": "object", "call_expression": "function",
}  # fmt: skip

# What a `.` behind it would not belong to as a whole.
WEAKER = frozenset(
    "await await_expression binary_operator binary_expression boolean_operator conditional_expression lambda "
    "ternary_expression unary_expression unary_operator not_operator comparison_operator".split()
)


class CannotFixError(Exception):
    """A change cannot be made here; the text is a clause that says why."""


class Edit(NamedTuple):
    """Text in place of some bytes of a file."""

    path: str
    start: int
    end: int
    text: str

    def touches(self, other: Edit) -> bool:
        """Whether two edits of one file get into each other's way; the same edit twice does not."""
        if self.path != other.path or self == other:
            return False
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end


class Texts:
    """The files of a project, with their trees, parsed when they are first asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.trees: dict[str, Tree] = {}

    def get(self, path: str) -> SourceFile:
        """A file.

        Raises:
            CannotFixError: there is none.
        """
        source = self.project.files.get(path) or self.project.others.get(path)
        if source is None:
            raise CannotFixError(f"there is no {path} to change")
        return source

    def root(self, path: str) -> Node:
        """The root of a file's tree.

        Raises:
            CannotFixError: it is in no language that is parsed.
        """
        source = self.get(path)
        if source.language is None:
            raise CannotFixError(f"{path} is not parsed")
        if path not in self.trees:
            self.trees[path] = parse(source)
        return self.trees[path].root_node

    def range(self, span: Span) -> tuple[int, int]:
        """The byte offsets of a span."""
        source = self.get(span.path)
        end_line, end_column = (span.end_line, span.end_column) if span.end_line else (span.line, span.column)
        return offset(source, span.line, span.column), offset(source, end_line, end_column)


def offset(source: SourceFile, line: int, column: int) -> int:
    """The byte offset of a place.

    Raises:
        CannotFixError: the file has no such line.
    """
    starts = source._line_starts
    if not 1 <= line <= len(starts):
        raise CannotFixError(f"{source.path} has no line {line}")
    begin = starts[line - 1]
    end = starts[line] if line < len(starts) else len(source.data)
    return begin + len(source.data[begin:end].decode("utf-8", "replace")[: column - 1].encode())


def applied(data: bytes, edits: list[Edit]) -> bytes:
    """The bytes of a file with some edits made; those that stand twice are made once."""
    newline = "\r\n" if b"\r\n" in data else "\n"
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
        pieces.append(data[at : edit.start])
        pieces.append(edit.text.replace("\r\n", "\n").replace("\n", newline).encode())
        at = edit.end
    return b"".join([*pieces, data[at:]])


def edits_of(change: Change, texts: Texts) -> Iterator[Edit]:
    """The edits that a change means.

    Raises:
        CannotFixError: it cannot be made here.
    """
    if isinstance(change, Replacement):
        yield replaced(change, texts)
    elif isinstance(change, Wrapping):
        yield from wrap(change, texts)
    elif isinstance(change, Move):
        from verifier.fix.moving import move

        yield from move(change, texts)
    elif isinstance(change, NewOption):
        yield option(change, texts)
    elif isinstance(change, NewStatement):
        yield statement_behind(change, texts)
    elif isinstance(change, NewImport):
        from verifier.fix.imports import import_name

        yield from import_name(change, texts)
    else:
        yield line_at_end(change, texts)


def replaced(change: Replacement, texts: Texts) -> Edit:
    """New text; where it is none, the blanks in front go too, and the line where nothing else stands on it."""
    start, end = texts.range(change.span)
    data = texts.get(change.span.path).data
    if not change.text and data[start:end].strip():
        begin = data.rfind(b"\n", 0, start) + 1
        stop = data.find(b"\n", end)
        stop = len(data) if stop == -1 else stop
        if not data[begin:start].strip() and not data[end:stop].strip():
            return Edit(change.span.path, begin, min(stop + 1, len(data)), "")
        if not data[end:stop].strip():
            start = begin + len(data[begin:start].rstrip(b" \t"))
    return Edit(change.span.path, start, end, change.text)


def wrap(change: Wrapping, texts: Texts) -> Iterator[Edit]:
    """Text around an expression, and parentheses where an operator needs them."""
    path = change.span.path
    start, end = texts.range(change.span)
    before, after = change.before, change.after
    if before.endswith(" ") or after.startswith("."):
        node = exact(texts.root(path), start, end)
        if node is None:
            raise CannotFixError("the expression was not found")
        if after.startswith("."):
            while node.parent is not None and node.parent.type == "parenthesized_expression":
                node = node.parent
            if node.parent is not None and node.parent.type in ("await", "await_expression"):
                node = node.parent
            start, end = node.start_byte, node.end_byte
            if node.type in WEAKER:
                before, after = f"{before}(", f"){after}"
        elif binds_stronger(node):
            before, after = f"({before}", f"{after})"
    if before:
        yield Edit(path, start, start, before)
    if after:
        yield Edit(path, end, end, after)


def binds_stronger(node: Node) -> bool:
    """Whether what stands around an expression would take it away from an operator in front of it."""
    name = STRONGER.get(node.parent.type) if node.parent is not None else None
    return node.parent is not None and name is not None and node.parent.child_by_field_name(name) == node


def exact(root: Node, start: int, end: int) -> Node | None:
    """The outermost node that covers just these bytes."""
    node = root.descendant_for_byte_range(start, end)
    if node is None or (node.start_byte, node.end_byte) != (start, end):
        return None
    while node.parent is not None and (node.parent.start_byte, node.parent.end_byte) == (start, end):
        node = node.parent
    return node


def around(root: Node, start: int, end: int) -> Iterator[Node]:
    """The nodes around some bytes, innermost first."""
    node = root.descendant_for_byte_range(start, end)
    while node is not None:
        yield node
        node = node.parent


def call_at(root: Node, start: int, end: int) -> Node:
    """The call that a span means: all of it, or what is called.

    Raises:
        CannotFixError: there is none.
    """
    for node in around(root, start, end):
        if node.type in CALLS:
            callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            whole = (node.start_byte, node.end_byte) == (start, end)
            if whole or (callee is not None and callee.start_byte <= start and end <= callee.end_byte):
                return node
        if node.type in ("assignment", "pair") and (node.start_byte, node.end_byte) == (start, end):
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            if value is not None and value.type in CALLS:
                return value
    raise CannotFixError("the call was not found")


def option(change: NewOption, texts: Texts) -> Edit:
    """A keyword or a property more, or another value for the one that is there."""
    path = change.span.path
    start, end = texts.range(change.span)
    written = exact(texts.root(path), start, end)
    if written is not None and written.type == "object":
        return property_of(path, written, change)
    call = call_at(texts.root(path), start, end)
    given = call.child_by_field_name("arguments")
    if given is None or given.type not in ("argument_list", "arguments"):
        raise CannotFixError("what the call is given leaves no room for an option")
    if texts.get(path).language == "python":
        for item in given.named_children:
            name, value = item.child_by_field_name("name"), item.child_by_field_name("value")
            if (
                item.type == "keyword_argument"
                and name is not None
                and value is not None
                and spelt(name) == change.name
            ):
                return Edit(path, value.start_byte, value.end_byte, change.value)
        return member(path, given, f"{change.name}={change.value}")
    arguments = [item for item in given.named_children if item.type not in COMMENTS]
    if change.place == len(arguments):
        return member(path, given, f"{{ {pair(change)} }}")
    if change.place > len(arguments) or arguments[change.place].type != "object":
        raise CannotFixError("its options are not written out here")
    return property_of(path, arguments[change.place], change)


def property_of(path: str, options: Node, change: NewOption) -> Edit:
    """A property of an object that is written out, new or with another value."""
    for item in options.named_children:
        key, value = item.child_by_field_name("key"), item.child_by_field_name("value")
        if item.type == "pair" and key is not None and value is not None and spelt(key).strip("'\"") == change.name:
            return Edit(path, value.start_byte, value.end_byte, change.value)
    return member(path, options, pair(change))


def pair(change: NewOption) -> str:
    """A property as JavaScript writes it."""
    return change.name if change.name == change.value else f"{change.name}: {change.value}"


def member(path: str, bracket: Node, text: str) -> Edit:
    """One more item at the end of what stands in brackets, on a line of its own where the others do."""
    items = [item for item in bracket.named_children if item.type not in COMMENTS]
    if not items:
        inner = f" {text} " if bracket.type == "object" else text
        return Edit(path, bracket.start_byte + 1, bracket.end_byte - 1, inner)
    last = items[-1]
    own_lines = last.start_point.row > bracket.start_point.row and last.end_point.row < bracket.end_point.row
    separator = f",\n{indent_of(last)}" if own_lines else ", "
    return Edit(path, last.end_byte, last.end_byte, f"{separator}{text}")


def indent_of(node: Node) -> str:
    """The blanks in front of the line that a node begins on."""
    root = node
    while root.parent is not None:
        root = root.parent
    data = root.text or b""
    begin = node.start_byte - root.start_byte
    line = data[data.rfind(b"\n", 0, begin) + 1 : begin].decode("utf-8", "replace")
    return line[: len(line) - len(line.lstrip())]


def spelt(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def statement_behind(change: NewStatement, texts: Texts) -> Edit:
    """A statement more, with the indentation of the one before it."""
    path = change.span.path
    for node in around(texts.root(path), *texts.range(change.span)):
        if node.parent is not None and node.parent.type in BLOCKS:
            line = texts.get(path).data[node.end_byte :].partition(b"\n")[0].rstrip(b"\r")
            rest = line.strip().lstrip(b";").strip()
            if rest and not rest.startswith((b"#", b"//")):
                raise CannotFixError("something else stands on the same line")
            end = node.end_byte + len(line)
            indent = indent_of(node)
            text = "".join(f"\n{indent}{line}".rstrip() for line in change.text.splitlines())
            return Edit(path, end, end, text)
    raise CannotFixError("the statement was not found")


def line_at_end(change: NewLine, texts: Texts) -> Edit:
    """A line more, after the last one."""
    data = texts.get(change.path).data
    body = data.rstrip(b"\r\n \t")
    text = change.text if not body else f"\n{change.text}"
    return Edit(change.path, len(body), len(body), text if data[len(body) :].strip(b" \t") else f"{text}\n")
