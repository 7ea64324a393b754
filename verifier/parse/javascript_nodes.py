"""Questions about nodes that all of the JavaScript lowering asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

# Deeper nesting than this is not written by anybody; it becomes Opaque instead of using up the stack.
DEEPEST = 100
# Chains (a + b + ..., a.b().c()..., else if ...) are walked in loops. A longer one loses its far end.
LONGEST = 1000
TOO_DEEP = "nested too deeply"

COMMENTS = frozenset({"comment", "html_comment"})
TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "instantiation_expression",
        "type_assertion",
    }
)


def parts(node: Node) -> list[Node]:
    """The named nodes inside one, comments left out."""
    return [child for child in node.named_children if child.type not in COMMENTS]


def bare(node: Node | None) -> Node | None:
    """The node inside parentheses and type assertions. A loop, not recursion: there may be ten thousand."""
    while node is not None and node.type in TRANSPARENT:
        children = parts(node)
        if not children:
            return node
        node = children[-1] if node.type == "type_assertion" else children[0]
    return node
