"""A decorator of REST framework stands above `@api_view`.

`@permission_classes`, `@authentication_classes` and their like leave a note on the function for `@api_view` to read.
Above it they come too late. Since REST framework 3.17 the module fails with a TypeError when it is imported; before,
nothing happens at all, and that is worse: everybody may call the view.

Put `@api_view` first, and the others below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Function, Problem, rule, syntax, version_range

ABOVE = frozenset(f"{name}_classes" for name in ("permission", "authentication", "throttle", "parser", "renderer")) | {
    "schema"
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def misplaced_decorator(facts: Facts) -> Iterator[Problem]:
    """Yield each decorator that is to tell ``@api_view`` something and stands above it."""
    seen: set[object] = set()
    for route, handler in zip(facts.routes, facts.table.handlers, strict=True):
        if route.framework != "django" or not isinstance(handler, Function) or handler.code in seen:
            continue
        seen.add(handler.code)
        words = [word_of(decorator) for decorator in handler.code.decorators]
        if "api_view" not in words:
            continue
        for decorator, word in zip(handler.code.decorators[: words.index("api_view")], words, strict=False):
            if word in ABOVE:
                source = facts.project.files[handler.module.path]
                yield Problem(
                    source.span(decorator.start, decorator.end),
                    f"`@{word}` stands above `@api_view`, which has read the notes on `{handler.code.name}` by then",
                    symptom=symptom(facts),
                    remedy=f"Put `@{word}` below `@api_view`",
                    routes=(route,),
                    identity=f"{handler.code.name} {word}",
                )


def symptom(facts: Facts) -> str:
    """What is seen, by version."""
    versions = version_range(facts.project, "djangorestframework")
    if versions is not None and versions.surely("<3.17"):
        return "the view answers everybody, whatever the decorator says"
    return "the start fails: TypeError: @permission_classes must come after (below) the @api_view decorator"


def word_of(decorator: syntax.Expression) -> str:
    """The last word of what a decorator is called by."""
    while isinstance(decorator, syntax.Call):
        decorator = decorator.callee
    return decorator.name if isinstance(decorator, syntax.Member) else getattr(decorator, "id", "")
