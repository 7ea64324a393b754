"""Calls: of the project's functions and classes, of a library, of what is not known."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate import access, assigning, objects, probing, rows
from verifier.evaluate.fetched import Fetched
from verifier.evaluate.frames import BudgetError, Flow, Frame
from verifier.evaluate.library import Call, Keywords, LibraryObject
from verifier.evaluate.values import (
    NOTHING,
    Choice,
    Class,
    Const,
    Copy,
    External,
    Function,
    Generator,
    Instance,
    NamedItems,
    Native,
    Origin,
    Parametrized,
    Record,
    Scope,
    Sequence,
    Typed,
    Unknown,
    UnknownModule,
    Value,
    choice,
    is_vague,
    options,
    reason_of,
    refined,
    text_of,
)
from verifier.regex import regex
from verifier.trouble import OURS, told

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

CALLING = "the result of calling "
# How deep a method may go down a tree of objects by calling itself on each.
DEEPEST_TREE = 8
# The same call on unknown values that wired nothing so often is not run again, nor one of a function that never did.
ENOUGH_TRIALS = 2
MANY_TRIALS = 20
DEEPEST_COPY = 8
# How often one function is run below one route: what is called so often goes through data, and wires nothing.
MANY_RUNS = 150
# Steps without wiring anything: of a callback, and of a call whose value alone may be wanted.
PATIENCE = 5_000
LITTLE_PATIENCE = 2_000

# Decorators of the language itself that leave the function what it is.
TRANSPARENT = frozenset({"staticmethod", "classmethod", "property", "cached_property", "setter", "getter", "deleter"})

# Methods of lists, and of what holds rows, that run a function once for each item.
REPEATING = frozenset({"map", "forEach", "flatMap", "filter", "reduce", "some", "every", "find", "each", "eachSeries"})

DEEPEST_NAMED = 8
NAME = regex(r"[\w$.-]{1,80}")

NEW_TYPES = frozenset({"typing.NewType", "typing_extensions.NewType"})

PLAIN_TYPES = frozenset(
    {
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "object",
        "complex",
        "Any",
        "string",
        "number",
        "boolean",
        "any",
        "unknown",
    }
    | {"void", "never", "dict", "list", "tuple", "set", "Callable", "type", "Function", "Object", "Error", "Date"}
)


def evaluate_call(engine: Engine, node: syntax.Call, frame: Frame) -> Value:
    """A call as it is written."""
    callee_node = node.callee
    if isinstance(callee_node, syntax.Name) and callee_node.id == "super" and frame.module.javascript:
        callee = objects.super_member(engine, "constructor", frame)
    elif isinstance(callee_node, syntax.Name) and callee_node.id == "import":
        return engine.table.import_call(node, frame)
    elif engine.probe is not None and frame.module.javascript:
        try:
            callee = engine.evaluate(callee_node, frame)
        except probing.TurnedAway as turned:
            handler = probing.rejection_handler(node)
            if handler is None:
                raise
            del engine.probe.refusals[-1:]
            return call(engine, engine.evaluate(handler, frame), [turned.error], {}, node, frame)
    else:
        callee = engine.evaluate(callee_node, frame)
    arguments = Sequence()
    keywords = Keywords()
    for argument in node.arguments:
        if isinstance(argument, syntax.Spread):
            engine.spread(arguments, engine.evaluate(argument.value, frame), frame)
        elif isinstance(argument, syntax.Keyword):
            value = engine.evaluate(argument.value, frame)
            if argument.name is None and isinstance(value, Fetched | Copy):
                keywords.whole.append(value)
            if argument.name is not None:
                keywords[argument.name] = value
                start = argument.start
                keywords.places[argument.name] = Origin(frame.module.path, start, start + len(argument.name.encode()))
            elif isinstance(value, Record):
                keywords.update({str(key): entry for key, entry in value.entries.items()})
                keywords.places.update({str(key): place for key, place in value.places.items()})
                arguments.complete = arguments.complete and value.complete
            else:
                arguments.complete = False
        else:
            arguments.items.append(engine.evaluate(argument, frame))
    open_ = not arguments.complete
    if engine.probe is not None:
        header = probing.read_by_call(engine.probe, node, arguments.items)
        if header is not None:
            return header
        if frame.module.javascript and isinstance(callee, Const) and callee.value is None:
            return callee  # `nothing?.split(" ")`
    if engine.stack or not isinstance(callee, Function | Class) or engine.table.tells(frame.module.path):
        return call(engine, callee, arguments.items, keywords, node, frame, new=node.new, open_=open_)
    # The top level of a file that has nothing to do with any framework: data, which is worth little time.
    with engine.impatient(LITTLE_PATIENCE) as given_up:
        return call(engine, callee, arguments.items, keywords, node, frame, new=node.new, open_=open_)
    return given_up


def call(
    engine: Engine,
    callee: Value,
    arguments: list[Value],
    keywords: dict[str, Value],
    node: syntax.Place,
    frame: Frame,
    *,
    new: bool = False,
    open_: bool = False,
) -> Value:
    """Call a value."""
    engine.tick()
    if isinstance(callee, Choice):
        with engine.undecided():
            kept = [option for option in callee.options if not isinstance(option, Const)]
            return choice(
                call(engine, option, arguments, keywords, node, frame, new=new, open_=open_) for option in kept
            )
    if engine.watcher is not None:
        engine.watcher.called(frame, node, callee, arguments, keywords, open_)
    if engine.probe is not None:
        probing.note_call(engine.probe, callee, arguments, keywords, node, frame, sure=not engine.conditional)
    if isinstance(callee, Parametrized):
        callee = callee.base
    if isinstance(callee, Function):
        if new:
            return objects.construct_function(engine, callee, arguments, keywords, node, frame)
        return call_function(engine, callee, arguments, keywords, node, frame, open_=open_)
    if isinstance(callee, Class):
        return objects.instantiate(engine, callee, arguments, keywords, node, frame, open_=open_)
    made = Call(engine, frame, node, callee, arguments, keywords, new=new, open_=open_)
    depth, conditional = len(engine.stack), engine.conditional
    try:
        return call_library(engine, callee, made)
    except OURS as error:
        engine.troubles.setdefault(told(error, f"the call of `{made.name or getattr(callee, 'path', '')}`"))
        del engine.stack[depth:]
        engine.conditional = conditional
        return Unknown("what it gives could not be told")


def call_library(engine: Engine, callee: Value, made: Call) -> Value:
    """Call what is no function or class of the project."""
    arguments, keywords, node, frame, open_ = made.arguments, made.keywords, made.node, made.frame, made.open
    if isinstance(callee, Native):
        made.name = callee.name
        return callee.call(made)
    if isinstance(callee, External):
        return call_external(engine, callee, made)
    if is_new_type(callee) and len(arguments) == 1:
        return arguments[0]
    if isinstance(callee, Instance):
        answer = callee.called(made) if isinstance(callee, LibraryObject) else None
        if answer is not None:
            return heard(made, answer)
        method = access.find_member(engine, callee, "__call__")
        if method is not None:
            return call(engine, method, arguments, keywords, node, frame, open_=open_)
        run_callbacks(engine, made)
        if callee.path is not None:
            return heard(made, wrapping(made, outside_result(callee.path, made)))
    items = run_callbacks(engine, made)
    if isinstance(callee, UnknownModule):
        for argument in [*arguments, *keywords.values()]:
            if isinstance(argument, LibraryObject):
                argument.handed_over(made, callee.reason)
    reason = reason_of(callee)  # of a chain of calls, the first that is not known
    return mapped(made, items) or Unknown(reason if reason.startswith(CALLING) else f"{CALLING}{reason}")


def call_external(engine: Engine, callee: External, made: Call) -> Value:
    """Call something of a library: what a pack tells of it, else an object named after the call."""
    made.name = callee.name
    if isinstance(callee.receiver, LibraryObject):
        answer = callee.receiver.answers(made)
        if answer is not None:
            return heard(made, answer)
    first = made.arguments[0] if made.arguments else None
    if callee.name == "__init__" and isinstance(first, LibraryObject):  # Base.__init__(self, ...)
        made.arguments = made.arguments[1:]
        return objects.created_by(first, made)
    if callee.name == "__init__" and isinstance(first, Instance) and first.kind is not None:
        made.arguments = made.arguments[1:]
        return objects.passed_on(first, callee, made)
    cls = engine.library.object_for(callee.path)
    if cls is not None:
        return create(engine, cls, callee.path, made)
    function = engine.library.function_for(callee.path)
    if function is not None:
        return heard(made, function(made))
    given = engine.library.object_for(f"{callee.path}()")
    if given is not None:
        return create(engine, given, f"{callee.path}()", made)
    items = run_callbacks(engine, made)
    answer = (engine.gives(callee.path, made) if engine.gives is not None else None) or mapped(made, items)
    if answer is not None:
        return heard(made, answer)
    return heard(made, wrapping(made, outside_result(callee.path, made)))


def heard(made: Call, result: Value) -> Value:
    """What a call of a library gave, after whoever listens has heard of it."""
    if made.engine.watcher is not None:
        made.engine.watcher.gave(made, result)
    return result


def create(engine: Engine, cls: type[LibraryObject], path: str, made: Call) -> LibraryObject:
    """A new object of a library."""
    created = cls(None, path, origin=made.origin)
    created.depth = engine.conditional
    created.made_by = made
    engine.objects.append(created)
    engine.wired()
    created.created(made)
    return created


def outside_result(path: str, made: Call) -> Value:
    """What a library's function gives, when no pack tells: an object that remembers the call."""
    if len(path) > access.LONGEST_PATH:
        return Unknown("the result of a long chain of calls")
    constructs = path[path.rfind(".") + 1 :][:1].isupper()  # a constructor: the object is of that class
    result = Instance(None, path if constructs else f"{path}()", origin=made.origin)
    result.made_by = made
    made.kept = path.startswith(made.engine.expressive)
    return result


def wrapping(made: Call, result: Value) -> Value:
    """What a library's function gives for a function: where a handler is wanted, it stands for that function."""
    first = made.argument(0)
    if isinstance(result, Instance) and (
        isinstance(first, Function) or (isinstance(first, LibraryObject) and first.handles)
    ):
        result.attributes["wrapped"] = first
    return result


def mapped(made: Call, items: list[Value]) -> Value | None:
    """What ``rows.map((row) => ...)`` gives where it is not known what the rows are; None for other calls."""
    callee = made.node.callee if isinstance(made.node, syntax.Call) else None
    if not made.engine.remembers or not isinstance(callee, syntax.Member) or callee.name not in ("map", "flatMap"):
        return None
    if len(items) != 1 or not made.arguments or not isinstance(made.arguments[0], Function):
        return None
    element = items[0]
    if callee.name == "flatMap":
        element = made.engine.element_of(element)
    return Sequence((), complete=False, element=element, origin=made.origin)


def run_callbacks(engine: Engine, made: Call) -> list[Value]:
    """Functions handed to code that cannot be seen may be called by it; run each once, on unknown arguments.

    Gives what those that were run to their end gave.

    What is business and no wiring can be without end on unknown arguments: a callback that wires nothing for long
    is given up.
    """
    found: list[Value] = []
    for argument in [*made.arguments, *made.keywords.values()]:
        if isinstance(argument, Function) and not engine.remembers:
            engine.handed.setdefault(argument.code, argument)
        if isinstance(argument, Function) and argument.code not in engine.stack:
            receiver = made.callee.receiver if isinstance(made.callee, External) else None
            outer, engine.loops = engine.loops, engine.loops if is_repeated(made) else ()  # it may never be called
            repeated = engine.loop(made.frame.module.path, made.node, receiver) if is_repeated(made) else nullcontext()
            try:
                with engine.impatient(PATIENCE), engine.undecided(), repeated:
                    found.append(run_unknown(engine, argument, made.node, made.frame))
            finally:
                engine.loops = outer
    return found


def is_repeated(made: Call) -> bool:
    """Whether what is called runs its callback once for each of its items."""
    callee = made.node.callee if isinstance(made.node, syntax.Call) else None
    return isinstance(callee, syntax.Member) and callee.name in REPEATING


def run_unknown(engine: Engine, function: Function, node: syntax.Place, frame: Frame) -> Value:
    """Call a function with arguments of which only the declared types are known."""
    if engine.watcher is not None:
        engine.watcher.called(frame, node, function, [], {}, True)
    return call_function(engine, function, [], {}, node, frame, open_=True)


def call_function(
    engine: Engine,
    function: Function,
    arguments: list[Value],
    keywords: dict[str, Value],
    node: syntax.Place,
    frame: Frame,
    *,
    open_: bool = False,
) -> Value:
    """Run a function of the project and give what it returns."""
    code = function.code
    memo = engine.memo_key(function, arguments, keywords)
    if memo is not None and engine.watcher is not None:
        engine.watcher.entered(engine.within, memo, function)
    if len(engine.stack) >= engine.deepest:
        return Unknown("calls nested too deeply")
    receiver = (
        None if not isinstance(function.bound, Instance) or function.bound.symbolic else (code, id(function.bound))
    )
    again = engine.stack.count(code)
    named = named_key(function, arguments)
    other = named not in engine.named and again <= DEEPEST_NAMED and (named[2] or code.kind == "arrow")
    if again > 1 and not other and (receiver is None or receiver in engine.receivers or again > DEEPEST_TREE):
        return Unknown("a function that calls itself")
    if memo is not None:
        if memo in engine.memo:
            return engine.memo[memo][0]
        runs = engine.runs[code] = engine.runs.get(code, 0) + 1
        if runs > MANY_RUNS:
            return Unknown(f"the result of calling `{function.name}`")
    plain = plain_key(function, arguments, keywords) if memo is None and engine.probe is None else None
    if plain is not None:
        times, known, _ = engine.barren.get(plain, (0, NOTHING, function))
        if times >= ENOUGH_TRIALS:
            return copied(known) or known
        if engine.idle.get(code, 0) >= MANY_TRIALS:
            return Unknown(f"the result of calling `{function.name}`")
    wired = engine.sequence, len(engine.objects)
    inner = Frame(function.module, Scope(function.scope), function, function.bound, frame.depth + 1, function.owner)
    inner.site = (node, frame)
    engine.stack.append(code)
    engine.ran.add(code)
    entered = receiver is not None and receiver not in engine.receivers
    first = named not in engine.named
    engine.named.add(named)
    if receiver is not None:
        engine.receivers.add(receiver)
    conditional, running, within = engine.conditional, engine.running, engine.within
    engine.running, engine.within = function, memo
    try:
        bind_parameters(engine, function, arguments, keywords, inner, open_=open_)
        flow = engine.execute(code.body, inner)
        returned = inner.returns if flow is Flow.RETURN or not inner.returns else [*inner.returns, NOTHING]
        result = Generator(inner.yields) if inner.yields else choice(returned)
        if engine.watcher is not None and inner.returns:
            engine.watcher.returned(function, result)
        if code.returns is not None:
            stub = not code.body or is_stub(code, result)
            if stub or is_vague(result):
                declared = engine.assumed(access.annotation(engine, code.returns, inner))
                result = declared if stub and not isinstance(declared, Unknown) else refined(result, declared)
    except BudgetError:
        engine.unfinished.add(code)
        raise
    finally:
        engine.conditional, engine.running, engine.within = conditional, running, within
        engine.stack.pop()
        if first:
            engine.named.discard(named)
        if entered and receiver is not None:
            engine.receivers.discard(receiver)
    if memo is not None:
        if not any(isinstance(option, LibraryObject) and option.mutable for option in options(result)):
            engine.memo[memo] = result, (function, arguments, keywords)
    elif plain is not None and wired == (engine.sequence, len(engine.objects)) and copied(result) is not None:
        engine.barren[plain] = engine.barren.get(plain, (0,))[0] + 1, result, function
        if not isinstance(result, Const):
            engine.idle[code] = engine.idle.get(code, 0) + 1
    return result


def named_key(function: Function, arguments: list[Value]) -> tuple[syntax.Function, int, tuple[str, ...]]:
    """What tells calls apart that look something up by its name, as containers do, which then look up what it needs."""
    texts = (text_of(argument) for argument in arguments)
    return function.code, id(function.scope), tuple(text for text in texts if text is not None and NAME.fullmatch(text))


def plain_key(function: Function, arguments: list[Value], keywords: dict[str, Value]) -> object | None:
    """What tells one call on nothing but unknown values and constants from another; None for other calls."""
    given = [*arguments, *keywords.values()]
    if not any(isinstance(option, Unknown) for value in given for option in options(value)):
        return None
    shape: list[object] = [function.code, id(function.scope), id(function.bound), len(arguments), *keywords]
    for value in given:
        whole = options(value)
        if not all(isinstance(option, Unknown | Const | External) for option in whole):
            return None
        shape.extend(plain_shape(option) for option in whole if len(whole) == 1 or not isinstance(option, External))
        shape.append(len(whole) > 1)
    return tuple(shape)


def plain_shape(value: Value) -> object:
    """What counts of a constant, a library's value or an unknown one."""
    if isinstance(value, Const):
        return type(value.value), value.value
    return value.path if isinstance(value, External) else None


def copied(value: Value, depth: int = 0) -> Value | None:
    """A value that the caller may change as if it were fresh; None where it holds more than data."""
    if isinstance(value, Unknown | Const | External):
        return value
    if depth > DEEPEST_COPY or not isinstance(value, Choice | Record | Sequence) or type(value) is NamedItems:
        return None
    if isinstance(value, Choice):
        parts = [copied(option, depth + 1) for option in value.options]
        return None if None in parts else choice(part for part in parts if part is not None)
    element = copied(value.element, depth + 1) if value.element is not None else None
    if value.element is not None and element is None:
        return None
    if isinstance(value, Sequence):
        items = [copied(item, depth + 1) for item in value.items]
        if None in items:
            return None
        made = [item for item in items if item is not None]
        return Sequence(made, value.kind, complete=value.complete, element=element, origin=value.origin)
    entries = {key: copied(entry, depth + 1) for key, entry in value.entries.items()}
    if None in entries.values():
        return None
    known = {key: entry for key, entry in entries.items() if entry is not None}
    return Record(known, complete=value.complete, element=element)


def is_stub(code: syntax.Function, result: Value) -> bool:
    """Whether a body only raises or does nothing, as that of an abstract method."""
    return result is NOTHING and all(isinstance(statement, syntax.Raise | syntax.Evaluate) for statement in code.body)


def bind_parameters(
    engine: Engine,
    function: Function,
    arguments: list[Value],
    keywords: dict[str, Value],
    inner: Frame,
    *,
    open_: bool,
) -> None:
    """Give the parameters of a call their values. What is not given is its default, or known by its type only."""
    positional = list(arguments)
    if function.bound is not None and not function.module.javascript and not function.code.static:
        positional.insert(0, function.bound)
    given = dict(keywords)
    for parameter in function.code.parameters:
        name = parameter.name
        value: Value | None
        if parameter.kind == "rest":
            passed = given.pop(name, None) if open_ and not positional else None
            if not isinstance(passed, Sequence):  # else a framework has passed all of them
                passed = Sequence(positional, "list" if inner.module.javascript else "tuple", complete=not open_)
            value, positional = passed, []
        elif parameter.kind == "keywords":
            value = Record(dict[object, Value](given.items()), complete=not open_)
            value.places.update(keywords.places if isinstance(keywords, Keywords) else {})
            given = {}
        elif positional and parameter.kind != "keyword":
            value = positional.pop(0)
        else:
            value = given.pop(name, None)
        value = parameter_value(engine, parameter, value, inner, open_=open_)
        assigning.bind(engine, parameter.target, value, inner, declares="let" if inner.module.javascript else None)
        if parameter.field and isinstance(function.bound, Instance):
            function.bound.attributes[name] = value
    if inner.module.javascript and function.code.kind != "arrow":
        inner.scope.names.setdefault("arguments", Sequence(arguments, complete=not open_))


def parameter_value(
    engine: Engine, parameter: syntax.Parameter, value: Value | None, inner: Frame, *, open_: bool
) -> Value:
    """The value of one parameter."""
    if value is None and parameter.default is not None:
        default = engine.evaluate(parameter.default, inner)
        if not open_:
            return default
        declared = declared_value(engine, parameter, inner)
        if isinstance(default, Instance) and isinstance(declared, Instance) and fills(default, declared):
            return default
        if not isinstance(declared, Unknown):
            return declared
        if engine.remembers and isinstance(default, Record):  # who calls may have given some of its entries
            return Record(dict(default.entries), complete=False)
        return default
    if value is None or isinstance(value, Unknown):
        declared = declared_value(engine, parameter, inner)
        if type(value) is Unknown and isinstance(declared, Typed):
            return Typed(value.reason, declared.type, value.origin)
        if value is None or isinstance(declared, Unknown):
            return declared if value is None else value
        return rows.typed(engine, value, declared) if engine.rows else declared
    return value


def fills(given: Instance, declared: Instance) -> bool:
    """Whether an object was made of the very class that is declared, or of one below it."""
    own = list(given.kind.lineage()) if given.kind is not None and not given.symbolic else []
    return declared.kind is not None and declared.kind in own


def declared_value(engine: Engine, parameter: syntax.Parameter, inner: Frame) -> Value:
    """What a parameter's annotation tells of its value."""
    if parameter.annotation is None:
        return Unknown(f"the parameter `{parameter.name}`")
    found = engine.assumed(access.annotation(engine, parameter.annotation, inner))
    if isinstance(found, Typed):
        return Typed(f"the parameter `{parameter.name}`", found.type)
    return Unknown(f"the parameter `{parameter.name}`") if isinstance(found, Unknown) else found


def decorate(engine: Engine, value: Value, decorators: tuple[syntax.Expression, ...], frame: Frame) -> Value:
    """Apply decorators, innermost first. The function stays in sight whatever is wrapped around it."""
    for node in reversed(decorators):
        name = decorator_name(node)
        if name.rpartition(".")[2] in TRANSPARENT:
            continue
        applied = engine.evaluate(node, frame)
        described = engine.library.function_for(applied.path) if isinstance(applied, External) else None
        if described is not None:  # a pack tells what the decorator gives
            applied = Native(name, described)
        result = (
            call(engine, applied, [value], {}, node, frame)
            if isinstance(applied, Native | Function | LibraryObject)
            else None
        )
        original = value
        if isinstance(result, Function) and isinstance(value, Function) and result.code is not value.code:
            wrapped, value = value, result
            value.wraps = value.wraps or wrapped
        elif isinstance(result, Class | Function | LibraryObject):
            value = result
        if isinstance(value, Function) and isinstance(original, Function) and not isinstance(applied, Native):
            value = with_decorator(value, name, original.decorators if value.code is not original.code else ())
    return value


def with_decorator(function: Function, name: str, inside: tuple[str, ...] = ()) -> Function:
    """The function, marked as wrapped; ``inside`` are the decorators of what it was made around."""
    marked = Function(
        function.code,
        function.scope,
        function.module,
        bound=function.bound,
        owner=function.owner,
        decorators=(name, *function.decorators, *inside),
        wraps=function.wraps,
        attributes=function.attributes,
    )
    marked.attributes = function.attributes
    return marked


def decorator_name(node: syntax.Expression) -> str:
    """A decorator as a reader would name it: without its arguments."""
    if isinstance(node, syntax.Call):
        return decorator_name(node.callee)
    if isinstance(node, syntax.Member):
        inner = decorator_name(node.object)
        return f"{inner}.{node.name}" if inner else node.name
    return node.id if isinstance(node, syntax.Name) else ""


def enter(engine: Engine, value: Value, item: syntax.WithItem, frame: Frame, *, is_async: bool) -> Value:
    """What ``with value as target`` binds."""
    if isinstance(value, Choice):
        return choice(enter(engine, option, item, frame, is_async=is_async) for option in value.options)
    if isinstance(value, Generator):
        return value.items[0] if value.items else Unknown("a context manager that yields nothing")
    if isinstance(value, LibraryObject):
        return value.entered(engine)
    if isinstance(value, Instance):
        method = protocol_method(engine, value, "enter", is_async=is_async)
        if method is not None:
            entered = call(engine, method, [], {}, item, frame)
            return value if isinstance(entered, Unknown) else entered
    return value


def leave(engine: Engine, value: Value, item: syntax.WithItem, frame: Frame, *, is_async: bool) -> None:
    """Run what a project's context manager does at the end of its block, with an error or without one.

    Errors that it raises then are those of the block, in another form.
    """
    for option in options(value):
        if engine.watcher is not None and isinstance(option, Instance) and option.path is not None:
            engine.watcher.left(frame, option)
        if isinstance(option, LibraryObject) or not isinstance(option, Instance):
            continue
        method = protocol_method(engine, option, "exit", is_async=is_async)
        if method is not None:
            raised = list(engine.raised) if engine.raised is not None else None
            given: list[Value] = [choice([NOTHING, Unknown("the error of the block")]) for _ in range(3)]
            call(engine, method, given, {}, item, frame)
            engine.raised = raised


def protocol_method(engine: Engine, value: Instance, name: str, *, is_async: bool) -> Function | None:
    """``__enter__``, ``__exit__`` or their asynchronous forms, as the statement asks for them."""
    forms = (f"__a{name}__", f"__{name}__")
    for form in forms if is_async else reversed(forms):
        method = access.find_member(engine, value, form)
        if isinstance(method, Function):
            return method
    return None


def is_new_type(value: Value) -> bool:
    """Whether ``NewType`` made it: a type whose values are those of the one behind it."""
    return type(value) is Instance and value.path in NEW_TYPES


def assumed(engine: Engine, kind: Value) -> Value:
    """An object of which only the type is known."""
    if isinstance(kind, Choice):
        return choice(assumed(engine, option) for option in kind.options if option is not NOTHING)
    if isinstance(kind, Class):
        return engine.symbolic_object(kind)
    if is_new_type(kind) and isinstance(kind, Instance) and kind.made_by is not None:
        behind = kind.made_by.argument(1, "tp")
        return assumed(engine, behind) if behind is not None else Unknown("a type that is made at run time")
    if isinstance(kind, Parametrized):
        return assumed_parametrized(engine, kind)
    if isinstance(kind, External | Native) and kind.name in PLAIN_TYPES and "." not in getattr(kind, "path", ""):
        return Typed(f"a value of the type `{kind.name}`", kind.name)
    if isinstance(kind, External):
        if kind.path.startswith(("typing.", "typing_extensions.")):
            return Unknown(f"a value of the type `{kind.name}`")
        cls = engine.library.object_for(kind.path)
        if cls is not None:
            found = cls(None, kind.path, symbolic=True)
            found.assumed(engine)
            return found
        return Instance(None, kind.path, symbolic=True)
    return Unknown("a value of a type that is not known")


def assumed_parametrized(engine: Engine, kind: Parametrized) -> Value:
    """An object of a type with arguments, such as ``Optional[X]``."""
    base = kind.base
    name = base.name if isinstance(base, External | Class) else ""
    arguments = kind.arguments
    if (
        name in ("Optional", "Annotated", "Final", "ClassVar", "Awaitable", "Promise", "Required", "NotRequired")
        and arguments
    ):
        return assumed(engine, arguments[0])
    if name == "Union":
        return choice(assumed(engine, argument) for argument in arguments if argument is not NOTHING)
    if name == "Coroutine" and arguments:
        return assumed(engine, arguments[-1])
    if name in ("Generator", "AsyncGenerator", "Iterator", "AsyncIterator") and arguments:
        return Generator([assumed(engine, arguments[0])])
    if (
        name in ("list", "List", "Sequence", "Iterable", "Array", "ReadonlyArray", "set", "Set", "tuple", "Tuple")
        and arguments
    ):
        return Sequence((), complete=False, element=assumed(engine, arguments[0]))
    if name in ("dict", "Dict", "Mapping", "Record", "Map") and arguments:
        return Record(complete=False, element=assumed(engine, arguments[-1]))
    if name in ("type", "Type") and arguments:
        return arguments[0]
    found = assumed(engine, base)
    if isinstance(found, LibraryObject):
        found.typed(arguments)
    return found
