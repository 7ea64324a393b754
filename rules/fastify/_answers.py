"""What Fastify handlers send: what they give back, or hand to `reply.send(...)`."""

from __future__ import annotations

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
    choice,
    dumped,
    is_content,
    options,
    regex,
    status_of,
    statuses,
)

from ._request import serving
from ._schemas import response_schema

SENDS = regex(r"fastify\.FastifyReply(?:\.\w+\(\))*\.send")
SETS = regex(r"fastify\.FastifyReply(?:\.\w+\(\))*\.(?:code|status|statusCode=)")


def answers(answering: Answering) -> Iterator[Reply]:
    """What a handler sends, in the form of the response schema."""
    declared = serving(answering.engine, answering.route)
    settings = declared.settings if declared is not None else None
    for reply in replies(answering):
        found = statuses(reply.status, reply.default)
        schemas = [response_schema(settings, status) for status in found]
        if reply.body is not None and schemas and any(schema is not None for schema in schemas):
            known = [schema for schema in schemas if schema is not None]
            form = choice(known) if len(known) == len(schemas) else Unknown("a response schema")
            yield Reply(reply.body, reply.status, reply.origin, shown=form)
        else:
            yield reply


def replies(answering: Answering) -> Iterator[Reply]:
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
