"""An association is called like an attribute of its model.

Rows have one property for each attribute and one for each association. Where both are called `author`, Sequelize
throws `Naming collision between attribute 'author' and association 'author' on model Article` when the association is
made.

Rename one of them: mostly the attribute should be the foreign key, `authorId`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def alias_clashes_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each association that is called like an attribute."""
    yield from problems(facts, "sequelize/alias-clashes-attribute")
