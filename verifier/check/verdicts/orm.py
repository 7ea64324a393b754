"""The object-relational mapper: it maps the models, and every statement goes through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier.check.verdicts.places import MOST_EVIDENCE, place
from verifier.evaluate.addresses import written
from verifier.evaluate.values import Value, options
from verifier.link.program import is_test
from verifier.link.startup import reachable
from verifier.model import Evidence, Span, Verdict
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.packs import Pack

NAMES = {"sqlalchemy": "SQLAlchemy", "sequelize": "Sequelize", "django": "Django's mapper"}
# Statements that read or write rows. Settings of a connection, locks and definitions of tables are none of them.
STATEMENT = regex(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*|\(\s*)*"
    r"(?P<word>SELECT|INSERT|UPDATE|DELETE|REPLACE|MERGE|WITH|TRUNCATE|COPY|CALL|VALUES|TABLE)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
FIRST_WORD = regex(r"\s*[A-Za-z]+\b")
SOURCE = regex(r"\bFROM\b", re.IGNORECASE)
MIGRATIONS = regex(r"(?:^|/)(?:alembic|migrations?|migrate|seeders?)/")


class Site(NamedTuple):
    """A place where data is reached. ``by`` is the mapper whose own way it is; None where it passes all of them by."""

    span: Span
    what: str
    by: str | None
    raw: bool
    known: bool = True


def orm(facts: Facts, wanted: str) -> Iterator[Verdict]:
    """The verdicts on the mapper."""
    yield models(facts, wanted)
    yield queries(facts, wanted)


def verdict(clause: str, compliant: bool | None, evidence: list[Evidence]) -> Verdict:
    """A verdict on the mapper."""
    return Verdict("orm", clause, compliant, tuple(dict.fromkeys(evidence))[:MOST_EVIDENCE])


def models(facts: Facts, wanted: str) -> Verdict:
    """Whether the application's models are classes that the wanted mapper maps."""
    clause = f"the models are mapped by {NAMES[wanted]}"
    run = running(facts)
    entities = [
        one for one in facts.models.entities if not is_test(one.span.path) and (not run or one.span.path in run)
    ]
    own = [one for one in entities if one.orm == wanted]
    other = [one for one in entities if one.orm != wanted]
    evidence = [
        Evidence(one.span, f"`{one.name}` is mapped by {NAMES.get(one.orm, one.orm)}") for one in (*other, *own)
    ]
    if other:
        return verdict(clause, False, evidence)
    if own:
        return verdict(clause, True, evidence)
    unread = [Evidence(one.span, f"depends on {one.reason}") for one in facts.models.unread]
    if unread and wanted in facts.orms:
        return verdict(clause, None, unread)
    declared = [
        Evidence(one.span, f"the table `{one.name}` is declared, and no class is mapped to it")
        for one in facts.models.tables
        if one.source != "migration"
    ]
    unused = [
        Evidence(one.span, f"`{one.name}` is mapped, but the application does not import it")
        for one in facts.models.entities
        if one.orm == wanted
    ]
    if unused and any(facts.files[path].dynamic_imports for path in run if path in facts.files):
        unused.append(Evidence(place(facts), "which modules are imported, run time decides"))
        return verdict(clause, None, unused)
    nothing = Evidence(place(facts), f"no class that {NAMES[wanted]} maps was found")
    return verdict(clause, False, [*unused, *declared, nothing])


def running(facts: Facts) -> set[str]:
    """The files that starting the application runs, as far as that is known; nothing where it is not."""
    if not facts.startup.entries:
        return set()
    return reachable([entry.path for entry in facts.startup.entries], facts.imports) | set(facts.started.files)


def queries(facts: Facts, wanted: str) -> Verdict:
    """Whether every statement goes through the wanted mapper."""
    clause = f"every query goes through {NAMES[wanted]}"
    sites = [site for site in data_sites(facts) if not MIGRATIONS.search(site.span.path)]
    around = [site for site in sites if site.by != wanted or (site.raw and site.known)]
    evidence = [
        Evidence(
            site.span,
            f"`{site.what}` sends SQL of its own" if site.raw else f"`{site.what}` reaches the database by itself",
        )
        for site in around
    ]
    if around:
        return verdict(clause, False, evidence)
    doubtful = [site for site in sites if not site.known]
    if doubtful:
        return verdict(
            clause, None, [Evidence(site.span, f"what `{site.what}` sends was not read") for site in doubtful]
        )
    own = [site for site in sites if site.by == wanted]
    strange = [
        one
        for one in facts.connections
        if one.requested
        and one.library not in (wanted, "flask_sqlalchemy", "sqlmodel", "sequelize-typescript", "django")
    ]
    if strange:
        text = "opens a connection of its own here; what is sent over it was not seen"
        return verdict(clause, None, [Evidence(one.span, f"`{one.library}` {text}") for one in strange])
    if own:
        first = {site.span.path: site for site in reversed(own)}
        return verdict(clause, True, [Evidence(site.span, f"`{site.what}`") for _, site in sorted(first.items())])
    if wanted not in facts.orms:
        return verdict(clause, False, [Evidence(place(facts), f"nothing imports {NAMES[wanted]}")])
    followed = len(facts.calls.entries)
    return verdict(
        clause, None, [Evidence(place(facts), f"no data access was seen below the {followed} routes followed")]
    )


def data_sites(facts: Facts) -> Iterator[Site]:
    """Where the application reaches data: below its routes, and at its start."""
    readers = [
        (pack, re.compile("|".join(f"(?:{one})" for one in ways(pack)))) for pack in facts.book.packs if ways(pack)
    ]
    raw = {
        pack.name: re.compile("|".join(f"(?:{one})" for one in pack.data.raw))
        for pack in facts.book.packs
        if pack.data is not None and pack.data.raw
    }
    given: dict[tuple[Span, str], Value | None] = {}
    for use in (*facts.uses, *(step.use for step in facts.started.steps)):
        if use.library is not None:
            text = use.argument(0, "statement") or use.argument(None, "sql") or use.argument(None, "query")
            given.setdefault((use.span, use.library), text)
    for (span, library), text in given.items():
        pack = next((pack for pack, pattern in readers if pattern.fullmatch(library)), None)
        if pack is None:
            continue
        sends = pack.name in raw and raw[pack.name].fullmatch(library) is not None
        if pack.orm is not None and not sends:
            yield Site(span, library, pack.orm, raw=False)
            continue
        is_statement = sends_rows(text) if sends or pack.orm is None else True
        if is_statement is None:
            if pack.orm is None:
                yield Site(span, library, None, raw=False)
            elif text_like(text):
                yield Site(span, library, pack.orm, raw=True, known=False)
            else:
                yield Site(span, library, pack.orm, raw=False)
        elif is_statement:
            yield Site(span, library, pack.orm, raw=True)


def ways(pack: Pack) -> tuple[str, ...]:
    """How data is reached through a library."""
    return (*pack.data.calls, *pack.data.raw) if pack.data is not None else ()


def text_like(value: Value | None) -> bool:
    """Whether what is sent may be SQL as text: nothing tells that it is an object of the mapper."""
    from verifier.evaluate.values import Text, Unknown

    return (
        value is not None
        and any(isinstance(option, Text) for option in options(value))
        and not isinstance(value, Unknown)
    )


def sends_rows(value: Value | None) -> bool | None:
    """Whether SQL as text reads or writes rows; None where it is no text, or not read so far."""
    found: list[bool | None] = []
    for option in options(value) if value is not None else (None,):
        text = written(option)
        if text is None or FIRST_WORD.match(text) is None:
            found.append(None)
            continue
        match = STATEMENT.match(text)
        found.append(
            match is not None and (match["word"].upper() != "SELECT" or SOURCE.search(match["rest"]) is not None)
        )
    return True if True in found else None if None in found else False
