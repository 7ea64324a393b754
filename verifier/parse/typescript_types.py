"""TypeScript's types as expressions, as far as they tell what a value is.

``A.B``, ``A<B>``, ``A<B, C>``   Member, Index, Index with a tuple
``A[]``, ``readonly A[]``        Index of the Name ``Array``
``A | B``, ``A & B``             Binary
``"text"``, ``1``, ``null``      Const; ``undefined`` is a Name, and so are ``string``, ``any`` and the like
``typeof x``                     Unary
``import("x").Y``                Member of a Call
``x is T``                       the Name ``boolean``
all others                       Opaque
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.parse.javascript_nodes import LONGEST, TOO_DEEP, parts
from verifier.syntax import Expression

if TYPE_CHECKING:
    from tree_sitter import Node

    from verifier.parse.javascript import Lowering


def annotation(lowering: Lowering, node: Node) -> Expression:
    """The type behind a colon."""
    if node.type == "type_predicate_annotation":
        return syntax.Name(*node.byte_range, "boolean")
    inner = parts(node)
    if not inner or node.type != "type_annotation":
        return syntax.Opaque(*node.byte_range, node.type)
    return lower_type(lowering, inner[0])


def lower_type(lowering: Lowering, node: Node) -> Expression:
    """A type as an expression."""
    while node.type in ("parenthesized_type", "readonly_type") and (children := parts(node)):
        node = children[0]
    kind = node.type
    if kind in NAMES:
        return lowering.identifier(node)
    lowering.depth += 1
    try:
        if lowering.too_deep:
            return syntax.Opaque(*node.byte_range, TOO_DEEP)
        handler = TYPES.get(kind)
        return handler(lowering, node) if handler is not None else syntax.Opaque(*node.byte_range, kind)
    finally:
        lowering.depth -= 1


def qualified_type(lowering: Lowering, node: Node) -> Expression:
    """``A.B.C``."""
    spine: list[Node] = []
    inner: Node | None = node
    while inner is not None and inner.type in QUALIFIED:
        spine.append(inner)
        inner = inner.child_by_field_name("module") or inner.child_by_field_name("object")
    found: Expression = syntax.Opaque(*node.byte_range, node.type)
    if inner is not None and len(spine) <= LONGEST:
        found = lowering.expression(inner)
    for part in reversed(spine[:LONGEST]):
        name = part.child_by_field_name("name") or part.child_by_field_name("property")
        found = syntax.Member(*part.byte_range, found, lowering.text(name) if name is not None else "")
    return found


def generic_type(lowering: Lowering, node: Node) -> Expression:
    """``A<B>``."""
    name, arguments = node.child_by_field_name("name"), node.child_by_field_name("type_arguments")
    if name is None or arguments is None:
        return syntax.Opaque(*node.byte_range, node.type)
    found = tuple(lower_type(lowering, child) for child in parts(arguments))
    index = found[0] if len(found) == 1 else syntax.Display(*arguments.byte_range, "tuple", found)
    return syntax.Index(*node.byte_range, lower_type(lowering, name), index)


def array_type(lowering: Lowering, node: Node) -> Expression:
    """``A[]``."""
    start, end = node.byte_range
    spine: list[Node] = []
    inner = node
    while inner.type == "array_type" and (children := parts(inner)):
        spine.append(inner)
        inner = children[0]
    if len(spine) > LONGEST:
        return syntax.Opaque(start, end, TOO_DEEP)
    found = lower_type(lowering, inner)
    for part in reversed(spine):
        found = syntax.Index(*part.byte_range, syntax.Name(part.end_byte, part.end_byte, "Array"), found)
    return found


def union_type(lowering: Lowering, node: Node) -> Expression:
    """``A | B`` and ``A & B``; a long one nests to the left."""
    spine: list[tuple[Node, Node]] = []
    operator = "|" if node.type == "union_type" else "&"
    inner = node
    while inner.type == node.type and (children := parts(inner)):
        if len(children) > 1:  # the first `|` may stand before the first type
            spine.append((inner, children[1]))
        inner = children[0]
    if len(spine) > LONGEST:
        return syntax.Opaque(*node.byte_range, TOO_DEEP)
    found = lower_type(lowering, inner)
    for part, right in reversed(spine):
        found = syntax.Binary(*part.byte_range, operator, found, lower_type(lowering, right))
    return found


def literal_type(lowering: Lowering, node: Node) -> Expression:
    """``"text"``, ``-1``, ``true``, ``null``."""
    inner = parts(node)
    return lowering.expression(inner[0]) if inner else syntax.Opaque(*node.byte_range, node.type)


def type_query(lowering: Lowering, node: Node) -> Expression:
    """``typeof x``."""
    inner = parts(node)
    if not inner:
        return syntax.Opaque(*node.byte_range, node.type)
    return syntax.Unary(*node.byte_range, "typeof", lowering.expression(inner[0]))


def value_type(lowering: Lowering, node: Node) -> Expression:
    """``import("x").Y``."""
    return lowering.expression(node)


NAMES = frozenset({"identifier", "type_identifier", "predefined_type", "this_type"})
QUALIFIED = frozenset({"nested_type_identifier", "nested_identifier"})
TYPES: dict[str, Callable[[Lowering, Node], Expression]] = {
    "nested_type_identifier": qualified_type,
    "nested_identifier": qualified_type,
    "generic_type": generic_type,
    "array_type": array_type,
    "union_type": union_type,
    "intersection_type": union_type,
    "literal_type": literal_type,
    "type_query": type_query,
    "member_expression": value_type,
    "call_expression": value_type,
}
