"""Runs are looked at on a Ray cluster that is there already. Its nodes must see the files under the same paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from verifier.batch.examine import examine
from verifier.batch.local import RUNS_A_WORKER, Asked, Look, lost
from verifier.batch.nouns import BatchError, Outcome, Settings, Work


def work_through(
    asked: Iterable[Asked], settings: Settings, address: str, look: Look = examine
) -> Iterator[tuple[Work, Outcome | None]]:
    """The runs with what came of them; None for those that are known.

    Args:
        look: what workers do with a run.

    Raises:
        BatchError: Ray is not installed, or there is no such cluster.
    """
    try:
        ray: Any = import_module("ray")
    except ImportError:
        raise BatchError("The engine `ray` needs Ray: pip install 'buttress[ray]'.") from None
    try:
        ray.init(address=address, logging_level="ERROR", log_to_driver=False)
    except Exception as error:  # Ray raises whatever its parts do
        reason = (str(error).splitlines() or [""])[0].rstrip(".")
        raise BatchError(f"There is no Ray cluster at `{address}`: {reason}.") from error
    try:
        yield from spread(ray, asked, settings, look)
    finally:
        ray.shutdown()


def spread(ray: Any, asked: Iterable[Asked], settings: Settings, look: Look) -> Iterator[tuple[Work, Outcome | None]]:
    """Keep the cluster's processors busy, with as many runs waiting."""
    remote = ray.remote(max_calls=RUNS_A_WORKER, max_retries=0)(timed)
    most = max(2, int(2 * ray.cluster_resources().get("CPU", 1)))
    waiting: dict[Any, Work] = {}
    for work, known in asked:
        while len(waiting) >= most:
            yield from finished(ray, waiting, settings)
        waiting[remote.remote(look, work, settings, known)] = work
    while waiting:
        yield from finished(ray, waiting, settings)


def timed(look: Look, work: Work, settings: Settings, known: str | None) -> Outcome | None:
    """Look at a run, for as long as it may take: then the process ends."""
    import os
    import threading

    ended = threading.Timer(settings.timeout, os._exit, (1,))
    ended.daemon = True
    ended.start()
    try:
        return look(work, settings, known)
    finally:
        ended.cancel()


def finished(ray: Any, waiting: dict[Any, Work], settings: Settings) -> Iterator[tuple[Work, Outcome | None]]:
    """What is done, once something is."""
    done, _ = ray.wait(list(waiting), num_returns=1, timeout=None)
    for reference in done:
        work = waiting.pop(reference)
        try:
            found = ray.get(reference)
        except ray.exceptions.WorkerCrashedError:
            found = lost(work, settings, f"It took longer than {settings.timeout:g} seconds, or its worker was ended.")
        except ray.exceptions.RayError as error:
            reason = (str(error).splitlines() or [""])[-1]
            found = lost(work, settings, f"Its worker ended: {type(error).__name__}: {reason}")
        yield work, found
