"""An object is read behind the commit that expired it.

A commit expires all objects of its session (`expire_on_commit` is True, unless somebody says otherwise), and the next
read of an attribute loads it again. An asynchronous session cannot do that outside of `await`: `MissingGreenlet:
greenlet_spawn has not been called`. Where the session is closed by then, no session can: `DetachedInstanceError:
Instance ... is not bound to a Session`. The change is stored, and the request is answered with 500.

Make the sessions with `expire_on_commit=False`, or `await session.refresh(user)` behind the commit.

Silent where something in the project sets `expire_on_commit`, and where a synchronous session is still open.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._lifecycle import expires, late_reads, makers


@rule(Category.DATABASE_RUNTIME_ERROR)
def expired_after_commit(facts: Facts) -> Iterator[Problem]:
    """Yield what makes the sessions, or, where that is not known, each object that is read behind a commit."""
    if not expires(facts):
        return
    found = list(late_reads(facts))
    for is_async in (True, False):
        own = [late for late in found if late.is_async == is_async]
        makes = [maker for maker in makers(facts) if ("asyncio" in (maker.path or "")) == is_async]
        error = "MissingGreenlet: greenlet_spawn has not been called" if is_async else "DetachedInstanceError"
        if own and len({maker.origin for maker in makes}) == 1 and makes[0].origin is not None:
            first = own[0]
            yield Problem(
                facts.program.engine.span(makes[0].origin),
                f"commits expire all objects, and `{first.attribute}` of `{first.name}` is read behind one",
                related=(
                    Related(first.behind, "here it is committed"),
                    Related(first.span, f"here `{first.attribute}` of `{first.entity.name}` is read"),
                ),
                symptom=f"{error}; the change is stored, and the answer is 500",
                remedy="Write `expire_on_commit=False`",
                routes=tuple(dict.fromkeys(route for late in own for route in facts.calls.reaching[late.function])),
                identity="expire_on_commit",
            )
            continue
        for late in own:
            yield Problem(
                late.span,
                f"`{late.attribute}` of `{late.name}` is read behind the commit that expired it",
                related=(Related(late.behind, "here it is committed"),),
                symptom=f"{error}; the change is stored, and the answer is 500",
                remedy=f"Make the session with `expire_on_commit=False`, or refresh `{late.name}` before",
                identity=f"{late.name} {late.attribute}",
            )
