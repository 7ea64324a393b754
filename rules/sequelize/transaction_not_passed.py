"""A write is sent beside the transaction that it belongs to.

Sequelize sends a statement in a transaction only if an option says so: `Crate.create(values, { transaction })`.
Without it the statement takes another connection. It stays when the transaction is rolled back, does not see what the
transaction wrote, and waits for the rows that the transaction holds: PostgreSQL refuses its foreign keys, and SQLite
says `SQLITE_BUSY: database is locked`, since it has one writer at a time.

Hand the transaction on with each statement, or let Sequelize find it by `Sequelize.useCLS(...)`; in projects that do,
the rule is silent.

The rule looks at writes inside of functions that are given a transaction and hand it on with other statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Confidence,
    Facts,
    Fix,
    FunctionRef,
    NewOption,
    Problem,
    Record,
    Related,
    Severity,
    Site,
    Span,
    is_test,
    regex,
    rule,
)

# Which argument of each method that writes are its options: of models, and of objects.
OPTIONS = {"create": 1, "bulkCreate": 1, "upsert": 1, "update": 1, "destroy": 0, "restore": 0, "increment": 1,
           "decrement": 1, "findOrCreate": 0, "findCreateFind": 0, "save": 0}  # fmt: skip
MIXIN = regex(r"(?:set|add|create|remove)[A-Z]\w*")  # of the relations of a row
ITSELF = regex(rb"\buseCLS\b|_cls\b|AsyncLocalStorage")


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM)
def transaction_not_passed(facts: Facts) -> Iterator[Problem]:
    """Yield each write that lacks the transaction which its function was given."""
    writes = [
        query
        for query in facts.queries.queries
        if query.library == "sequelize" and query.site is not None and is_write(query.action, query.site)
    ]
    alone = [query.site for query in writes if query.site is not None and lacks(query.site)]
    if not alone or any(ITSELF.search(source.data) for source in facts.project.files.values()):
        return
    handing = [
        query.site.span
        for query in facts.queries.queries
        if query.library == "sequelize" and query.site is not None and is_given(query.site)
    ]
    passed = {query.site.span for query in writes if query.site is not None and not lacks(query.site)}
    for site in {site.span: site for site in alone}.values():
        if site.span in passed or is_test(site.span.path):
            continue
        found = given_to(facts, site.span, handing)
        if found is None:
            continue
        function, name, place = found
        yield Problem(
            site.span,
            f"this is not sent in the transaction `{name}`",
            related=(Related(place, f"`{name}` is given here"),),
            symptom="SQLITE_BUSY: database is locked on SQLite; elsewhere a row that stays where the others are undone",
            remedy=f"Add `{{ transaction{'' if name == 'transaction' else f': {name}'} }}`",
            identity=f"{function.name} {site.library.rpartition('.')[2]}",
            fix=Fix(
                f"send it in `{name}`",
                (NewOption(site.span, "transaction", name, options_of(site)),),
                safe=False,  # what was sent on its own is undone with the others from now on
            ),
        )


def is_write(action: str | None, site: Site) -> bool:
    """Whether a call writes; what sets a relation reads first what is there."""
    return action == "write" or MIXIN.fullmatch(site.library.rpartition(".")[2]) is not None


def options_of(site: Site) -> int:
    """Which argument of a call its options are; -1 where that is not known."""
    name = site.library.rpartition(".")[2]
    return OPTIONS.get(name, 1 if MIXIN.fullmatch(name) else -1)


def lacks(site: Site) -> bool:
    """Whether a call surely is given no transaction."""
    position = options_of(site)
    if position < 0 or site.call.open:
        return False
    given = site.call.argument(position)
    if given is None:
        return True
    return isinstance(given, Record) and given.complete and "transaction" not in given.entries


def is_given(site: Site) -> bool:
    """Whether a call is given a transaction."""
    return any(isinstance(given, Record) and "transaction" in given.entries for given in site.call.arguments)


def given_to(facts: Facts, span: Span, handing: list[Span]) -> tuple[FunctionRef, str, Span] | None:
    """The innermost function around a place that has a transaction as its parameter, and hands it on."""
    around = [
        (function, code)
        for function, code in facts.calls.codes.items()
        if function.path == span.path and is_inside(span, function.span)
    ]
    source = facts.project.files[span.path]
    for function, code in sorted(around, key=lambda one: (one[0].span.line, one[0].span.column), reverse=True):
        if not any(other.path == span.path and is_inside(other, function.span) for other in handing):
            continue
        text = source.data[code.code.start : code.code.end]
        for parameter in code.code.parameters:
            if parameter.name and hands_on(text, parameter.name):
                return function, parameter.name, source.span(parameter.start, parameter.end)
    return None


def is_inside(span: Span, outer: Span) -> bool:
    """Whether a place lies in another."""
    return (outer.line, outer.column) <= (span.line, span.column) and (span.end_line, span.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


def hands_on(text: bytes, name: str) -> bool:
    """Whether a function's text gives a name along as the transaction of statements."""
    word = re.escape(name.encode())
    if name == "transaction":
        return re.search(rb"[{,]\s*transaction\s*(?:[,}]|:\s*transaction\b)", text) is not None
    return re.search(rb"\btransaction\s*:\s*%s\b" % word, text) is not None
