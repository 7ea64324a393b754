"""JavaScript's statements; ``verifier.parse.javascript`` says how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from verifier import syntax
from verifier.parse import typescript_declarations as declarations
from verifier.parse import typescript_types as types
from verifier.parse.javascript_nodes import LONGEST, TOO_DEEP, bare, parts
from verifier.syntax import Expression, Statement

if TYPE_CHECKING:
    from tree_sitter import Node

    from verifier.parse.javascript import Lowering


def expression_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    for child in parts(node):
        effect(lowering, child, found)


def effect(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """An expression that is run for its effect."""
    inner = bare(node) or node
    if inner.type == "internal_module":
        declarations.namespace(lowering, inner, found)
        return
    for part in parts(inner) if inner.type == "sequence_expression" else [inner]:
        value = lowering.expression(part)
        if isinstance(value, syntax.Assign):
            found.append(value)
        else:
            found.append(syntax.Evaluate(value.start, value.end, value))


def variables(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    declares = keyword_of(node.children[0])
    for child in parts(node):
        if child.type != "variable_declarator":
            found.append(syntax.Opaque(*child.byte_range, child.type))
            continue
        target = lowering.field(child, "name")
        value, annotation = child.child_by_field_name("value"), child.child_by_field_name("type")
        lowered: Expression | None = None
        if not lowering.is_sound(child):
            lowered = syntax.Opaque(*child.byte_range, "ERROR")
        elif value is not None:
            lowered = lowering.expression(value, target.id if isinstance(target, syntax.Name) else "")
        kind = types.annotation(lowering, annotation) if annotation is not None else None
        found.append(syntax.Assign(*child.byte_range, (target,), lowered, kind, declares=declares))


def if_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    clauses: list[Node] = []
    inner: Node | None = node
    while inner is not None and inner.type == "if_statement":
        clauses.append(inner)
        inner = alternative(inner)
    orelse = lowering.body(inner)
    if len(clauses) > LONGEST:
        orelse = (syntax.Opaque(*clauses[LONGEST].byte_range, TOO_DEEP),)
    for clause in reversed(clauses[:LONGEST]):
        body = lowering.body(clause.child_by_field_name("consequence"))
        orelse = (syntax.If(*clause.byte_range, lowering.field(clause, "condition"), body, orelse),)
    found.extend(orelse)


def for_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    setup: list[Statement] = []
    step: list[Statement] = []
    initializer, increment = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
    condition = node.child_by_field_name("condition")
    if initializer is not None and initializer.type.endswith("_declaration"):
        lowering.statement(initializer, setup)
    elif initializer is not None and initializer.type != "empty_statement":
        effect(lowering, initializer, setup)
    if increment is not None:
        effect(lowering, increment, step)
    test = lowering.expression(condition) if condition is not None and condition.type != "empty_statement" else None
    body = lowering.body(node.child_by_field_name("body"))
    found.append(syntax.While(*node.byte_range, test, body, tuple(setup), tuple(step)))


def for_in_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    target = lowering.field(node, "left")
    keyword = node.child_by_field_name("kind")
    if keyword is not None:
        target = syntax.Assign(keyword.start_byte, target.end, (target,), None, declares=keyword_of(keyword))
    operator = node.child_by_field_name("operator")
    found.append(
        syntax.For(
            *node.byte_range,
            target,
            lowering.field(node, "right"),
            lowering.body(node.child_by_field_name("body")),
            is_async=any(child.type == "await" for child in node.children[:2]),
            keys=operator is not None and operator.type == "in",
        )
    )


def while_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    body = lowering.body(node.child_by_field_name("body"))
    found.append(syntax.While(*node.byte_range, lowering.field(node, "condition"), body))


def do_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    body, test = lowering.body(node.child_by_field_name("body")), lowering.field(node, "condition")
    leave = syntax.If(test.start, test.end, test, (), (syntax.Jump(test.start, test.end, "break"),))
    found.append(syntax.While(*node.byte_range, None, body, (), (leave,)))


def try_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    handlers: tuple[syntax.Handler, ...] = ()
    final: tuple[Statement, ...] = ()
    clause, finalizer = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
    if clause is not None:
        parameter = clause.child_by_field_name("parameter")
        name = lowering.expression(parameter) if parameter is not None else None
        body = lowering.body(clause.child_by_field_name("body"))
        handlers = (syntax.Handler(*clause.byte_range, None, name, body),)
    if finalizer is not None:
        final = lowering.body(finalizer.child_by_field_name("body"))
    found.append(syntax.Try(*node.byte_range, lowering.body(node.child_by_field_name("body")), handlers, (), final))


def switch_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    body = node.child_by_field_name("body")
    cases: list[syntax.Case] = []
    for clause in body.named_children if body else ():
        if clause.type not in ("switch_case", "switch_default"):
            continue
        value = clause.child_by_field_name("value")
        inner = [child for child in clause.named_children if value is None or child.start_byte >= value.end_byte]
        values = (lowering.expression(value),) if value is not None else ()
        cases.append(syntax.Case(*clause.byte_range, values, None, lowering.statements_of(clause, inner)))
    found.append(syntax.Switch(*node.byte_range, lowering.field(node, "value"), tuple(cases), falls=True))


def labeled_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    inner: Node | None = node
    while inner is not None and inner.type == "labeled_statement":
        inner = inner.child_by_field_name("body")
    if inner is not None:
        lowering.statement(inner, found)


def statement_block(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    found.append(syntax.Block(*node.byte_range, lowering.block(node)))


def return_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    found.append(syntax.Return(*node.byte_range, lowering.operand(node)))


def throw_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    found.append(syntax.Raise(*node.byte_range, lowering.operand(node)))


def break_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    found.append(syntax.Jump(*node.byte_range, "break"))


def continue_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    found.append(syntax.Jump(*node.byte_range, "continue"))


def alternative(node: Node) -> Node | None:
    """What stands behind the ``else`` of an if statement."""
    clause = node.child_by_field_name("alternative")
    children = parts(clause) if clause is not None else ()
    return children[0] if children else None


def keyword_of(node: Node) -> Literal["const", "let", "var"]:
    """How a variable is declared; ``using`` is a constant too."""
    return "let" if node.type == "let" else "var" if node.type == "var" else "const"
