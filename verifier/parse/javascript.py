"""JavaScript and TypeScript: tree-sitter's tree -> ``verifier.syntax``.

What has no node of its own there is written as follows.

    sequence ``(a, b)``      an Index into a tuple of all of them, so that each is run and the last is the value;
                             as a statement of its own, one statement each
    ``x++``                  Assign, operator ``+=``, value 1
    ``do body while (test)`` While without a test, whose step breaks out of it unless the test holds
    ``for (const x of xs)``  For, whose target is an Assign that declares ``x``; a plain target declares nothing
    ``[a = 1]`` in a pattern Assign with a value in that place; a hole is the constant None
    ``String.raw`...```      the template itself, its escapes left alone
    JSX, ``with``            Opaque

Type arguments, assertions (``as``, ``satisfies``, ``!``, ``<T>x``), labels and optional chaining leave no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from verifier import syntax
from verifier.parse import javascript_definitions as definitions
from verifier.parse import javascript_literals as literals
from verifier.parse import javascript_modules as modules
from verifier.parse import javascript_objects as objects
from verifier.parse import javascript_statements as statements
from verifier.parse import typescript_declarations as declarations
from verifier.parse.javascript_nodes import COMMENTS, DEEPEST, LONGEST, TOO_DEEP, TRANSPARENT, bare, parts
from verifier.syntax import Expression, Statement

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from verifier.model import SourceFile


def lower(source: SourceFile, tree: Tree) -> syntax.Module:
    """The neutral form of a JavaScript or TypeScript file."""
    root = tree.root_node
    return syntax.Module(source.path, Lowering(source.data, broken=root.has_error).block(root))


class Lowering:
    """Lowers the nodes of one file.

    Attributes:
        scope: qualified name of the function or class around a node.
        around: the block whose statements are being lowered.
        values: names of the values that it declares, once somebody has asked for them.
        ambient: inside ``declare``, where nothing has a body.
        namespaced: inside a namespace, whose exports are its members and not the file's.
        broken: the file has places that the grammar could not read.
    """

    __slots__ = ("ambient", "around", "broken", "data", "depth", "namespaced", "scope", "values")

    def __init__(
        self, data: bytes, scope: str = "", *, broken: bool = False, ambient: bool = False, namespaced: bool = False
    ) -> None:
        self.data = data
        self.scope = scope
        self.broken = broken
        self.ambient = ambient
        self.namespaced = namespaced
        self.around: Node | None = None
        self.values: frozenset[str] | None = None
        self.depth = 0

    @property
    def too_deep(self) -> bool:
        return self.depth > DEEPEST

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def qualify(self, name: str) -> str:
        """The qualified name of something in this scope. What is anonymous inside something anonymous adds nothing."""
        if not name and self.scope.endswith(ANONYMOUS):
            return self.scope
        name = name or ANONYMOUS
        return f"{self.scope}.{name}" if self.scope else name

    def inside(self, scope: str, *, namespaced: bool = False) -> Lowering:
        """The lowering of what a function, class or namespace holds."""
        return Lowering(self.data, scope, broken=self.broken, ambient=self.ambient, namespaced=namespaced)

    # Statements

    def block(self, node: Node | None) -> tuple[Statement, ...]:
        """The statements that are children of a node."""
        return self.statements_of(node, node.named_children) if node is not None else ()

    def body(self, node: Node | None) -> tuple[Statement, ...]:
        """The statements of a branch or loop: a block, or a single statement."""
        if node is None:
            return ()
        return self.statements_of(node, node.named_children if node.type == "statement_block" else [node])

    def statements_of(self, around: Node, children: list[Node]) -> tuple[Statement, ...]:
        """The statements that ``children`` are, which stand in the block ``around``."""
        outer = self.around, self.values
        self.around, self.values = around, None
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                return (syntax.Opaque(*around.byte_range, TOO_DEEP),)
            found: list[Statement] = []
            for child in children:
                self.statement(child, found)
            return tuple(found)
        finally:
            self.depth -= 1
            self.around, self.values = outer

    def statement(self, node: Node, found: list[Statement]) -> None:
        """Append what a statement says."""
        handler = STATEMENTS.get(node.type)
        if handler is not None:
            handler(self, node, found)
        elif node.type not in SILENT:
            found.append(syntax.Opaque(*node.byte_range, node.type))

    # Expressions

    def is_sound(self, node: Node) -> bool:
        """Whether the grammar could read all that lies directly in a node."""
        return not self.broken or not has_gap(node)

    def operand(self, node: Node) -> Expression | None:
        """The only expression in a node, if there is one."""
        children = parts(node)
        return self.expression(children[0]) if children else None

    def field(self, node: Node, name: str) -> Expression:
        child = node.child_by_field_name(name)
        return self.expression(child) if child is not None else syntax.Opaque(*node.byte_range, f"missing {name}")

    def expression(self, node: Node, name: str = "") -> Expression:
        """An expression. ``name`` is what it is assigned to, for a function or class to be called by."""
        kind = node.type
        if kind in TRANSPARENT:
            node = bare(node) or node
            kind = node.type
        if kind == "identifier":
            return self.identifier(node)
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                return syntax.Opaque(*node.byte_range, TOO_DEEP)
            if self.broken and kind not in LISTS and has_gap(node):
                return syntax.Opaque(*node.byte_range, "ERROR")
            handler = EXPRESSIONS.get(kind)
            if handler is not None:
                return handler(self, node)
            definition = NAMED.get(kind)
            return definition(self, node, name) if definition is not None else syntax.Opaque(*node.byte_range, kind)
        finally:
            self.depth -= 1

    def identifier(self, node: Node) -> Expression:
        start, end = node.byte_range
        written = self.data[start:end].decode("utf-8", "replace")
        if "\\" in written:
            written = literals.decode(written)
        return syntax.Name(start, end, written) if written else syntax.Opaque(start, end, "MISSING")

    def postfix(self, node: Node) -> Expression:
        """Calls, members and subscripts: ``a.b().c()...`` nests to the left; a loop keeps long ones off the stack."""
        spine: list[Node] = []
        inner: Node | None = node
        while inner is not None and (field := SPINE.get(inner.type)) is not None and self.is_sound(inner):
            spine.append(inner)
            inner = bare(inner.child_by_field_name(field))
        found = self.innermost(spine, inner)
        if isinstance(found, syntax.Name) and found.id == "await":
            found = self.awaited(spine, found)
        return self.links(spine, found)

    def links(self, spine: list[Node], found: Expression, start: int | None = None) -> Expression:
        """The links of a chain, the outermost first, around what it starts with."""
        for part in reversed(spine):
            begin, end = part.start_byte if start is None else start, part.end_byte
            if part.type == "member_expression":
                name = part.child_by_field_name("property")
                found = syntax.Member(begin, end, found, self.text(name) if name is not None else "")
            elif part.type == "subscript_expression":
                found = syntax.Index(begin, end, found, self.field(part, "index"))
            else:
                found = self.call(begin, part, found)
        return found

    def awaited(self, spine: list[Node], keyword: syntax.Name) -> Expression:
        """``await (value).name``, which the grammar may read as a call of something named ``await``.

        The links up to the next parentheses are taken off the chain, for they are part of what is awaited.
        """
        first = spine[-1].child_by_field_name("arguments") if spine[-1].type == "call_expression" else None
        if first is None:
            return keyword
        del spine[-1]
        outside = next((place for place, part in enumerate(reversed(spine)) if is_parenthesized(part)), len(spine))
        cut = len(spine) - outside
        value = self.links(spine[cut:], self.sequence(first), first.start_byte)
        del spine[cut:]
        return syntax.Await(keyword.start, value.end, value)

    def innermost(self, spine: list[Node], inner: Node | None) -> Expression:
        """What a chain starts with. The links beyond the longest chain are cut off."""
        if len(spine) > LONGEST:
            cut = spine[LONGEST]
            del spine[LONGEST:]
            return syntax.Opaque(*cut.byte_range, TOO_DEEP)
        return self.expression(inner) if inner is not None else syntax.Opaque(*spine[-1].byte_range, "MISSING")

    def call(self, start: int, node: Node, callee: Expression) -> Expression:
        end = node.end_byte
        arguments = node.child_by_field_name("arguments")
        if arguments is None or arguments.type != "template_string":
            return syntax.Call(start, end, callee, self.arguments(arguments))
        owner = callee.object if isinstance(callee, syntax.Member) and callee.name == "raw" else None
        if isinstance(owner, syntax.Name) and owner.id == "String":
            return self.template(arguments, raw=True)
        return syntax.Tagged(start, end, callee, self.template(arguments))

    def new_expression(self, node: Node) -> Expression:
        arguments = self.arguments(node.child_by_field_name("arguments"))
        return syntax.Call(*node.byte_range, self.field(node, "constructor"), arguments, new=True)

    def arguments(self, node: Node | None) -> tuple[Expression, ...]:
        return tuple(map(self.expression, parts(node))) if node is not None else ()

    def import_(self, node: Node) -> Expression:
        return syntax.Name(*node.byte_range, "import")

    def meta_property(self, node: Node) -> Expression:
        start, end = node.byte_range
        first, _, name = self.text(node).partition(".")
        return syntax.Member(start, end, syntax.Name(start, start + len(first), first.strip()), name.strip())

    def spread(self, node: Node) -> Expression:
        return syntax.Spread(*node.byte_range, self.operand(node) or syntax.Opaque(*node.byte_range, "MISSING"))

    def string(self, node: Node) -> Expression:
        return syntax.Const(*node.byte_range, literals.string(self.text(node)))

    def template_string(self, node: Node) -> Expression:
        return self.template(node)

    def template(self, node: Node, *, raw: bool = False) -> Expression:
        """A template; a constant where it has no holes. ``raw`` leaves escapes alone."""
        pieces: list[Expression] = []
        holes = [child for child in node.named_children if child.type == "template_substitution"]
        at, end = node.start_byte + 1, node.end_byte - (node.children[-1].type == "`")
        for hole in [*holes, None]:
            stop = hole.start_byte if hole is not None else end
            written = self.data[at:stop].decode("utf-8", "replace")
            text = written if raw else literals.template(written)
            if not holes:
                return syntax.Const(*node.byte_range, text)
            if text:
                pieces.append(syntax.Const(at, stop, text))
            if hole is not None:
                pieces.append(self.operand(hole) or syntax.Opaque(*hole.byte_range, "MISSING"))
                at = hole.end_byte
        return syntax.Template(*node.byte_range, tuple(pieces))

    def number(self, node: Node) -> Expression:
        value = literals.number(self.text(node))
        return syntax.Const(*node.byte_range, value) if value is not None else syntax.Opaque(*node.byte_range, "number")

    def regex(self, node: Node) -> Expression:
        pattern, flags = node.child_by_field_name("pattern"), node.child_by_field_name("flags")
        return syntax.Pattern(
            *node.byte_range, self.text(pattern) if pattern else "", self.text(flags) if flags else ""
        )

    def true(self, node: Node) -> Expression:
        return syntax.Const(*node.byte_range, True)

    def false(self, node: Node) -> Expression:
        return syntax.Const(*node.byte_range, False)

    def null(self, node: Node) -> Expression:
        return syntax.Const(*node.byte_range, None)

    def assignment(self, node: Node) -> Expression:
        """``a = b = value`` assigns one value to both."""
        targets: list[Expression] = []
        right: Node | None = node
        declares: Literal["const"] | None = None
        while right is not None and right.type == "assignment_expression" and self.is_sound(right):
            targets.append(self.field(right, "left"))
            if right.children[0].type == "using":
                declares = "const"
            right = right.child_by_field_name("right")
        if len(targets) > LONGEST:
            return syntax.Opaque(*node.byte_range, TOO_DEEP)
        value = self.expression(right, name_of(targets[-1])) if right is not None else None
        return syntax.Assign(*node.byte_range, tuple(targets), value, declares=declares)

    def augmented(self, node: Node) -> Expression:
        operator = node.child_by_field_name("operator")
        target, value = self.field(node, "left"), self.field(node, "right")
        return syntax.Assign(*node.byte_range, (target,), value, operator=operator.type if operator else "=")

    def update(self, node: Node) -> Expression:
        operator = node.child_by_field_name("operator") or node
        one = syntax.Const(*operator.byte_range, 1)
        return syntax.Assign(*node.byte_range, (self.field(node, "argument"),), one, operator=f"{operator.type[:1]}=")

    def unary(self, node: Node) -> Expression:
        operator = node.child_by_field_name("operator")
        written = operator.type if operator is not None else ""
        return syntax.Unary(*node.byte_range, "not" if written == "!" else written, self.field(node, "argument"))

    def binary(self, node: Node) -> Expression:
        """``a + b + c + ...`` nests to the left; a loop keeps long ones off the stack."""
        spine: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "binary_expression" and self.is_sound(inner):
            spine.append(inner)
            inner = bare(inner.child_by_field_name("left"))
        found = self.innermost(spine, inner)
        for part in reversed(spine):
            # The text and not the node tells the operator: see typescript_gaps.
            operator = part.child_by_field_name("operator")
            written = self.text(operator) if operator is not None else ""
            right = self.field(part, "right")
            logical = LOGICAL.get(written)
            if logical is not None:
                found = syntax.Logical(*part.byte_range, logical, found, right)
            else:
                found = syntax.Binary(*part.byte_range, written, found, right)
        return found

    def ternary(self, node: Node) -> Expression:
        spine: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "ternary_expression" and self.is_sound(inner):
            spine.append(inner)
            inner = bare(inner.child_by_field_name("alternative"))
        found = self.innermost(spine, inner)
        for part in reversed(spine):
            test, then = self.field(part, "condition"), self.field(part, "consequence")
            found = syntax.Conditional(*part.byte_range, test, then, found)
        return found

    def await_(self, node: Node) -> Expression:
        return syntax.Await(*node.byte_range, self.operand(node) or syntax.Opaque(*node.byte_range, "MISSING"))

    def yield_(self, node: Node) -> Expression:
        delegate = any(child.type == "*" for child in node.children[1:2])
        return syntax.Yield(*node.byte_range, self.operand(node), delegate)

    def sequence(self, node: Node) -> Expression:
        start, end = node.byte_range
        items = self.arguments(node)
        if len(items) < 2:
            return items[0] if items else syntax.Opaque(start, end, node.type)
        last = syntax.Const(end, end, len(items) - 1)
        return syntax.Index(start, end, syntax.Display(start, end, "tuple", items), last)


def has_gap(node: Node) -> bool:
    """Whether something between the parts of a node could not be read, so that its meaning is a guess."""
    return node.has_error and any(child.type == "ERROR" for child in node.children)


def is_parenthesized(link: Node) -> bool:
    """Whether a call, member or subscript is one of something in parentheses."""
    inner = link.child_by_field_name(SPINE[link.type])
    return inner is not None and inner.type == "parenthesized_expression"


def name_of(target: Expression) -> str:
    """The name that a function gets from what it is assigned to; ``module.exports`` gives none."""
    if isinstance(target, syntax.Name):
        return target.id
    if isinstance(target, syntax.Member):
        whole = isinstance(target.object, syntax.Name) and target.object.id == "module" and target.name == "exports"
        return "" if whole else target.name
    if isinstance(target, syntax.Index) and isinstance(target.index, syntax.Const):
        return target.index.value if isinstance(target.index.value, str) else ""
    return ""


ANONYMOUS = "<anonymous>"
# Their parts mean the same where something between them could not be read.
LISTS = frozenset(
    {"array", "array_pattern", "object", "object_pattern", "template_string", "function_expression", "arrow_function"}
    | {"generator_function", "class", "ERROR"}
)
SPINE = {"call_expression": "function", "member_expression": "object", "subscript_expression": "object"}
LOGICAL: dict[str, Literal["and", "or", "??"]] = {"&&": "and", "||": "or", "??": "??"}

SILENT = COMMENTS | {"empty_statement", "debugger_statement", "hash_bang_line", "function_signature"}

_L = Lowering
STATEMENTS: dict[str, Callable[[Lowering, Node, list[Statement]], None]] = {
    "expression_statement": statements.expression_statement,
    "lexical_declaration": statements.variables,
    "variable_declaration": statements.variables,
    "using_declaration": statements.variables,
    "if_statement": statements.if_statement,
    "for_statement": statements.for_statement,
    "for_in_statement": statements.for_in_statement,
    "while_statement": statements.while_statement,
    "do_statement": statements.do_statement,
    "try_statement": statements.try_statement,
    "switch_statement": statements.switch_statement,
    "labeled_statement": statements.labeled_statement,
    "statement_block": statements.statement_block,
    "return_statement": statements.return_statement,
    "throw_statement": statements.throw_statement,
    "break_statement": statements.break_statement,
    "continue_statement": statements.continue_statement,
    "import_statement": modules.import_statement,
    "import_alias": modules.import_alias,
    "export_statement": modules.export_statement,
    "function_declaration": definitions.function_declaration,
    "generator_function_declaration": definitions.function_declaration,
    "class_declaration": definitions.class_declaration,
    "abstract_class_declaration": definitions.class_declaration,
    "interface_declaration": declarations.interface_declaration,
    "type_alias_declaration": declarations.type_alias_declaration,
    "enum_declaration": declarations.enum_declaration,
    "internal_module": declarations.namespace,
    "module": declarations.namespace,
    "ambient_declaration": declarations.ambient_declaration,
}
EXPRESSIONS: dict[str, Callable[[Lowering, Node], Expression]] = {
    "this": _L.identifier,
    "super": _L.identifier,
    "undefined": _L.identifier,
    "private_property_identifier": _L.identifier,
    "shorthand_property_identifier_pattern": _L.identifier,
    "import": _L.import_,
    "meta_property": _L.meta_property,
    "member_expression": _L.postfix,
    "subscript_expression": _L.postfix,
    "call_expression": _L.postfix,
    "new_expression": _L.new_expression,
    "string": _L.string,
    "template_string": _L.template_string,
    "number": _L.number,
    "regex": _L.regex,
    "true": _L.true,
    "false": _L.false,
    "null": _L.null,
    "array": objects.array,
    "array_pattern": objects.array,
    "object_pattern": objects.object_pattern,
    "assignment_pattern": objects.assignment_pattern,
    "spread_element": _L.spread,
    "rest_pattern": _L.spread,
    "assignment_expression": _L.assignment,
    "augmented_assignment_expression": _L.augmented,
    "update_expression": _L.update,
    "unary_expression": _L.unary,
    "binary_expression": _L.binary,
    "ternary_expression": _L.ternary,
    "await_expression": _L.await_,
    "yield_expression": _L.yield_,
    "sequence_expression": _L.sequence,
}
NAMED: dict[str, Callable[[Lowering, Node, str], Expression]] = {
    "object": objects.mapping,
    "function_expression": definitions.function_expression,
    "generator_function": definitions.function_expression,
    "arrow_function": definitions.function_expression,
    "class": definitions.class_expression,
}
