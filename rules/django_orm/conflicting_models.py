"""Two models of one application have the same name.

A model is known by the label of its application and its name. A second class of that name in another module of the
application raises `RuntimeError: Conflicting 'user' models in application 'shop'` as soon as both are imported.

Leave one of them, or name one otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem
from ._starting import is_imported, serving


@rule(Category.SERVER_STARTUP_FAILURE)
def conflicting_models(facts: Facts) -> Iterator[Problem]:
    """Yield the second of two such models, where both are imported."""
    for found in facts.models.defects_of("django_orm/conflicting-models"):
        roots = serving(facts)
        roots |= {path for path in facts.project.files if path.endswith(("/models.py", "/models/__init__.py"))}
        if all(is_imported(facts, span.path, roots) for span in (found.span, *(span for span, _ in found.related))):
            yield problem(found)
