"""A lower layer imports a higher one.

Dependencies point down only: routes may know services, services repositories, repositories models, never the other way.
A repository that imports a service, or a model that imports a route, cannot be used or tested without all that lies
above it, and sooner or later the two import each other.

Move what both need into the lower layer, or pass it in as an argument.

What a package itself imports from below it is left alone (`domain/__init__.py`), and so is what a service asks of those
below in folders such as `interfaces/` or `ports/`, for they implement it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import PORTS, Category, Facts, Problem, Related, Span, regex, rule

PACKAGE = regex(r"(?:.*/)?(?:__init__\.py|index\.[cm]?[jt]s)")


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def upward_import(facts: Facts) -> Iterator[Problem]:
    """Yield each import from a layer into a higher one."""
    layers = facts.layers
    for edge in facts.imports.edges:
        source, target = layers.of(edge.source), layers.of(edge.target)
        if source is None or target is None or layers.rank(target.name) <= layers.rank(source.name):
            continue
        if source.by_content and target.by_content:
            continue  # both may hold other things too
        if source.role == "models" and target.directory and f"{source.directory}/".startswith(f"{target.directory}/"):
            continue  # `services/dto/`: shapes of the layer that their folder lies in
        if gathers(edge.source, edge.target) or for_ports(facts, edge.source, edge.target):
            continue
        through = f" through `{edge.via[0]}`" if edge.via else ""
        kind = " for its types" if edge.kind == "type-only" else ""
        yield Problem(
            edge.span,
            f"`{source.name}` imports the layer above, `{target.name}`: "
            f"`{edge.source}` needs `{edge.target}`{through}{kind}",
            related=(
                Related(Span(edge.source, 1), f"`{source.name}` by {source.reason}"),
                Related(Span(edge.target, 1), f"`{target.name}` by {target.reason}"),
            ),
            remedy=f"Move what `{edge.source}` needs into `{source.name}` or below, or pass it in",
            identity=f"{edge.source} -> {edge.target}",
        )


def gathers(source: str, target: str) -> bool:
    """Whether a package imports what lies in it."""
    return PACKAGE.fullmatch(source) is not None and target.startswith(f"{source.rpartition('/')[0]}/")


def for_ports(facts: Facts, source: str, target: str) -> bool:
    """Whether a file imports a package by its name, and takes nothing from it but ports."""
    if not target.endswith("/__init__.py"):
        return False
    name = re.escape(target.split("/")[-2].encode())
    taken = re.findall(rb"(?<![\w.])" + name + rb"\.(\w+)", facts.project.files[source].data)
    return bool(taken) and all(word.decode().lower() in PORTS for word in taken)
