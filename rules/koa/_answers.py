"""What Koa handlers send: what they put into `ctx.body`, with the status in `ctx.status`."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answering, Const, Reply, status_of

BODIES = frozenset({"koa.Context.body=", "koa.Response.body="})
STATUSES = frozenset({"koa.Context.status=", "koa.Response.status="})


def answers(answering: Answering) -> Iterator[Reply]:
    """Each body that is set, with the status that is set on the same way; a status alone where there is none."""
    setting = [sent for sent in answering.sent if sent.path in STATUSES]
    sending = [sent for sent in answering.sent if sent.path in BODIES]
    for sent in sending:
        body, status = sent.arguments[0], status_of(sent, sending, setting)
        if isinstance(body, Const):
            empty = body.value is None
            yield Reply(None, status, sent.origin, default=204 if empty else 200)
        else:
            yield Reply(body, status, sent.origin)
    for sent in setting if not sending else ():
        yield Reply(None, sent.arguments[0], sent.origin)
