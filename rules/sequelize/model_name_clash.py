"""Two models of one connection have the same name.

The later definition takes the place of the earlier one in `sequelize.models`, without a word. `sequelize.sync()`
makes no table for the earlier one, so that queries of it fail with `no such table`, and `sequelize.model("User")`
gives the later.

Give each model a name of its own: the first argument of `define`, `modelName` of `init`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def model_name_clash(facts: Facts) -> Iterator[Problem]:
    """Yield each model whose name is taken."""
    for found in problems(facts, "sequelize/model-name-clash"):
        path = found.span.path
        started = not facts.startup.entries or not facts.started.complete or path in facts.started.files
        if started or facts.imports.imported_by(path):
            yield found
