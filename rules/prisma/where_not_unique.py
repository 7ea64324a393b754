"""A method of Prisma that works on one row is asked for it by fields that are not unique.

`findUnique`, `update`, `upsert` and `delete` need a field in `where` that is `@id` or `@unique`, or a group of fields
under the name of their `@@id` or `@@unique` (`userId_articleId: { userId, articleId }`). With others alone, Prisma
throws `PrismaClientValidationError: Argument where needs at least one of ...` before it sends anything.

Use the unique field, or `findFirst`, `updateMany` and `deleteMany`, which take any condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def where_not_unique(facts: Facts) -> Iterator[Problem]:
    """Yield each condition that tells no single row."""
    yield from problems(facts, "prisma/where-not-unique")
