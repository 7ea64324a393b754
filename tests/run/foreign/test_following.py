"""Which failures follow from which."""

from __future__ import annotations

import pytest

from verifier.link.contract import Contract
from verifier.run.foreign import read_results
from verifier.run.foreign.exchange import Exchange, requests_of
from verifier.run.record import Check

from .conftest import REPORTS

GOOD = (Check("status", True),)
BAD = (Check("status", False),)
HOST = "http://localhost:1"


def ask(
    method: str, path: str, status: int | None = 200, *, good: bool = False, error: str = "", **more: str
) -> Exchange:
    """A request that failed, or passed."""
    return Exchange(
        name="",
        method=method,
        url=HOST + path,
        status=status,
        checks=GOOD if good else BAD,
        error=error or None,
        authorization=more.get("authorization"),
    )


def follows(*exchanges: Exchange) -> list[int | None]:
    return [request.follows for request in requests_of(exchanges)]


@pytest.mark.parametrize("name", ["newman-broken.json", "newman-broken.csv"])
def test_a_real_run(name: str, contract: Contract) -> None:
    requests, _ = read_results(REPORTS / name, contract)
    found = {request.path: request.follows for request in requests if request.outcome in ("failed", "no checks")}

    assert {path: number for path, number in found.items() if number} == {
        "/notes/undefined": 3,
        "/notes/null": 3,
        "/notes//": 3,
    }
    # What `POST /stop` ended, is not what nobody on another port refused.
    assert [(request.path, request.follows) for request in requests[-4:]] == [
        ("/nothing", None),
        ("/stop", None),
        ("/notes", 18),
        ("/notes/1", 18),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/articles/null",
        "/articles/undefined/comments",
        "/articles//comments",
        "/articles/NaN",
        "/articles/[object%20Object]",
        "/articles/{{slug}}",
        "/articles/%7B%7Bslug%7D%7D?a=b",
        "/articles/a-{{slug}}",
        "/articles?slug=undefined",
    ],
)
def test_a_value_that_was_not_given(path: str) -> None:
    assert follows(ask("POST", "/articles", 500), ask("GET", path, 404)) == [None, 1]


@pytest.mark.parametrize("path", ["/articles/nullable", "/articles/the-undefined", "/articles/", "/articles?a=&b", "/"])
def test_a_value_that_only_looks_like_none(path: str) -> None:
    assert follows(ask("POST", "/articles", 500), ask("GET", path, 404)) == [None, None]


def test_the_request_that_makes_the_thing_goes_before_the_first_failure() -> None:
    exchanges = (
        ask("POST", "/users", 500),
        ask("POST", "/articles", 500),
        ask("GET", "/articles/null", 404),
        ask("POST", "/articles/null/comments", 404),
        ask("DELETE", "/articles/x/comments/null", 404),
    )

    assert follows(*exchanges) == [None, None, 2, 2, 1]


def test_else_it_is_the_first_failure_that_follows_from_nothing() -> None:
    exchanges = (
        ask("GET", "/tags", 500),
        ask("GET", "/users", 500),
        ask("POST", "/articles/null/comments", 404),
        ask("GET", "/profiles/null", 404),
    )

    assert follows(*exchanges) == [None, None, 1, 1]


def test_a_thing_that_was_made_was_lost_in_another_way() -> None:
    assert follows(
        ask("GET", "/users", 500), ask("POST", "/articles", good=True), ask("GET", "/articles/null", 404)
    ) == [
        None,
        None,
        None,
    ]


def test_a_refused_request_made_nothing_though_nobody_asserted_it() -> None:
    unasserted = Exchange(name="", method="POST", url=f"{HOST}/articles", status=500)

    assert follows(unasserted, ask("GET", "/articles/null", 404)) == [None, 1]


def test_nothing_follows_where_nothing_failed_before() -> None:
    assert follows(ask("GET", "/tags", good=True), ask("GET", "/articles/null", 404), ask("POST", "/x", 500)) == [
        None,
        None,
        None,
    ]


def test_what_passed_follows_from_nothing() -> None:
    assert follows(ask("POST", "/articles", 500), ask("GET", "/articles/null", 404, good=True)) == [None, None]


@pytest.mark.parametrize("header", ["Token undefined", "Token ", "Bearer", "Token {{token}}", "Bearer null", ""])
def test_a_token_that_was_not_given(header: str) -> None:
    exchanges = (
        ask("GET", "/tags", 500),
        ask("POST", "/users/login", 500),
        ask("GET", "/user", 401, authorization=header),
        ask("GET", "/articles", 500, authorization=header),
    )

    # The last one was answered without a token; what failed then is its own.
    assert follows(*exchanges) == [None, None, 2, None]


def test_a_token_that_was_given() -> None:
    exchanges = ask("POST", "/x", 500), ask("GET", "/user", 401, authorization="Token abc")

    assert follows(*exchanges) == [None, None]


def test_values_that_a_tool_made_up_are_meant() -> None:
    made_up = Exchange(name="", method="GET", url=f"{HOST}/articles/null", status=500, checks=BAD, generated=True)

    assert follows(ask("POST", "/articles", 500), made_up) == [None, None]


def test_requests_to_a_dead_server_follow_from_the_one_that_it_died_at() -> None:
    exchanges = (
        ask("GET", "/a", good=True),
        ask("POST", "/b", None, error="ECONNRESET"),
        ask("GET", "/c", None, error="connect ECONNREFUSED 127.0.0.1:1"),
        ask("GET", "/d", None, error="[Errno 111] Connection refused"),
    )

    assert follows(*exchanges) == [None, None, 2, 2]


def test_a_connection_that_broke_is_no_death_where_the_next_one_holds() -> None:
    exchanges = (
        ask("POST", "/b", None, error="ECONNRESET"),
        ask("GET", "/c"),
        ask("GET", "/d", None, error="ECONNRESET"),
        ask("GET", "/e"),
        ask("GET", "/f", None, error="ETIMEDOUT"),
        ask("GET", "/g", None, error="ETIMEDOUT"),
        ask("GET", "/h", good=True),
    )

    assert follows(*exchanges) == [None] * 7


def test_a_server_that_came_back_can_die_again() -> None:
    refused = "ECONNREFUSED"
    exchanges = (
        ask("GET", "/a", None, error=refused),
        ask("GET", "/b", None, error=refused),
        ask("GET", "/c", good=True),
        ask("GET", "/d", None, error=refused),
        ask("GET", "/e", None, error=refused),
    )

    assert follows(*exchanges) == [None, 1, None, None, 4]
