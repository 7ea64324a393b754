"""What Drizzle's builders send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from verifier.api import (
    Action,
    Bound,
    Choice,
    Defect,
    Entity,
    External,
    Instance,
    Lifted,
    Lifting,
    Load,
    Origin,
    Query,
    Record,
    Sequence,
    Site,
    Span,
    Text,
    Value,
    feasible,
    options,
    tagged,
    texts,
)

from ._chains import Chain, Database
from ._clauses import Maker, names_in
from ._relational import loads_of
from ._steps import tree_of

MOST_FORMS = 8


def read_queries(lifting: Lifting) -> Iterator[Query | Defect]:
    """One query for each outermost builder; forms of one place together."""
    entities = {entity.name: entity for entity in lifting.models.entities if entity.orm == "drizzle"}
    parts = set(used(lifting.sites))
    places: dict[object, list[tuple[Site, Chain]]] = {}
    for site in lifting.sites:
        found = site.result
        if isinstance(found, Chain) and id(found) not in parts and not is_part(found):
            places.setdefault((site.start, site.span), []).append((site, found))
        elif site.library.endswith(".execute") and isinstance(getattr(site.call.callee, "receiver", None), Database):
            yield from lifting.each(site, "drizzle", written(lifting, site))
    defects: dict[Defect, None] = {}
    for found_at in places.values():
        for found_here in lifting.each(found_at[0][0], "drizzle", built(lifting, found_at, entities)):
            if isinstance(found_here, Defect):
                defects[found_here] = None
            else:
                yield found_here
    yield from defects


def built(lifting: Lifting, found: list[tuple[Site, Chain]], entities: dict[str, Entity]) -> Iterator[Query | Defect]:
    """The query of one place, and what is wrong with it."""
    made, noted = query(lifting, found, entities)
    yield made
    yield from noted


def is_part(chain: Chain) -> bool:
    """Whether a builder is no statement yet, or only the beginning of a common table expression."""
    steps = steps_of(chain)
    return not steps or steps[0].name == "$with" or chain.name in ("with", "select", "insert", "update", "as")


def used(sites: tuple[Site, ...]) -> Iterator[int]:
    """The builders that are parts of others, by identity."""
    for site in sites:
        callee = site.call.callee
        if isinstance(callee, External):
            name = callee.name
            if not (isinstance(callee.receiver, Chain) and name in ("execute", "all", "get", "run", "prepare")):
                yield from held(callee.receiver)
        for argument in site.call.arguments:
            yield from held(argument)


def held(value: Value | None, depth: int = 0) -> Iterator[int]:
    """The builders in a value."""
    if value is None or depth > 6:
        return
    if isinstance(value, Chain):
        yield id(value)
    elif isinstance(value, Choice):
        for inner in value.options:
            yield from held(inner, depth + 1)
    elif isinstance(value, Sequence):
        for item in (*value.items, value.element):
            yield from held(item, depth + 1)
    elif isinstance(value, Record):
        for entry in (*value.entries.values(), value.element):
            yield from held(entry, depth + 1)
    elif isinstance(value, Text):
        for piece in value.pieces:
            yield from held(piece.value if isinstance(piece, Bound) else piece, depth + 1)
    elif type(value) is Instance and value.made_by is not None and (value.path or "").startswith("drizzle-orm"):
        callee = value.made_by.callee
        for part in (*value.made_by.arguments, callee.receiver if isinstance(callee, External) else None):
            yield from held(part, depth + 1)


def steps_of(chain: Value | None) -> list[Chain]:
    """The calls that made a builder, the first one first."""
    found: list[Chain] = []
    while isinstance(chain, Chain):
        found.append(chain)
        chain = chain.before
    return found[::-1]


def start_of(lifting: Lifting, site: Site, chain: Chain) -> Span:
    """Where a statement begins in the function that sends it: at the first call on the database."""
    own = site.call.frame.function
    for step in steps_of(chain):
        call = step.call
        if call.frame.function is own and call.frame.module is site.call.frame.module:
            return lifting.span(Origin(call.frame.module.path, call.node.start, site.call.node.end))
    return site.start


def query(
    lifting: Lifting, found: list[tuple[Site, Chain]], entities: Mapping[str, Entity]
) -> tuple[Query, list[Defect]]:
    """What is sent at one place, in all its forms."""
    site, chain = found[0]
    reason: str | None = None
    forms = [steps_of(built) for _, built in found]
    statements: dict[str, Lifted] = {}
    defects: list[Defect] = []
    loads: tuple[Load, ...] = ()
    for place in feasible(lifting.project, [[(id(step.call.node), step.call.ways) for step in form] for form in forms]):
        maker = Maker(lifting)
        tree = tree_of(maker, forms[place])
        if tree is None:
            defects += maker.defects
            reason = reason or next(iter(maker.reasons), "a statement without a table")
            continue
        statements.setdefault(tree.sql(), maker.statement(tree))
        if forms[place][0].name.startswith("query."):
            loads = tuple(loads_of(maker, forms[place][0], entities))
        defects += maker.defects
    ordered = [statements[text] for text in sorted(statements, key=len, reverse=True)][:MOST_FORMS]
    why = reason if not ordered else next((text for made in ordered for text in made.reasons), None)
    made = Query(
        start_of(lifting, site, chain), site.caller, "orm", "drizzle", lifting.dialect, tuple(ordered), why,
        action_of(chain), loads=loads, site=site,
    )  # fmt: skip
    return made, defects


def action_of(chain: Chain) -> Action:
    """What becomes of the rows."""
    verb = chain.verb()
    if verb in ("insert", "update", "delete"):
        return "write"
    if verb == "$count":
        return "count"
    return "first" if verb.endswith("findFirst") else "rows"


def written(lifting: Lifting, site: Site) -> Iterator[Query]:
    """``db.execute(sql`...`)``."""
    given = site.call.argument(0)
    for option in options(given) if given is not None else ():
        made = option.made_by if isinstance(option, Instance) else None
        text = made.argument(0) if made is not None else option
        if text is None or isinstance(option, Chain):
            continue
        whole = texts.lift_text(
            lifting.project, tagged.spliced(text, partial(names_in, lifting.dialect), 0), lifting.dialect
        )
        yield Query(
            site.start, site.caller, "sql", "drizzle", lifting.dialect, whole.statements,
            whole.reason if not whole.statements else None, site=site,
        )  # fmt: skip
