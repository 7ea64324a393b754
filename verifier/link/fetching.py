"""Requests that a program makes by hand, ``new Request(url, { body })``, where their body is a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from verifier import syntax
from verifier.evaluate.passing import fields, names_in
from verifier.evaluate.refusing import is_name
from verifier.link.program import is_test
from verifier.model import Span
from verifier.parse import lower

if TYPE_CHECKING:
    from verifier.link import Facts

STREAMS = frozenset({"createReadStream", "toWeb", "Readable", "PassThrough", "ReadableStream"})
SERVERS = frozenset({"createServer", "createSecureServer"})
BODYLESS = frozenset({"GET", "HEAD"})


class StreamedRequest(NamedTuple):
    """A request whose body is a stream.

    Attributes:
        body: where the body is given.
        half: whether ``duplex`` is given.
        any_method: whether the body is given whatever the method is, which may be GET.
    """

    span: Span
    body: Span
    half: bool
    any_method: bool


def streamed_requests(facts: Facts) -> Iterator[StreamedRequest]:
    """The requests with a stream for a body, in files that make some."""
    for path, source in sorted(facts.project.files.items()):
        if path.endswith(".py") or b"new Request(" not in source.data or is_test(path):
            continue
        for call, streams in requests_in(lower(source).body, frozenset()):
            options = call.arguments[1] if len(call.arguments) > 1 else None
            if not isinstance(options, syntax.Mapping):
                continue
            given = {name_of(entry.key): entry.value for entry in options.entries}
            body, method = given.get("body"), given.get("method")
            if isinstance(body, syntax.Name) and isinstance(method, syntax.Member) and is_name(method.object, body.id):
                streams = streams | {body.id}  # { method: incoming.method, body: incoming }
            kind = streamed(body, streams) if body is not None else None
            if kind is None or body is None:
                continue
            half = "duplex" in given or None in given  # a spread may bring it
            fixed = isinstance(method, syntax.Const) and str(method.value).upper() not in BODYLESS
            yield StreamedRequest(
                source.span(call.start, call.end),
                source.span(body.start, body.end),
                half,
                kind == "always" and not fixed and method is not None and None not in given,
            )


def name_of(key: object) -> str | None:
    """The name of an entry; None for a spread, and for what is computed."""
    if isinstance(key, syntax.Const) and isinstance(key.value, str):
        return key.value
    return key.id if isinstance(key, syntax.Name) else None


def streamed(body: object, streams: frozenset[str]) -> Literal["always", "sometimes"] | None:
    """Whether a body surely is a stream, or is one on one of its ways."""
    while isinstance(body, syntax.Await):
        body = body.value
    if isinstance(body, syntax.Conditional):
        ways = [streamed(body.then, streams), streamed(body.other, streams)]
        return "sometimes" if any(way is not None for way in ways) else None
    if isinstance(body, syntax.Name):
        return "always" if body.id in streams else None
    if isinstance(body, syntax.Member):
        return "always" if body.name in ("req", "raw") and isinstance(body.object, syntax.Name) else None
    if isinstance(body, syntax.Call):
        callee = body.callee
        name = (
            callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
        )
        return "always" if name in STREAMS else None
    return None


def requests_in(found: object, streams: frozenset[str]) -> Iterator[tuple[syntax.Call, frozenset[str]]]:
    """Calls of ``new Request``, each with the variables around it that hold what Node's server was sent."""
    if isinstance(found, tuple):
        for inner in found:
            yield from requests_in(inner, streams)
    elif isinstance(found, syntax.Function):
        yield from requests_in(found.body, streams - {parameter.name for parameter in found.parameters})
    elif isinstance(found, syntax.Class):
        yield from requests_in(found.body, streams)
    elif isinstance(found, syntax.Call):
        name = name_called(found)
        for argument in (found.callee, *found.arguments):
            if name in SERVERS and isinstance(argument, syntax.Function) and argument.parameters:
                own = {argument.parameters[0].name} - {""}
                yield from requests_in(argument.body, streams | own | incoming(argument))
            else:
                yield from requests_in(argument, streams)
        if found.new and name == "Request":
            yield found, streams
    elif isinstance(found, syntax.Node):
        for inner in fields(found):
            yield from requests_in(inner, streams)


def incoming(function: syntax.Function) -> set[str]:
    """Variables of a function that hold a stream made of its first parameter: ``const body = Readable.toWeb(req)``."""
    first = function.parameters[0].name
    found: set[str] = set()
    for statement in function.body:
        if isinstance(statement, syntax.Assign) and isinstance(statement.value, syntax.Call):
            target = statement.targets[0]
            made = name_called(statement.value) in STREAMS and any(
                name.id == first for name in names_in(statement.value.arguments)
            )
            if made and isinstance(target, syntax.Name):
                found.add(target.id)
    return found


def name_called(call: syntax.Call) -> str:
    """The last name of what is called."""
    callee = call.callee
    if isinstance(callee, syntax.Member):
        return callee.name
    return callee.id if isinstance(callee, syntax.Name) else ""
