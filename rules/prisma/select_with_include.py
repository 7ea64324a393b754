"""A call of Prisma's client has both `select` and `include`.

They say the same in two ways, so Prisma refuses them side by side in one object: `PrismaClientValidationError: Please
either use include or select, but not both at the same time`.

Put relations into `select`: `select: { id: true, author: { select: { name: true } } }`. In an object further in, the
choice is made anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def select_with_include(facts: Facts) -> Iterator[Problem]:
    """Yield each object that has both."""
    yield from problems(facts, "prisma/select-with-include")
