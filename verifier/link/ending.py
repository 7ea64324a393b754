"""How handlers end: whether their end may be reached with nothing returned, and what they return otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from verifier import syntax
from verifier.evaluate.routing import innermost
from verifier.evaluate.values import Const, Function, Origin, Record, Sequence, options
from verifier.link.serializing import told_of
from verifier.link.signatures import returns_in, statements_in, word_of
from verifier.model import Confidence, Problem, Route, Severity, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts

End: TypeAlias = Literal["ends", "falls", "unsure"]
# Conditions that leave no other case, though the text does not say so.
CLOSED = regex(rb"\bmethod\b|\baction\b|__name__|\.is_valid\(\s*raise_exception\s*=\s*True\s*\)\s*\Z")
# The texts that a field may have, and no others.
CHOICES = regex(
    rb"\b(?:choices\s*=|OneOf\(\s*(?:choices\s*=)?)\s*[\[(]([^\[\]()]*)[\])]|\bLiteral\[([^\[\]]*)\]|\benum\s*=\s*\[([^\[\]]*)\]"
)
TEXT = regex(rb"[\"']([^\"'\n]+)[\"']")
OBJECTS = frozenset({"entity", "object", "dataclass", "query", "model"})


class Unanswered(NamedTuple):
    """A handler that gives no answer. ``always`` on every way; ``what`` it gives instead, in words."""

    name: str
    what: str
    span: Span
    always: bool


def answer_problem(route: Route, found: Unanswered, symptom: str, remedy: str) -> Problem:
    """The finding on a handler that gives no answer: an error where it never does."""
    return Problem(
        found.span,
        f"`{found.name}` {found.what}",
        symptom=symptom,
        remedy=remedy,
        routes=(route,),
        severity=None if found.always else Severity.WARNING,
        confidence=None if found.always else Confidence.MEDIUM,
        identity=f"{found.name} {found.what}",
    )


def unanswered(
    facts: Facts, route: Route, handler: object, decorators: Collection[str], makers: Collection[str]
) -> Unanswered | None:
    """How the handler of a route may end without an answer; None where it does not, or where that is not known.

    Args:
        decorators: those that leave what a handler returns as it is.
        makers: names of what makes an answer: where the last statement calls one, its ``return`` is missing.
    """
    if not isinstance(handler, Function) or not is_bare(handler, decorators) or route.function is None:
        return None
    code, data = handler.code, handler.module.source.data
    if re.search(rb"\byield\b", data[code.start : code.end]) is not None or not code.body:
        return None
    returned = bool(returns_in(facts, route)) or any(isinstance(one, syntax.Return) for one in statements_in(code.body))
    end = end_of(code.body, data)
    name = name_span(facts, handler)
    if end == "falls" and is_exhaustive(facts, code.body[-1]):
        return None
    if end == "falls":
        return Unanswered(code.name, "ends without an answer", name, not returned)
    last = code.body[-1]
    call = last.value if isinstance(last, syntax.Evaluate) else None
    if end == "unsure" and isinstance(call, syntax.Call) and word_of(call) in makers:
        span = facts.program.engine.span(Origin(handler.module.path, call.start, call.end))
        return Unanswered(
            code.name, f"makes an answer with `{word_of(call)}` and does not return it", span, not returned
        )
    return None


def is_exhaustive(facts: Facts, statement: syntax.Statement) -> bool:
    """Whether an ``if`` asks for all texts that a field of the project takes, one after the other."""
    asked: set[str] = set()
    subject: object = None
    while isinstance(statement, syntax.If):
        test = statement.test
        if not isinstance(test, syntax.Binary) or test.operator != "==" or not isinstance(test.right, syntax.Const):
            return False
        told = test.left.id if isinstance(test.left, syntax.Name) else None
        if told is None or subject not in (None, told) or not isinstance(test.right.value, str):
            return False
        subject = told
        asked.add(test.right.value)
        if len(statement.orelse) != 1:
            break
        statement = statement.orelse[0]
    if len(asked) < 2 or not isinstance(statement, syntax.If) or statement.orelse:
        return False
    for source in facts.project.files.values():
        for listed in CHOICES.findall(source.data) if source.language == "python" else ():
            texts = {text.decode("utf-8", "replace") for text in TEXT.findall(b" ".join(listed))}
            if texts and texts <= asked:
                return True
    return False


def is_bare(handler: Function, decorators: Collection[str]) -> bool:
    """Whether a handler is written out, and what it returns is what is answered."""
    code = handler.code
    if innermost(handler) is not handler or code.kind in ("lambda", "arrow"):
        return False
    data = handler.module.source.data[code.start : code.end]
    written = re.search(rb"\bdef\s+%s\b" % re.escape(code.name.encode()), data) is not None
    return written and {word_of(one) for one in code.decorators} <= set(decorators)


def end_of(body: Iterable[syntax.Statement], data: bytes) -> End:
    """How some statements end, as their text says."""
    found: End = "falls"
    for statement in body:
        found = end_of_one(statement, data)
        if found == "ends":
            break
    return found


def end_of_one(statement: syntax.Statement, data: bytes) -> End:
    """The same for one statement."""
    match statement:
        case syntax.Return() | syntax.Raise():
            return "ends"
        case syntax.Evaluate():
            value = statement.value.value if isinstance(statement.value, syntax.Await) else statement.value
            return "unsure" if isinstance(value, syntax.Call) else "falls"
        case syntax.If():
            arms = [end_of(statement.body, data), end_of(statement.orelse, data) if statement.orelse else "falls"]
            if "falls" in arms and CLOSED.search(data[statement.test.start : statement.test.end]) is not None:
                return "unsure"
            return together(arms)
        case syntax.With():
            return end_of(statement.body, data)
        case syntax.Try():
            if statement.final and end_of(statement.final, data) == "ends":
                return "ends"
            body = end_of((*statement.body, *statement.orelse), data)
            return together([body, *(end_of(handler.body, data) for handler in statement.handlers)])
        case syntax.For() | syntax.While() | syntax.Switch():
            return "unsure"
    return "falls"


def together(arms: list[End]) -> End:
    """How several ways end."""
    if "falls" in arms:
        return "falls"
    return "unsure" if "unsure" in arms else "ends"


def name_span(facts: Facts, handler: Function) -> Span:
    """Where a function's name is written."""
    code, data = handler.code, handler.module.source.data
    found = re.search(rb"\bdef\s+(%s)\b" % re.escape(code.name.encode()), data[code.start : code.end])
    start = code.start + (found.start(1) if found is not None else 0)
    return facts.program.engine.span(Origin(handler.module.path, start, start + len(code.name.encode())))


def given_instead(
    facts: Facts, route: Route, handler: object, decorators: Collection[str], *, plain: bool
) -> Unanswered | None:
    """What a handler surely returns that is no answer: a dict, a list or a text (where ``plain``), or an object."""
    if not isinstance(handler, Function) or not is_bare(handler, decorators) or route.function is None:
        return None
    result = facts.calls.results.get(route.function)
    words: list[str] = []
    for option in options(result) if result is not None else ():
        if isinstance(option, Record | Sequence) and plain:
            words.append("a dict" if isinstance(option, Record) else f"a {option.kind}")
        elif isinstance(option, Const) and option.value is not None and plain:
            words.append(f"a plain `{type(option.value).__name__}`")
        elif (told := told_of(facts, option)) is not None and told[0] in (
            "entity",
            "object",
            "dataclass",
            "query",
            "model",
        ):
            words.append(told[1])
        else:
            return None
    spans = returns_in(facts, route)
    if not words or (handler.code.decorators and not spans):
        return None
    span = spans[0] if len(spans) == 1 else name_span(facts, handler)
    return Unanswered(handler.code.name, f"returns {words[0]}", span, True)
