"""Values that are named like something else than what they are given to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from verifier.api import regex, syntax

Pair: TypeAlias = tuple[str, str]

# Two sides of one thing: what is called so is exchanged on purpose as often as by mistake.
SIDES = regex(
    r"[a-z]\d?|from|to|left|right|first|second|one|other|this|that|old|new|before|after|prev|next|previous|source|target|"
    r"src|dst|dest|destination|start|end|begin|stop|low|high|lo|hi|min|max|lower|upper|expected|actual|width|height|"
    r"row|col|column|rows|cols|lat|lng|lon|latitude|longitude|key|value|parent|child|sender|receiver|recipient|"
    r"follow\w*|black|white|actual|top|bottom|inner|outer|self|node|in|out|input|output"
)
# These are sides of each other alone.
ENDS = regex(r"req|res|request|response")


def words_of(node: object) -> tuple[str, ...]:
    """What an expression may be named: ``item.id`` is an ``item_id``, or an ``id``."""
    if isinstance(node, syntax.Await):
        node = node.value
    if isinstance(node, syntax.Name):
        return (plain(node.id),)
    if isinstance(node, syntax.Member):
        inner = node.object
        outer = inner.id if isinstance(inner, syntax.Name) else inner.name if isinstance(inner, syntax.Member) else ""
        return (plain(outer) + plain(node.name), plain(node.name))
    return ()


def plain(name: str) -> str:
    """A name without its spelling: ``article_id`` and ``articleId`` are one."""
    return re.sub(r"[_#$]", "", name).lower()


def exchanged(given: Iterable[tuple[str, syntax.Expression]]) -> Pair | None:
    """Two names, each of which is given what is named like the other one."""
    known = [(name, words_of(value)) for name, value in given]
    names = {plain(name) for name, _ in known}
    told = {plain(name): next((word for word in words if word in names), "") for name, words in known}
    if len(told) != len(known):
        return None
    for name, _ in known:
        own = plain(name)
        other = told[own]
        if other and other != own and told.get(other) == own:
            return name, next(one for one, _ in known if plain(one) == other)
    return None


def named(node: syntax.Expression) -> list[tuple[str, syntax.Expression]]:
    """The values that a call or a mapping gives by name."""
    if isinstance(node, syntax.Call):
        return [(one.name, one.value) for one in node.arguments if isinstance(one, syntax.Keyword) and one.name]
    if isinstance(node, syntax.Mapping):
        return [
            (one.key.value, one.value)
            for one in node.entries
            if isinstance(one.key, syntax.Const) and isinstance(one.key.value, str)
        ]
    return []


def is_side(pair: Pair) -> bool:
    """Whether two names are those of two sides of one thing."""
    parts = [[plain(part) for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)] for name in pair]
    return any(SIDES.fullmatch(part) for found in parts for part in found if part != "id") or all(
        any(ENDS.fullmatch(part) for part in found) for found in parts
    )
