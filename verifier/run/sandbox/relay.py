"""Sockets tied together: what comes out of one goes into the other. For the supervisor: standard library only."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import time
from collections.abc import Callable
from functools import partial

_MOST = 1 << 16
Ready = Callable[[int], None]


class Loop:
    """Waits for sockets and for times, and calls what was asked for."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def watch(self, file: socket.socket | int, events: int, ready: Ready) -> None:
        """Call ``ready`` with what happened whenever the file is ready; no events to stop."""
        known = file in self.selector.get_map()
        if not events:
            if known:
                self.selector.unregister(file)
        elif known:
            self.selector.modify(file, events, ready)
        else:
            self.selector.register(file, events, ready)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Call ``act`` once, after that time."""
        self.timers.append((time.monotonic() + seconds, act))

    def turn(self) -> None:
        """Wait until something happens, and act on it."""
        soonest = min((when for when, _ in self.timers), default=None)
        for key, events in self.selector.select(None if soonest is None else max(0.0, soonest - time.monotonic())):
            if self.selector.get_map().get(key.fd) is key:  # nothing earlier in this turn closed or changed it
                key.data(events)
        now = time.monotonic()
        due = [timer for timer in self.timers if timer[0] <= now]
        self.timers = [timer for timer in self.timers if timer[0] > now]
        for _, act in due:
            act()


class _Way:
    """One direction between two sockets."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source = source
        self.sink = sink
        self.waiting = bytearray()
        self.ended = False
        self.done = False

    def take(self) -> None:
        try:
            data = self.source.recv(_MOST)
        except BlockingIOError:
            return
        self.waiting += data
        self.ended = not data

    def give(self) -> None:
        if self.waiting:
            with contextlib.suppress(BlockingIOError):
                del self.waiting[: self.sink.send(self.waiting)]
        if self.ended and not self.waiting and not self.done:
            self.done = True
            with contextlib.suppress(OSError):  # the other side may have gone altogether
                self.sink.shutdown(socket.SHUT_WR)


class Pair:
    """Two connected sockets. Each side's end is passed on; when both have ended, or either fails, both are closed."""

    def __init__(self, loop: Loop, first: socket.socket, second: socket.socket) -> None:
        self.loop = loop
        self.sockets = (first, second)
        for one in self.sockets:
            one.setblocking(False)
        self.ways = (_Way(first, second), _Way(second, first))
        self._look()

    def _look(self) -> None:
        first, second = self.ways
        for out, into in ((first, second), (second, first)):
            one = out.source
            events = selectors.EVENT_READ if not out.ended and len(out.waiting) < _MOST else 0
            if into.waiting:
                events |= selectors.EVENT_WRITE
            self.loop.watch(one, events, partial(self._act, out, into))

    def _act(self, out: _Way, into: _Way, events: int) -> None:
        try:
            if events & selectors.EVENT_READ:
                out.take()
            for way in (out, into):
                way.give()
        except OSError:
            self._close()
            return
        if all(way.done for way in self.ways):
            self._close()
        else:
            self._look()

    def _close(self) -> None:
        for one in self.sockets:
            self.loop.watch(one, 0, partial(self._act, *self.ways))
            one.close()


def connect(
    loop: Loop, address: tuple[str, int], done: Callable[[socket.socket | None], None], seconds: float | None = None
) -> None:
    """Connect to an address of this machine; ``done`` gets the socket, or None if refused or after that time."""
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    one.setblocking(False)
    settled = False

    def settle(connected: bool) -> None:
        nonlocal settled
        if settled:
            return
        settled = True
        loop.watch(one, 0, ready)
        if not connected:
            one.close()
        done(one if connected else None)

    def ready(_: int) -> None:
        settle(one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0)

    error = one.connect_ex(address)
    if error not in (0, errno.EINPROGRESS):
        settle(False)
        return
    loop.watch(one, selectors.EVENT_WRITE, ready)
    if seconds is not None:
        loop.after(seconds, partial(settle, False))
