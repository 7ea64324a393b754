"""How the languages say that a name is not there."""

from __future__ import annotations

from verifier.api import NameFault, Related


def symptom(fault: NameFault) -> str:
    """The error that the interpreter raises."""
    python = fault.language == "python"
    if fault.kind == "constant":
        return "TypeError: Assignment to constant variable."
    if not python:
        if fault.kind == "early":
            return f"ReferenceError: Cannot access '{fault.name}' before initialization"
        return f"ReferenceError: {fault.name} is not defined"
    if fault.kind in ("early", "ended") and fault.moment == "call":
        return f"UnboundLocalError: cannot access local variable '{fault.name}' where it is not associated with a value"
    return f"NameError: name '{fault.name}' is not defined"


def message(fault: NameFault) -> str:
    """What is wrong."""
    if fault.kind == "early":
        return f"`{fault.name}` is read before it is bound"
    if fault.kind == "ended":
        return f"`{fault.name}` is read after its `except` block, which unbinds it"
    if fault.kind == "typing":
        return f"`{fault.name}` is imported for type checkers only, and read when the program runs"
    if fault.kind == "created":
        return f"`{fault.name}` is assigned to, and declared nowhere"
    return f"`{fault.name}` is read, and nothing binds it"


def remedy(fault: NameFault) -> str:
    """What to write instead."""
    if fault.kind == "early":
        return f"Bind `{fault.name}` before this line"
    if fault.kind == "ended":
        return f"Give `{fault.name}` another name inside the block, and read that one"
    if fault.kind == "typing":
        return f"Import `{fault.name}` outside of `if TYPE_CHECKING`"
    if fault.kind == "created":
        return f"Declare `{fault.name}` with `let`"
    return f"Import or define `{fault.name}`, or write quotes around it if it is text"


def binding(fault: NameFault) -> tuple[Related, ...]:
    """Where the name is bound after all."""
    said = "is bound here" if fault.kind != "constant" else "is declared here"
    return (Related(fault.binding, f"`{fault.name}` {said}"),) if fault.binding is not None else ()
