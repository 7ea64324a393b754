"""A patch says that a binary file differs, and does not hold it.

`git diff` without `--binary` writes `Binary files ... differ` and nothing else. `git apply` then refuses the whole
patch (`cannot apply binary patch ... without full index line`): not a single file arrives, and `./run.sh` is not
found.

Leave the file out (databases with their `-wal` and `-shm`, caches, images belong into `.gitignore`), or make the
patch with `git diff --binary`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Span, rule

SAID = "the patch says that it differs and does not say how"


@rule(Category.SERVER_STARTUP_FAILURE)
def binary_in_patch(facts: Facts) -> Iterator[Problem]:
    """Yield each binary file that the patch only mentions."""
    for note in facts.project.left_out.notes:
        if note.reason.startswith(SAID):
            yield Problem(
                Span(note.path, 1),
                f"The patch mentions `{note.path}` and does not hold it, so that git refuses the whole patch",
                symptom="error: cannot apply binary patch without full index line",
                remedy="Leave the file out of the patch, or make it with `git diff --binary`",
                routes=(),
                identity=note.path,
            )
