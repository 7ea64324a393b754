"""A many-to-many association does not say what joins its sides.

`Article.belongsToMany(Tag)` throws `Article.belongsToMany(Tag) requires through option, pass either a string or a
model`.

Name the junction: `through: ArticleTag`, or `through: "article_tags"` for one that Sequelize makes.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_through(facts: Facts) -> Iterator[Problem]:
    """Yield each `belongsToMany` without `through`."""
    yield from problems(facts, "sequelize/missing-through")
