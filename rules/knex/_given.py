"""What Knex's written SQL is given along."""

from __future__ import annotations

from verifier.api import Const, Given, Record, Sequence, Value


def given(value: Value | None) -> Given | None:
    """What the placeholders of a text are given; None where that is not known."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return Given()
    if isinstance(value, Sequence):
        return Given(places=tuple(value.items), complete=value.complete, value=value, origin=value.origin)
    if isinstance(value, Record):
        names = {str(key): entry for key, entry in value.entries.items()}
        return Given(names=names, complete=value.complete, value=value, origin=value.origin)
    return Given(places=(value,), value=value, origin=value.origin)
