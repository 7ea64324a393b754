"""Where the characters of a text are written in the project's files: through quotes, escapes, line ends and pieces.

A text is what a literal says, or what the program made of it (``strip``, ``dedent``). The map leads from an index in
the text to a byte offset in the file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from msgspec import Struct

from verifier.evaluate.values import Const, Excerpt, Origin
from verifier.model import Project
from verifier.regex import regex

OPENING = regex(r"([A-Za-z]{0,2})(\"\"\"|'''|\"|'|`)")
PYTHON = regex(
    r"\\(?:(?P<line>\r\n|\n|\r)|(?P<octal>[0-7]{1,3})|x(?P<byte>[0-9a-fA-F]{2})|u(?P<unit>[0-9a-fA-F]{4})"
    r"|U(?P<point>[0-9a-fA-F]{8})|N\{(?P<name>[^}]*)\}|(?P<letter>.))|(?P<brace>\{\{|\}\})|(?P<end>\r\n?)",
    re.DOTALL,
)
JAVASCRIPT = regex(
    r"\\(?:(?P<line>\r\n|[\n\r\u2028\u2029])|u\{(?P<point>[0-9a-fA-F]+)\}"
    r"|u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})|u(?P<unit>[0-9a-fA-F]{4})"
    r"|x(?P<byte>[0-9a-fA-F]{2})|(?P<octal>[0-3][0-7]{0,2}|[4-7][0-7]?)|(?P<letter>.))|(?P<end>\r\n?)",
    re.DOTALL,
)
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
OWN_LETTERS = {"a": "\a", "\\": "\\", "'": "'", '"': '"'}
WORD = regex(r"\w+|[^\w\s]")
LARGEST_POINT = 0x10FFFF
FARTHEST = 500  # characters that a text may have lost between two words


class Run(Struct, frozen=True):
    """Characters that stand one after the other, both in a text and in a file.

    ``width``: the bytes of each character; ``length``: how many characters. An escape is a run of one.
    """

    index: int
    offset: int
    length: int
    width: int


class PlacedText:
    """A text with the places of its characters."""

    def __init__(self, path: str, text: str, runs: list[Run]) -> None:
        self.path = path
        self.text = text
        self.runs = runs
        self._starts = [run.index for run in runs]

    def at(self, start: int, end: int) -> Origin | None:
        """Where the characters from ``start`` to before ``end`` are written; None where that is not known."""
        first = self.run(start)
        last = self.run(end - 1) if end > start else first
        if first is None or last is None:
            return None
        begin = first.offset + (start - first.index) * first.width
        stop = last.offset + (max(end, start + 1) - last.index) * last.width if end > start else begin
        return Origin(self.path, begin, max(stop, begin))

    def run(self, index: int) -> Run | None:
        """The run that holds a character."""
        found = bisect_right(self._starts, index) - 1
        if found < 0:
            return None
        run = self.runs[found]
        return run if index < run.index + run.length else None


def placed_text(project: Project, value: Const) -> PlacedText | None:
    """Where a constant text is written; None where nothing is known of that."""
    if isinstance(value, Excerpt):
        whole = placed_text(project, value.whole)
        if whole is None:
            return None
        text = str(value.value)
        return PlacedText(whole.path, text, list(shifted(whole, value.start, 0, len(text))))
    origin = value.origin
    if origin is None or not isinstance(value.value, str):
        return None
    source = project.files.get(origin.path) or project.others.get(origin.path)
    if source is None:
        return None
    written = source.data[origin.start : origin.end].decode("utf-8", "replace")
    return read_literal(origin.path, origin.start, written, value.value)


def read_literal(path: str, start: int, written: str, text: str) -> PlacedText | None:
    """Where the characters of a text stand in a literal that is written at a byte offset of a file."""
    python = path.endswith((".py", ".pyi", ".pyw"))
    best: tuple[str, list[Run]] | None = None
    for inner, base, prefix in insides(written, start):
        plain = "\\" not in inner and "\r" not in inner and "{{" not in inner and "}}" not in inner
        for raw in (True, False) if "r" in prefix else (False,) if prefix or plain else (False, True):
            for unified in (False,) if plain or "\r" not in inner else (False, True):
                for braces in (False, True) if python and not plain else (False,):
                    decoded, runs = decode(inner, base, python=python, raw=raw, unified=unified, braces=braces)
                    if decoded == text:
                        return PlacedText(path, text, runs)
                    best = best or (decoded, runs)
    return PlacedText(path, text, list(aligned(text, *best))) if best is not None else None


def insides(written: str, start: int) -> Iterator[tuple[str, int, str]]:
    """What stands between the quotes of a literal, with its place and prefix; of a part of one, the whole."""
    opening = OPENING.match(written)
    if opening is not None:
        quote = opening[2]
        if len(written) >= opening.end() + len(quote) and written.endswith(quote):
            yield written[opening.end() : -len(quote)], start + opening.end(), opening[1].lower()
    yield written, start, ""


def decode(written: str, base: int, *, python: bool, raw: bool, unified: bool, braces: bool) -> tuple[str, list[Run]]:
    """What a literal says, and where each character of that is written.

    ``unified``: line ends are read as line feeds; ``braces``: doubled braces stand for one.
    """
    found: list[str] = []
    runs: list[Run] = []
    index, offset, last = 0, base, 0
    for escape in (PYTHON if python else JAVASCRIPT).finditer(written):
        kind = escape.lastgroup or ""
        if (
            (raw and kind not in ("brace", "end"))
            or (kind == "end" and not unified)
            or (kind == "brace" and not braces)
        ):
            continue
        plain = written[last : escape.start()]
        runs.extend(plain_runs(plain, index, offset))
        found.append(plain)
        index += len(plain)
        offset += len(plain.encode())
        said = character(escape, python=python)
        size = len(escape[0].encode())
        if len(said) == 1:
            runs.append(Run(index, offset, 1, size))
        elif said:  # an escape that is none stands for itself
            runs.extend(plain_runs(said, index, offset))
        found.append(said)
        index += len(said)
        offset += size
        last = escape.end()
    plain = written[last:]
    runs.extend(plain_runs(plain, index, offset))
    found.append(plain)
    return "".join(found), runs


def plain_runs(text: str, index: int, offset: int) -> Iterator[Run]:
    """The runs of characters that are written as they are: one for each stretch of characters of one width."""
    if text.isascii():
        if text:
            yield Run(index, offset, len(text), 1)
        return
    for stretch in re.finditer(r"[\x00-\x7f]+|[\x80-\u07ff]+|[\u0800-\uffff]+|[\U00010000-\U0010ffff]+", text):
        width = len(stretch[0][0].encode("utf-8", "replace"))
        yield Run(index, offset, len(stretch[0]), width)
        index += len(stretch[0])
        offset += width * len(stretch[0])


def character(escape: re.Match[str], *, python: bool) -> str:
    """What an escape stands for."""
    kind = escape.lastgroup or ""
    written = escape[kind]
    if kind == "line":
        return ""
    if kind == "end":
        return "\n"
    if kind == "brace":
        return written[0]
    if kind == "letter":
        if python:
            return OWN_LETTERS.get(written) or LETTERS.get(written) or "\\" + written
        return LETTERS.get(written, written)
    if kind == "name":
        import unicodedata

        try:
            return unicodedata.lookup(written)
        except KeyError:
            return escape[0]
    if kind == "low":
        return chr(0x10000 + ((int(escape["high"], 16) & 0x3FF) << 10) + (int(written, 16) & 0x3FF))
    point = int(written, 8 if kind == "octal" else 16) if len(written) <= 20 else LARGEST_POINT + 1
    if point > LARGEST_POINT or 0xD800 <= point <= 0xDFFF:
        return "\ufffd"
    return chr(point)


def aligned(text: str, written: str, runs: list[Run]) -> Iterator[Run]:
    """Runs for a text that the program made of another one: whole, or word by word in the same order."""
    whole = written.find(text) if text else -1
    source = PlacedText("", written, runs)
    if whole >= 0:
        yield from shifted(source, whole, 0, len(text))
        return
    cursor = 0
    for word in WORD.finditer(text):
        found = next_word(written, word[0], cursor)
        if not 0 <= found <= cursor + FARTHEST:
            continue
        yield from shifted(source, found, word.start(), len(word[0]))
        cursor = found + len(word[0])


def next_word(text: str, word: str, start: int) -> int:
    """Where a word stands next in a text, not as a part of another one; -1 if nowhere."""
    while True:
        found = text.find(word, start)
        if found < 0 or not (word[0].isalnum() or word[0] == "_"):
            return found
        end = found + len(word)
        before = found > 0 and (text[found - 1].isalnum() or text[found - 1] == "_")
        after = end < len(text) and (text[end].isalnum() or text[end] == "_")
        if not before and not after:
            return found
        start = found + 1


def shifted(source: PlacedText, start: int, index: int, length: int) -> Iterator[Run]:
    """The runs of a part of a text, for a text in which that part begins at ``index``."""
    end = start + length
    at = max(bisect_right(source._starts, start) - 1, 0)
    for run in source.runs[at:]:
        if run.index >= end:
            break
        low, high = max(run.index, start), min(run.index + run.length, end)
        if low < high:
            yield Run(index + low - start, run.offset + (low - run.index) * run.width, high - low, run.width)


def covering(origins: Iterable[Origin | None]) -> Origin | None:
    """From the first to the last of some places of one file."""
    known = [origin for origin in origins if origin is not None]
    if not known:
        return None
    own = [origin for origin in known if origin.path == known[0].path]
    return Origin(own[0].path, min(origin.start for origin in own), max(origin.end for origin in own))
