"""SQL as words: enough of its spelling to read declarations of PostgreSQL, SQLite and MySQL alike.

Texts in any quotes, PostgreSQL's dollar quotes and comments are told apart, and a text of many statements is cut into
them. The bodies of functions and triggers, and the rows behind ``COPY ... FROM stdin``, hold none of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from verifier.regex import regex

WORD = regex(
    r"""
      (?P<space>\s+|--[^\n]*|/\*(?:.|\n)*?(?:\*/|\Z))
    | (?P<dollar>\$(?P<tag>[A-Za-z_]\w*|)\$(?:.|\n)*?(?:\$(?P=tag)\$|\Z))
    | (?P<string>(?:[eEnNbBxX]|[uU]&)?'(?:[^']|'')*(?:'|\Z))
    | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`(?:[^`]|``)*(?:`|\Z)|\[[A-Za-z_][^\]\n]*\])
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<symbol>::|\|\||<>|!=|<=|>=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED = regex(r"[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z)", re.DOTALL)
COPY_ROWS = regex(r"[^\n]*\n(?:.*?\n)??\\\.[^\n]*(?:\n|\Z)", re.DOTALL)
# A row of data, which is passed over as a whole where it is plain.
# Possessive: an INSERT without a semicolon at its end must not be tried in every way.
ROW = regex(r"\s*INSERT\s+INTO\b(?:[^;'\"`]++|'(?:[^']|'')*+'|\"[^\"]*\"|`[^`]*`)*+;", re.IGNORECASE)
UNCLEAR = regex(r"\\|--|\$|/\*")
LONGEST = 20_000_000  # characters of one text; a larger one is a dump of data

Kind = Literal["string", "quoted", "number", "word", "symbol"]


class Word(NamedTuple):
    """A word of a statement. ``text`` is what it says: of a name or string without its quotes.

    ``upper`` is that in capitals where it is a word that may be a keyword, and nothing where it is not.
    """

    kind: Kind
    text: str
    start: int
    end: int
    upper: str = ""


def words(text: str, start: int = 0) -> Iterator[Word]:
    """The words of a text, comments and blanks left out."""
    place = start
    while place < len(text):
        match = ESCAPED.match(text, place) or WORD.match(text, place)
        if match is None:
            return
        kind, found, begin = match.lastgroup, match.group(), place
        place = match.end()
        if kind == "word":
            yield Word("word", found, begin, place, found.upper())
        elif kind == "quoted":
            mark = found[-1] if found[0] == "[" else found[0]
            inner = found[1:-1] if found.endswith(mark) and len(found) > 1 else found[1:]
            yield Word("quoted", inner.replace(mark * 2, mark), begin, place)
        elif kind == "number":
            yield Word("number", found, begin, place)
        elif kind == "symbol":
            yield Word("symbol", found, begin, place, found)
        elif kind in ("dollar", "tag"):
            tag = found[: found.index("$", 1) + 1]
            yield Word("string", found[len(tag) :].removesuffix(tag), begin, place)
        elif kind != "space":  # a string, with or without a letter before it
            opening = found.index("'") + 1
            inner = found[opening:-1] if found.endswith("'") and len(found) > opening else found[opening:]
            yield Word("string", inner.replace("''", "'"), begin, place)


class Statement(NamedTuple):
    """A statement: its words, without the semicolon, and where it stands in the text."""

    words: tuple[Word, ...]
    start: int
    end: int


def statements(text: str, start: int = 0, end: int | None = None) -> Iterator[Statement]:
    """The statements of a text, one after the other."""
    whole = text if end is None else text[:end]
    if len(whole) - start > LONGEST:
        return
    place = start
    while True:
        row = ROW.match(whole, place)
        if row is not None and UNCLEAR.search(row.group()) is None:
            place = row.end()
            continue
        found: list[Word] = []
        body = 0  # how many blocks of a trigger or function are open
        again = None
        for word in words(whole, place):
            if word.upper == ";" and body == 0:
                if is_copy(found):
                    rows = COPY_ROWS.match(whole, word.end)
                    again = rows.end() if rows is not None else len(whole)
                break
            found.append(word)
            if word.upper in ("BEGIN", "CASE") and in_routine(found):
                body += 1
            elif word.upper == "END" and body:
                body -= 1
        else:
            if found:
                yield Statement(tuple(found), found[0].start, found[-1].end)
            return
        if found:
            yield Statement(tuple(found), found[0].start, found[-1].end)
        place = again if again is not None else word.end


def in_routine(found: list[Word]) -> bool:
    """Whether the words begin a statement that may hold others: a trigger, or a function in standard SQL."""
    if found[0].upper != "CREATE":
        return False
    return any(word.upper in ("TRIGGER", "FUNCTION", "PROCEDURE") for word in found[1:6])


def is_copy(found: list[Word]) -> bool:
    """Whether rows of data follow a statement, as in the dumps of PostgreSQL."""
    return bool(found) and found[0].upper == "COPY" and any(word.upper == "STDIN" for word in found)
