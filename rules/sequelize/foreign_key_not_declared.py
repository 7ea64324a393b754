"""An association of sequelize-typescript finds no foreign key.

`@BelongsTo(() => Customer)` on `Order` looks for a member of `Order` with `@ForeignKey(() => Customer)`; so does
`@HasMany(() => Order)` on `Customer`, and `@BelongsToMany` in the class that joins both sides. Where there is none,
and the decorator names no key, adding the models to the connection throws `Foreign key for "Customer" is missing on
"Order".`

Write `@ForeignKey(() => Customer)` above the column, or name the key: `@BelongsTo(() => Customer, "customerId")`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def foreign_key_not_declared(facts: Facts) -> Iterator[Problem]:
    """Yield each association without a foreign key."""
    yield from problems(facts, "sequelize/foreign-key-not-declared")
