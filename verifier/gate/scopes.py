"""The functions and classes around a place, by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.model import Project, Span
from verifier.parse import parse

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

DEFINITIONS = frozenset(
    "function_definition class_definition function_declaration generator_function_declaration class_declaration "
    "abstract_class_declaration method_definition interface_declaration internal_module".split()
)
FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function", "class", "lambda"})
STRINGS = frozenset({"string", "template_string"})
LONGEST = 80
LONGEST_NAME = 1000


class Scopes:
    """Finds scopes in the files of a project, which are parsed when they are first asked for."""

    def __init__(self, project: Project, kept: dict[str, Tree]) -> None:
        self.project = project
        self.trees = dict(kept)

    def at(self, span: Span) -> str:
        """The scope of a span, outermost first: ``Class.method``; empty at the top of a file."""
        source = self.project.files.get(span.path)
        if source is None:
            return ""
        tree = self.trees.get(span.path)
        if tree is None:
            tree = self.trees[span.path] = parse(source)
        column = len(source.line(span.line)[: span.column - 1].encode("utf-8", "replace"))
        place = (span.line - 1, column)
        node = tree.root_node.descendant_for_point_range(place, place)
        return ".".join(reversed(list(names_around(node))))


def names_around(node: Node | None) -> Iterator[str]:
    """The names of what stands around a node, innermost first."""
    while node is not None:
        name = name_of(node)
        if name:
            yield name[:LONGEST]
        before, node = node, node.parent
        # A decorator stands outside of what it decorates, and speaks of it.
        if node is not None and node.type == "decorated_definition" and before.type == "decorator":
            definition = node.child_by_field_name("definition")
            if definition is not None and (own := name_of(definition)):
                yield own[:LONGEST]


def name_of(node: Node) -> str:
    """The name of a definition; for a function without one, that of what it is given to."""
    if node.type in DEFINITIONS:
        return text_of(node.child_by_field_name("name"))
    if node.type not in FUNCTIONS or node.parent is None:
        return ""
    parent = node.parent
    if parent.type in ("variable_declarator", "public_field_definition", "field_definition"):
        return text_of(parent.child_by_field_name("name") or parent.child_by_field_name("property"))
    if parent.type == "pair":
        return text_of(parent.child_by_field_name("key"))
    if parent.type in ("assignment_expression", "assignment"):
        return text_of(parent.child_by_field_name("left"))
    if parent.type == "arguments" and parent.parent is not None:
        return call_name(parent.parent, parent)
    return ""


def call_name(call: Node, arguments: Node) -> str:
    """A call by what it calls and its first text: ``router.get "/books"``."""
    called = text_of(call.child_by_field_name("function"))
    first = next((child for child in arguments.named_children if child.type in STRINGS), None)
    return f"{called} {text_of(first)}".strip() if called else ""


def text_of(node: Node | None) -> str:
    """The source of a node, on one line."""
    if node is None or node.end_byte - node.start_byte > LONGEST_NAME or node.text is None:
        return ""
    return " ".join(node.text.decode("utf-8", "replace").split())
