"""What Knex's builders send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from verifier.api import (
    Action,
    External,
    Instance,
    Lifted,
    Lifting,
    Query,
    Sequence,
    Site,
    Value,
    building,
    once,
    options,
    selections,
    text_of,
    texts,
)

from ._building import SNAKE, Builder, Connection, Step
from ._clauses import Maker, is_raw
from ._given import given

ACTIONS: dict[str, Action] = {
    "insert": "write", "update": "write", "increment": "write", "decrement": "write", "del": "write",
    "delete": "write", "truncate": "write", "first": "first", "pluck": "rows",
}  # fmt: skip
AGGREGATES = frozenset("count countDistinct min max sum sumDistinct avg avgDistinct".split())


def read_queries(lifting: Lifting) -> Iterator[Query]:
    """One query for each time that a builder is awaited; for one that nobody was seen to await, at its end."""
    builders: dict[int, Builder] = {}
    first: dict[int, Site] = {}
    last: dict[int, dict[int, Site]] = {}
    renamed = renaming(lifting)
    for site in lifting.sites:
        result = site.result
        if isinstance(result, Builder):
            builders.setdefault(id(result), result)
            first.setdefault(id(result), site)
            last.setdefault(id(result), {})[len(result.steps)] = site
        elif is_raw(result) and not site.consumed:
            yield from lifting.each(site, "knex", written(lifting, site))
    parts = set(inner_builders(builders.values()))
    by_call = {id(site.call): site for site in lifting.sites}
    for key, builder in builders.items():
        if key in parts or not builder.steps:
            continue
        counts = sorted(set(builder.waited)) or ([] if builder.cloned else [len(builder.steps)])
        for count in counts:
            steps = builder.steps[:count]
            site = by_call.get(id(steps[-1].call), first[key])
            start = by_call.get(id(steps[0].call), first[key])
            yield from lifting.each(site, "knex", once(partial(query, lifting, builder, steps, start, site, renamed)))


def renaming(lifting: Lifting) -> str | None:
    """Why names in the database differ from those in the code, if a connection says so."""
    for found in lifting.engine.objects:
        made = found.made_by if isinstance(found, Connection) else None
        wraps = made.option(0, "wrapIdentifier") if made is not None else None
        if text_of(wraps) == SNAKE:
            return SNAKE
        if wraps is not None:
            return "`wrapIdentifier`, which changes names"
    return None


def inner_builders(builders: Iterable[Builder]) -> Iterator[int]:
    """The builders that are parts of others, by identity."""
    for builder in builders:
        for step in builder.steps:
            for inner in step.inner.values():
                yield id(inner)
                yield from inner_builders([inner])
            for argument in step.call.arguments:
                yield from held(argument)


def held(value: Value, depth: int = 0) -> Iterator[int]:
    """The builders in an argument."""
    if isinstance(value, Builder):
        yield id(value)
    elif depth < 4:
        if isinstance(value, Sequence):
            for item in value.items:
                yield from held(item, depth + 1)
        elif hasattr(value, "entries"):
            for item in value.entries.values():
                yield from held(item, depth + 1)
        elif hasattr(value, "options"):
            for item in value.options:
                yield from held(item, depth + 1)
        elif is_raw(value) and isinstance(value, Instance) and value.made_by is not None:
            for item in value.made_by.arguments[1:]:
                yield from held(item, depth + 1)


def query(lifting: Lifting, builder: Builder, steps: list[Step], start: Site, site: Site, renamed: str | None) -> Query:
    """What a builder sends after some steps."""
    statements: list[Lifted] = []
    seen: set[str] = set()
    reason: str | None = renamed if renamed != SNAKE else None
    if builder.given:
        reason = "a statement that a caller begins"
    if reason is None:
        base = len(builder.ways)
        for chosen in selections(lifting.project, [step.ways[base:] for step in steps]):
            maker = Maker(lifting)
            made = maker.statement([steps[place] for place in chosen])
            if made is None:
                reason = reason or maker.reason
                continue
            if renamed == SNAKE:
                building.renamed(made.tree, building.snake_case)
            key = made.tree.sql()
            if key not in seen:
                seen.add(key)
                statements.append(made)
    return Query(
        start.start,
        site.caller,
        "orm",
        "knex",
        lifting.dialect,
        tuple(statements),
        reason if not statements else next((why for form in statements for why in form.reasons), None),
        action_of(steps, awaited=bool(builder.waited)),
        site=site,
    )


def action_of(steps: list[Step], *, awaited: bool) -> Action:
    """What becomes of the rows."""
    action: Action = "rows"
    for step in steps:
        if step.name in AGGREGATES:
            action = "value"
        action = ACTIONS.get(step.name, action)
    return action


def written(lifting: Lifting, site: Site) -> Iterator[Query]:
    """``knex.raw("SELECT ...", [...])`` by itself."""
    call = site.call
    text = call.argument(0)
    if text is None or any(isinstance(option, External) for option in options(text)):
        return
    found = texts.lift_text(lifting.project, text, lifting.dialect, ("qmark", "named"), given(call.argument(1)))
    yield Query(
        site.start,
        site.caller,
        "sql",
        "knex",
        lifting.dialect,
        found.statements,
        found.reason if not found.statements else None,
        site=site,
    )
