"""An application has models but no migrations, and the start runs plain `migrate`.

`migrate` makes the tables of applications that have a package `migrations`. One without it is left out, and so it is by
`makemigrations` without a name: each query of its models fails with `no such table` (on PostgreSQL `relation ... does
not exist`). Only `migrate --run-syncdb` makes such tables from the models.

Write the migrations with `manage.py makemigrations <application>`, and keep them with the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem
from ._starting import migrating, writes_migrations


@rule(Category.DATABASE_RUNTIME_ERROR)
def app_without_migrations(facts: Facts) -> Iterator[Problem]:
    """Yield each such application, at its first model."""
    found = facts.models.defects_of("django_orm/app-without-migrations")
    if not found:
        return
    plain, whole = migrating(facts)
    if not plain or whole:
        return
    for defect in found:
        if not writes_migrations(facts, defect.message.split("`")[1]):
            yield problem(defect)
