"""Code uses an attribute or a method that the project's own class or module does not have.

Python raises `AttributeError` when the line is run, JavaScript `TypeError: x.y is not a function`, or where it reads on
(`app.schemas.tag.validate`, and `schemas` has no `tag`) `Cannot read properties of undefined`: each request that comes
by is answered with 500. Most often a service calls a method of a repository that was never written, or that has another
name there.

Write the method, or use the name that the class has.

The rule speaks only where the class of the object is known, and all that it has: classes with a base that was not
read, with `__getattr__`, with `setattr` or a decorator that may add to them are left alone, and so are names that some
code gives to any object (`user.token = ...`) or asks for (`hasattr`), and functions that ask what an object is. In
JavaScript, a member counts where it is called, or something is read of it: what is merely read is `undefined`. An
object that is known by a declared type alone gives a warning. `orm/unknown-attribute` speaks of mapped classes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from verifier.api import (
    Absence,
    Category,
    Confidence,
    Facts,
    Miss,
    ModuleValue,
    Problem,
    Record,
    Related,
    Severity,
    is_test,
    regex,
    rule,
)

from ._classes import OBJECT, has, is_closed, is_given, is_spoken_of, may_be_other

EXPECTING = regex(
    r"AttributeError|TypeError|\bisinstance\(|\bissubclass\(|\binstanceof\b|\btypeof\b|\bcallable\(|\btype\(|\b__class__\b"
)
# What a promise of the object has: the function that gave it may not say that it is asynchronous.
OF_PROMISES = frozenset({"then", "catch", "finally"})
# What fails of `undefined`.
USED = regex(r"\(|\.([\w$]+)")


@rule(Category.BUSINESS_LOGIC_DEFECT)
def unknown_member(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is used of a class, object or module of the project, and that it lacks."""
    for miss in facts.calls.misses:
        if is_missing(facts, miss):
            yield problem(facts, miss)
    for absence in facts.calls.absences:
        told = lacking(facts, absence)
        if told is not None and not is_expected(facts, absence):
            yield told


def is_missing(facts: Facts, miss: Miss) -> bool:
    """Whether a class surely has no such attribute."""
    kind, name = miss.kind, miss.name
    if not miss.alone or name.startswith("__") or is_test(miss.span.path) or facts.entity_of(kind) is not None:
        return False
    file = facts.project.files[miss.span.path]
    if kind.module.javascript and (name in OF_PROMISES or used(facts, miss) is None):
        return False
    if not is_closed(facts, kind) or has(facts, kind, name) or is_given(facts, name, str(file.language)):
        return False
    if is_expected(facts, miss):
        return False
    return (miss.sure and not miss.on_class) or not may_be_other(facts, kind, name)


def used(facts: Facts, place: Miss | Absence) -> str | None:
    """What is read of a member of JavaScript at once; nothing where it is called, None where neither is done."""
    line = facts.project.files[place.span.path].line(place.span.end_line)
    found = USED.match(line[place.span.end_column - 1 :])
    return found[1] or "" if found is not None else None


def of_undefined(facts: Facts, place: Miss | Absence) -> str:
    """What Node says of a member that is not there."""
    inner = used(facts, place)
    if inner:
        return f"TypeError: Cannot read properties of undefined (reading '{inner}')"
    return f"TypeError: ... .{place.name} is not a function"


def is_expected(facts: Facts, place: Miss | Absence) -> bool:
    """Whether the function around reckons with the error or asks what the object is, or it is one of several."""
    source = facts.project.files[place.span.path]
    span = place.caller.span if place.caller is not None else place.span
    lines = "\n".join(source.line(number) for number in range(span.line, span.end_line + 1))
    if EXPECTING.search(lines) is not None:
        return True
    before = re.search(r"([\w$]+)\??\.$", source.line(place.span.line)[: place.span.column - 1])
    if before is None:
        return False
    item = re.escape(before[1])  # of a loop: a list may hold objects of several classes
    given = rf"[(,]\s*{item}\s*[,)][^\n]*=>|\b{item}\s*=>|\blambda\b[^:]*\b{item}\b"
    return re.search(rf"\bfor\b[^:\n]*\b{item}\b[^:\n]*\b(?:in|of)\b|{given}", lines) is not None


def problem(facts: Facts, miss: Miss) -> Problem:
    """What a missing attribute of a class leads to."""
    kind, name = miss.kind, miss.name
    sure = miss.sure or miss.on_class
    if kind.module.javascript:
        symptom = of_undefined(facts, miss)
    elif miss.on_class:
        symptom = f"AttributeError: type object '{kind.name}' has no attribute '{name}'"
    else:
        symptom = f"AttributeError: '{kind.name}' object has no attribute '{name}'"
    origin = kind.origin
    assert origin is not None
    return Problem(
        miss.span,
        f"`{kind.name}` has no attribute `{name}`",
        related=(Related(facts.program.engine.span(origin), f"`{kind.name}` is declared here"),),
        symptom=symptom,
        remedy=remedy(name, known_names(miss)),
        severity=Severity.ERROR if sure else Severity.WARNING,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        identity=f"{kind.name} {name}",
    )


def known_names(miss: Miss) -> list[str]:
    """The names that a class and its ancestors bind."""
    return [name for found in miss.kind.lineage() for name in getattr(found, "members", ())]


def remedy(name: str, known: list[str]) -> str:
    """What to write instead."""
    near = difflib.get_close_matches(name, [one for one in known if one != name], 1, 0.75)
    return f"Did you mean `{near[0]}`?" if near else f"Define `{name}`, or use a name that is there"


def lacking(facts: Facts, absence: Absence) -> Problem | None:
    """What a module, or an object that is written out, lacks."""
    holder, name, path = absence.holder, absence.name, absence.span.path
    if name == "[]" or not absence.alone or is_test(path) or name.startswith("__"):
        return None
    javascript = facts.project.files[path].language != "python"
    if javascript and used(facts, absence) is None:
        return None
    if isinstance(holder, ModuleValue) and holder.state is not None:
        own = holder.state.path
        folder, _, file = own.rpartition("/")
        inside = f"{folder}/{name}" if folder else name
        if file.startswith("__init__.") and (
            f"{inside}.py" in facts.project.files or inside in facts.project.directories
        ):
            return None
        if not facts.modules.definers.lacks(own, name) or is_given(
            facts, name, "javascript" if javascript else "python"
        ):
            return None
        label = own.rpartition("/")[2]
        symptom = of_undefined(facts, absence) if javascript else f"AttributeError: module has no attribute '{name}'"
        known = list(facts.files[own].definitions)
        return Problem(
            absence.span,
            f"The module `{label}` has no `{name}`",
            symptom=symptom,
            remedy=remedy(name, known),
            identity=f"{label} {name}",
        )
    if not javascript or not isinstance(holder, Record) or not holder.complete or holder.origin is None:
        return None
    if name in OBJECT or not holder.entries or is_given(facts, name, "javascript"):
        return None
    home = facts.project.files.get(holder.origin.path)
    if home is None or is_spoken_of(home.data, name):
        return None
    return Problem(
        absence.span,
        f"The object has no {'' if used(facts, absence) else 'method '}`{name}`",
        related=(Related(facts.program.engine.span(holder.origin), "the object is made here"),),
        symptom=of_undefined(facts, absence),
        remedy=remedy(name, [str(key) for key in holder.entries]),
        identity=name,
    )
