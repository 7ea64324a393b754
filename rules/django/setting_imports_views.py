"""A class that REST framework's settings name needs the module that needs the class.

`rest_framework.views` asks for `DEFAULT_AUTHENTICATION_CLASSES`, `DEFAULT_PERMISSION_CLASSES` and the like while it is
imported itself: they are attributes of `APIView`. Where the module of such a class imports `rest_framework.views`, or
what needs it (`generics`, `viewsets`, `decorators`), directly or through a file that it imports, each waits for the
other: `ImportError: Could not import 'shop.access.Tokens' for API setting 'DEFAULT_AUTHENTICATION_CLASSES'`, as soon as
anything imports a view. The server does not start, or answers each request with 500.

Keep such classes, and the errors that they raise, in files that import no views; put the exception handler into one of
its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from verifier.api import Category, Class, Facts, Import, Problem, Related, Span, rule

from ._settings import classes_named, rest_setting

# What the body of `APIView` asks for.
ASKED = (
    "DEFAULT_AUTHENTICATION_CLASSES",
    "DEFAULT_PERMISSION_CLASSES",
    "DEFAULT_THROTTLE_CLASSES",
    "DEFAULT_RENDERER_CLASSES",
    "DEFAULT_PARSER_CLASSES",
)
NEEDING = frozenset(f"rest_framework.{name}" for name in ("views", "generics", "viewsets", "decorators", "routers"))
MOST_STEPS = 1  # from the file of the class to that which imports the views
OF_PACKAGE = frozenset(name.rpartition(".")[2] for name in NEEDING)


@rule(Category.SERVER_STARTUP_FAILURE)
def setting_imports_views(facts: Facts) -> Iterator[Problem]:
    """Yield the first import of each class in the settings that leads back to the views of the library."""
    engine = facts.program.engine
    seen: set[Span] = set()
    for name in ASKED:
        for cls in classes_named(engine, rest_setting(engine, name)):
            found = way_to_views(facts, cls.module.path) if isinstance(cls, Class) else None
            if not isinstance(cls, Class) or found is None or found in seen:
                continue
            seen.add(found)
            path = f"{cls.module.path.removesuffix('.py').replace('/', '.')}.{cls.name}"
            yield Problem(
                found,
                f"`{cls.name}` of `{name}` cannot be imported: this needs the views of the library, which need it",
                related=(Related(engine.span(cls.origin), "the class"),) if cls.origin is not None else (),
                symptom=f"ImportError: Could not import '{path}' for API setting '{name}'",
                remedy=f"Import no views of the library on the way to `{cls.name}`",
                routes=(),
                identity=f"{name} {cls.name}",
            )


def way_to_views(facts: Facts, start: str) -> Span | None:
    """The first import of the library's views in a file, or in those that it imports as it is loaded.

    Over longer ways it depends on what is loaded first whether they meet.
    """
    seen, waiting = {start}, deque([(start, 0)])
    while waiting:
        path, steps = waiting.popleft()
        for one in facts.files[path].imports if path in facts.files else ():
            if one.kind == "runtime" and not one.guarded and needs_views(one):
                source = facts.project.files[path]
                begin = source.span(one.start, one.start)
                return Span(path, begin.line, begin.column, begin.line, len(source.line(begin.line).rstrip()) + 1)
        for edge in facts.imports.imports_of(path) if steps < MOST_STEPS else ():
            for target in (edge.target, *edge.via):
                if edge.kind == "runtime" and target not in seen:
                    seen.add(target)
                    waiting.append((target, steps + 1))
    return None


def needs_views(one: Import) -> bool:
    """Whether an import takes something out of what loads the views of the library."""
    if one.level:
        return False
    taken = {name for name, _ in one.names}
    return (one.module in NEEDING and bool(taken)) or (one.module == "rest_framework" and bool(taken & OF_PACKAGE))
