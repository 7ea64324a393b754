"""The names that a function uses and that nothing here explains: those of libraries, and of what was not followed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from verifier import syntax
from verifier.evaluate.values import Class, External, Function, Origin, Value
from verifier.syntax import nodes_in

LONGEST = 20  # of a text that may be a name


def loose_names(function: Function, targets: Mapping[Origin, tuple[Value, ...]]) -> frozenset[str]:
    """Names, attributes and keywords in a function, without those by which it calls the project's own functions."""
    path = function.module.path
    explained = {
        id(node.callee)
        for node in nodes_in((*function.code.body, *function.code.decorators))
        if isinstance(node, syntax.Call) and is_own(targets.get(Origin(path, node.start, node.end), ()))
    }
    found: set[str] = set()
    for node in nodes_in((*function.code.body, *function.code.decorators)):
        if id(node) in explained:
            continue
        if isinstance(node, syntax.Name):
            found.add(node.id)
        elif isinstance(node, syntax.Member | syntax.Keyword):
            found.add(node.name or "")
        elif isinstance(node, syntax.Const) and isinstance(node.value, str) and len(node.value) < LONGEST:
            found.add(node.value)
    return frozenset(found)


def is_own(called: tuple[Value, ...]) -> bool:
    """Whether a call leads to functions and classes of the project only."""
    return bool(called) and all(isinstance(target, Function | Class) for target in called)


def signatures(classes: Iterable[Class]) -> Counter[tuple[str, ...]]:
    """How many methods have a name and parameters in common."""
    methods = {member.code for cls in classes for member in cls.members.values() if isinstance(member, Function)}
    return Counter(signature(code) for code in methods)


def signature(code: syntax.Function) -> tuple[str, ...]:
    """The names of a function and its parameters."""
    return code.name, *(parameter.name for parameter in code.parameters)


def unused_parameters(function: Function, known: Counter[tuple[str, ...]]) -> list[syntax.Parameter]:
    """Parameters that a function must be given, and that its text never names again.

    None of a method that another class has with the same parameters, or that a library's class may ask for: its
    signature is not its own.
    """
    code = function.code
    own = function.owner
    if known[signature(code)] > 1:
        return []
    if code.decorators or (own is not None and (own.code.implements or own.code.kind == "interface")):
        return []
    if own is not None and any(base is not own and is_foreign(base, code.name) for base in own.lineage()):
        return []
    data = function.module.source.data
    found: list[syntax.Parameter] = []
    takes_self = own is not None and not function.module.javascript and not code.static
    for parameter in code.parameters[1:] if takes_self else code.parameters:
        name = parameter.name
        if not name or name.startswith("_") or parameter.default is not None or parameter.field:
            continue
        if parameter.kind not in ("plain", "keyword"):
            continue
        text = data[parameter.end : code.end]
        if re.search(rb"\b%s\b" % re.escape(name.encode()), text) is None:
            found.append(parameter)
    return found


def is_foreign(base: Value, name: str) -> bool:
    """Whether an ancestor decides how a method is called: it has one of the name, or cannot be seen."""
    return name in base.members if isinstance(base, Class) else not isinstance(base, External) or base.path != "object"
