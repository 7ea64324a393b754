"""A model and the migrations of its application disagree.

`migrate` makes the tables that the migrations describe, whatever the models say. A model that was added or changed
without `makemigrations` meets a database of the day before: `no such table`, `no such column` (on PostgreSQL `relation
... does not exist`), or `NOT NULL constraint failed` for a column that the model no longer fills, or that it takes for
optional. Migrations are applied here in the order in which Django would; a table that SQL of a migration touches is
left alone.

Run `manage.py makemigrations` and keep what it writes with the code. A start script that runs it is left alone as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem
from ._starting import writes_migrations


@rule(Category.DATABASE_RUNTIME_ERROR)
def model_without_migration(facts: Facts) -> Iterator[Problem]:
    """Yield each model, column and junction table that no migration makes."""
    found = facts.models.defects_of("django_orm/model-without-migration")
    if not found or writes_migrations(facts):
        return
    for defect in found:
        yield problem(defect)
