"""A data type is read from a connection, which has none.

Data types belong to the class: `DataTypes.STRING`, `Sequelize.STRING`. On what `new Sequelize(...)` gives,
`sequelize.DataTypes` and `sequelize.STRING` are undefined: the definition of the model throws `TypeError: Cannot read
properties of undefined (reading 'STRING')`, or `Unrecognized datatype for attribute "User.name"`.

Import `DataTypes` from `sequelize`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.SERVER_STARTUP_FAILURE)
def data_types_on_instance(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute whose type is read from a connection."""
    yield from problems(facts, "sequelize/data-types-on-instance")
