"""Who is let in: each operation of the contract, tried with several ``Authorization`` headers.

The handler of the route that answers it is run as for its calls, behind its own middleware, on a request whose header
is known; what refuses the request is kept. Nothing of the project is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier import syntax
from verifier.evaluate.frames import BudgetError
from verifier.evaluate.probing import Probe, TurnedAway
from verifier.evaluate.values import Const, Function, Origin, Value
from verifier.link.matching import answers
from verifier.model import Operation, Route, Span
from verifier.syntax import nodes_in

if TYPE_CHECKING:
    from verifier.link import Facts

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
STEPS = 6_000
# What of an engine belongs to what it is running.
OF_A_RUN = tuple(
    "stack receivers conditional watcher limit remembers proxies loops ways running within tries among".split()
)


class Outcome(Struct, frozen=True):
    """What became of one request.

    Attributes:
        refused: whether it is turned away on every way; ``denied`` with what says that it may not be let in.
        doubted: where something may turn it away and say that it may not be let in.
        read: whether anything has read the header.
        complete: whether all of the code was run.
        place: where it is turned away, ``cause`` where an error was raised first, though it may have been caught, and
            ``by``, where the middleware was put up that does it.
        sought: what was read of the request that nothing had put there, with the places; ``put`` is what was put there,
            ``found`` what of it was read.
        ran: the functions that it ran through.
        library: whether there is middleware in front that cannot be seen.
    """

    refused: bool
    read: bool
    complete: bool
    denied: bool = False
    place: Span | None = None
    cause: Span | None = None
    by: Span | None = None
    doubted: frozenset[Span | None] = frozenset()
    sought: tuple[tuple[str, Span], ...] = ()
    found: frozenset[str] = frozenset()
    put: tuple[str, ...] = ()
    ran: tuple[Function, ...] = ()
    library: bool = False


class Access(Struct, frozen=True):
    """How an operation answers without a header, with that of the contract's scheme, and with those of others."""

    operation: Operation
    route: Route
    stranger: Outcome
    asked: Outcome | None
    others: dict[str, Outcome]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The other schemes that are let in, where that of the contract is not."""
        return tuple(scheme for scheme, found in self.others.items() if found.read and not found.refused)


def link_access(facts: Facts) -> tuple[Access, ...]:
    """Try the operations that a route answers."""
    contract = facts.contract
    if contract is None or not any(operation.security for operation in contract.operations):
        return ()
    facts.calls  # noqa: B018 -- what is run here must not be remembered for it
    found: list[Access] = []
    schemes = [scheme for scheme in ("Bearer", "JWT", "Token", "") if scheme.lower() != contract.scheme.lower()]
    pairs = [
        (operation, route)
        for operation in contract.operations
        for route in first_of_each(route for route in facts.served_routes if answers(route, operation))
    ]
    for operation, route in pairs:
        stranger = tried(facts, route, None)
        wanted = bool(contract.scheme) and (operation.security or stranger.refused)
        asked = tried(facts, route, contract.scheme) if wanted else None
        others: dict[str, Outcome] = {}
        if (asked is not None and asked.refused) or (asked is None and stranger.refused):
            others = {scheme: tried(facts, route, scheme) for scheme in schemes}
        found.append(Access(operation, route, stranger, asked, others))
    return tuple(found)


def first_of_each(routes: Iterable[Route]) -> list[Route]:
    """Of some routes, the first of each application."""
    found: dict[str, Route] = {}
    for route in routes:
        found.setdefault(route.application, route)
    return list(found.values())


def tried(facts: Facts, route: Route, scheme: str | None) -> Outcome:
    """One request."""
    from verifier.link.calls import run_handler

    engine = facts.program.engine
    place = facts.routes.index(route)
    handler = facts.table.handlers[place]
    if not isinstance(handler, Function):
        return Outcome(False, False, False)
    header = None if scheme is None else f"{scheme} {TOKEN}".strip()
    probe = Probe(
        header,
        TOKEN,
        facts.table.chain(route),
        lambda: engine.running.code if engine.running is not None else None,
        (route.method, route.path),
    )
    probe.ran[handler.code] = handler
    kept = {name: getattr(engine, name) for name in OF_A_RUN}
    engine.stack, engine.receivers, engine.conditional, engine.watcher = [], set(), 0, None
    engine.limit, engine.remembers, engine.proxies = engine.steps + STEPS, False, dict(engine.proxies)
    engine.probe = probe
    complete = True
    try:
        run_handler(facts.program, route, handler)
    except TurnedAway:
        pass  # the framework answers it
    except (BudgetError, RecursionError):
        complete = False
    finally:
        engine.probe = None
        for name, value in kept.items():
            setattr(engine, name, value)
    return outcome(facts, probe, complete=complete)


# Methods by which code looks at a scheme.
TESTS = frozenset(
    "startswith startsWith split partition replace removeprefix match fullmatch search test exec includes indexOf find "
    "lower toLowerCase slice index compile sub lstrip strip".split()
)


def scheme_words(facts: Facts, functions: Iterable[Function], scheme: str) -> list[Span]:
    """Where functions look for a scheme: a text or pattern that is compared with, split by, tested."""
    wanted = re.compile(rf"(?i)\W*(?:\\\w)*{re.escape(scheme)}(?![A-Za-z])")
    found: list[Span] = []
    named: list[Span] = []
    for function in functions:
        members = function.owner.members if function.owner is not None else {}
        for node in tests_in(function.code.body):
            for inner in nodes_in(node):
                held: Value | None = None
                if isinstance(inner, syntax.Name):
                    scope = function.scope.find(inner.id)
                    held = scope.names[inner.id] if scope is not None else None
                elif isinstance(inner, syntax.Member):
                    held = members.get(inner.name)
                if isinstance(held, Const) and isinstance(held.value, str) and wanted.match(held.value):
                    origin = held.origin or Origin(function.module.path, inner.start, inner.end)
                    named.append(facts.program.engine.span(origin))
                text = inner.value if isinstance(inner, syntax.Const) else None
                text = inner.source if isinstance(inner, syntax.Pattern) else text
                if isinstance(text, bytes):
                    text = text.decode("utf-8", "replace")
                if isinstance(text, str) and wanted.match(text):
                    found.append(facts.program.engine.span(Origin(function.module.path, inner.start, inner.end)))
    return list(dict.fromkeys([*found, *named]))


def kept_at(facts: Facts, outcome: Outcome, name: str) -> Span | None:
    """Where what a request ran through puts something on it under a name."""
    for function in outcome.ran:
        for node in nodes_in(function.code.body):
            found: syntax.Place | None = None
            if isinstance(node, syntax.Assign):
                found = next((target for target in node.targets if names(target, name)), None)
            elif isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.callee.name == "set":
                first = node.arguments[0] if node.arguments else None
                found = first if isinstance(first, syntax.Const) and first.value == name else None
            if found is not None:
                return facts.program.engine.span(Origin(function.module.path, found.start, found.end))
    return None


def names(target: syntax.Expression, name: str) -> bool:
    """Whether a target is an attribute or an item of a name."""
    if isinstance(target, syntax.Index):
        return isinstance(target.index, syntax.Const) and target.index.value == name
    return isinstance(target, syntax.Member) and target.name == name


def tests_in(body: object) -> Iterator[syntax.Node]:
    """The comparisons and calls in some code by which a text may be looked at."""
    for node in nodes_in(body):
        callee = node.callee if isinstance(node, syntax.Call) else None
        asks = isinstance(callee, syntax.Member) and callee.name in TESTS
        if asks or isinstance(node, syntax.Binary | syntax.Pattern):
            yield node


def outcome(facts: Facts, probe: Probe, *, complete: bool) -> Outcome:
    """What a request came to."""

    def span(origin: Origin | None) -> Span | None:
        return facts.program.engine.span(origin) if origin is not None else None

    sure = next((found for found in probe.refusals if found.sure), None)
    return Outcome(
        refused=sure is not None,
        read=probe.read,
        complete=complete,
        denied=sure is not None and sure.denies,
        place=span(sure.place) if sure is not None else None,
        cause=span(probe.cause),
        by=span(sure.by) if sure is not None else None,
        doubted=frozenset(span(found.place) for found in probe.refusals if found.denies),
        sought=tuple((name, facts.program.engine.span(place)) for name, place in probe.sought),
        found=frozenset(probe.found),
        put=tuple(probe.put),
        ran=tuple(probe.ran.values()),
        library=probe.unseen,
    )
