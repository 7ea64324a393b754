"""All that is wrong with one statement."""

from __future__ import annotations

from verifier.hold.correlation import correlation_faults
from verifier.hold.counts import count_faults
from verifier.hold.dialects import dialect_faults
from verifier.hold.faults import Fault
from verifier.hold.grouping import grouping_faults
from verifier.hold.joins import join_faults
from verifier.hold.limits import limit_faults, null_faults
from verifier.hold.mismatch import mismatch_faults
from verifier.hold.schema import Schema
from verifier.hold.scopes import Scopes
from verifier.hold.single import single_faults
from verifier.lift.nouns import Statement


def hold(
    statement: Statement,
    schema: Schema,
    dialect: str = "",
    *,
    trusted: bool = True,
    written: bool = True,
    sent: bool = True,
    alone: bool = True,
    strict: bool = False,
) -> list[Fault]:
    """What is wrong with a statement on a database (``postgres``, ``sqlite``; empty where it is not known).

    ``trusted``: its names stand as the project wrote them; a mapper adds none. ``written``: it is a text.
    ``sent``: it is whole as it is; one that is only built may be extended before it is sent.
    ``alone``: it has no other form. ``strict``: what is bound is sent with its type.
    """
    names = Scopes(schema, dialect, statement.open, trusted=trusted)
    names.strict = strict
    try:
        names.statement(statement.tree)
        found = names.faults
        found += count_faults(names)
        if sent:
            found += join_faults(names, several=not (alone or trusted))
            found += grouping_faults(names)
            found += correlation_faults(names)
            found += single_faults(names)
        found += mismatch_faults(names, statement.tree, statement.values)
        found += limit_faults(names, statement.tree, sent=sent)
        found += dialect_faults(names, statement.tree, statement.wording, written=written)
        if written:
            found += null_faults(statement.tree)
    except RecursionError:  # deeper than any statement that somebody wrote
        return []
    return found
