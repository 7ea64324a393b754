"""Imports and exports.

``export import x = require("y")`` is an Import and an Export; ``export = x`` assigns to ``module.exports``. An
exported overload signature exports nothing; one in a declaration file, with no function behind it, does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.parse import javascript_definitions as definitions
from verifier.parse import javascript_literals as literals
from verifier.parse import typescript_declarations as declarations
from verifier.parse import typescript_types as types
from verifier.parse.javascript_nodes import parts
from verifier.regex import regex
from verifier.syntax import Expression, Statement

if TYPE_CHECKING:
    from tree_sitter import Node

    from verifier.parse.javascript import Lowering

TYPE_ONLY = regex(rb"(?:import|export)\s+type(?:of)?\b")
EXPORTED = regex(rb"\bexport\s+\Z")


def import_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``import ... from "module"``, ``import "module"`` and ``import x = require("module")``."""
    start, end = node.byte_range
    type_only = any(child.type in ("type", "typeof") for child in node.children[1:2])
    clause = next((child for child in node.named_children if child.type in CLAUSES), None)
    source = (clause if clause is not None and clause.type == "import_require_clause" else node).child_by_field_name(
        "source"
    )
    names: list[syntax.ImportName] = []
    for child in clause.named_children if clause is not None else ():
        if child.type == "named_imports":
            names.extend(specifiers(lowering, child, "import_specifier"))
        elif child.type == "namespace_import":
            names.append(syntax.ImportName(*child.byte_range, "*", lowering.text(child.named_children[-1])))
        elif child.type == "identifier":
            name = "=" if clause is not None and clause.type == "import_require_clause" else "default"
            names.append(syntax.ImportName(*child.byte_range, name, lowering.text(child)))
    module = literals.string(lowering.text(source)) if source is not None else ""
    found.append(syntax.Import(start, end, module, tuple(names), type_only=type_only or lowering.ambient))
    if names and names[0].name == "=" and EXPORTED.search(lowering.data, max(0, start - 100), start):
        own = syntax.ImportName(names[0].start, names[0].end, names[0].local, names[0].local)
        export(lowering, node, (own,), found)


def import_alias(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``import a = b.c``."""
    inner = parts(node)
    if len(inner) == 2:
        target = lowering.expression(inner[0])
        found.append(syntax.Assign(*node.byte_range, (target,), types.lower_type(lowering, inner[1]), declares="const"))


def specifiers(lowering: Lowering, node: Node, kind: str) -> Iterator[syntax.ImportName]:
    """The names between the braces of an import or export."""
    for child in node.named_children:
        if child.type != kind:
            continue
        name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        if name is not None:
            written = exported_name(lowering, name)
            local = exported_name(lowering, alias) if alias is not None else written
            type_only = child.children[0].type in ("type", "typeof") and child.children[0] != name
            yield syntax.ImportName(*child.byte_range, written, local, type_only)


def exported_name(lowering: Lowering, node: Node) -> str:
    """A name that a module exports, which may be any text in quotes."""
    written = lowering.text(node)
    return literals.string(written) if node.type == "string" else written


def export_statement(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """Every form of export."""
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    words = [child.type for child in node.children if not child.is_named]
    if "default" in words and (declaration or value) is not None:
        default(lowering, node, found)
    elif declaration is not None:
        declare(lowering, node, declaration, found)
    elif "=" in words and not lowering.namespaced:
        assigned = lowering.operand(node)
        start = node.start_byte
        exports = syntax.Member(start, start, syntax.Name(start, start, "module"), "exports")
        found.append(syntax.Assign(*node.byte_range, (exports,), assigned))
    elif "=" not in words and "namespace" not in words:  # `export as namespace X` is for scripts
        forward(lowering, node, found)


def forward(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``export { names }``, ``export { names } from "module"`` and ``export * from "module"``."""
    source = node.child_by_field_name("source")
    names: list[syntax.ImportName] = []
    for child in node.children:
        if child.type == "export_clause":
            names.extend(specifiers(lowering, child, "export_specifier"))
        elif child.type == "namespace_export":
            local = exported_name(lowering, child.named_children[-1])
            names.append(syntax.ImportName(*child.byte_range, "*", local))
        elif child.type == "*":
            names.append(syntax.ImportName(*child.byte_range, "*", ""))
        elif child.type == "ERROR" and source is None:
            found.append(syntax.Opaque(*child.byte_range, "ERROR"))
    module = literals.string(lowering.text(source)) if source is not None else None
    if names or module is not None or not node.has_error:
        type_only = TYPE_ONLY.match(lowering.data, node.start_byte, node.end_byte) is not None
        export(lowering, node, tuple(names), found, module=module, type_only=type_only)


def declare(lowering: Lowering, node: Node, declaration: Node, found: list[Statement]) -> None:
    """``export const a = 1``, ``export class B {}`` and other declarations."""
    before = len(found)
    decorators = node.children_by_field_name("decorator")
    if decorators and declaration.type in CLASSES:
        found.append(definitions.class_(lowering, declaration, "", decorators))
    else:
        lowering.statement(declaration, found)
    names: list[syntax.ImportName] = []
    type_only = True
    for statement in found[before:]:
        if isinstance(statement, syntax.Assign):
            type_only = type_only and declaration.type == "type_alias_declaration"
            names.extend(own_name(bound) for target in statement.targets for bound in bound_names(target))
        elif isinstance(statement, syntax.Function | syntax.Class):
            type_only = type_only and isinstance(statement, syntax.Class) and statement.kind == "interface"
            names.append(syntax.ImportName(statement.start, statement.end, statement.name, statement.name))
    if not names:
        names.extend(undefined_names(lowering, declaration))
    if names:
        export(lowering, node, tuple(names), found, type_only=type_only)


def undefined_names(lowering: Lowering, declaration: Node) -> Iterator[syntax.ImportName]:
    """The names of exported declarations that leave no statement behind."""
    inner = declaration.named_children[-1] if declaration.type == "ambient_declaration" else declaration
    name = inner.child_by_field_name("name")
    if name is None or name.type == "string":
        return
    written = lowering.text(name)
    if inner.type == "function_signature" and written in declarations.values_around(lowering):
        return  # an overload
    yield syntax.ImportName(*name.byte_range, written, written)


def default(lowering: Lowering, node: Node, found: list[Statement]) -> None:
    """``export default ...``: a declaration stays one, and its name is assigned to ``*default*``."""
    start, end = node.byte_range
    before = len(found)
    declaration = node.child_by_field_name("declaration")
    inner = declaration or node.child_by_field_name("value") or node
    name = inner.child_by_field_name("name") if declaration is not None else None
    result: Expression | None = None
    if inner.type in CLASSES or inner.type == "class":
        made = definitions.class_(lowering, inner, "", node.children_by_field_name("decorator"))
        if name is None:
            result = made
        else:
            found.append(made)
    elif declaration is not None:
        lowering.statement(declaration, found)
    else:
        result = lowering.expression(inner, "" if inner.type == "object" else "default")
    if inner.type == "function_signature":
        if name is not None and lowering.text(name) in declarations.values_around(lowering):
            return  # an overload
    elif not lowering.namespaced:
        bound = syntax.Name(*name.byte_range, lowering.text(name)) if name is not None else result
        target = syntax.Name(start, start, "*default*")
        found.append(syntax.Assign(start, end, (target,), bound, declares="const"))
    type_only = any(isinstance(item, syntax.Class) and item.kind == "interface" for item in found[before:])
    export(lowering, node, (syntax.ImportName(start, end, "*default*", "default"),), found, type_only=type_only)


def export(
    lowering: Lowering,
    node: Node,
    names: tuple[syntax.ImportName, ...],
    found: list[Statement],
    *,
    module: str | None = None,
    type_only: bool = False,
) -> None:
    """Append an Export, unless it makes a member of a namespace."""
    if not lowering.namespaced:
        found.append(syntax.Export(*node.byte_range, module, names, type_only))


def own_name(name: syntax.Name) -> syntax.ImportName:
    """A name that is exported as itself."""
    return syntax.ImportName(name.start, name.end, name.id, name.id)


def bound_names(target: Expression) -> Iterator[syntax.Name]:
    """The names that a declaration binds."""
    if isinstance(target, syntax.Name):
        yield target
    elif isinstance(target, syntax.Spread):
        yield from bound_names(target.value)
    elif isinstance(target, syntax.Assign):
        yield from bound_names(target.targets[0])
    elif isinstance(target, syntax.Display):
        for item in target.items:
            yield from bound_names(item)
    elif isinstance(target, syntax.Mapping):
        for entry in target.entries:
            yield from bound_names(entry.value)


CLAUSES = frozenset({"import_clause", "import_require_clause"})
CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
