"""A transaction is committed, and never rolled back where something fails before that.

`const t = await sequelize.transaction()` begins a transaction that somebody has to end. Where a statement in it throws,
the commit is never reached: the transaction stays open, with its connection and all of its locks. SQLite answers
further writes with `SQLITE_BUSY: database is locked`; elsewhere the pool has a connection less with each error, and in
the end no request gets one (`SequelizeConnectionAcquireTimeoutError`).

Hand the work to it, and it ends by itself: `await sequelize.transaction(async (t) => ...)`; or roll it back in `catch`:
`catch (error) { await t.rollback(); throw error; }`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, regex, rule

OPENING = regex(r"(?:sequelize|sequelize-typescript|@sequelize/core)(?:\.Sequelize)?(?:\(\))?\.transaction")


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING)
def transaction_left_open(facts: Facts) -> Iterator[Problem]:
    """Yield each transaction that a function begins and commits, and that nothing rolls back."""
    for call in facts.awaited:
        if call.handed or not call.name or "commit" not in call.methods or "rollback" in call.methods:
            continue
        paths = [getattr(target, "path", None) for target in call.targets]
        if not all(path is not None and OPENING.fullmatch(path) for path in paths):
            continue
        if call.function is None or call.function not in facts.calls.reaching:
            continue
        names = [facts.loose_names(below) for below in facts.calls.below(call.function)]
        if any(found is None or "rollback" in found for found in names):
            continue
        yield Problem(
            call.span,
            f"`{call.name}` is committed, and nothing rolls it back where something fails before",
            symptom="SQLITE_BUSY: database is locked, or SequelizeConnectionAcquireTimeoutError, after the first error",
            remedy="Write `sequelize.transaction(async (t) => ...)`, or `rollback()` in `catch`",
            identity=call.name,
        )
