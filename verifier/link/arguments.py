"""What Python functions take, what calls give them, and what Python says where the two do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.values import Class, Function, Origin, Value
from verifier.link.bodies import Body, outermost

if TYPE_CHECKING:
    from verifier.link import Facts


class OwnCall(NamedTuple):
    """A call of functions and classes of the project alone, as far as it was seen to run.

    Attributes:
        path: the file that makes it; ``place`` the whole of it.
        name: the word by which it calls.
        node: the call; ``around`` the function that makes it.
        targets: what was seen to be called, each once; the constructor of a class is not told beside it.
    """

    path: str
    name: str
    node: syntax.Call
    around: syntax.Function
    targets: tuple[Function | Class, ...]

    @property
    def place(self) -> Origin:
        """Where it is written."""
        return Origin(self.path, self.node.start, self.node.end)


def own_calls(facts: Facts) -> tuple[OwnCall, ...]:
    """The calls of the project's own functions and classes in functions that were run, in order of the files."""
    known: tuple[OwnCall, ...] | None = facts.__dict__.get("own_calls")
    if known is None:
        known = facts.__dict__["own_calls"] = tuple(read_calls(facts))
    return known


def read_calls(facts: Facts) -> Iterator[OwnCall]:
    """The same, one by one."""
    seen, further = facts.seen, facts.calls_suspected
    read = {code for body in seen.bodies.values() for code in body.returns}
    bodies = list(seen.bodies.items())
    for function in outermost(one for one in further.codes.values() if one.code not in read):
        bodies.append((function, Body(function.module.javascript)))
        bodies[-1][1].function(function.code)
    for function, body in bodies:
        path = function.module.path
        for node, _, around in body.calls:
            name = called_name(node.callee) if node.end > node.start else ""  # else a library makes it
            place = Origin(path, node.start, node.end)
            targets = own_targets((*seen.targets.get(place, ()), *further.targets.get(place, ()))) if name else ()
            if targets:
                yield OwnCall(path, name, node, around, targets)


def called_name(callee: syntax.Expression) -> str:
    """The last word of what is called."""
    if isinstance(callee, syntax.Member):
        return callee.name
    return callee.id if isinstance(callee, syntax.Name) else ""


def own_targets(targets: Iterable[Value]) -> tuple[Function | Class, ...]:
    """What is called, where all of it is of the project; else nothing."""
    found: dict[object, Function | Class] = {}
    for target in targets:
        if not isinstance(target, Function | Class):
            return ()
        found.setdefault(target.code, target)
    classes = [one for one in found.values() if isinstance(one, Class)]
    if not classes:
        return tuple(found.values())
    inner = {code for one in classes for code in constructors(one)}
    return tuple(one for one in found.values() if one.code not in inner)


def constructors(cls: Class) -> Iterator[syntax.Function]:
    """The constructors of a class and of its ancestors."""
    for one in cls.lineage():
        for name in ("__init__", "constructor"):
            found = one.members.get(name) if isinstance(one, Class) else None
            if isinstance(found, Function):
                yield found.code


class Given(NamedTuple):
    """What a call gives, as it is written.

    Attributes:
        positional: how many arguments by their place; ``more`` whether ``*`` adds others.
        names: those given by name, in order; ``others`` whether ``**`` adds others.
    """

    positional: int
    names: tuple[str, ...]
    more: bool
    others: bool


class Taken(NamedTuple):
    """What a function takes.

    Attributes:
        label: the function as errors name it.
        positional: the parameters that take arguments by place, in order; the first ``only`` of them by place alone.
        named: those that take an argument by name alone.
        required: the ones of both that have no default.
        rest: whether ``*`` takes further arguments; ``keywords`` whether ``**`` does.
        bound: how many of the first are given by the object that the function is read from.
    """

    label: str
    positional: tuple[str, ...]
    only: int
    named: tuple[str, ...]
    required: frozenset[str]
    rest: bool
    keywords: bool
    bound: int


def given_by(node: syntax.Call) -> Given:
    """What a call gives."""
    positional, names, more, others = 0, list[str](), False, False
    for argument in node.arguments:
        if isinstance(argument, syntax.Spread):
            more = True
        elif not isinstance(argument, syntax.Keyword):
            positional += 1
        elif argument.name is None:
            others = True
        else:
            names.append(argument.name)
    return Given(positional, tuple(names), more, others)


def taken_by(code: syntax.Function, bound: int, label: str | None = None) -> Taken:
    """What a Python function takes, ``bound`` of whose parameters are given already."""
    plain = [one for one in code.parameters if one.kind in ("plain", "positional")]
    named = [one for one in code.parameters if one.kind == "keyword"]
    kinds = {one.kind for one in code.parameters}
    return Taken(
        f"{code.qualified}()" if label is None else label,
        tuple(one.name for one in plain),
        sum(one.kind == "positional" for one in plain),
        tuple(one.name for one in named),
        frozenset(one.name for one in (*plain, *named) if one.default is None),
        "rest" in kinds,
        "keywords" in kinds,
        bound,
    )


def refusal(taken: Taken, given: Given) -> str | None:
    """What Python says of a call, without the word ``TypeError``; None where it may be fine."""
    label, placed = taken.label, given.positional + taken.bound
    filled = set(taken.positional[:placed])
    by_name = (*taken.positional[taken.only :], *taken.named)
    for name in given.names:
        if name in by_name:
            if name in filled:
                return f"{label} got multiple values for argument '{name}'"
            filled.add(name)
        elif not taken.keywords:
            apart = [one for one in taken.positional[: taken.only] if one in given.names]
            if apart:
                listed = ", ".join(apart)
                return f"{label} got some positional-only arguments passed as keyword arguments: '{listed}'"
            return f"{label} got an unexpected keyword argument '{name}'"
    if placed > len(taken.positional) and not taken.rest:
        return too_many(taken, given, placed)
    if given.others:
        return None
    if not given.more:
        told = missing(taken, "positional", [one for one in taken.positional if one not in filled])
        if told is not None:
            return told
    return missing(taken, "keyword-only", [one for one in taken.named if one not in filled])


def lacking(taken: Taken, given: Given) -> list[str]:
    """The parameters that a call without ``*`` and ``**`` leaves without a value."""
    filled = {*taken.positional[: given.positional + taken.bound], *given.names}
    return [name for name in (*taken.positional, *taken.named) if name in taken.required and name not in filled]


def too_many(taken: Taken, given: Given, placed: int) -> str:
    """What Python says of further arguments."""
    most = len(taken.positional)
    least = sum(name in taken.required for name in taken.positional)
    takes = f"from {least} to {most}" if least < most else str(most)
    plural = "s" if most != 1 or least < most else ""
    beside = [name for name in given.names if name in taken.named]
    also = ""
    if beside:
        own = "" if placed == 1 else "s"
        also = f" positional argument{own} (and {len(beside)} keyword-only argument{'s' * (len(beside) != 1)})"
    verb = "was" if placed == 1 and not beside else "were"
    return f"{taken.label} takes {takes} positional argument{plural} but {placed}{also} {verb} given"


def missing(taken: Taken, kind: str, names: Iterable[str]) -> str | None:
    """What Python says of parameters that have no default and are given nothing."""
    lacking = [f"'{name}'" for name in names if name in taken.required]
    if not lacking:
        return None
    listed = f"{', '.join(lacking[:-1])}, and {lacking[-1]}" if len(lacking) > 2 else " and ".join(lacking)
    plural = "s" if len(lacking) > 1 else ""
    return f"{taken.label} missing {len(lacking)} required {kind} argument{plural}: {listed}"
