"""What Fastify handlers send: what they give back, or hand to `reply.send(...)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Answering,
    Const,
    Instance,
    Origin,
    Reply,
    Sent,
    Unknown,
    Value,
    dumped,
    is_content,
    options,
    status_of,
)

SENDS = re.compile(r"fastify\.FastifyReply(?:\.\w+\(\))*\.send")
SETS = re.compile(r"fastify\.FastifyReply(?:\.\w+\(\))*\.(?:code|status|statusCode=)")


def answers(answering: Answering) -> Iterator[Reply]:
    """What a handler sends, and what it gives back beside that."""
    setting = [sent for sent in answering.sent if SETS.fullmatch(sent.path)]
    sending = [sent for sent in answering.sent if SENDS.fullmatch(sent.path)]
    for sent in sending:
        status = status_of(sent, sending, setting, chains="code status")
        body = sent.argument(0)
        if body is None or isinstance(body, Const):
            yield Reply(None, status, sent.origin)
        else:
            yield Reply(dumped(body) or body, status, sent.origin)
    code = answering.handler.code
    place = Origin(answering.handler.module.path, code.start, code.end)
    for option in options(answering.result):
        if is_reply(option):
            continue
        given = Sent("", None, (option,), {}, option.origin or place)
        known = is_content(option) or (isinstance(option, Instance) and option.kind is not None)
        status = status_of(given, [*sending, given], setting)
        yield Reply(option if known else Unknown("what a handler gives"), status, given.origin)


def is_reply(value: Value) -> bool:
    """Whether a handler gives back its reply, or nothing: it has answered by a call."""
    nothing = isinstance(value, Const) and value.value is None
    return nothing or (isinstance(value, Instance) and (value.path or "").startswith("fastify.FastifyReply"))
