"""A model belongs to an application that is not installed.

A model belongs to the application of `INSTALLED_APPS` whose package holds its module. Where there is none, and `Meta`
has no `app_label`, the class statement raises `RuntimeError: Model class ... doesn't declare an explicit app_label and
isn't in an application in INSTALLED_APPS`, as soon as anything imports the module.

Add the package to `INSTALLED_APPS`, by the dotted name under which it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem
from ._starting import is_imported, serving


@rule(Category.SERVER_STARTUP_FAILURE)
def app_not_installed(facts: Facts) -> Iterator[Problem]:
    """Yield the first model of each module outside the installed applications that the program imports."""
    found = {defect.span: defect for defect in facts.models.defects_of("django_orm/app-not-installed")}
    told: set[str] = set()
    for span in sorted(found):
        if span.path not in told and is_imported(facts, span.path, serving(facts)):
            told.add(span.path)
            yield problem(found[span])
