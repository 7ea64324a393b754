"""A query or an include is given a model that does not exist.

`sequelize.models.Artikel` is undefined when no model of that name was defined, and so is what a module is asked for
that it does not export: `const { Comment } = require("../models")`. A call of its methods throws `TypeError: Cannot
read properties of undefined (reading 'findAll')`, and an include of it `Include unexpected. Element has to be either
a Model, an Association or an object`.

Use the name under which the model is defined or exported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, rule

from ._includes import included
from ._models import LateModel
from ._plain import pattern_of


def is_written(facts: Facts, name: str) -> bool:
    """Whether some text of the program may define a model of a name in a way that was not followed."""
    wanted = re.compile(rb"[\"'`]" + pattern_of(name) + rb"[\"'`]|\bclass\s+" + pattern_of(name) + rb"\b")
    return any(wanted.search(source.data) for path, source in facts.project.files.items() if not is_test(path))


@rule(Category.DATABASE_RUNTIME_ERROR)
def undefined_model_use(facts: Facts) -> Iterator[Problem]:
    """Yield each use of a model that is surely undefined."""
    for found in included(facts):
        if found.nothing:
            yield Problem(
                found.span,
                f"A query of `{found.base.name}` includes a model that is undefined",
                symptom="Error: Include unexpected. Element has to be either a Model, an Association or an object.",
                remedy="Look at what its module exports, and under which name",
            )
    known = {entity.name for entity in facts.models.entities if entity.orm == "sequelize"}
    known |= {table.variable or table.name for table in facts.models.tables if table.orm == "sequelize"}
    for use in facts.uses:
        holder = use.holder
        if not isinstance(holder, LateModel) or holder.named is None or holder.named in known or not use.certain:
            continue
        if is_written(facts, holder.named):
            continue
        method = use.library.rpartition(".")[2] if use.library is not None else ""
        yield Problem(
            use.span,
            f"No model `{holder.named}` is defined on the connection: `sequelize.models.{holder.named}` is undefined",
            symptom=f"TypeError: Cannot read properties of undefined (reading '{method}')",
            remedy="Use one of the models that are defined: " + ", ".join(f"`{name}`" for name in sorted(known)[:8]),
        )
