"""An association is made with something that is no model.

`Post.belongsTo(models.Author)` throws `Post.belongsTo called with something that's not a subclass of Sequelize.Model`
where `models` has no `Author`: the model has another name, its module exports something else, or two modules import
each other so that one of them is not loaded yet.

Pass the model itself. Where modules need each other, make the associations in a function that runs after all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def association_with_undefined(facts: Facts) -> Iterator[Problem]:
    """Yield each association whose target is surely no model."""
    yield from problems(facts, "sequelize/association-with-undefined")
