"""What the handlers of routes answer: the status, and the shape of the JSON.

Each handler is run on what its framework gives it, and the framework's pack says what of that run is sent
(``Pack.answers``). What a value becomes in JSON is told from the value itself, and by the packs of the libraries that
serialize it (``Pack.shows``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard

from msgspec import Struct

from verifier import syntax
from verifier.evaluate import calling
from verifier.evaluate.demands import Demanded
from verifier.evaluate.frames import BudgetError, Frame, Watcher
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.replies import Answering, Reply, Sent, statuses
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    External,
    Function,
    Generator,
    Instance,
    Native,
    Origin,
    Record,
    Scope,
    Sequence,
    Text,
    Typed,
    Value,
    options,
    reason_of,
)
from verifier.link.calls import STEPS_PER_ROUTE, given_to, gives_of
from verifier.link.demands import demanded
from verifier.model import Route, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link.program import Program
    from verifier.packs import Pack

Kind: TypeAlias = Literal[
    "object", "array", "string", "integer", "number", "boolean", "null", "nothing", "choice", "unknown"
]
DEEPEST = 14
MOST_RECORDS = 5_000
CHECKING = regex(rb"(?i)\b(?:safe_?)?(?:parse|validate)(?:Async)?\(")
CHANGING = regex(r"(?i)add|bulk|commit|create|delete|destroy|exec|flush|insert|remove|run|save|set|update|upsert")
WIDEST = 24  # options that are looked at
# Plain types, as both languages call them.
PLAIN: Mapping[str, Kind] = {
    "str": "string",
    "string": "string",
    "int": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
}
TEXTS = (".isoformat()", ".toISOString()", ".strftime()", ".toString()", ".hexdigest()", "jsonwebtoken.sign()")


class Shape(Struct, frozen=True):
    """What a value is in JSON.

    Attributes:
        kind: ``nothing`` is what JSON leaves out (``undefined``), ``choice`` one of several ``options``.
        fields: of an object; where ``open`` is set, it may have others.
        places: where the names of fields are written, as far as known.
        item: what the items of an array are.
        origin: where it is written.
        constant: whether it is written there as a literal, all of it.
        reason: why it is unknown, in words that complete "depends on ...".
        value: what it was made of.
    """

    kind: Kind
    fields: Mapping[str, Shape] = {}
    places: Mapping[str, Origin] = {}
    open: bool = False
    item: Shape | None = None
    options: tuple[Shape, ...] = ()
    origin: Origin | None = None
    constant: bool = False
    reason: str = ""
    value: Value | None = None

    @property
    def ways(self) -> tuple[Shape, ...]:
        """The shapes that it may have."""
        return self.options if self.kind == "choice" else (self,)


class Answer(Struct, frozen=True):
    """One answer of a route.

    ``statuses`` are those that it may have; empty where they are not known. ``shape`` is None where it has no JSON.
    ``span`` is where it is made. ``given`` is what the handler gives, which the framework may send in another form.
    """

    statuses: frozenset[int]
    shape: Shape | None
    span: Span
    given: Shape | None = None

    @property
    def succeeds(self) -> bool:
        """Whether it surely has a status of success."""
        return bool(self.statuses) and all(200 <= status < 300 for status in self.statuses)


class Answered(Struct, frozen=True):
    """All that is known of the answers of a route.

    ``complete``: its handler was run to the end. ``demands`` are what it demands of the JSON of requests, ``sent`` what
    it called of libraries on the way. ``before`` says how many of these calls were made before an object was put
    together, by the identity of its value.
    """

    answers: tuple[Answer, ...]
    sent: tuple[Sent, ...] = ()
    demands: tuple[Demanded, ...] = ()
    before: Mapping[int, int] = {}
    kept: tuple[Value, ...] = ()  # whose identities these are
    complete: bool = True


class Listener(Watcher):
    """Writes down what a handler calls of libraries, and which of their attributes it sets."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sent: list[Sent] = []
        self.earlier: tuple[Sent, ...] = ()  # of middleware
        self.records: list[tuple[Record, int]] = []

    def built(self, record: Record) -> None:
        if len(self.records) < MOST_RECORDS:
            self.records.append((record, len(self.sent)))

    def called(
        self,
        frame: Frame,
        node: syntax.Place,
        callee: Value,
        arguments: list[Value],
        keywords: Mapping[str, Value],
        open_: bool,
    ) -> None:
        engine = self.engine
        if engine.frame_of_framework is None and isinstance(callee, External | Native):
            origin = Origin(frame.module.path, node.start, node.end)
            path = callee.path if isinstance(callee, External) else callee.name
            receiver = callee.receiver if isinstance(callee, External) else None
            undecided = engine.conditional > 0
            self.sent.append(Sent(path, receiver, tuple(arguments), dict(keywords), origin, undecided, engine.ways))
            if CHANGING.match(path.rpartition(".")[2]):
                engine.memo.clear()  # what was read before is read again, and may be something else

    def assigned(self, frame: Frame, node: syntax.Place, holder: Value, name: str, value: Value) -> None:
        engine = self.engine
        if engine.frame_of_framework is not None:
            return
        origin = Origin(frame.module.path, node.start, node.end)
        for option in options(holder):
            path = option.path if isinstance(option, Instance | External) else None
            if path is not None:
                sent = Sent(f"{path}.{name}=", option, (value,), {}, origin, engine.conditional > 0, engine.ways)
                self.sent.append(sent)


def answered(program: Program, route: Route, handler: Value | None, before: Iterable[Value] = ()) -> Answered:
    """Run the handler of a route, and read what it answers; ``before`` is the middleware in front of it."""
    pack = next((pack for pack in program.packs if pack.framework == route.framework), None)
    if pack is None or pack.answers is None or not isinstance(handler, Function):
        return Answered((), complete=False)
    listener = Listener(program.engine)
    answering = run(program, pack, route, handler, listener, [one for one in before if checks(one)])
    if answering is None:
        return Answered((), complete=False)
    shaper = Shaper(program)
    found: dict[tuple[object, ...], Answer] = {}
    for reply in pack.answers(answering):
        answer = shaper.answer(reply, handler)
        found.setdefault((answer.statuses, answer.span, id(reply.body)), answer)
    places = {id(record): count for record, count in listener.records}
    kept = tuple(record for record, _ in listener.records)
    checking = answering._replace(sent=(*listener.earlier, *answering.sent))
    demands = demanded(program, pack, checking)
    return Answered(tuple(found.values()), answering.sent, demands, before=places, kept=kept)


def checks(middleware: Value) -> TypeGuard[Function]:
    """Whether middleware may hold the body of a request against a schema, as far as its text tells."""
    if not isinstance(middleware, Function):
        return False
    code = middleware.code
    return CHECKING.search(middleware.module.source.data, code.start, code.end) is not None


def run(
    program: Program,
    pack: Pack,
    route: Route,
    handler: Function,
    listener: Listener,
    before: Iterable[Function] = (),
) -> Answering | None:
    """Run a handler as its framework would, behind middleware; None where it does not come to an end."""
    engine = program.engine
    frame = Frame(handler.module, Scope(handler.scope), handler)
    limit = engine.limit
    parsed: list[tuple[dict[str, Value], dict[str, Value]]] = []
    engine.watcher, engine.remembers, engine.gives = listener, True, gives_of(program)
    engine.memo.clear()
    engine.runs.clear()
    engine.limit = engine.steps + STEPS_PER_ROUTE
    try:
        given, positional, named = given_to(program, pack, route, handler, frame)
        listener.sent.clear()
        parsed += [(one.attributes, take_parsed(one.attributes)) for one in positional if isinstance(one, Instance)]
        for middleware in before:
            calling.call_function(engine, middleware, list(positional), {}, middleware.code, frame, open_=True)
        listener.earlier = tuple(listener.sent)
        listener.sent.clear()
        listener.records.clear()
        result = calling.call_function(engine, handler, positional, named, handler.code, frame, open_=True)
        return Answering(engine, route, handler, given, result, tuple(listener.sent))
    except (BudgetError, RecursionError):
        return None
    finally:
        engine.stack.clear()
        engine.conditional = 0
        engine.loops = ()
        engine.limit = limit
        engine.rows.clear()
        engine.stand_ins.clear()
        engine.watcher, engine.remembers, engine.within, engine.gives = None, False, None, None
        engine.memo.clear()
        for names, earlier in parsed:
            take_parsed(names)
            names.update(earlier)


def take_parsed(names: dict[str, Value]) -> dict[str, Value]:
    """Take out of a request what middleware put there for one route: the next one gets a request of its own."""
    return {name: names.pop(name) for name in ("body", "query", "params") if name in names}


class Shaper:
    """Tells shapes of values."""

    def __init__(self, program: Program) -> None:
        self.engine = program.engine
        self.showing = [pack.shows for pack in program.packs if pack.shows is not None]

    def answer(self, reply: Reply, handler: Function) -> Answer:
        """A reply as a noun."""
        origin = reply.origin or handler.origin
        assert origin is not None
        found = statuses(reply.status, reply.default)
        shape = self.shape(reply.body, reply.aliased, origin) if reply.body is not None else None
        given = shape
        if reply.shown is not None and shape is not None:
            shape = self.shape(reply.shown, reply.aliased, origin)
        return Answer(found, shape, self.engine.span(origin), given)

    def shape(self, value: Value, aliased: bool | None, origin: Origin | None, depth: int = 0) -> Shape:
        """What a value becomes in JSON. ``origin`` is where it is written, if it does not say so itself."""
        where = value.origin or origin
        if depth > DEEPEST:
            return Shape("unknown", origin=where, reason="what nests too deeply")
        if isinstance(value, Choice):
            found = tuple(self.shape(one, aliased, origin, depth + 1) for one in value.options[:WIDEST])
            return Shape("choice", options=flat(found), origin=where, value=value)
        return self.plain(value, where) or self.nested(value, aliased, where, depth)

    def plain(self, value: Value, where: Origin | None) -> Shape | None:
        """A value that has no parts; None for any other."""
        if isinstance(value, Const):
            kind: Kind = "unknown"
            match value.value:
                case None:
                    kind = "null"
                case bool():
                    kind = "boolean"
                case int():
                    kind = "integer"
                case float():
                    kind = "integer" if value.value.is_integer() else "number"
                case str():
                    kind = "string"
            return Shape(kind, origin=where, constant=True, value=value)
        if isinstance(value, Text):
            return Shape("string", origin=where, value=value)
        if isinstance(value, Typed):
            kind = PLAIN.get(value.type, "unknown")
            return Shape(kind, origin=where, reason=value.reason, value=value)
        if isinstance(value, Instance | External) and (value.path or "").endswith(TEXTS):
            return Shape("string", origin=where, value=value)
        if isinstance(value, External) and value.name == "length":
            return Shape("number", origin=where, value=value)
        return None

    def nested(self, value: Value, aliased: bool | None, where: Origin | None, depth: int) -> Shape:
        """A value with parts, or of which a library knows what becomes of it."""
        if isinstance(value, Record):
            return self.record(value, aliased, where, depth)
        if isinstance(value, Sequence | Generator):
            items = list(value.items)
            if isinstance(value, Sequence) and value.element is not None:
                items.append(value.element)
            shapes = flat(tuple(self.shape(item, aliased, where, depth + 1) for item in items[:WIDEST]))
            complete = not isinstance(value, Sequence) or value.complete
            constant = complete and isinstance(value, Sequence) and all(shape.constant for shape in shapes)
            item = shapes[0] if len(shapes) == 1 else Shape("choice", options=shapes) if shapes else None
            if item is None and not complete:
                item = Shape("unknown", origin=where, reason="items that are known at run time only")
            return Shape("array", item=item, origin=where, constant=constant, value=value)
        for shows in self.showing:
            shown = shows(self.engine, value, aliased)
            if shown is not None and shown is not value:
                return self.shape(shown, aliased, where, depth + 1)
        if isinstance(value, Instance) and value.kind is not None and value.kind.module.javascript:
            return self.javascript(value, value.kind, aliased, where, depth)
        return Shape("unknown", origin=where, reason=reason_of(value), value=value)

    def record(self, value: Record, aliased: bool | None, where: Origin | None, depth: int) -> Shape:
        """An object."""
        fields: dict[str, Shape] = {}
        opened = not value.complete
        for key, entry in value.entries.items():
            if not isinstance(key, str):
                opened = True
                continue
            place = value.places.get(key) or where
            if isinstance(entry, External) and entry.name == key:  # a column may have the name of what lists have
                fields[key] = Shape("unknown", origin=place, reason=reason_of(entry), value=entry)
                continue
            fields[key] = self.shape(entry, aliased, place, depth + 1)
        places = {key: place for key, place in value.places.items() if isinstance(key, str)}
        constant = not opened and all(shape.constant for shape in fields.values())
        return Shape("object", fields, places, opened, origin=where, constant=constant, value=value)

    def javascript(self, value: Instance, kind: Class, aliased: bool | None, where: Origin | None, depth: int) -> Shape:
        """An object of a project's class: what its `toJSON` gives, or what it holds."""
        method = next(
            (c.members["toJSON"] for c in kind.lineage() if isinstance(c, Class) and "toJSON" in c.members), None
        )
        if isinstance(method, Function):
            trial = self.engine.trial(method.bind(value), [], {})
            return self.shape(trial.result, aliased, where, depth + 1)
        fields = {
            name: self.shape(held, aliased, where, depth + 1)
            for name, held in value.attributes.items()
            if not name.startswith("#")
        }
        return Shape("object", fields, open=True, origin=where, value=value)


def flat(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Shapes without choices among them."""
    found: list[Shape] = []
    for shape in shapes:
        for one in shape.ways:
            if one not in found:
                found.append(one)
    return tuple(found)


def leaves(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """All parts of a shape that have no parts, with their paths; items of arrays stand under ``[]``."""
    for way in shape.ways:
        if way.kind == "object":
            for name, inner in way.fields.items():
                yield from leaves(inner, (*path, name))
        elif way.kind == "array" and way.item is not None:
            yield from leaves(way.item, (*path, "[]"))
        else:
            yield path, way
