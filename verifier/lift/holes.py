"""Holes in SQL that run time fills: what stands at their place so that the rest can be read."""

from __future__ import annotations

from collections.abc import Sequence as Items
from typing import Literal, NamedTuple, TypeAlias

from verifier.lift.nouns import Clause
from verifier.lift.placeholders import HOLE, Token

Fill: TypeAlias = Literal[
    "name",
    "value",
    "none",
    "list",
    "and",
    "comma",
    "set",
    "operator",
    "query",
    "with",
    "join",
    "row",
    "alias",
    "sets",
]

# What stands for a hole; the number tells which it is.
FILLS: dict[Fill, str] = {
    "name": "hole_{0}_",
    "value": "RUNTIME_{0}()",
    "none": "",
    "list": "(RUNTIME_{0}())",
    "row": "(RUNTIME_{0}())",
    "and": "AND RUNTIME_{0}()",
    "comma": ", RUNTIME_{0}()",
    "set": "hole_{0}_ = RUNTIME_{0}()",
    "sets": "hole_{0}_ = RUNTIME_{0}(),",
    "operator": "=",
    "query": "SELECT RUNTIME_{0}()",
    "with": "hole_{0}_ AS (SELECT RUNTIME_{0}())",
    "join": "CROSS JOIN RUNTIME_{0}()",
    "alias": "AS hole_{0}_",
}
CLAUSES: dict[str, Clause] = {
    "SELECT": "columns", "FROM": "from", "JOIN": "from", "USING": "from", "UPDATE": "from", "INTO": "columns",
    "WHERE": "where", "GROUP": "group", "HAVING": "having", "ORDER": "order", "LIMIT": "limit", "OFFSET": "limit",
    "FETCH": "limit", "VALUES": "values", "SET": "set", "RETURNING": "returning", "WITH": "with",
    "CONFLICT": "conflict", "DUPLICATE": "conflict", "UNION": "from", "INTERSECT": "from", "EXCEPT": "from",
    "WINDOW": "having", "FOR": "options",
}  # fmt: skip
# The clauses of a statement in the order in which they are written.
ORDER: tuple[Clause, ...] = (
    "with", "columns", "from", "set", "values", "conflict", "where", "group", "having", "order", "limit", "returning",
    "options",
)  # fmt: skip
BEFORE_TABLE = frozenset("FROM JOIN INTO UPDATE TABLE ONLY EXISTS".split())
BEFORE_VALUE = frozenset(
    "WHERE AND OR ON HAVING NOT WHEN THEN ELSE CASE BETWEEN LIKE ILIKE IS BY SELECT DISTINCT LIMIT OFFSET RETURNING "
    "ALL ANY INTERVAL ESCAPE COLLATE OVER USING".split()
)
WORDS = (
    BEFORE_TABLE
    | BEFORE_VALUE
    | frozenset(CLAUSES)
    | frozenset("IN AS ASC DESC LEFT RIGHT INNER OUTER FULL CROSS END NULLS DO NOTHING".split())
)
OPERATORS = frozenset("= < > <= >= <> != + - / || % ~ ^ -> ->> #> #>> @> <@ ::".split())


class Around(NamedTuple):
    """Where in a statement a hole stands.

    Attributes:
        previous, following: the words beside it; empty at the ends.
        opener: the word before the parenthesis around it; ``(`` where that is another, empty outside any.
        clause: the clause that it is in.
        next_clause: the one that follows in the same query.
        depth: in how many parentheses.
        first: nothing else stands before it between the parentheses.
        operand: whether what is before it is a whole value or name.
    """

    previous: str
    following: str
    opener: str
    clause: Clause | None
    next_clause: Clause | None
    depth: int
    operand: bool
    insert: bool


def surroundings(words: Items[Token]) -> dict[int, Around]:
    """Where each word with a hole stands, by its index among the words (no spaces, no comments)."""
    stack: list[tuple[str, Clause | None]] = [("", None)]
    found: dict[int, Around] = {}
    waiting: list[tuple[int, int]] = []  # holes whose next clause is not seen yet, with their depth
    insert = bool(words) and words[0].text.upper() in ("INSERT", "REPLACE")
    for index, word in enumerate(words):
        text = word.text.upper() if word.kind == "word" else word.text
        if text in ("(", "[") and word.kind == "symbol":
            before = words[index - 1] if index else None
            stack.append((before.text.upper() if before is not None and before.kind == "word" else "(", None))
        elif text in (")", "]") and word.kind == "symbol":
            waiting = [hole for hole in waiting if hole[1] < len(stack)]
            if len(stack) > 1:
                stack.pop()
        elif word.kind == "word" and text in CLAUSES:
            clause = CLAUSES[text]
            for hole, depth in waiting:
                if depth == len(stack):
                    found[hole] = found[hole]._replace(next_clause=clause)
            waiting = [hole for hole in waiting if hole[1] != len(stack)]
            stack[-1] = (stack[-1][0], clause)
        if HOLE in word.text and word.kind == "word":
            around = next((clause for _, clause in reversed(stack) if clause is not None), None)
            previous = words[index - 1] if index else None
            following = words[index + 1] if index + 1 < len(words) else None
            found[index] = Around(
                spelled(previous), spelled(following), stack[-1][0], around, None, len(stack) - 1,
                previous is not None and is_operand(previous), insert,
            )  # fmt: skip
            waiting.append((index, len(stack)))
    return found


def spelled(word: Token | None) -> str:
    """A word as it is compared."""
    if word is None:
        return ""
    return word.text.upper() if word.kind == "word" else word.text


def is_operand(word: Token) -> bool:
    """Whether a word ends a value or a name."""
    if word.kind == "word":
        return word.text.upper() not in WORDS
    return word.kind not in ("symbol", "cast", "assign", "json") or word.text in (")", "]", "*")


def fills(around: Around, word: str) -> tuple[Fill, ...]:
    """What may stand for a hole, the likeliest first."""
    before, after = around.previous, around.following
    if word != HOLE:
        return ("name", "value")  # part of a name
    if not before:
        return ("none", "query", "value") if after else ("query",)
    if before == "." or after == ".":
        return ("name",)
    if before in BEFORE_TABLE:
        return ("name", "value", "list")
    if before == "AS":
        return ("name", "list", "value")
    if before == "SET":
        joined = after and after not in WORDS and after not in ("=", ",", ";")
        return ("sets", "set", "name") if joined else ("set", "name", "sets")
    if before == "VALUES":
        return ("row", "value")
    if before == "IN":
        return ("list", "value")
    if before == "WITH":
        return ("name", "with") if after in ("AS", "(") else ("with", "name", "none")
    if before in ("ORDER", "GROUP"):
        return ("value", "none")
    if before in ("(", ",", "["):
        if around.insert and around.clause == "columns":
            return ("name", "value")
        if around.clause == "set" and not around.depth:
            return ("set", "value", "none")
        if around.clause == "values" and not around.depth:
            return ("row", "value")
        if around.clause == "from" and around.opener in ("FROM", "JOIN", ""):
            return ("name", "query", "value")
        if around.clause == "with" and after in ("AS", "("):
            return ("name", "with")
        if before == "(" and around.opener in ("AS", "EXISTS"):
            return ("query", "value")
        return ("value", "name", "query", "none")
    if around.operand:
        return after_operand(around)
    if before in BEFORE_VALUE or before in OPERATORS:
        return ("value", "name", "list", "query", "none")
    return ("none", "value", "name", "and")


def after_operand(around: Around) -> tuple[Fill, ...]:
    """The same behind a whole value or name: an operator, or further clauses."""
    starts = around.following and around.following not in WORDS and around.following not in (")", ",", ";")
    starts = starts and around.following not in OPERATORS and HOLE not in around.following
    if starts and around.clause in ("where", "having", "columns", "from", "set"):
        return ("operator", "none", "and", "comma", "name")
    if around.depth and around.clause == "from":
        return ("join", "none", "and")
    if around.depth and around.clause == "where":
        return ("and", "none")
    return ("none", "and", "operator", "comma", "name", "value", "alias")


def opened(around: Around, fill: Fill) -> frozenset[Clause]:
    """The clauses that are not wholly known for a hole that was filled so."""
    clause = around.clause
    if clause is None or fill in ("operator", "alias"):
        return frozenset()
    if fill == "name":
        if around.insert and clause == "columns":
            return frozenset({"columns", "values"})
        return frozenset({clause}) if clause in ("from", "columns") and around.previous != "." else frozenset()
    inner = around.opener not in ("", "AS", "EXISTS", "FROM", "JOIN")
    if fill in ("value", "list", "query") and (inner or around.previous in OPERATORS or around.previous == "IN"):
        return frozenset({clause}) if clause == "values" else frozenset()
    if fill in ("value", "list") and around.previous in ("LIMIT", "OFFSET", "LIKE", "ILIKE", "INTERVAL", "BETWEEN"):
        return frozenset()
    first = ORDER.index(clause)
    last = len(ORDER) if around.next_clause is None else max(ORDER.index(around.next_clause), first + 1)
    return frozenset(ORDER[first:last])
