"""A statement, or an item of a list, put before another one: whole lines, with the comments that stand right above.

A statement is moved only over what it does not depend on: it may not use, while it runs, a name that is bound on the
way, and on the way there may stand nothing but definitions and calls like its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.fix.resolve import BLOCKS, COMMENTS, CannotFixError, Edit, Texts, around, spelt
from verifier.link.contract import METHODS
from verifier.model import Move

if TYPE_CHECKING:
    from tree_sitter import Node

LISTS = frozenset({"list", "array"})
FUNCTIONS = frozenset(
    "function_definition lambda function_declaration function_expression arrow_function method_definition "
    "generator_function generator_function_declaration".split()
)
HARMLESS = frozenset(
    "function_definition decorated_definition class_definition function_declaration class_declaration "
    "lexical_declaration variable_declaration import_statement import_from_statement "
    "generator_function_declaration pass_statement".split()
)
# What registers a route by itself: a call, or a definition under a decorator.
REGISTERING = frozenset({"call", "call_expression", "decorated_definition"})
NAMES = frozenset({"identifier", "shorthand_property_identifier"})
BINDERS = frozenset(
    {"assignment", "variable_declarator", "class_declaration", "class_definition", "function_definition"}
)


def move(change: Move, texts: Texts) -> Iterator[Edit]:
    """The edits that move what stands at one span before what stands at another.

    Raises:
        CannotFixError: they do not stand in one block or list, in this order, or it would not be safe.
    """
    path = change.span.path
    if change.before.path != path:
        raise CannotFixError("they stand in different files")
    root = texts.root(path)
    late, early, between = placed(root, texts.range(change.span), texts.range(change.before))
    if late.parent is not None and late.parent.type in BLOCKS:
        needs_nothing(late, [early, *between])
    data = texts.get(path).data
    start, end = lines_of(data, late)
    to = lines_of(data, early)[0]
    if start < lines_of(data, early)[1]:
        raise CannotFixError("they stand on one line")
    text = data[start:end].decode("utf-8", "replace")
    if not text.endswith("\n"):
        text += "\n"
    if late.parent is not None and late.parent.type in LISTS and not followed_by_comma(late):
        text = comma_after(text, late, start)
    gap = start
    while (line := data.rfind(b"\n", 0, gap - 1) + 1) < gap and not data[line:gap].strip():
        gap = line
    blank = data[gap:start].decode("utf-8", "replace")
    yield Edit(path, to, to, text + blank)
    yield Edit(path, gap, end, "")


def placed(root: Node, late: tuple[int, int], early: tuple[int, int]) -> tuple[Node, Node, list[Node]]:
    """The two siblings that are meant, and what stands between them."""
    above = {node.id: node for node in around(root, *early)}
    inner = None
    for node in around(root, *late):
        if node.id in above:
            if inner is None or node.type not in BLOCKS | LISTS:
                break
            items = [item for item in node.named_children if item.type not in COMMENTS]
            first = next((item for item in items if item.start_byte <= early[0] and early[1] <= item.end_byte), None)
            if first is None or first.start_byte >= inner.start_byte:
                break
            return inner, first, [item for item in items if first.end_byte <= item.start_byte < inner.start_byte]
        inner = node
    raise CannotFixError("they do not stand in one block or list")


def needs_nothing(moved: Node, passed: list[Node]) -> None:
    """Refuse to move a statement over what it depends on.

    Raises:
        CannotFixError: it does, or that is not sure.
    """
    own = moved.named_children[0] if moved.type == "expression_statement" else moved
    if own.type not in REGISTERING:  # what reads all that was registered before, such as a list of routes
        raise CannotFixError("what would be moved is more than the route")
    used = set(names_run(moved))
    for statement in passed:
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        if inner.type in ("call", "call_expression"):
            if called(inner) not in {*METHODS, "all", called_in(moved), called_in(passed[0])}:
                raise CannotFixError(f"`{called(inner)}` is called in between")
        elif inner.type not in HARMLESS | {"assignment", "string"}:
            raise CannotFixError("there are other statements in between")
        bound = used & set(names_bound(inner))
        if bound:
            raise CannotFixError(f"it needs `{min(bound)}`, which is bound in between")


def called_in(statement: Node) -> str:
    """The name of what a statement calls, where it is a call."""
    inner = statement.named_children[0] if statement.type == "expression_statement" else statement
    return called(inner) if inner.type in ("call", "call_expression") else ""


def called(call: Node) -> str:
    """The last name of what is called."""
    callee = call.child_by_field_name("function")
    if callee is None:
        return ""
    name = callee.child_by_field_name("attribute") or callee.child_by_field_name("property")
    return spelt(name or callee)


def names_run(node: Node) -> Iterator[str]:
    """The names that are used when a statement is run: all but those inside the bodies of functions."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.type in NAMES:
            yield spelt(found)
        body = found.child_by_field_name("body") if found.type in FUNCTIONS else None
        waiting.extend(child for child in found.named_children if body is None or child.id != body.id)


def names_bound(node: Node) -> Iterator[str]:
    """The names that a statement binds when it is run; declared functions of JavaScript are there before."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.type in BINDERS:
            target = found.child_by_field_name("left") or found.child_by_field_name("name")
            yield from names_run(target) if target is not None else ()
        elif found.type in ("import_statement", "import_from_statement"):
            yield from names_run(found)
        if found.type not in FUNCTIONS | {"class_definition", "class_declaration"}:
            waiting.extend(found.named_children)


def lines_of(data: bytes, node: Node) -> tuple[int, int]:
    """The bytes of the lines that a node has for itself, with the comments right above it.

    Raises:
        CannotFixError: something else stands on them.
    """
    start = data.rfind(b"\n", 0, node.start_byte) + 1
    end = data.find(b"\n", node.end_byte)
    end = len(data) if end == -1 else end + 1
    behind = data[node.end_byte : end].strip().lstrip(b",;").strip()
    if data[start : node.start_byte].strip() or (behind and not behind.startswith((b"#", b"//"))):
        raise CannotFixError("something else stands on the same line")
    while start > 0:
        above = data.rfind(b"\n", 0, start - 1) + 1
        line = data[above : start - 1].strip()
        if not line.startswith((b"#", b"//")) or line.startswith(b"#!"):
            break
        start = above
    return start, end


def followed_by_comma(node: Node) -> bool:
    """Whether an item of a list has a comma behind it."""
    return node.next_sibling is not None and node.next_sibling.type == ","


def comma_after(text: str, node: Node, start: int) -> str:
    """The text of the lines of an item, with a comma behind the item."""
    raw = text.encode()
    cut = node.end_byte - start
    return (raw[:cut] + b"," + raw[cut:]).decode()
