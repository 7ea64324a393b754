"""Operators on abstract values."""

from __future__ import annotations

import operator as functions
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from verifier import syntax
from verifier.evaluate.frames import Frame
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    Copy,
    Excerpt,
    External,
    Field,
    Function,
    Instance,
    Native,
    Origin,
    OwnName,
    Parametrized,
    Record,
    Sequence,
    Term,
    Text,
    Unknown,
    Value,
    choice,
    join_text,
    operand_path,
    options,
    reason_of,
    same,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

LONGEST_TEXT = 100_000
TERM = "<term>"  # in the path of what is read from an operation that a library gives a meaning
UNARY_TERMS = {"not": "not", "~": "~", "-": "neg", "+": "+"}
# What asks whether two objects are one: a library cannot give it a meaning, and on a column it is a mistake.
IDENTITIES = frozenset({"is", "is not", "in", "not in"})

COMPARISONS: dict[str, Callable[[Any, Any], object]] = {
    "==": functions.eq,
    "===": functions.eq,
    "is": functions.eq,
    "!=": functions.ne,
    "!==": functions.ne,
    "is not": functions.ne,
    "<": functions.lt,
    "<=": functions.le,
    ">": functions.gt,
    ">=": functions.ge,
}
ARITHMETIC: dict[str, Callable[[object, object], object]] = {
    "+": functions.add,
    "-": functions.sub,
    "*": functions.mul,
    "**": functions.pow,
    "//": functions.floordiv,
    "/": functions.truediv,
    "%": functions.mod,
    "|": functions.or_,
    "&": functions.and_,
    "^": functions.xor,
    "<<": functions.lshift,
    ">>": functions.rshift,
}


def unary(engine: Engine, operator: str, value: Value, node: syntax.Node, frame: Frame) -> Value:
    """``operator value``."""
    if isinstance(value, Choice) and operator != "not":
        return choice(unary(engine, operator, option, node, frame) for option in value.options)
    library = None if frame.module.javascript else meaning(engine, value)
    if library is not None and operator in UNARY_TERMS and (operator != "not" or is_expression(value)):
        return Term(UNARY_TERMS[operator], (value,), f"{library}.{TERM}", at(node, frame))
    if operator == "not":
        holds = engine.truth(value, frame)
        return Const(not holds) if holds is not None else Unknown(reason_of(value))
    if operator == "typeof":
        return typeof(value)
    if operator in ("-", "+") and isinstance(value, Const) and isinstance(value.value, int | float):
        return Const(-value.value if operator == "-" else value.value, value.origin)
    if operator == "void":
        return Const(None)
    if isinstance(value, Instance):
        return special(engine, "__invert__" if operator == "~" else "__neg__", value, [], frame) or Unknown(
            reason_of(value)
        )
    return Unknown(reason_of(value))


def typeof(value: Value) -> Value:
    """JavaScript's ``typeof``."""
    if isinstance(value, Function | Class):
        return Const("function")
    if isinstance(value, Record | Sequence):
        return Const("object")
    if isinstance(value, Const):
        if isinstance(value.value, bool):
            return Const("boolean")
        if isinstance(value.value, str):
            return Const("string")
        return Const("number") if isinstance(value.value, int | float) else Unknown("the type of nothing")
    return Unknown(reason_of(value))


def binary(engine: Engine, operator: str, left: Value, right: Value, node: syntax.Node, frame: Frame) -> Value:
    """``left operator right``."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        return choice(
            binary(engine, operator, one, other, node, frame) for one in options(left) for other in options(right)
        )
    if not frame.module.javascript:
        term = as_term(engine, operator, left, right, node, frame)
        if term is not None:
            return term
    if operator in COMPARISONS:
        return compare(operator, left, right)
    if operator in ("in", "not in"):
        held = contains(right, left)
        return Const(held if operator == "in" else not held) if held is not None else Unknown(reason_of(right))
    for name, one, other in ((DUNDERS.get(operator, ""), left, right), (REFLECTED.get(operator, ""), right, left)):
        if isinstance(one, Instance) and name:
            answer = special(engine, name, one, [other], frame)
            if answer is not None:
                return answer
    if operator == "+" and (is_text(left) or is_text(right)):
        return join_text((left, right), left.origin)
    if operator == "%" and isinstance(left, Const) and isinstance(left.value, str):
        return percent(left, right)
    if operator == "/" and is_text(right) and not isinstance(left, Const):
        return Unknown(reason_of(left))
    if operator == "+" and isinstance(left, Sequence) and isinstance(right, Sequence):
        return Sequence(
            [*left.items, *right.items],
            left.kind,
            complete=left.complete and right.complete,
            element=left.element or right.element,
            origin=left.origin,
        )
    if operator == "|" and isinstance(left, Record) and isinstance(right, Record):
        merged = Record(dict(left.entries), complete=left.complete, element=left.element, origin=left.origin)
        update(merged, right)
        return merged
    types = Class | Instance | External | Native | Parametrized
    if operator == "|" and (isinstance(left, types) or isinstance(right, types)):
        return choice((left, right))  # a union of types
    if isinstance(left, Const) and isinstance(right, Const):
        return arithmetic(operator, left, right)
    return Unknown(reason_of(left if not isinstance(left, Const) else right))


def as_term(engine: Engine, operator: str, left: Value, right: Value, node: syntax.Node, frame: Frame) -> Term | None:
    """An operation to which a library gives a meaning; None where the language's own holds."""
    library = meaning(engine, left) or meaning(engine, right)
    if library is None or (operator == "%" and is_text(left)):
        return None
    if operator in IDENTITIES and not (is_expression(left) or is_expression(right)):
        return None
    if operator == "|" and not any(isinstance(side, Term | Instance) for side in (left, right)):
        return None  # a union of types
    return Term(operator, (left, right), f"{library}.{TERM}", at(node, frame))


def meaning(engine: Engine, value: Value) -> str | None:
    """The library that gives an operand's operators their meaning."""
    path = operand_path(value)
    return path.partition(".")[0] if path is not None and path.startswith(engine.expressive) else None


def is_expression(value: Value) -> bool:
    """Whether a value stands for something in a statement: an attribute as read from a class, or made of some."""
    if isinstance(value, External):
        return isinstance(value.receiver, Class)
    return isinstance(value, Term) or (isinstance(value, Field) and value.of_class)


def in_statement(engine: Engine, value: Value) -> bool:
    """Whether a value surely stands for something in a statement, all of it read from classes."""
    if isinstance(value, Term):
        return any(in_statement(engine, operand) for operand in value.operands)
    if isinstance(value, Field):
        return value.of_class and meaning(engine, value) is not None
    if isinstance(value, External):
        return isinstance(value.receiver, Class) and meaning(engine, value) is not None
    if type(value) is Instance and value.kind is None and value.made_by is not None:
        callee = value.made_by.callee
        of = callee.receiver if isinstance(callee, External) else None
        return isinstance(of, Term | Field) and in_statement(engine, of)
    return False


def kept(engine: Engine, operator: str, left: Value, right: Value, node: syntax.Node, frame: Frame) -> Value:
    """``left and right`` on what stands in a statement: Python asks the left side whether it is true."""
    library = meaning(engine, left) or ""
    return Term(operator, (left, right), f"{library}.{TERM}", at(node, frame))


def at(node: syntax.Node, frame: Frame) -> Origin:
    """The place of an operation."""
    return Origin(frame.module.path, node.start, node.end)


def is_text(value: Value) -> bool:
    """Whether a value is a string, known or not."""
    return isinstance(value, Text) or (isinstance(value, Const) and isinstance(value.value, str))


def compare(operator: str, left: Value, right: Value) -> Value:
    """A comparison; unknown unless both sides are constants, or one is nothing and the other surely something."""
    if isinstance(left, OwnName) or isinstance(right, OwnName):
        return Const(True) if operator == "==" else Unknown("the name that the module is run by")
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(COMPARISONS[operator](left.value, right.value)))
        except TypeError:
            return Unknown("a comparison of different types")
    pair = (left, right)
    if any(isinstance(side, Const) and side.value is None for side in pair) and any(map(is_something, pair)):
        return Const(operator in ("!=", "!==", "is not"))
    if isinstance(left, Class | Function | Record) and left is right:
        return Const(operator in ("==", "===", "is"))
    return Unknown(reason_of(left if not isinstance(left, Const) else right))


def is_something(value: Value) -> bool:
    """Whether a value is surely not None: made here, and neither known by its type only nor what a library gave."""
    if isinstance(value, Instance):
        return not value.symbolic and (value.kind is not None or not (value.path or "").endswith("()"))
    return isinstance(value, Function | Class | Record | Sequence)


def contains(holder: Value, item: Value) -> bool | None:
    """``item in holder``."""
    if isinstance(item, Class | Function) and isinstance(holder, Sequence):
        if any(same(item, other) for other in holder.items):
            return True
        known = holder.complete and all(isinstance(other, Const | Class | Function) for other in holder.items)
        return False if known else None
    if not isinstance(item, Const):
        return None
    if isinstance(holder, Record):
        return True if item.value in holder.entries else False if holder.complete else None
    if isinstance(holder, Sequence):
        if any(isinstance(other, Const) and other.value == item.value for other in holder.items):
            return True
        return False if holder.complete and all(isinstance(other, Const) for other in holder.items) else None
    if isinstance(holder, Const) and isinstance(holder.value, str) and isinstance(item.value, str):
        return item.value in holder.value
    if isinstance(holder, Instance) and (item.value in holder.items or item.value in holder.attributes):
        return True
    return None


def arithmetic(operator: str, left: Const, right: Const) -> Value:
    """Arithmetic on constants, within bounds."""
    function = ARITHMETIC.get(operator)
    one, other = left.value, right.value
    if function is None or (
        operator == "*" and isinstance(other, int) and isinstance(one, str) and other * len(one) > LONGEST_TEXT
    ):
        return Unknown(f"the result of `{operator}`")
    if (
        operator in ("*", "<<", "**")
        and isinstance(one, int)
        and isinstance(other, int)
        and (abs(one) > 2**64 or abs(other) > (64 if operator == "**" else 2**16))
    ):
        return Unknown(f"the result of `{operator}`")
    try:
        result = function(one, other)
    except (TypeError, ValueError, ArithmeticError):
        return Unknown(f"the result of `{operator}`")
    return Const(result, left.origin) if isinstance(result, str | int | float | bytes) else Unknown(f"`{operator}`")


def percent(text: Const, right: Value) -> Value:
    """``"..." % values`` where each hole is ``%s`` or ``%d``."""
    import re

    template = str(text.value)
    values = list(right.items) if isinstance(right, Sequence) and right.kind == "tuple" else [right]
    parts: list[str | Value] = []
    last = 0
    for hole in re.finditer(r"%(?:\((\w+)\))?[sdr]|%%", template):
        parts.append(Excerpt(text, last, hole.start()))
        last = hole.end()
        if hole.group() == "%%":
            parts.append("%")
        elif hole.group(1) is not None:
            parts.append(
                right.entries.get(hole.group(1), Unknown("a format value")) if isinstance(right, Record) else right
            )
        elif values:
            parts.append(values.pop(0))
        else:
            return Unknown("a format with too few values")
    parts.append(Excerpt(text, last, len(template)))
    return join_text([part for part in parts if not isinstance(part, Excerpt) or part.value], text.origin)


def augmented(engine: Engine, operator: str, old: Value, value: Value, node: syntax.Node, frame: Frame) -> Value:
    """``old += value`` and the like; a list grows in place."""
    if operator == "+=" and isinstance(old, Sequence):
        engine.spread(old, value, frame)
        return old
    if operator == "|=" and isinstance(old, Record):
        update(old, value)
        return old
    if operator in ("||=", "&&=", "??="):
        return choice((old, value)) if not isinstance(old, Unknown) else value
    if isinstance(old, Instance):
        answer = special(engine, DUNDERS.get(operator[:-1], "").replace("__", "__i", 1), old, [value], frame)
        if answer is not None:
            return answer
    return binary(engine, operator[:-1], old, value, node, frame)


def update(record: Record, other: Value) -> None:
    """Lay the entries of another mapping over a record."""
    whole = isinstance(other, Record) and other.complete
    if isinstance(record, Copy) and not whole and getattr(other, "of", None) is not record.of:
        record.element = record.element or Unknown("an entry that is set at run time")
    if isinstance(other, Record):
        record.entries.update(other.entries)
        record.places.update(other.places)
        record.complete = record.complete and other.complete
        record.element = record.element or other.element
    elif isinstance(other, Choice):
        for option in other.options:
            update(record, option)
    elif not (isinstance(other, Const) and not other.value):
        record.complete = False


DUNDERS = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "%": "__mod__",
    "|": "__or__",
    "&": "__and__",
    "^": "__xor__",
    "<<": "__lshift__",
    ">>": "__rshift__",
    "@": "__matmul__",
}
REFLECTED = {operator: name.replace("__", "__r", 1) for operator, name in DUNDERS.items()}


def special(engine: Engine, name: str, value: Instance, arguments: list[Value], frame: Frame) -> Value | None:
    """Call a special method that an object defines; None where it defines none."""
    from verifier.evaluate import access, calling

    method = access.find_member(engine, value, name)
    if method is None:
        return None
    node = syntax.Opaque(0, 0, name)
    return calling.call(engine, method, arguments, {}, node, frame)
