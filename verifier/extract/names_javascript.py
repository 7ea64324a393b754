"""Names that a JavaScript or TypeScript file reads and does not bind, or not yet, and constants that it assigns to."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from tree_sitter import Query

from verifier.extract.areas import Area, Binding, Reading, Stack, captured
from verifier.extract.places import way_down
from verifier.model import Language, LooseName, SourceFile
from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Tree

# Global names of the language and of Node, Bun and Deno, those of modules (`require`) and of functions included.
GLOBALS = frozenset(
    """AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack AsyncIterator Atomics BigInt
    BigInt64Array BigUint64Array Blob Boolean BroadcastChannel Buffer Bun ByteLengthQueuingStrategy CloseEvent
    CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DataView Date
    DecompressionStream Deno DisposableStack ErrorEvent Error EvalError Event EventSource EventTarget File
    FinalizationRegistry Float16Array Float32Array Float64Array FormData Function Headers HTMLRewriter Infinity
    Int16Array Int32Array Int8Array Intl Iterator JSON Map Math MessageChannel MessageEvent MessagePort NaN
    Navigator Number Object Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver
    PerformanceObserverEntryList PerformanceResourceTiming Promise Proxy QuotaExceededError RangeError
    ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest
    ReadableStreamDefaultController ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response
    Set SharedArrayBuffer Storage String SubtleCrypto SuppressedError Symbol SyntaxError Temporal TextDecoder
    TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController TypeError
    URIError URL URLPattern URLSearchParams Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef
    WeakSet WebAssembly WebSocket WebSocketPair WritableStream WritableStreamDefaultController
    WritableStreamDefaultWriter __dirname __filename arguments atob btoa caches clearImmediate clearInterval
    clearTimeout console crypto decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval exports
    fetch gc global globalThis isFinite isNaN localStorage module navigator await async yield parseFloat
    parseInt performance process queueMicrotask reportError require root GLOBAL self sessionStorage setImmediate
    setInterval setTimeout structuredClone undefined unescape addEventListener""".split()
)
COMMON = """
(identifier) @any
(shorthand_property_identifier) @any
(shorthand_property_identifier_pattern) @any
(shorthand_property_identifier_pattern) @pattern
(import_specifier name: (identifier) @skip alias: (identifier))
(import_clause (identifier) @import)
(import_specifier alias: (identifier) @import)
(import_specifier !alias name: (identifier) @import)
(namespace_import (identifier) @import)
(namespace_export (identifier) @skip)
(export_specifier alias: (identifier) @skip)
(export_specifier name: (identifier) @exported)
(export_statement (export_clause (export_specifier name: (identifier) @skip)) source: (_))
(export_statement (export_clause (export_specifier alias: (identifier) @skip)) source: (_))
(unary_expression operator: "typeof" argument: (identifier) @typeof)
(variable_declarator name: (identifier) @pattern)
(variable_declarator name: (_) @declared)
(for_in_statement left: (identifier) @pattern)
(for_in_statement left: (_) @looped)
(catch_clause parameter: (identifier) @pattern)
(catch_clause parameter: (_) @caught)
(formal_parameters) @given
(arrow_function parameter: (identifier) @pattern)
(arrow_function parameter: (identifier) @given)
(pair_pattern value: (identifier) @pattern)
(array_pattern (identifier) @pattern)
(assignment_pattern left: (identifier) @pattern)
(rest_pattern (identifier) @pattern)
(assignment_expression left: (identifier) @pattern)
(assignment_expression left: (_) @assigned)
(augmented_assignment_expression left: (identifier) @both)
(update_expression argument: (identifier) @both)
(function_declaration name: (identifier) @function_name)
(generator_function_declaration name: (identifier) @function_name)
(function_expression name: (identifier) @own_name)
(generator_function name: (identifier) @own_name)
(function_declaration) @function
(generator_function_declaration) @function
(function_expression) @function
(generator_function) @function
(arrow_function) @function
(method_definition) @function
(class_static_block) @function
(statement_block) @block
(for_statement) @block
(for_in_statement) @block
(switch_body) @block
(catch_clause) @block
(class_declaration name: (_) @class_name)
(class name: (_) @own_name)
(class_declaration) @class
(class) @class
"""
ELEMENTS = """
(jsx_opening_element name: (identifier) @jsx)
(jsx_closing_element name: (identifier) @jsx)
(jsx_self_closing_element name: (identifier) @jsx)
(jsx_namespace_name (identifier) @skip)
"""
JAVASCRIPT = """
(formal_parameters (identifier) @pattern)
(field_definition) @function
"""
TYPESCRIPT = """
(public_field_definition) @function
(required_parameter pattern: (identifier) @pattern)
(optional_parameter pattern: (identifier) @pattern)
(import_require_clause . (identifier) @import)
(export_statement value: (identifier) @default)
(interface_declaration name: (type_identifier) @type_name)
(type_alias_declaration name: (type_identifier) @type_name)
(import_alias . (identifier) @import)
(type_query (identifier) @skip)
(type_query (member_expression object: (identifier) @skip))
(type_query (member_expression object: (member_expression object: (identifier) @skip)))
(type_query (instantiation_expression (identifier) @skip))
(nested_identifier object: (identifier) @skip)
(nested_type_identifier module: (identifier) @skip)
(type_predicate name: (identifier) @skip)
(asserts (identifier) @skip)
(tuple_type (_ name: (identifier) @skip))
(tuple_type (_ name: (rest_pattern (identifier) @skip)))
(index_signature name: (identifier) @skip)
(enum_declaration name: (identifier) @enum_name)
(enum_body) @enum
(internal_module name: (identifier) @function_name)
(module name: (identifier) @function_name)
(internal_module) @function
(module) @function
(function_signature name: (identifier) @function_name)
(abstract_class_declaration name: (_) @class_name)
(abstract_class_declaration) @class
(function_signature) @type
(function_type) @type
(constructor_type) @type
(call_signature) @type
(construct_signature) @type
(method_signature) @type
(abstract_method_signature) @type
"""
ROLES = "default jsx typeof exported pattern both function_name enum_name class_name own_name import skip".split()
REGIONS = "declared looped caught given assigned".split()
AREAS = {"function": "function", "type": "function", "block": "block", "class": "block"}
# Words that the grammar takes for names where it cannot tell.
WORDS = frozenset(
    "type declare abstract namespace readonly of get set from as is infer keyof satisfies asserts".split()
)
# With these, names come to be that nothing declares.
TRICKS = regex(rb"\bwith\s*\(|(?<![\w.$])eval\s*\(|\bvm\b|Object\.assign\(\s*(?:global|globalThis)\b")
STRICT = regex(rb"^\s*(?:import|export)\b|[\"']use strict[\"']", re.MULTILINE)
DECLARED = regex(rb"/\*\s*(?:globals?|exported)\s+([^*]*)\*/")
ACCEPTED = regex(rb"eslint-disable(?:-next-line|-line)?[^\n]*\bno-undef\b|@ts-nocheck|/\*\s*eslint-env\b")


@cache
def query(kind: Language) -> Query:
    """The query, made once for each grammar."""
    from verifier.parse import parser

    language = parser(kind).language
    assert language is not None
    elements = "" if kind == "typescript" else ELEMENTS
    return Query(language, COMMON + elements + (JAVASCRIPT if kind == "javascript" else TYPESCRIPT))


def loose_names(source: SourceFile, tree: Tree) -> tuple[LooseName, ...]:
    """Names that the file reads where nothing binds them, and constants that it assigns to."""
    assert source.language is not None
    if tree.root_node.has_error or source.path.endswith(".d.ts"):
        return ()
    found = captured(query(source.language), tree)
    if not found:
        return ()
    reading = Names(source, tree, found)
    return tuple(sorted(set(reading.loose()), key=lambda one: (one.start, one.kind)))


class Names:
    """The names of one file."""

    def __init__(self, source: SourceFile, tree: Tree, found: dict[str, list[Node]]) -> None:
        self.data = source.data
        self.tree = tree
        self.typed = source.language != "javascript"
        self.module = Area("module", 0, len(self.data) + 1)
        self.readings: list[Reading] = []
        self.exported: list[Reading] = []
        self.assigned: list[Reading] = []
        self.asked: set[str] = set()  # names that `typeof` asks about: they may not be there
        self.tricky: bool | None = None
        self.areas: list[Area] = []
        classes: dict[int, Area] = {}
        for role, kind in AREAS.items():
            for node in found.get(role, ()):
                area = Area(kind, node.start_byte, node.end_byte)  # type: ignore[arg-type]
                self.areas.append(area)
                if role == "class":
                    classes[node.start_byte] = area
        self.enums = sorted((node.start_byte, node.end_byte) for node in found.get("enum", ()))
        self.sweep(found, regions(found))

    def sweep(self, found: dict[str, list[Node]], places: list[tuple[int, int, str, Node]]) -> None:
        """Take all names in their order, each in the area where it stands."""
        roles: dict[int, str] = {}
        for role in ROLES:
            roles.update(dict.fromkeys((node.start_byte for node in found.get(role, ())), role))
        types = {node.text for node in found.get("type_name", ())}
        names = {node.start_byte: node for role in ("any", "class_name", "own_name") for node in found.get(role, ())}
        stack = Stack(self.module, self.areas)
        around: list[tuple[int, int, str, Node]] = []
        waiting = places[::-1]
        for start, node in sorted(names.items()):
            role = roles.get(start, "read")
            if role == "default":  # a type may be what a module exports as its default
                role = "skip" if node.text in types else "read"
            if role == "skip":
                continue
            end = node.end_byte
            area = stack.at(start)
            name = self.data[start:end].decode("utf-8", "replace")
            if role in ("read", "exported"):
                (self.readings if role == "read" else self.exported).append(Reading(name, start, end, area))
                continue
            if role == "pattern":
                while waiting and waiting[-1][0] <= start:
                    around.append(waiting.pop())
                while around and around[-1][1] <= start:
                    around.pop()
                self.pattern(Reading(name, start, end, area), around)
                continue
            self.named(Reading(name, start, end, area), role)

    def pattern(self, reading: Reading, around: list[tuple[int, int, str, Node]]) -> None:
        """A name that a pattern binds or assigns to, as what is around says."""
        name, start, _, area = reading
        region = next((one for one in reversed(around) if one[0] <= start < one[1]), None)
        if region is None:
            self.readings.append(reading)
            return
        _, _, role, node = region
        if role == "assigned":
            self.assigned.append(reading)
        elif role == "given":
            area.function.bind(name, start, -1, "parameter")
        elif role == "caught":
            area.bind(name, start, -1, "caught")
        elif role == "looped":
            loop = node.parent
            kind = loop.child_by_field_name("kind") if loop is not None else None
            if kind is None:
                self.assigned.append(reading)
            elif kind.type == "var":
                area.function.bind(name, start, -1, "var")
            else:
                area.bind(name, start, start, kind.type)
        else:
            declarator = node.parent
            declaration = declarator.parent if declarator is not None else None
            kind = declaration.child_by_field_name("kind") if declaration is not None else None
            if declarator is None or kind is None or kind.type == "var":
                area.function.bind(name, start, -1, "var")
            else:
                outer = declaration.parent if declaration is not None else None
                ambient = outer is not None and outer.type == "ambient_declaration"
                whole = node.type == "identifier" and not ambient
                area.bind(name, start, declarator.end_byte if whole else -1 if ambient else start, kind.type)

    def named(self, reading: Reading, role: str) -> None:
        """A name of a definition, or one that is read in a way of its own."""
        name, start, _, area = reading
        if role == "import":
            self.module.bind(name, start, -1, "import")
        elif role == "typeof":
            self.asked.add(name)
        elif role == "jsx":
            if not name[:1].islower():
                self.readings.append(reading)
        elif role == "both":
            self.readings.append(reading)
            self.assigned.append(reading)
        elif role == "own_name":
            area.bind(name, start, -1, "own")
        elif role in ("function_name", "enum_name"):
            if role == "function_name" and area.parent is not None:
                area = area.parent
            area.bind(name, start, -1, "function")
            area.function.bind(name, start, -1, "function")
        elif role == "class_name":
            area.bind(name, start, -1, "own")
            if area.parent is not None:
                area.parent.bind(name, start, area.end, "class")

    # What the names are bound to

    def loose(self) -> Iterator[LooseName]:
        """The names that are not bound where they are read, and the constants that are assigned to."""
        implicit = self.implicit()
        for reading in self.readings:
            name, start = reading.name, reading.start
            holder = self.holder(reading)
            if holder is None:
                if name not in GLOBALS and name not in implicit and name not in self.asked:
                    yield from self.undefined(reading)
                continue
            first = holder.names[name][0]
            if first.effective > start:
                yield from self.early(reading, holder, holder.names[name])
        for reading in () if self.typed else self.exported:  # types are exported by the same words
            if self.holder(reading) is None:
                yield from self.undefined(reading)
        for reading in self.assigned:
            yield from self.assignment(reading, implicit)

    def holder(self, reading: Reading) -> Area | None:
        """The area whose name is meant."""
        area: Area | None = reading.area
        name = reading.name
        while area is not None:
            if name in area.names:
                return area
            area = area.parent
        return None

    def implicit(self) -> set[str]:
        """Names that code that is not strict makes global by assigning to them."""
        missing = {reading.name for reading in self.assigned if self.holder(reading) is None}
        return missing if missing and not self.is_strict() else set()

    def is_strict(self) -> bool:
        """Whether the whole file is strict: it is a module, or says so."""
        return STRICT.search(self.data) is not None

    def is_tricky(self) -> bool:
        """Whether names may come to be that nothing declares, or that a comment accounts for."""
        if self.tricky is None:
            self.tricky = bool(TRICKS.search(self.data) or ACCEPTED.search(self.data))
            for declared in DECLARED.finditer(self.data):
                self.asked.update(re.findall(r"[\w$]+", declared[1].decode("utf-8", "replace")))
        return self.tricky

    def undefined(self, reading: Reading) -> Iterator[LooseName]:
        """What nothing binds."""
        name, start, end, area = reading
        if (
            self.is_tricky()
            or name in self.asked
            or (self.typed and name in WORDS)
            or any(first <= start < last for first, last in self.enums)
        ):
            return
        if self.is_guarded(start):
            return
        yield LooseName(name, start, end, "undefined", area.function is not self.module)

    def early(self, reading: Reading, holder: Area, bindings: list[Binding]) -> Iterator[LooseName]:
        """What is declared in the same run of code, after it is read."""
        name, start, end, area = reading
        if area.function is not holder.function or any(one.effective <= start for one in bindings):
            return
        if self.is_guarded(start):
            return
        yield LooseName(name, start, end, "early", area.function is not self.module, bindings[0].place)

    def assignment(self, reading: Reading, implicit: set[str]) -> Iterator[LooseName]:
        """What is assigned to, and may not be."""
        name, start, end, area = reading
        deferred = area.function is not self.module
        holder = self.holder(reading)
        if holder is None:
            known = name in GLOBALS or name in implicit or self.is_tricky() or name in self.asked
            if not known and not any(start == one.start for one in self.readings):
                yield LooseName(name, start, end, "created", deferred)
            return
        bindings = holder.names[name]
        if all(one.kind in ("const", "import") for one in bindings) and not self.is_guarded(start):
            yield LooseName(name, start, end, "constant", deferred, bindings[0].place)

    def is_guarded(self, place: int) -> bool:
        """Whether a ``try`` around reckons with a failure, or the place is in a type."""
        around = way_down(self.tree.walk(), place)
        for node, inner in pairwise(around):
            if node.type == "try_statement" and node.child_by_field_name("body") == inner:
                handler = node.child_by_field_name("handler")
                if handler is not None and b"ReferenceError" in self.data[handler.start_byte : handler.end_byte]:
                    return True
            if node.type == "binary_expression" and self.typed and any(one.type == "<" for one in node.children):
                return True  # the grammar reads a tag with a type as comparisons
            if node.type in ("type_annotation", "type_query", "ambient_declaration", "type_arguments"):
                return True
        return False


def regions(found: dict[str, list[Node]]) -> list[tuple[int, int, str, Node]]:
    """The pieces of source in which patterns stand, outer ones first."""
    places = [(node.start_byte, node.end_byte, role, node) for role in REGIONS for node in found.get(role, ())]
    return sorted(places, key=lambda one: (one[0], -one[1]))
