"""What Flask views give back: a dict, `jsonify(...)`, a response, each alone or in a tuple with its status."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Answering,
    Const,
    Instance,
    Record,
    Reply,
    Sequence,
    Unknown,
    Value,
    decorator_name,
    dumped,
    is_content,
    made_by,
    options,
)

RESPONSES = ("flask.Response", "flask.wrappers.Response", "werkzeug.wrappers.Response", "flask.make_response")
# What makes another form of what a view gives.
MARSHALS = frozenset("marshal_with marshal_list_with marshal_with_field response output dump serialize".split())


def answers(answering: Answering) -> Iterator[Reply]:
    """What a view gives, way by way."""
    handler = answering.handler
    inner = [handler, handler.wraps] if handler.wraps is not None else [handler]
    names = {decorator_name(node).rpartition(".")[2] for function in inner for node in function.code.decorators}
    marshalled = bool(names & MARSHALS)
    for option in options(answering.result):
        for reply in reply_of(option, None):
            content = reply.body is not None and is_content(reply.body)
            yield Reply(Unknown("a schema"), reply.status, reply.origin) if marshalled and content else reply


def reply_of(value: Value, status: Value | None) -> Iterator[Reply]:
    """One value that a view gives, with the status beside it."""
    if isinstance(value, Sequence) and value.kind == "tuple" and value.complete and value.items:
        second = value.items[1] if len(value.items) > 1 else None
        given = second if second is not None and not isinstance(second, Record) else status
        for part in options(value.items[0]):
            yield from reply_of(part, given)
        return
    if is_content(value):
        yield Reply(value, status, value.origin)
        return
    if isinstance(value, Const):
        yield Reply(None, status, value.origin)
        return
    json = made_by(value, "jsonify")
    if json is not None and json.made_by is not None:
        call = json.made_by
        if "status_code" in json.attributes:
            status = json.attributes["status_code"]
        body: Value
        if call.keywords and not call.arguments and not call.open:
            body = Record(dict[object, Value](call.keywords.items()), origin=call.origin)
        elif len(call.arguments) == 1 and not call.keywords:
            body = call.arguments[0]
        else:
            body = Unknown("the arguments of `jsonify`")
        yield Reply(body, status, call.origin)
        return
    made = value.made_by if isinstance(value, Instance) else None
    path = value.path if isinstance(value, Instance) else None
    if made is not None and path is not None and path.removesuffix("()") in RESPONSES:
        first = made.argument(0, "response")
        given = value.attributes.get("status_code") or made.argument(1, "status") or status  # type: ignore[attr-defined]
        if path.startswith("flask.make_response") and first is not None:
            for part in options(first):
                yield from reply_of(part, given)
            return
        text = dumped(first)
        yield Reply(text if text is not None else Unknown("a text"), given, made.origin)
        return
    yield Reply(Unknown("what a view gives"), status or Unknown("a response"), value.origin)
