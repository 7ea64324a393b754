"""What aiohttp handlers give back: `json_response(...)`, or a `Response` with a text of JSON."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answering, Const, Instance, Reply, Unknown, dumped, options

JSON = frozenset({"aiohttp.web.json_response()", "aiohttp.web_response.json_response()"})
PLAIN = frozenset({"aiohttp.web.Response", "aiohttp.web_response.Response", "aiohttp.web.Response()"})


def answers(answering: Answering) -> Iterator[Reply]:
    """What a handler gives, way by way."""
    for option in options(answering.result):
        call = option.made_by if isinstance(option, Instance) else None
        path = option.path if isinstance(option, Instance) else None
        if call is None or path not in JSON | PLAIN:
            yield Reply(Unknown("what a handler gives"), Unknown("a response"), option.origin)
            continue
        status = call.argument(None, "status")
        text = call.argument(None, "text") or call.argument(None, "body")
        data = call.argument(0, "data") if path in JSON else None
        other = call.argument(None, "dumps")  # how it is made a text may change it
        if data is not None and not (isinstance(data, Const) and data.value is None):
            yield Reply(data if other is None else Unknown("`dumps`") if opaque(other) else data, status, call.origin)
        elif text is not None:
            yield Reply(dumped(text) or text, status, call.origin)
        else:
            yield Reply(None, status, call.origin)


def opaque(value: object) -> bool:
    """Whether a function that makes JSON may change what it is given; those of libraries do not."""
    path = getattr(value, "path", "") or ""
    return not path.endswith((".dumps",))
