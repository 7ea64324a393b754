"""A place among the words of a statement, and the pieces that several statements share."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.ddl.tables import Schema, TableName
from verifier.ddl.words import Word

END = Word("symbol", "", 0, 0)


class UnreadableError(Exception):
    """A statement that is not understood; the text names the word at which reading stopped."""


class Cursor:
    """Walks along the words of a statement."""

    def __init__(self, text: str, words: Sequence[Word], schema: Schema) -> None:
        self.text = text
        self.words = words
        self.schema = schema
        self.at = 0

    @property
    def word(self) -> Word:
        """The next word; an empty one at the end."""
        return self.words[self.at] if self.at < len(self.words) else END

    @property
    def done(self) -> bool:
        """Whether all words are behind."""
        return self.at >= len(self.words)

    def ahead(self, *uppers: str) -> bool:
        """Whether the next words are these keywords."""
        return all(
            self.at + place < len(self.words) and self.words[self.at + place].upper == upper
            for place, upper in enumerate(uppers)
        )

    def take(self, *uppers: str) -> bool:
        """Go past these keywords, if they are next."""
        if not self.ahead(*uppers):
            return False
        self.at += len(uppers)
        return True

    def take_any(self, *uppers: str) -> str | None:
        """Go past one of some keywords; which it was."""
        if self.word.upper in uppers and self.word.upper:
            self.at += 1
            return self.words[self.at - 1].upper
        return None

    def next(self) -> Word:
        """Go past a word."""
        if self.done:
            raise UnreadableError("its end")
        self.at += 1
        return self.words[self.at - 1]

    def expect(self, *uppers: str) -> None:
        """Go past keywords that must be next."""
        if not self.take(*uppers):
            raise UnreadableError(f"`{self.word.text}`" if not self.done else "its end")

    def name(self) -> str:
        """A name, folded as the database folds it."""
        word = self.next()
        if word.kind == "word":
            return self.schema.folded(word.text)
        if word.kind in ("quoted", "string"):
            return word.text
        raise UnreadableError(f"`{word.text}`")

    def table_name(self) -> TableName:
        """A name with its schema in front, where it has one."""
        parts = [self.name()]
        while self.word.upper == "." and self.take("."):
            parts.append(self.name())
        return TableName(parts[-1], parts[-2] if len(parts) > 1 else None)

    def names(self) -> list[str]:
        """Names in parentheses; what stands behind one (an order, an operator class) is left out."""
        self.expect("(")
        found: list[str] = []
        while not self.take(")"):
            found.append(self.name())
            while self.word.upper not in (",", ")"):
                self.skip()
            self.take(",")
        return found

    def skip(self) -> None:
        """Go past a word, or past all that stands between two parentheses."""
        if self.next().upper != "(":
            return
        depth = 1
        while depth:
            upper = self.next().upper
            depth += (upper == "(") - (upper == ")")

    def source(self, start: int, end: int) -> str:
        """The text of the words from one place to another, as written."""
        return self.text[self.words[start].start : self.words[end - 1].end] if end > start else ""

    def parentheses(self) -> str:
        """The text between two parentheses."""
        start = self.at
        self.skip()
        return self.source(start + 1, self.at - 1)

    def parts(self, end: str | None = None) -> list[Cursor]:
        """What stands between commas, up to the closing parenthesis or the end of the statement."""
        found: list[Cursor] = []
        start = self.at
        while True:
            if self.done or (end is not None and self.word.upper == end):
                if end is not None and self.done:
                    raise UnreadableError("its end")
                if self.at > start:
                    found.append(Cursor(self.text, self.words[start : self.at], self.schema))
                if end is not None:
                    self.at += 1
                return found
            if self.word.upper == ",":
                found.append(Cursor(self.text, self.words[start : self.at], self.schema))
                self.at += 1
                start = self.at
            else:
                self.skip()
