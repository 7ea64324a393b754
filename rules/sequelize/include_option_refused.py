"""An include is given an option that its association does not take.

`separate: true` loads a collection of `hasMany` with a query of its own; for other associations Sequelize throws
`Only HasMany associations support include.separate`. `through` is about the junction of a many-to-many association;
with any other Sequelize throws `Cannot read properties of undefined (reading 'getTableName')`.

Leave the option away.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def include_option_refused(facts: Facts) -> Iterator[Problem]:
    """Yield each option that the association of an include does not take."""
    yield from query_problems(facts, "sequelize/include-option-refused")
