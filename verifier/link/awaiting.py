"""Calls that give a coroutine or a promise, and what is done with it: awaited, handed on, or taken for its result.

What a call was seen to call tells whether it gives one (``CallGraph.targets``); how its result is used is read off the
functions themselves: where it is written, and where the one variable is read that holds it. A function that hands a
promise on inside its own result (``return [rows(), count]``) is followed to what its callers do with that part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.passing import fields
from verifier.evaluate.values import External, Function, Origin, Value
from verifier.link.bodies import Body, Context, Kind, Slot
from verifier.link.ending import end_of
from verifier.regex import Paths, regex

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.model import FunctionRef, Span

# Coroutines and promises of the languages themselves. Those of `asyncio` are what it defines by `async def`.
OF_LANGUAGES = (
    r"asyncio\.(?:sleep|wait|wait_for|to_thread|open_connection|open_unix_connection|start_server|start_unix_server|"
    r"create_subprocess_exec|create_subprocess_shell)",
    r"Promise\.(?:all|allSettled|any|race|resolve|reject)",
)
FOLLOWING = frozenset({"then", "catch", "finally"})
# Decorators that leave a coroutine function one.
HARMLESS = frozenset({"staticmethod", "classmethod", "override", "final", "abstractmethod", "wraps"})


class Usage(NamedTuple):
    """One thing that is done with a promise.

    Attributes:
        span: the word that does it.
        name: the attribute that is read, or the variable that is looked at.
        called: whether that attribute is called.
        targets: what the call was seen to call that the promise is given to; ``parameter`` tells which argument it is.
        constant: whether it is compared with a literal.
        caller: the function in which it is done, where that is another one than that of the call.
    """

    kind: Kind
    span: Span
    name: str = ""
    called: bool = False
    targets: tuple[Value, ...] = ()
    parameter: int | str | None = None
    constant: bool = False
    caller: FunctionRef | None = None


class Promised(NamedTuple):
    """A call that gives a coroutine or a promise, and what is done with it.

    Attributes:
        span: the call; ``name`` the word by which it calls.
        caller: the function that makes the call.
        targets: what was seen to be called.
        library: its path, where that is of a library.
        idle: whether nothing is done before somebody awaits it: it is a coroutine of Python.
        uses: what is done with it, in order. A variable that holds it counts by what is done with the variable.
        followed: whether it is a chain of ``then``; ``caught`` whether a part of that takes errors.
        callback: set where what is called is given an asynchronous function, as ``forEach``, ``map`` and the
            constructor of promises are: the function itself. The span is its ``async``. ``caught`` tells whether it
            takes all errors, ``waits`` whether it awaits something, ``on`` the name whose method is called.
    """

    span: Span
    name: str
    caller: FunctionRef | None
    targets: tuple[Value, ...]
    library: str | None
    idle: bool
    uses: tuple[Usage, ...]
    followed: bool = False
    caught: bool = False
    callback: FunctionRef | None = None
    waits: bool = False
    on: str = ""

    def is_used(self, *kinds: Kind) -> bool:
        """Whether something of some kinds is done with it."""
        return any(use.kind in kinds for use in self.uses)


def is_generator(code: syntax.Function) -> bool:
    """Whether a function yields: what an asynchronous one gives is then no coroutine."""
    return any(isinstance(node, syntax.Yield) for node in syntax.nodes_in(code.body, inside=False))


class Awaited(NamedTuple):
    """A call that is awaited where it is written, and what is done with what that gives."""

    path: str
    context: Context
    code: syntax.Function
    body: Body


def parts(context: Context, slot: Slot) -> Iterator[tuple[Context, str]]:
    """What is done with a part of a value, given what is done with the whole; with the variable that holds it."""
    binding = context.binding
    if context.kind == "bound" and binding is not None:
        if binding.count == 1:
            for read in binding.reads:
                yield from (
                    [(read, binding.name)]
                    if slot is None
                    else [(found, binding.name) for found, _ in parts(read, slot)]
                )
    elif slot is None:
        yield context, ""
    elif context.kind == "read" and context.slot == slot and context.outer is not None and not context.called:
        yield context.outer, str(slot)
    elif context.kind == "unpacked" and context.held is not None:
        held = context.held.get(slot)
        if held is not None and held.count == 1:
            yield from ((read, held.name) for read in held.reads)


# Methods of arrays that call a function for each item.
OF_ARRAYS = frozenset("forEach map flatMap filter some every find findIndex findLast findLastIndex sort".split())


def is_called_back(node: syntax.Call) -> bool:
    """Whether a call gives an asynchronous function to what does not know of promises."""
    first = node.arguments[0] if node.arguments else None
    if not isinstance(first, syntax.Function) or not first.is_async:
        return False
    if node.new:
        return isinstance(node.callee, syntax.Name) and node.callee.id == "Promise"
    return isinstance(node.callee, syntax.Member) and node.callee.name in OF_ARRAYS


def catches(code: syntax.Function) -> bool:
    """Whether all that a function does stands in a ``try`` that catches."""
    done = [statement for statement in code.body if not is_harmless(statement)]
    return bool(done) and all(isinstance(statement, syntax.Try) and statement.handlers for statement in done)


def is_harmless(statement: object) -> bool:
    """Whether a statement only names something: it awaits nothing."""
    return isinstance(statement, syntax.Assign | syntax.Function | syntax.Class) and not awaits(statement)


def awaits(found: object) -> bool:
    """Whether code awaits something, other than in functions inside it."""
    if isinstance(found, syntax.Await):
        return True
    if isinstance(found, tuple):
        return any(awaits(inner) for inner in found)
    return isinstance(found, syntax.Node) and any(awaits(inner) for inner in fields(found))


def written_name(node: syntax.Expression) -> str:
    """The last name of an expression."""
    if isinstance(node, syntax.Name):
        return node.id
    if isinstance(node, syntax.Member):
        return node.name
    if isinstance(node, syntax.Call | syntax.Await):
        return written_name(node.callee if isinstance(node, syntax.Call) else node.value)
    return ""


CALLBACK = regex(r"cb|callback|done|next|resolve|fn")


# Methods that are given the work itself, and give a promise of its end.
TRANSACTIONS = frozenset({"transaction", "$transaction"})


def takes_callback(node: syntax.Call, targets: tuple[Value, ...]) -> bool:
    """Whether a function of a library is told whom to call when it is done, and so gives no promise."""
    last = node.arguments[-1] if node.arguments else None
    if written_name(node.callee) in TRANSACTIONS:
        return False
    called_back = isinstance(last, syntax.Function) or (
        isinstance(last, syntax.Name) and CALLBACK.fullmatch(last.id) is not None
    )
    return called_back and any(isinstance(target, External) for target in targets)


class Reader:
    """Finds the calls that give a promise in functions that were run.

    Args:
        targets: what each call was seen to call; ``codes`` the functions.
        patterns: the paths of what gives one in libraries.
    """

    def __init__(
        self,
        targets: Mapping[Origin, tuple[Value, ...]],
        codes: Mapping[FunctionRef, Function],
        outermost: Mapping[Function, Body],
        patterns: Iterable[str],
        span: Callable[[Origin], Span],
        handlers: frozenset[FunctionRef] = frozenset(),
    ) -> None:
        self.handlers = handlers
        self.targets = targets
        self.codes = codes
        self.span = span
        self.pattern = Paths((*OF_LANGUAGES, *patterns))
        self.giving: dict[syntax.Function, bool] = {}
        self.matching: dict[str, bool] = {}
        self.outermost = outermost
        # By each function that they read.
        self.bodies = {code: body for body in outermost.values() for code in body.returns}
        self.references = {function.code: reference for reference, function in codes.items()}
        self.sites: dict[syntax.Function, list[Awaited]] = {}
        self.passing: dict[syntax.Function, list[syntax.Function]] = {}

    def read(self) -> list[Promised]:
        """All that is found, in order."""
        outermost = self.outermost
        for function in outermost:
            self.callers_in(function)
        found: list[Promised] = []
        for function in outermost:
            body = self.bodies[function.code]
            path = function.module.path
            for node, context, code in body.calls:
                targets = self.targets_of(path, node)
                if body.javascript and written_name(node.callee) in TRANSACTIONS:  # the work is called by it, too
                    targets = tuple(one for one in targets if isinstance(one, External)) or targets
                if targets and self.is_promise(targets) and not takes_callback(node, targets):
                    found.append(self.promised(path, node, targets, context, code, body))
                elif body.javascript and targets and is_called_back(node):
                    found.append(self.called_back(path, node, targets, context, code, body))
        return found

    def called_back(
        self,
        path: str,
        node: syntax.Call,
        targets: tuple[Value, ...],
        context: Context,
        code: syntax.Function,
        body: Body,
    ) -> Promised:
        """A call that is given an asynchronous function."""
        callback = node.arguments[0]
        assert isinstance(callback, syntax.Function)
        callee = node.callee
        name = callee.name if isinstance(callee, syntax.Member) else "Promise"
        place = callback.start, callback.start + len("async")
        return Promised(
            self.span(Origin(path, *place)),
            name,
            self.references.get(code),
            targets,
            next((target.path for target in targets if isinstance(target, External)), None),
            False,
            tuple(self.uses(path, context, code, body, flat=False)),
            caught=catches(callback),
            callback=self.references.get(callback) or self.references.get(code),
            waits=any(awaits(statement) for statement in callback.body),
            on=written_name(callee.object) if isinstance(callee, syntax.Member) else "",
        )

    def callers_in(self, function: Function) -> None:
        """Note where the calls in a function lead whose results are awaited or passed on."""
        body, path = self.bodies[function.code], function.module.path
        for node, context, code in body.awaits:
            for target in self.targets_of(path, node):
                if isinstance(target, Function):
                    self.sites.setdefault(target.code, []).append(Awaited(path, context, code, body))
        for node, context, code in body.calls:
            if context.kind == "returned" and (body.javascript or not code.is_async):
                for target in self.targets_of(path, node):
                    if isinstance(target, Function):
                        self.passing.setdefault(target.code, []).append(code)

    def targets_of(self, path: str, node: syntax.Call) -> tuple[Value, ...]:
        """What a call was seen to call."""
        return self.targets.get(Origin(path, node.start, node.end), ())

    def is_promise(self, targets: tuple[Value, ...]) -> bool:
        """Whether all that a call was seen to call gives a promise."""
        return all(self.gives(target) for target in targets)

    def gives(self, target: Value) -> bool:
        """Whether calling something gives a coroutine or a promise."""
        if isinstance(target, External):
            known = self.matching.get(target.path)
            if known is None:
                known = self.matching[target.path] = self.pattern.fullmatch(target.path) is not None
            return known
        if not isinstance(target, Function) or any(
            name.rpartition(".")[2] not in HARMLESS for name in target.decorators
        ):
            return False
        code = target.code
        if code not in self.giving:
            self.giving[code] = False  # where it calls itself
            if code.is_async:
                self.giving[code] = not is_generator(code)
            else:
                returns = self.returns_of(code)
                path = target.module.path
                self.giving[code] = (
                    bool(returns)
                    and all(self.is_given(path, value) for value in returns)
                    and (target.module.javascript or end_of(code.body, target.module.source.data) == "ends")
                )
        return self.giving[code]

    def returns_of(self, code: syntax.Function) -> list[syntax.Expression]:
        """What a function that was run gives."""
        body = self.bodies.get(code)
        return body.returns[code] if body is not None else []

    def is_given(self, path: str, node: syntax.Expression) -> bool:
        """Whether an expression surely is a promise."""
        if isinstance(node, syntax.Conditional):
            return self.is_given(path, node.then) and self.is_given(path, node.other)
        if not isinstance(node, syntax.Call):
            return False
        if node.new:
            return isinstance(node.callee, syntax.Name) and node.callee.id == "Promise"
        if isinstance(node.callee, syntax.Member) and node.callee.name in FOLLOWING:
            return self.is_given(path, node.callee.object)
        targets = self.targets_of(path, node)
        return bool(targets) and self.is_promise(targets)

    def promised(
        self,
        path: str,
        node: syntax.Call,
        targets: tuple[Value, ...],
        context: Context,
        code: syntax.Function,
        body: Body,
    ) -> Promised:
        """A call that gives a promise, with what is done with it."""
        followed = caught = False
        while context.kind == "read" and context.name in FOLLOWING and context.called and context.outer is not None:
            followed = True
            if context.call is not None:
                handlers = len(context.call.arguments)
                caught = (
                    caught or (context.name == "catch" and handlers > 0) or (context.name == "then" and handlers > 1)
                )
            context = context.outer
        library = next((target.path for target in targets if isinstance(target, External)), None)
        callee = node.callee
        name = getattr(callee, "name", "") or getattr(callee, "id", "")
        uses = () if followed and context.kind != "discarded" else tuple(self.uses(path, context, code, body))
        return Promised(
            self.span(Origin(path, node.start, node.end)),
            name,
            self.references.get(code),
            targets,
            library,
            not body.javascript,
            uses,
            followed,
            caught,
        )

    def uses(
        self, path: str, context: Context, code: syntax.Function, body: Body, depth: int = 0, *, flat: bool = True
    ) -> Iterator[Usage]:
        """What is done with a promise, through the variable that holds it.

        ``flat`` where a promise of it, as an asynchronous function of JavaScript gives, is the same as itself.
        """
        binding = context.binding
        if context.kind == "bound" and binding is not None and depth == 0:
            if binding.count != 1:
                yield Usage("kept", self.span(Origin(path, *context.place)))
                return
            for read in binding.reads:
                for use in self.uses(path, read, code, body, 1, flat=flat):
                    yield use._replace(name=use.name or binding.name)
            if not binding.reads:
                yield Usage("discarded", self.span(Origin(path, *context.place)), binding.name)
            return
        yield self.usage(path, context)
        if context.kind == "returned" and code.is_async and not (body.javascript and flat):
            yield from self.later(code, None, set())
        within = context.outer
        is_part = context.kind == "put" and context.slot is not None
        if is_part and within is not None and within.kind == "returned" and code.is_async:
            yield from self.later(code, context.slot, set())

    def later(self, code: syntax.Function, slot: Slot, seen: set[syntax.Function]) -> Iterator[Usage]:
        """What the callers of a function that await it do with the result, or with a part of it."""
        if code in seen:
            return
        seen.add(code)
        reference = self.references.get(code)
        if reference in self.handlers:
            yield Usage("answered", reference.span, caller=reference)
        for site in self.sites.get(code, ()):
            if site.context.kind == "returned" and site.code.is_async:
                yield from self.later(site.code, slot, seen)
                continue
            for context, name in parts(site.context, slot):
                if context.kind == "returned" or (context.kind == "bound" and context.binding is None):
                    continue
                for use in self.uses(site.path, context, site.code, site.body, 1):
                    if use.kind != "returned":
                        yield use._replace(name=use.name or name, caller=self.references.get(site.code))
        for caller in self.passing.get(code, ()):
            yield from self.later(caller, slot, seen)

    def usage(self, path: str, context: Context) -> Usage:
        """What is done with a promise, as a noun. What is put into a literal is given to whom the literal is given."""
        whole = context
        while whole.kind == "put" and whole.outer is not None:
            whole = whole.outer
        if whole.kind == "given":
            context = whole._replace(place=context.place)
        constant = isinstance(context.other, syntax.Const) or (
            isinstance(context.other, syntax.Name) and context.other.id in ("undefined", "NaN")
        )
        targets: tuple[Value, ...] = ()
        parameter: int | str | None = None
        if context.kind == "given" and context.call is not None:
            targets = self.targets_of(path, context.call)
            parameter = context.name or context.position
        return Usage(
            context.kind,
            self.span(Origin(path, *context.place)),
            context.name if context.kind in ("read", "compared") else "",
            context.called,
            targets,
            parameter,
            constant,
        )


def link_promised(facts: Facts) -> tuple[Promised, ...]:
    """The calls that give a promise in all functions that were run, below routes and beside them."""
    patterns = [pattern for pack in facts.book.packs for pattern in pack.promises]
    handlers = frozenset(function for _, function in facts.calls.entries)
    seen = facts.seen
    span = facts.program.engine.span
    return tuple(Reader(seen.targets, seen.codes, seen.bodies, patterns, span, handlers).read())
