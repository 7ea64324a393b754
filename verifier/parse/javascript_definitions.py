"""Functions, classes and their members.

A computed field is an Assign to ``this[key]``, a static block a Block. A method without a body (abstract, or in
``declare class``) has one Opaque statement as its body. Overload signatures and index signatures leave no trace.

A parameter's decorator has no place in the Parameter, so the class body says what it does at run time: behind the
method stands the call ``decorator(this, "method", index)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from verifier import syntax
from verifier.parse import javascript_literals as literals
from verifier.parse import typescript_types as types
from verifier.parse.javascript_nodes import parts
from verifier.syntax import Expression, Parameter, Statement

if TYPE_CHECKING:
    from tree_sitter import Node

    from verifier.parse.javascript import Lowering

Body: TypeAlias = tuple[Statement, ...] | Callable[[], tuple[Statement, ...]]

FIELD_MODIFIERS = frozenset({"accessibility_modifier", "override_modifier", "readonly"})


def function_declaration(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``function name() {}``."""
    found.append(function(lowering, node, "", "function"))


def function_expression(lowering: Lowering, node: Node, name: str) -> syntax.Function:
    """``function () {}`` and ``() => value``; ``name`` is what it is assigned to."""
    return function(lowering, node, name, "arrow" if node.type == "arrow_function" else "function")


def function(lowering: Lowering, node: Node, name: str, kind: Literal["function", "arrow"]) -> syntax.Function:
    """A function of any kind but a method. Its own name goes before the given one."""
    own = node.child_by_field_name("name")
    name = lowering.text(own) if own is not None else name
    qualified = lowering.qualify(name)
    return syntax.Function(
        *node.byte_range,
        name,
        qualified,
        kind,
        lambda: parameters(lowering.inside(lowering.scope), node),
        later(lowering, node.child_by_field_name("body"), qualified),
        is_async=node.children[0].type == "async",
        returns=lambda: returned(lowering.inside(lowering.scope), node),
    )


def method(
    lowering: Lowering, node: Node, decorators: Sequence[Node], missing: tuple[Statement, ...] = ()
) -> syntax.Function:
    """A method of a class, interface or object literal. ``missing`` stands for a body that is elsewhere."""
    key = node.child_by_field_name("name")
    written = set[str]()
    for child in node.children:
        if child == key:
            break
        written.update(child.type.split())  # JavaScript's grammar has `static get` as one word
    name = key_name(lowering, key)
    qualified = lowering.qualify(name)
    body = node.child_by_field_name("body")
    decorators = [*decorators, *node.children_by_field_name("decorator")]
    return syntax.Function(
        min([node.start_byte, *(decorator.start_byte for decorator in decorators)]),
        node.end_byte,
        name,
        qualified,
        "method",
        lambda: parameters(lowering.inside(lowering.scope), node),
        later(lowering, body, qualified) if body is not None else missing,
        is_async="async" in written,
        returns=lambda: returned(lowering.inside(lowering.scope), node),
        decorators=tuple(decorator_value(lowering, decorator) for decorator in decorators),
        static="static" in written,
        accessor="get" if "get" in written else "set" if "set" in written else None,
    )


def key_name(lowering: Lowering, key: Node | None) -> str:
    """The name of a member; a computed one is called as it is written, in brackets."""
    if key is None:
        return ""
    written = lowering.text(key)
    if key.type == "computed_property_name":
        lowered = lowering.operand(key)
        return lowered.value if isinstance(lowered, syntax.Const) and isinstance(lowered.value, str) else written
    return literals.string(written) if key.type == "string" else written


def later(lowering: Lowering, body: Node | None, scope: str) -> Body:
    """A body that is lowered when it is asked for."""
    if body is None:
        return ()
    inside = lowering.inside(scope)
    if body.type == "statement_block":
        return lambda: inside.block(body)

    def value() -> tuple[Statement, ...]:
        result = inside.expression(body)
        return (syntax.Return(result.start, result.end, result),)

    return value


def returned(lowering: Lowering, node: Node) -> Expression | None:
    """The return annotation."""
    annotation = node.child_by_field_name("return_type")
    return types.annotation(lowering, annotation) if annotation is not None else None


# Parameters


def parameters(lowering: Lowering, node: Node) -> tuple[Parameter, ...]:
    """The parameters of a function; ``this`` is none."""
    single = node.child_by_field_name("parameter")
    if single is not None:  # x => ...
        return (syntax.Parameter(*single.byte_range, lowering.expression(single)),)
    return tuple(parameter(lowering, child) for child in parameter_nodes(node))


def parameter_nodes(node: Node) -> list[Node]:
    """The nodes of a function's parameters."""
    listed = node.child_by_field_name("parameters")
    found: list[Node] = []
    for child in listed.named_children if listed is not None else ():
        pattern = child.child_by_field_name("pattern")
        if child.type != "comment" and (pattern is None or pattern.type != "this"):
            found.append(child)
    return found


def parameter(lowering: Lowering, node: Node) -> Parameter:
    """One parameter, with its default and annotation."""
    annotation = node.child_by_field_name("type")
    target, default = node.child_by_field_name("pattern") or node, node.child_by_field_name("value")
    if node.type == "assignment_pattern":
        target, default = node.child_by_field_name("left") or node, node.child_by_field_name("right")
    lowered = lowering.expression(target)
    kind: Literal["plain", "rest"] = "plain"
    if isinstance(lowered, syntax.Spread):
        lowered, kind = lowered.value, "rest"
    name = lowered.id if isinstance(lowered, syntax.Name) else ""
    return syntax.Parameter(
        *node.byte_range,
        lowered,
        types.annotation(lowering, annotation) if annotation is not None else None,
        lowering.expression(default, name) if default is not None else None,
        kind,
        field=node.type.endswith("parameter") and any(child.type in FIELD_MODIFIERS for child in node.children),
    )


# Classes


def class_declaration(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``class Name {}``."""
    found.append(class_(lowering, node, "", ()))


def class_expression(lowering: Lowering, node: Node, name: str) -> syntax.Class:
    """``class {}`` as a value; ``name`` is what it is assigned to."""
    return class_(lowering, node, name, ())


def class_(lowering: Lowering, node: Node, name: str, decorators: Sequence[Node]) -> syntax.Class:
    """A class. ``decorators`` are those that stand before ``export``."""
    own = node.child_by_field_name("name")
    name = lowering.text(own) if own is not None else name
    qualified = lowering.qualify(name)
    bases: list[Expression] = []
    implements: list[Expression] = []
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    for clause in heritage.named_children if heritage is not None else ():
        if clause.type == "extends_clause":
            bases.extend(lowering.expression(value) for value in clause.children_by_field_name("value"))
        elif clause.type == "implements_clause":
            implements.extend(types.lower_type(lowering, child) for child in parts(clause))
        elif clause.type != "comment":  # JavaScript has no clauses
            bases.append(lowering.expression(clause))
    body, inside = node.child_by_field_name("body"), lowering.inside(qualified)
    decorators = [*decorators, *node.children_by_field_name("decorator")]
    return syntax.Class(
        min([node.start_byte, *(decorator.start_byte for decorator in decorators)]),
        node.end_byte,
        name,
        qualified,
        tuple(bases),
        lambda: members(inside, body) if body is not None else (),
        decorators=tuple(decorator_value(lowering, decorator) for decorator in decorators),
        implements=tuple(implements),
    )


def members(lowering: Lowering, body: Node) -> tuple[Statement, ...]:
    """The statements of a class body."""
    found: list[Statement] = []
    decorators: list[Node] = []  # TypeScript's grammar has those of a method before it
    for child in body.named_children:
        kind = child.type
        if kind == "decorator":
            decorators.append(child)
        elif kind in METHODS or (kind == "method_signature" and lowering.ambient):
            lowered = method(lowering, child, decorators, (syntax.Opaque(*child.byte_range, kind),))
            found.append(lowered)
            found.extend(parameter_decorators(lowering, child, lowered.name))
        elif kind in FIELDS:
            found.append(field(lowering, child, decorators))
        elif kind == "class_static_block":
            found.append(syntax.Block(*child.byte_range, lowering.block(child.child_by_field_name("body"))))
        elif kind not in NO_MEMBERS:
            found.append(syntax.Opaque(*child.byte_range, kind))
        if kind not in ("decorator", "comment"):
            decorators = []
    return tuple(found)


def field(lowering: Lowering, node: Node, decorators: Sequence[Node]) -> syntax.Assign:
    """A field of a class."""
    key = node.child_by_field_name("name") or node.child_by_field_name("property") or node
    name = key_name(lowering, key)
    target: Expression = syntax.Name(*key.byte_range, name)
    if key.type == "computed_property_name" and name.startswith("["):
        this = syntax.Name(key.start_byte, key.start_byte, "this")
        computed = lowering.operand(key) or syntax.Opaque(*key.byte_range, key.type)
        target = syntax.Index(*key.byte_range, this, computed)
    value, annotation = node.child_by_field_name("value"), node.child_by_field_name("type")
    decorators = [*decorators, *node.children_by_field_name("decorator")]
    return syntax.Assign(
        min([node.start_byte, *(decorator.start_byte for decorator in decorators)]),
        node.end_byte,
        (target,),
        lowering.expression(value, name) if value is not None else None,
        types.annotation(lowering, annotation) if annotation is not None else None,
        static=any(child.type == "static" for child in node.children if child.end_byte <= key.start_byte),
        decorators=tuple(decorator_value(lowering, decorator) for decorator in decorators),
    )


def parameter_decorators(lowering: Lowering, node: Node, name: str) -> Iterator[Statement]:
    """The calls of the decorators of a method's parameters."""
    for place, child in enumerate(parameter_nodes(node)):
        for decorator in child.children_by_field_name("decorator"):
            start, end = decorator.byte_range
            this = syntax.Name(start, start, "this")
            which = (syntax.Const(*child.byte_range, name), syntax.Const(*child.byte_range, place))
            call = syntax.Call(start, end, decorator_value(lowering, decorator), (this, *which))
            yield syntax.Evaluate(start, end, call)


def decorator_value(lowering: Lowering, node: Node) -> Expression:
    """The expression behind ``@``."""
    return lowering.operand(node) or syntax.Opaque(*node.byte_range, node.type)


METHODS = frozenset({"method_definition", "abstract_method_signature"})
FIELDS = frozenset({"public_field_definition", "field_definition"})
NO_MEMBERS = frozenset({"comment", "method_signature", "index_signature"})
