"""An attribute has a data type that Sequelize does not have.

`DataTypes.VARCHAR`, `DataTypes.DATETIME` or `DataTypes.INT` are undefined: types have names of Sequelize's own, and
not those of the database. The definition of the model throws `Unrecognized datatype for attribute "User.name"`, or
`TypeError: DataTypes.VARCHAR is not a function` where it is called.

Write `DataTypes.STRING`, `DataTypes.DATE`, `DataTypes.INTEGER`; a type that Sequelize does not know can be written as
text.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_data_type(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute whose type does not exist."""
    yield from problems(facts, "sequelize/unknown-data-type")
