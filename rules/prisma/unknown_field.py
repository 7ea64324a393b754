"""A call of Prisma's client names a field, filter or option that does not exist.

Prisma checks what it is given before it sends anything: `where: { authorName: ... }` for a model without such a field,
`{ contain: "x" }` for `contains`, `include` of a plain field, a list relation that is filtered without `some`, `limit`
for `take`: each throws `PrismaClientValidationError`, and the request is answered with 500.

Name the field as the schema has it; a new one needs `prisma generate` before the client knows it. Lists of related
rows are asked by `some`, `every` or `none`; plain fields come along without `include`.

Looked at are objects as they are written, through the branches and functions that put them together. Keys that are
computed, and what is spread from elsewhere, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_field(facts: Facts) -> Iterator[Problem]:
    """Yield each name that Prisma would refuse."""
    yield from problems(facts, "prisma/unknown-field")
