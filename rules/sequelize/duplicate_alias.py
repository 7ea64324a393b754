"""Two associations of a model have the same alias.

`User.hasMany(Post, { as: "items" })` and `User.hasMany(Comment, { as: "items" })` cannot both be: the second throws
`AssociationError: You have used the alias items in two separate associations`, and with it the file that makes them,
which is mostly at the start of the program.

`belongsToMany` of Sequelize 6 gives both sides an association with the junction as well, under the junction's name.
So `User.belongsToMany(User, { as: "followers", through: "followers" })` throws the same by itself.

Give each association an alias of its own, and the junction a name that is none of them. Associations without `as` do
not throw: the later one silently takes the place of the earlier one of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def duplicate_alias(facts: Facts) -> Iterator[Problem]:
    """Yield each association whose alias is taken."""
    yield from problems(facts, "sequelize/duplicate-alias")
