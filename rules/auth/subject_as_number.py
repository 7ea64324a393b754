"""The subject of a token is text, and is given back as the number that it was made of.

`claims["sub"]` is text: the function that reads the token says that it gives an `int`, and gives `"42"`. PostgreSQL's
drivers refuse it for a column of numbers (500: `'str' object cannot be interpreted as an integer`), SQLite finds the
row, but no comparison in Python with the id of a row holds any more: the owner of an article is told that it is not
theirs.

Convert it: `return int(claims["sub"])`.

Functions that do not declare what they give are left alone, and so are tokens whose subject is not known to be text.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Function, Problem, nodes_in, rule, syntax

from ._kinds import entry_of, kind_of
from ._tokens import Token, issued, read_tokens
from ._written import behind, call_at, entry_at, span_of


@rule(Category.INCORRECT_QUERY_LOGIC)
def subject_as_number(facts: Facts) -> Iterator[Problem]:
    """Yield each subject of a token that is returned as it is by a function that declares a number."""
    readers = [token for token in read_tokens(facts) if token.library in ("pyjwt", "python-jose")]
    if not readers or not is_text(facts):
        return
    callers = dict.fromkeys(token.use.caller for token in readers if token.use.caller is not None)
    for function in [facts.calls.codes[caller] for caller in callers if caller in facts.calls.codes]:
        if not gives_number(function):
            continue
        calls = [
            call_at(facts, function, token.use.span)
            for token in readers
            if token.use.caller is not None and facts.calls.codes.get(token.use.caller) is function
        ]
        for node in nodes_in(function.code.body):
            if isinstance(node, syntax.Return) and node.value is not None and is_subject(function, node.value, calls):
                yield Problem(
                    span_of(facts, function, node.value),
                    f"`{function.name}` gives an `int` by its annotation, and here the text of a token's subject",
                    symptom="500 from PostgreSQL, or 403 for whoever owns what they change",
                    remedy="Convert it: `int(...)`",
                )


def is_text(facts: Facts) -> bool:
    """Whether the tokens of the project are issued for text."""
    kinds = set()
    for token in issued(facts):
        kinds.add(kind_of_subject(facts, token))
    return kinds == {"text"}


def kind_of_subject(facts: Facts, token: Token) -> str | None:
    """The kind of the subject that a token is issued for."""
    found = entry_of(token.claims, "sub")
    if found is None:
        return None
    place = found[0].places.get("sub")
    return kind_of(facts, found[1], entry_at(facts, place) if place is not None else None)


def gives_number(function: Function) -> bool:
    """Whether a function declares that it gives a number."""
    returns = function.code.returns
    return isinstance(returns, syntax.Name) and returns.id == "int"


def is_subject(function: Function, node: syntax.Expression, calls: list[syntax.Call | None]) -> bool:
    """Whether an expression is the subject of what was read, with nothing done to it."""
    node = behind(function, node)
    holder: syntax.Expression | None = None
    if isinstance(node, syntax.Index) and isinstance(node.index, syntax.Const) and node.index.value == "sub":
        holder = node.object
    elif isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.callee.name == "get":
        first = node.arguments[0] if node.arguments else None
        holder = node.callee.object if isinstance(first, syntax.Const) and first.value == "sub" else None
    return holder is not None and behind(function, holder) in calls
