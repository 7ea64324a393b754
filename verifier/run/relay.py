"""A port of this machine that leads to the project in its sandbox, for tools that know no other sockets."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST = 1 << 16


@contextmanager
def relay(target: Path) -> Iterator[int]:
    """Listen on a free port of 127.0.0.1 for as long as the context lasts; connections go on to a Unix socket."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), socket.socket(socket.AF_UNIX) as inner:
                inner.connect(str(target))
                back = threading.Thread(target=copy, args=(inner, self.request), daemon=True)
                back.start()
                copy(self.request, inner)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def copy(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes until the source ends."""
    with suppress(OSError):
        while data := source.recv(MOST):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
