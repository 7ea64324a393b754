"""``with`` blocks over what a library gives, and what is done with it behind them; calls that are awaited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.values import External, Instance, Origin, Value

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.link.bodies import Context
    from verifier.model import FunctionRef, Span


class Block(NamedTuple):
    """A block over what a call of a library gives.

    Attributes:
        span: the call; ``library`` its path.
        awaited: whether what the call gives is awaited before it is entered.
        name: the variable that the block binds.
        behind: calls of methods of that variable behind the block: the method's name, and where that is written.
    """

    span: Span
    library: str
    awaited: bool
    name: str
    behind: tuple[tuple[str, Span], ...]
    function: FunctionRef | None


class AwaitedCall(NamedTuple):
    """A call that is awaited where it is written.

    Attributes:
        targets: what it was seen to call.
        handed: whether it is given a function.
        name: the one variable that holds the result; empty where none does, or where more is done with that variable
            than calling its methods and handing it to calls.
        methods: the methods of that variable that are called.
    """

    span: Span
    targets: tuple[Value, ...]
    function: FunctionRef | None
    handed: bool
    name: str = ""
    methods: frozenset[str] = frozenset()


def link_awaited(facts: Facts) -> tuple[AwaitedCall, ...]:
    """All calls that are awaited, in functions that were run."""
    return tuple(awaited_in(facts))


def awaited_in(facts: Facts) -> Iterator[AwaitedCall]:
    """Read the calls."""
    seen = facts.seen
    references = {function.code: reference for reference, function in seen.codes.items()}
    span = facts.program.engine.span
    for function, body in seen.bodies.items():
        for node, context, code in body.awaits:
            place = Origin(function.module.path, node.start, node.end)
            if place not in seen.targets:
                continue
            handed = any(isinstance(argument, syntax.Function) for argument in node.arguments)
            found = AwaitedCall(span(place), seen.targets[place], references.get(code), handed)
            binding = context.binding if context.kind == "bound" else None
            if binding is not None and binding.count == 1:
                reads = binding.reads
                if all(read.kind in ("read", "given", "awaited") or is_option(read) for read in reads):
                    methods = frozenset(read.name for read in reads if read.kind == "read")
                    found = found._replace(name=binding.name, methods=methods)
            yield found


def is_option(read: Context) -> bool:
    """Whether a variable is put into what a call is given (`{ transaction }`)."""
    while read.kind == "put" and read.outer is not None:
        read = read.outer
    return read.kind == "given"


def link_blocks(facts: Facts) -> tuple[Block, ...]:
    """All blocks in functions that were run, in order."""
    return tuple(blocks_of(facts))


def blocks_of(facts: Facts) -> Iterator[Block]:
    """Read the blocks. A variable that is bound a second time says nothing of the first."""
    seen = facts.seen
    references = {function.code: reference for reference, function in seen.codes.items()}
    span = facts.program.engine.span
    for function, body in seen.bodies.items():
        path = function.module.path
        for value, binding, end, code in body.blocks:
            awaited = isinstance(value, syntax.Await)
            call = value.value if isinstance(value, syntax.Await) else value
            if not isinstance(call, syntax.Call):
                continue
            place = Origin(path, call.start, call.end)
            found = {getattr(target, "path", None) for target in seen.targets.get(place, ()) if is_foreign(target)}
            library = found.pop() if len(found) == len(seen.targets.get(place, ())) == 1 else None
            if library is None:
                continue
            reads = binding.reads if binding is not None and binding.count == 1 else ()
            yield Block(
                span(place),
                library,
                awaited,
                binding.name if binding is not None else "",
                tuple(
                    (read.name, span(Origin(path, *read.place)))
                    for read in reads
                    if read.kind == "read" and read.called and read.place[0] > end
                ),
                references.get(code),
            )


def is_foreign(target: object) -> bool:
    """Whether something that is called is of a library."""
    return isinstance(target, External) or (isinstance(target, Instance) and target.path is not None)
