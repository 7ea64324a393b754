"""Reads facts from a text."""

from __future__ import annotations

from verifier.extract import extract
from verifier.model import FileFacts, Import, SourceFile
from verifier.read.kinds import language_of


def facts(path: str, text: str | bytes) -> FileFacts:
    """The facts of a file with this path and text."""
    data = text.encode() if isinstance(text, str) else text
    return extract(SourceFile(path, data, language_of(path)))


def only(path: str, text: str) -> Import:
    """The single import of a file."""
    (found,) = facts(path, text).imports
    return found
