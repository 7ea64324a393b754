"""Names that a Python file reads and does not bind, or not yet, as Python itself binds them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from tree_sitter import Query

from verifier.extract.areas import Area, Binding, Reading, Stack, captured
from verifier.extract.places import text_of, way_down
from verifier.model import LooseName, SourceFile
from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Tree

# Names that Python binds by itself, those of later versions included.
BUILTINS = frozenset(
    """ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
    ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError
    ImportCycleError ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
    KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError
    PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning
    StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True
    TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning WindowsError ZeroDivisionError __build_class__ __builtins__
    __debug__ __doc__ __file__ __import__ __loader__ __name__ __package__ __path__ __spec__ __annotations__
    __conditional_annotations__ __annotate__ __cached__ __dict__ abs aiter all anext any ascii bin bool breakpoint
    bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod enumerate eval
    exec exit filter float format frozendict frozenset getattr globals hasattr hash help hex id input int isinstance
    issubclass iter len license list locals map max memoryview min next object oct open ord pow print property quit
    range repr reversed round sentinel set setattr slice sorted staticmethod str sum super tuple type vars zip
    __class__ __module__ __qualname__ __firstlineno__ __static_attributes__ __classdict__""".split()
)
# Names that Python 2 had: code for both versions reads them where a condition says so.
FORMER = frozenset(
    "basestring buffer cmp execfile file intern long raw_input reduce reload unichr unicode xrange".split()
)
# With these, names come to be that no statement binds.
TRICKS = regex(
    rb"\bglobals\s*\(|\bexec\s*\(|\b__builtins__\b|sys\s*\.\s*modules\s*\[\s*__name__|\b__dict__\s*\.\s*update|\binspect\.stack\b"
)

QUERY = """
(identifier) @any
(attribute attribute: (identifier) @skip)
(keyword_argument name: (identifier) @skip)
(dotted_name (identifier) @skip)
(keyword_pattern . (identifier) @skip)
(member_type (identifier) @skip)
(import_statement name: (dotted_name . (identifier) @bind))
(import_from_statement name: (dotted_name . (identifier) @bind))
(aliased_import alias: (identifier) @bind)
(case_pattern (dotted_name . (identifier) @read))
(union_pattern (dotted_name . (identifier) @read))
(class_pattern (dotted_name . (identifier) @read))
(dict_pattern (dotted_name . (identifier) @read))
(keyword_pattern (dotted_name . (identifier) @read))
(case_pattern (dotted_name . (identifier) @bind .))
(union_pattern (dotted_name . (identifier) @bind .))
(keyword_pattern (dotted_name . (identifier) @bind .))
(splat_pattern (identifier) @bind)
(as_pattern (case_pattern) (identifier) @bind)
(parameters (identifier) @parameter)
(parameters (list_splat_pattern (identifier) @parameter))
(parameters (dictionary_splat_pattern (identifier) @parameter))
(lambda_parameters (identifier) @parameter)
(lambda_parameters (list_splat_pattern (identifier) @parameter))
(lambda_parameters (dictionary_splat_pattern (identifier) @parameter))
(typed_parameter . (identifier) @parameter)
(typed_parameter (list_splat_pattern (identifier) @parameter))
(typed_parameter (dictionary_splat_pattern (identifier) @parameter))
(default_parameter name: (identifier) @parameter)
(typed_default_parameter name: (identifier) @parameter)
(assignment left: (identifier) @bind)
(augmented_assignment left: (identifier) @both)
(pattern_list (identifier) @bind)
(tuple_pattern (identifier) @bind)
(list_pattern (identifier) @bind)
(list_splat_pattern (identifier) @bind)
(for_statement left: (identifier) @bind)
(for_in_clause left: (identifier) @bind)
(named_expression name: (identifier) @walrus)
(as_pattern_target (identifier) @target)
(as_pattern_target (tuple (identifier) @bind))
(as_pattern_target (list (identifier) @bind))
(as_pattern_target (tuple (tuple (identifier) @bind)))
(as_pattern_target (tuple (list (identifier) @bind)))
(as_pattern_target (tuple (list_splat (identifier) @bind)))
(delete_statement (identifier) @delete)
(delete_statement (expression_list (identifier) @delete))
(delete_statement (tuple (identifier) @delete))
(global_statement (identifier) @global)
(nonlocal_statement (identifier) @nonlocal)
(function_definition name: (identifier) @bind)
(class_definition name: (identifier) @named)
(function_definition type_parameters: (type_parameter (type (identifier) @type)))
(function_definition type_parameters: (type_parameter (type (splat_type (identifier) @type))))
(function_definition type_parameters: (type_parameter (type (constrained_type . (type (identifier) @type)))))
(class_definition type_parameters: (type_parameter (type (identifier) @type)))
(class_definition type_parameters: (type_parameter (type (splat_type (identifier) @type))))
(class_definition type_parameters: (type_parameter (type (constrained_type . (type (identifier) @type)))))
(type_alias_statement left: (type (generic_type (identifier) @bind)))
(type_alias_statement left: (type (generic_type (type_parameter (type (identifier) @type)))))
(type_alias_statement left: (type (generic_type (type_parameter (type (splat_type (identifier) @type))))))
(type_alias_statement left: (type (generic_type (type_parameter (type (constrained_type . (type (identifier)
  @type)))))))
(type_alias_statement left: (type (identifier) @bind))
(function_definition) @function
(lambda) @function
(class_definition) @class
(list_comprehension) @comprehension
(set_comprehension) @comprehension
(dictionary_comprehension) @comprehension
(generator_expression) @comprehension
(assignment) @assignment
"""
ROLES = "skip read bind parameter both walrus target delete global nonlocal named type".split()
HOLDING = frozenset({"with_clause", "except_clause", "except_group_clause"})
LOOPS = frozenset({"for_statement", "while_statement"})
CONDITIONS = frozenset({"if_statement", "try_statement", "conditional_expression", "boolean_operator"})
CHECKING = regex(rb"(?:\w+\.)?TYPE_CHECKING|False|0")


@cache
def query() -> Query:
    """The query, made once."""
    from verifier.parse import parser

    language = parser("python").language
    assert language is not None
    return Query(language, QUERY)


def loose_names(source: SourceFile, tree: Tree) -> tuple[LooseName, ...]:
    """Names that the file reads where nothing of it has bound them."""
    if tree.root_node.has_error:
        return ()
    found = captured(query(), tree)
    if not found:
        return ()
    reading = Names(source.data, tree, found)
    return tuple(sorted(set(reading.loose()), key=lambda one: (one.start, one.kind)))


class Names:
    """The names of one file."""

    def __init__(self, data: bytes, tree: Tree, found: dict[str, list[Node]]) -> None:
        self.data = data
        self.tree = tree
        self.module = Area("module", 0, len(data) + 1)
        self.readings: list[Reading] = []
        self.types: set[str] = set()
        self.shared: set[str] = set()  # what `global` names
        self.tricky: bool | None = None  # whether names may come to be that no statement binds
        self.areas: list[Area] = []
        self.outside: list[tuple[int, int, Area]] = []  # iterables that are evaluated around their comprehension
        self.bodies: dict[int, Area] = {}  # by the start of their header
        self.assignments = sorted((node.start_byte, node.end_byte) for node in found.get("assignment", ()))
        self.assigned = [start for start, _ in self.assignments]
        for node in found.get("function", ()):
            self.add(node, "function")
        for node in found.get("class", ()):
            self.add(node, "class")
        for node in found.get("comprehension", ()):
            area = Area("comprehension", node.start_byte, node.end_byte)
            self.areas.append(area)
            clause = next((child for child in node.named_children if child.type == "for_in_clause"), None)
            right = clause.child_by_field_name("right") if clause is not None else None
            if right is not None:
                self.outside.append((right.start_byte, right.end_byte, area))
        self.sweep(found)

    def add(self, node: Node, kind: str) -> None:
        """A function or class: its header belongs to what is around it, its body is an area of its own."""
        body = node.child_by_field_name("body")
        if body is None:
            return
        header = Area("header", node.start_byte, node.end_byte)
        area = Area("function" if kind == "function" else "class", body.start_byte, max(body.end_byte, node.end_byte))
        self.areas += (header, area)
        if kind == "function":
            self.bodies[id(header)] = area

    def sweep(self, found: dict[str, list[Node]]) -> None:
        """Take all names in their order, each in the area where it stands."""
        roles: dict[int, str] = {}
        for role in ROLES:
            roles.update(dict.fromkeys((node.start_byte for node in found.get(role, ())), role))
        stack = Stack(self.module, self.areas)
        data = self.data
        for node in sorted(found.get("any", ()), key=lambda node: node.start_byte):
            start, end = node.start_byte, node.end_byte
            role = roles.get(start, "read")
            if role == "skip":
                continue
            area = stack.at(start)
            name = data[start:end].decode("utf-8", "replace")
            if role == "read":
                self.readings.append(Reading(name, start, end, area))
            elif role == "parameter":
                header = next((one for one in area.around() if id(one) in self.bodies), None)
                if header is not None:
                    self.bodies[id(header)].bind(name, start, -1)
            elif role == "type":
                self.types.add(name)
            elif role in ("global", "nonlocal"):
                area.elsewhere[name] = role
                if role == "global":
                    self.shared.add(name)
            else:
                if role == "both":
                    self.readings.append(Reading(name, start, end, area))
                self.bound(area, name, start, end, role)

    def bound(self, area: Area, name: str, start: int, end: int, role: str) -> None:
        """Bind a name where it stands."""
        effective = start
        while (
            area.kind == "header" or (area.kind == "comprehension" and role == "walrus")
        ) and area.parent is not None:
            if role == "named":
                effective = area.end  # the name of a class is bound when its body has been run
            area = area.parent
        if role == "bind":
            effective = self.effective(start)
        elif role == "both":
            effective = end  # it is read first
        area.bind(name, start, effective, role if role in ("target", "delete") else "")

    def effective(self, place: int) -> int:
        """Where what binds at a place is done: at the end of the assignment."""
        at = bisect_right(self.assigned, place) - 1
        while at >= 0:
            start, end = self.assignments[at]
            if end > place:
                return end
            if place - start > 4000:
                break
            at -= 1
        return place

    # What the names are bound to

    def loose(self) -> Iterator[LooseName]:
        """The names that are not bound where they are read."""
        local = {name for area in self.areas for name in area.names}
        known = BUILTINS | self.types | self.shared
        checking = self.checking()
        module = self.module
        for reading in self.readings:
            name = reading.name
            holder = self.holder(reading) if name in local else module if name in module.names else None
            if holder is None:
                if name not in known:
                    yield from self.undefined(reading)
                continue
            bindings = holder.names[name]
            first = bindings[0]
            if first.effective <= reading.start and not first.kind and not (checking and holder is module):
                continue  # as it mostly is
            if holder.kind in ("module", "function"):
                yield from self.late(reading, holder, bindings, checking)

    def holder(self, reading: Reading) -> Area | None:
        """The area whose name is meant."""
        name, start, _, area = reading
        while area.kind == "comprehension" or area.kind == "header":
            if area.kind == "comprehension" and not self.is_outside(start, area) and name in area.names:
                return area
            assert area.parent is not None
            area = area.parent
        first = area
        for one in first.around():
            if name in one.elsewhere:
                if one.elsewhere[name] == "global":
                    return self.module if name in self.module.names else None
                continue
            if name in one.names and (one.kind != "class" or one is first):
                return one
        return None

    def is_outside(self, place: int, area: Area) -> bool:
        """Whether a place is the first iterable of a comprehension, which is evaluated around it."""
        return any(start <= place < end and one is area for start, end, one in self.outside)

    def undefined(self, reading: Reading) -> Iterator[LooseName]:
        """What nothing binds, unless the code around it reckons with that."""
        if self.tricky is None:
            self.tricky = TRICKS.search(self.data) is not None
        if self.tricky:
            return
        around = way_down(self.tree.walk(), reading.start)
        if self.is_guarded(around) or self.is_never_read(around, reading):
            return
        if is_former(reading, around):
            return
        deferred = reading.area.function is not self.module
        yield LooseName(reading.name, reading.start, reading.end, "undefined", deferred, annotates=annotates(around))

    def late(
        self, reading: Reading, holder: Area, bindings: list[Binding], checking: list[tuple[int, int]]
    ) -> Iterator[LooseName]:
        """What is bound in the same run of code, but after it is read; or before, and not any more."""
        name, start, end, area = reading
        deferred = area.function is not self.module
        if name in self.shared and holder is self.module:
            return
        if all(one.kind == "target" for one in bindings):
            yield from self.ended(reading, holder, [one.place for one in bindings])
        if holder is self.module and checking and all(within(one.place, checking) for one in bindings):
            if not within(start, checking):
                around = way_down(self.tree.walk(), start)
                given = name.startswith("__") and name.endswith("__")  # each module has such names
                unread = any(node.type == "type" for node in around) or self.is_never_read(around, reading)
                if not given and not unread and not self.is_guarded(around):
                    yield LooseName(name, start, end, "typing", deferred, bindings[0].place)
            return
        if area.function is not holder or (holder is self.module and name in BUILTINS):
            return
        if any(one.kind == "comprehension" for one in area.around() if one.function is holder):
            return
        made = [one for one in bindings if one.kind != "delete"]
        if not made or any(one.effective <= start for one in bindings):
            return
        around = way_down(self.tree.walk(), start)
        first = min(one.place for one in made)
        if self.is_guarded(around) or self.is_never_read(around, reading) or is_former(reading, around):
            return
        if any(
            node.type in LOOPS and any(node.start_byte <= one.place < node.end_byte for one in made) for node in around
        ):
            return
        for node in around:
            if node.type == "conditional_expression":  # its test comes first, though it stands in the middle
                then, test = node.named_children[:2]
                if start < then.end_byte and any(test.start_byte <= one.place < test.end_byte for one in made):
                    return
        yield LooseName(name, start, end, "early", deferred, first, annotates(around))

    def ended(self, reading: Reading, holder: Area, places: list[int]) -> Iterator[LooseName]:
        """``except ... as name`` that is read after its block."""
        if reading.area.function is not holder:
            return
        if all(place > reading.start for place in places):
            return
        cursor = self.tree.walk()
        for place in places:
            outer = way_down(cursor, place)
            clause = next((node for node in reversed(outer) if node.type in HOLDING), None)
            if clause is None or clause.type == "with_clause" or clause.start_byte <= reading.start < clause.end_byte:
                return
        around = way_down(cursor, reading.start)
        if self.is_guarded(around) or any(node.type in LOOPS for node in around):
            return
        deferred = reading.area.function is not self.module
        yield LooseName(reading.name, reading.start, reading.end, "ended", deferred, places[0])

    def is_guarded(self, around: list[Node]) -> bool:
        """Whether a ``try`` reckons with a name that is not there."""
        for node, inner in pairwise(around):
            if node.type != "try_statement" or node.child_by_field_name("body") != inner:
                continue
            for clause in node.named_children:
                if clause.type in ("except_clause", "except_group_clause"):
                    head = self.data[clause.start_byte : clause.end_byte].split(b":", 1)[0]
                    if head.strip() == b"except" or b"NameError" in head or b"UnboundLocalError" in head:
                        return True
        return False

    def is_never_read(self, around: list[Node], reading: Reading) -> bool:
        """Whether an expression is never evaluated: an annotation of later, or of a variable in a function."""
        place = next((index for index, node in enumerate(around) if node.type == "type"), None)
        if place is not None:
            if b"annotations" in self.data and re.search(
                rb"(?m)^from __future__ import[^#\n]*\bannotations\b", self.data
            ):
                return True
            outer = around[place - 1]
            if outer.type == "assignment" and reading.area.function is not self.module:
                inner = next((one for one in reading.area.around() if one.kind in ("class", "function")), None)
                if inner is not None and inner.kind == "function":
                    return True
            if outer.type in ("type_alias_statement", "type_parameter"):
                return True
        for node, inner_node in pairwise(around):
            if node.type == "if_statement" and node.child_by_field_name("consequence") == inner_node:
                test = node.child_by_field_name("condition")
                if test is not None and CHECKING.fullmatch(self.data, test.start_byte, test.end_byte):
                    return True
        return any(node.type in ("type_alias_statement", "type_parameter") for node in around)

    def checking(self) -> list[tuple[int, int]]:
        """Blocks of the module that only type checkers read."""
        if b"TYPE_CHECKING" not in self.data:
            return []
        found = []
        for node in self.tree.root_node.children:
            if node.type == "if_statement":
                test, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
                if (
                    test is not None
                    and body is not None
                    and re.fullmatch(r"(?:\w+\.)?TYPE_CHECKING", text_of(self.data, test))
                ):
                    found.append((body.start_byte, body.end_byte))
        return found


def is_former(reading: Reading, around: list[Node]) -> bool:
    """Whether a name of Python 2 is read where a condition may say so."""
    return reading.name in FORMER and any(node.type in CONDITIONS for node in around)


def annotates(around: list[Node]) -> bool:
    """Whether a place is in an annotation: since Python 3.14 these are evaluated when somebody asks for them."""
    return any(node.type == "type" for node in around)


def within(place: int, ranges: list[tuple[int, int]]) -> bool:
    """Whether a place is in one of some ranges."""
    return any(start <= place < end for start, end in ranges)
