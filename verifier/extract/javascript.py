"""What a JavaScript or TypeScript file says by itself: imports, exports, CommonJS too, and top-level names.

Statements of the file are taken from the root's children, and read as text, which also reads what the grammar does
not know yet. ``require``, ``import()`` and ``exports`` are found by their words and confirmed in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from verifier.extract.commonjs import CommonJs
from verifier.extract.places import WORDS, text_of, way_down, words
from verifier.model import Definition, Export, FileFacts, Import, ImportKind, SourceFile, Suppression, SyntaxFault
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node, Tree, TreeCursor

# Statements are matched with their comments gone and every run of white space one blank.
NAME = r"(?:[\w$]|\\u\{?[0-9a-fA-F]+\}?)+"
QUOTED = r"\"[^\"]*\"|'[^']*'"
IMPORT = regex(
    rf"(?:export )?import ?(?:(?:(type|typeof|defer|source) (?!from ?[\"']))?(?:({NAME}) ?,? ?)?"
    rf"(?:\* ?as ({NAME}) ?|\{{([^}}]*)\}} ?)?from ?)?([\"'])([^\"']*)\5"
)
IMPORT_REQUIRE = regex(rf"(?:export )?import (type )?({NAME}) ?= ?require ?\( ?([\"'`])([^\"'`]*)\3")
EXPORT_FROM = regex(rf"export ?(type ?)?(?:\* ?(?:as ({NAME}|{QUOTED}) ?)?|\{{([^}}]*)\}} ?)from ?([\"'])([^\"']*)\4")
EXPORT_LIST = regex(r"export ?(?:type ?)?\{([^}]*)\}")
EXPORT_EQUALS = regex(rf"export ?= ?({NAME})?")
ITEM = regex(rf" ?(type (?!as {NAME} ?$)(?=\S))?({NAME}|{QUOTED})(?: ?as ({NAME}|{QUOTED}))? ?$")
COMMENT = regex(r"(\"[^\"\n]*\"|'[^'\n]*')|//[^\n]*|/\*.*?\*/", re.DOTALL)

TYPE_ARGUMENT = regex(rb"import\s*\(\s*([\"'])([^\"']*)\1\s*\)\s*[>,]")
CALLED = regex(rb"\s*\(")
DECORATOR = regex(rb"@\w")
# What may stand in front of a name that is called.
AHEAD = frozenset({b" ", b"\n", b"\t", b"(", b"["})
FAR = 100  # bytes in front of a decorator that are looked at

FUNCTIONS = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
    }
)
TYPES = frozenset(
    {
        "extends_type_clause",
        "implements_clause",
        "interface_declaration",
        "opting_type_annotation",
        "type_alias_declaration",
        "type_annotation",
        "type_arguments",
        "type_parameters",
        "type_query",
    }
)
# An expression around a module that still is the module.
WRAPPERS = frozenset(
    {
        "as_expression",
        "await_expression",
        "non_null_expression",
        "parenthesized_expression",
        "satisfies_expression",
        "type_assertion",
    }
)
TEXT = frozenset({"comment", "jsx_text", "regex_pattern", "string", "string_fragment", "template_string"})
# A name is looked at in so many places at most, so that hostile input costs no time.
MOST_USES = 1_000
# A leaf of one of these kinds is no use of a name that happens to be written there.
NO_USE = frozenset({"comment", "private_property_identifier", "property_identifier", "string_fragment", "jsx_text"})
# Inside one of these a plain name stands for a type.
TYPE_NAMES = frozenset({"nested_type_identifier", "type_query"})
# What may stand between such a name and the node that makes it a type.
PATHS = frozenset(
    {"call_expression", "instantiation_expression", "member_expression", "nested_identifier", "subscript_expression"}
)
CASTS = frozenset({"as_expression", "satisfies_expression"})
INTEROP = frozenset({"__importDefault", "__importStar", "_interopRequireDefault", "_interopRequireWildcard", "__toESM"})

DefinitionKind = Literal["function", "class", "variable", "import", "type"]
DECLARATIONS: dict[str, DefinitionKind] = {
    "function_declaration": "function",
    "function_signature": "function",
    "generator_function_declaration": "function",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "class": "class",
    "enum_declaration": "class",
    "interface_declaration": "type",
    "type_alias_declaration": "type",
    "internal_module": "variable",
    "module": "variable",
    "import_alias": "variable",
}
VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})


def extract(
    source: SourceFile,
    tree: Tree,
    faults: tuple[SyntaxFault, ...] = (),
    suppressions: tuple[Suppression, ...] = (),
) -> FileFacts:
    """The facts of a JavaScript or TypeScript file."""
    assert source.language is not None
    reading = Reading(source.data)
    reading.file(tree.root_node)
    if source.language != "javascript" and not is_decorated(source.data):
        elements = source.language == "tsx"
        reading.imports = list(erased(source.data, tree.root_node, reading.imports, reading.read, elements=elements))
    commonjs = CommonJs(source.data, tree, reading.objects)
    return FileFacts(
        source.path,
        source.language,
        imports=tuple(sorted(reading.imports, key=lambda found: found.start)),
        definitions=reading.definitions,
        exports=(*reading.exports, *commonjs.exports),
        faults=faults,
        suppressions=suppressions,
        commonjs=commonjs.found and not reading.exports,
        dynamic_imports=tuple(sorted(reading.dynamic)),
    )


def is_decorated(data: bytes) -> bool:
    """Whether there are decorators: a compiler may keep what a decorated parameter names as its type."""
    for match in DECORATOR.finditer(data):
        before = data[max(match.start() - FAR, 0) : match.start()]
        written = before.rstrip()
        if not written or written[-1] in b"(," or b"\n" in before[len(written) :]:
            return True
    return False


def erased(
    data: bytes, root: Node, imports: list[Import], read: list[tuple[int, int]], *, elements: bool
) -> Iterator[Import]:
    """Imports as the compilers of TypeScript leave them: names that only types use are imported for their types.

    Args:
        read: where the import statements of the file stand.
        elements: the file may hold elements (``<Name />``).
    """
    ends = dict(read)
    for found in imports:
        if found.kind != "runtime" or found.exported or not found.names or not data.startswith(b"import", found.start):
            yield found
            continue
        own = found.start, ends.get(found.start) or end_of_import(root, found.start)
        types = [pair for pair in found.names if only_types(data, root, pair[1], own, elements=elements)]
        if not types:
            yield found
            continue
        values = tuple(pair for pair in found.names if pair not in types)
        if values:
            yield replace(found, names=values)
        yield replace(found, names=tuple(types), kind="type-only")


def end_of_import(root: Node, start: int) -> int:
    """Where an import statement ends that is not among the statements of the file."""
    node = root.descendant_for_byte_range(start, start)
    while node is not None and node.type != "import_statement":
        node = node.parent
    return node.end_byte if node is not None else start


def only_types(data: bytes, root: Node, name: str, own: tuple[int, int], *, elements: bool) -> bool:
    """Whether an imported name is used outside its own statement, and only in types; where it is not clear, it is not.

    The search begins behind the statement and ends at the first use as a value: for most names that is one look, and
    none where the first use is a call, or an element in a file that has ``elements``.
    """
    word = name.encode()
    length, used, count = len(word), False, 0
    at, until = data.find(word, own[1]), len(data)
    while True:
        if at == -1:
            if until == own[0]:
                return used
            at, until = data.find(word, 0, own[0]), own[0]
            continue
        before, after = data[at - 1 : at], data[at + length : at + length + 1]
        if before not in WORDS and after not in WORDS:
            count += 1
            if not used and ((after == b"(" and before in AHEAD) or (elements and opens_element(data, at))):
                return False
            found = use(root, at, at + length)
            if found == "value" or count == MOST_USES:
                return False
            used = used or found == "type"
        at = data.find(word, at + length, until)


def opens_element(data: bytes, offset: int) -> bool:
    """Whether a name stands at the beginning of an element: ``<Name``, and no type argument, ``f<Name``."""
    return data[offset - 1 : offset] == b"<" and data[offset - 2 : offset - 1] not in WORDS


def use(root: Node, start: int, end: int) -> Literal["value", "type", "none"]:
    """What a name is used for, where it is written."""
    node = root.descendant_for_byte_range(start, end)
    if node is None:
        return "none"
    kind = node.type
    if kind == "identifier":
        return "type" if names_type(node) else "value"
    if kind == "type_identifier":
        return "type"
    if kind in NO_USE or kind in TEXT:
        return "none"
    around = node.parent
    return "none" if around is not None and around.type in TEXT else "value"


def names_type(node: Node) -> bool:
    """Whether a plain name stands in ``typeof name.inner``, or in front of a type: ``name.Inner``."""
    around = node.parent
    while around is not None and around.type in PATHS:
        around = around.parent
    return around is not None and around.type in TYPE_NAMES


class Reading:
    """One file being read.

    ``objects`` are the top-level names that hold an object literal, ``read`` the places of the import statements.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.definitions: dict[str, Definition] = {}
        self.objects: dict[str, Node] = {}
        self.dynamic: list[tuple[int, str]] = []
        self.read: list[tuple[int, int]] = []

    def file(self, root: Node) -> None:
        """Read the whole file."""
        read = self.read
        for child in root.children:
            kind = child.type
            if kind == "import_statement":
                read.append((child.start_byte, child.end_byte))
                self.import_statement(child)
            elif kind == "export_statement":
                self.export_statement(child)
            elif kind != "comment":
                self.declare(child)
        cursor = root.walk()
        if root.has_error or b"declare module" in self.data:
            self.hidden(cursor, read, broken=root.has_error)
        for word in (b"require", b"import"):
            for offset in words(self.data, word, read, broken=root.has_error):
                if CALLED.match(self.data, offset + len(word)):
                    self.call(way_down(cursor, offset), offset)

    def hidden(self, cursor: TreeCursor, read: list[tuple[int, int]], *, broken: bool) -> None:
        """Statements inside ``declare module`` blocks, or inside what the grammar could not read."""
        seen = set()
        for word in (b"import", b"export"):
            for offset in words(self.data, word, read, broken=broken):
                around = way_down(cursor, offset)
                kinds = [node.type for node in around]
                place = next((at for at, kind in enumerate(kinds) if kind == f"{word.decode()}_statement"), 0)
                if place < 2 or around[place].start_byte in seen:
                    continue
                seen.add(around[place].start_byte)
                ambient = not {"module", "internal_module", "ambient_declaration"}.isdisjoint(kinds[:place])
                if word == b"import":
                    self.import_statement(around[place], ambient=ambient)
                elif not ambient:
                    self.export_statement(around[place])

    # Statements

    def import_statement(self, node: Node, *, ambient: bool = False) -> None:
        """``import ... from "x"``, ``import "x"``, ``import x = require("x")``."""
        text = self.clean(node)
        start, line = node.start_byte, node.start_point[0] + 1
        match = IMPORT.match(text)
        if match is None:
            match = IMPORT_REQUIRE.match(text)
            if match is not None:
                kind: ImportKind = "type-only" if match[1] or ambient else "runtime"
                # The word `export` before it may be missing from the tree, where the grammar does not know it.
                exported = self.before(start).endswith(b"export")
                self.add(Import(match[4], (("*", match[2]),), start, line, kind, exported=exported), ambient=ambient)
                self.exports += [Export(match[2], match[2], None, line)] if exported else []
            return
        phase, default, namespace, body, module = match[1], match[2], match[3], match[4], match[6]
        type_only = ambient or phase in ("type", "typeof")
        names: list[tuple[str, str]] = []
        types: list[tuple[str, str]] = []
        if default:
            names.append(("default", default))
        if namespace:
            names.append(("*", namespace))
        for only_type, there, here in items(body or ""):
            (types if only_type else names).append((there, here))
        if type_only:
            names, types = [], names + types
        if names or not types:
            kind = "type-only" if type_only else "runtime"
            self.add(Import(module, tuple(names), start, line, kind), ambient=ambient)
        if types:
            self.add(Import(module, tuple(types), start, line, "type-only"), ambient=ambient)

    def add(self, found: Import, *, ambient: bool = False) -> None:
        """An import and the names that it binds."""
        self.imports.append(found)
        for _, here in found.names if not ambient else ():
            self.definitions[here] = Definition(here, "import", found.line)

    def export_statement(self, node: Node) -> None:
        """``export`` in all its forms but CommonJS."""
        start, line = node.start_byte, node.start_point[0] + 1
        declaration = node.child_by_field_name("declaration")
        if declaration is not None:
            self.exported_declaration(node, declaration, line)
            return
        value = node.child_by_field_name("value")
        if value is not None:
            local = text_of(self.data, value) if value.type == "identifier" else None
            if local is None and value.type in ("class", "function_expression", "generator_function"):
                name = value.child_by_field_name("name")
                local = text_of(self.data, name) if name is not None else None
                if name is not None and local is not None:
                    kind: DefinitionKind = "class" if value.type == "class" else "function"
                    self.definitions[local] = Definition(local, kind, line)
            self.exports.append(Export("default", local, None, line))
            return
        text = self.clean(node)
        match = EXPORT_FROM.match(text)
        if match is not None:
            self.export_from(match, start, line)
            return
        match = EXPORT_LIST.match(text)
        if match is not None:
            for _, there, here in items(match[1]):
                self.exports.append(Export(here, there, None, line))
            return
        match = EXPORT_EQUALS.match(text)
        if match is not None:
            self.exports.append(Export("default", match[1], None, line))

    def export_from(self, match: re.Match[str], start: int, line: int) -> None:
        """``export * from "x"``, ``export * as n from "x"``, ``export { a as b } from "x"``."""
        module = match[5]
        all_types = bool(match[1])
        if match[3] is None:
            name = unquoted(match[2]) if match[2] else None
            self.exports.append(Export(name, "*", module, line))
            kind: ImportKind = "type-only" if all_types else "runtime"
            self.imports.append(Import(module, (("*", name or "*"),), start, line, kind, exported=True))
            return
        names: list[tuple[str, str]] = []
        types: list[tuple[str, str]] = []
        for only_type, there, here in items(match[3]):
            self.exports.append(Export(here, there, module, line))
            (types if only_type or all_types else names).append((there, here))
        if names or not types:
            self.imports.append(Import(module, tuple(names), start, line, "runtime", exported=True))
        if types:
            self.imports.append(Import(module, tuple(types), start, line, "type-only", exported=True))

    def exported_declaration(self, node: Node, declaration: Node, line: int) -> None:
        """``export const a = 1``, ``export default class A {}``."""
        names = self.declare(declaration)
        if any(child.type == "default" for child in node.children):
            self.exports.append(Export("default", names[0] if names else None, None, line))
        else:
            self.exports += [Export(name, name, None, line) for name in names]

    def declare(self, node: Node) -> list[str]:
        """The names that a statement of the file binds."""
        kind = node.type
        if kind in VARIABLES:
            found = []
            for declarator in node.named_children:
                name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
                if name is None:
                    continue
                bound = [name] if name.type == "identifier" else list(pattern_names(name))
                found += [self.bind(part, "variable") for part in bound]
                if value is not None and value.type == "object" and name.type == "identifier":
                    self.objects[found[-1]] = value
            return found
        if kind in DECLARATIONS:
            target: Node | None = node.child_by_field_name("name") or next(iter(node.named_children), None)
            while target is not None and target.type == "nested_identifier":
                target = target.child_by_field_name("object")
            if target is None or target.type == "string":
                return []
            return [self.bind(target, DECLARATIONS[kind])]
        if kind in ("ambient_declaration", "expression_statement"):
            inner = next(iter(node.named_children), None)
            if inner is not None and (inner.type in DECLARATIONS or inner.type in VARIABLES):
                return self.declare(inner)
        return []

    def bind(self, node: Node, kind: DefinitionKind) -> str:
        """One name. A type never hides a value of the same name, which may stand beside it."""
        name = text_of(self.data, node)
        if not (kind == "type" and name in self.definitions):
            self.definitions[name] = Definition(name, kind, node.start_point[0] + 1)
        return name

    def clean(self, node: Node) -> str:
        """The text of a statement without its comments, every run of white space one blank."""
        text = text_of(self.data, node)
        if "/*" in text or "//" in text:
            text = COMMENT.sub(lambda match: match[1] or " ", text)
        return " ".join(text.split())

    # Calls

    def call(self, around: list[Node], offset: int) -> None:
        """``require("x")`` and ``import("x")`` wherever they stand; the last of the nodes is that name."""
        if around[-2:-1] and around[-2].type == "import":  # a keyword inside a node of the same name
            around.pop()
        leaf, call = around[-1], around[-2] if len(around) > 1 else around[-1]
        if call.type != "call_expression" or leaf.type not in ("identifier", "import") or leaf.start_byte != offset:
            self.type_argument(leaf, offset)
            return
        arguments = call.child_by_field_name("arguments")
        values = [child for child in arguments.named_children if child.type != "comment"] if arguments else []
        if not values:
            return
        line = leaf.start_point[0] + 1
        module = literal(self.data, values[0])
        if module is None:
            self.dynamic.append((line, "the module's name is not written out"))
            return
        kind, guarded = self.circumstances(around[:-1], dynamic=leaf.type == "import")
        names, bound = self.taken(around[:-1])
        self.imports.append(Import(module, names, call.start_byte, line, kind, guarded=guarded))
        for _, here in names if bound else ():
            self.definitions[here] = Definition(here, "import", line)

    def type_argument(self, leaf: Node, offset: int) -> None:
        """``call<typeof import("x")>()``, whose type arguments may be missing from the tree."""
        match = TYPE_ARGUMENT.match(self.data, offset)
        if match is None or leaf.type in TEXT or not self.before(offset).endswith(b"typeof"):
            return
        line = self.data.count(b"\n", 0, offset) + 1
        self.imports.append(Import(match[2].decode("utf-8", "replace"), (), offset, line, "type-only"))

    def before(self, offset: int) -> bytes:
        """The last of what stands before an offset, without the white space between."""
        return self.data[max(offset - 40, 0) : offset].rstrip()

    def circumstances(self, around: list[Node], *, dynamic: bool) -> tuple[ImportKind, bool]:
        """When a call runs, and whether its failure is handled; the call is the last of the nodes."""
        lazy = guarded = False
        for index, (node, inner) in enumerate(pairwise(around)):
            kind = node.type
            if kind in FUNCTIONS:
                called = around[index - 1] if index else node
                if called.type == "parenthesized_expression" and index > 1:
                    called = around[index - 2]
                callee = called.child_by_field_name("function") if called.type == "call_expression" else None
                lazy = lazy or callee is None or callee.start_byte > node.start_byte or callee.end_byte < node.end_byte
            elif kind == "try_statement":
                guarded = guarded or (inner.type != "finally_clause" and bool(node.child_by_field_name("handler")))
            elif kind in TYPES or kind.endswith("_type") or (kind in CASTS and inner.start_byte > node.start_byte):
                return "type-only", False
        for node, outer in zip(reversed(around), reversed(around[:-1]), strict=False):
            if outer.type == "member_expression" and (attribute := outer.child_by_field_name("property")):
                guarded = guarded or text_of(self.data, attribute) == "catch"
            elif outer.type != "call_expression" or outer.child_by_field_name("function") != node:
                break
        return ("dynamic" if dynamic else "lazy" if lazy else "runtime"), guarded

    def taken(self, around: list[Node]) -> tuple[tuple[tuple[str, str], ...], bool]:
        """What is taken from the module of a call, and whether top-level names are bound to it."""
        there = "*"
        enclosed = any(node.type in FUNCTIONS for node in around)
        for depth in range(len(around) - 2, -1, -1):
            node, outer = around[depth + 1], around[depth]
            kind = outer.type
            if kind in CASTS and node.start_byte > outer.start_byte:
                break
            if kind in WRAPPERS:
                continue
            if kind in ("member_expression", "subscript_expression") and there == "*":
                name = outer.child_by_field_name("property")
                index = outer.child_by_field_name("index")
                written = text_of(self.data, name) if name is not None else literal(self.data, index)
                if written is None or written in ("then", "catch", "finally"):
                    return (), False
                there = written
            elif kind == "arguments" or (kind == "call_expression" and there == "*"):
                call = outer if kind == "call_expression" else outer.parent
                callee = call.child_by_field_name("function") if call is not None else None
                if callee is None or text_of(self.data, callee) not in INTEROP:
                    break
            elif kind == "variable_declarator":
                target = outer.child_by_field_name("name")
                if target is None:
                    break
                if target.type == "identifier":
                    return ((there, text_of(self.data, target)),), depth <= 3
                if target.type == "object_pattern" and there in ("*", "default"):
                    return tuple(pattern_pairs(self.data, target)), depth <= 3
                break
            elif kind == "assignment_expression":
                target = outer.child_by_field_name("left")
                if target is not None and target.type == "identifier" and target != node:
                    local = text_of(self.data, target)
                    return ((there, local),), not enclosed and local in self.definitions
                break
            else:
                break
        return (((there, there),) if there != "*" else ()), False


def items(body: str) -> Iterator[tuple[bool, str, str]]:
    """The items of ``{ a, b as c, type D }``: only a type?, name there, name here."""
    for item in body.split(","):
        if item.isidentifier():
            yield False, item, item
        elif (match := ITEM.match(item)) is not None:
            there = unquoted(match[2])
            yield bool(match[1]), there, unquoted(match[3]) if match[3] else there


def unquoted(name: str) -> str:
    """A name that may be written as a string."""
    return name[1:-1] if name[:1] in ('"', "'") else name


def pattern_names(pattern: Node) -> Iterator[Node]:
    """The identifiers that a destructuring pattern binds."""
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            yield node
        elif kind == "pair_pattern":
            value = node.child_by_field_name("value")
            waiting += [value] if value is not None else []
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            waiting += [left] if left is not None else []
        elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
            waiting += reversed(node.named_children)


def pattern_pairs(data: bytes, pattern: Node) -> Iterator[tuple[str, str]]:
    """The names that ``{ a, b: c, ...rest }`` takes from a module, with their local names."""
    for part in pattern.named_children:
        if part.type == "pair_pattern":
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            name = literal(data, key) or (text_of(data, key) if key is not None else "")
            if key is None or value is None or key.type == "computed_property_name":
                continue
            for bound in pattern_names(value):
                yield name, text_of(data, bound)
        elif part.type == "rest_pattern":
            for bound in pattern_names(part):
                yield "*", text_of(data, bound)
        else:
            for bound in pattern_names(part):
                yield text_of(data, bound), text_of(data, bound)


def literal(data: bytes, node: Node | None) -> str | None:
    """The text of a string or template that is written out, without escapes or holes."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    parts = node.named_children
    if not parts:
        return "" if node.end_byte - node.start_byte == 2 else None
    return text_of(data, parts[0]) if len(parts) == 1 and parts[0].type == "string_fragment" else None
