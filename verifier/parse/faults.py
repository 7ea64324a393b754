"""faults: the places that a grammar could not read, and whether the language itself cannot read them.

A grammar has gaps: it may stumble over working code. So a fault is certain only where something else agrees. For
Python that is the parser of the running interpreter, unless the line may be written for a newer one. For JavaScript
and TypeScript it is a conflict marker, or brackets that do not match both in the tree's tokens and in the text.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.model import SourceFile, SyntaxFault
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

MOST = 5
# How many nodes are looked at in a file that does not parse.
PATIENCE = 200_000

CONFLICT = regex(rb"^<{7}(?:[ \t\r]|$)", re.MULTILINE)
CONFLICT_MIDDLE = regex(rb"^={7}[ \t\r]*$", re.MULTILINE)
CONFLICT_END = regex(rb"^>{7}(?:[ \t\r]|$)", re.MULTILINE)
PYTHON_2 = regex(rb"(?:print|exec)[ \t]+[\w\"'`]")

HANDLERS = frozenset({"except_clause", "except_group_clause", "finally_clause"})
PARTS = HANDLERS | {"elif_clause", "else_clause", "case_clause", "decorator", "function_definition", "class_definition"}
COMPOUND = frozenset(
    {
        "class_definition",
        "decorated_definition",
        "for_statement",
        "function_definition",
        "if_statement",
        "match_statement",
        "try_statement",
        "while_statement",
        "with_statement",
    }
)

# Spellings that a Python after 3.11 may read: type aliases and type parameters, lazy imports, template strings.
NEWER = regex(
    r"^\s*(?:type\s+\w+\s*[=\[]|(?:async\s+)?def\s+\w+\s*\[|class\s+\w+\s*\[|lazy\s+(?:import|from)\b)|\b[tT][rR]?[\"']|\b[rR][tT][\"']"
)
NEWER_MESSAGES = ("f-string", "t-string", "multiple exception types must be parenthesized")

TOKENS = regex(r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[/`{}()\[\]]", re.DOTALL)
# Bounded, so that no line of slashes and brackets takes long.
PATTERN = regex(r"/(?:\\.|\[(?:\\.|[^\]\\\n]){0,200}\]|[^/\\\n\[]){1,1000}/")
# More slashes than this that neither divide nor end a pattern: the text is not what it seems.
MOST_PATTERNS = 1000
TEMPLATE = regex(r"\\.|`|\$\{", re.DOTALL)
BLANKS, LINE_ENDS = frozenset(b" \t\f"), frozenset(b"\r\n")
ESCAPED = b"\\`"
CLOSES = {")": "(", "]": "[", "}": "{"}


def faults(source: SourceFile, tree: Tree) -> tuple[SyntaxFault, ...]:
    """The first few places of a file that its grammar could not read.

    Working code has no certain fault. Input of any depth and size is safe.
    """
    root = tree.root_node
    if source.language == "python":
        if not root.has_error and not _python_2(source.data) and not _misplaced(source.data, root):
            return ()
        return _python(source, root)
    if not root.has_error:
        return ()
    return _javascript(source, root)


def _python_2(data: bytes) -> bool:
    """Whether a line may be a statement that the grammar still reads but Python 3 does not."""
    for word in (b"print ", b"exec "):
        at = -1
        while (at := data.find(word, at + 1)) != -1:
            before = data[data.rfind(b"\n", 0, at) + 1 : at]
            if not before.strip() and PYTHON_2.match(data, at):
                return True
    return False


def _misplaced(data: bytes, root: Node) -> bool:
    """Whether statements of a block may not stand below each other, or a block is empty: the grammar takes both."""
    waiting = [(root, 0)]
    while waiting:
        block, column = waiting.pop()
        for child in block.named_children:
            kind = child.type
            if kind == "comment":
                continue
            place = child.start_point[1]
            if place != column:
                if column >= 0 and _starts_line(data, child.start_byte):
                    return True
                column = place if column < 0 else column
            if kind in COMPOUND and not _blocks(child, waiting):
                return True
        if column < 0:  # no statement
            return True
    return False


def _starts_line(data: bytes, offset: int) -> bool:
    """Whether only white space stands before an offset on its line."""
    while offset and data[offset - 1] in BLANKS:
        offset -= 1
    return not offset or data[offset - 1] in LINE_ENDS


def _blocks(statement: Node, waiting: list[tuple[Node, int]]) -> bool:
    """Adds the blocks of a compound statement; False where it lacks one, or its parts are not below each other."""
    found, tried, handled = 0, statement.type == "try_statement", False
    row, column = statement.start_point
    for child in statement.named_children:
        kind = child.type
        if kind == "block":
            found += 1
            waiting.append((child, -1))
        elif kind in PARTS:
            start = child.start_point
            if start[0] > row and start[1] != column and kind != "case_clause":
                return False
            handled = handled or kind in HANDLERS
            if kind != "decorator":
                found += 1
                if not _blocks(child, waiting):
                    return False
    return found > 0 and (handled or not tried)


def _python(source: SourceFile, root: Node) -> tuple[SyntaxFault, ...]:
    import ast

    text = source.text.removeprefix("\ufeff")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError) as error:
        place = source.data.find(b"\0")
        if place >= 0:
            return (
                SyntaxFault(source.span(place, place + 1), "a null byte, which Python does not read", certain=True),
            )
        return _refused(source, root, error) if isinstance(error, SyntaxError) else ()
    except (MemoryError, RecursionError):
        return tuple(_seen(source, root, "is nested too deeply to be read"))
    return ()


def _refused(source: SourceFile, root: Node, error: SyntaxError) -> tuple[SyntaxFault, ...]:
    """What the interpreter does not read, unless a newer one may."""
    conflict = _conflict(source)
    if conflict is not None:
        return (conflict,)
    line = min(max(error.lineno or 1, 1), source.data.count(b"\n") + 1)
    text = source.line(line)
    message = (error.msg or "invalid syntax").removesuffix(".")
    certain = error.lineno is not None and not (NEWER.search(text) or message.startswith(NEWER_MESSAGES))
    start = len(text.encode()) - len(text.lstrip().encode())
    offset = _offset(source, line)
    column = len(text[: max((error.offset or 1) - 1, 0)].encode())
    at = offset + max(column, min(start, len(text.encode())))
    end = offset + len(text.rstrip().encode())
    span = source.span(min(at, max(end - 1, offset)), max(end, offset))
    if not certain:
        places = list(_places(root))
        lines = {node.start_point[0] + 1 for node in places}
        if places and line not in lines:
            return tuple(_seen(source, root, "could not be read"))
    return (SyntaxFault(span, message, certain),)


def _offset(source: SourceFile, line: int) -> int:
    """The byte at which a line starts."""
    at = 0
    for _ in range(line - 1):
        at = source.data.find(b"\n", at) + 1
    return at


def _javascript(source: SourceFile, root: Node) -> tuple[SyntaxFault, ...]:
    conflict = _conflict(source)
    if conflict is not None:
        return (conflict,)
    escaped = _escaped(source, root)
    if escaped:
        return escaped
    offset = _mismatch(source.text)
    if offset is not None and not _balanced(root):
        at = len(source.text[:offset].encode("utf-8", "replace"))
        bracket = "${" if source.text.startswith("${", offset) else source.text[offset]
        problem = f"`{bracket}` closes nothing" if bracket in CLOSES else f"`{bracket}` is never closed"
        return (SyntaxFault(source.span(at, at + len(bracket)), problem, certain=True),)
    return tuple(_seen(source, root, "could not be read"))


def _escaped(source: SourceFile, root: Node) -> tuple[SyntaxFault, ...]:
    """Back-ticks that a shell script escaped, and that came into the file so: without the escapes, all can be read."""
    from verifier.parse import parser

    if ESCAPED not in source.data or source.language is None:
        return ()
    mended = source.data.replace(ESCAPED, b"`").replace(b"\\${", b"${")
    if parser(source.language).parse(mended).root_node.has_error:
        return ()
    first = min((node.start_byte for node in _places(root)), default=0)
    at = source.data.find(ESCAPED, max(source.data.rfind(b"\n", 0, first), 0))
    at = at if at >= 0 else source.data.find(ESCAPED)
    message = "a back-slash stands before a back-tick, outside of a template"
    return (SyntaxFault(source.span(at, at + len(ESCAPED)), message, certain=True),)


def _conflict(source: SourceFile) -> SyntaxFault | None:
    """The marks that a merge leaves where it fails, all three in their order."""
    start = CONFLICT.search(source.data)
    middle = CONFLICT_MIDDLE.search(source.data, start.end()) if start else None
    if start is None or middle is None or CONFLICT_END.search(source.data, middle.end()) is None:
        return None
    span = source.span(start.start(), start.start() + 7)
    return SyntaxFault(span, "a merge conflict was left in the file", certain=True)


def _seen(source: SourceFile, root: Node, problem: str) -> Iterator[SyntaxFault]:
    """The grammar's own faults, none of them certain."""
    for node in _places(root):
        end = min(node.end_byte, source.data.find(b"\n", node.start_byte) % (len(source.data) + 1))
        span = source.span(node.start_byte, max(end, node.start_byte))
        if node.is_missing:
            yield SyntaxFault(span, f"`{node.type}` is missing", certain=False)
        else:
            text = source.data[node.start_byte : max(end, node.start_byte)].decode("utf-8", "replace").strip()
            shown = text if len(text) <= 40 else text[:39] + "…"
            yield SyntaxFault(span, f"`{shown}` {problem}" if shown else f"this place {problem}", certain=False)


def _places(root: Node) -> Iterator[Node]:
    """The first ERROR and MISSING nodes, in order; none inside another."""
    waiting, found, looked = [root], 0, 0
    while waiting and found < MOST and looked < PATIENCE:
        node = waiting.pop()
        looked += 1
        if node.is_error or node.is_missing:
            found += 1
            yield node
        else:
            waiting += [child for child in reversed(node.children) if child.has_error or child.is_missing]


def _balanced(root: Node) -> bool:
    """Whether the brackets and back-ticks among the tree's tokens match, those that the grammar added not counted."""
    counts = {"(": 0, "[": 0, "{": 0, "`": 0}
    cursor = root.walk()
    while True:
        node = cursor.node
        kind = node.type if node is not None else ""
        if node is not None and len(kind) <= 2 and not node.is_missing and not node.is_named:
            opening = "{" if kind == "${" else kind
            if opening == "`":
                counts[opening] = 1 - counts[opening]
            elif opening in counts:
                counts[opening] += 1
            elif kind in CLOSES:
                counts[CLOSES[kind]] -= 1
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return not any(counts.values())


def _mismatch(text: str) -> int | None:
    """The first bracket in a text that matches no other, or the template that does not end."""
    opened: list[tuple[str, int]] = []
    at, size, wrong = 0, len(text), 0
    while at < size and wrong < MOST_PATTERNS:
        if opened and opened[-1][0] == "`":
            at = _template(text, at, opened)
            continue
        match = TOKENS.search(text, at)
        if match is None:
            break
        token, at = match[0], match.end()
        if token == "/":
            starts = _starts_pattern(text, match.start())
            pattern = PATTERN.match(text, match.start()) if starts else None
            wrong += pattern is None and starts
            at = pattern.end() if pattern is not None else at
        elif token in ("`", "(", "[", "{"):
            opened.append((token, match.start()))
        elif token in CLOSES:
            if not opened or opened[-1][0] not in (CLOSES[token], "${" if token == "}" else ""):
                return match.start()
            opened.pop()
    return opened[-1][1] if opened and wrong < MOST_PATTERNS else None


def _starts_pattern(text: str, at: int) -> bool:
    """Whether a slash starts a regular expression: what stands before it is no value to divide."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return at == 0 or not (text[at - 1].isalnum() or text[at - 1] in "_$)]}\"'`")


def _template(text: str, at: int, opened: list[tuple[str, int]]) -> int:
    """Past the fixed text of a template, to its end or into its next hole."""
    match = TEMPLATE.search(text, at)
    if match is None:
        return len(text)
    if match[0] == "`":
        opened.pop()
    elif match[0] == "${":
        opened.append(("${", match.start()))
    return match.end()
