"""Nobody waits for work on the database, nor for its failure.

A handler starts something that speaks to the database, neither awaits nor returns it, and nothing takes its errors. The
answer is sent before the work is done, so that the next request may not see it. Where the work fails, the rejection is
nobody's: since version 15, Node ends the process, and all further requests with it. A transaction counts, too
(`sequelize.transaction(async (t) => ...)`, `t.commit()`), and so do several writes in a `Promise.all`.

Write `await` before it, and let the framework handle what it throws. Where the answer shall not wait, take the errors:
`notify(order).catch((error) => log.error(error))`.

Functions that take all of their errors themselves are left alone, and so is what is put off on purpose
(`void notify()`).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Confidence,
    Facts,
    Function,
    FunctionRef,
    Problem,
    Promised,
    Severity,
    Span,
    catches,
    regex,
    rule,
)

from ._misuse import awaited

# What runs work in a transaction, and what ends one so that it holds.
OF_TRANSACTIONS = regex(r"^(?:sequelize|@sequelize/core|knex|@prisma/client)\b.*\.(?:\$?transaction|commit)$")


@rule(Category.FRAMEWORK_IDIOSYNCRASY, Severity.WARNING, confidence=Confidence.MEDIUM)
def floating_promise(facts: Facts) -> Iterator[Problem]:
    """Yield each call on the way of a route whose promise nobody looks at, where it speaks to the database."""
    asking: set[FunctionRef] | None = None
    for late in facts.promised:
        if late.idle or late.caught or late.callback or not late.uses or late.uses[0].kind != "discarded":
            continue
        if late.caller is None or late.caller not in facts.calls.reaching or late.caller in facts.calls.before:
            continue
        if asking is None:
            asking = {site.inside for sites in facts.data_access.values() for site in sites}
        if all(isinstance(target, Function) and catches(target.code) for target in late.targets):
            continue
        if not speaks(facts, late, asking):
            continue
        chain = ": `then` stands without `catch`" if late.followed else ""
        yield Problem(
            late.span,
            f"nobody waits for `{late.name}`, nor takes its errors{chain}",
            symptom="the answer comes before the work is done; an error in it ends the process (unhandledRejection)",
            remedy="Write `await` before it, or take its errors with `.catch(...)`",
            identity=late.name,
            fix=awaited(late, safe=False),  # its errors become the answer
        )


def speaks(facts: Facts, late: Promised, asking: set[FunctionRef]) -> bool:
    """Whether a call leads to the database."""
    if late.library is not None:
        if OF_TRANSACTIONS.search(late.library) is not None:
            return True
        if late.library == "Promise.all":
            inner = (other for other in facts.promised if other is not late and is_inside(other.span, late.span))
            return any(speaks(facts, other, asking) for other in inner)
        return any(site.span == late.span for site in facts.data_access.get(late.span.path, ()))
    called = {target.origin for target in late.targets}
    references = [reference for reference, code in facts.calls.codes.items() if code.origin in called]
    return any(below in asking for reference in references for below in facts.calls.below(reference))


def is_inside(span: Span, around: Span) -> bool:
    """Whether a place lies in another."""
    return (
        span.path == around.path
        and (around.line, around.column) <= (span.line, span.column)
        and (span.end_line, span.end_column) <= (around.end_line, around.end_column)
    )
