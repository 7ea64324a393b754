"""Valid TypeScript that the grammar misreads, and the tree that it should have been.

The text is rewritten, at the same length, into one that the grammar reads rightly, and parsed again: offsets stay
what they were, and the lowering takes all its text from the source itself. Most files need nothing of the kind.

What is rewritten, each of which the official grammar 0.23.2 reads wrongly:

    ``sql<Row>`select` ``        type arguments before a template are taken for comparisons
    ``await get<Row>(x)``        they hang on ``await get``; so too after ``!``, ``typeof``, ``a +`` and the like
    ``a + b!.c``                 the ``!`` hangs on ``a + b``
    ``a < b.c && d > (e)``       the comparisons are taken for type arguments
    ``x as A.B.C``               may be read as the member ``C`` of ``x as A.B``
    ``(unknown) => void``        a parameter that is called like a type
    ``get<typeof import("x")>()``, ``get<Row>?.()``, ``export type * from``, ``export import a = require("x")``,
    ``export default abstract class {}``, ``static declare x``, ``static accessor x``
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from tree_sitter import Parser

from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

# Text to write over what stands at an offset.
Edit: TypeAlias = tuple[int, bytes]

# Each of these starts with a letter that is searched for quickly; what must stand before it is looked at afterwards.
# The `>` that ends the type arguments in sql<Row>`select` and call<Row>(value).
ARGUMENTS = regex(rb">\s*([`(])")
# The same in call<Row>?.(value).
OPTIONAL_CALL = regex(rb">\s*(\?\.)\s*\(")
# The assertion in value!.name.
NOT_NULL = regex(rb"!(?!=)")
# A long name of a type, behind `as`.
ASSERTED = regex(rb"as\s+[\w$]+(?:\.[\w$]+)+\.([\w$]+)")
SATISFIED = regex(rb"satisfies\s+[\w$]+(?:\.[\w$]+)+\.([\w$]+)")
PARAMETER = regex(rb"\(\s*(any|boolean|never|number|object|string|symbol|unknown|void)\s*\)\s*=>")
# Words that the grammar does not know in their place; the rest of the declaration reads the same without them.
WORDS = regex(
    rb"(?P<import><\s*typeof\s+import\([^()]*\)\s*>)\s*\("
    rb"|\bexport\s+(?P<type>type)\s*\*"
    rb"|\b(?P<export>export)\s+import\s+(?:type\s+)?[\w$]+\s*=\s*require\b"
    rb"|\bexport\s+default\s+(?P<abstract>abstract)\s+class\s*\{"
    rb"|\bstatic\s+(?P<field>declare|accessor)\s+[\w$#\"'\[]"
)
BEFORE_ARGUMENTS = regex(rb"[\w$)\]!\x80-\xff]\s*\Z")
LONGEST_ARGUMENTS = 2000
# Places of a kind that are looked into in one file; more are in no file that somebody wrote.
MOST = 1000

# What the grammar lets a `<Row>` or `!` hang on, where only the name before it is meant.
OPERATIONS = frozenset({"await_expression", "unary_expression", "binary_expression", "update_expression"})
TEXT = frozenset({"string", "string_fragment", "template_string", "comment", "jsx_text", "regex_pattern"})
OPENERS = dict(zip(b"<([{", b">)]}", strict=True))
CLOSERS = frozenset(OPENERS.values())
ENDS_VALUE = frozenset(b"_$)]}\"'`0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") | frozenset(
    range(128, 256)
)
QUOTES = frozenset(b"\"'`")
GREATER, EQUALS, SEMICOLON = b">=;"


def mend(data: bytes, tree: Tree) -> Tree:
    """The tree of a TypeScript file without the grammar's misreadings; the same one where there are none."""
    rewritten = bytearray(data)
    # One misreading may hide the next of its chain, as in `a + b!.c!.d`. So in a file that has any, everything is
    # taken out that could be misread and says nothing.
    spare: list[Edit] = []
    edit(rewritten, misread_arguments(data, tree, ARGUMENTS, spare))
    edit(rewritten, misplaced_assertions(data, tree, spare))
    edit(rewritten, misread_names(data, tree))
    if rewritten != data:
        edit(rewritten, spare)
        tree = parse_again(bytes(rewritten), tree)
    if tree.root_node.has_error:
        before = bytes(rewritten)
        edit(rewritten, misread_arguments(data, tree, OPTIONAL_CALL, []))
        edit(rewritten, unknown_words(data, tree))
        tree = parse_again(bytes(rewritten), tree) if rewritten != before else tree
    return tree


def parse_again(data: bytes, tree: Tree) -> Tree:
    """The tree of other text in the same grammar."""
    return Parser(tree.language).parse(data)


def edit(data: bytearray, edits: Iterable[Edit]) -> None:
    """Write each text over what stands at its offset."""
    for start, text in edits:
        data[start : start + len(text)] = text


def blank(data: bytes, start: int, end: int) -> Edit:
    """The edit that writes spaces over a stretch of text, but leaves its line ends."""
    return start, re.sub(rb"[^\r\n]", b" ", data[start:end])


def node_at(root: Node, match: re.Match[bytes]) -> Node | None:
    """The innermost node at the group of a match; None inside strings, comments and the like."""
    node = root.descendant_for_byte_range(*match.span(match.lastindex or 0))
    return node if node is not None and node.type not in TEXT else None


def misread_arguments(data: bytes, tree: Tree, pattern: re.Pattern[bytes], spare: list[Edit]) -> Iterator[Edit]:
    """Edits for type arguments that the grammar took for comparisons, or the other way round, or hung too high.

    Those that it read rightly go to ``spare``.
    """
    root = tree.root_node
    searches = 0
    for match in pattern.finditer(data):
        if data[match.start() - 1] == EQUALS:  # an arrow
            continue
        behind = node_at(root, match)
        holder = behind.parent if behind is not None else None
        if behind is None or holder is None or holder.type == "formal_parameters":
            continue
        if behind.type == "`" and holder.start_byte != behind.start_byte:
            continue  # it ends a template
        call = holder.parent if holder.type in ("arguments", "template_string") else None
        types = call.child_by_field_name("type_arguments") if call is not None else None
        called = call.child_by_field_name("function") if call is not None else None
        if types is not None:
            if not may_be_types(data[types.start_byte : types.end_byte]):
                yield types.start_byte, b">"
            elif called is not None and called.type in OPERATIONS:
                yield blank(data, *types.byte_range)
            elif called is not None:
                spare.append(blank(data, *types.byte_range))
            continue
        searches += 1
        start = arguments_start(data, match.start()) if searches <= MOST else None
        if start is None or not BEFORE_ARGUMENTS.search(data, max(0, start - 100), start):
            continue
        if called is not None and called.end_byte <= start:
            continue  # rewritten already
        end = match.start() + 1
        if are_types(data[start:end], tree):
            yield blank(data, start, end)


def may_be_types(text: bytes) -> bool:
    """Whether a text may be type arguments. The grammar would read ``||`` as two bars of a union."""
    return b"||" not in text and b"&&" not in text


def are_types(text: bytes, tree: Tree) -> bool:
    """Whether a text reads as type arguments."""
    return may_be_types(text) and not parse_again(b"let _: _" + text, tree).root_node.has_error


def arguments_start(data: bytes, end: int) -> int | None:
    """The offset of the ``<`` that the ``>`` at ``end`` closes; None where there is none near."""
    lowest = max(0, end - LONGEST_ARGUMENTS)
    open_: list[int] = [data[end]]
    at = end
    while at > lowest:
        at -= 1
        byte = data[at]
        if byte in QUOTES:
            at = data.rfind(byte, lowest, at)
            if at < 0:
                return None
        elif byte in OPENERS:
            if open_.pop() != OPENERS[byte]:
                return None
            if not open_:
                return at
        elif byte in CLOSERS:
            if byte != GREATER or data[at - 1] != EQUALS:
                open_.append(byte)
        elif byte == SEMICOLON and len(open_) == 1:
            return None
    return None


def misplaced_assertions(data: bytes, tree: Tree, spare: list[Edit]) -> Iterator[Edit]:
    """Edits for each ``!`` that the grammar hung on more than the name before it; the others go to ``spare``."""
    root = tree.root_node
    for match in NOT_NULL.finditer(data):
        if data[match.start() - 1] not in ENDS_VALUE:
            continue
        mark = node_at(root, match)
        holder = mark.parent if mark is not None and mark.type == "!" else None
        if holder is not None and holder.type == "non_null_expression":
            if holder.children[0].type in OPERATIONS:
                yield blank(data, *match.span())
            else:
                spare.append(blank(data, *match.span()))


def misread_names(data: bytes, tree: Tree) -> Iterator[Edit]:
    """Edits for the names of types that the grammar took for members of a value."""
    root = tree.root_node
    for pattern in (ASSERTED, SATISFIED):
        for match in pattern.finditer(data):
            name = node_at(root, match)
            if name is not None and name.type == "property_identifier":
                yield match.start(), match[0].replace(b".", b"_")


def unknown_words(data: bytes, tree: Tree) -> Iterator[Edit]:
    """Edits for words that the grammar does not know in their place."""
    root = tree.root_node
    for match in islice(PARAMETER.finditer(data), MOST):
        if node_at(root, match) is not None:
            yield match.start(1), b"_"
    for match in islice(WORDS.finditer(data), MOST):
        if node_at(root, match) is not None:
            yield blank(data, *match.span(match.lastgroup or 0))
