"""Middleware that answers errors stands behind the routes, and never sees one.

Koa runs middleware in the order of `use`, each around what comes behind it. A router answers without calling what
stands behind it: a `try { await next() } catch` there is never entered by the requests that fail. Their errors go to
Koa itself, which answers each with `Internal Server Error`, status 500 in place of 401, 404 or 422.

Put it first: `app.use(handleErrors)` before `app.use(router.routes())`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    External,
    Facts,
    Function,
    Instance,
    MountEntry,
    Problem,
    Related,
    Value,
    is_test,
    nodes_in,
    options,
    regex,
    rule,
    syntax,
)

from ._application import Application
from ._router import KoaRouter

ERRORS = regex(r"(?i)err|boom|exception|problem")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def errors_caught_too_late(facts: Facts) -> Iterator[Problem]:
    """Yield each piece of middleware that catches errors behind the last of an application's routers."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    within = [used for one in list(engine.objects) if isinstance(one, KoaRouter) for used in one.used]
    for app in list(engine.objects):
        if not isinstance(app, Application):
            continue
        mounts = [entry for entry in app.entries if isinstance(entry, MountEntry)]
        if not mounts:
            continue
        first = min(mounts, key=lambda entry: entry.sequence)
        last = max(mounts, key=lambda entry: entry.sequence)
        catching = [used for used in app.used if any(map(catches, options(used.value)))]
        if any(used.sequence < last.sequence and may_catch(facts, used.value) for used in app.used):
            continue
        if any(may_catch(facts, used.value) for used in within):
            continue
        others = [used.sequence for used in app.used if used not in catching]
        for used in catching:
            if used.sequence < max(others, default=0):
                continue  # it may be meant for what stands behind it
            if is_test(used.origin.path) or used.origin.path != first.origin.path:
                continue
            yield Problem(
                engine.span(used.origin),
                "This answers errors, and stands behind the routes: their errors never come here",
                related=(Related(engine.span(first.origin), "the routes stand here"),),
                symptom="500 Internal Server Error for each error of a route",
                remedy="Use it before the routes",
            )


def may_catch(facts: Facts, value: Value) -> bool:
    """Whether middleware may answer errors: it speaks of catching them, or is a library's and named for errors."""
    for one in options(value):
        if isinstance(one, Function):
            data = facts.project.files[one.module.path].data[one.code.start : one.code.end]
            if b"catch" in data:
                return True
        elif not isinstance(one, External | Instance) or ERRORS.search(one.path or "") is not None:
            return True
    return False


def catches(value: object) -> bool:
    """Whether middleware answers the errors of what stands behind it."""
    if not isinstance(value, Function):
        return False
    names = [one.name for one in value.code.parameters]
    if len(names) != 2 or not all(names):
        return False
    for node in nodes_in(value.code.body, inside=False):
        if not isinstance(node, syntax.Try) or not node.handlers:
            continue
        inner = [one for one in nodes_in(node.body, inside=False) if isinstance(one, syntax.Call)]
        awaited = any(isinstance(one.callee, syntax.Name) and one.callee.id == names[1] for one in inner)
        answered = any(is_answer(one, names[0]) for handler in node.handlers for one in nodes_in(handler.body))
        if awaited and answered:
            return True
    return False


def is_answer(node: syntax.Node, context: str) -> bool:
    """Whether a statement sets the answer: ``ctx.body = ...``, ``ctx.status = ...``."""
    if not isinstance(node, syntax.Assign):
        return False
    return any(
        isinstance(target, syntax.Member)
        and target.name in ("body", "status")
        and isinstance(target.object, syntax.Name)
        and target.object.id == context
        for target in node.targets
    )
