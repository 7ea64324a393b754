"""The log of a job: what came through a pipe, of which the beginning and the end are kept."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
from pathlib import Path

_MOST_AT_ONCE = 1 << 20


class Log:
    """Reads a pipe to its end, however much comes, and keeps what may be kept.

    Positions count the bytes that came, kept or not; ``kept`` tells where they are in the file. The two are the same
    until something is dropped. Where the host's disk is full, less of the beginning is kept.

    Attributes:
        path: the file. Its end is only written when the log is closed.
        total: how many bytes were read.
        writer: the end of the pipe to write to, until ``begin``.
    """

    def __init__(self, path: Path, head: int, tail: int) -> None:
        self.path = path
        self.total = 0
        self._head = head
        self._tail = tail
        self._marker = b""
        self._recent = bytearray()  # what came after the head, as far as it is kept
        self._lock = threading.Lock()
        self._closed = False
        self._file = path.open("w+b", buffering=0)
        self._pipe, self.writer = os.pipe()
        os.set_blocking(self._pipe, False)
        if sys.platform == "linux":
            import fcntl

            with contextlib.suppress(OSError):  # a user with many pipes gets small ones
                fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, _MOST_AT_ONCE)
        self._thread = threading.Thread(target=self._read, name="sandbox log", daemon=True)

    def begin(self) -> None:
        """Read from now on. The end to write to is closed here: whoever is to write must have it by now."""
        os.close(self.writer)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """How many bytes were not kept."""
        return max(0, self.total - self._head - self._tail)

    def position(self) -> int:
        """How many bytes were written so far, those that wait in the pipe too."""
        with self._lock:
            return self.total + self._waiting()

    def kept(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the file the bytes between two positions are, or None where none of them was kept.

        Before the log is closed the answer may change: more may come, and what is the end now be dropped.
        """
        end = min(end, self.total)
        if start < end and self.dropped and self._head <= start and end <= self.total - self._tail:
            return None
        first, last = self._place(start), self._place(end)
        return None if first >= last and start < end else (first, last)

    def read(self, start: int, end: int) -> bytes:
        """What is kept of the bytes between two positions."""
        with self._lock:
            self._take(self._waiting())
            head = b""
            if start < self._head:
                head = os.pread(self._file.fileno(), min(end, self._head) - start, start)
            first = self.total - len(self._recent)
            return head + self._recent[max(0, start - first) : max(0, end - first)]

    def close(self) -> None:
        """Write the end. What is still open at the other side is waited for, but not for long."""
        if self._closed:
            return
        self._thread.join(2)
        self._closed = True
        self._thread.join()
        with self._lock:
            os.close(self._pipe)
            del self._recent[: max(0, len(self._recent) - self._tail)]
            if self.dropped:
                self._marker = f"\n[{self.dropped} bytes were not kept]\n".encode()
            with contextlib.suppress(OSError):
                self._file.write(self._marker + self._recent)

    def _place(self, position: int) -> int:
        if position <= self._head or not self.dropped:
            return position
        return self._head + len(self._marker) + max(0, position - (self.total - self._tail))

    def _waiting(self) -> int:
        if self._closed:
            return 0
        import fcntl
        import termios

        answer = fcntl.ioctl(self._pipe, termios.FIONREAD, bytes(4))
        return int.from_bytes(answer, sys.byteorder)

    def _read(self) -> None:
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        while not self._closed:
            if poll.poll(200):
                with self._lock:
                    if not self._take(_MOST_AT_ONCE):
                        break

    def _take(self, most: int) -> bool:
        """Take what is in the pipe; False at its end."""
        try:
            data = os.read(self._pipe, most) if most else b""
        except BlockingIOError:
            return True
        room = max(0, self._head - self.total)
        self.total += len(data)
        if room and data:
            try:
                written = self._file.write(data[:room])
            except OSError:
                written = 0
            if written < min(room, len(data)):
                self._head = self.total - len(data) + written
                room = written
        self._recent += data[room:]
        if len(self._recent) > 2 * self._tail + _MOST_AT_ONCE:
            del self._recent[: len(self._recent) - self._tail]
        return bool(data)
