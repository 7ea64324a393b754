"""One request and its answer, from a server of which nothing can be relied on.

An exchange ends in time however slowly the server drips, and takes no more memory than the limits say.

Redirects are followed within the server, as Newman follows them: 301, 302 and 303 turn every method into GET and drop
the body, 307 and 308 keep both.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Literal, TypeAlias

import httpx
from msgspec import Struct

from verifier.run.suite.show import one_line

DEADLINE_SECONDS = 10.0
LARGEST_BODY = 1_000_000
MOST_REDIRECTS = 5

# Why there is no whole answer. "lost" is a connection that ended before anything was answered.
Failure: TypeAlias = Literal["refused", "lost", "late", "garbage"]


class Exchange(Struct, frozen=True):
    """What came of a request.

    Attributes:
        status: of the last answer; None where none came.
        body: what came of it, at most as much as is read.
        failure: why there is no whole answer; ``problem`` says it in words.
        redirects: where the server sent the request, with the statuses that did.
        milliseconds: from sending to the end of the answer, redirects included.
        retry_after: seconds to wait, as the answer's header says.
    """

    status: int | None
    body: bytes
    failure: Failure | None
    problem: str
    redirects: tuple[str, ...]
    milliseconds: float
    retry_after: float | None = None


class _ExchangeError(Exception):
    """The exchange failed before its answer was whole."""

    def __init__(self, failure: Failure, problem: str) -> None:
        super().__init__(problem)
        self.failure: Failure = failure
        self.problem = problem


def exchange(
    client: httpx.Client,
    method: str,
    address: str,
    headers: Mapping[str, str],
    content: bytes | None,
    seconds: float = DEADLINE_SECONDS,
) -> Exchange:
    """Send a request over a connection of its own, and read the answer. Raises nothing that the server can cause."""
    started = time.monotonic()
    redirects: list[str] = []
    answer = _Answer()
    failure: Failure | None = None
    problem = ""
    url = client.base_url.join(address)
    try:
        while True:
            answer = _Answer()
            _ask(client, method, url, headers, content, started + seconds, answer)
            target = _redirect(answer, url)
            if target is None:
                break
            redirects.append(f"{answer.status} to {target.raw_path.decode('ascii', 'replace')}")
            if len(redirects) > MOST_REDIRECTS:
                raise _ExchangeError("garbage", f"redirected more than {MOST_REDIRECTS} times")
            if answer.status in (301, 302, 303):
                method, content = "GET", None
            url = target
    except _ExchangeError as error:
        failure, problem = error.failure, error.problem
    took = (time.monotonic() - started) * 1000
    return Exchange(answer.status, bytes(answer.body), failure, problem, tuple(redirects), took, answer.retry_after)


class _Answer:
    """An answer as far as it was read."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.location: str | None = None
        self.retry_after: float | None = None
        self.body = bytearray()


def _ask(
    client: httpx.Client,
    method: str,
    url: httpx.URL,
    headers: Mapping[str, str],
    content: bytes | None,
    ends: float,
    answer: _Answer,
) -> None:
    """Send one request and read its answer.

    Raises:
        _ExchangeError: no whole answer came.
    """
    client.cookies.clear()  # what one user was given is not sent for another
    with _deadline(ends) as cut:
        try:
            request = client.build_request(
                method,
                url,
                headers={**headers, "Accept-Encoding": "identity", "Connection": "close"},
                content=content,
                timeout=max(ends - time.monotonic(), 0.001),
                extensions={"trace": cut.watch},
            )
            response = client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                answer.status = response.status_code
                answer.location = response.headers.get("location")
                waiting = response.headers.get("retry-after", "")
                answer.retry_after = float(waiting) if re.fullmatch(r"[0-9]{1,6}", waiting) else None
                for chunk in response.iter_raw():
                    room = LARGEST_BODY - len(answer.body)
                    answer.body += chunk[:room]
                    if len(chunk) > room:
                        raise _ExchangeError(
                            "garbage", f"the answer's body is longer than {LARGEST_BODY // 1_000_000} MB"
                        )
                # A body that only the end of the connection ends looks whole when we end it.
                if cut.done:
                    raise _ExchangeError("late", _late(answer))
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise _explained(error, answer, cut.done) from error


def _explained(error: Exception, answer: _Answer, late: bool) -> _ExchangeError:
    """The failure that an error stands for."""
    causes = list(_causes(error))
    if late or isinstance(error, httpx.TimeoutException):
        return _ExchangeError("late", _late(answer))
    if any(isinstance(cause, ConnectionRefusedError | FileNotFoundError) for cause in causes):
        return _ExchangeError("refused", "the connection was refused")
    if answer.status is not None:
        return _ExchangeError("garbage", "the answer broke off before its end")
    if isinstance(error, httpx.NetworkError) or "disconnected" in str(error):
        return _ExchangeError("lost", "the connection was lost before an answer came")
    return _ExchangeError("garbage", f"the answer is not HTTP: {one_line(str(error)[:200])}")


def _late(answer: _Answer) -> str:
    if answer.status is None:
        return "no answer came in time"
    return "the answer did not end in time"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _redirect(answer: _Answer, url: httpx.URL) -> httpx.URL | None:
    """Where an answer sends the request, if that is on the same server."""
    if answer.status not in (301, 302, 303, 307, 308) or not answer.location:
        return None
    try:
        target = url.join(answer.location)
    except (httpx.InvalidURL, ValueError):
        return None
    same_server = (target.scheme, target.host, target.port) == (url.scheme, url.host, url.port)
    return target if same_server else None


class _Cut:
    """Ends the connections that it watches. Timeouts of httpx count from one read to the next, not from the start."""

    def __init__(self) -> None:
        self.done = False
        self._sockets: list[socket.socket] = []

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a connection that was made."""
        if event in ("connection.connect_tcp.complete", "connection.connect_unix_socket.complete"):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.done:
                self.now()

    def now(self) -> None:
        """End them: whatever waits for one of them goes on at once."""
        self.done = True
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def _deadline(ends: float) -> Iterator[_Cut]:
    """What ends all connections at a time of the monotonic clock."""
    cut = _Cut()
    timer = threading.Timer(max(ends - time.monotonic(), 0.0), cut.now)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()
