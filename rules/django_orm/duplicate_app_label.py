"""Two installed applications have the same label.

The label of an application is the last word of its package, unless its `AppConfig` gives another one. Two entries of
`INSTALLED_APPS` with one label are refused with `ImproperlyConfigured: Application labels aren't unique`, before
anything starts. That happens where a package and its configuration are both listed, and where a package of the project
is named like one of Django's, such as `auth`.

Leave one of the entries, or give the application another `label`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def duplicate_app_label(facts: Facts) -> Iterator[Problem]:
    """Yield each application whose label is taken."""
    for found in facts.models.defects_of("django_orm/duplicate-app-label"):
        yield problem(found)
