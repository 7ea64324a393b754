"""What a condition tells of the values that it asks about, in the branch where it holds and in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate.frames import Frame
from verifier.evaluate.values import Choice, Class, Const, External, Instance, Sequence, Value, choice, options

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

SAME = frozenset({"is", "==", "==="})
DIFFERENT = frozenset({"is not", "!=", "!=="})
# Kinds whose objects need not inherit from them.
STRUCTURAL = ("abc.", "collections.", "numbers.", "typing.", "typing_extensions.")


def narrow(engine: Engine, test: syntax.Expression, frame: Frame, *, holds: bool) -> None:
    """Leave names only those of their values with which a condition holds, or with which it does not.

    A name that is bound outside of the function is left alone: others see it too.
    """
    if isinstance(test, syntax.Unary) and test.operator == "not":
        narrow(engine, test.operand, frame, holds=not holds)
    elif isinstance(test, syntax.Logical) and test.operator == ("and" if holds else "or"):
        narrow(engine, test.left, frame, holds=holds)
        narrow(engine, test.right, frame, holds=holds)
    elif isinstance(test, syntax.Name):
        keep(test, frame, [(option, engine.truth(option, frame)) for option in choices(test, frame)], holds=holds)
    elif isinstance(test, syntax.Call) and len(test.arguments) == 2:
        callee, subject, kind = test.callee, *test.arguments
        if not (isinstance(callee, syntax.Name) and callee.id == "isinstance" and isinstance(subject, syntax.Name)):
            return
        several = choices(subject, frame)
        if several and not isinstance(kind, syntax.Spread | syntax.Keyword):
            wanted_kind = engine.evaluate(kind, frame)
            keep(subject, frame, [(option, is_of(option, wanted_kind)) for option in several], holds=holds)
    elif isinstance(test, syntax.Binary) and isinstance(test.left, syntax.Name):
        wanted = test.operator in SAME
        if (wanted or test.operator in DIFFERENT) and is_nothing(test.right, frame):
            found = [(option, same_as_nothing(option)) for option in choices(test.left, frame)]
            keep(test.left, frame, found, holds=holds == wanted)


def choices(node: syntax.Name, frame: Frame) -> tuple[Value, ...]:
    """The values that a name of the function may have, where there are several."""
    scope = frame.scope.find(node.id)
    if scope is None or scope.function_scope() is not frame.scope.function_scope():
        return ()
    value = scope.names[node.id]
    return value.options if isinstance(value, Choice) else ()


def keep(node: syntax.Name, frame: Frame, found: list[tuple[Value, bool | None]], *, holds: bool) -> None:
    """Bind a name to those of its values for which a condition may be so."""
    kept = [option for option, known in found if known is None or known == holds]
    scope = frame.scope.find(node.id)
    if scope is not None and kept and len(kept) < len(found):
        scope.names[node.id] = choice(kept)


def is_nothing(node: syntax.Expression, frame: Frame) -> bool:
    """Whether an expression is ``None``, ``null`` or ``undefined``."""
    if isinstance(node, syntax.Const):
        return node.value is None
    return isinstance(node, syntax.Name) and node.id == "undefined" and frame.module.javascript


def same_as_nothing(value: Value) -> bool | None:
    """Whether a value is nothing; None where run time decides."""
    if isinstance(value, Const):
        return value.value is None
    return None


def is_of(value: Value, kind: Value) -> bool | None:
    """Whether a value is an object of a kind, where it is one of a class of the project; None where it is not known."""
    return is_object_of(value.kind, kind) if isinstance(value, Instance) and value.kind is not None else None


def is_object_of(own: Class, kind: Value | None) -> bool | None:
    """Whether objects of a class of the project are of a kind; None where that cannot be told.

    They are not of a class of the project that neither inherits from theirs nor is inherited from, nor of a library's
    where theirs inherits from the project's classes and Python's own alone.
    """
    if isinstance(kind, Sequence) and kind.complete:
        told = [is_object_of(own, one) for one in kind.items]
        return True if True in told else None if None in told else False
    lineage = list(own.lineage())
    if isinstance(kind, Class):
        if kind in lineage:
            return True
        others = list(kind.lineage())
        bases = [one.path for one in (*lineage, *others) if isinstance(one, External)]
        known = all(isinstance(one, Class | External) or is_made_plainly(one) for one in (*lineage, *others))
        return None if not known or own in others or any(path.endswith(".Protocol") for path in bases) else False
    if not isinstance(kind, External) or "." not in kind.path or kind.path.startswith(STRUCTURAL):
        return None
    if all(isinstance(one, Class) or (isinstance(one, External) and "." not in one.path) for one in lineage):
        return False
    return None


def is_made_plainly(base: Value) -> bool:
    """Whether a base is what a library makes, such as ``declarative_base()``, and not of a class that it is given."""
    call = base.made_by if isinstance(base, Instance) else None
    if call is None or call.open:
        return False
    given = (*call.arguments, *call.keywords.values())
    return not any(isinstance(option, Class) for value in given for option in options(value))
