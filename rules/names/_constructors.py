"""What the classes of a Python project take when they are called."""

from __future__ import annotations

from typing import NamedTuple

from verifier.api import (
    Class,
    External,
    Facts,
    Frame,
    Function,
    GivenArguments,
    Scope,
    Taken,
    Value,
    refusal,
    syntax,
    taken_by,
)

from ._receivers import BARE, callee_of, keeps_signature

DATACLASSES = frozenset({"dataclasses.dataclass"})
# Errors that take what is given by place, and nothing by name.
ERRORS = frozenset(
    "BaseException Exception ValueError TypeError RuntimeError LookupError KeyError IndexError ArithmeticError "
    "ZeroDivisionError OverflowError AssertionError NotImplementedError PermissionError FileNotFoundError "
    "FileExistsError TimeoutError ConnectionError OSError".split()
)
TUPLES = frozenset({"typing.NamedTuple"})


class Parameter(NamedTuple):
    """A field that a generated constructor takes."""

    name: str
    required: bool
    by_name: bool


def class_refusal(facts: Facts, cls: Class, given: GivenArguments) -> tuple[str, Value] | None:
    """What Python says of a call of a class, and what refuses it; None where it may be fine."""
    lineage = list(cls.lineage())
    own = [one for one in lineage if isinstance(one, Class)]
    others = [one for one in lineage if not isinstance(one, Class)]
    if any(one.code.kind != "class" or one.module.javascript for one in own):
        return None
    if not all(isinstance(one, External) for one in others) or any(makes_objects_itself(one) for one in own):
        return None
    paths = {one.path for one in others if isinstance(one, External)} - BARE
    generated = [one for one in own if is_dataclass(facts, one)]
    if any(one.code.decorators and one not in generated for one in own):
        return None
    if "__init__" in cls.members or (len(cls.bases) <= 1 and not generated):
        constructor = next((one for one in own if "__init__" in one.members), None)
        if constructor is not None and not is_before(lineage, constructor):
            return None
    else:
        constructor = None
        if not generated and any("__init__" in one.members for one in own):
            return None
    if constructor is not None and not any(before(own, one, constructor) for one in generated):
        found = constructor.members["__init__"]
        if not isinstance(found, Function) or not keeps_signature(facts, found) or found.wraps is not None:
            return None
        if any(path in TUPLES or path.startswith("enum.") for path in paths):
            return None
        told = refusal(taken_by(found.code, 1), given)
        return (told, found) if told is not None else None
    if generated:
        if paths or own[0] is not generated[0] or "__init__" in cls.members:
            return None
        fields = fields_of(facts, own, generated)
        told = refusal(taken(f"{cls.code.qualified}.__init__()", fields, "self"), given) if fields is not None else None
        return (told, cls) if told is not None else None
    if paths and paths <= TUPLES:
        return of_tuple(cls, own, given)
    if len(cls.bases) > 1 or any("__init__" in one.members for one in own):
        return None
    if not paths:
        if given.positional or given.names:
            return f"{cls.name}() takes no arguments", cls
        return None
    if paths <= ERRORS and given.names:
        return f"{cls.name}() takes no keyword arguments", cls
    return None


def is_before(lineage: list[Value], constructor: Class) -> bool:
    """Whether nothing from outside stands before a class where Python looks for a constructor."""
    return all(
        isinstance(one, Class) or getattr(one, "path", "") in BARE for one in lineage[: lineage.index(constructor)]
    )


def before(own: list[Class], one: Class, other: Class) -> bool:
    """Whether a class is asked before another one."""
    return own.index(one) < own.index(other)


def makes_objects_itself(cls: Class) -> bool:
    """Whether something else than the constructor decides on what a call of a class takes."""
    if cls.keywords.keys() - {"metaclass", "frozen", "total", "table"} or "__new__" in cls.members:
        return True
    metaclass = cls.keywords.get("metaclass")
    return metaclass is not None and getattr(metaclass, "path", "") != "abc.ABCMeta"


def is_dataclass(facts: Facts, cls: Class) -> bool:
    """Whether the one decorator of a class makes its constructor."""
    if len(cls.code.decorators) != 1:
        return False
    node = cls.code.decorators[0]
    engine = facts.program.engine
    watcher, engine.watcher = engine.watcher, None
    try:
        found = engine.evaluate(callee_of(node), Frame(cls.module, Scope(cls.scope)))
    finally:
        engine.watcher = watcher
    return isinstance(found, External) and found.path in DATACLASSES


def fields_of(facts: Facts, own: list[Class], generated: list[Class]) -> list[Parameter] | None:
    """The fields of a dataclass and of its ancestors, in their order; None where these are not sure."""
    found: dict[str, Parameter | None] = {}
    for cls in reversed(own):
        if cls not in generated:
            continue
        node = cls.code.decorators[0]
        options = (
            {one.name: one.value for one in node.arguments if isinstance(one, syntax.Keyword)}
            if isinstance(node, syntax.Call)
            else {}
        )
        if None in options or "init" in options:
            return None
        by_name = is_true(options.get("kw_only"))
        if by_name is None:
            return None
        seen: set[str] = set()
        for statement in cls.code.body:
            if isinstance(statement, syntax.If | syntax.For | syntax.With | syntax.Try):
                return None
            target = statement.targets[0] if isinstance(statement, syntax.Assign) else None
            if not isinstance(statement, syntax.Assign) or not isinstance(target, syntax.Name):
                continue
            if statement.annotation is None:
                if target.id in found:  # a default of an inherited field is no field of its own
                    return None
                continue
            if target.id in seen:
                return None
            seen.add(target.id)
            word = last_word(statement.annotation)
            if word == "KW_ONLY":
                by_name = True
            elif word is None or isinstance(statement.annotation, syntax.Const):
                return None
            elif word != "ClassVar":
                field = read_field(target.id, statement.value, by_name)
                if field == "unknown":
                    return None
                found[target.id] = field if isinstance(field, Parameter) else None
    return [one for one in found.values() if one is not None]


def read_field(name: str, value: syntax.Expression | None, by_name: bool) -> Parameter | str | None:
    """A field by what is written behind it; None where the constructor does not take it."""
    if not isinstance(value, syntax.Call):
        return Parameter(name, value is None, by_name)
    word = value.callee.name if isinstance(value.callee, syntax.Member) else getattr(value.callee, "id", "")
    if word != "field":
        return Parameter(name, False, by_name) if word not in ("Field", "attrib", "ib") else "unknown"
    options = {one.name: one.value for one in value.arguments if isinstance(one, syntax.Keyword)}
    if None in options or len(options) != len(value.arguments):
        return "unknown"
    taken_, named = is_true(options.get("init"), default=True), is_true(options.get("kw_only"), default=by_name)
    if taken_ is None or named is None:
        return "unknown"
    return Parameter(name, not options.keys() & {"default", "default_factory"}, named) if taken_ else None


def is_true(node: syntax.Expression | None, *, default: bool = False) -> bool | None:
    """The truth value that is written out; None for anything else."""
    if node is None:
        return default
    return node.value if isinstance(node, syntax.Const) and isinstance(node.value, bool) else None


def last_word(annotation: syntax.Expression) -> str | None:
    """The type's own name, without its module and its arguments."""
    while isinstance(annotation, syntax.Index):
        annotation = annotation.object
    if isinstance(annotation, syntax.Member):
        return annotation.name
    return (
        annotation.id if isinstance(annotation, syntax.Name) else "" if isinstance(annotation, syntax.Binary) else None
    )


def taken(label: str, fields: list[Parameter], first: str) -> Taken:
    """What a generated constructor takes."""
    placed = [one for one in fields if not one.by_name]
    return Taken(
        label,
        (first, *(one.name for one in placed)),
        0,
        tuple(one.name for one in fields if one.by_name),
        frozenset((first, *(one.name for one in fields if one.required))),
        False,
        False,
        1,
    )


def of_tuple(cls: Class, own: list[Class], given: GivenArguments) -> tuple[str, Value] | None:
    """The same of a tuple whose items have names."""
    base = own[-1]
    fields: list[Parameter] = []
    for statement in base.code.body:
        target = statement.targets[0] if isinstance(statement, syntax.Assign) else None
        if (
            isinstance(statement, syntax.Assign)
            and statement.annotation is not None
            and isinstance(target, syntax.Name)
        ):
            fields.append(Parameter(target.id, statement.value is None, False))
    if len(own) > 2 or any("__init__" in one.members for one in own):
        return None
    told = refusal(taken(f"{base.name}.__new__()", fields, "_cls"), given)
    return (told, cls) if told is not None else None
