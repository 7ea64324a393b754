"""A query includes a model without the alias of its association, or under another one.

An association that was made with `as` is found by that alias alone: after `Article.belongsTo(User, { as: "author"
})`, both `include: User` and `include: { model: User, as: "user" }` throw `SequelizeEagerLoadingError: User is
associated to Article using an alias`. Without `as`, the alias is the model's name, in the plural for many. Where a
model is associated several times, the alias says which of them is meant.

Write the alias of the association: `include: { model: User, as: "author" }`, or `include: "author"`.
sequelize-typescript finds the alias by itself where a model has one association with the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def wrong_alias(facts: Facts) -> Iterator[Problem]:
    """Yield each include whose alias is missing or is no association's."""
    yield from query_problems(facts, "sequelize/wrong-alias")
