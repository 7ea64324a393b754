"""Arrays, object literals, and the patterns that take both apart.

A hole is the constant None. A default inside a pattern is an Assign with a value in that place; the rest is a Spread
in an array, and an Entry without a key in an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier import syntax
from verifier.parse import javascript_definitions as definitions
from verifier.parse.javascript_nodes import COMMENTS, parts
from verifier.syntax import Expression

if TYPE_CHECKING:
    from tree_sitter import Node

    from verifier.parse.javascript import Lowering


def array(lowering: Lowering, node: Node) -> Expression:
    """``[a, , b]``, as a value or as a pattern."""
    items: list[Expression] = []
    filled = False  # a comma that ends no item leaves a hole
    for child in node.children[1:]:
        if child.type == ",":
            if not filled:
                items.append(syntax.Const(*child.byte_range, None))
            filled = False
        elif child.is_named and child.type not in COMMENTS:
            items.append(lowering.expression(child))
            filled = True
    return syntax.Display(*node.byte_range, "list", tuple(items))


def mapping(lowering: Lowering, node: Node, name: str) -> Expression:
    """An object literal. Its functions are qualified with the name of the variable that holds it."""
    outer = lowering.scope
    if name:
        lowering.scope = lowering.qualify(name)
    entries = tuple(entry(lowering, child) for child in parts(node))
    lowering.scope = outer
    return syntax.Mapping(*node.byte_range, entries)


def object_pattern(lowering: Lowering, node: Node) -> Expression:
    """``{ a, b: c = 1, ...rest }`` on the left side."""
    return syntax.Mapping(*node.byte_range, tuple(entry(lowering, child) for child in parts(node)))


def entry(lowering: Lowering, node: Node) -> syntax.Entry:
    """One entry of an object literal or pattern."""
    start, end = node.byte_range
    kind = node.type
    if kind in PAIRS:
        key = property_key(lowering, node.child_by_field_name("key") or node)
        value = node.child_by_field_name("value")
        name = key.value if isinstance(key, syntax.Const) and isinstance(key.value, str) else ""
        lowered: Expression = syntax.Opaque(start, end, "ERROR" if value is not None else "missing value")
        if value is not None and lowering.is_sound(node):
            lowered = lowering.expression(value, name)
        return syntax.Entry(start, end, key, lowered)
    if kind in SHORTHANDS:
        return syntax.Entry(start, end, shorthand_key(lowering, node), lowering.identifier(node))
    if kind == "object_assignment_pattern":
        left = node.child_by_field_name("left") or node
        return syntax.Entry(start, end, shorthand_key(lowering, left), assignment_pattern(lowering, node))
    if kind == "method_definition":
        method = definitions.method(lowering, node, ())
        key = property_key(lowering, node.child_by_field_name("name") or node)
        return syntax.Entry(start, end, key, method, method.accessor)
    if kind in ("spread_element", "rest_pattern"):
        return syntax.Entry(start, end, None, lowering.operand(node) or syntax.Opaque(start, end, "MISSING"))
    return syntax.Entry(start, end, None, syntax.Opaque(start, end, kind))


def property_key(lowering: Lowering, node: Node) -> Expression:
    """The key of a property: text, a number, or the expression that computes it."""
    if node.type == "computed_property_name":
        return lowering.operand(node) or syntax.Opaque(*node.byte_range, node.type)
    if node.type in ("string", "number"):
        return lowering.expression(node)
    return shorthand_key(lowering, node)


def shorthand_key(lowering: Lowering, node: Node) -> Expression:
    """The key that a name is."""
    name = lowering.identifier(node)
    return syntax.Const(name.start, name.end, name.id) if isinstance(name, syntax.Name) else name


def assignment_pattern(lowering: Lowering, node: Node) -> Expression:
    """``a = 1`` inside a pattern."""
    right = node.child_by_field_name("right")
    target = lowering.field(node, "left")
    name = target.id if isinstance(target, syntax.Name) else ""
    value = lowering.expression(right, name) if right is not None else None
    return syntax.Assign(*node.byte_range, (target,), value)


PAIRS = frozenset({"pair", "pair_pattern"})
SHORTHANDS = frozenset({"shorthand_property_identifier", "shorthand_property_identifier_pattern"})
