"""Running a suite: what is sent, what is written down, and what follows from what."""

from __future__ import annotations

import functools
import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.run.suite.conduit_app import Conduit
from tests.run.suite.servers import answer, hostile, reset, serving
from verifier.run.record import Range, Request
from verifier.run.suite import client as client_module
from verifier.run.suite.client import Marks, not_sent, run_suite
from verifier.run.suite.conduit import SUITE
from verifier.run.suite.course import MOST_LATE_IN_A_ROW, forged, has_fraction
from verifier.run.suite.exchange import exchange
from verifier.run.suite.expect import FILLED, TEXT, Expectation, has
from verifier.run.suite.steps import Step, Suite, digest
from verifier.run.suite.summary import summary

Respond = Callable[[socket.socket, bytes], None]
PASSWORD = "Correct-Horse-{run}"


def suite(*steps: Step, protected: frozenset[str] = frozenset()) -> Suite:
    return Suite("small", {"only": steps}, {"anna": "anna{run}", "anna.password": PASSWORD}, protected)


def answering(answers: Mapping[str, bytes | Respond]) -> Respond:
    """Answers ``METHOD path``; a path that is not known with 404."""

    def behave(connection: socket.socket, request: bytes) -> None:
        line = b" ".join(request.split(b" ", 2)[:2]).decode()
        found = answers.get(line, answer(b'{"errors": {}}', "404 Not Found"))
        if isinstance(found, bytes):
            connection.sendall(found)
        else:
            found(connection, request)

    return behave


def run(answers: Mapping[str, bytes | Respond] | Respond, what: Suite, **options: object) -> tuple[Request, ...]:
    behave = answers if callable(answers) else answering(answers)
    profile = "only" if "only" in what.profiles else "openapi"
    with hostile(behave) as server, httpx.Client(base_url=server.address, trust_env=False) as client:
        return run_suite(what, client, profile=profile, prefix="", run="r1", **options)  # type: ignore[arg-type]


def heard(what: Suite, reply: bytes = answer()) -> list[bytes]:
    with (
        hostile(lambda connection, _: connection.sendall(reply)) as server,
        httpx.Client(base_url=server.address, trust_env=False) as client,
    ):
        run_suite(what, client, profile="only", run="r1")
        return server.heard


LOGIN = Step(
    "login",
    "POST /login",
    body={"user": {"name": "{anna}", "password": "{anna.password}"}},
    expects=(has("user.token", FILLED),),
    saves={"anna.token": "user.token"},
)
TOKEN = "abcdefghij.klmnopqrst.uvwxyz"
LOGGED_IN = answer(json.dumps({"user": {"token": TOKEN}}).encode())


# What is sent.


def test_a_request_says_what_the_step_says() -> None:
    first, second = heard(
        suite(
            LOGIN,
            Step(
                "search",
                "GET /things/{name}",
                "/things/{anna}",
                as_="anna",
                query={"q": "a b&{run}", "limit": 2},
                headers={"X-Run": "{run}"},
            ),
        ),
        LOGGED_IN,
    )
    assert first.startswith(b"POST /api/login HTTP/1.1\r\n")
    assert first.endswith(b'{"user": {"name": "annar1", "password": "Correct-Horse-r1"}}')
    assert second.startswith(b"GET /api/things/annar1?q=a+b%26r1&limit=2 HTTP/1.1\r\n")
    assert f"Authorization: Token {TOKEN}\r\n".encode() in second
    assert b"X-Run: r1\r\n" in second


def test_requests_without_a_body_still_say_that_it_is_json() -> None:
    post, delete = heard(suite(Step("favorite", "POST /f"), Step("unfavorite", "DELETE /f")))
    for request in (post, delete):
        assert b"Content-Type: application/json\r\n" in request
        assert request.endswith(b"\r\n\r\n")
    assert b"Content-Length: 0\r\n" in post


def test_a_value_is_quoted_where_it_stands_in_a_path() -> None:
    slug = "../ü?#%/ x"
    _, second = heard(
        suite(
            Step("make", "POST /a", expects=(has("slug", TEXT),), saves={"slug": "slug"}),
            Step("show", "GET /a/{slug}", "/a/{slug}"),
        ),
        answer(json.dumps({"slug": slug}).encode()),
    )
    assert second.startswith(b"GET /api/a/..%2F%C3%BC%3F%23%25%2F%20x HTTP/1.1")


def test_a_number_that_was_saved_is_sent_as_a_number() -> None:
    _, second = heard(
        suite(
            Step("make", "POST /a", expects=(has("id", TEXT),), saves={"id": "id"}),
            Step("use", "POST /b", body={"id": "{id}", "name": "nr. {id}"}),
        ),
        answer(b'{"id": 7}'),
    )
    assert second.endswith(b'{"id": 7, "name": "nr. 7"}')


def test_a_forged_token_is_another_one() -> None:
    _, second = heard(suite(LOGIN, Step("me", "GET /me", as_="anna", forged=True)), LOGGED_IN)
    assert f"Authorization: Token {forged(TOKEN)}\r\n".encode() in second
    assert forged(TOKEN) != TOKEN
    for token in ("A", "1", "x" * 9, "eyJhbGciOi.eyJzdWIiOi." + "A" * 43):
        changed = forged(token)
        assert len(changed) == len(token)
        assert sum(one != other for one, other in zip(token, changed, strict=True)) == 1


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    run({}, suite(LOGIN, Step("me", "GET /me", as_="anna")), advance=lambda number, total: told.append((number, total)))
    assert told == [(1, 2), (2, 2)]


# What is written down.


def test_a_request_is_written_down_with_all_that_was_seen() -> None:
    class Watcher:
        def __init__(self) -> None:
            self.events: list[str] = []

        def before(self, number: int) -> None:
            self.events.append(f"before {number}")

        def after(self, number: int) -> Marks:
            self.events.append(f"after {number}")
            return Marks(Range("server", 10, 20), Range("database", 1, 2), alive=True)

    watcher = Watcher()
    step = Step("show", "GET /a/{id}", "/a/7", query={"x": 1}, expects=(has("b", 2), has("c", 3)), section="things")
    (request,) = run({"GET /a/7?x=1": answer(b'{"b": 2, "c": "3"}')}, suite(step), observer=watcher)
    assert watcher.events == ["before 1", "after 1"]
    assert request.milliseconds is not None and request.milliseconds > 0
    assert msgspec.structs.replace(request, milliseconds=None) == Request(
        number=1,
        operation="GET /a/{id}",
        name="show",
        section="things",
        method="GET",
        path="/a/7?x=1",
        status=200,
        milliseconds=None,
        outcome="failed",
        checks=request.checks,
        response='{"b": 2, "c": "3"}',
        log=Range("server", 10, 20),
        database_log=Range("database", 1, 2),
        alive=True,
    )
    assert [(check.name, check.passed, check.message) for check in request.checks] == [
        ("the status is 200", True, ""),
        ("b is 2", True, ""),
        ("c is 3", False, 'expected 3, got "3"'),
    ]


def test_a_wrong_status_is_told_with_the_right_ones() -> None:
    step = Step("make", "POST /a", status=(200, 201, 204))
    (request,) = run({"POST /a": answer(status="418 Teapot")}, suite(step))
    assert request.checks[0].name == "the status is 200, 201 or 204"
    assert request.checks[0].message == "expected 200, 201 or 204, got 418"


def test_a_detour_is_told() -> None:
    answers = {
        "POST /a": answer(b"", "301 Moved", "Location: /a/"),
        "GET /a/": answer(b"", "405 Not Allowed"),
    }
    (request,) = run(answers, suite(Step("make", "POST /a")))
    assert request.checks[0].message == "expected 200, got 405, after 301 to /a/"
    assert request.status == 405


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the answer is empty"),
        (b"<html>", "the answer is not JSON: Expecting value"),
        (b"\xff\xfe{}", "the answer is not UTF-8"),
        (b'"\xed\xa0\x80"', "the answer is not UTF-8"),
        (b"\xef\xbb\xbf{}", "the answer is not JSON: Unexpected UTF-8 BOM"),
        (b"[" * 100_000, "the answer's JSON is nested too deeply"),
        (b'{"b":' * 100_000, "the answer's JSON is nested too deeply"),
        (b'{"b": NaN}', "the answer is not JSON: NaN is no JSON"),
        (b'{"b": -Infinity}', "the answer is not JSON: -Infinity is no JSON"),
        (b'{"b": ' + b"9" * 5000 + b"}", "the answer is not JSON: Exceeds the limit"),
        (b'{"b": 1e999}', "expected 1, got inf"),
        (b'{"b": ' + b"9" * 4000 + b"}", "expected 1, got a very large number"),
        (b'{"b": 2, "b": 3}', "expected 1, got 3"),
        (b'{"b": true}', "expected 1, got true"),
        (b'{"b": "\\ud800\\u0000\\n\\u2028"}', 'expected 1, got "\\ud800\\x00\\n\\u2028"'),
        (b"[1]", "expected 1, got nothing"),
        (b"null", "expected 1, got nothing"),
    ],
)
def test_no_json_is_too_odd(body: bytes, message: str) -> None:
    step = Step("show", "GET /a", expects=(has("b", 1),), saves={"b": "b"})
    requests = run({"GET /a": answer(body)}, suite(step, Step("use", "GET /c/{b}", "/c/{b}")))
    assert requests[0].checks[1].message.startswith(message)
    assert requests[0].outcome == "failed"
    # What is written down is Unicode, or it could not be stored.
    assert msgspec.json.encode(requests)


def test_what_is_long_is_cut() -> None:
    step = Step("show", "GET /a", expects=(has("b", 1),))
    (request,) = run({"GET /a": answer(b'{"b": "' + b"x" * 900_000 + b'"}')}, suite(step))
    assert request.response is not None
    assert len(request.response) == 2000
    assert len(request.checks[1].message) < 450


def test_all_checks_of_a_failing_server_fail() -> None:
    """Also those of what must not be there."""
    (request,) = run({"GET /a": answer(b'{"b": 1}', "500 Oops")}, suite(Step("show", "GET /a", expects=(has("b", 1),))))
    assert [check.passed for check in request.checks] == [False, False]
    assert request.checks[1].message == "the server failed with 500"


# What cannot be sent.


def test_a_request_that_lacks_a_value_is_not_sent() -> None:
    first, second = run(
        {"POST /login": answer(b'{"user": {}}')},
        suite(LOGIN, Step("me", "GET /me/{id}", "/me/{anna.token}", as_="anna", expects=(has("a", 1),))),
    )
    assert (first.outcome, first.follows) == ("failed", None)
    assert (second.outcome, second.follows, second.attempts) == ("not sent", 1, 0)
    assert second.error == "anna.token was not given"
    assert [(check.name, check.passed) for check in second.checks] == [("the status is 200", False), ("a is 1", False)]
    assert second.checks[0].message == "not sent: anna.token was not given"
    assert second.path == "/me/{anna.token}"
    assert summary((first, second)).roots == (1,)


@pytest.mark.parametrize("token", ["", 7.5, None, True, ["x"], "x" * 2000, "a b", "a\r\nX: 1", "ü", "\ud800"])
def test_a_token_that_no_header_can_carry_is_none(token: object) -> None:
    _, second = run(
        {"POST /login": answer(json.dumps({"user": {"token": token}}).encode())},
        suite(LOGIN, Step("me", "GET /me", as_="anna")),
    )
    assert second.outcome == "not sent"


def test_an_answer_that_was_refused_gives_nothing() -> None:
    _, second = run(
        {"POST /login": answer(json.dumps({"user": {"token": TOKEN}}).encode(), "401 No")},
        suite(LOGIN, Step("me", "GET /me", as_="anna")),
    )
    assert (second.outcome, second.follows) == ("not sent", 1)


def test_a_later_step_can_give_what_an_earlier_one_did_not() -> None:
    answers = iter([answer(b"{}"), LOGGED_IN, answer(b"{}")])
    requests = run(
        lambda connection, _: connection.sendall(next(answers)), suite(LOGIN, LOGIN, Step("me", "GET /me", as_="anna"))
    )
    assert [request.outcome for request in requests] == ["failed", "passed", "passed"]


def test_requests_of_a_run_that_stopped_before_its_suite() -> None:
    requests = not_sent(SUITE, "openapi", "the server never got ready")
    assert len(requests) == len(SUITE.profiles["openapi"])
    assert {request.outcome for request in requests} == {"not sent"}
    figures = summary(requests, "ready")
    assert figures.checks == sum(step.checks for step in SUITE.profiles["openapi"])
    assert (figures.passed, figures.pass_rate, figures.roots, figures.failed_phase) == (0, 0.0, (), "ready")


# What follows from what.


def test_a_comparison_with_what_was_not_given_follows() -> None:
    _, second = run(
        {"GET /b": answer(b'{"id": 1}')},
        suite(
            Step("make", "POST /a", expects=(has("id", TEXT),), saves={"id": "id"}),
            Step("list", "GET /b", expects=(has("id", "{id}"),)),
        ),
    )
    assert (second.outcome, second.follows) == ("failed", 1)
    assert second.checks[1].message == "cannot be told without id"


def test_a_failure_follows_what_it_supposes() -> None:
    make = Step("make", "POST /a", does="a is made")
    look = Step("look", "GET /a", expects=(has("count", 1),), supposes=("a is made",))
    refused = run({"GET /a": answer(b'{"count": 0}')}, suite(make, look))
    assert [request.follows for request in refused] == [None, 1]
    # It was made, as far as could be seen: then the second failure is one of its own.
    taken = run({"POST /a": answer(), "GET /a": answer(b'{"count": 0}')}, suite(make, look))
    assert [request.follows for request in taken] == [None, None]
    # No lack of anything is a reason to fail with 500.
    failing = run({"GET /a": answer(b"{}", "500 Oops")}, suite(make, look))
    assert [request.follows for request in failing] == [None, None]
    # And what passes follows from nothing.
    passed = run({"GET /a": answer(b'{"count": 1}')}, suite(make, look))
    assert [request.follows for request in passed] == [None, None]


def test_refusals_of_a_token_that_was_never_taken_follow_the_first() -> None:
    protected = frozenset({"GET /me", "POST /a", "GET /b"})
    steps = (LOGIN, *(Step(name, name, as_="anna") for name in ("GET /me", "POST /a", "GET /b")))
    refusal = answer(status="401 No")
    never = run(
        {"POST /login": LOGGED_IN, "GET /me": refusal, "POST /a": refusal, "GET /b": refusal},
        suite(*steps, protected=protected),
    )
    assert [request.follows for request in never] == [None, None, 2, 2]
    once = run(
        {"POST /login": LOGGED_IN, "GET /me": answer(), "POST /a": refusal, "GET /b": refusal},
        suite(*steps, protected=protected),
    )
    assert [request.follows for request in once] == [None, None, None, None]


def alive_until(number: int) -> object:
    """An observer who sees the server die at a request."""

    class Watcher:
        def before(self, number: int) -> None:
            pass

        def after(self, at: int) -> Marks:
            return Marks(alive=at < number)

    return Watcher()


def test_nothing_is_sent_to_a_server_that_died() -> None:
    steps = suite(*(Step(f"{number}", "POST /a") for number in range(4)))
    answers = iter([answer(), None])

    def behave(connection: socket.socket, _: bytes) -> None:
        reply = next(answers)
        connection.sendall(reply) if reply else reset(connection)

    requests = run(behave, steps, observer=alive_until(2))
    assert [request.outcome for request in requests] == ["passed", "unreachable", "not sent", "not sent"]
    assert [request.follows for request in requests] == [None, None, 2, 2]
    assert requests[2].error == "the server died at request 2"
    assert requests[1].alive is False
    assert summary(requests).roots == (2,)


def test_a_server_that_dies_after_its_answer_died_at_that_request() -> None:
    steps = suite(*(Step(f"{number}", "POST /a") for number in range(3)))
    requests = run(lambda connection, _: connection.sendall(answer()), steps, observer=alive_until(2))
    assert [request.outcome for request in requests] == ["passed", "passed", "not sent"]
    assert requests[2].follows == 2
    figures = summary(requests)
    assert (figures.first_failure, figures.roots) == (2, (2,))


def test_a_server_that_refuses_connections_died_at_the_request_that_was_not_answered() -> None:
    with hostile(lambda connection, _: reset(connection)) as server, httpx.Client(base_url=server.address) as client:

        class Watcher:
            def before(self, number: int) -> None:
                if number == 2:
                    server.stop()

            def after(self, number: int) -> Marks:
                return Marks()

        steps = suite(*(Step(f"{number}", "POST /a") for number in range(4)))
        requests = run_suite(steps, client, profile="only", observer=Watcher())
    assert [request.outcome for request in requests] == ["unreachable", "unreachable", "not sent", "not sent"]
    assert [request.follows for request in requests] == [None, 1, 1, 1]


def lost_at_first(reply: bytes) -> Respond:
    seen: list[bytes] = []

    def behave(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        reset(connection) if len(seen) == 1 else connection.sendall(reply)

    return behave


def test_a_get_is_sent_twice_when_its_connection_is_lost() -> None:
    (request,) = run(lost_at_first(answer()), suite(Step("look", "GET /a")))
    assert (request.outcome, request.attempts) == ("passed", 2)
    (request,) = run(lambda connection, _: reset(connection), suite(Step("look", "GET /a")))
    assert (request.outcome, request.attempts) == ("unreachable", 2)


def test_nothing_else_is_sent_twice() -> None:
    (request,) = run(lost_at_first(answer()), suite(Step("make", "POST /a")))
    assert (request.outcome, request.attempts) == ("unreachable", 1)
    (request,) = run(lost_at_first(answer()), suite(Step("look", "GET /a")), observer=alive_until(1))
    assert (request.outcome, request.attempts) == ("unreachable", 1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "exchange", functools.partial(exchange, seconds=0.15))


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stopped_answering_is_left_alone() -> None:
    def hang(connection: socket.socket, _: bytes) -> None:
        connection.recv(1)

    requests = run(hang, suite(*(Step(f"{number}", "GET /a") for number in range(10))))
    assert [request.outcome for request in requests] == ["unreachable"] * MOST_LATE_IN_A_ROW + ["not sent"] * 7
    assert requests[0].error == "no answer came in time"
    assert requests[-1].error == "the server stopped answering at request 1"
    assert requests[-1].follows == 1


def test_a_run_does_not_go_on_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.run.suite.course.LONGEST_RUN_SECONDS", 0.0)
    first, *_ = run({}, suite(Step("look", "GET /a")))
    assert first.outcome == "not sent"
    assert first.error is not None and first.error.startswith("the suite ran out of time")


# Whatever the server does, the figures can be compared.

HOSTILE: Mapping[str, Respond] = {
    "garbage": lambda connection, _: connection.sendall(b"\x00\x01\x02 what\r\n\r\n"),
    "endless": lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000),
    "reset": lambda connection, _: reset(connection),
    "no JSON": lambda connection, _: connection.sendall(answer(b"<html>")),
    "a list": lambda connection, _: connection.sendall(answer(b"[[[[1]]]]")),
    "null": lambda connection, _: connection.sendall(answer(b"null")),
    "deep": lambda connection, _: connection.sendall(answer(b"[" * 50_000)),
    "nothing found": lambda connection, _: connection.sendall(answer(b"{}", "404 Not Found")),
    "failing": lambda connection, _: connection.sendall(answer(b"{}", "500 Oops")),
    "teapot": lambda connection, _: connection.sendall(answer(b"{}", "418 Teapot")),
    "all tokens": lambda connection, _: connection.sendall(answer(json.dumps({"user": {"token": TOKEN}}).encode())),
    "circles": lambda connection, _: connection.sendall(answer(b"", "302 Found", "Location: /api/tags")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_number_of_checks_is_the_same_whatever_is_answered(name: str) -> None:
    requests = run(HOSTILE[name], SUITE)
    steps = SUITE.profiles["openapi"]
    assert [len(request.checks) for request in requests] == [step.checks for step in steps]
    assert [[check.name for check in request.checks[1:]] for request in requests] == [
        [one.name for one in step.expects] for step in steps
    ]
    assert all(check.passed == (check.message == "") for request in requests for check in request.checks)
    assert all("\n" not in check.message for request in requests for check in request.checks)
    assert msgspec.json.decode(msgspec.json.encode(requests), type=tuple[Request, ...]) == requests


@pytest.mark.parametrize("name", ["garbage", "endless", "reset", "failing", "circles"])
def test_no_check_passes_without_an_answer(name: str) -> None:
    requests = run(HOSTILE[name], SUITE)
    assert not any(check.passed for request in requests for check in request.checks)
    assert summary(requests).pass_rate == 0.0


# Secrets.


def test_secrets_are_not_written_down() -> None:
    seen: list[str] = []

    def echo(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        """Answers as Conduit does, and shows all that it was sent in every place that is written down."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode() if length else ""  # type: ignore[attr-defined]
        header = environ.get("HTTP_AUTHORIZATION", "")
        if body and "password" in body:
            seen.append(json.loads(body)["user"].get("password", ""))
        token = f"sEcReT+{len(seen)}/token=="
        seen.extend([token, header.removeprefix("Token ")])  # the latter may be a forged one
        shown = {
            "user": {
                "token": token,
                "username": header,
                "password": "$2b$12$hashhashhash",
                "email": body,
                "bio": token,
            },
            "article": {"slug": token, "title": header, "createdAt": body},
            "errors": {"request": [header, body]},
        }
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(shown).encode()]

    with serving(echo) as address, httpx.Client(base_url=address, trust_env=False) as client:
        requests = run_suite(SUITE, client, profile="openapi")
    written = msgspec.json.encode(requests).decode()
    secrets = {secret for secret in seen if secret and secret != "nonsense"}
    assert len(secrets) > 20
    for secret in secrets:
        assert secret not in written
        assert httpx.QueryParams({"x": secret})["x"] and str(httpx.QueryParams({"x": secret}))[2:] not in written
    assert "$2b$12" not in written


def test_secrets_of_a_right_run_are_not_written_down() -> None:
    conduit = Conduit()
    with httpx.Client(transport=httpx.WSGITransport(conduit), base_url="http://conduit") as client:
        requests = run_suite(SUITE, client, profile="openapi")
    written = msgspec.json.encode(requests).decode()
    assert conduit.tokens
    assert not any(token in written for token in conduit.tokens)
    assert not any(user.password in written for user in conduit.users)
    assert any(request.response and "[redacted]" in request.response for request in requests)


# The rest.


def test_a_server_behind_a_unix_socket(tmp_path: Path) -> None:
    """As one in a sandbox is reached."""
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        import threading

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer(b'{"a": 1}'))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with httpx.Client(base_url="http://project", transport=httpx.HTTPTransport(uds=path)) as client:
            (request,) = run_suite(suite(Step("look", "GET /a", expects=(has("a", 1),))), client, profile="only")
        thread.join(5)
    assert request.outcome == "passed"


def test_a_profile_that_is_not_there() -> None:
    with httpx.Client() as client, pytest.raises(KeyError):
        run_suite(SUITE, client, profile="none")


def test_times_with_and_without_parts_of_a_second() -> None:
    assert has_fraction("2026-01-31T12:00:00.001Z")
    assert has_fraction("2026-01-31T12:00:00.120-05:00")
    assert not has_fraction("2026-01-31T12:00:00.000Z")
    assert not has_fraction("2026-01-31T12:00:00+05:00")
    assert not has_fraction("2026-01-31T12:00:00.000-05:30")


def test_the_digest_tells_versions_apart() -> None:
    one = suite(Step("look", "GET /a"))
    other = suite(Step("look", "GET /a", expects=(has("a", 1),)))
    assert digest(one, "only") == digest(suite(Step("look", "GET /a")), "only")
    assert digest(one, "only") != digest(other, "only")
    assert digest(SUITE, "openapi") != digest(SUITE, "postman")


def test_an_expectation_is_nothing_but_a_name_and_a_judgment() -> None:
    always = Expectation("anything", lambda reply, values: "")
    (request,) = run({"GET /a": answer(b"<html>")}, suite(Step("look", "GET /a", expects=(always,))))
    assert request.outcome == "passed"


def limited(*first: bytes) -> Respond:
    """Gives these answers, then a good one."""
    left = list(first)
    return lambda connection, _: connection.sendall(left.pop(0) if left else answer())


def test_a_server_that_was_asked_too_often_is_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr("verifier.run.suite.course.time.sleep", rests.append)
    too_often = "429 Too Many Requests"
    (request,) = run(limited(answer(b"{}", too_often, "Retry-After: 7")), suite(Step("look", "POST /a")))
    assert (request.outcome, request.attempts, rests) == ("passed", 2, [7.1])
    (request,) = run(limited(answer(b"{}", too_often)), suite(Step("look", "POST /a")))
    assert (request.outcome, rests[-1]) == ("passed", 61.0)
    (request,) = run(limited(answer(b"{}", too_often, "Retry-After: 86400")), suite(Step("look", "POST /a")))
    assert (request.outcome, request.status, len(rests)) == ("failed", 429, 2)  # nobody waits for a day
    steps = suite(*(Step(f"{number}", "POST /a") for number in range(5)))
    requests = run(lambda connection, _: connection.sendall(answer(b"{}", too_often)), steps)
    assert {request.outcome for request in requests} == {"failed"}
    assert len(rests) == 4  # two more, and then no patience is left
