"""A query names a column that the model's table does not have.

The keys of `where`, the names in `attributes` and those in `order` are attributes of the model, or columns of its
table. Any other name is put into the SQL as it stands, and the database refuses the query: `no such column:
Comment.article`. Associations, getters and virtual attributes are no columns either: ask for `articleId` rather than
for `article`. A model without `timestamps` has no `createdAt` to be ordered by.

Name the attribute as the model declares it; what an included model has is `'$author.name$'` in `where`, and `[Author,
"name", "ASC"]` in `order`. Models of which not all was read are left alone, and so is `order` where `attributes` or
scopes may give a name to an expression.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_column(facts: Facts) -> Iterator[Problem]:
    """Yield each name in a query that is no column of its model."""
    yield from query_problems(facts, "sequelize/unknown-column")
