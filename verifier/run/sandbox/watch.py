"""Looks at the processes of a job from outside: how many there are, and what memory they take."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

_PAGE = os.sysconf("SC_PAGE_SIZE") if sys.platform == "linux" else 4096
_PROC = Path("/proc")


class Seen(Struct, frozen=True):
    """A process at one moment. ``started`` tells it from a later one with the same number."""

    process: int
    parent: int
    started: float
    threads: int
    resident: int
    ended: bool


def everything() -> dict[int, Seen]:
    """The processes of this machine, as far as they can be seen."""
    if sys.platform == "linux":
        found: dict[int, Seen] = {}
        for name in os.listdir("/proc"):  # noqa: PTH208 - ten times a second
            if name.isdigit():
                seen = look(int(name))
                if seen is not None:
                    found[seen.process] = seen
        return found
    return _everything_elsewhere()


def look(process: int) -> Seen | None:
    """One process, or None where there is none with that number."""
    if sys.platform != "linux":
        return _everything_elsewhere().get(process)
    try:
        file = os.open(f"/proc/{process}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        text = os.read(file, 4096)
    except OSError:
        return None
    finally:
        os.close(file)
    # The second field is a name in brackets, which may hold anything. What follows is counted from the third.
    fields = text.rpartition(b")")[2].split()
    resident = int(fields[21]) * _PAGE
    return Seen(process, int(fields[1]), int(fields[19]), int(fields[17]), resident, fields[0] in b"ZX")


def _everything_elsewhere() -> dict[int, Seen]:
    import psutil

    found: dict[int, Seen] = {}
    for process in psutil.process_iter(["ppid", "create_time", "num_threads", "memory_info", "status"]):
        about = process.info
        memory = about["memory_info"].rss if about["memory_info"] else 0
        ended = about["status"] == psutil.STATUS_ZOMBIE
        started, threads = about["create_time"] or 0.0, about["num_threads"] or 1
        found[process.pid] = Seen(process.pid, about["ppid"] or 0, started, threads, memory, ended)
    return found


def descendants(all_of_them: dict[int, Seen], process: int) -> list[Seen]:
    """The children of a process, their children, and so on."""
    children: dict[int, list[Seen]] = {}
    for seen in all_of_them.values():
        children.setdefault(seen.parent, []).append(seen)
    found: list[Seen] = []
    waiting = [process]
    while waiting:
        of_this = children.get(waiting.pop(), ())
        found += of_this
        waiting += (child.process for child in of_this)
    return found


def proportional(processes: Collection[Seen]) -> int:
    """The bytes of memory that processes take, what several share counted once; what is resident, where unknown."""
    total = 0
    for seen in processes:
        share = seen.resident
        with contextlib.suppress(OSError, ValueError):
            for line in (_PROC / str(seen.process) / "smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    share = int(line.split()[1]) * 1024
        total += share
    return total


def tasks_of(user: int) -> int:
    """How many processes and threads a user of Linux has."""
    total = 0
    for seen in everything().values():
        with contextlib.suppress(OSError):
            if (_PROC / str(seen.process)).stat().st_uid == user:
                total += seen.threads
    return total
