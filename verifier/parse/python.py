"""Python: tree-sitter's tree -> ``verifier.syntax``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

from verifier import syntax
from verifier.parse.python_expressions import DEEPEST, LITERALS, Expressions
from verifier.syntax import Expression, Statement

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

    from verifier.model import SourceFile


def lower(source: SourceFile, tree: Tree) -> syntax.Module:
    """The neutral form of a Python file."""
    lowering = Lowering(source.data)
    return syntax.Module(source.path, lowering.block(tree.root_node))


class Lowering(Expressions):
    """Lowers the statements of one file."""

    def block(self, node: Node | None) -> tuple[Statement, ...]:
        """The statements that are children of a node."""
        if node is None:
            return ()
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                return (syntax.Opaque(*self.at(node), "nested too deeply"),)
            return tuple(lowered for child in node.named_children for lowered in self.statement(child))
        finally:
            self.depth -= 1

    def statement(self, node: Node) -> Iterator[Statement]:
        handler = STATEMENTS.get(node.type)
        if handler is not None:
            yield from handler(self, node)
        elif node.type not in SILENT:
            yield syntax.Opaque(*self.at(node), node.type)

    def expression_statement(self, node: Node) -> Iterator[Statement]:
        children = [child for child in node.named_children if child.type != "comment"]
        if len(children) > 1:  # a bare tuple: `a, b`
            yield syntax.Evaluate(*self.at(node), syntax.Display(*self.at(node), "tuple", self.items(node)))
            return
        for child in children:
            if child.type in ("assignment", "augmented_assignment"):
                yield self.assignment(child)
            elif child.type != "ellipsis":
                yield syntax.Evaluate(*self.at(child), self.expression(child))

    def if_statement(self, node: Node) -> Iterator[Statement]:
        clauses = [node, *node.children_by_field_name("alternative")]
        orelse: tuple[Statement, ...] = ()
        for clause in reversed(clauses):
            if clause.type == "else_clause":
                orelse = self.block(clause.child_by_field_name("body"))
            else:
                test = self.field(clause, "condition")
                body = self.block(clause.child_by_field_name("consequence"))
                orelse = (syntax.If(*self.at(clause), test, body, orelse),)
        yield from orelse

    def for_statement(self, node: Node) -> Iterator[Statement]:
        yield syntax.For(
            *self.at(node),
            self.field(node, "left"),
            self.field(node, "right"),
            self.block(node.child_by_field_name("body")),
            self.otherwise(node),
            is_async=node.children[0].type == "async",
        )

    def while_statement(self, node: Node) -> Iterator[Statement]:
        body = self.block(node.child_by_field_name("body"))
        yield syntax.While(*self.at(node), self.field(node, "condition"), body)
        yield from self.otherwise(node)

    def otherwise(self, node: Node) -> tuple[Statement, ...]:
        clause = node.child_by_field_name("alternative")
        return self.block(clause.child_by_field_name("body")) if clause else ()

    def try_statement(self, node: Node) -> Iterator[Statement]:
        handlers: list[syntax.Handler] = []
        orelse: tuple[Statement, ...] = ()
        final: tuple[Statement, ...] = ()
        for child in node.named_children:
            if child.type in ("except_clause", "except_group_clause"):
                handlers.append(self.handler(child))
            elif child.type == "else_clause":
                orelse = self.block(child.child_by_field_name("body"))
            elif child.type == "finally_clause":
                final = self.block(self.last_block(child))
        yield syntax.Try(*self.at(node), self.block(node.child_by_field_name("body")), tuple(handlers), orelse, final)

    def handler(self, node: Node) -> syntax.Handler:
        value, name = node.child_by_field_name("value"), None
        if value is not None and value.type == "as_pattern":
            alias = value.child_by_field_name("alias")
            name = self.expression(alias.named_children[0]) if alias and alias.named_children else None
            value = value.named_children[0]
        types = self.expression(value) if value is not None else None
        return syntax.Handler(*self.at(node), types, name, self.block(self.last_block(node)))

    @staticmethod
    def last_block(node: Node) -> Node | None:
        return next((child for child in reversed(node.named_children) if child.type == "block"), None)

    def with_statement(self, node: Node) -> Iterator[Statement]:
        items: list[syntax.WithItem] = []
        clause = next((child for child in node.named_children if child.type == "with_clause"), None)
        for item in clause.named_children if clause else ():
            value = item.child_by_field_name("value")
            if value is None:
                continue
            # `with (a as b, c as d):` may come as one tuple of as_patterns
            parts = value.named_children if value.type == "tuple" else [value]
            for part in parts:
                target: Expression | None = None
                inner = part
                if part.type == "as_pattern":
                    alias = part.child_by_field_name("alias")
                    target = self.expression(alias.named_children[0]) if alias and alias.named_children else None
                    inner = part.named_children[0]
                items.append(syntax.WithItem(*self.at(part), self.expression(inner), target))
        body = self.block(node.child_by_field_name("body"))
        yield syntax.With(*self.at(node), tuple(items), body, is_async=node.children[0].type == "async")

    def return_statement(self, node: Node) -> Iterator[Statement]:
        yield syntax.Return(*self.at(node), self.values(node))

    def raise_statement(self, node: Node) -> Iterator[Statement]:
        children = [child for child in node.named_children if child.type != "comment"]
        yield syntax.Raise(*self.at(node), self.expression(children[0]) if children else None)

    def delete_statement(self, node: Node) -> Iterator[Statement]:
        targets = [part for child in node.named_children for part in self.flat(child)]
        yield syntax.Delete(*self.at(node), tuple(self.expression(target) for target in targets))

    @staticmethod
    def flat(node: Node) -> list[Node]:
        return node.named_children if node.type == "expression_list" else [node]

    def outer_statement(self, node: Node) -> Iterator[Statement]:
        names = tuple(self.text(child) for child in node.named_children)
        kind: Literal["global", "nonlocal"] = "global" if node.type == "global_statement" else "nonlocal"
        yield syntax.Outer(*self.at(node), names, kind)

    def break_statement(self, node: Node) -> Iterator[Statement]:
        yield syntax.Jump(*self.at(node), "break")

    def continue_statement(self, node: Node) -> Iterator[Statement]:
        yield syntax.Jump(*self.at(node), "continue")

    def assert_statement(self, node: Node) -> Iterator[Statement]:
        children = [child for child in node.named_children if child.type != "comment"]
        if children:
            yield syntax.Evaluate(*self.at(node), self.expression(children[0]))

    def import_statement(self, node: Node) -> Iterator[Statement]:
        for child in node.children_by_field_name("name"):
            name, alias = self.imported(child)
            local = alias or name.partition(".")[0]
            yield syntax.Import(*self.at(node), name, (), local=local, aliased=alias is not None)

    def import_from_statement(self, node: Node) -> Iterator[Statement]:
        module, level = "", 0
        place = node.child_by_field_name("module_name")
        if place is not None and place.type == "relative_import":
            dots = self.text(place.children[0]) if place.children else "."
            level = dots.count(".")
            module = self.text(place.named_children[-1]) if place.named_child_count > 1 else ""
        elif place is not None:
            module = self.text(place)
        elif node.type == "future_import_statement":
            module = "__future__"
        names: list[syntax.ImportName] = []
        for child in node.children_by_field_name("name"):
            name, alias = self.imported(child)
            names.append(syntax.ImportName(*self.at(child), name, alias or name))
        if any(child.type == "wildcard_import" for child in node.named_children):
            names.append(syntax.ImportName(*self.at(node), "*", ""))
        yield syntax.Import(*self.at(node), module, tuple(names), level=level)

    def imported(self, node: Node) -> tuple[str, str | None]:
        if node.type == "aliased_import":
            name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
            return (self.text(name) if name else ""), (self.text(alias) if alias else None)
        return self.text(node), None

    def match_statement(self, node: Node) -> Iterator[Statement]:
        subjects = node.children_by_field_name("subject")
        subject = self.expression(subjects[0])
        body = node.child_by_field_name("body")
        clauses = [child for child in (body.named_children if body else ()) if child.type == "case_clause"]
        yield syntax.Switch(*self.at(node), subject, tuple(self.case(clause) for clause in clauses), falls=False)

    def case(self, node: Node) -> syntax.Case:
        patterns = [child for child in node.named_children if child.type == "case_pattern"]
        guard = node.child_by_field_name("guard")
        test = self.expression(guard.named_children[0]) if guard and guard.named_children else None
        body = self.block(node.child_by_field_name("consequence"))
        values: list[Expression] = []
        pattern = None
        for child in patterns:
            inner = child.named_children[0] if child.named_children else None
            if inner is None:  # case _
                continue
            for choice in inner.named_children if inner.type == "union_pattern" else [inner]:
                if choice.type in LITERALS:
                    values.append(self.expression(choice))
                elif choice.type == "dotted_name" and choice.named_child_count > 1:
                    values.append(self.dotted(choice))
                else:
                    pattern = syntax.Opaque(*self.at(child), choice.type)
        if len(patterns) > 1:
            pattern = syntax.Opaque(*self.at(node), "sequence_pattern")
        return syntax.Case(*self.at(node), tuple(values), test, body, pattern)

    def dotted(self, node: Node) -> Expression:
        first, *rest = node.named_children
        found: Expression = syntax.Name(*self.at(first), self.text(first))
        for part in rest:
            start = self.place[0] if self.place else node.start_byte
            found = syntax.Member(start, self.at(part)[1], found, self.text(part))
        return found

    def type_alias_statement(self, node: Node) -> Iterator[Statement]:
        target, value = self.field(node, "left"), self.field(node, "right")
        if isinstance(target, syntax.Index):  # type Alias[T] = ...
            target = target.object
        yield syntax.Assign(*self.at(node), (target,), value)

    def decorated_definition(self, node: Node) -> Iterator[Statement]:
        decorators = tuple(
            self.expression(child.named_children[0])
            for child in node.named_children
            if child.type == "decorator" and child.named_children
        )
        definition = node.child_by_field_name("definition")
        if definition is not None:
            make = self.function if definition.type == "function_definition" else self.class_
            yield make(definition, decorators, self.at(node))

    def function_definition(self, node: Node) -> Iterator[Statement]:
        yield self.function(node, (), self.at(node))

    def class_definition(self, node: Node) -> Iterator[Statement]:
        yield self.class_(node, (), self.at(node))

    def function(self, node: Node, decorators: tuple[Expression, ...], place: tuple[int, int]) -> syntax.Function:
        name = node.child_by_field_name("name")
        parameters = node.child_by_field_name("parameters")
        returns = node.child_by_field_name("return_type")
        body = node.child_by_field_name("body")
        written = self.text(name) if name else ""
        names = {decorator.id for decorator in decorators if isinstance(decorator, syntax.Name)}
        accessor: Literal["get", "set"] | None = None
        members = {decorator.name for decorator in decorators if isinstance(decorator, syntax.Member)}
        if (names | members) & {"property", "cached_property"}:
            accessor = "get"
        elif "setter" in members:
            accessor = "set"
        qualified = self.qualify(written)
        return syntax.Function(
            *place,
            written,
            qualified,
            "function",
            lambda: Lowering(self.data, self.scope, self.place).parameters(parameters),
            self.later(body, qualified),
            is_async=node.children[0].type == "async",
            returns=(lambda: Lowering(self.data, self.scope, self.place).annotation(returns)) if returns else None,
            decorators=decorators,
            static="staticmethod" in names,
            accessor=accessor,
        )

    def class_(self, node: Node, decorators: tuple[Expression, ...], place: tuple[int, int]) -> syntax.Class:
        name = node.child_by_field_name("name")
        arguments = node.child_by_field_name("superclasses")
        written = self.text(name) if name else ""
        bases: list[Expression] = []
        keywords: list[syntax.Keyword] = []
        for argument in self.arguments(arguments) if arguments else ():
            if isinstance(argument, syntax.Keyword):
                keywords.append(argument)
            else:
                bases.append(argument)
        qualified = self.qualify(written)
        body = self.later(node.child_by_field_name("body"), qualified)
        return syntax.Class(
            *place, written, qualified, tuple(bases), body, keywords=tuple(keywords), decorators=decorators
        )

    def later(self, body: Node | None, scope: str) -> Callable[[], tuple[Statement, ...]]:
        """A body that is lowered when it is asked for."""
        return lambda: Lowering(self.data, scope, self.place).block(body)

    def yield_statement(self, node: Node) -> Iterator[Statement]:
        yield syntax.Evaluate(*self.at(node), self.yield_(node))


_S = Lowering
STATEMENTS: dict[str, Callable[[Lowering, Node], Iterator[Statement]]] = {
    "expression_statement": _S.expression_statement,
    "if_statement": _S.if_statement,
    "for_statement": _S.for_statement,
    "while_statement": _S.while_statement,
    "try_statement": _S.try_statement,
    "with_statement": _S.with_statement,
    "return_statement": _S.return_statement,
    "raise_statement": _S.raise_statement,
    "delete_statement": _S.delete_statement,
    "global_statement": _S.outer_statement,
    "nonlocal_statement": _S.outer_statement,
    "break_statement": _S.break_statement,
    "continue_statement": _S.continue_statement,
    "assert_statement": _S.assert_statement,
    "import_statement": _S.import_statement,
    "import_from_statement": _S.import_from_statement,
    "future_import_statement": _S.import_from_statement,
    "match_statement": _S.match_statement,
    "type_alias_statement": _S.type_alias_statement,
    "decorated_definition": _S.decorated_definition,
    "function_definition": _S.function_definition,
    "class_definition": _S.class_definition,
}
SILENT = frozenset({"comment", "pass_statement", "line_continuation"})
