"""TypeScript's declarations of types, enums and namespaces.

    ``interface A {}``           Class, kind ``interface``: Assign for properties, Function with no body for methods;
                                 call, construct and index signatures are left out
    ``type A = {}``              the same; ``type A = B & {}`` has the base B
    ``type A = B``               an Assign of the type, which declares the constant A
    ``enum A {}``                Class, kind ``enum``: a static Assign for each member
    ``namespace A {}``           Class whose body are the namespace's statements, so that ``A.b`` finds its member;
                                 its variables and functions are static
    ``declare module "x"``       Block, and so is ``declare global``

A type may be called like a value of the same block. Names of both kinds end in one room, so the value stays and the
type is left out; a namespace that adds to such a value is Opaque.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from verifier import syntax
from verifier.parse import javascript_definitions as definitions
from verifier.parse import typescript_types as types
from verifier.parse.javascript_nodes import parts
from verifier.syntax import Expression, Statement

if TYPE_CHECKING:
    from tree_sitter import Node

    from verifier.parse.javascript import Lowering

# Numbers larger than this are not worked out for the members of an enum.
LARGEST = 2**53
DEEPEST_VALUE = 20


def values_around(lowering: Lowering) -> frozenset[str]:
    """The names of the values that the block around declares."""
    if lowering.values is None:
        lowering.values = frozenset(declared_values(lowering, lowering.around))
    return lowering.values


def declared_values(lowering: Lowering, block: Node | None) -> Iterator[str]:
    """The names of the variables, functions, classes and enums of a block."""
    for child in block.named_children if block is not None else ():
        inner: Node | None = child
        while inner is not None and inner.type in ("export_statement", "ambient_declaration"):
            declared = inner.child_by_field_name("declaration")
            inner = declared or (inner.named_children[-1] if inner.type == "ambient_declaration" else None)
        if inner is None:
            continue
        for holder in parts(inner) if inner.type in VARIABLES else [inner] if inner.type in VALUES else []:
            name = holder.child_by_field_name("name")
            if name is not None:
                yield lowering.text(name)


def interface_declaration(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``interface Name extends A, B {}``."""
    clause = next((child for child in node.named_children if child.type == "extends_type_clause"), None)
    bases = parts(clause) if clause is not None else []
    body = node.child_by_field_name("body")
    interface(lowering, node, bases, [body] if body is not None else [], found)


def type_alias_declaration(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``type Name = value``."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None:
        found.append(syntax.Opaque(*node.byte_range, node.type))
        return
    joined = list(intersected(value))
    bodies = [part for part in joined if has_members(part)]
    if bodies:
        interface(lowering, node, [part for part in joined if not has_members(part)], bodies, found)
    elif lowering.text(name) not in values_around(lowering):
        target, lowered = lowering.identifier(name), types.lower_type(lowering, value)
        found.append(syntax.Assign(*node.byte_range, (target,), lowered, declares="const"))


def intersected(node: Node) -> Iterator[Node]:
    """The types that ``A & B & C`` joins, from the last one to the first."""
    inner = node
    while inner.type == "intersection_type" and len(children := parts(inner)) == 2:
        yield children[1]
        inner = children[0]
    yield inner


def has_members(node: Node) -> bool:
    """Whether a type lists members, and does not compute them as ``{ [K in T]: V }`` does."""
    inner = parts(node) if node.type == "object_type" else []
    mapped = bool(inner) and any(child.type == "mapped_type_clause" for child in inner[0].named_children)
    return node.type == "object_type" and not mapped


def interface(lowering: Lowering, node: Node, bases: list[Node], bodies: list[Node], found: list[Statement]) -> None:
    """A class that has members, but no code."""
    name = node.child_by_field_name("name")
    written = lowering.text(name) if name is not None else ""
    if written in values_around(lowering):
        return
    qualified = lowering.qualify(written)
    inside = lowering.inside(qualified)

    def members() -> tuple[Statement, ...]:
        return tuple(member for body in bodies for member in signatures(inside, body))

    lowered = tuple(types.lower_type(lowering, base) for base in bases)
    found.append(syntax.Class(*node.byte_range, written, qualified, lowered, members, kind="interface"))


def signatures(lowering: Lowering, body: Node) -> Iterator[Statement]:
    """The members of an interface or object type."""
    for child in body.named_children:
        key = child.child_by_field_name("name")
        if child.type == "method_signature":
            yield definitions.method(lowering, child, ())
        elif child.type == "property_signature" and key is not None:
            annotation = child.child_by_field_name("type")
            target = syntax.Name(*key.byte_range, definitions.key_name(lowering, key))
            lowered = types.annotation(lowering, annotation) if annotation is not None else None
            yield syntax.Assign(*child.byte_range, (target,), None, lowered)
        elif child.type == "ERROR":
            yield syntax.Opaque(*child.byte_range, child.type)


# Enums


def enum_declaration(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``enum Name { A, B = 2 }``."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    written = lowering.text(name) if name is not None else ""
    qualified = lowering.qualify(written)
    inside = lowering.inside(qualified)

    def members() -> tuple[Statement, ...]:
        return tuple(enum_members(inside, body)) if body is not None else ()

    found.append(syntax.Class(*node.byte_range, written, qualified, (), members, kind="enum"))


def enum_members(lowering: Lowering, body: Node) -> Iterator[Statement]:
    """The members of an enum. One without a value has the number after the one before it."""
    known: dict[str, int | float] = {}
    following: int | float | None = 0
    for child in parts(body):
        start, end = child.byte_range
        if child.type == "ERROR":
            yield syntax.Opaque(start, end, child.type)
            continue
        key, value = child, None
        if child.type == "enum_assignment":
            key, value = child.child_by_field_name("name") or child, child.child_by_field_name("value")
        name = definitions.key_name(lowering, key)
        lowered: Expression
        if value is not None:
            lowered = lowering.expression(value)
            following = number(lowered, known)
        else:
            lowered = syntax.Opaque(start, end, "enum member")
            if following is not None:
                lowered = syntax.Const(start, end, following)
        if following is not None:
            known[name] = following
            following += 1
        yield syntax.Assign(start, end, (syntax.Name(*key.byte_range, name),), lowered, static=True)


def number(value: Expression, known: dict[str, int | float], depth: int = 0) -> int | float | None:
    """The number that a member's value is, where it is written with numbers and members before it."""
    if isinstance(value, syntax.Const):
        return value.value if isinstance(value.value, int | float) and not isinstance(value.value, bool) else None
    if isinstance(value, syntax.Name | syntax.Member):
        return known.get(value.id if isinstance(value, syntax.Name) else value.name)
    if depth > DEEPEST_VALUE:
        return None
    if isinstance(value, syntax.Unary):
        operand = number(value.operand, known, depth + 1)
        if operand is None or value.operator not in ("-", "+", "~"):
            return None
        return -operand if value.operator == "-" else ~int(operand) if value.operator == "~" else operand
    if isinstance(value, syntax.Binary):
        left, right = number(value.left, known, depth + 1), number(value.right, known, depth + 1)
        if isinstance(left, int) and isinstance(right, int) and abs(left) < LARGEST and abs(right) < LARGEST:
            return whole(value.operator, left, right)
    return None


def whole(operator: str, left: int, right: int) -> int | None:
    """``left operator right``."""
    if operator == "<<":
        return left << right if 0 <= right < 32 else None
    results = {"|": left | right, "&": left & right, "^": left ^ right, "+": left + right, "-": left - right}
    return results.get(operator)


# Namespaces


def namespace(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``namespace A.B {}``; ``module "name" {}`` speaks of another module."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or name.type == "string":
        found.append(syntax.Block(*node.byte_range, elsewhere(lowering, body)))
        return
    names = ["".join(part.split()) for part in lowering.text(name).split(".")]
    if names[0] in values_around(lowering):
        found.append(syntax.Opaque(*node.byte_range, node.type))
        return
    scopes = [lowering.qualify(".".join(names[: place + 1])) for place in range(len(names))]
    inside = lowering.inside(scopes[-1], namespaced=True)
    made = syntax.Class(*node.byte_range, names[-1], scopes[-1], (), lambda: tuple(map(member, inside.block(body))))
    for outer, scope in zip(reversed(names[:-1]), reversed(scopes[:-1]), strict=True):
        made = syntax.Class(*node.byte_range, outer, scope, (), (made,))
    found.append(made)


def member(statement: Statement) -> Statement:
    """A statement of a namespace as a member of the class that stands for it."""
    if isinstance(statement, syntax.Assign):
        return msgspec.structs.replace(statement, static=True)
    if isinstance(statement, syntax.Function):
        statement.static = True
    return statement


def elsewhere(lowering: Lowering, body: Node | None) -> tuple[Statement, ...]:
    """Declarations that add to another module, or to what is global. Nothing in them is this file's own."""
    namespaced, lowering.namespaced = lowering.namespaced, True
    lowering.depth += 1
    try:
        return lowering.block(body)
    finally:
        lowering.depth -= 1
        lowering.namespaced = namespaced


def ambient_declaration(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``declare ...``: what is declared exists, but its code is not here."""
    ambient, lowering.ambient = lowering.ambient, True
    try:
        for child in node.named_children:
            if child.type == "statement_block":
                found.append(syntax.Block(*child.byte_range, elsewhere(lowering, child)))
            elif child.type not in ("property_identifier", "comment"):
                lowering.statement(child, found)
    finally:
        lowering.ambient = ambient


VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})
VALUES = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "class_declaration",
        "abstract_class_declaration",
        "enum_declaration",
    }
)
