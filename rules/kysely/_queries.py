"""What Kysely's builders send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from verifier.api import (
    Action,
    Bound,
    Choice,
    Instance,
    Lifted,
    Lifting,
    Origin,
    Query,
    Record,
    Sequence,
    Site,
    Span,
    Text,
    Value,
    building,
    feasible,
    once,
    options,
    regex,
    selections,
    texts,
)

from ._chains import DELETE, EXPRESSION, INSERT, SELECT, UPDATE, Chain, Database, Given
from ._clauses import Maker, expand

SENT = (SELECT, INSERT, UPDATE, DELETE)
MOST_FORMS = 8
DDL = regex(r"\s*(?:CREATE|ALTER|DROP|COMMENT|GRANT|REVOKE)\b", re.IGNORECASE)


def read_queries(lifting: Lifting) -> Iterator[Query]:
    """One query for each place that sends a statement, or builds one that nothing was seen to send."""
    places: dict[object, list[tuple[Site, Chain]]] = {}
    sent: set[int] = set()
    for site in lifting.sites:
        receiver = getattr(site.call.callee, "receiver", None)
        name = getattr(site.call.callee, "name", "")
        if name.startswith("execute") or name == "stream":
            for option in options(receiver) if isinstance(receiver, Value) else ():
                if isinstance(option, Chain) and option.path in SENT:
                    sent.add(id(option))
                    places.setdefault((site.start, site.span), []).append((site, option))
                elif isinstance(option, Chain) and option.path == EXPRESSION:
                    yield from lifting.each(site, "kysely", written(lifting, site, option))
    parts = set(used(lifting.sites))
    renaming = Renaming(lifting)
    for site in lifting.sites:
        found = site.result
        outer = isinstance(found, Chain) and found.path in SENT and not site.consumed and id(found) not in sent
        if isinstance(found, Chain) and outer and id(found) not in parts:
            places.setdefault((site.start, site.span), []).append((site, found))
    for found_at in places.values():
        yield from lifting.each(found_at[0][0], "kysely", once(partial(query, lifting, found_at, renaming)))


class Renaming:
    """Whether plugins write names in another way than the code."""

    def __init__(self, lifting: Lifting) -> None:
        made = [found for found in lifting.engine.objects if isinstance(found, Database) and found.made_by is not None]
        self.all = [plugin_of(found.made_by.option(0, "plugins")) for found in made if found.made_by is not None]

    def kinds(self, chain: Chain) -> set[str]:
        """How the names of a statement may be written: ``plain``, ``snake``, or in a way that is not known."""
        current: Value | None = chain
        while isinstance(current, Chain):
            if current.name == "withPlugin" and current.call is not None:
                kind = plugin_of(Sequence([current.call.arguments[0]] if current.call.arguments else []))
                if kind != "plain":
                    return {kind}
            current = current.before
        own = current.made_by if isinstance(current, Database) else None
        return {plugin_of(own.option(0, "plugins"))} if own is not None else set(self.all) or {"plain"}

    def unknown(self, chain: Chain) -> str | None:
        """Why the names of a statement are not known."""
        kinds = self.kinds(chain)
        return None if len(kinds) == 1 and "unknown" not in kinds else "a plugin that writes names in another way"

    def snake(self, chain: Chain) -> bool:
        """Whether they are written in snake case."""
        return self.kinds(chain) == {"snake"}


def plugin_of(plugins: Value | None) -> str:
    """How a list of plugins has names written."""
    kind = "plain"
    for plugin in plugins.items if isinstance(plugins, Sequence) else ():
        if isinstance(plugin, Instance) and (plugin.path or "").startswith("kysely.CamelCasePlugin"):
            given = plugin.made_by.arguments if plugin.made_by is not None else []
            kind = "snake" if not given else "unknown"
    return kind


def used(sites: tuple[Site, ...]) -> Iterator[int]:
    """The builders that are parts of others, by identity."""
    for site in sites:
        callee = getattr(site.call.callee, "receiver", None)
        yield from held(callee)
        for argument in site.call.arguments:
            yield from held(argument)
        if isinstance(site.result, Chain):
            for inner in site.result.inner.values():
                yield from held(inner)


def held(value: Value | None, depth: int = 0) -> Iterator[int]:
    """The builders in a value."""
    if depth > 6 or value is None:
        return
    if isinstance(value, Chain):
        yield id(value)
        if value.path == EXPRESSION:
            for inner in (value.before, *value.inner.values(), *(value.call.arguments if value.call else ())):
                yield from held(inner, depth + 1)
    elif isinstance(value, Choice):
        for inner in value.options:
            yield from held(inner, depth + 1)
    elif isinstance(value, Sequence):
        for inner in (*value.items, value.element):
            yield from held(inner, depth + 1)
    elif isinstance(value, Record):
        for inner in (*value.entries.values(), value.element):
            yield from held(inner, depth + 1)
    elif isinstance(value, Text):
        for inner in value.pieces:
            yield from held(inner.value if isinstance(inner, Bound) else inner, depth + 1)


def start_of(lifting: Lifting, site: Site, chain: Chain) -> Span:
    """Where a statement begins in the function that sends it: at the first call on the database."""
    steps = steps_of(chain) or []
    own = site.call.frame.function
    for step in steps:
        call = step.call
        if call is not None and call.frame.function is own and call.frame.module is site.call.frame.module:
            return lifting.span(Origin(call.frame.module.path, call.node.start, site.call.node.end))
    return site.start


def steps_of(chain: Value | None) -> list[Chain] | None:
    """The calls that made a builder, the first one first; None where its beginning is not known."""
    found: list[Chain] = []
    current = chain
    while isinstance(current, Chain) and current.call is not None:
        if current.name == "$if":
            inner: list[Chain] = []
            for option in options(current.inner.get(1) or current):
                own = until(option, current.before)
                inner = own if len(own) > len(inner) else inner
            found += reversed(inner)
        else:
            found.append(current)
        current = current.before
    return None if isinstance(current, Given) else found[::-1]


def until(chain: Value | None, end: Value | None) -> list[Chain]:
    """The calls between two builders, the first one first."""
    found: list[Chain] = []
    while isinstance(chain, Chain) and chain is not end and chain.call is not None:
        found.append(chain)
        chain = chain.before
    return found[::-1]


def query(lifting: Lifting, found: list[tuple[Site, Chain]], renaming: Renaming) -> Query:
    """What is sent at one place, in all its forms."""
    first, built = found[0]
    reason: str | None = None
    forms: list[list[Chain]] = []
    for _, chain in found:
        steps = steps_of(chain)
        if steps is None:
            reason = "a statement that a caller begins"
        else:
            forms.append(steps)
    reason = reason or renaming.unknown(found[0][1])
    if reason is not None and renaming.unknown(found[0][1]) is not None:
        forms = []
    ways = [[step.call.ways if step.call is not None else () for step in form] for form in forms]
    kept = feasible(
        lifting.project,
        [
            [(id(step.call.node) if step.call is not None else 0, own) for step, own in zip(form, given, strict=True)]
            for form, given in zip(forms, ways, strict=True)
        ],
    )
    statements: dict[str, Lifted] = {}
    for place in kept:
        base = min((len(own) for own in ways[place]), default=0)
        for chosen in selections(lifting.project, [own[base:] for own in ways[place]]):
            maker = Maker(lifting)
            made = maker.statement([forms[place][number] for number in chosen])
            if made is None:
                reason = reason or maker.reason
            else:
                if renaming.snake(found[0][1]):
                    building.renamed(made.tree, building.snake_case)
                statements.setdefault(made.tree.sql(), made)
    ordered = [statements[text] for text in sorted(statements, key=len, reverse=True)][:MOST_FORMS]
    why = reason if not ordered else next((text for made in ordered for text in made.reasons), None)
    return Query(
        start_of(lifting, first, built),
        first.caller,
        "orm",
        "kysely",
        lifting.dialect,
        tuple(ordered),
        why,
        action_of(found[0][1], first),
        site=first,
    )


def action_of(chain: Chain, site: Site) -> Action:
    """What becomes of the rows."""
    name = getattr(site.call.callee, "name", "")
    if chain.path != SELECT:
        return "write"
    if name == "stream":
        return "stream"
    return "first" if name.startswith("executeTakeFirst") else "rows" if name == "execute" else "build"


def written(lifting: Lifting, site: Site, chain: Chain) -> Iterator[Query]:
    """``sql`...`.execute(db)``."""
    text = chain.call.argument(0) if chain.call is not None else None
    statements: tuple[Lifted, ...] = ()
    reason: str | None = "a statement that is not read"
    if text is not None:
        spelled = "".join(part for part in texts.text_parts(text) if isinstance(part, str))
        if DDL.match(spelled):
            return
        whole = texts.lift_text(lifting.project, expand(text, lifting.dialect), lifting.dialect)
        statements, reason = whole.statements, whole.reason
    yield Query(
        site.start, site.caller, "sql", "kysely", lifting.dialect, statements, None if statements else reason, site=site
    )
