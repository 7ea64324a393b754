"""Nodes of sqlglot that remember where they were written, and holes where run time decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from sqlglot import exp

from verifier.evaluate.values import Const, Origin, Value, reason_of
from verifier.regex import regex

HOLE = "RUNTIME"
PLAIN = regex(r"[a-z_][a-z0-9_]*")
# Words that no dialect takes for a name without quotes.
RESERVED = frozenset(
    "all and any as asc between by case check column constraint create cross current_date current_time "
    "current_timestamp default delete desc distinct drop else end except exists false fetch for foreign from full "
    "grant group having in index inner insert intersect into is join key left like limit natural not null offset on "
    "or order outer primary references right select set table then to true union unique update user using values "
    "when where window with".split()
)

E = TypeVar("E", bound=exp.Expression)


def placed(node: E, origin: Origin | None) -> E:
    """The node, said to be written at a place."""
    if origin is not None:
        node.meta["at"] = origin
    return node


def place_of(node: exp.Expression) -> Origin | None:
    """Where a node was written: itself, or the nearest part of it, or else what holds it."""
    for inner in node.walk():
        at: Origin | None = inner.meta.get("at")
        if at is not None:
            return at
    outer = node.parent
    while outer is not None:
        around: Origin | None = outer.meta.get("at")
        if around is not None:
            return around
        outer = outer.parent
    return None


def hole(reason: str, origin: Origin | None = None) -> exp.Anonymous:
    """A part that only run time knows."""
    node = exp.Anonymous(this=HOLE, expressions=[])
    node.meta["hole"] = reason
    return placed(node, origin)


def is_hole(node: exp.Expression | None) -> bool:
    """Whether a node stands for what only run time knows."""
    return node is not None and "hole" in node.meta


def nodes_of(tree: exp.Expression) -> list[exp.Expression]:
    """All nodes of a tree, each after the one that holds it; sqlglot's own walk takes several times as long."""
    found = [tree]
    for node in found:
        for part in node.args.values():
            if isinstance(part, exp.Expression):
                found.append(part)
            elif type(part) is list:
                found.extend(one for one in part if isinstance(one, exp.Expression))
    return found


def holes_in(node: exp.Expression) -> Iterator[exp.Expression]:
    """The holes of a tree."""
    return (inner for inner in node.find_all(exp.Anonymous) if "hole" in inner.meta)


def name(text: str, origin: Origin | None = None) -> exp.Identifier:
    """A name as the database has it: quoted where it would not be read as it stands."""
    quoted = PLAIN.fullmatch(text) is None or text in RESERVED
    return placed(exp.Identifier(this=text, quoted=quoted), origin)


class Bindings:
    """Collects what placeholders are given."""

    def __init__(self) -> None:
        self.values: list[Value] = []

    def bound(self, value: Value, title: str = "", origin: Origin | None = None) -> exp.Expression:
        """A value in a statement: a literal where it is known, else a placeholder that remembers it.

        ``title`` is the name that the placeholder shows, where the value's own words give none.
        """
        at = origin or value.origin
        if isinstance(value, Const) and not isinstance(value.value, bytes):
            node = literal(value.value)
        else:
            words = re.findall(r"`(\w+)`", reason_of(value))
            node = exp.Placeholder(this=title or (words[-1] if words else "value"))
        node.meta["value"] = len(self.values)
        self.values.append(value)
        return placed(node, at)


def literal(value: str | float | bool | None) -> exp.Expression:
    """A constant in SQL."""
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if value < 0:
        return exp.Neg(this=exp.Literal.number(-value))
    return exp.Literal.number(value)
