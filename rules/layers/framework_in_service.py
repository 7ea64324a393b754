"""A service imports the web framework.

Services are framework-agnostic: they take and give plain values, and raise errors of their own. A service that imports
the framework, its request or its HTTP errors can only run inside a request, and cannot be tested or moved without it.

Raise an error that the services define, and turn it into a response in the routes layer. Pass in the values that the
service needs instead of the request.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Import, Problem, Related, SourceFile, Span, rule


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def framework_in_service(facts: Facts) -> Iterator[Problem]:
    """Yield each import of a web framework in a service file."""
    packs = [pack for pack in facts.book.packs if pack.web]
    for path, facts_of_file in facts.files.items():
        layer = facts.layers.of(path)
        if layer is None or layer.role != "services":
            continue
        for imported in facts_of_file.imports:
            if imported.level or facts.modules.resolve(path, imported).package is None:
                continue
            names = [imported.module, *(f"{imported.module}.{name}" for name, _ in imported.names if name != "*")]
            pack = next((pack for pack in packs if pack.is_web(names)), None)
            if pack is None:
                continue
            own = imported.module == pack.name or imported.module in pack.packages[:1]
            ties = "the web framework" if own else f"which ties it to {pack.framework}"
            kind = ", if only for its types" if imported.kind == "type-only" else ""
            what = ", ".join(f"`{name}`" for name, _ in imported.names if name not in ("*", "default"))
            yield Problem(
                statement(facts.project.files[path], imported),
                f"The service imports {what + ' from ' if what else ''}`{imported.module}`, {ties}{kind}",
                related=(Related(Span(path, 1), f"a service by {layer.reason}"),),
                remedy="Give the service plain values, and let it raise its own error, which the route answers",
            )


def statement(source: SourceFile, imported: Import) -> Span:
    """The import's statement, as far as its first line goes."""
    begin = source.span(imported.start, imported.start)
    return Span(source.path, begin.line, begin.column, begin.line, len(source.line(begin.line).rstrip()) + 1)
