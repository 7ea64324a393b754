"""A query includes a model that its own model has no association with.

Sequelize joins what `include` names by an association, never by a foreign key alone. Without
`Article.belongsTo(User)`, `Article.findAll({ include: User })` throws `SequelizeEagerLoadingError: User is not
associated to Article!`; an alias that no association has (`include: "author"`) throws `Association with alias
"author" does not exist on Article`. An association has one direction: `User.hasMany(Article)` lets users include
articles, not articles their user.

Make the association, in the direction in which it is queried, before the first query. The rule looks at the queries
that requests reach, and is silent where an association of the model was not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def unassociated_include(facts: Facts) -> Iterator[Problem]:
    """Yield each include for which its model has no association."""
    yield from query_problems(facts, "sequelize/unassociated-include")
