"""What stops the reading of a query: a mistake that Django would report, or something that only run time knows."""

from __future__ import annotations

from typing import NamedTuple

from verifier.api import Call, Const, Engine, Origin, Value, text_of


class UnclearError(Exception):
    """A part that depends on run time; ``reason`` completes "depends on ..."."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FaultError(Exception):
    """Something that Django would refuse.

    Attributes:
        rule: the rule that reports it, without its pack.
        origin: the word that is wrong.
        message: the finding; ``error`` what the log shows; ``remedy`` what to write instead.
        model: the model that the word is looked for in.
    """

    def __init__(
        self, rule: str, origin: Origin | None, message: str, error: str, remedy: str = "", model: object = None
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.origin = origin
        self.message = message
        self.error = error
        self.remedy = remedy
        self.model = model


class Word(NamedTuple):
    """A name in a query, and where it is written, as far as that is known."""

    text: str
    origin: Origin | None = None
    exact: bool = False  # whether ``origin`` is the text, letter by letter

    def parts(self) -> list[Word]:
        """What double underscores separate."""
        found: list[Word] = []
        start = 0
        for part in self.text.split("__"):
            found.append(self.slice(start, part))
            start += len(part.encode("utf-8", "replace")) + 2
        return found

    def slice(self, start: int, text: str) -> Word:
        """A part that begins so many bytes behind the start."""
        if self.origin is None or not self.exact:
            return Word(text, self.origin)
        begin = self.origin.start + start
        return Word(text, Origin(self.origin.path, begin, begin + len(text.encode("utf-8", "replace"))), exact=True)

    def without_sign(self) -> Word:
        """The name behind a sign of order."""
        return self.slice(1, self.text[1:]) if self.text[:1] in ("-", "+") else self


def word_of(engine: Engine, text: str, origin: Origin | None) -> Word:
    """A text as a word: the letters are looked for in what is written at the place."""
    if origin is None or origin.path not in engine.project.files:
        return Word(text)
    written = engine.project.files[origin.path].data[origin.start : origin.end]
    encoded = text.encode("utf-8", "replace")
    begin = written.find(encoded)
    if begin < 0 or not encoded:
        return Word(text, origin)
    start = origin.start + begin
    return Word(text, Origin(origin.path, start, start + len(encoded)), exact=True)


def keyword(call: Call, name: str) -> Word:
    """The name of a keyword argument; of one that came out of a mapping, the place of the call."""
    return word_of(call.engine, name, call.place(name))


def text_word(engine: Engine, value: Value) -> Word | None:
    """A value that surely is a text, as a word."""
    text = text_of(value)
    return word_of(engine, text, value.origin) if text is not None and isinstance(value, Const) else None
