"""A `Request` is made by hand with a stream for a body, and Node refuses to make it.

In an adapter of one's own between Node's server and a function that takes a `Request`, `new Request(url, { method,
headers, body: incoming })` throws `TypeError: RequestInit: duplex option is required when sending a body`. With GET
and HEAD a body is refused altogether: `TypeError: Request with GET/HEAD method cannot have body`. Either way each
such request fails, and where nothing catches the error, the process ends with the first one.

Use the adapter that there is: `serve` of `@hono/node-server`. Else give `duplex: "half"`, and no body for GET and
HEAD.

The rule is silent where the body is not surely a stream, such as text or a buffer that was read before.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Fix, Problem, Wrapping, rule, streamed_requests


@rule(Category.SERVER_STARTUP_FAILURE)
def stream_without_duplex(facts: Facts) -> Iterator[Problem]:
    """Yield each request that is made of a stream and cannot be."""
    for found in streamed_requests(facts):
        if found.any_method:
            yield Problem(
                found.body,
                "Requests with GET and HEAD are given a body here, which they cannot have",
                symptom="TypeError: Request with GET/HEAD method cannot have body.",
                remedy='Give no body for GET and HEAD, and `duplex: "half"` else; or serve with `@hono/node-server`',
            )
        elif not found.half:
            yield Problem(
                found.body,
                "The body of this request is a stream, and `duplex` is not given",
                symptom="TypeError: RequestInit: duplex option is required when sending a body.",
                remedy='Add `duplex: "half"`, or serve with `@hono/node-server`',
                fix=Fix('add `duplex: "half"`', (Wrapping(found.body, after=', duplex: "half"'),)),
            )
