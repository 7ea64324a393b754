"""Runs each kind of statement on abstract values."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate import assigning, calling, objects, rows
from verifier.evaluate.frames import LEAVING, Flow, Frame, is_of_kind
from verifier.evaluate.narrowing import narrow
from verifier.evaluate.probing import TurnedAway, behind_handlers, denies, may_be, note_return
from verifier.evaluate.values import (
    MOST_UNROLLED,
    NOTHING,
    Const,
    Copy,
    External,
    Instance,
    Origin,
    Scope,
    Sequence,
    Unknown,
    Value,
    Way,
    left_by,
    options,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.evaluate.interpreter import Engine
    from verifier.evaluate.probing import Probe

MOST_ENDS = 2


def run_evaluate(engine: Engine, statement: syntax.Evaluate, frame: Frame) -> Flow:
    engine.evaluate(statement.value, frame)
    return Flow.NEXT


def run_assign(engine: Engine, statement: syntax.Assign, frame: Frame) -> Flow:
    engine.assign(statement, frame)
    return Flow.NEXT


def run_return(engine: Engine, statement: syntax.Return, frame: Frame) -> Flow:
    value = engine.evaluate(statement.value, frame) if statement.value is not None else NOTHING
    if engine.probe is not None:
        note_return(engine.probe, value, sure=not engine.conditional)
    frame.returns.append(value)
    return Flow.RETURN


def run_raise(engine: Engine, statement: syntax.Raise, frame: Frame) -> Flow:
    if statement.value is not None:
        error = engine.evaluate(statement.value, frame)
        if engine.raised is not None:
            engine.raised.append(error)
        if engine.probe is not None:
            place = Origin(frame.module.path, statement.start, statement.end)
            engine.probe.turn_away(error, sure=not engine.conditional, denies=denies(error), place=place)
    return Flow.RAISE


def run_if(engine: Engine, statement: syntax.If, frame: Frame) -> Flow:
    test = engine.evaluate(statement.test, frame)
    holds = engine.truth(test, frame)
    if holds and frame.function is None and statement.body and isinstance(statement.body[-1], syntax.Raise):
        holds = None  # a module that refuses what it finds: what is started gives it something else
    if holds is not None:
        return execute_block(engine, statement.body if holds else statement.orelse, frame)
    for_types = isinstance(test, External) and test.name == "TYPE_CHECKING"

    def taken() -> Flow:
        narrow(engine, statement.test, frame, holds=True)
        return (execute_types if for_types else execute_block)(engine, statement.body, frame)

    def left_out() -> Flow:
        narrow(engine, statement.test, frame, holds=False)
        return execute_block(engine, statement.orelse, frame)

    return fork(engine, frame, [taken, left_out], statement.test)


def execute_types(engine: Engine, statements: tuple[syntax.Statement, ...], frame: Frame) -> Flow:
    """Run what only type checkers run: names are bound, but no module runs for its imports."""
    before, engine.table.for_types = engine.table.for_types, True
    try:
        return execute_block(engine, statements, frame)
    finally:
        engine.table.for_types = before


def run_switch(engine: Engine, statement: syntax.Switch, frame: Frame) -> Flow:
    subject = engine.evaluate(statement.subject, frame)
    branches: list[Callable[[], Flow]] = []
    default = False
    for place, case in enumerate(statement.cases):
        values = [engine.evaluate(value, frame) for value in case.values]
        if isinstance(subject, Const) and values and all(isinstance(value, Const) for value in values):
            if any(isinstance(value, Const) and value.value == subject.value for value in values):
                branches = [branch(engine, statement, place, frame)]
                default = True
                break
            continue
        default = default or (not case.values and case.pattern is None and case.guard is None)
        branches.append(branch(engine, statement, place, frame))
    if not default:
        branches.append(lambda: Flow.NEXT)
    before, engine.left = engine.left, None if statement.falls else engine.left  # its `break` leaves no loop
    try:
        flow = branches[0]() if len(branches) == 1 else fork(engine, frame, branches, statement.subject)
    finally:
        engine.left = before
    return Flow.NEXT if flow is Flow.BREAK and statement.falls else flow


def branch(engine: Engine, statement: syntax.Switch, place: int, frame: Frame) -> Callable[[], Flow]:
    """A case, and those that it falls through to."""
    bodies = [case.body for case in statement.cases[place:]] if statement.falls else [statement.cases[place].body]

    def run() -> Flow:
        for body in bodies:
            flow = execute_block(engine, body, frame)
            if flow is not Flow.NEXT:
                return Flow.NEXT if flow is Flow.BREAK and statement.falls else flow
        return Flow.NEXT

    return run


def execute_block(engine: Engine, statements: tuple[syntax.Statement, ...], frame: Frame) -> Flow:
    """A branch or loop body; in JavaScript it has a scope of its own."""
    if not frame.module.javascript:
        return engine.execute(statements, frame)
    outer = frame.scope
    frame.scope = Scope(outer, block=True)
    try:
        return engine.execute(statements, frame)
    finally:
        frame.scope = outer


def fork(engine: Engine, frame: Frame, branches: list[Callable[[], Flow]], test: syntax.Place) -> Flow:
    """Run each branch from the same state and join the names that they leave behind.

    ``test`` is what decides between them: a condition, or the statement itself.
    """
    scopes: list[Scope] = []
    scope: Scope | None = frame.scope
    while scope is not None:
        scopes.append(scope)
        if not scope.block:
            break
        scope = scope.parent
    before = [dict(scope.names) for scope in scopes]
    ends: list[tuple[Flow, list[dict[str, Value]]]] = []
    for arm, branch in enumerate(branches):
        for scope, names in zip(scopes, before, strict=True):
            scope.names = dict(names)
        with engine.way(test, arm, frame):
            flow = branch()
        ends.append((flow, [scope.names for scope in scopes]))
    live = [(names, arm) for arm, (flow, names) in enumerate(ends) if flow is Flow.NEXT]
    joined = live or [(names, arm) for arm, (_, names) in enumerate(ends)]
    at = Origin(frame.module.path, test.start, test.end)
    for place, scope in enumerate(scopes):
        scope.names = join([(names[place], Way(at, arm)) for names, arm in joined])
    flows = {flow for flow, _ in ends}
    if live:
        if engine.left is not None and Flow.BREAK in flows:
            note_ends(
                engine, scopes, [(own, Way(at, arm)) for arm, (flow, own) in enumerate(ends) if flow is Flow.BREAK]
            )
        if flows & LEAVING:  # what follows in this call, or in this round of a loop, may not be reached
            engine.conditional += 1
        return Flow.NEXT
    if len(flows) == 1:
        return flows.pop()
    return Flow.CONTINUE if Flow.CONTINUE in flows or Flow.BREAK in flows else Flow.RETURN


def join(branches: list[tuple[dict[str, Value], Way]]) -> dict[str, Value]:
    """The names after a branch: those that differ become choices."""
    if len(branches) == 1:
        return branches[0][0]
    joined: dict[str, Value] = {}
    for names, _ in branches:
        for name in names:
            if name not in joined:
                values = [(other[name], way) for other, way in branches if name in other]
                first = values[0][0]
                joined[name] = first if all(value is first for value, _ in values) else left_by(values)
    return joined


def note_ends(engine: Engine, scopes: list[Scope], ends: list[tuple[list[dict[str, Value]], Way]]) -> None:
    """Keep the names with which arms leave a loop; of one that is unrolled, those of its last rounds."""
    assert engine.left is not None
    for names, way in ends:
        earlier = [kept for kept in engine.left if kept[1] == way]
        if len(earlier) >= MOST_ENDS:
            engine.left.remove(earlier[0])
        engine.left.append(({id(scope): found for scope, found in zip(scopes, names, strict=True)}, way))


@contextmanager
def leaving(engine: Engine, statement: syntax.Place, frame: Frame) -> Iterator[None]:
    """Marks what runs inside as a loop: names that an arm has set when it leaves the loop are there behind it."""
    before, engine.left = engine.left, []
    try:
        yield
    finally:
        left, engine.left = engine.left, before
    scope: Scope | None = frame.scope if left else None
    while scope is not None:
        others = [(names[id(scope)], way) for names, way in left if id(scope) in names]
        if others:
            own = Way(Origin(frame.module.path, statement.start, statement.end), 0)
            scope.names = join([(scope.names, own), *others])
        scope = scope.parent if scope.block else None


def run_for(engine: Engine, statement: syntax.For, frame: Frame) -> Flow:
    iterable = engine.evaluate(statement.iterable, frame)
    items = engine.iterate(iterable, keys=statement.keys, frame=frame)
    flow = Flow.NEXT
    arms: list[Callable[[], Flow]]
    with leaving(engine, statement, frame):
        if items is not None and len(items) <= MOST_UNROLLED:
            for item in items:
                flow = run_iteration(engine, statement, item, frame)
                if flow is Flow.BREAK or flow is Flow.RETURN:
                    break
        else:
            element = engine.element_of(iterable, keys=statement.keys)
            element = rows.each(engine, element, iterable, statement)
            arms = [lambda: run_iteration(engine, statement, element, frame), lambda: Flow.NEXT]
            with engine.undecided(), engine.loop(frame.module.path, statement, iterable):
                fork(engine, frame, arms, statement)
        if flow is Flow.RETURN:
            return flow
        if flow is Flow.BREAK or not statement.orelse:
            return Flow.NEXT
        if any(isinstance(one, syntax.Jump) and one.kind == "break" for one in syntax.nodes_in(statement.body)):
            arms = [lambda: execute_block(engine, statement.orelse, frame), lambda: Flow.NEXT]
            return fork(engine, frame, arms, statement)
        return execute_block(engine, statement.orelse, frame)


def run_iteration(engine: Engine, statement: syntax.For, item: Value, frame: Frame) -> Flow:
    outer, conditional = frame.scope, engine.conditional
    if frame.module.javascript:
        frame.scope = Scope(outer, block=True)
    try:
        target = statement.target
        if isinstance(target, syntax.Assign):  # `for (const x of ...)`
            assigning.bind(engine, target.targets[0], item, frame, declares=target.declares or "const")
        else:
            assigning.bind(engine, target, item, frame, declares="let" if frame.module.javascript else None)
        return engine.execute(statement.body, frame)
    finally:
        frame.scope = outer
        engine.conditional = conditional


def run_while(engine: Engine, statement: syntax.While, frame: Frame) -> Flow:
    outer = frame.scope
    if frame.module.javascript:
        frame.scope = Scope(outer, block=True)
    try:
        engine.execute(statement.setup, frame)
        if statement.test is not None and engine.truth(engine.evaluate(statement.test, frame), frame) is False:
            return Flow.NEXT

        def once() -> Flow:
            with engine.loop(frame.module.path, statement):
                flow = execute_block(engine, statement.body, frame)
                engine.execute(statement.step, frame)
            return Flow.NEXT if flow in (Flow.BREAK, Flow.CONTINUE) else flow

        with leaving(engine, statement, frame):
            return fork(engine, frame, [once, lambda: Flow.NEXT], statement)
    finally:
        frame.scope = outer


def run_try(engine: Engine, statement: syntax.Try, frame: Frame) -> Flow:
    only_imports = all(isinstance(inner, syntax.Import) for inner in statement.body)
    if engine.probe is not None:
        return try_probing(engine, statement, frame, engine.probe)
    before = len(engine.raised or ())
    engine.tries += bool(statement.handlers)
    try:
        flow = execute_block(engine, statement.body, frame)
    finally:
        engine.tries -= bool(statement.handlers)
    if engine.raised is not None and statement.handlers:
        caught = [kind for handler in statement.handlers for kind in ends(engine, handler, frame)]
        engine.raised[before:] = [
            error for error in engine.raised[before:] if not any(is_of_kind(error, k) for k in caught)
        ]
    if flow is Flow.NEXT and statement.orelse:
        flow = execute_block(engine, statement.orelse, frame)
    if statement.handlers and not (only_imports and engine.table.imports_resolve(statement.body, frame)):
        after = flow

        def handle(handler: syntax.Handler) -> Callable[[], Flow]:
            def run() -> Flow:
                if handler.name is not None:
                    caught = engine.evaluate(handler.types, frame) if handler.types is not None else None
                    error = engine.assumed(caught) if caught is not None else Unknown("the error caught")
                    assigning.bind(
                        engine, handler.name, error, frame, declares="let" if frame.module.javascript else None
                    )
                return execute_block(engine, handler.body, frame)

            return run

        handled = fork(engine, frame, [lambda: after, *(handle(handler) for handler in statement.handlers)], statement)
        flow = handled
    if statement.final:
        ended = execute_block(engine, statement.final, frame)
        return ended if ended is not Flow.NEXT else flow
    return flow


def try_probing(engine: Engine, statement: syntax.Try, frame: Frame, probe: Probe) -> Flow:
    """``try`` around what a request is tried on: an error that is raised for certain goes to its handler."""
    told = len(probe.refusals)
    turned: TurnedAway | None = None
    flow = Flow.RAISE
    try:
        flow = execute_block(engine, statement.body, frame)
    except TurnedAway as error:
        turned = error
    kinds = [kind for handler in statement.handlers for kind in ends(engine, handler, frame)]
    probe.refusals[told:] = behind_handlers(probe.refusals[told:], kinds)
    if turned is None and flow is Flow.NEXT and statement.orelse:
        flow = execute_block(engine, statement.orelse, frame)
    handlers = [
        handler for handler in statement.handlers if turned is None or may_catch(engine, handler, turned, frame)
    ]
    try:
        if turned is not None and not handlers:
            raise turned
        first = handlers[0] if handlers else None
        if turned is not None and first is not None and surely_catches(engine, first, turned, frame):
            flow = handle(engine, first, frame, turned.error)
        elif handlers:
            after = flow
            branches: list[Callable[[], Flow]] = [lambda: after]
            branches += [partial(handle, engine, handler, frame, None) for handler in handlers]
            flow = fork(engine, frame, branches, statement)
    finally:
        ended = execute_block(engine, statement.final, frame) if statement.final else Flow.NEXT
    return ended if ended is not Flow.NEXT else flow


def may_catch(engine: Engine, handler: syntax.Handler, turned: TurnedAway, frame: Frame) -> bool:
    """Whether an error may end in a handler."""
    return any(may_be(turned.error, kind) for kind in kinds_of(engine, handler, frame))


def surely_catches(engine: Engine, handler: syntax.Handler, turned: TurnedAway, frame: Frame) -> bool:
    """Whether an error surely ends in a handler."""
    return any(is_of_kind(turned.error, kind) for kind in kinds_of(engine, handler, frame))


def handle(engine: Engine, handler: syntax.Handler, frame: Frame, error: Value | None) -> Flow:
    """Run a handler on an error; on any that it names, where that is None."""
    if handler.name is not None:
        caught = engine.evaluate(handler.types, frame) if handler.types is not None else None
        given = error or (engine.assumed(caught) if caught is not None else Unknown("the error caught"))
        assigning.bind(engine, handler.name, given, frame, declares="let" if frame.module.javascript else None)
    return execute_block(engine, handler.body, frame)


def kinds_of(engine: Engine, handler: syntax.Handler, frame: Frame) -> list[Value | None]:
    """The kinds of error that a handler names; None is any."""
    caught = engine.evaluate(handler.types, frame) if handler.types is not None else None
    return list(caught.items) if isinstance(caught, Sequence) else [caught]


def ends(engine: Engine, handler: syntax.Handler, frame: Frame) -> list[Value | None]:
    """The kinds of error that end in a handler; None is any. One that is raised again does not end."""
    if any(isinstance(inner, syntax.Raise) and inner.value is None for inner in handler.body):
        return []
    caught = engine.evaluate(handler.types, frame) if handler.types is not None else None
    return list(caught.items) if isinstance(caught, Sequence) else [caught]


def run_with(engine: Engine, statement: syntax.With, frame: Frame) -> Flow:
    managers: list[tuple[syntax.WithItem, Value]] = []
    for item in statement.items:
        manager = engine.evaluate(item.value, frame)
        managers.append((item, manager))
        entered = calling.enter(engine, manager, item, frame, is_async=statement.is_async)
        if item.target is not None:
            assigning.bind(engine, item.target, entered, frame)
    suppressing = any(isinstance(one, Instance) and one.path == "contextlib.suppress" for _, one in managers)
    engine.tries += suppressing
    try:
        flow = engine.execute(statement.body, frame) if engine.probe is None else with_probing(engine, statement, frame)
    finally:
        engine.tries -= suppressing
    for item, manager in reversed(managers):
        calling.leave(engine, manager, item, frame, is_async=statement.is_async)
    return flow


def with_probing(engine: Engine, statement: syntax.With, frame: Frame) -> Flow:
    """The block of a ``with``: ``suppress(...)`` handles errors."""
    assert engine.probe is not None
    kinds: list[Value | None] = []
    for item in statement.items:
        call = item.value if isinstance(item.value, syntax.Call) else None
        callee = call.callee if call is not None else None
        name = getattr(callee, "name", None) or getattr(callee, "id", None)
        given = call.arguments if call is not None and name == "suppress" else ()
        kinds += [engine.evaluate(one, frame) for one in given if not isinstance(one, syntax.Keyword | syntax.Spread)]
    told = len(engine.probe.refusals)
    try:
        return engine.execute(statement.body, frame)
    except TurnedAway as turned:
        if not any(may_be(turned.error, kind) for kind in kinds):
            raise
        return Flow.NEXT
    finally:
        engine.probe.refusals[told:] = behind_handlers(engine.probe.refusals[told:], kinds)


def run_block(engine: Engine, statement: syntax.Block, frame: Frame) -> Flow:
    return execute_block(engine, statement.body, frame)


def run_jump(engine: Engine, statement: syntax.Jump, frame: Frame) -> Flow:
    return Flow.BREAK if statement.kind == "break" else Flow.CONTINUE


def run_delete(engine: Engine, statement: syntax.Delete, frame: Frame) -> Flow:
    for target in statement.targets:
        for option in options(engine.evaluate(target.object, frame)) if isinstance(target, syntax.Index) else ():
            if isinstance(option, Copy):
                option.element = option.element or Unknown("what a dictionary holds after something was deleted")
    return Flow.NEXT


def run_outer(engine: Engine, statement: syntax.Outer, frame: Frame) -> Flow:
    scope = frame.scope
    scope.outer = scope.outer or {}
    for name in statement.names:
        if statement.kind == "global":
            scope.outer[name] = frame.module.scope
            frame.module.scope.names.setdefault(name, Unknown(f"the global `{name}`"))
        else:
            found = scope.parent.find(name) if scope.parent else None
            if found is not None:
                scope.outer[name] = found
    return Flow.NEXT


def run_import(engine: Engine, statement: syntax.Import, frame: Frame) -> Flow:
    engine.table.bind_import(statement, frame)
    return Flow.NEXT


def run_export(engine: Engine, statement: syntax.Export, frame: Frame) -> Flow:
    engine.table.bind_export(statement, frame)
    return Flow.NEXT


def run_function(engine: Engine, statement: syntax.Function, frame: Frame) -> Flow:
    if frame.module.javascript:
        if statement.name not in frame.scope.names:  # hoisted already
            frame.scope.names[statement.name] = engine.function(statement, frame)
        return Flow.NEXT
    value = calling.decorate(engine, engine.function(statement, frame), statement.decorators, frame)
    assigning.bind_name(engine, statement.name, value, frame)
    return Flow.NEXT


def run_class(engine: Engine, statement: syntax.Class, frame: Frame) -> Flow:
    value = objects.make_class(engine, statement, frame)
    if statement.name:
        frame.scope.names[statement.name] = value
    return Flow.NEXT


def run_opaque(engine: Engine, statement: syntax.Opaque, frame: Frame) -> Flow:
    return Flow.NEXT


STATEMENTS: dict[type, Callable[..., Flow]] = {
    syntax.Evaluate: run_evaluate,
    syntax.Assign: run_assign,
    syntax.Return: run_return,
    syntax.Raise: run_raise,
    syntax.If: run_if,
    syntax.For: run_for,
    syntax.While: run_while,
    syntax.Try: run_try,
    syntax.With: run_with,
    syntax.Switch: run_switch,
    syntax.Block: run_block,
    syntax.Jump: run_jump,
    syntax.Delete: run_delete,
    syntax.Outer: run_outer,
    syntax.Import: run_import,
    syntax.Export: run_export,
    syntax.Function: run_function,
    syntax.Class: run_class,
    syntax.Opaque: run_opaque,
}
