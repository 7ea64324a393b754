"""What Hono handlers give back: `c.json(...)`, `c.body(null, 204)`, a `Response`."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answering, Reply, Unknown, Value, made_by, options


def answers(answering: Answering) -> Iterator[Reply]:
    """What a handler gives; `c.status()` before it counts."""
    before = [sent.arguments[0] for sent in answering.sent if sent.path == "hono.Context.status" and sent.arguments]
    for option in options(answering.result):
        made = made_by(
            option, "hono.Context.json", "hono.Context.body", "hono.Context.text", "hono.Context.newResponse"
        )
        if made is None or made.made_by is None:
            yield Reply(Unknown("what a handler gives"), Unknown("a response"), option.origin, default=None)
            continue
        call = made.made_by
        status: Value | None = call.argument(1) or (call.option(1, "status") if len(call.arguments) > 1 else None)
        if status is None and before:
            status = before[0] if len(before) == 1 else Unknown("a status that is set before")
        body = call.argument(0) or Unknown("nothing")
        is_json = made.path == "hono.Context.json()"
        yield Reply(body if is_json else None, status, call.origin)
