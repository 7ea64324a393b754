"""A view ends without an answer.

Flask answers with what a view returns. One that returns nothing, because its `return` is missing or a branch was
forgotten, ends in `TypeError: The view function did not return a valid response`: the client sees 500, though
everything was done. It is the same for a view that returns an object of a class.

Return an answer on every way: a dict, a text, what `jsonify()` gives, or `"", 204` where there is nothing to say.

Handlers behind decorators of the project's own, which may make an answer of anything, are left alone. A handler that
answers on other ways is a warning only, and none where what it asks for is the request's method.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    External,
    Facts,
    Function,
    Problem,
    answer_problem,
    given_instead,
    regex,
    rule,
    unanswered,
)

PLAIN = frozenset(
    "route get post put delete patch endpoint login_required jwt_required cross_origin exempt limit".split()
)
MAKERS = frozenset("jsonify render_template make_response redirect Response send_file".split())
OTHERWISE = regex(rb"\bmake_response\s*\(self|\bflask_openapi3\b|\bapiflask\b|\bresponse_class\s*=")
REMEDY = "Return an answer on every way"


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def no_answer(facts: Facts) -> Iterator[Problem]:
    """Yield each view that returns nothing, or what Flask makes no answer of."""
    pairs = [pair for pair in zip(facts.routes, facts.table.handlers, strict=True) if pair[0].framework == "flask"]
    if not pairs or any(OTHERWISE.search(source.data) for source in facts.project.files.values()):
        return
    seen: set[object] = set()
    for route, handler in pairs:
        if not isinstance(handler, Function) or handler.code in seen or is_resource(handler):
            continue
        seen.add(handler.code)
        found = unanswered(facts, route, handler, PLAIN, MAKERS) or given_instead(
            facts, route, handler, PLAIN, plain=False
        )
        if found is not None:
            yield answer_problem(
                route, found, "500: TypeError: The view function did not return a valid response", REMEDY
            )


def is_resource(handler: Function) -> bool:
    """Whether a method is one of a class of an extension, which makes an answer of anything."""
    kind = handler.owner
    bases = kind.lineage() if isinstance(kind, Class) else ()
    return any(isinstance(base, External) and not base.path.startswith(("flask.", "object")) for base in bases)
