"""A model is asked of Prisma's client that the schema does not have.

The client has a property for each model, with a small first letter: `prisma.articleTag` for `model ArticleTag`. Any
other name is `undefined`, so `prisma.articles.findMany()` throws `TypeError: Cannot read properties of undefined`.

Call the model by its name in the schema (not by the table that `@@map` gives it, and not in the plural).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_model(facts: Facts) -> Iterator[Problem]:
    """Yield each call on a model that the client does not have."""
    yield from problems(facts, "prisma/unknown-model")
