"""A Hono application is served in a way that Node does not know.

A Hono application is a function from `Request` to `Response` and no server. `app.listen(...)` does not exist. Node's
own server hands out an `IncomingMessage`, which is no `Request`, and waits for somebody to write the answer: with
`http.createServer((req, res) => app.fetch(req, res))` each request hangs. `serve` of `@hono/node-server` takes
everything in its first argument, and calls the second one when it listens: `serve(app, 3000)` ends the process with
`TypeError: listeningListener is not a function`. `Bun.serve` and `Deno.serve` are there in Bun and Deno only.

Write `serve({ fetch: app.fetch, port: 3000 })`, with `serve` from `@hono/node-server`.

The rule is silent where the start command runs another runtime, or where it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Span, foreign_members, is_test, regex, rule

from ._app import HonoApp
from ._members import PARTS, TABLE

RIGHT = "Write `serve({ fetch: app.fetch, port })`, with `serve` from `@hono/node-server`"
HANDED = regex(rb"createServer\(\s*[\w$.]+\.fetch\s*\)")
NODE = regex(r"(?:^|[/\s])(?:node|nodejs|tsx|ts-node|nodemon|ts-node-dev)$")
SERVING = frozenset({"listen", "callback", "close", "engine", "handle", "inject", "ready"})

MISUSES = {
    "incoming": (
        "Node's own server hands out no `Request`, which is what `fetch` takes",
        "each request hangs, or is answered with 404",
    ),
    "options": (
        "`serve` takes its options in the first argument, and calls the second one",
        "TypeError: listeningListener is not a function: the process ends when it listens",
    ),
    "no fetch": ("`serve` is given no `fetch`", "500: each request fails"),
    "application": (
        "`fetch` is given the application itself, which is no function",
        "500: each request fails",
    ),
    "runtime": ("This server is there in another runtime only", "ReferenceError: the process ends at the start"),
}


@rule(Category.SERVER_STARTUP_FAILURE)
def adapter_misuse(facts: Facts) -> Iterator[Problem]:
    """Yield each place that serves a Hono application and cannot."""
    engine = facts.program.engine
    if not any(isinstance(found, HonoApp) for found in engine.objects):
        return
    for found in foreign_members(facts, "hono", TABLE, PARTS):
        if (
            found.read.owner.startswith("hono.Hono")
            and "Request" not in found.read.owner
            and found.read.name in SERVING
        ):
            name = found.read.name
            yield Problem(
                found.read.span,
                f"A Hono application has no `{name}`",
                symptom=f"TypeError: app.{name} is not a function: the process ends at the start",
                remedy=RIGHT,
            )
    for (rule_id, place), kind in list(engine.remarks.items()):
        own = rule_id == "hono/adapter-misuse" and not is_test(place.path)
        if own and (kind != "runtime" or runs_on_node(facts)):
            yield misuse(engine.span(place), kind)
    for read in facts.member_reads:
        source = facts.project.files.get(read.span.path)
        if (
            read.owner.startswith("hono.Hono")
            and read.name == "fetch"
            and source is not None
            and not is_test(source.path)
        ):
            for match in HANDED.finditer(source.data):
                span = source.span(match.start(), match.end())
                if span.line <= read.span.line <= span.end_line:
                    yield misuse(span, "incoming")


def misuse(span: Span, kind: str) -> Problem:
    """The problem with one use."""
    message, symptom = MISUSES[kind]
    return Problem(span, message, symptom=symptom, remedy=RIGHT)


def runs_on_node(facts: Facts) -> bool:
    """Whether the start command surely runs Node, and nothing else does."""
    words = [word for command in facts.project.manifests.commands for word in command.argv]
    starts = [entry.command.argv for entry in facts.startup.entries]
    return (
        bool(starts)
        and all(any(NODE.search(word) for word in argv) for argv in starts)
        and not ({"bun", "bunx", "deno", "wrangler"} & set(words))
    )
