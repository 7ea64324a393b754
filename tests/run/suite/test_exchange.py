"""One exchange with a server that can do anything."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import httpx
import pytest

from tests.run.suite.servers import answer, hostile, reset
from verifier.run.suite.exchange import LARGEST_BODY, Exchange, exchange

Behavior = Callable[[socket.socket, bytes], None]


def ask(
    address: str, method: str = "GET", path: str = "/thing", content: bytes | None = None, seconds: float = 5.0
) -> Exchange:
    with httpx.Client(base_url=address, trust_env=False) as client:
        return exchange(client, method, path, {"Content-Type": "application/json"}, content, seconds)


def says(*parts: bytes) -> Behavior:
    def behave(connection: socket.socket, _: bytes) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def forever(start: bytes, part: bytes, pause: float = 0.0) -> Behavior:
    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        wait = threading.Event()
        while True:  # until the client hangs up
            connection.sendall(part)
            wait.wait(pause)

    return behave


def test_an_answer_is_read_whole() -> None:
    with hostile(says(answer(b'{"a": 1}', "201 Created"))) as server:
        came = ask(server.address, "POST", content=b"{}")
    assert (came.status, came.body, came.failure, came.problem) == (201, b'{"a": 1}', None, "")
    assert came.milliseconds > 0


def test_each_request_has_a_connection_of_its_own() -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(answer())
        # A client that kept the connection would send its next request here.
        connection.settimeout(2)
        assert connection.recv(10) == b""
        closed.append(True)

    closed: list[bool] = []
    with hostile(behave) as server, httpx.Client(base_url=server.address, trust_env=False) as client:
        for _ in range(3):
            assert exchange(client, "GET", "/", {}, None).status == 200
        assert len(server.heard) == 3


def test_a_connection_that_nobody_takes_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    came = ask(f"http://127.0.0.1:{port}")
    assert (came.status, came.failure, came.problem) == (None, "refused", "the connection was refused")


def test_a_socket_that_is_not_there_is_refused(tmp_path: object) -> None:
    transport = httpx.HTTPTransport(uds=f"{tmp_path}/no.sock")
    with httpx.Client(base_url="http://project", transport=transport) as client:
        assert exchange(client, "GET", "/", {}, None).failure == "refused"


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection, _: reset(connection),
        lambda connection, _: connection.close(),
        says(b"HTTP/1.1 200 OK\r\nA: "),
    ],
    ids=["reset", "closed", "half a header"],
)
def test_a_connection_that_ends_before_an_answer_is_lost(behave: Behavior) -> None:
    with hostile(behave) as server:
        came = ask(server.address)
    assert (came.status, came.failure) == (None, "lost")
    assert came.problem == "the connection was lost before an answer came"


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe garbage \r\n\r\n",
        b"HTTP/9.9 what\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\n no header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad\x00Name: 1\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: nothing\r\n\r\n\x00\x00",
        b"SSH-2.0-OpenSSH_9.0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nÜ: \u2028\r\n\r\n".encode(),
    ],
)
def test_what_is_not_http_is_garbage(garbage: bytes) -> None:
    with hostile(says(garbage)) as server:
        came = ask(server.address)
    assert (came.status, came.failure) == (None, "garbage")
    assert came.problem.startswith("the answer is not HTTP: ")
    assert came.problem.isprintable()
    assert len(came.problem) < 300


@pytest.mark.parametrize(
    "answered",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_garbage(answered: bytes) -> None:
    with hostile(says(answered)) as server:
        came = ask(server.address)
    assert (came.status, came.failure, came.problem) == (200, "garbage", "the answer broke off before its end")


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_an_endless_body_is_cut(start: bytes) -> None:
    part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n" if b"chunked" in start else b"x" * 65536
    with hostile(forever(start, part)) as server:
        came = ask(server.address)
    assert (came.status, came.failure) == (200, "garbage")
    assert came.problem == "the answer's body is longer than 1 MB"
    assert len(came.body) == LARGEST_BODY


def test_a_body_of_just_the_limit_is_whole() -> None:
    with hostile(says(answer(b"x" * LARGEST_BODY))) as server:
        came = ask(server.address)
    assert (came.failure, len(came.body)) == (None, LARGEST_BODY)


def test_an_endless_header_is_garbage() -> None:
    with hostile(forever(b"HTTP/1.1 200 OK\r\nLong: ", b"x" * 65536)) as server:
        came = ask(server.address)
    assert (came.status, came.failure) == (None, "garbage")


@pytest.mark.parametrize(
    ("behave", "status", "problem"),
    [
        (forever(b"", b"", 0.05), None, "no answer came in time"),
        (forever(b"HTTP/1.1 200 OK\r\nSlow: ", b"x", 0.02), None, "no answer came in time"),
        (forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02), None, "no answer came in time"),
        (forever(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.02), 200, "the answer did not end in time"),
        (forever(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"", 0.05), 200, "the answer did not end in time"),
    ],
    ids=["silence", "dripping header", "endless continuation", "dripping body", "body that never comes"],
)
def test_a_slow_answer_ends_at_the_deadline(behave: Behavior, status: int | None, problem: str) -> None:
    with hostile(behave) as server:
        came = ask(server.address, seconds=0.4)
    assert (came.status, came.failure, came.problem) == (status, "late", problem)
    assert came.milliseconds < 5000


def redirecting(targets: dict[str, tuple[str, str]]) -> Behavior:
    """Answers a path with a redirect, and any other path with its request line."""

    def behave(connection: socket.socket, request: bytes) -> None:
        method, path = request.decode().split(" ")[:2]
        if path in targets:
            status, location = targets[path]
            connection.sendall(answer(b"", status, f"Location: {location}"))
        else:
            body = request.partition(b"\r\n\r\n")[2]
            connection.sendall(answer(f"{method} {path} {body.decode()}".encode()))

    return behave


@pytest.mark.parametrize(
    ("status", "arrived"),
    [
        ("301 Moved", b"GET /thing/ "),
        ("302 Found", b"GET /thing/ "),
        ("303 See Other", b"GET /thing/ "),
        ("307 Temporary", b'POST /thing/ {"a":1}'),
        ("308 Permanent", b'POST /thing/ {"a":1}'),
    ],
)
@pytest.mark.parametrize("whole", [False, True], ids=["path", "address"])
def test_redirects_are_followed_as_newman_does(status: str, arrived: bytes, whole: bool) -> None:
    targets = {"/thing": (status, "/thing/")}
    with hostile(redirecting(targets)) as server:
        if whole:
            targets["/thing"] = (status, f"{server.address}/thing/")
        came = ask(server.address, "POST", content=b'{"a":1}')
    assert came.body == arrived
    assert came.redirects == (f"{status[:3]} to /thing/",)


def test_redirects_keep_the_authorization() -> None:
    with (
        hostile(redirecting({"/thing": ("307 Temporary", "/there")})) as server,
        httpx.Client(base_url=server.address, trust_env=False) as client,
    ):
        exchange(client, "GET", "/thing", {"Authorization": "Token abc"}, None)
        assert all(b"Authorization: Token abc" in request for request in server.heard)
        assert len(server.heard) == 2


@pytest.mark.parametrize(
    "location",
    ["https://127.0.0.1/thing", "http://example.com/", "//example.com/", "foo:bar", "http://127.0.0.1:1/", "http://["],
)
def test_redirects_to_elsewhere_are_not_followed(location: str) -> None:
    with hostile(redirecting({"/thing": ("302 Found", location)})) as server:
        came = ask(server.address)
        assert len(server.heard) == 1
    # httpx itself refuses an address that is none.
    assert came.status == 302 or came.failure == "garbage"


def test_redirects_in_a_circle_end() -> None:
    with hostile(redirecting({"/thing": ("301 Moved", "/other"), "/other": ("301 Moved", "/thing")})) as server:
        came = ask(server.address)
    assert (came.failure, came.problem) == ("garbage", "redirected more than 5 times")
    assert came.status == 301


def test_no_cookie_of_one_request_goes_with_the_next() -> None:
    with (
        hostile(says(answer(b"{}", "200 OK", "Set-Cookie: session=anna; Path=/"))) as server,
        httpx.Client(base_url=server.address, trust_env=False) as client,
    ):
        for _ in range(2):
            exchange(client, "GET", "/", {}, None)
        assert not any(b"session" in request for request in server.heard)


@pytest.mark.parametrize(
    "answered",
    [
        answer(b"{}", "200 OK", "Content-Encoding: gzip"),
        answer(b"{}", "200 OK", 'Set-Cookie: \xff="; expires=Thu, 99 Foo 99999; max-age=x'),
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_an_odd_answer_is_an_answer(answered: bytes) -> None:
    with hostile(says(answered)) as server:
        came = ask(server.address)
    assert came.status is not None
    assert came.failure is None


def test_what_a_server_of_another_kind_compresses_is_left_as_it_is() -> None:
    bomb = b"\x1f\x8b" + b"\x00" * 100
    with hostile(says(answer(bomb, "200 OK", "Content-Encoding: gzip"))) as server:
        assert ask(server.address).body == bomb
        assert b"Accept-Encoding: identity" in server.heard[0]
