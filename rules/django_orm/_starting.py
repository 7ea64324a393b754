"""What commands and code do about migrations when a project is started."""

from __future__ import annotations

from verifier.api import Facts, is_test

WRITING, APPLYING, WHOLE = "makemigrations", "migrate", "--run-syncdb"


def writes_migrations(facts: Facts, app: str | None = None) -> bool:
    """Whether the start writes migrations by itself: those of an application without any, where one is named."""
    for command in facts.project.manifests.commands:
        words = [word for part in command.argv for word in part.split()]
        if WRITING in words and (app is None or app in words[words.index(WRITING) :]):
            return True
    return in_code(facts, WRITING)


def migrating(facts: Facts) -> tuple[bool, bool]:
    """Whether a command applies migrations, and whether one makes tables without them, too."""
    plain = whole = False
    for command in facts.project.manifests.commands:
        words = [word for part in command.argv for word in part.split()]
        if APPLYING in words:
            plain = True
            whole = whole or WHOLE in words
    return plain, whole or in_code(facts, WHOLE) or in_code(facts, "run_syncdb") or in_code(facts, "create_model(")


def serving(facts: Facts) -> set[str]:
    """The files of routes and of what answers them."""
    found = {route.span.path for route in facts.routes}
    return found | {route.function.path for route in facts.routes if route.function is not None}


def is_imported(facts: Facts, path: str, roots: set[str]) -> bool:
    """Whether one of some files imports a file, perhaps through others, or is it."""
    importers: dict[str, list[str]] = {}
    for edge in facts.imports.edges:
        if not is_test(edge.source):
            for reached in (edge.target, *edge.via):
                importers.setdefault(reached, []).append(edge.source)
    seen, waiting = {path}, [path]
    while waiting:
        current = waiting.pop()
        if current in roots:
            return True
        for importer in importers.get(current, ()):
            if importer not in seen:
                seen.add(importer)
                waiting.append(importer)
    return False


def in_code(facts: Facts, text: str) -> bool:
    """Whether a file of the program names something; migrations aside."""
    return any(
        text.encode() in source.data
        for path, source in facts.project.files.items()
        if source.language == "python" and not is_test(path) and "/migrations/" not in path
    )
