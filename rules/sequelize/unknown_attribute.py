"""A model is given a key that it does not have.

`create`, `bulkCreate`, `build`, `update` and the defaults of `findOrCreate` take the names of the model's attributes.
Sequelize drops any other key without a word: the row is stored without the value, or refused because a column that
must not be null got none. Where no key is known, as in `User.create({ options })`, nothing is stored at all.

Name the attribute as the model declares it, or spread the object (`User.create({ ...options })`). Models of which not
all was read are left alone, and so are keys of associations that are created along,
a `password` beside the `passwordHash` that is stored, and a `confirmPassword`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Severity, replace, rule

from ._problems import query_problems

NOTHING_STORED = "nothing is stored"


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING)
def unknown_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each key that a model is given values under and lacks."""
    for problem in query_problems(facts, "sequelize/unknown-attribute"):
        nothing = problem.symptom == NOTHING_STORED
        yield replace(
            problem,
            severity=Severity.ERROR if nothing else None,
            confidence=None if nothing else Confidence.MEDIUM,
        )
