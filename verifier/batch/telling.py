"""What a batch did, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.batch.nouns import Summary


def batch_text(made: Summary) -> str:
    """A few lines."""
    lines = []
    if made.found:
        runs = "1 run" if made.found == 1 else f"{made.found} runs"
        lines.append(f"{runs}: {made.done} looked at, {made.known} known before, {made.seconds:.1f} s.")
    if made.errors:
        lines.append(f"{made.errors} could not be looked at: `SELECT run, error FROM runs WHERE error IS NOT NULL`.")
    if made.imported:
        lines.append(f"{made.imported} published rows.")
    lines.append(f"The store is {made.store}: buttress study {made.store}")
    return "\n".join(lines) + "\n"
