"""A decorator of Fastify is read where it is not there: its plugin comes later, or apart.

`register` only queues a plugin: it is loaded once the function around it has ended, or when it is awaited.
`app.register(auth); app.get('/me', { onRequest: app.authenticate }, ...)` reads `undefined`, and Fastify takes a hook
that is `undefined` for none: **the route is open to everybody**. In a list, `[app.authenticate]`, and in `addHook`, the
start fails: `FST_ERR_HOOK_INVALID_HANDLER: onRequest hook should be a function, instead got undefined` (in Fastify 3 a
`TypeError`). A decorator that is called, `app.allow('admin')`, is `TypeError: app.allow is not a function`.

A plugin without `fastify-plugin` decorates an instance of its own, which neither its parent nor its siblings see.

Await the plugin, `await app.register(auth)`, or declare the routes in a plugin that is registered behind it; wrap it:
`fp(async (app) => app.decorate('authenticate', ...))`.

The rule speaks of decorators that the project itself adds.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Origin, Problem, Related, is_test, rule, version_range

from ._instance import Early, FastifyInstance


@rule(Category.AUTH_MISCONFIGURATION)
def decorator_not_there(facts: Facts) -> Iterator[Problem]:
    """Yield each decorator that is handed to Fastify before it is there, or from where it is not seen."""
    engine = facts.program.engine
    facts.table  # noqa: B018 -- loads all plugins
    seen: set[Origin] = set()
    for root in [one for one in engine.objects if isinstance(one, FastifyInstance)]:
        for place, early in root.early.items():
            holders = [one for one in below(root) if early.name in one.attributes]
            if place in seen or is_test(place.path) or not holders or root.symbolic:
                continue
            seen.add(place)
            later = any(one in holders for one in above(early.instance))
            origin = next((one for holder in holders if (one := holder.decorated.get(early.name)) is not None), None)
            span = engine.span(place)
            yield Problem(
                span,
                f"`{early.name}` is read before the plugin is loaded that adds it"
                if later
                else f"`{early.name}` is not seen here: the plugin that adds it keeps it to itself",
                related=(Related(engine.span(origin), "it is added here"),) if origin is not None else (),
                symptom=symptom(facts, early),
                remedy="Await `register`, or declare this in a plugin that is registered behind it"
                if later
                else "Wrap that plugin with `fastify-plugin`",
                routes=facts.routes_at(span) or None,
                identity=early.name,
            )


def above(instance: FastifyInstance) -> Iterator[FastifyInstance]:
    """An instance, and those that it inherits from."""
    current: FastifyInstance | None = instance
    while current is not None:
        yield current
        current = current.parent


def below(instance: FastifyInstance) -> Iterator[FastifyInstance]:
    """An instance, and those of the plugins in it."""
    yield instance
    for child in instance.children:
        yield from below(child)


def symptom(facts: Facts, early: Early) -> str:
    """What comes of it."""
    if early.kind == "single":
        return "The hook is undefined, and left out: the route is served without it"
    if early.kind == "called":
        return f"TypeError: {early.name} is not a function, at the start"
    versions = version_range(facts.project, "fastify")
    if versions is not None and versions.surely("<4"):
        return "TypeError: Cannot read properties of undefined, at the start"
    return "FST_ERR_HOOK_INVALID_HANDLER: the hook should be a function, instead got undefined"
