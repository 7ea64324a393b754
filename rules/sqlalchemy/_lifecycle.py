"""When sessions end and objects expire: what functions read of their objects behind a commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Entity,
    External,
    Facts,
    Function,
    FunctionRef,
    Instance,
    Origin,
    Read,
    Span,
    Value,
    bound_in,
    is_test,
    nodes_in,
    reads_behind,
    regex,
    syntax,
)

from ._awaitables import ASYNC_SESSION
from ._sessions import HOLDER, SessionMaker

KEEPING = regex(rb"expire_on_commit(?!\s*=\s*True\b)")
ASYNC_COMMIT = regex(rf"{ASYNC_SESSION}\.commit")
COMMIT = regex(rf"{HOLDER}\.commit")
CLOSE = regex(rf"{HOLDER}\.(?:close|remove)")
ASYNC_BEGIN = regex(rf"(?:{ASYNC_SESSION}|sqlalchemy\.ext\.asyncio(?:\.session)?\.async_sessionmaker)(?:\(\))?\.begin")
# What makes a session that the end of its block closes.
OPENING = regex(r"sqlalchemy(?:\.\w+)*\.(?:sessionmaker(?:\(\))*|Session|sessionmaker(?:\(\))?\.begin)")
# What brings an object up to date, or takes it out of its session.
RENEWING = frozenset({"refresh", "expunge", "expunge_all", "merge", "make_transient", "make_transient_to_detached"})


class Late(NamedTuple):
    """An attribute that is read of an object that has expired.

    Attributes:
        span: where it is read, or where the object is handed on to be read.
        name: the variable; ``attribute`` what is read of it, where that is known.
        behind: the commit, or the block that commits.
        is_async: whether the session is an asynchronous one.
    """

    span: Span
    name: str
    attribute: str
    entity: Entity
    behind: Span
    is_async: bool
    function: FunctionRef


def expires(facts: Facts) -> bool:
    """Whether commits expire all objects: nothing in the project says otherwise."""
    return not any(
        KEEPING.search(source.data)
        for path, source in facts.project.files.items()
        if source.language == "python" and not is_test(path)
    )


def makers(facts: Facts) -> list[SessionMaker]:
    """What makes the sessions, as far as it was seen."""
    return [found for found in facts.program.engine.objects if isinstance(found, SessionMaker) and found.origin]


def late_reads(facts: Facts) -> Iterator[Late]:
    """What is read behind a commit, in functions on the way of a route."""
    reading = Reading(facts)
    for reference in facts.calls.reaching:
        function = facts.calls.codes.get(reference)
        if function is not None and not function.module.javascript:
            yield from reading.of(reference, function)


class Reading:
    """Looks at functions, one by one."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.seen = facts.seen
        self.references = {function.code: reference for reference, function in facts.calls.codes.items()}
        self.direct: dict[FunctionRef, set[str]] = {}
        for call in facts.calls.calls:
            if call.caller is not None and call.library is not None:
                self.direct.setdefault(call.caller, set()).add(call.library)
        self.below: dict[FunctionRef, frozenset[str]] = {}
        self.calls: dict[syntax.Function, list[tuple[syntax.Call, Function]]] = {}
        for function, body in self.seen.bodies.items():
            for node, _, code in body.calls:
                self.calls.setdefault(code, []).append((node, function))

    def reached(self, target: Value) -> frozenset[str]:
        """The paths of libraries that a call of something reaches."""
        if isinstance(target, External):
            return frozenset({target.path})
        reference = self.references.get(target.code) if isinstance(target, Function) else None
        if reference is None:
            return frozenset()
        if reference not in self.below:
            found: set[str] = set()
            for inner in self.facts.calls.below(reference):
                found |= self.direct.get(inner, set())
            self.below[reference] = frozenset(found)
        return self.below[reference]

    def targets(self, path: str, node: syntax.Call) -> tuple[Value, ...]:
        """What a call was seen to call."""
        return self.seen.targets.get(Origin(path, node.start, node.end), ())

    def of(self, reference: FunctionRef, function: Function) -> Iterator[Late]:
        """What one function reads behind a commit."""
        path, code = reference.path, function.code
        places: dict[tuple[int, int], bool] = {}  # whether it is one of an asynchronous session
        ends: dict[tuple[int, int], bool] = {}
        blocks = [node for node in nodes_in(code.body) if isinstance(node, syntax.With)]
        commits: list[int] = []
        for node, _ in self.calls.get(code, ()):
            for target in self.targets(path, node):
                paths = self.reached(target)
                place = node.start, node.end
                if any(ASYNC_COMMIT.fullmatch(found) for found in paths):
                    places[place] = True
                elif any(COMMIT.fullmatch(found) for found in paths):
                    commits.append(node.start)
                    if any(CLOSE.fullmatch(found) for found in paths) and isinstance(target, Function):
                        ends[place] = False
                if isinstance(target, External | Instance) and ASYNC_BEGIN.fullmatch(target.path or ""):
                    ends[place] = True
        for block in blocks:
            for item in block.items:
                value = item.value
                place = value.start, value.end
                if place in places:  # a block of the project's own, which commits where it ends
                    ends[place] = places.pop(place)
                if not isinstance(value, syntax.Call) or not any(block.start < at < block.end for at in commits):
                    continue
                opened = [getattr(target, "path", None) for target in self.targets(path, value)]
                if opened and all(found is not None and OPENING.fullmatch(found) for found in opened):
                    ends[place] = False
        ends = {place: kind for place, kind in ends.items() if any(is_entered(block, place) for block in blocks)}
        if places or ends:
            yield from self.behind(reference, function, places, ends)

    def behind(
        self,
        reference: FunctionRef,
        function: Function,
        places: dict[tuple[int, int], bool],
        ends: dict[tuple[int, int], bool],
    ) -> Iterator[Late]:
        """What is read behind some places."""
        code, path = function.code, reference.path
        bound = Counter(bound_in(code.body, False))
        parameters = {parameter.name for parameter in code.parameters}
        renewed: set[str] = set()
        over = {place: place[1] for place in places}
        for node in nodes_in(code.body):
            if isinstance(node, syntax.With):
                over.update({place: node.end for place in ends if is_entered(node, place)})
        made = {
            target.id: node.start
            for node in nodes_in(code.body)
            if isinstance(node, syntax.Assign)
            for target in node.targets
            if isinstance(target, syntax.Name)
        }
        span = self.facts.program.engine.span
        for read in reads_behind(code, set(places), set(ends)):
            name = read.name.id
            if bound[name] != 1 or name in parameters or name in renewed:
                continue
            if made.get(name, over[read.behind]) >= over[read.behind]:
                continue  # it is made behind that
            around = read.around
            if isinstance(around, syntax.Call) and method_of(around) in RENEWING:
                renewed.add(name)
                continue
            found = self.read_of(path, read)
            if found is not None:
                attribute, entity = found
                kind = {**places, **ends}[read.behind]
                at = span(Origin(path, around.start, around.end))
                yield Late(at, name, attribute, entity, span(Origin(path, *read.behind)), kind, reference)

    def read_of(self, path: str, read: Read) -> tuple[str, Entity] | None:
        """The attribute that is read of a variable, by the function itself or by one that it hands it to."""
        around = read.around
        if isinstance(around, syntax.Member):
            cls = self.seen.members.get(Origin(path, around.start, around.end))
            entity = self.facts.entity_of(cls) if cls is not None else None
            return (around.name, entity) if entity is not None and is_stored(entity, around.name) else None
        if not isinstance(around, syntax.Call):
            return None
        position = next((n for n, given in enumerate(around.arguments) if given is read.name), None)
        for target in self.targets(path, around):
            if not isinstance(target, Function) or position is None:
                continue
            place = position + (target.bound is not None and not target.code.static)
            if place < len(target.code.parameters):
                found = self.read_by(target, target.code.parameters[place].name)
                if found is not None:
                    return found
        return None

    def read_by(self, function: Function, name: str) -> tuple[str, Entity] | None:
        """The attribute that a function surely reads of its parameter: in one of its own statements."""
        for statement in function.code.body:
            if isinstance(statement, syntax.Return | syntax.Evaluate | syntax.Assign):
                for node in nodes_in(statement):
                    if (
                        isinstance(node, syntax.Member)
                        and isinstance(node.object, syntax.Name)
                        and node.object.id == name
                    ):
                        cls = self.seen.members.get(Origin(function.module.path, node.start, node.end))
                        entity = self.facts.entity_of(cls) if cls is not None else None
                        if entity is not None and is_stored(entity, node.name):
                            return node.name, entity
        return None


def is_entered(block: syntax.With, place: tuple[int, int]) -> bool:
    """Whether a block is over a call."""
    return any((item.value.start, item.value.end) == place for item in block.items)


def method_of(node: syntax.Call) -> str:
    """The name by which a call calls."""
    callee = node.callee
    return callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""


def is_stored(entity: Entity, name: str) -> bool:
    """Whether an attribute is a column of an entity."""
    return entity.orm == "sqlalchemy" and any(column.attribute == name for column in entity.columns)
