"""A query asks for a scope that its model does not have.

`Member.scope("activ")` throws `SequelizeScopeError: Invalid scope activ called.`, at every request that comes there.

Name a scope of the model's `scopes`, or declare it. Models that get scopes by `addScope` are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_scope(facts: Facts) -> Iterator[Problem]:
    """Yield each scope that does not exist."""
    yield from query_problems(facts, "sequelize/unknown-scope")
