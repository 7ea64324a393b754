"""Runs are looked at by processes of this machine: recycled, and ended when they take too long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import TypeAlias

from verifier.batch.examine import examine, failed, prepare
from verifier.batch.inputs import key_of
from verifier.batch.nouns import BatchError, Outcome, Settings, Work

RUNS_A_WORKER = 40  # then a fresh one takes over, so that nothing adds up
AHEAD = 2  # runs a worker that wait in the queue

Asked: TypeAlias = tuple[Work, str | None]
Look: TypeAlias = Callable[[Work, Settings, str | None], Outcome | None]


def work_through(
    asked: Iterable[Asked], settings: Settings, jobs: int, look: Look = examine
) -> Iterator[tuple[Work, Outcome | None]]:
    """The runs with what came of them, in the order in which they are done; None for those that are known.

    Args:
        look: what workers do with a run.

    Raises:
        BatchError: Pebble is not installed.
    """
    try:
        from pebble import ProcessPool
    except ImportError:
        raise BatchError("A batch needs Pebble: pip install 'buttress[study]'.") from None
    from multiprocessing import get_context

    with ProcessPool(jobs, max_tasks=RUNS_A_WORKER, initializer=prepare, context=get_context("spawn")) as pool:
        waiting: dict[Future[Outcome | None], Work] = {}
        try:
            for work, known in asked:
                while len(waiting) >= jobs * AHEAD:
                    yield from finished(waiting, settings)
                future = pool.schedule(look, args=(work, settings, known), timeout=settings.timeout)
                waiting[future] = work
            while waiting:
                yield from finished(waiting, settings)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def finished(waiting: dict[Future[Outcome | None], Work], settings: Settings) -> Iterator[tuple[Work, Outcome | None]]:
    """What is done, once something is."""
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        work = waiting.pop(future)
        yield work, result_of(future.result, work, settings)


def result_of(take: Callable[[], Outcome | None], work: Work, settings: Settings) -> Outcome | None:
    """What a worker made, or what is kept of a run that ended it."""
    try:
        return take()
    except TimeoutError:
        return lost(work, settings, f"It took longer than {settings.timeout:g} seconds.")
    except CancelledError:
        raise
    except Exception as error:
        return lost(work, settings, f"Its worker ended: {type(error).__name__}: {error}")


def lost(work: Work, settings: Settings, why: str) -> Outcome:
    """What is kept of a run whose worker gave nothing. It is not tried again until something of it changes."""
    return failed(work, why[:500], key_of(work, settings))
