"""A field does not say how long its values may be, and the database must know.

A `CharField` needs `max_length` (fields.E120), unless the database has text without a limit: PostgreSQL for Django
since 4.2, SQLite since 5.2; MySQL and Oracle never. A `DecimalField` needs `max_digits` and `decimal_places` up to
Django 5 (fields.E130, fields.E132). `migrate`, `check` and `runserver` stop with `SystemCheckError`.

Add them, or use a `TextField` for text of any length.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule, version_range

from ._problems import problem

# Versions of Django that must be told the length, by the kind of database; all of them elsewhere.
LIMITED = {"postgresql": "<4.2", "sqlite": "<5.2"}


@rule(Category.SERVER_STARTUP_FAILURE)
def max_length_missing(facts: Facts) -> Iterator[Problem]:
    """Yield each field whose size the database surely needs."""
    found = facts.models.defects_of("django_orm/max-length-missing")
    if not found:
        return
    versions = version_range(facts.project, "django")
    used = [connection.dialects for connection in facts.connections if connection.library == "django"]
    kinds = frozenset[str]().union(*used)
    known = bool(used) and all(used)
    limited = known and all(
        kind not in LIMITED or (versions is not None and versions.surely(LIMITED[kind])) for kind in kinds
    )
    for defect in found:
        if "max_digits" in defect.message:
            if versions is not None and versions.surely("<6"):
                yield problem(defect)
        elif limited:
            yield problem(defect)
