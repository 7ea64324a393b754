"""A second event loop is run where one runs already.

`asyncio.run(...)` and `loop.run_until_complete(...)` in an asynchronous function, or in one that it calls, raise
`RuntimeError: asyncio.run() cannot be called from a running event loop`: the handler itself runs in the loop. The
request is answered with 500.

Write `await` in place of it, and make the functions in between asynchronous.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, FunctionRef, Problem, is_test, regex, rule

RUNNING = regex(
    r"asyncio\.(run|(?:(?:get_event_loop|get_running_loop|new_event_loop)\(\)|\w+Loop)\.run_until_complete)"
)
NESTED = regex(rb"\bnest_asyncio\b")
# What runs a function in a thread of its own, which has no loop.
THREADS = regex(r"to_thread|run_in_executor|run_in_threadpool|run_sync|Thread|submit|\w*sync_to_async|executor")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def loop_in_loop(facts: Facts) -> Iterator[Problem]:
    """Yield each call that runs a loop, on the way of a route, in a function that a loop runs."""
    found = [call for call in facts.calls.calls if call.library is not None and RUNNING.fullmatch(call.library)]
    if not found:
        return
    nested = any(NESTED.search(file.data) for path, file in facts.project.files.items() if not is_test(path))
    if nested:
        return
    inside = {call.callee for call in facts.calls.calls if call.caller is not None and call.caller.is_async}
    threaded = {call.callee for call in facts.calls.calls if call.handed or may_thread(facts, call.caller)}
    for call in found:
        caller = call.caller
        if caller is None or caller not in facts.calls.reaching:
            continue
        if not caller.is_async and (caller not in inside or caller in threaded):
            continue
        name = (call.library or "").rpartition(".")[2]
        message = "asyncio.run() cannot be called from a running event loop"
        yield Problem(
            call.span,
            f"`{name}` runs a loop inside of the one that runs `{caller.name.rpartition('.')[2]}`",
            symptom="RuntimeError: " + (message if name == "run" else "This event loop is already running"),
            remedy="Write `await` in place of it",
            identity=f"{caller.name} {name}",
        )


def may_thread(facts: Facts, caller: FunctionRef | None) -> bool:
    """Whether a function may have others run in a thread."""
    names = facts.loose_names(caller) if caller is not None else None
    return names is None or any(THREADS.fullmatch(name) for name in names)
