"""What somebody notes of an object, kept by the object itself: both live and go together.

A dictionary with weak keys would not do: what is noted of an engine or of facts mostly leads back to them, and would
keep them for as long as the process lives.
"""

from __future__ import annotations

from itertools import count
from typing import Generic, TypeVar, overload

Owner = TypeVar("Owner")
Noted = TypeVar("Noted")
Default = TypeVar("Default")

NUMBERS = count()


class Memo(Generic[Owner, Noted]):
    """One thing that is noted of each of several objects, like a mapping from them."""

    def __init__(self) -> None:
        self.name = f"memo {next(NUMBERS)}"

    def __contains__(self, owner: Owner) -> bool:
        return self.name in owner.__dict__

    def __getitem__(self, owner: Owner) -> Noted:
        found: Noted = owner.__dict__[self.name]
        return found

    def __setitem__(self, owner: Owner, noted: Noted) -> None:
        owner.__dict__[self.name] = noted

    @overload
    def get(self, owner: Owner) -> Noted | None: ...
    @overload
    def get(self, owner: Owner, default: Noted | Default) -> Noted | Default: ...
    def get(self, owner: Owner, default: object = None) -> object:
        """What is noted of an object, or the default."""
        return owner.__dict__.get(self.name, default)

    def setdefault(self, owner: Owner, noted: Noted) -> Noted:
        """What is noted of an object; where nothing is, this is noted."""
        found: Noted = owner.__dict__.setdefault(self.name, noted)
        return found
