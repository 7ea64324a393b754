"""What goes wrong with other tools' results."""

from __future__ import annotations


class ResultsError(Exception):
    """Results cannot be had; the text is one sentence for the user, in one line whatever it quotes."""

    def __init__(self, text: str) -> None:
        plain = "".join(character if character.isprintable() else " " for character in text)
        super().__init__(" ".join(plain.split()))
