"""What an operator is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from verifier.model import Category

Seed = TypeVar("Seed", bound=Callable[..., None])


class Operator(Struct, frozen=True):
    """A way to break a backend.

    Attributes:
        pattern: the pattern of defects that it stands for.
        category: what a run with this defect belongs to.
        breaks_syntax: whether the file cannot be parsed afterwards.
    """

    name: str
    pattern: str
    category: Category
    seed: Callable[..., None]
    breaks_syntax: bool = False


OPERATORS: dict[str, Operator] = {}


def operator(pattern: str, category: Category, *, breaks_syntax: bool = False) -> Callable[[Seed], Seed]:
    """Make an operator of a function that takes a Project and says in its docstring what it breaks."""

    def register(seed: Seed) -> Seed:
        assert seed.__name__ not in OPERATORS, seed.__name__
        OPERATORS[seed.__name__] = Operator(seed.__name__, pattern, category, seed, breaks_syntax)
        return seed

    return register
