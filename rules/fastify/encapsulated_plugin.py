"""A plugin adds something for other routes, and keeps it to itself.

What a plugin adds to the instance that it is given holds for that instance and for those below it. A plugin that has no
routes of its own, and is not wrapped by `fastify-plugin`, adds in vain: its error handler handles no error, and its
hooks run for no request. Errors of the routes are answered by Fastify's own handler, most often with 500.

Wrap it: `module.exports = fp(async (app) => { app.setErrorHandler(...) })`.

The rule is silent where the plugin registers something that cannot be seen. `fastify/decorator-not-there` speaks of
decorators.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, rule

from ._instance import FastifyInstance

HANDLERS = frozenset({"setErrorHandler", "setValidatorCompiler", "setSerializerCompiler", "setReplySerializer"})
REQUESTS = frozenset(
    "onRequest preParsing preValidation preHandler preSerialization onSend onResponse onError onTimeout".split()
)


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def encapsulated_plugin(facts: Facts) -> Iterator[Problem]:
    """Yield what plugins without routes of their own add for nobody."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    instances = [one for one in list(engine.objects) if isinstance(one, FastifyInstance)]
    seen: set[object] = set()
    for instance in [inner for one in instances for inner in below(one)]:
        if instance.parent is None or instance.root.symbolic or reaches(instance):
            continue
        if any(child.added for child in instance.children):
            continue
        for name, what, call in instance.added:
            if is_test(call.span.path) or call.origin in seen or call.engine is not engine:
                continue
            seen.add(call.origin)
            told = None
            if name in HANDLERS:
                told = f"`{name}`"
            elif name == "addHook" and what in REQUESTS:
                told = f"the hook `{what}`"
            if told is not None:
                yield Problem(
                    call.span,
                    f"{told[0].upper() + told[1:]} holds inside of this plugin alone, which has no routes",
                    symptom="what was added is not there for the routes of other plugins",
                    remedy="Wrap the plugin with `fastify-plugin`",
                    identity=f"{name} {what}",
                )


def below(instance: FastifyInstance) -> Iterator[FastifyInstance]:
    """An instance, and all that plugins got below it."""
    yield instance
    for child in instance.children:
        yield from below(child)


def reaches(instance: FastifyInstance) -> bool:
    """Whether an instance answers something: by routes, some that are not seen, or for paths that nobody has."""
    return any(
        one.routed
        or one.opaque
        or one.lost
        or one.entries
        or any(name == "setNotFoundHandler" for name, _, _ in one.added)
        for one in below(instance)
    )
