"""Calls of the project's own functions and classes that are given fewer arguments than are needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate import objects
from verifier.evaluate.frames import Frame
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.values import Class, Function, Origin, Value
from verifier.link.arguments import Given, lacking, taken_by
from verifier.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shortage(NamedTuple):
    """A call that leaves arguments out.

    Attributes:
        span: the call.
        callee: the name of what is called; ``declared`` its parameters' place.
        missing: the parameters that no argument was given for.
        javascript: whether they are merely undefined; they are used then without a look at whether they are there.
        used: where the first of them is used.
    """

    span: Span
    callee: str
    declared: Span
    missing: tuple[str, ...]
    javascript: bool
    used: Span | None = None


def shortage_of(
    engine: Engine,
    frame: Frame,
    node: syntax.Place,
    callee: Value,
    arguments: list[Value],
    keywords: Mapping[str, Value],
) -> Shortage | None:
    """What a call leaves out; None where it leaves out nothing, or where that is not sure."""
    if not isinstance(node, syntax.Call) or not isinstance(callee, Function | Class):
        return None
    if name_of(node.callee) != callee.code.name or len(node.arguments) != len(arguments) + len(keywords):
        return None
    if any(isinstance(argument, syntax.Spread) for argument in node.arguments):
        return None
    function = function_of(callee)
    if function is None or function.decorators or function.code.decorators or function.wraps is not None:
        return None
    javascript = function.module.javascript
    bound = int(not javascript and (isinstance(callee, Class) or callee.bound is not None))
    if not javascript and not bound and function.owner is not None:  # called on the class: who knows what is bound
        return None
    if any(one.kind == "rest" for one in function.code.parameters) and javascript:
        return None
    given = Given(len(arguments), tuple(keywords), more=False, others=False)
    missing = lacking(taken_by(function.code, bound), given)
    if not missing or not all(missing):
        return None
    path = function.module.path
    used = None
    if javascript:
        uses = (use_of(engine, path, function.code, name) for name in missing)
        used = next((use for use in uses if use is not None), None)
        if used is None:
            return None
    return Shortage(
        engine.span(Origin(frame.module.path, node.start, node.end)),
        callee.code.name,
        engine.span(Origin(path, function.code.start, function.code.end)),
        tuple(missing),
        javascript,
        used,
    )


def name_of(callee: syntax.Expression) -> str:
    """The name by which something is called."""
    if isinstance(callee, syntax.Name):
        return callee.id
    return callee.name if isinstance(callee, syntax.Member) else ""


def function_of(callee: Function | Class) -> Function | None:
    """The function that a call runs; None where a class has another way to be made."""
    if isinstance(callee, Function):
        return callee
    lineage = list(callee.lineage())
    if callee.code.decorators or callee.keywords or not all(isinstance(one, Class) for one in lineage):
        return None
    if any(isinstance(one, Class) and "__new__" in one.members for one in lineage):
        return None
    return objects.find_constructor(callee)


def use_of(engine: Engine, path: str, code: syntax.Function, name: str) -> Span | None:
    """Where a function takes a member of a parameter that may be undefined, without ever asking whether it is there."""
    source = engine.project.files[path]
    text = source.data[code.start : code.end].decode("utf-8", "replace")
    word = rf"(?<![\w$.]){re.escape(name)}"
    own = re.escape(name)
    compared = rf"{word}\s*(?:\?|\|\||&&|[=!]==?|=(?![=>])|\)\s*(?:\{{|return|throw))"
    asked = rf"{compared}|!\s*{own}\b|typeof\s+{own}\b"
    if re.search(asked, text.partition(")")[2]) or re.search(rf"{word}\s*[?=]", text) or "arguments" in text:
        return None
    found = next(uses(text, word), None)
    if found is None:
        return None
    start = code.start + len(text[: found.start()].encode())
    return source.span(start, start + len(found[0].encode()))


def uses(text: str, word: str) -> Iterator[re.Match[str]]:
    """Members that are taken of a name."""
    return re.finditer(rf"{word}\.\w+", text)
