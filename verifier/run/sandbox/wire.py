"""Messages between Buttress and the supervisor: lines of JSON on a socket, with open files beside them.

Loaded by the supervisor too: standard library only.
"""

from __future__ import annotations

import json
import os
import socket
from collections import deque
from typing import Any

Message = dict[str, Any]
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class Wire:
    """One end. ``files`` holds what came with the messages, in their order."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.files: deque[int] = deque()
        self._begun = b""

    def send(self, message: Message, *files: int) -> None:
        """Send a message whole.

        Raises:
            OSError: the other end is gone.
        """
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        if files:
            sent = socket.send_fds(self.end, [line], list(files))
            line = line[sent:]
        self.end.sendall(line)

    def receive(self) -> list[Message] | None:
        """Wait for what comes next: whole messages, perhaps none yet; None when the other end is gone."""
        try:
            data, files, _, _ = socket.recv_fds(self.end, 1 << 16, 16, _CLOSE_ON_EXEC)
        except ConnectionError:
            return None
        if not data:
            return None
        for file in files:
            os.set_inheritable(file, False)
        self.files.extend(files)
        *lines, self._begun = (self._begun + data).split(b"\n")
        return [json.loads(line) for line in lines]
