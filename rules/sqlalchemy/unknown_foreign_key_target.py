"""A foreign key names a table or a column that is not defined.

The text in `ForeignKey("user.id")` names the table as the database has it, not the class: with `__tablename__ =
"users"` there is no table `user`. `create_all()` then fails with `NoReferencedTableError` (or
`NoReferencedColumnError`), and so does the first row that is stored, and every relationship over the key.

Write the `__tablename__` of the other class and the name of its column, or hand over the column itself:
`ForeignKey(User.id)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_foreign_key_target(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key whose target is not defined."""
    yield from noted(facts, "unknown-foreign-key-target")
