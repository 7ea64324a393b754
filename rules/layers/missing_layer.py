"""A layer of the clean architecture is missing.

The architecture asks for four layers: routes (or handlers, controllers), services (or use cases), repositories (or data
access) and models (or entities). Where one is missing, its work is done in another layer: business rules end up in
handlers, statements in services.

Give each layer a directory, such as `routes/`, `services/`, `repositories/` and `models/`, and move its work there.
Files are recognised by the name of a directory, by their own name, or by what they do; `buttress facts layers` shows
how each file was taken, and the setting `layers` names other directories.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Span, rule

TITLES = {
    "routes": "routes (handlers, controllers)",
    "services": "services (use cases)",
    "repositories": "repositories (data access)",
    "models": "models (entities)",
}


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def missing_layer(facts: Facts) -> Iterator[Problem]:
    """Yield each of the four roles that no file plays."""
    if facts.config.architecture is None:
        return
    unread = facts.doubtful_routes
    played = {layer.role for layer in facts.layers.files.values()}
    for role, title in TITLES.items():
        if role == "repositories" and len(unread) > len(facts.routes):
            continue  # what they do would tell, but most of what leads to them was not read
        if role not in played:
            yield Problem(
                place(facts),
                f"No file belongs to the layer {title}",
                remedy=f"Give the layer a directory, for example `{role}/`, and move its work there",
            )


def place(facts: Facts) -> Span:
    """The file that stands for the project: where its application is made."""
    made = facts.startup.served or facts.applications
    if made:
        return made[0].span
    return Span(min(facts.project.files), 1)
