"""A layer has no directory of its own.

The architecture asks for each layer in its own directory. Files such as `services.py` beside `routes.py` do separate
the work, but the next file of the layer has no place to go, and nothing shows a reader (or a tool) where a layer ends.

Move the layer's files into a directory that holds no file of another layer: `services/articles.py` instead of
`services.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Span, is_test, rule


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def shared_directory(facts: Facts) -> Iterator[Problem]:
    """Yield each role of which no file lies in a directory of its own."""
    if facts.config.architecture is None:
        return
    for role in ("routes", "services", "repositories", "models"):
        files = [layer for layer in facts.layers.files.values() if layer.role == role]
        own = [layer for layer in files if layer.directory is not None or is_own(facts, folder(layer.path), role)]
        if not files or own:
            continue
        first = files[0]
        beside = [
            Related(Span(other.path, 1), f"this file belongs to `{other.name}`")
            for other in facts.layers.files.values()
            if folder(other.path) == folder(first.path) and other.role != role
        ]
        yield Problem(
            Span(first.path, 1),
            f"The layer `{role}` has no directory of its own: `{first.path}` belongs to it by {first.reason}",
            related=tuple(beside[:3]),
            remedy=f"Move it into a directory such as `{role}/`",
        )


def is_own(facts: Facts, directory: str, role: str) -> bool:
    """Whether a directory, with all below it, is there for one layer: no file of another, and few of none."""
    if not directory:
        return False
    inside = [path for path in facts.project.files if path.startswith(f"{directory}/") and not is_test(path)]
    layers = [layer for layer in facts.layers.files.values() if layer.path.startswith(f"{directory}/")]
    own = {layer.path for layer in layers}
    if role == "routes":  # what speaks HTTP beside them (an authentication, a handler of errors) is theirs
        own.update(path for path in inside if path in facts.files and facts.is_web(path))
    return all(layer.role == role for layer in layers) and 2 * len(own) >= len(inside)


def folder(path: str) -> str:
    """The directory of a file."""
    return path.rpartition("/")[0]
