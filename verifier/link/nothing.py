"""Lookups that may find nothing, and code that uses what they found as if they always did.

What is followed is syntax: from the lookup of a library through the functions that return what it found, to the
variable or argument where that is taken apart. Any test of the variable, any other use that is not understood, and a
``try`` around it count as a check. Only lookups by a part of the path of a request are looked at: there, anybody may
ask for what does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from verifier import syntax
from verifier.datamodel import bare
from verifier.evaluate.passing import fields
from verifier.evaluate.values import External, Function, Native, Origin, Value
from verifier.link.flags import Course, constants
from verifier.link.program import is_test
from verifier.link.signatures import word_of
from verifier.model import FunctionRef, Route, Span
from verifier.regex import regex
from verifier.syntax import nodes_in

if TYPE_CHECKING:
    from verifier.link import Facts

DEEPEST = 5
PARAMETERS = regex(rb"\b(?:params?|match_info|kwargs|path_params|view_args)\b")
OF_THE_CALLER = regex(rb"user|viewer|auth|session|token|identity|\bme\b|state", re.IGNORECASE)
# What middleware has found and left at a request: `req.org.id`.
LEFT_BY_MIDDLEWARE = regex(
    rb"\s*(?:(?:req|request)\.(?!(?:params?|query|body|headers?|raw|nextUrl|url|path_params|match_info|view_args|args|"
    rb"query_params|json|form|values)\b)|res\.locals\.|g\.)\w+(?:[?!]?\.\w+)+\s*"
)
REFUSING = regex(rb"rejectOn(?:Empty|NotFound)|\borFail\b|OrThrow\b")  # the lookup itself fails
# Names of what refuses a request for what it is given.
LOOKING = regex(rb"^(?:load|.*(?:valid|verif|ensure|check|exist|require|assert|guard|or_?404))", re.IGNORECASE)
PASSING_ON = regex(rb"\bnext\(|\bthrow\b|\braise\b|\b500\b")

# Drivers of JavaScript whose methods give no promise.
AT_ONCE = regex(r"(?:better-sqlite3|(?:node:)?sqlite\.DatabaseSync).*")

Context = Literal["object", "argument", "value", "bound", "other"]


class Unchecked(NamedTuple):
    """What a lookup found is used, and nothing checks whether it found anything.

    Attributes:
        span: the attribute that is read, or the argument that is handed on to what reads it.
        lookup: where the lookup is made, or the function is called that makes it.
        key: the parameter of the path that it is made by.
        python: whether the code is Python.
    """

    span: Span
    lookup: Span
    key: str
    python: bool
    routes: tuple[Route, ...]


class Occurrence(NamedTuple):
    """A place that names a variable: ``around`` is the node in which it stands, ``place`` its argument there."""

    node: syntax.Name
    context: Context
    around: object
    place: int = 0


def unchecked(facts: Facts, lookups: re.Pattern[str]) -> tuple[Unchecked, ...]:
    """The uses of what may be nothing below the routes; ``lookups`` are the library paths that may give nothing."""
    search = Search(facts, lookups)
    found: dict[Span, Unchecked] = {}
    for reference, function in facts.calls.codes.items():
        if not is_test(reference.path):
            for one in search.function(reference, function):
                found.setdefault(one.span, one)
    return tuple(sorted(found.values(), key=lambda one: one.span))


class Search:
    """Follows what lookups give through the functions of a project."""

    def __init__(self, facts: Facts, lookups: re.Pattern[str]) -> None:
        self.facts = facts
        self.lookups = lookups
        self.known: dict[object, bool] = {}

    # What may be nothing

    def gives_nothing(self, node: object, path: str, depth: int = 0) -> syntax.Call | None:
        """The call that an expression is, where all that it may call may give nothing."""
        call = bare_call(node)
        if call is None or depth > DEEPEST:
            return None
        targets = self.facts.calls.targets.get(Origin(path, call.start, call.end), ())
        if not targets or not all(self.is_lookup(target, call, depth) for target in targets):
            return None
        text = self.facts.project.files[path].data[call.start : call.end]
        return call if REFUSING.search(text) is None else None

    def is_lookup(self, target: Value, call: syntax.Call, depth: int) -> bool:
        """Whether what a call calls may give nothing."""
        if isinstance(target, External | Native):  # of what a pack describes, only the method's name is known
            path = target.path if isinstance(target, External) else f"().{target.name}"
            return self.lookups.fullmatch(path) is not None
        return isinstance(target, Function) and self.returns_nothing(target, call, depth + 1)

    def returns_nothing(self, function: Function, call: syntax.Call, depth: int) -> bool:
        """Whether a function returns what a lookup gave, as it is, or says that it may return nothing."""
        code = function.code
        course = Course(code, constants(call, function))
        key = code, frozenset(course.decided.items())
        if key not in self.known:
            self.known[key] = False
            path = function.module.path
            returned = [one.value for one in nodes_in(code.body, inside=False) if isinstance(one, syntax.Return)]
            if course.decided:
                returned = course.returns
            says_so = any(is_nothing(value) for value in returned) and not all(is_nothing(value) for value in returned)
            assigned = course.assigned if course.decided else None
            self.known[key] = says_so or any(self.may_be(value, code, path, depth, assigned) for value in returned)
        return self.known[key]

    def is_sync(self, node: object, path: str, depth: int = 0) -> bool:
        """Whether all that a call leads to gives its result at once, and no promise."""
        if not isinstance(node, syntax.Call) or depth > DEEPEST:
            return False
        targets = self.facts.calls.targets.get(Origin(path, node.start, node.end), ())
        return bool(targets) and all(self.gives_at_once(target, depth) for target in targets)

    def gives_at_once(self, target: Value, depth: int) -> bool:
        """The same of one of these."""
        if isinstance(target, External):
            return AT_ONCE.fullmatch(target.path) is not None
        if not isinstance(target, Function) or target.code.is_async:
            return False
        code, path = target.code, target.module.path
        returned = [one.value for one in nodes_in(code.body, inside=False) if isinstance(one, syntax.Return)]
        return bool(returned) and all(self.is_sync(value, path, depth + 1) for value in returned)

    def may_be(
        self,
        value: object,
        code: syntax.Function,
        path: str,
        depth: int,
        assigned: list[syntax.Assign] | None = None,
    ) -> bool:
        """Whether an expression that a function returns may be nothing; ``assigned``: what was bound on the way."""
        if isinstance(value, syntax.Conditional):
            return is_nothing(value.then) != is_nothing(value.other)
        if isinstance(value, syntax.Logical):
            return value.operator != "and" and is_nothing(value.right)
        if isinstance(value, syntax.Name):
            bound = assignments(code, value.id)
            targets = {id(target) for one in bound for target in one.targets} if assigned is not None else ()
            if assigned is not None:
                bound = [one for one in bound if one in assigned and not is_nothing(one.value)]
            if len(bound) != 1 or self.gives_nothing(bound[0].value, path, depth) is None:
                return False
            found = (one for one in occurrences(code, value.id) if id(one.node) not in targets)
            return all(one.context not in ("other", "object") for one in found)
        return self.gives_nothing(value, path, depth) is not None

    # What is done with it

    def function(self, reference: FunctionRef, function: Function) -> Iterator[Unchecked]:
        """What a function does with the lookups that it makes by a part of the path."""
        routes = self.facts.calls.reaching.get(reference, ())
        names = {bare(name) for route in routes for name in route.pattern.parameters}
        if not names:
            return
        code, path = function.code, function.module.path
        awaited = {id(node.value) for node in nodes_in(code.body, inside=False) if isinstance(node, syntax.Await)}
        for node in nodes_in(code.body, inside=False):
            if function.module.javascript and id(node) not in awaited and not self.is_sync(node, path):
                continue  # a promise, which has other attributes
            call = self.gives_nothing(node, path) if isinstance(node, syntax.Call) else None
            key = self.key_of(call, names, reference) if call is not None else None
            if call is None or key is None:
                continue
            place = self.taken_apart(call, function)
            if place is not None and not self.is_caught(place, function) and self.is_by_key(call, names, reference):
                span = self.facts.program.engine.span
                served = tuple(route for route in routes if key in map(bare, route.pattern.parameters))
                if served and all(self.is_looked_into(route, key) for route in served):
                    continue
                lookup = span(Origin(path, call.start, call.end))
                yield Unchecked(span(place), lookup, key, not function.module.javascript, served)

    def key_of(self, call: syntax.Call, names: set[str], reference: FunctionRef) -> str | None:
        """The parameter of the path by which a lookup is made."""
        data = self.facts.project.files[reference.path].data
        for argument in (*call.arguments, call.callee):
            for node in nodes_in(argument):
                if isinstance(node, syntax.Name) and bare(node.id) in names and self.comes_by_path(reference, node.id):
                    return bare(node.id)
                word = member_of(node)
                if word is None or bare(word) not in names:
                    continue
                assert isinstance(node, syntax.Member | syntax.Index)
                if PARAMETERS.search(data[node.object.start : node.object.end]) is not None:
                    return bare(word)
        return None

    def is_by_key(self, call: syntax.Call, names: set[str], reference: FunctionRef) -> bool:
        """Whether the lookups below a call are made by a part of the path, and not by what was found or made by it."""

        def is_key(node: object) -> bool:
            word = node.id if isinstance(node, syntax.Name) else member_of(node)
            return word is not None and bare(word) in names

        return self.is_by(call, reference.path, is_key, 0)

    def is_by(self, call: syntax.Call, path: str, is_key: Callable[[object], bool], depth: int) -> bool:
        """Whether one of the lookups that a call leads to is made by a value that ``is_key`` knows."""
        if depth > DEEPEST:
            return True
        for target in self.facts.calls.targets.get(Origin(path, call.start, call.end), ()):
            if not isinstance(target, Function):
                return True
            given = names_given(call, target, is_key)
            if any(is_key(node) for node in nodes_in(call.callee)) or self.looks_up_by(target, given, depth):
                return True
        return False

    def looks_up_by(self, function: Function, given: set[str], depth: int) -> bool:
        """Whether what a function returns is looked up by one of its parameters."""
        code, path = function.code, function.module.path
        known = self.derived(code, path, given)
        for value in (one.value for one in nodes_in(code.body, inside=False) if isinstance(one, syntax.Return)):
            bound = assignments(code, value.id) if isinstance(value, syntax.Name) else []
            made = [found for one in bound if (found := bare_call(one.value)) is not None]
            call = bare_call(value) if not bound else next((one for one in made if mentions(one, given, known)), None)
            if call is None:  # a conditional, or nothing: what decides may be anything
                if given and not isinstance(value, syntax.Name | None):
                    return True
            elif mentions(call, given, known) and self.is_by(call, path, partial(is_name_of, names=known), depth + 1):
                return True
        return False

    def derived(self, code: syntax.Function, path: str, given: set[str]) -> set[str]:
        """Names, and those bound to what is made of them without a call of the project's own."""
        known = set(given)
        for node in nodes_in(code.body, inside=False):
            if isinstance(node, syntax.Call) and is_sent_on(node) and mentions(node, given, known):
                known |= {part.id for part in nodes_in(node.callee) if isinstance(part, syntax.Name)}
            if not isinstance(node, syntax.Assign) or node.value is None:
                continue
            inner = list(nodes_in(node.value))
            called = (one for one in inner if isinstance(one, syntax.Call))
            targets = (self.facts.calls.targets.get(Origin(path, one.start, one.end), ()) for one in called)
            if any(isinstance(target, Function) for several in targets for target in several):
                continue
            if any(is_name_of(one, known) for one in inner):
                known |= {part.id for one in node.targets for part in bound_in(one) if isinstance(part, syntax.Name)}
        return known

    def comes_by_path(self, reference: FunctionRef, name: str, depth: int = 0) -> bool:
        """Whether a variable of a function is what the path of a request said, and not what the session did."""
        calls = self.facts.calls
        if self.is_of_caller(reference, name):
            return False
        if any(entry == reference for _, entry in calls.entries):
            return True
        code = calls.codes[reference].code
        if all(parameter.name != name for parameter in code.parameters):
            around = [one for one in calls.codes if is_inside(reference, one)]
            outer = max(around, key=lambda one: one.span.line) if around else None
            if outer is None:
                return bool(assignments(code, name))  # and no function or constant of the module
            return depth > DEEPEST or self.comes_by_path(outer, name, depth + 1)
        if depth > DEEPEST:
            return False
        found = self.callers.get(code, ())  # none where it is called through what a library made of it
        return any(self.is_handed_on(caller, call, target, name, depth) for caller, call, target in found)

    def is_looked_into(self, route: Route, key: str) -> bool:
        """Whether the handler of a route hands a parameter to what may refuse it, and takes nothing from that."""
        entry = next((reference for served, reference in self.facts.calls.entries if served == route), None)
        held = self.facts.calls.codes.get(entry) if entry is not None else None
        for node in nodes_in(held.code.body, inside=False) if held is not None else ():
            value = node.value if isinstance(node, syntax.Evaluate) else None
            call = bare_call(value) if isinstance(value, syntax.Call | syntax.Await) else None
            if call is None or LOOKING.search(word_of(call).encode()) is None:
                continue
            if any(
                isinstance(inner, syntax.Name) and bare(inner.id) == key
                for argument in call.arguments
                for inner in nodes_in(argument)
            ):
                return True
        return False

    def is_of_caller(self, reference: FunctionRef, name: str) -> bool:
        """Whether a function binds a variable to what the session, a token or middleware says, and to nothing else."""
        code, data = self.facts.calls.codes[reference].code, self.facts.project.files[reference.path].data
        own = assignments(code, name) if all(one.name != name for one in code.parameters) else []
        texts = [data[one.value.start : one.value.end] for one in own if one.value is not None]
        return bool(texts) and all(
            (OF_THE_CALLER.search(text) and not PARAMETERS.search(text)) or LEFT_BY_MIDDLEWARE.fullmatch(text)
            for text in texts
        )

    @cached_property
    def callers(self) -> dict[syntax.Function, list[tuple[FunctionRef, syntax.Call, Function]]]:
        """The calls of each function."""
        found: dict[syntax.Function, list[tuple[FunctionRef, syntax.Call, Function]]] = {}
        for reference, function in self.facts.calls.codes.items():
            for node in nodes_in(function.code.body, inside=False):
                if isinstance(node, syntax.Call):
                    for target in self.facts.calls.targets.get(Origin(reference.path, node.start, node.end), ()):
                        if isinstance(target, Function):
                            found.setdefault(target.code, []).append((reference, node, target))
        return found

    def is_handed_on(self, caller: FunctionRef, call: syntax.Call, target: Function, name: str, depth: int) -> bool:
        """Whether a call hands a function a part of the path under a name."""
        parameters = [parameter.name for parameter in target.code.parameters]
        place = parameters.index(name)
        place -= target.bound is not None and not target.module.javascript and not target.code.static
        given: object = next(
            (one.value for one in call.arguments if isinstance(one, syntax.Keyword) and one.name == name),
            call.arguments[place] if 0 <= place < len(call.arguments) else None,
        )
        if isinstance(given, syntax.Name):
            return self.comes_by_path(caller, given.id, depth + 1)
        if not isinstance(given, syntax.Node) or isinstance(given, syntax.Keyword):
            return False
        text = self.facts.project.files[caller.path].data[given.start : given.end]
        if isinstance(given, syntax.Member) and bare(given.name) == bare(name):
            return OF_THE_CALLER.search(text) is None
        return PARAMETERS.search(text) is not None

    def taken_apart(self, call: syntax.Call, function: Function) -> Origin | None:
        """Where what a call gave is taken apart without a check."""
        code, path = function.code, function.module.path
        for node in nodes_in(code.body, inside=False):
            if isinstance(node, syntax.Member | syntax.Index) and bare_call(node.object) is call:
                return None if self.is_optional(node, path) else place_of(node, path)
            if isinstance(node, syntax.Call):
                for place, argument in enumerate(node.arguments):
                    if bare_call(argument) is call and self.is_used_by(node, place, path):
                        assert isinstance(argument, syntax.Node)
                        return Origin(path, argument.start, argument.end)
            if isinstance(node, syntax.Assign) and bare_call(node.value) is call and len(node.targets) == 1:
                target = node.targets[0]
                if b":=" in self.facts.project.files[path].data[target.end : call.start]:
                    return None  # it is looked at where it is bound
                if isinstance(target, syntax.Mapping) or (isinstance(target, syntax.Display) and node.operator == "="):
                    return Origin(path, target.start, target.end)
                if isinstance(target, syntax.Name) and len(assignments(code, target.id)) == 1:
                    return self.used(code, target.id, path, function.module.javascript)
        return None

    def used(self, code: syntax.Function, name: str, path: str, javascript: bool) -> Origin | None:
        """Where a variable that may be nothing is used without a check, for the first time."""
        found = sorted(occurrences(code, name), key=lambda one: one.node.start)
        if any(one.context == "other" for one in found) or self.is_asserted(code, name, path):
            return None
        for one in found:
            if one.context == "object":
                assert isinstance(one.around, syntax.Member | syntax.Index)
                return None if self.is_optional(one.around, path) else place_of(one.around, path)
            if one.context == "value":
                around = one.around
                if isinstance(around, syntax.Assign) and isinstance(around.targets[0], syntax.Mapping):
                    return Origin(path, one.node.start, one.node.end)
                return None
            if one.context == "argument":
                assert isinstance(one.around, syntax.Call)
                used = self.is_used_by(one.around, one.place, path)
                return Origin(path, one.node.start, one.node.end) if used else None
        return None

    def is_used_by(self, call: syntax.Call, place: int, path: str, depth: int = 0) -> bool:
        """Whether all functions that a call leads to take an argument apart without a check."""
        targets = self.facts.calls.targets.get(Origin(path, call.start, call.end), ())
        return bool(targets) and all(
            isinstance(target, Function) and self.takes_apart(target, place, depth) for target in targets
        )

    def takes_apart(self, function: Function, place: int, depth: int) -> bool:
        """Whether a function takes one of its arguments apart without a check."""
        code, path = function.code, function.module.path
        place += function.bound is not None and not function.module.javascript and not code.static
        if depth > DEEPEST or place >= len(code.parameters):
            return False
        parameter = code.parameters[place]
        if parameter.default is not None or parameter.kind in ("rest", "keywords"):
            return False
        if isinstance(parameter.target, syntax.Mapping):
            return True
        if not parameter.name or assignments(code, parameter.name):
            return False
        found = self.used(code, parameter.name, path, function.module.javascript)
        return found is not None and not self.is_caught(found, function)

    def is_optional(self, node: syntax.Member | syntax.Index, path: str) -> bool:
        """Whether a member is read with ``?.``."""
        between = self.facts.project.files[path].data[node.object.end : node.end]
        return between.lstrip(b") \n\t").startswith(b"?.") or b"?." in between[:3]

    def is_asserted(self, code: syntax.Function, name: str, path: str) -> bool:
        """Whether an ``assert`` speaks of a variable: it is no node of the tree."""
        text = self.facts.project.files[path].data[code.start : code.end]
        return re.search(rb"\bassert\b[^\n]*\b%s\b" % re.escape(name.encode()), text) is not None

    def is_caught(self, place: Origin, function: Function) -> bool:
        """Whether a ``try`` in the function deals with the error, other than by passing it on."""
        data = self.facts.project.files[place.path].data
        for node in nodes_in(function.code.body, inside=False):
            if not isinstance(node, syntax.Try) or not node.handlers or place.path != function.module.path:
                continue
            if node.start <= place.start < node.handlers[0].start:
                for handler in node.handlers:
                    if PASSING_ON.search(data[handler.start : handler.end]) is None:
                        return True
        return False


def names_given(call: syntax.Call, target: Function, is_key: Callable[[object], bool]) -> set[str]:
    """The parameters of a function that a call gives a value which ``is_key`` knows."""
    found: set[str] = set()
    shift = int(target.bound is not None and not target.module.javascript and not target.code.static)
    parameters = target.code.parameters
    for place, argument in enumerate(call.arguments):
        if not any(is_key(node) for node in nodes_in(argument)):
            continue
        if isinstance(argument, syntax.Keyword) and argument.name is not None:
            found.add(argument.name)
        elif place + shift < len(parameters):
            parameter = parameters[place + shift]
            found |= {part.id for part in bound_in(parameter.target) if isinstance(part, syntax.Name)}
            found.add(parameter.name)
    return found


def is_sent_on(call: syntax.Call) -> bool:
    """Whether a call sends a statement on a cursor, which gives the rows from then on."""
    return isinstance(call.callee, syntax.Member) and call.callee.name == "execute"


def member_of(node: object) -> str | None:
    """The attribute or key that an expression reads; None for any other."""
    if isinstance(node, syntax.Member):
        return node.name
    if isinstance(node, syntax.Index) and isinstance(node.index, syntax.Const) and isinstance(node.index.value, str):
        return node.index.value
    return None


def is_name_of(node: object, names: Collection[str]) -> bool:
    """Whether a node is one of some names."""
    return isinstance(node, syntax.Name) and node.id in names


def mentions(call: syntax.Call, given: set[str], known: set[str]) -> bool:
    """Whether a call is made by names that are ``given``, or ``known`` to be made of them: their attributes are not."""
    made = known - given
    apart = {
        id(node.object)
        for argument in call.arguments
        for node in nodes_in(argument)
        if isinstance(node, syntax.Member | syntax.Index) and is_name_of(node.object, made)
    }
    return any(is_name_of(node, known) and id(node) not in apart for node in nodes_in(call))


def is_inside(inner: FunctionRef, outer: FunctionRef) -> bool:
    """Whether one function is written inside another."""
    if inner.path != outer.path or inner == outer:
        return False
    return (outer.span.line, -outer.span.end_line) <= (inner.span.line, -inner.span.end_line) and (
        inner.span.end_line <= outer.span.end_line
    )


def is_nothing(node: object) -> bool:
    """Whether an expression is written as nothing."""
    if isinstance(node, syntax.Const):
        return node.value is None
    return isinstance(node, syntax.Name) and node.id == "undefined"


def bare_call(node: object) -> syntax.Call | None:
    """The call that an expression is, awaited or not."""
    if isinstance(node, syntax.Await):
        node = node.value
    return node if isinstance(node, syntax.Call) else None


def place_of(node: syntax.Member | syntax.Index, path: str) -> Origin:
    """Where the name of a member is written."""
    start = node.end - len(node.name.encode()) if isinstance(node, syntax.Member) else node.start
    return Origin(path, start, node.end)


def assignments(code: syntax.Function, name: str) -> list[syntax.Assign]:
    """What binds a variable in a function."""
    return [
        node
        for node in nodes_in(code.body)
        if isinstance(node, syntax.Assign)
        and any(
            isinstance(part, syntax.Name) and part.id == name for target in node.targets for part in bound_in(target)
        )
    ]


def bound_in(target: object) -> Iterator[object]:
    """The names that a target binds."""
    if isinstance(target, syntax.Display):
        for item in target.items:
            yield from bound_in(item)
    elif isinstance(target, syntax.Mapping):
        for entry in target.entries:
            yield from bound_in(entry.value)
    else:
        yield target


def occurrences(code: syntax.Function, name: str) -> list[Occurrence]:
    """The places in a function that name a variable."""
    found: list[Occurrence] = []
    waiting: list[tuple[object, Context, object, int]] = [(code.body, "other", None, 0)]
    while waiting:
        node, context, around, place = waiting.pop()
        if isinstance(node, syntax.Name):
            if node.id == name and context != "bound":
                found.append(Occurrence(node, context, around, place))
        elif isinstance(node, tuple):
            waiting.extend((inner, context, around, place) for inner in node)
        elif isinstance(node, syntax.Function):
            waiting.append(((*node.body, *node.decorators), "other", None, 0))
        elif isinstance(node, syntax.Class):
            waiting.append((node.body, "other", None, 0))
        elif isinstance(node, syntax.Member):
            waiting.append((node.object, "object", node, 0))
        elif isinstance(node, syntax.Index):
            waiting += [(node.object, "object", node, 0), (node.index, "argument", None, 0)]
        elif isinstance(node, syntax.Call):
            waiting.append((node.callee, "other", None, 0))
            for number, argument in enumerate(node.arguments):
                inner = argument.value if isinstance(argument, syntax.Keyword | syntax.Spread) else argument
                plain = inner is argument
                waiting.append((inner, "argument" if plain else "other", node, number))
        elif isinstance(node, syntax.Assign):
            for target in node.targets:
                if not isinstance(target, syntax.Name):
                    waiting.append((target, "bound", None, 0))
                elif node.operator != "=":
                    waiting.append((target, "other", None, 0))
            waiting.append((node.value, "value", node, 0))
        elif isinstance(node, syntax.Return):
            waiting.append((node.value, "argument" if not isinstance(node.value, syntax.Name) else "bound", None, 0))
        elif isinstance(node, syntax.Node):
            for part in fields(node):
                waiting.append((part, "other", None, 0))
                if isinstance(part, syntax.Assign):  # its value is looked at where it is bound
                    waiting.extend((target, "other", None, 0) for target in part.targets)
    return found
