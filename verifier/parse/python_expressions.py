"""Python's expressions: tree-sitter's nodes -> ``verifier.syntax``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, cast

from verifier import syntax
from verifier.syntax import Expression, Parameter, Statement

if TYPE_CHECKING:
    from tree_sitter import Node

# Deeper nesting than this is not written by anybody; it becomes Opaque instead of using up the stack.
DEEPEST = 150


def lower_annotation(text: str, start: int, end: int) -> Expression:
    """The expression that a quoted annotation holds; its nodes all stand at the string's own place."""
    from verifier.parse import parser

    data = text.strip().encode()
    root = parser("python").parse(data).root_node
    statement = root.named_children[0] if root.named_child_count == 1 and not root.has_error else None
    if statement is None or statement.type != "expression_statement":
        return syntax.Opaque(start, end, "string annotation")
    return Expressions(data, place=(start, end)).expression(statement.named_children[0])


class Expressions:
    """Lowers the expressions of one file. ``scope`` is the qualified name of the function or class around a node."""

    def __init__(self, data: bytes, scope: str = "", place: tuple[int, int] | None = None) -> None:
        self.data = data
        self.scope = scope
        self.place = place
        self.depth = 0

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def at(self, node: Node) -> tuple[int, int]:
        return self.place or (node.start_byte, node.end_byte)

    def qualify(self, name: str) -> str:
        return f"{self.scope}.{name}" if self.scope else name

    def parameters(self, node: Node | None) -> tuple[Parameter, ...]:
        found: list[Parameter] = []
        kind: Literal["plain", "keyword"] = "plain"
        for child in node.named_children if node else ():
            if child.type == "positional_separator":
                found = [
                    syntax.Parameter(p.start, p.end, p.target, p.annotation, p.default, "positional") for p in found
                ]
            elif child.type == "keyword_separator":
                kind = "keyword"
            elif child.type != "comment":
                parameter = self.parameter(child, kind)
                found.append(parameter)
                if parameter.kind == "rest":
                    kind = "keyword"
        return tuple(found)

    def parameter(self, node: Node, kind: Literal["plain", "keyword"]) -> Parameter:
        start, end = self.at(node)
        annotation = node.child_by_field_name("type")
        default = node.child_by_field_name("value")
        target = node
        if node.type in ("default_parameter", "typed_default_parameter"):
            target = node.child_by_field_name("name") or node
        elif node.type == "typed_parameter":
            target = node.named_children[0]
        found: Literal["plain", "keyword", "rest", "keywords"] = kind
        if target.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            found = "rest" if target.type == "list_splat_pattern" else "keywords"
            target = target.named_children[0] if target.named_children else target
        return syntax.Parameter(
            start,
            end,
            self.expression(target),
            self.annotation(annotation) if annotation else None,
            self.expression(default) if default else None,
            found,
        )

    def annotation(self, node: Node) -> Expression:
        """The expression of a ``type`` node."""
        children = [child for child in node.named_children if child.type != "comment"]
        return self.expression(children[0]) if children else syntax.Opaque(*self.at(node), "type")

    def values(self, node: Node) -> Expression | None:
        """The value of ``return`` and ``yield``: none, one, or a tuple."""
        children = [child for child in node.named_children if child.type != "comment"]
        if not children:
            return None
        if len(children) == 1:
            return self.expression(children[0])
        return syntax.Display(*self.at(node), "tuple", tuple(self.expression(child) for child in children))

    def assignment(self, node: Node) -> syntax.Assign:
        start, end = self.at(node)
        if node.type == "augmented_assignment":
            target, value = self.field(node, "left"), self.field(node, "right")
            operator = node.child_by_field_name("operator")
            return syntax.Assign(start, end, (target,), value, operator=self.text(operator) if operator else "=")
        targets: list[Expression] = []
        annotation: Expression | None = None
        right: Node | None = node
        while right is not None and right.type == "assignment":  # a = b = value
            targets.append(self.field(right, "left"))
            kind = right.child_by_field_name("type")
            annotation = self.annotation(kind) if kind else annotation
            right = right.child_by_field_name("right")
        name = targets[0].id if isinstance(targets[0], syntax.Name) else ""
        value_ = self.expression(right, name) if right is not None else None
        return syntax.Assign(start, end, tuple(targets), value_, annotation)

    def field(self, node: Node, name: str) -> Expression:
        child = node.child_by_field_name(name)
        return self.expression(child) if child is not None else syntax.Opaque(*self.at(node), f"missing {name}")

    def expression(self, node: Node, name: str = "") -> Expression:
        """An expression. ``name`` is the variable it is assigned to, for a lambda to be called by."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                return syntax.Opaque(*self.at(node), "nested too deeply")
            kind = node.type
            if kind == "lambda":
                return self.lambda_(node, name)
            handler = EXPRESSIONS.get(kind)
            return handler(self, node) if handler is not None else syntax.Opaque(*self.at(node), kind)
        finally:
            self.depth -= 1

    def identifier(self, node: Node) -> Expression:
        return syntax.Name(*self.at(node), self.text(node))

    def member(self, node: Node) -> Expression:
        attribute = node.child_by_field_name("attribute")
        return syntax.Member(*self.at(node), self.field(node, "object"), self.text(attribute) if attribute else "")

    def subscript(self, node: Node) -> Expression:
        parts = [self.expression(child) for child in node.children_by_field_name("subscript")]
        index = parts[0] if len(parts) == 1 else syntax.Display(*self.at(node), "tuple", tuple(parts))
        return syntax.Index(*self.at(node), self.field(node, "value"), index)

    def generic_type(self, node: Node) -> Expression:
        """``List[int]`` in an annotation has nodes of its own."""
        first = node.named_children[0]
        inner = [child for part in node.named_children[1:] for child in part.named_children]
        parts = [self.expression(child) for child in inner]
        index = parts[0] if len(parts) == 1 else syntax.Display(*self.at(node), "tuple", tuple(parts))
        return syntax.Index(*self.at(node), self.expression(first), index)

    def member_type(self, node: Node) -> Expression:
        first, last = node.named_children[0], node.named_children[-1]
        return syntax.Member(*self.at(node), self.expression(first), self.text(last))

    def union_type(self, node: Node) -> Expression:
        parts = [self.expression(child) for child in node.named_children]
        found = parts[0]
        for part in parts[1:]:
            found = syntax.Binary(found.start, part.end, "|", found, part)
        return found

    def slice(self, node: Node) -> Expression:
        parts: list[Expression | None] = [None]
        for child in node.children:
            if child.type == ":":
                parts.append(None)
            elif child.is_named and child.type != "comment":
                parts[-1] = self.expression(child)
        parts += [None] * (3 - len(parts))
        return syntax.Slice(*self.at(node), parts[0], parts[1], parts[2])

    def call(self, node: Node) -> Expression:
        arguments = node.child_by_field_name("arguments")
        callee = self.field(node, "function")
        if arguments is not None and arguments.type == "generator_expression":
            return syntax.Call(*self.at(node), callee, (self.comprehension(arguments),))
        return syntax.Call(*self.at(node), callee, self.arguments(arguments) if arguments else ())

    def arguments(self, node: Node) -> tuple[Expression | syntax.Spread | syntax.Keyword, ...]:
        found: list[Expression | syntax.Spread | syntax.Keyword] = []
        for child in node.named_children:
            kind = child.type
            if kind == "keyword_argument":
                name = child.child_by_field_name("name")
                written = self.text(name) if name else ""
                value = child.child_by_field_name("value")
                lowered = self.expression(value, written) if value else syntax.Opaque(*self.at(child), kind)
                found.append(syntax.Keyword(*self.at(child), written, lowered))
            elif kind == "dictionary_splat":
                found.append(syntax.Keyword(*self.at(child), None, self.expression(child.named_children[0])))
            elif kind != "comment":
                found.append(self.expression(child))
        return tuple(found)

    def splat(self, node: Node) -> Expression:
        inner = node.named_children[0] if node.named_children else node
        return syntax.Spread(*self.at(node), self.expression(inner) if inner is not node else self.identifier(node))

    def string(self, node: Node) -> Expression:
        start, end = self.at(node)
        opening = self.text(node.children[0]).lower()
        prefix = opening.rstrip("\"'")
        if "f" in prefix or "t" in prefix:
            return syntax.Template(start, end, self.template_parts(node, raw="r" in prefix))
        written = self.text(node)
        if "b" in prefix:
            return syntax.Const(start, end, self.literal(written) or b"")
        if "\\" not in written or "r" in prefix:
            return syntax.Const(start, end, written[len(opening) : len(written) - len(opening.lstrip("rbuf"))])
        value = self.literal(written)
        return syntax.Const(start, end, value) if value is not None else syntax.Opaque(start, end, "string")

    @staticmethod
    def literal(written: str) -> str | bytes | None:
        import warnings

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # unknown escapes are the checked project's business
                value = ast.literal_eval(written)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        return value if isinstance(value, str | bytes) else None

    def template_parts(self, node: Node, *, raw: bool) -> tuple[Expression, ...]:
        parts: list[Expression] = []
        for child in node.named_children:
            if child.type == "string_content":
                text = self.text(child).replace("{{", "{").replace("}}", "}")
                if "\\" in text and not raw:
                    decoded = self.literal('"""' + text.replace('"', '\\"') + '"""')
                    text = decoded if isinstance(decoded, str) else text
                parts.append(syntax.Const(*self.at(child), text))
            elif child.type == "interpolation":
                parts.append(self.field(child, "expression"))
        return tuple(parts)

    def concatenated_string(self, node: Node) -> Expression:
        parts: list[Expression] = []
        for child in node.named_children:
            if child.type == "string":
                lowered = self.string(child)
                parts.extend(lowered.parts if isinstance(lowered, syntax.Template) else (lowered,))
        return parts[0] if len(parts) == 1 else syntax.Template(*self.at(node), tuple(parts))

    def number(self, node: Node) -> Expression:
        try:
            value = ast.literal_eval(self.text(node))
        except (SyntaxError, ValueError):
            value = None
        if isinstance(value, int | float):
            return syntax.Const(*self.at(node), value)
        return syntax.Opaque(*self.at(node), node.type)

    def true(self, node: Node) -> Expression:
        return syntax.Const(*self.at(node), True)

    def false(self, node: Node) -> Expression:
        return syntax.Const(*self.at(node), False)

    def none(self, node: Node) -> Expression:
        return syntax.Const(*self.at(node), None)

    def display(self, node: Node) -> Expression:
        kind: Literal["list", "tuple", "set"] = "tuple"
        if node.type in ("list", "list_pattern"):
            kind = "list"
        elif node.type == "set":
            kind = "set"
        return syntax.Display(*self.at(node), kind, self.items(node))

    def items(self, node: Node) -> tuple[Expression, ...]:
        return tuple(self.expression(child) for child in node.named_children if child.type != "comment")

    def dictionary(self, node: Node) -> Expression:
        entries: list[syntax.Entry] = []
        for child in node.named_children:
            if child.type == "pair":
                key = self.field(child, "key")
                name = key.value if isinstance(key, syntax.Const) and isinstance(key.value, str) else ""
                value = child.child_by_field_name("value")
                lowered = self.expression(value, name) if value else syntax.Opaque(*self.at(child), "pair")
                entries.append(syntax.Entry(*self.at(child), key, lowered))
            elif child.type == "dictionary_splat":
                entries.append(syntax.Entry(*self.at(child), None, self.expression(child.named_children[0])))
        return syntax.Mapping(*self.at(node), tuple(entries))

    def parenthesized(self, node: Node) -> Expression:
        # A loop, not recursion: ten thousand parentheses must not use up the stack.
        inner = node
        while inner.type in ("parenthesized_expression", "type"):
            children = [child for child in inner.named_children if child.type != "comment"]
            if not children:
                return syntax.Opaque(*self.at(node), node.type)
            inner = children[0]
        return self.expression(inner)

    def unary(self, node: Node) -> Expression:
        operator = self.text(node.children[0])
        return syntax.Unary(*self.at(node), operator, self.field(node, "argument"))

    def binary(self, node: Node) -> Expression:
        return self.left_deep(node, lambda start, end, op, left, right: syntax.Binary(start, end, op, left, right))

    def boolean(self, node: Node) -> Expression:
        def make(start: int, end: int, op: str, left: Expression, right: Expression) -> Expression:
            return syntax.Logical(start, end, cast('Literal["and", "or"]', op), left, right)

        return self.left_deep(node, make)

    def left_deep(self, node: Node, make: Callable[[int, int, str, Expression, Expression], Expression]) -> Expression:
        """``a + b + c + ...`` nests to the left; a loop keeps long ones off the stack."""
        spine: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == node.type:
            spine.append(inner)
            inner = inner.child_by_field_name("left")
        found = self.expression(inner) if inner else syntax.Opaque(*self.at(node), node.type)
        for part in reversed(spine):
            operator = part.child_by_field_name("operator")
            start, end = self.at(part)
            found = make(start, end, self.text(operator) if operator else "", found, self.field(part, "right"))
        return found

    def comparison(self, node: Node) -> Expression:
        operands: list[Expression] = []
        operators: list[str] = []
        for child in node.children:
            if child.type == "comment":
                continue
            if child.is_named and child.type not in ("is not", "not in"):
                operands.append(self.expression(child))
            elif len(operators) >= len(operands):
                operators[-1] += f" {self.text(child)}"
            else:
                operators.append(" ".join(self.text(child).split()))
        found: Expression | None = None
        for left, operator, right in zip(operands, operators, operands[1:], strict=False):
            part = syntax.Binary(left.start, right.end, operator, left, right)
            found = part if found is None else syntax.Logical(found.start, part.end, "and", found, part)
        return found or syntax.Opaque(*self.at(node), node.type)

    def conditional(self, node: Node) -> Expression:
        parts = [self.expression(child) for child in node.named_children if child.type != "comment"]
        if len(parts) != 3:
            return syntax.Opaque(*self.at(node), node.type)
        return syntax.Conditional(*self.at(node), parts[1], parts[0], parts[2])

    def lambda_(self, node: Node, name: str) -> Expression:
        body = node.child_by_field_name("body")
        qualified = self.qualify(name or "<lambda>")

        def lowered() -> tuple[Statement, ...]:
            if body is None:
                return ()
            value = Expressions(self.data, qualified, self.place).expression(body)
            return (syntax.Return(value.start, value.end, value),)

        parameters = self.parameters(node.child_by_field_name("parameters"))
        return syntax.Function(*self.at(node), name, qualified, "lambda", parameters, lowered)

    def await_(self, node: Node) -> Expression:
        return syntax.Await(*self.at(node), self.expression(node.named_children[-1]))

    def yield_(self, node: Node) -> Expression:
        delegate = any(child.type == "from" for child in node.children)
        return syntax.Yield(*self.at(node), self.values(node), delegate)

    def named_expression(self, node: Node) -> Expression:
        return syntax.Assign(*self.at(node), (self.field(node, "name"),), self.field(node, "value"))

    def comprehension(self, node: Node) -> Expression:
        body = node.child_by_field_name("body")
        kind = cast(
            'Literal["list", "set", "dict", "generator"]',
            {"list_comprehension": "list", "set_comprehension": "set", "dictionary_comprehension": "dict"}.get(
                node.type, "generator"
            ),
        )
        key: Expression | None = None
        if body is not None and body.type == "pair":
            key, element = self.field(body, "key"), self.field(body, "value")
        else:
            element = self.expression(body) if body else syntax.Opaque(*self.at(node), node.type)
        clauses: list[syntax.Clause] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                clauses.append(syntax.Clause(*self.at(child), self.field(child, "left"), self.iterated(child), ()))
            elif child.type == "if_clause" and clauses and child.named_children:
                last = clauses[-1]
                conditions = (*last.conditions, self.expression(child.named_children[0]))
                clauses[-1] = syntax.Clause(last.start, last.end, last.target, last.iterable, conditions)
        return syntax.Comprehension(*self.at(node), kind, key, element, tuple(clauses))

    def iterated(self, clause: Node) -> Expression:
        parts = clause.children_by_field_name("right")
        if len(parts) > 1:
            return syntax.Display(
                *self.at(clause), "tuple", tuple(self.expression(part) for part in parts if part.is_named)
            )
        return self.field(clause, "right")


_S = Expressions
LITERALS = frozenset({"string", "concatenated_string", "integer", "float", "true", "false", "none"})
EXPRESSIONS: dict[str, Callable[[Expressions, Node], Expression]] = {
    "identifier": _S.identifier,
    "keyword_identifier": _S.identifier,
    "attribute": _S.member,
    "member_type": _S.member_type,
    "subscript": _S.subscript,
    "generic_type": _S.generic_type,
    "union_type": _S.union_type,
    "slice": _S.slice,
    "call": _S.call,
    "list_splat": _S.splat,
    "list_splat_pattern": _S.splat,
    "dictionary_splat": _S.splat,
    "string": _S.string,
    "concatenated_string": _S.concatenated_string,
    "integer": _S.number,
    "float": _S.number,
    "true": _S.true,
    "false": _S.false,
    "none": _S.none,
    "list": _S.display,
    "tuple": _S.display,
    "set": _S.display,
    "expression_list": _S.display,
    "pattern_list": _S.display,
    "tuple_pattern": _S.display,
    "list_pattern": _S.display,
    "dictionary": _S.dictionary,
    "parenthesized_expression": _S.parenthesized,
    "type": _S.parenthesized,
    "unary_operator": _S.unary,
    "not_operator": _S.unary,
    "binary_operator": _S.binary,
    "boolean_operator": _S.boolean,
    "comparison_operator": _S.comparison,
    "conditional_expression": _S.conditional,
    "await": _S.await_,
    "yield": _S.yield_,
    "named_expression": _S.named_expression,
    "list_comprehension": _S.comprehension,
    "set_comprehension": _S.comprehension,
    "dictionary_comprehension": _S.comprehension,
    "generator_expression": _S.comprehension,
    "assignment": _S.assignment,
    "augmented_assignment": _S.assignment,
}
