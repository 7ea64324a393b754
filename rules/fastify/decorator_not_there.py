"""A decorator of Fastify is read where it is not there: its plugin comes later, or apart.

`register` only queues a plugin: it is loaded once the function around it has ended, or when it is awaited.
`app.register(auth); app.get('/me', { onRequest: app.authenticate }, ...)` reads `undefined`, and Fastify takes a hook
that is `undefined` for none: **the route is open to everybody**. In a list, `[app.authenticate]`, and in `addHook`, the
start fails: `FST_ERR_HOOK_INVALID_HANDLER: onRequest hook should be a function, instead got undefined` (in Fastify 3 a
`TypeError`). A decorator that is called, `app.allow('admin')`, is `TypeError: app.allow is not a function`.

A plugin without `fastify-plugin` decorates an instance of its own, which neither its parent nor its siblings see.

Await the plugin, `await app.register(auth)`, or declare the routes in a plugin that is registered behind it; wrap it:
`fp(async (app) => app.decorate('authenticate', ...))`.

The rule speaks of decorators that the project itself adds, once of each plugin: where it is registered too late, or
where it adds them for itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Category, Facts, Origin, Problem, Related, Route, Span, is_test, rule, version_range

from ._instance import Added, Early, FastifyInstance

SHOWN = 8  # places that are shown of those that read what one plugin adds
WORST = ("called", "list", "hook", "single")  # what becomes of it: the start fails, but for the last


class Read(NamedTuple):
    """Where a decorator is read that is not there, and where it is added."""

    place: Origin
    early: Early
    added: Added


class Cause(NamedTuple):
    """Why decorators are not there: the plugin that adds them comes later, or apart; the call that registers it."""

    later: bool
    plugin: Origin


@rule(Category.AUTH_MISCONFIGURATION)
def decorator_not_there(facts: Facts) -> Iterator[Problem]:
    """Yield each plugin whose decorators are read before they are there, or from where they are not seen."""
    engine = facts.program.engine
    facts.table  # noqa: B018 -- loads all plugins
    seen: set[Origin] = set()
    causes: dict[Cause, list[Read]] = {}
    for root in [one for one in engine.objects if isinstance(one, FastifyInstance)]:
        holding: dict[str, list[FastifyInstance]] = {}
        for instance in below(root):
            for name in instance.decorated:
                holding.setdefault(name, []).append(instance)
        for place, early in root.early.items():
            holders = holding.get(early.name, [])
            if place in seen or is_test(place.path) or not holders or root.symbolic:
                continue
            seen.add(place)
            added = holders[0].decorated[early.name]
            cause = cause_of(early, added, later=any(one in holders for one in above(early.instance)))
            causes.setdefault(cause, []).append(Read(place, early, added))
    for cause, reads in causes.items():
        yield problem(facts, cause, reads)


def cause_of(early: Early, added: Added, *, later: bool) -> Cause:
    """Why a decorator is not there where it is read."""
    if not later:
        return Cause(later, added.within[-1] if added.within else added.origin)
    apart = [call for call in added.within if call not in early.within]
    return Cause(later, apart[0] if apart else added.origin)


def problem(facts: Facts, cause: Cause, reads: list[Read]) -> Problem:
    """All that comes of one cause."""
    span = facts.program.engine.span
    first = reads[0]
    names = list(dict.fromkeys(one.early.name for one in reads))
    named = listed([f"`{name}`" for name in names])
    are, they = ("is", "it") if len(names) == 1 else ("are", "them")
    if cause.later:
        told = f"the plugin is loaded that adds {they}" if cause.plugin != first.added.origin else f"this adds {they}"
        message = f"{named} {are} read before {told}"
        remedy = "Await `register`, or declare what reads this in a plugin that is registered behind it"
    else:
        message = f"{named} {are} read where this is not seen: the plugin keeps {they} to itself"
        remedy = "Wrap the plugin with `fastify-plugin`"
    if len(reads) > 1:
        message += f", in {len(reads)} places"
    place = cause.plugin if cause.later else first.added.origin
    related = [Related(span(one.place), f"`{one.early.name}` is read here") for one in reads[:SHOWN]]
    if place != first.added.origin:
        related.append(Related(span(first.added.origin), f"`{first.early.name}` is added here"))
    routes = dict.fromkeys(route for one in reads for route in routes_around(facts, span(one.place)))
    return Problem(
        span(place),
        message,
        related=tuple(related),
        symptom=symptom(facts, min((one.early for one in reads), key=lambda one: WORST.index(one.kind))),
        remedy=remedy,
        routes=tuple(routes) or None,
        identity=f"{'later' if cause.later else 'apart'} {' '.join(sorted(names))}",
    )


def routes_around(facts: Facts, place: Span) -> tuple[Route, ...]:
    """The routes that are declared by the statement around a place."""
    around = [one for one in facts.routes if one.span.path == place.path and one.span.line <= place.line]
    return tuple(one for one in around if place.line <= one.span.end_line) or facts.routes_at(place)


def listed(words: list[str]) -> str:
    """Words as a sentence lists them."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


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
