"""Connections: the databases that the running application talks to, and how it comes to do so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from verifier.connections import Connection
from verifier.evaluate.addresses import masked
from verifier.evaluate.surroundings import Surroundings
from verifier.link.starting import Started, connections_in, read_safely
from verifier.model import Evidence, Span
from verifier.regex import Paths, regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.link import Facts

NEAR = 2  # lines between the place where a variable is asked for and the default that stands in for it
OF_A_DATABASE = regex(r"DB|DATABASE|PG|POSTGRES|SQL|URL|URI|DSN", re.IGNORECASE)
SHORTEST = 3  # characters of a value that surely come from a variable


def link_connections(facts: Facts) -> tuple[Connection, ...]:
    """The connections that the start makes, and those that requests make."""
    packs = facts.book.packs
    found = connections_in(facts.started, packs)
    found = tuple(with_variables(connection, facts.started) for connection in found)
    found = own_only(facts, (*found, *requested(facts, found)))
    return tuple(by_driver(facts, connection) for connection in found)


def dialects_of(found: Iterable[Connection]) -> frozenset[str]:
    """The kinds of database that connections lead to; empty where not all of them are known."""
    kinds = [connection.dialects for connection in found]
    return frozenset[str]().union(*kinds) if kinds and all(kinds) else frozenset()


def requested(facts: Facts, started: tuple[Connection, ...]) -> Iterator[Connection]:
    """Connections that are opened below routes alone."""
    readers = [(Paths([pattern]), reader) for pack in facts.book.packs for pattern, reader in pack.connects.items()]
    known = {connection.span for connection in started}
    engine = facts.program.engine
    for use in facts.calls.uses:
        if use.library is None or use.span in known:
            continue
        for pattern, reader in readers:
            if pattern.fullmatch(use.library) is not None:
                known.add(use.span)
                for found in read_safely(engine, partial(reader, engine, use)):
                    yield replace(found, requested=True, certain=use.certain)


def own_only(facts: Facts, found: tuple[Connection, ...]) -> tuple[Connection, ...]:
    """Connections without that of a mapper that the application does not use: Django's, which settings always name."""
    others = [connection for connection in found if connection.library != "django"]
    if not others or len(others) == len(found):
        return found
    used = any(entity.orm == "django" for entity in facts.models.entities) or any(
        site.what.startswith("django.") for sites in facts.data_access.values() for site in sites
    )
    return found if used else tuple(others)


def by_driver(facts: Facts, connection: Connection) -> Connection:
    """A connection that run time decides on, with the one kind of database that a driver is installed for."""
    if connection.dialects:
        return connection
    pack = next((pack for pack in facts.book.packs if pack.drivers and connection.library in pack.packages), None)
    if pack is None:
        return connection
    installed = facts.installed(pack.language)
    kinds = [kind for kind, names in pack.drivers.items() if installed.has(*names)]
    if len(kinds) != 1 or not installed.governs(connection.span.path):
        return connection
    name = next(name for name in pack.drivers[kinds[0]] if installed.has(name))
    place = next(iter(installed.manifest(connection.span.path)), connection.span)
    told = Evidence(place, f"`{name}` is the only driver of a database that is installed")
    options = [option if option.dialect else replace(option, dialect=kinds[0]) for option in connection.alternatives]
    return replace(
        connection,
        dialect=connection.dialect or kinds[0],
        alternatives=tuple(options),
        evidence=(*connection.evidence, told),
    )


def with_variables(connection: Connection, started: Started) -> Connection:
    """A connection with what the environment has to do with it: variables that are set, and defaults of those not."""
    evidence = list(connection.evidence)
    for engine in started.engines:
        around = engine.surroundings
        if around is not None:
            evidence += given_by(connection, around)
            evidence += defaults_of(connection, engine, around)
    return replace(connection, evidence=tuple(dict.fromkeys(evidence)))


def given_by(connection: Connection, around: Surroundings) -> Iterator[Evidence]:
    """The variables that an address is made of."""
    parts = {part for part in (connection.host, connection.database, connection.user) if part}
    made = {
        name: value
        for name, value in around.used.items()
        if value in parts or (len(value) >= SHORTEST and connection.url is not None and masked(value) in connection.url)
    }
    telling = {value for name, value in made.items() if OF_A_DATABASE.search(name)}
    for name, value in made.items():
        place = around.places.get(name)
        if value in telling and not OF_A_DATABASE.search(name):
            continue  # it has the same value by chance
        if place is not None:
            yield Evidence(place, f"the environment variable `{name}` is set here")
        else:
            yield Evidence(connection.span, f"the environment variable `{name}` is given")


def defaults_of(connection: Connection, engine: Engine, around: Surroundings) -> Iterator[Evidence]:
    """The variables that nothing sets, where their default is in the address."""
    lines: dict[str, list[int]] = {}
    for found in (*(evidence.span for evidence in connection.evidence), connection.span):
        lines.setdefault(found.path, []).append(found.line)
    near: list[tuple[int, str, Span]] = []
    for name, origin in around.asked.items():
        if origin is not None and origin.path in engine.project.files and origin.path in lines:
            place = engine.span(origin)
            near.append((min(abs(place.line - line) for line in lines[origin.path]), name, place))
    closest = min([distance for distance, _, _ in near], default=NEAR + 1)
    for distance, name, place in near:
        if distance == closest <= NEAR:
            yield Evidence(place, f"`{name}` is set by nothing that starts the application")
