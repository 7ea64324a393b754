"""A relationship is given one of Python's own functions where it wants a column.

`remote_side=[id]` names what the class body has bound to `id` so far. Where the key comes from a base class or a mixin,
or is declared by an annotation alone (`id: Mapped[intpk]`), that is nothing, and `id` is Python's function. Mappers
cannot be configured: `Column expression expected for argument 'remote_side'; got <built-in function id>`.

Name the column in a text, which is read when all classes are known: `remote_side="Comment.id"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def builtin_instead_of_column(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship that names a function of Python."""
    yield from noted(facts, "builtin-instead-of-column")
