"""Evaluates each kind of expression on abstract values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from verifier import syntax
from verifier.evaluate import access, assigning, builtins_javascript, calling, objects, operators, rows
from verifier.evaluate.frames import Frame
from verifier.evaluate.library import LibraryObject
from verifier.evaluate.narrowing import narrow
from verifier.evaluate.probing import as_text
from verifier.evaluate.values import (
    MOST_UNROLLED,
    NOTHING,
    Bound,
    Choice,
    Class,
    Const,
    Environment,
    External,
    Fallback,
    Field,
    Instance,
    Origin,
    Record,
    Scope,
    Sequence,
    Text,
    Unknown,
    Value,
    choice,
    join_text,
    options,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine


def eval_const(engine: Engine, node: syntax.Const, frame: Frame) -> Value:
    return Const(node.value, Origin(frame.module.path, node.start, node.end))


def eval_opaque(engine: Engine, node: syntax.Opaque, frame: Frame) -> Value:
    return Unknown(f"an expression of the kind `{node.kind}`", Origin(frame.module.path, node.start, node.end))


def eval_pattern(engine: Engine, node: syntax.Pattern, frame: Frame) -> Value:
    value = Instance(path="RegExp", origin=Origin(frame.module.path, node.start, node.end))
    value.attributes = {"source": Const(node.source), "flags": Const(node.flags)}
    return value


def eval_template(engine: Engine, node: syntax.Template, frame: Frame) -> Value:
    parts = [engine.evaluate(part, frame) for part in node.parts]
    if frame.module.javascript:
        parts = [builtins_javascript.spelled(part) for part in parts]
    origin = Origin(frame.module.path, node.start, node.end)
    variants = [part for part in parts if isinstance(part, Choice)]
    if len(variants) == 1 and all(isinstance(option, Const | Text) for option in variants[0].options):
        chosen = variants[0]
        return choice(
            join_text([option if part is chosen else part for part in parts], origin) for option in chosen.options
        )
    return join_text(parts, origin)


def eval_name(engine: Engine, node: syntax.Name, frame: Frame) -> Value:
    if node.id == "this":
        return frame.this if frame.this is not None else Unknown("`this`")
    return engine.lookup(node.id, frame)


def eval_member(engine: Engine, node: syntax.Member, frame: Frame) -> Value:
    inner = node.object
    if isinstance(inner, syntax.Call) and isinstance(inner.callee, syntax.Name) and inner.callee.id == "super":
        return objects.super_member(engine, node.name, frame)
    if isinstance(inner, syntax.Name) and inner.id == "super":
        return objects.super_member(engine, node.name, frame)
    return access.member(engine, engine.evaluate(inner, frame), node.name, node, frame)


def eval_index(engine: Engine, node: syntax.Index, frame: Frame) -> Value:
    return access.index(engine, engine.evaluate(node.object, frame), engine.evaluate(node.index, frame), node, frame)


def eval_slice(engine: Engine, node: syntax.Slice, frame: Frame) -> Value:
    parts = [
        engine.evaluate(part, frame) if part is not None else NOTHING for part in (node.lower, node.upper, node.step)
    ]
    value = Instance(path="slice")
    value.attributes = dict(zip(("start", "stop", "step"), parts, strict=True))
    return value


def eval_call(engine: Engine, node: syntax.Call, frame: Frame) -> Value:
    return calling.evaluate_call(engine, node, frame)


def eval_tagged(engine: Engine, node: syntax.Tagged, frame: Frame) -> Value:
    tag = engine.evaluate(node.tag, frame)
    template = node.template
    if not isinstance(template, syntax.Template) or not isinstance(tag, External | Instance):
        return calling.call(engine, tag, [engine.evaluate(template, frame)], {}, node, frame)
    # A library's tag is given the values beside the text, whether they are known or not.
    path = frame.module.path
    data = engine.project.files[path].data
    pieces: list[Value] = []
    for part in template.parts:
        value, origin = engine.evaluate(part, frame), Origin(path, part.start, part.end)
        fixed = isinstance(part, syntax.Const) and data[part.start - 1 : part.start] in (b"`", b"}")
        pieces.append(value if fixed else Bound(value, origin))
    parts = tuple(str(piece.value) if isinstance(piece, Const) else piece for piece in pieces)
    text = Text(parts, Origin(path, template.start, template.end), tuple(pieces))
    return calling.call(engine, tag, [text], {}, node, frame)


def eval_display(engine: Engine, node: syntax.Display, frame: Frame) -> Value:
    origin = Origin(frame.module.path, node.start, node.end)
    found = Sequence((), node.kind, origin=origin)
    for item in node.items:
        if isinstance(item, syntax.Spread):
            engine.spread(found, engine.evaluate(item.value, frame), frame)
        else:
            found.items.append(engine.evaluate(item, frame))
    return found


def eval_mapping(engine: Engine, node: syntax.Mapping, frame: Frame) -> Value:
    record = Record(origin=Origin(frame.module.path, node.start, node.end))
    for entry in node.entries:
        if entry.key is None:
            operators.update(record, engine.evaluate(entry.value, frame))
            continue
        key = engine.evaluate(entry.key, frame)
        value = method_value(engine, entry, record, frame)
        if isinstance(key, Const):
            record.entries[key.value] = value
            record.places[key.value] = Origin(frame.module.path, entry.key.start, entry.key.end)
            if frame.module.javascript and isinstance(key.value, str):
                assigning.hold(value, key.value)
        elif engine.remembers and isinstance(key, External | Field) and isinstance(key.receiver, Class):
            record.entries[key] = value  # an attribute of a mapped class stands for its column
        else:
            record.complete = False
            record.element = choice([record.element, value] if record.element else [value])
    if engine.watcher is not None:
        engine.watcher.built(record)
    return record


def method_value(engine: Engine, entry: syntax.Entry, record: Record, frame: Frame) -> Value:
    """The value of an entry; a method of an object literal has the object as ``this``."""
    if isinstance(entry.value, syntax.Function) and entry.value.kind == "method":
        method = engine.function(entry.value, frame).bind(record)
        if entry.accessor == "get":
            return calling.call(engine, method, [], {}, entry, frame)
        return method
    return engine.evaluate(entry.value, frame)


def eval_unary(engine: Engine, node: syntax.Unary, frame: Frame) -> Value:
    return operators.unary(engine, node.operator, engine.evaluate(node.operand, frame), node, frame)


def eval_binary(engine: Engine, node: syntax.Binary, frame: Frame) -> Value:
    left, right = engine.evaluate(node.left, frame), engine.evaluate(node.right, frame)
    if engine.probe is not None:
        left, right = as_text(left), as_text(right)
        if engine.probe.is_open(left, right):
            return Unknown("what a token stands for")
    return operators.binary(engine, node.operator, left, right, node, frame)


def eval_logical(engine: Engine, node: syntax.Logical, frame: Frame) -> Value:
    left = engine.evaluate(node.left, frame)
    if not frame.module.javascript and operators.in_statement(engine, left):
        right = engine.evaluate(node.right, frame)
        return operators.kept(engine, node.operator, left, right, node, frame)
    kept: list[Value] = []
    needed = False
    for option in options(left):
        ends = ends_logical(engine, node.operator, option, frame)
        if ends is not False:
            kept.append(option)
        needed = needed or ends is not True
    if not needed:
        return left
    with engine.way(node.left, 0 if node.operator == "and" else 1, frame):
        right = engine.evaluate(node.right, frame)
    # A variable of the environment stands back behind the default that is written for it.
    kept = [option for option in kept if node.operator == "and" or not isinstance(option, Environment)]
    if kept and node.operator != "and" and type(right) is Const and isinstance(right.value, str):
        right = Fallback(right.value, right.origin)
    return choice([*kept, right])


def ends_logical(engine: Engine, operator: str, left: Value, frame: Frame) -> bool | None:
    """Whether the left side of ``and``, ``or`` or ``??`` is the result already; None where run time decides."""
    if operator == "??":
        if isinstance(left, Const):
            return left.value is not None
        return None if isinstance(left, Unknown | External) else True
    holds = engine.truth(left, frame)
    if holds is None:
        return None
    return holds != (operator == "and")


def eval_conditional(engine: Engine, node: syntax.Conditional, frame: Frame) -> Value:
    holds = engine.truth(engine.evaluate(node.test, frame), frame)
    if holds is not None:
        return engine.evaluate(node.then if holds else node.other, frame)
    arms: list[Value] = []
    for arm, part in enumerate((node.then, node.other)):
        with engine.way(node.test, arm, frame):
            arms.append(engine.evaluate(part, frame))
    return choice(arms)


def eval_await(engine: Engine, node: syntax.Await, frame: Frame) -> Value:
    found = options(engine.evaluate(node.value, frame))
    return choice(option.awaited(engine) if isinstance(option, LibraryObject) else option for option in found)


def eval_yield(engine: Engine, node: syntax.Yield, frame: Frame) -> Value:
    value = engine.evaluate(node.value, frame) if node.value is not None else NOTHING
    if node.delegate:
        frame.yields.extend(engine.iterate(value, frame=frame) or [engine.element_of(value)])
    else:
        frame.yields.append(value)
    return Unknown("a value sent to a generator")


def eval_comprehension(engine: Engine, node: syntax.Comprehension, frame: Frame) -> Value:
    outer = frame.scope
    frame.scope = Scope(outer, block=True)
    found: list[tuple[Value | None, Value]] = []
    try:
        complete = comprehend(engine, node, 0, frame, found)
    finally:
        frame.scope = outer
    origin = Origin(frame.module.path, node.start, node.end)
    if node.key is not None:
        record = Record(origin=origin, complete=complete)
        for key, value in found:
            if isinstance(key, Const):
                record.entries[key.value] = value
                if key.origin is not None:
                    record.places[key.value] = key.origin
            else:
                record.complete, record.element = False, value
        return record
    kind: Literal["set", "list"] = "set" if node.kind == "set" else "list"
    values = [value for _, value in found]
    if complete:
        return Sequence(values, kind, origin=origin)
    return Sequence((), kind, complete=False, element=choice(values) if values else None, origin=origin)


def comprehend(
    engine: Engine, node: syntax.Comprehension, place: int, frame: Frame, found: list[tuple[Value | None, Value]]
) -> bool:
    """Run the clauses from ``place`` on; whether all that they give is known."""
    if place == len(node.clauses):
        key = engine.evaluate(node.key, frame) if node.key is not None else None
        found.append((key, engine.evaluate(node.element, frame)))
        return True
    clause = node.clauses[place]
    iterable = engine.evaluate(clause.iterable, frame)
    items = engine.iterate(iterable, frame=frame)
    complete = items is not None and len(items) <= MOST_UNROLLED
    outer = engine.loops
    if not complete:
        place_of_loop = Origin(frame.module.path, node.start, node.end)
        engine.loops = (*outer, place_of_loop)
        if engine.watcher is not None:
            engine.watcher.looped(place_of_loop, rows.behind(engine, iterable))
    for item in (
        items if items is not None and complete else [rows.each(engine, engine.element_of(iterable), iterable, node)]
    ):
        assigning.bind(engine, clause.target, item, frame, declares="let")
        holds = [engine.truth(engine.evaluate(condition, frame), frame) for condition in clause.conditions]
        if False in holds:
            continue
        for condition in clause.conditions:
            narrow(engine, condition, frame, holds=True)
        complete = complete and None not in holds
        complete = comprehend(engine, node, place + 1, frame, found) and complete
    engine.loops = outer
    return complete


def eval_assign(engine: Engine, node: syntax.Assign, frame: Frame) -> Value:
    return engine.assign(node, frame)


def eval_function(engine: Engine, node: syntax.Function, frame: Frame) -> Value:
    return engine.function(node, frame)


def eval_class(engine: Engine, node: syntax.Class, frame: Frame) -> Value:
    return objects.make_class(engine, node, frame)


def eval_spread(engine: Engine, node: syntax.Spread, frame: Frame) -> Value:
    return engine.evaluate(node.value, frame)


EXPRESSIONS: dict[type, Callable[..., Value]] = {
    syntax.Const: eval_const,
    syntax.Opaque: eval_opaque,
    syntax.Pattern: eval_pattern,
    syntax.Template: eval_template,
    syntax.Name: eval_name,
    syntax.Member: eval_member,
    syntax.Index: eval_index,
    syntax.Slice: eval_slice,
    syntax.Call: eval_call,
    syntax.Tagged: eval_tagged,
    syntax.Display: eval_display,
    syntax.Mapping: eval_mapping,
    syntax.Unary: eval_unary,
    syntax.Binary: eval_binary,
    syntax.Logical: eval_logical,
    syntax.Conditional: eval_conditional,
    syntax.Await: eval_await,
    syntax.Yield: eval_yield,
    syntax.Comprehension: eval_comprehension,
    syntax.Assign: eval_assign,
    syntax.Function: eval_function,
    syntax.Class: eval_class,
    syntax.Spread: eval_spread,
}
