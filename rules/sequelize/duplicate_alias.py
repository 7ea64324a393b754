"""Two associations of a model have the same alias.

`User.hasMany(Post, { as: "items" })` and `User.hasMany(Comment, { as: "items" })` cannot both be: the second throws
`AssociationError: You have used the alias items in two separate associations`, and with it the file that makes them,
which is mostly at the start of the program.

Give each association an alias of its own. Associations without `as` do not throw: the later one silently takes the
place of the earlier one of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def duplicate_alias(facts: Facts) -> Iterator[Problem]:
    """Yield each association whose alias is taken."""
    yield from problems(facts, "sequelize/duplicate-alias")
