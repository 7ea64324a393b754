"""A column that holds single values is compared with an object, or given a row.

`where: { memberId: member }` compares the key with the whole row: SQLite looks for the text `[object
SequelizeInstance:Member]` and finds nothing, PostgreSQL refuses it. `Story.create({ memberId: member })` breaks the
foreign key. `where: { memberId: { id: 1 } }` compares with the text `[object Object]`.

Write the key: `member.id`; or an operator of `Op`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def object_as_value(facts: Facts) -> Iterator[Problem]:
    """Yield each object that stands where a single value belongs."""
    yield from query_problems(facts, "sequelize/object-as-value")
