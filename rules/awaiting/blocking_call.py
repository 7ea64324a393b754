"""A handler that is asynchronous waits in a way that stops all others.

All requests of a server process share one event loop. `requests.get(...)`, `time.sleep(...)` and `subprocess.run(...)`
keep the loop until they are done: meanwhile no other request goes on, health checks time out, and what takes one
client a second takes ten of them ten.

Wait with what gives the loop back (`httpx.AsyncClient`, `await asyncio.sleep(...)`, `asyncio.create_subprocess_exec`),
hand the call to a thread (`await asyncio.to_thread(...)`), or make the handler a plain `def` where the framework runs
those in threads, as FastAPI does.

The rule looks at calls that are made on the way of a route inside `async def` itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Severity, is_test, regex, rule

METHODS = "get|post|put|patch|delete|head|options|request"
BLOCKING = regex(
    rf"time\.sleep|requests\.(?:{METHODS})|requests\.(?:Session|session)(?:\(\))?\.(?:{METHODS})|httpx\.(?:{METHODS})"
    rf"|httpx\.Client(?:\(\))?\.(?:{METHODS})|urllib\.request\.urlopen|subprocess\.(?:run|call|check_call|check_output)"
    r"|os\.system|smtplib\.SMTP(?:_SSL)?(?:\(\))?\.send_?\w*"
)


@rule(Category.FRAMEWORK_IDIOSYNCRASY, Severity.WARNING, confidence=Confidence.MEDIUM)
def blocking_call(facts: Facts) -> Iterator[Problem]:
    """Yield each call of an asynchronous function on the way of a route that keeps the event loop."""
    if not any(b"async def" in source.data for source in facts.project.files.values()):
        return
    for call in facts.calls.calls:
        if call.library is None or call.caller is None or not call.caller.is_async or is_test(call.span.path):
            continue
        if not call.span.path.endswith(".py") or BLOCKING.fullmatch(call.library) is None:
            continue
        if call.caller not in facts.calls.reaching:
            continue
        yield Problem(
            call.span,
            f"`{call.library.replace('()', '')}` keeps the event loop, and with it all other requests",
            symptom="all requests wait while this one does",
            remedy="Wait with an asynchronous library, or hand the call to a thread: `await asyncio.to_thread(...)`",
            identity=f"{call.caller.name} {call.library}",
        )
