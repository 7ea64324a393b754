"""A model is asked for a method that Sequelize does not give it.

`Task.delete({ where })`, `Task.findMany()`, `Task.findByIdAndUpdate(id, values)` are methods of other libraries, and
`Task.findById(id)` and `Task.find(options)` went with Sequelize 5. Calling one throws
`TypeError: Task.findById is not a function`, so that each request that comes by fails.

Call what Sequelize has: `findByPk`, `findOne`, `findAll`, `create`, `bulkCreate`, `update`, `destroy`, `count`.

The rule is silent where code of the project gives models a method of that name, and about the methods that Sequelize 4
still had where the version is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Class, External, Facts, Problem, Related, Value, is_test, rule, version_range

from ._includes import entity_of
from ._models import PACKAGES, DefinedModel

# What Sequelize 4 had, and what other libraries call what Sequelize does; each with what to call instead.
OLDER = {
    "all": "findAll",
    "find": "findOne",
    "findAndCount": "findAndCountAll",
    "findById": "findByPk",
    "findOrInitialize": "findOrBuild",
    "insertOrUpdate": "upsert",
}
FOREIGN = {
    "countDocuments": "count",
    "createMany": "bulkCreate",
    "delete": "destroy",
    "deleteById": "destroy",
    "deleteMany": "destroy",
    "deleteOne": "destroy",
    "findByIdAndDelete": "destroy",
    "findByIdAndRemove": "destroy",
    "findByIdAndUpdate": "update",
    "findFirst": "findOne",
    "findMany": "findAll",
    "findOneAndDelete": "destroy",
    "findOneAndRemove": "destroy",
    "findOneAndUpdate": "update",
    "findOneBy": "findOne",
    "findUnique": "findOne",
    "insert": "create",
    "insertMany": "bulkCreate",
    "insertOne": "create",
    "remove": "destroy",
    "save": "create",
    "updateMany": "update",
    "updateOne": "update",
}


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_method(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a method that no model has."""
    versions = version_range(facts.project, "sequelize")
    wrong = FOREIGN | OLDER if versions is not None and versions.surely(">=5.0.0") else FOREIGN
    seen: set[object] = set()
    for use in facts.uses:
        method = use.library.rpartition(".")[2] if use.library is not None else ""
        if method not in wrong or use.span in seen or not is_model(use.holder):
            continue
        entity = entity_of(facts, use.holder)
        if entity is None or is_given(facts, method):
            continue
        seen.add(use.span)
        yield Problem(
            use.span,
            f"Models have no method `{method}`, and `{entity.name}` is not given one",
            related=(Related(entity.span, f"the model `{entity.name}`"),),
            symptom=f"TypeError: {entity.name}.{method} is not a function",
            remedy=f"Call `{wrong[method]}`",
        )


def is_model(holder: Value | None) -> bool:
    """Whether a value is a model, made of what the library has alone."""
    if isinstance(holder, Class):
        bases = [base for base in holder.lineage() if not isinstance(base, Class)]
        return bool(bases) and all(isinstance(base, External) and base.path.startswith(PACKAGES) for base in bases)
    return isinstance(holder, DefinedModel)


def is_given(facts: Facts, method: str) -> bool:
    """Whether the program may give models a method of a name: by an assignment, a class, or a plugin."""
    name = method.encode()
    wanted = re.compile(
        rb"(?:\.|\[[\"'])" + name + rb"(?:[\"']\])?\s*=[^=]|\bstatic\s+(?:async\s+)?" + name + rb"\b|\bclassMethods\b|"
        rb"Object\.(?:assign|definePropert(?:y|ies))\(\s*(?:[\w$.]+\.)?[A-Z]\w*\s*,"
    )
    return any(wanted.search(source.data) for path, source in facts.project.files.items() if not is_test(path))
