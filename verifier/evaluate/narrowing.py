"""What a condition tells of the values that it asks about, in the branch where it holds and in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate.values import Choice, Const, Value, choice, truth

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine, Frame

SAME = frozenset({"is", "==", "==="})
DIFFERENT = frozenset({"is not", "!=", "!=="})


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
        keep(test, frame, [(option, truth(option)) for option in choices(test, frame)], holds=holds)
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
