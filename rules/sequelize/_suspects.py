"""What is wrong with models, seen while they are read: types that a database lacks, keys of different types."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Defect, Engine

from ._schema import Registry


def suspects(engine: Engine, registry: Registry) -> Iterator[Defect]:
    """The defects of all models."""
    yield from ()
