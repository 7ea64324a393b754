"""The user model of the project and that of Django are in each other's way.

A project has one user model: `auth.User`, or the one that `AUTH_USER_MODEL` names. A class of its own that derives from
`AbstractUser` without that setting stands beside `auth.User`, and both want the same names in groups and permissions
(fields.E304). With the setting, `auth.User` is swapped out: a relation that still points at it is refused
(fields.E301), and so is a setting that names no model. `migrate`, `check` and `runserver` stop with `SystemCheckError`.

Set `AUTH_USER_MODEL = "application.Model"`, and let relations point at `settings.AUTH_USER_MODEL`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def user_model_clash(facts: Facts) -> Iterator[Problem]:
    """Yield each user model that is not set, and each relation to one that is replaced."""
    for found in facts.models.defects_of("django_orm/user-model-clash"):
        yield problem(found)
