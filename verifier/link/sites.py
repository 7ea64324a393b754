"""Where code speaks to a database: the calls of data libraries, as they were run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate.library import Call
from verifier.evaluate.values import (
    Bound,
    Choice,
    Const,
    External,
    Function,
    Instance,
    Origin,
    Partial,
    Record,
    Sequence,
    Term,
    Text,
    Unknown,
    Value,
    options,
)
from verifier.lift.nouns import Site
from verifier.link.asking import STATEMENT, asker
from verifier.regex import Paths

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.model import FunctionRef
    from verifier.packs import Pack

UNKNOWN_DRIVER = "?"  # the library of a statement's text that is handed to something unknown
DEEPEST = 6
LONGEST = 100  # items of a list that may change behind a call


class Sites:
    """Collects sites. ``wanted`` are the library paths whose calls are kept, ``refer`` gives functions as nouns."""

    def __init__(self, engine: Engine, wanted: Paths, refer: Callable[[Function], FunctionRef]) -> None:
        self.engine = engine
        self.wanted = wanted
        self.refer = refer
        self.found: dict[object, Site] = {}
        self.matching: dict[str, bool] = {}

    def is_wanted(self, path: str) -> bool:
        """Whether calls of a path build or send statements."""
        known = self.matching.get(path)
        if known is None:
            known = self.matching[path] = self.wanted.fullmatch(path) is not None
        return known

    def gave(self, made: Call, result: Value, caller: FunctionRef | None) -> None:
        """A call of a library gave a value."""
        path = path_of(made)
        if path is not None and self.is_wanted(path):
            self.keep(made, result, path, caller)

    def unknown(self, made: Call, caller: FunctionRef | None) -> None:
        """Something unknown was called: it is a site where it is given a statement's text."""
        if any(is_statement(argument) for argument in made.arguments[:2]):
            self.keep(made, Unknown("the result of a statement"), UNKNOWN_DRIVER, caller)

    def keep(self, made: Call, result: Value, path: str, caller: FunctionRef | None) -> None:
        engine = self.engine
        place = made.frame.module.path, made.node.start, made.node.end
        asked = asker(made)
        asking = (asked[1].module.path, asked[0].start, asked[0].end) if asked is not None else place
        key = place, path, made.content, asking
        known = self.found.get(key)
        if known is not None:
            if engine.loops and not known.loops:
                self.found[key] = known._replace(loops=engine.loops)
            return
        made.arguments[:] = [as_given(argument) for argument in made.arguments]
        made.keywords.update({name: as_given(argument) for name, argument in made.keywords.items()})
        sent = engine.span(Origin(*place))
        certain = not engine.conditional
        if asked is not None:
            span = engine.span(Origin(*asking))
            caller = self.refer(asked[1].function) if asked[1].function is not None else None
            self.found[key] = Site(made, result, path, span, span, caller, certain, engine.loops, False, sent, asked[0])
            return
        start = engine.span(Origin(place[0], beginning(made, self.is_wanted), place[2]))
        self.found[key] = Site(made, result, path, sent, start, caller, certain, engine.loops, False, sent)


def as_given(value: Value, depth: int = 0) -> Value:
    """A list or mapping as it is now: what is added to it behind the call is no part of the statement."""
    if depth > DEEPEST:
        return value
    if type(value) is Sequence and len(value.items) <= LONGEST:
        items = [as_given(item, depth + 1) for item in value.items]
        return Sequence(items, value.kind, complete=value.complete, element=value.element, origin=value.origin)
    if type(value) is Record and len(value.entries) <= LONGEST:
        entries = {key: as_given(entry, depth + 1) for key, entry in value.entries.items()}
        made = Record(entries, complete=value.complete, element=value.element, origin=value.origin)
        made.places = dict(value.places)
        return made
    return value


def beginning(made: Call, wanted: Callable[[str], object]) -> int:
    """Where the first call of a statement's chain begins, as far as it is written in the same function.

    ``wanted`` tells the paths of calls that belong to statements: a session that is made for them is no part of them.
    """
    code, module = made.frame.function and made.frame.function.code, made.frame.module
    start = made.node.start
    for call in chain(made):
        within = call.frame.function.code if call.frame.function is not None else None
        if call.frame.module is module and within is code and isinstance(call.node, syntax.Call):
            path = path_of(call)
            if path is not None and wanted(path):
                start = min(start, call.node.start)
    return start


def path_of(made: Call) -> str | None:
    """The library path of what is called."""
    callee = made.callee
    if isinstance(callee, External):
        return callee.path
    return f"{callee.path}()" if isinstance(callee, Instance) and callee.path is not None else None


def is_statement(value: Value) -> bool:
    """Whether a value is a text that begins as a statement does."""
    for option in options(value):
        if isinstance(option, Const) and isinstance(option.value, str) and STATEMENT.match(option.value):
            return True
        if isinstance(option, Text) and isinstance(option.parts[0], str) and STATEMENT.match(option.parts[0]):
            return True
    return False


def chain(made: Call) -> Iterator[Call]:
    """A call, and those before it whose results it was made on."""
    call: Call | None = made
    for _ in range(500):
        if call is None:
            return
        yield call
        callee = call.callee
        receiver = callee.receiver if isinstance(callee, External) else callee
        call = receiver.made_by if isinstance(receiver, Instance) else None


def used_in(sites: Iterable[Site]) -> set[int]:
    """The results that became part of another site's statement, by identity."""
    used: set[int] = set()
    for site in sites:
        callee = site.call.callee
        receiver = callee.receiver if isinstance(callee, External) else callee
        given = [receiver, *site.call.arguments, *site.call.keywords.values()]
        for value in given:
            if value is not None:
                mark(value, used, 0)
    return used


def mark(value: Value, used: set[int], depth: int) -> None:
    """Note a value and what it is made of."""
    if id(value) in used or depth > DEEPEST:
        return
    inner: Iterable[Value] = ()
    if isinstance(value, Instance):
        used.add(id(value))
        if value.made_by is not None and type(value) is Instance:  # what a helper function of a library was given
            made = value.made_by
            receiver = made.callee.receiver if isinstance(made.callee, External) else None
            inner = [*([receiver] if receiver is not None else ()), *made.arguments, *made.keywords.values()]
    elif isinstance(value, External):
        inner = [value.receiver] if value.receiver is not None else ()
    elif isinstance(value, Choice):
        inner = value.options
    elif isinstance(value, Term):
        inner = value.operands
    elif isinstance(value, Sequence):
        inner = [*value.items, *([value.element] if value.element is not None else ())]
    elif isinstance(value, Record):
        inner = [*value.entries.values(), *([value.element] if value.element is not None else ())]
    elif isinstance(value, Text):
        inner = value.pieces
    elif isinstance(value, Bound):
        inner = [value.value]
    elif isinstance(value, Partial):
        inner = [*value.arguments, *value.keywords.values()]
    for part in inner:
        mark(part, used, depth + 1)


def finished(sites: Iterable[Site]) -> tuple[Site, ...]:
    """The sites in the order in which they were run, with whether each became part of another one."""
    found = tuple(sites)
    used = used_in(found)
    return tuple(site._replace(consumed=True) if id(site.result) in used else site for site in found)


def statements_of(pack: Pack) -> tuple[str, ...]:
    """The paths of a pack's calls that build or send statements."""
    if pack.statements or pack.data is None:
        return pack.statements
    return (*pack.data.calls, *pack.data.raw)


def pattern_of(packs: Iterable[Pack], *, giving: bool = False) -> Paths:
    """The same of several packs; ``giving``: and of the calls of which they know what they give."""
    return Paths(pattern for pack in packs for pattern in (*statements_of(pack), *(pack.fetches if giving else ())))
