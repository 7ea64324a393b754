"""The user model names a field for logging in that does not serve.

`USERNAME_FIELD` must name a field of the user model (else `FieldDoesNotExist`), that field must be unique where
Django's own backend is the only one (auth.E003), and it must not stand in `REQUIRED_FIELDS` (auth.E002). `AbstractUser`
sets `USERNAME_FIELD = "username"` and `REQUIRED_FIELDS = ["email"]`, and its `email` is not unique: who writes
`USERNAME_FIELD = "email"` alone breaks both. A model that derives from `AbstractBaseUser` alone must set it. `migrate`,
`check` and `runserver` stop.

Declare `email = models.EmailField(unique=True)`, and set `REQUIRED_FIELDS = ["username"]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def username_field(facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong with the names of the user model."""
    for found in facts.models.defects_of("django_orm/username-field"):
        yield problem(found)
