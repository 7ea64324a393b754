"""A method is called of a model of Prisma's client that no model has.

Sequelize, TypeORM and Mongoose call their methods otherwise: `prisma.user.findOne(...)`, `findAll`, `findById`,
`destroy` are `undefined` at Prisma's client, and calling one is `TypeError: prisma.user.findOne is not a function`.
Each request that runs the line is answered with 500.

Write `findUnique` or `findFirst` for one row, `findMany` for several, `create`, `update`, `upsert`, `delete`.

Projects that extend their client (`$extends`) may have methods of their own, and are left alone; so are names that are
set or asked for elsewhere, and clients before version 3, which had some of these.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_method(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a method that the client does not have."""
    yield from problems(facts, "prisma/unknown-method")
