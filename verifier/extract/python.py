"""What a Python file says by itself: its imports, the names that it binds, ``__all__``.

Statements of the module are taken from the root's children; imports inside other statements are found by their
keyword in the bytes and confirmed in the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from verifier.extract.places import MOST_IN_BROKEN, text_of, way_down, words
from verifier.model import Definition, FileFacts, Import, ImportKind, SourceFile, Suppression, SyntaxFault
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node, Tree, TreeCursor

IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
FROM = regex(r"from([ .]*)((?:\w[\w. ]*?)??) ?\bimport\b(.*)")
DEEPEST_CONDITION = 20
COMMENT = regex(r"#[^\n]*|\\\r?\n")

BLOCKS = frozenset(
    {
        "block",
        "elif_clause",
        "else_clause",
        "except_clause",
        "except_group_clause",
        "finally_clause",
        "if_statement",
        "try_statement",
        "for_statement",
        "while_statement",
        "with_statement",
        "match_statement",
        "case_clause",
    }
)
# What stands here only runs when something before it did not: it binds a name that has no other binding.
FALLBACKS = frozenset({"else_clause", "elif_clause", "except_clause", "except_group_clause"})
WHERE_IT_RUNS = regex(
    r"\b(?:version_info|hexversion|sys\.platform|os\.name|platform\.\w+|PY[23]\d*)\b"
    r"|\b(?:exists|is_file|isfile|find_spec|find_loader)\("
    r"|(?:\b|_)(?:INSTALLED|AVAILABLE)\b|\b_?HA(?:S|VE)_[A-Z]"
)
FAILURES = regex(r"\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b")

DefinitionKind = Literal["function", "class", "variable", "import", "type"]


def extract(
    source: SourceFile,
    tree: Tree,
    faults: tuple[SyntaxFault, ...] = (),
    suppressions: tuple[Suppression, ...] = (),
) -> FileFacts:
    """The facts of a Python file."""
    reading = Reading(source.data)
    reading.module(tree.root_node)
    imports = sorted(reading.imports, key=lambda found: found.start)
    return FileFacts(
        source.path,
        "python",
        imports=tuple(imports),
        definitions=reading.definitions,
        faults=faults,
        suppressions=suppressions,
        all_names=tuple(dict.fromkeys(reading.offered)) if reading.offered is not None else None,
        dynamic_imports=tuple(sorted(reading.dynamic)),
    )


class Reading:
    """One file being read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.imports: list[Import] = []
        self.definitions: dict[str, Definition] = {}
        self.offered: list[str] | None = None
        self.open_ended = False
        self.dynamic: list[tuple[int, str]] = []
        self.stand_ins: set[str] = set()
        self.checking = ["TYPE_CHECKING"]

    def module(self, root: Node) -> None:
        """Read the whole file."""
        read = []
        for child in root.children:
            kind = child.type
            if kind in IMPORTS:
                read.append((child.start_byte, child.end_byte))
                for found in self.statement(child, "runtime"):
                    self.imports.append(found)
                    self.bind_import(found)
            elif kind in BLOCKS:
                self.inside(child)
            elif kind != "comment":
                self.define(child)
        if self.open_ended:
            self.offered = None
        cursor = root.walk()
        self.nested(cursor, read, broken=root.has_error)
        for word in (b"import_module", b"__import__"):
            for offset in words(self.data, word, read, broken=root.has_error):
                self.call(way_down(cursor, offset))
        self.hidden_names(cursor, broken=root.has_error)

    # Imports

    def nested(self, cursor: TreeCursor, read: list[tuple[int, int]], *, broken: bool) -> None:
        """Imports that are not statements of the module itself."""
        seen = set()
        for offset in words(self.data, b"import", read, broken=broken):
            around = way_down(cursor, offset)
            place = next((index for index, node in enumerate(around) if node.type in IMPORTS), None)
            if place is None or around[place].start_byte in seen:
                continue
            seen.add(around[place].start_byte)
            kind, guarded = self.circumstances(around[: place + 1])
            for found in self.statement(around[place], kind, guarded):
                self.imports.append(found)
                if kind != "lazy" and not any(node.type in SCOPES for node in around):
                    self.bind_import(found, fallback=any(node.type in FALLBACKS for node in around))

    def statement(self, node: Node, kind: ImportKind, guarded: bool = False) -> Iterator[Import]:
        """What an import statement imports."""
        text = text_of(self.data, node)
        if "#" in text or "\\" in text:
            text = COMMENT.sub(" ", text)
        text = " ".join(text.split())
        start, line = node.start_byte, node.start_point[0] + 1
        match = FROM.match(text)
        if match is not None:
            level, module = match[1].count("."), match[2].replace(" ", "")
            names = tuple(named(match[3].replace("(", " ").replace(")", " ")))
            if names and (level or module):
                if module == "typing":
                    self.checking += [here for there, here in names if there == "TYPE_CHECKING"]
                yield Import(module, names, start, line, kind, level, guarded)
            return
        for module, local in named(text[len("import") :]):
            names = (("*", local),) if local != module else ()
            yield Import(module, names, start, line, kind, 0, guarded)

    def circumstances(self, around: list[Node]) -> tuple[ImportKind, bool]:
        """When an import runs, and whether its failure is handled, or reckoned with."""
        kind: ImportKind = "runtime"
        guarded = False
        for node, inner in pairwise(around):
            what = node.type
            if what in ("function_definition", "lambda"):
                kind = "lazy" if kind == "runtime" else kind
            elif what == "try_statement":
                handlers = [child for child in node.named_children if child.type.startswith("except")]
                if inner.type == "block" or inner in handlers:
                    guarded = guarded or any(self.handles(handler) for handler in handlers)
            elif what == "with_statement" and inner.type == "block":
                guarded = guarded or b"suppress(" in self.data[node.start_byte : inner.start_byte]
            elif what in ("if_statement", "elif_clause"):
                if self.only_for_types(node, inner):
                    kind = "type-only"
                condition = node.child_by_field_name("condition")
                if condition is not None and WHERE_IT_RUNS.search(text_of(self.data, condition)):
                    guarded = True  # another version or system than the one at hand, or a file that may be absent
        return kind, guarded

    def handles(self, handler: Node) -> bool:
        """Whether an except clause takes a failed import."""
        head = next((child for child in handler.named_children if child.type == "block"), None)
        text = self.data[handler.start_byte : head.start_byte if head else handler.end_byte].decode("utf-8", "replace")
        return bool(FAILURES.search(text)) or text.replace("except", "").strip() in (":", "")

    def only_for_types(self, node: Node, inner: Node) -> bool:
        """Whether the branch of an ``if`` that holds ``inner`` is for type checkers alone."""
        if inner.type == "block":
            return self.checks_types(node) is True
        if inner.type in ("elif_clause", "else_clause"):
            return self.checks_types(node) is False
        return False

    def checks_types(self, node: Node) -> bool | None:
        """True where the condition of an ``if`` holds for type checkers alone, False for all others, None if unsure."""
        runs = self.at_run_time(node.child_by_field_name("condition"))
        return None if runs is None else not runs

    def at_run_time(self, node: Node | None, depth: int = 0) -> bool | None:
        """What a condition that asks for ``TYPE_CHECKING`` surely is when the program runs; None for any other."""
        if node is None or depth > DEEPEST_CONDITION:
            return None
        kind, parts = node.type, [child for child in node.named_children if child.type not in EXTRAS]
        if kind == "identifier":
            return False if text_of(self.data, node) in self.checking else None
        if kind == "attribute":
            name = node.child_by_field_name("attribute")
            return False if name is not None and text_of(self.data, name) == "TYPE_CHECKING" else None
        if kind == "parenthesized_expression" and len(parts) == 1:
            return self.at_run_time(parts[0], depth + 1)
        if kind == "not_operator":
            inner = self.at_run_time(node.child_by_field_name("argument"), depth + 1)
            return None if inner is None else not inner
        if kind == "boolean_operator":
            found = [self.at_run_time(node.child_by_field_name(side), depth + 1) for side in ("left", "right")]
            decisive = any(child.type == "or" for child in node.children)
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        if kind == "comparison_operator" and len(parts) == 2:
            literals = [part.type == "true" for part in parts if part.type in ("true", "false")]
            compared = [self.at_run_time(part, depth + 1) for part in parts if part.type not in ("true", "false")]
            operators = {child.type for child in node.children if not child.is_named}
            if len(literals) == 1 and compared[0] is not None and operators <= {"is", "==", "is not", "!="}:
                return (compared[0] is literals[0]) is operators.isdisjoint({"is not", "!="})
        return None

    def call(self, around: list[Node]) -> None:
        """``importlib.import_module(...)`` and ``__import__(...)``; the last of the nodes is the function's name."""
        calls = [node for node in around[-4:-1] if node.type == "call"]
        if around[-1].type != "identifier" or not calls:
            return
        callee, arguments = calls[-1].child_by_field_name("function"), calls[-1].child_by_field_name("arguments")
        if callee is None or callee.end_byte != around[-1].end_byte or arguments is None:
            return
        kind, guarded = self.circumstances(around)
        found = self.called(calls[-1], arguments, "type-only" if kind == "type-only" else "dynamic", guarded)
        if found is not None:
            self.imports.append(found)

    def called(self, call: Node, arguments: Node, kind: ImportKind, guarded: bool) -> Import | None:
        """The import of a call, where its module is written out."""
        line = call.start_point[0] + 1
        values, keywords = [], {}
        for argument in arguments.named_children:
            if argument.type == "keyword_argument":
                key, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
                if key is not None and value is not None:
                    keywords[text_of(self.data, key)] = value
            elif argument.type not in EXTRAS:
                values.append(argument)
        first = values[0] if values else keywords.get("name")
        name = literal(self.data, first)
        if name is None:
            if first is not None:
                self.dynamic.append((line, "the module's name is not written out"))
            return None
        module = name.lstrip(".")
        level = len(name) - len(module)
        package = values[1] if level and len(values) > 1 else keywords.get("package")
        if level and package is not None:
            base = literal(self.data, package)
            if base is not None:
                parts = base.split(".")
                parts = parts[: len(parts) - level + 1]
                module, level = ".".join([*parts, module] if module else parts), 0
            elif text_of(self.data, package) not in ("__package__", "__name__", "__spec__.parent"):
                self.dynamic.append((line, "the package that the name is relative to is not written out"))
                return None
        if not module.replace(".", "a").isidentifier() and not (level and not module):
            return None
        return Import(module, (), call.start_byte, line, kind, level, guarded)

    # Names

    def bind_import(self, found: Import, *, fallback: bool = False) -> None:
        """The names that an import binds."""
        for _, here in found.names or (("", found.module.partition(".")[0]),):
            bound = self.definitions.get(here)
            if here == "*" or (
                bound is not None and here not in self.stand_ins and (fallback or bound.line > found.line)
            ):
                continue
            self.definitions[here] = Definition(here, "import", found.line)
            self.stand_ins.discard(here)
            if fallback:
                self.stand_ins.add(here)

    def bind(self, node: Node, kind: DefinitionKind, *, fallback: bool = False) -> None:
        """One name, unless it only stands in for one that is bound already."""
        name = text_of(self.data, node)
        if fallback and name in self.definitions:
            return
        self.definitions[name] = Definition(name, kind, node.start_point[0] + 1)
        if fallback:
            self.stand_ins.add(name)
        else:
            self.stand_ins.discard(name)

    def inside(self, statement: Node) -> None:
        """Names bound in the blocks of a compound statement of the module."""
        waiting = [(statement, False)]
        while waiting:
            node, fallback = waiting.pop()
            children = node.named_children
            waiting += [
                (child, fallback or child.type in FALLBACKS) for child in reversed(children) if child.type in BLOCKS
            ]
            for child in children:
                if node.type == "block" and child.type not in BLOCKS and child.type not in IMPORTS:
                    self.define(child, fallback=fallback)
            if node.type == "for_statement":
                self.targets(node.child_by_field_name("left"), fallback=fallback)
            elif node.type == "with_statement":
                clause = next((child for child in node.named_children if child.type == "with_clause"), node)
                for item in clause.named_children:
                    value = item.child_by_field_name("value")
                    alias = value.child_by_field_name("alias") if value is not None else None
                    for target in alias.named_children if alias is not None else ():
                        self.targets(target, fallback=fallback)

    def hidden_names(self, cursor: TreeCursor, *, broken: bool) -> None:
        """Names that expressions of the module bind (``name := value``), and functions by ``global name``."""
        for offset in words(self.data, b"global", broken=broken):
            statement = way_down(cursor, offset)[-2:][0]
            if statement.type == "global_statement":
                for name in statement.named_children:
                    self.targets(name, fallback=True)
        at, seen = -1, 0
        while (at := self.data.find(b":=", at + 1)) != -1 and not (broken and seen > MOST_IN_BROKEN):
            seen += 1
            around = way_down(cursor, at)
            expression = around[-2:][0]
            if expression.type == "named_expression" and not any(node.type in SCOPES for node in around):
                self.targets(expression.child_by_field_name("name"), fallback=True)

    def define(self, node: Node, *, fallback: bool = False) -> None:
        """The names that a simple statement or a definition binds."""
        kind = node.type
        if kind == "decorated_definition":
            node = node.child_by_field_name("definition") or node
            kind = node.type
        if kind in ("function_definition", "class_definition"):
            name = node.child_by_field_name("name")
            if name is not None:
                self.bind(name, "function" if kind == "function_definition" else "class", fallback=fallback)
        elif kind == "expression_statement":
            child = next(iter(node.named_children), None)
            if child is None:
                return
            if child.type == "assignment":
                self.assignment(child, fallback=fallback)
            elif child.type == "augmented_assignment":
                self.offer(child.child_by_field_name("left"), child.child_by_field_name("right"), more=True)
            elif child.type == "call":
                function, arguments = child.child_by_field_name("function"), child.child_by_field_name("arguments")
                if function is not None and function.type == "attribute" and arguments is not None:
                    self.offer(function.child_by_field_name("object"), arguments, more=True)
            elif child.type == "named_expression":
                self.targets(child.child_by_field_name("name"), fallback=fallback)
        elif kind == "type_alias_statement":
            left = node.child_by_field_name("left")
            while left is not None and left.type != "identifier":
                left = next(iter(left.named_children), None)
            if left is not None:
                self.bind(left, "type", fallback=fallback)

    def assignment(self, node: Node, *, fallback: bool) -> None:
        """The targets of ``a = b = value``."""
        current: Node | None = node
        while current is not None and current.type == "assignment":
            left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
            self.targets(left, fallback=fallback)
            if right is not None and right.type != "assignment":
                self.offer(left, right, more=False)
            current = right

    def targets(self, node: Node | None, *, fallback: bool) -> None:
        """The names in an assignment's target."""
        waiting = [node] if node is not None else []
        while waiting:
            target = waiting.pop()
            if target.type == "identifier":
                self.bind(target, "variable", fallback=fallback)
            elif target.type in UNPACKED:
                waiting.extend(reversed(target.named_children))

    def offer(self, target: Node | None, value: Node | None, *, more: bool) -> None:
        """``__all__``; left open where a part of it is not written out."""
        if target is None or value is None or target.type != "identifier" or text_of(self.data, target) != "__all__":
            return
        if not more or self.offered is None:
            self.offered = []
        waiting = [value]
        while waiting:
            node = waiting.pop()
            if node.type in ("list", "tuple", "argument_list", "parenthesized_expression", "binary_operator", "set"):
                waiting.extend(reversed(node.named_children))
            elif (name := literal(self.data, node)) is not None:
                self.offered.append(name)
            elif node.type not in EXTRAS:
                self.open_ended = True


EXTRAS = frozenset({"comment", "line_continuation"})
SCOPES = frozenset({"function_definition", "class_definition", "lambda"})
UNPACKED = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "tuple", "list", "expression_list"}
)


def named(text: str) -> Iterable[tuple[str, str]]:
    """``a, b as c`` as (name, local name); what is no name is left out."""
    for item in text.split(","):
        parts = item.split()
        if len(parts) == 1 and (parts[0] == "*" or parts[0].replace(".", "").isidentifier()):
            yield parts[0], parts[0]
        elif len(parts) == 3 and parts[1] == "as" and parts[2].isidentifier():
            yield parts[0], parts[2]


def literal(data: bytes, node: Node | None) -> str | None:
    """The text of a string that is written out, without escapes or holes."""
    if node is None or node.type != "string" or node.named_child_count > 3:
        return None
    parts = [child.type for child in node.named_children]
    if parts == ["string_start", "string_content", "string_end"]:
        content = node.named_children[1]
        if content.named_child_count == 0 and b"f" not in data[node.start_byte : content.start_byte].lower():
            return text_of(data, content)
    return "" if parts == ["string_start", "string_end"] else None
