"""What a CommonJS file offers: ``module.exports = ...``, ``exports.name = ...`` and their relatives.

The value of ``module.exports`` is the export ``default``; ``*`` of another module stands for all that it offers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.extract.places import text_of, way_down, words
from verifier.model import Export

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

STARS = frozenset({"__exportStar", "__export", "tslib_1.__exportStar", "_export_star"})


class CommonJs:
    """The CommonJS exports of a file; ``objects`` are object literals by the top-level name that holds them."""

    def __init__(self, data: bytes, tree: Tree, objects: dict[str, Node]) -> None:
        self.data = data
        self.objects = objects
        self.exports: list[Export] = []
        self.found = False
        cursor = tree.walk()
        for offset in words(data, b"exports", broken=tree.root_node.has_error):
            around = way_down(cursor, offset)
            if around[-1].type in ("identifier", "property_identifier") and around[-1].start_byte == offset:
                self.use(around)

    def use(self, around: list[Node]) -> None:
        """One mention of ``exports``; the last of the nodes is the name itself."""
        at = len(around) - 1
        if around[at].type == "property_identifier":
            at -= 1
            if around[at].type != "member_expression" or text_of(self.data, around[at]) != "module.exports":
                return
        target, parent, name = around[at], around[at - 1], ""
        if parent.type in ("member_expression", "subscript_expression"):
            key = parent.child_by_field_name("property") or parent.child_by_field_name("index")
            if key is None or key.end_byte <= target.end_byte or key.type not in ("property_identifier", "string"):
                return
            name = text_of(self.data, key).strip("\"'")
            target, parent = parent, around[at - 2]
        if parent.type == "assignment_expression":
            left, right = parent.child_by_field_name("left"), parent.child_by_field_name("right")
            while right is not None and right.type == "assignment_expression":
                right = right.child_by_field_name("right")
            if left != target or right is None or (not name and target.type == "identifier"):
                return
            self.found = True
            local, module = self.origin(right)
            line = target.start_point[0] + 1
            self.exports.append(Export(name or "default", local, module, line))
            if not name:
                self.members(right, line, whole=True)
        elif parent.type == "arguments" and not name:
            self.passed(around[around.index(parent) - 1], target)

    def passed(self, call: Node, target: Node) -> None:
        """``Object.assign(module.exports, ...)``, ``__exportStar(require("x"), exports)``, ``defineProperty``."""
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if function is None or arguments is None:
            return
        callee = text_of(self.data, function)
        line = target.start_point[0] + 1
        values = [child for child in arguments.named_children if child.type != "comment"]
        if callee == "Object.assign" and values[:1] == [target]:
            self.found = True
            for value in values[1:]:
                self.members(value, line)
        elif callee in STARS and values[-1:] == [target]:
            self.found = True
            for value in values[:-1]:
                self.members(value, line)
        elif callee == "Object.defineProperty" and values[:1] == [target] and len(values) > 1:
            self.found = True
            name = text_of(self.data, values[1]).strip("\"'`")
            if name != "__esModule":
                self.exports.append(Export(name, None, None, line))

    def members(self, value: Node, line: int, *, whole: bool = False) -> None:
        """What an object, or the module that a ``require`` gives, brings into the exports.

        ``whole`` where the value itself is the export ``default`` already.
        """
        waiting, opened = [(value, line)], set()
        while waiting:
            value, line = waiting.pop()
            if value.type == "identifier":
                value = self.objects.get(text_of(self.data, value), value)
            if value.type == "object":
                whole = False
                if value.start_byte not in opened:
                    opened.add(value.start_byte)
                    waiting += self.entries(value)
                continue
            local, module = self.origin(value)
            if module is not None and local == "*":
                self.exports.append(Export(None, "*", module, line))
            elif local is not None and module is None and not whole:
                self.exports.append(Export(None, local, None, line))
            whole = False

    def entries(self, value: Node) -> Iterator[tuple[Node, int]]:
        """Exports the entries of an object literal; gives back the values that it spreads, with their lines."""
        for entry in value.named_children:
            line = entry.start_point[0] + 1
            if entry.type == "spread_element" and entry.named_child_count:
                yield entry.named_children[0], line
            elif entry.type == "shorthand_property_identifier":
                name = text_of(self.data, entry)
                self.exports.append(Export(name, name, None, line))
            elif entry.type in ("pair", "method_definition"):
                key = entry.child_by_field_name("key") or entry.child_by_field_name("name")
                if key is None or key.type == "computed_property_name":
                    continue
                local, module = self.origin(entry.child_by_field_name("value"))
                self.exports.append(Export(text_of(self.data, key).strip("\"'"), local, module, line))

    def origin(self, value: Node | None) -> tuple[str | None, str | None]:
        """Local name, or name and module, of a value; nothing where it is made on the spot."""
        if value is None:
            return None, None
        if value.type == "identifier":
            return text_of(self.data, value), None
        if value.type == "member_expression":
            inner, name = value.child_by_field_name("object"), value.child_by_field_name("property")
            local, module = (
                self.origin(inner) if inner is not None and inner.type == "call_expression" else (None, None)
            )
            if module is not None and local == "*" and name is not None:
                return text_of(self.data, name), module
        if value.type == "call_expression":
            function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
            if function is not None and arguments is not None and text_of(self.data, function) == "require":
                for argument in arguments.named_children:
                    if argument.type == "string" and argument.named_child_count == 1:
                        return "*", text_of(self.data, argument.named_children[0])
        return None, None
