"""A function associates models, nothing calls it, and a query needs what it would have made.

A model file often keeps its associations in a function, `User.associate = (models) => { ... }`, since the other
models may not be defined yet. Sequelize itself never calls it: the file that loads the models has to, for each of
them. Where it does not, every include throws `SequelizeEagerLoadingError: Post is not associated to User!`, and rows
lack the methods that associations give (`user.getPosts is not a function`).

Call it when all models are defined: `Object.values(models).forEach((model) => model.associate?.(models))`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._includes import between, included


@rule(Category.INCORRECT_QUERY_LOGIC)
def association_never_made(facts: Facts) -> Iterator[Problem]:
    """Yield each function of that kind whose associations an include needs."""
    defects = facts.models.defects_of("sequelize/association-never-made")
    if not defects:
        return
    needing = [
        found
        for found in included(facts)
        if (found.target is not None and not between(found.base, found.target))
        or (found.target is None and found.alias is not None and found.base.relationship(found.alias) is None)
    ]
    for defect in defects:
        uses = [found for found in needing if found.base.span.path == defect.span.path]
        if uses:
            base, target = uses[0].base, uses[0].target
            missing = (
                f"{target.name} is not associated to {base.name}!" if target is not None else "no such association"
            )
            yield Problem(
                defect.span,
                defect.message,
                related=tuple(Related(found.span, "this query needs them") for found in uses[:5]),
                symptom=f"SequelizeEagerLoadingError: {missing}",
                remedy=defect.remedy,
            )
