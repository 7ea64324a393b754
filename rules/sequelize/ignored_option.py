"""A query is given an option under another name, or where Sequelize does not look for it.

Sequelize takes no notice of what it does not know: `findOrCreate({ where, default: { role } })` creates the row
without the role, `findAll({ orderBy: ... })` gives rows in any order, `findAll({ where }, { limit: 10 })` finds all of
them, and `create(values, t)` and `update(values, { where }, { transaction: t })` are sent outside of the transaction.
Nothing is thrown.

Write the option as Sequelize calls it (`defaults`, `order`, `include`, `attributes`, `limit`, `offset`,
`transaction`), and all of them into one object.

Options that a hook of the project reads are left alone, and so are transactions where Sequelize finds them by itself
(`Sequelize.useCLS(...)`).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def ignored_option(facts: Facts) -> Iterator[Problem]:
    """Yield each option that Sequelize does not look at."""
    yield from query_problems(facts, "sequelize/ignored-option")
