"""The database: what the running application talks to, who creates its tables, and by which settings it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from verifier.check.verdicts.places import MOST_EVIDENCE, first_span, place
from verifier.connections import Connection, dialect_of
from verifier.evaluate.values import Instance, Unknown, options
from verifier.link.unreached import unreached
from verifier.model import Evidence, Finding, Severity, Verdict
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.link.uses import Use

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL", "mongodb": "MongoDB"}
PORTS = {"postgresql": "5432", "mysql": "3306"}
SPOILING = ("startup/missing-table-creation", "startup/models-not-imported")
MOST_PLACES = 3
UNREAD = regex(r"\.(?:execute|executescript|exec|query|run|unsafe)$")
CONTENT = regex(r"\bread\w*\(\)|\bdecode\(\)$")
CREATING = regex(r"(?i)^create$|tables|schema|migrat|upgrade|sync_?db|creat\w*_all|init_?(?:db|models)")


def database(facts: Facts, wanted: str, findings: list[Finding]) -> Iterator[Verdict]:
    """The verdicts on the database."""
    dialect = dialect_of(wanted) or wanted
    yield used(facts, dialect)
    yield schema(facts, findings)
    if facts.config.connection:
        yield settings(facts, dialect)


def called(dialect: str | None) -> str:
    """A kind of database as a reader knows it."""
    return NAMES.get(dialect or "", dialect or "an unknown database")


def verdict(clause: str, compliant: bool | None, evidence: list[Evidence]) -> Verdict:
    """A verdict on the database."""
    return Verdict("database", clause, compliant, tuple(dict.fromkeys(evidence))[:MOST_EVIDENCE])


def used(facts: Facts, wanted: str) -> Verdict:
    """Whether the running application uses the wanted kind of database, and no other."""
    clause = f"the running application uses {called(wanted)}"
    connections = facts.connections
    if not connections:
        return verdict(clause, *without_connection(facts))
    evidence = [found for connection in connections for found in told(connection)]
    known = [connection for connection in connections if connection.dialects]
    right = [connection for connection in known if connection.dialects == {wanted}]
    if len(right) == len(connections):
        return verdict(clause, True, evidence)
    if right or any(wanted in connection.dialects for connection in known):
        others = [connection for connection in known if wanted not in connection.dialects and connection.certain]
        if len(known) == len(connections) and others and all(one.certain for one in right) and right:
            evidence += [Evidence(one.span, f"{called(one.dialect)} is used, too") for one in others]
            return verdict(clause, False, evidence)
        evidence.append(Evidence(place(facts), "which of these databases is used, run time decides"))
        return verdict(clause, None, evidence)
    if len(known) == len(connections):
        return verdict(clause, False, [*evidence, *advice(facts, wanted)])
    return verdict(clause, None, evidence)


def told(connection: Connection) -> Iterator[Evidence]:
    """What is to be said of one connection."""
    yield from connection.evidence
    for option in (connection, *connection.alternatives):
        if option.dialect is None:
            yield Evidence(connection.span, f"its database depends on {option.reason or 'what only run time knows'}")
        else:
            address = f": `{option.url}`" if option.url is not None else ""
            yield Evidence(connection.span, f"it talks to {called(option.dialect)}{address}")


def advice(facts: Facts, wanted: str) -> Iterator[Evidence]:
    """How to say that the environment chooses otherwise."""
    names = [
        found.message.partition("`")[2].partition("`")[0]
        for connection in facts.connections
        for found in connection.evidence
        if "is set by nothing" in found.message
    ]
    for name in dict.fromkeys(names):
        text = (
            f"if what starts the application sets `{name}` to choose {called(wanted)}, say so with `--env {name}=...`"
        )
        yield Evidence(place(facts), text)


def without_connection(facts: Facts) -> tuple[bool | None, list[Evidence]]:
    """What it means that no connection was found."""
    if not facts.started.engines:
        return None, [Evidence(first_span(facts), "what starts the application was not found")]
    if not facts.started.complete:
        return None, [Evidence(place(facts), note.reason) for note in facts.started.notes]
    if facts.data_access or facts.orms or facts.models.entities:
        sites = [sites[0] for sites in facts.data_access.values() if sites]
        seen = [
            Evidence(site.span, f"`{site.what}` reaches a database that was not found") for site in sites[:MOST_PLACES]
        ]
        return None, seen or [Evidence(place(facts), "no connection to a database was found")]
    return False, [Evidence(place(facts), "nothing that the application runs opens a connection to a database")]


def schema(facts: Facts, findings: list[Finding]) -> Verdict:
    """Whether starting the application creates the tables."""
    clause = "the schema is created at startup"
    spoiled = [found for found in findings if found.rule in SPOILING and found.severity is Severity.ERROR]
    created = [
        Evidence(
            found.span,
            f"`{found.what}` {'is run by the start' if found.known is None else 'is reached from the start'}",
        )
        for found in facts.schema_creations
    ]
    if spoiled:
        return verdict(clause, False, [*(Evidence(found.span, found.message) for found in spoiled), *created])
    if created:
        return verdict(clause, True, created)
    if not facts.startup.entries:
        reason = "no start command was found, and nothing that makes the application creates tables"
        return verdict(clause, None, [Evidence(place(facts), reason)])
    if not facts.started.complete:
        return verdict(clause, None, [Evidence(place(facts), note.reason) for note in facts.started.notes])
    unknown = sorted(name for name in facts.started.blind if CREATING.search(name))
    if unknown:
        reason = "nothing was seen to create tables, but what this is was not found, and the start calls it"
        return verdict(clause, None, [Evidence(place(facts), f"{reason}: `{name}`") for name in unknown])
    unread = [step.use for step in facts.started.steps if UNREAD.search(step.library) and is_unread(step.use)]
    if unread:
        reason = "nothing was seen to create tables, but the start sends SQL that was not read"
        return verdict(clause, None, [Evidence(use.span, reason) for use in unread[:MOST_PLACES]])
    command = facts.startup.entries[0].command
    evidence = [Evidence(command.span, f"nothing that `{' '.join(command.argv)}` runs creates tables")]
    return verdict(clause, False, [*evidence, *elsewhere(facts)])


def is_unread(use: Use) -> bool:
    """Whether the first argument of a call is a text that only run time knows."""
    value = use.argument(0)
    if isinstance(value, Instance):
        return value.path is not None and CONTENT.search(value.path) is not None
    return value is not None and any(isinstance(option, Unknown) for option in options(value))


STATES = {
    "never called": "the start does not call the function around this",
    "as a script": "this runs only where the file is started as a script",
    "elsewhere": "the start does not import this file",
    "unclear": "the start was not seen to run this",
}


def elsewhere(facts: Facts) -> Iterator[Evidence]:
    """Code that creates tables and that the start does not run."""
    for found in islice(unreached(facts), MOST_PLACES):
        yield Evidence(found.span, STATES[found.state])


def settings(facts: Facts, wanted: str) -> Verdict:
    """Whether the prescribed settings are those by which the database is reached."""
    clause = "the connection has the prescribed settings"
    connections = [one for one in facts.connections if one.dialect == wanted]
    if not connections:
        compliant, evidence = without_connection(facts) if not facts.connections else (None, [])
        if facts.connections and all(one.dialects for one in facts.connections):
            compliant = False
        missing = Evidence(place(facts), f"no connection to {called(wanted)} was found")
        return verdict(clause, compliant, [*evidence, missing])
    wrong: list[Evidence] = []
    unknown: list[Evidence] = []
    right: list[Evidence] = []
    for one in connections:
        parts = {
            "host": one.host,
            "port": one.port,
            "user": one.user,
            "password": one.password,
            "database": one.database,
        }
        if one.host is not None and one.port is None:
            parts["port"] = PORTS.get(wanted)
        right += one.evidence
        for name, value in facts.config.connection.items():
            own = parts[name]
            if own is None:
                unknown.append(Evidence(one.span, f"the {name} is not known"))
            elif own != value:
                shown = "" if name == "password" else f" `{own}`, not `{value}`"
                wrong.append(Evidence(one.span, f"the {name} is{shown or ' not the prescribed one'}"))
    if wrong:
        return verdict(clause, False, [*wrong, *right])
    return verdict(clause, None if unknown else True, [*unknown, *right])
