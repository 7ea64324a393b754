"""Requests told in one line each."""

from __future__ import annotations

import pytest

from verifier.classify import FailedRun, classify
from verifier.classify.lines import looks_like_lines, read_lines


@pytest.mark.parametrize(
    "line",
    [
        "Feed GET → 404: 5 failed",
        "Feed GET -> 404: 5 failed",
        "  - Feed GET => 404: 5 failed assertions",
        "3. Feed GET --> 404 (5 failed)",
        "Feed  get → 404: 5 failed.",
        "Feed GET /articles/feed → 404: 5 of 5 failed",
    ],
)
def test_a_line_is_a_request_however_it_is_written(line: str) -> None:
    told = read_lines(line)
    [request] = told.requests
    assert (request.operation, request.method, request.status) == ("GET /articles/feed", "GET", 404)
    assert [check.passed for check in request.checks] == [False] * 5
    assert told.odd == 0


@pytest.mark.parametrize("status", ["", "?", "-", "null", "ECONNREFUSED", "no answer"])
def test_a_request_without_an_answer(status: str) -> None:
    [request] = read_lines(f"Register POST → {status}: 6 failed").requests
    assert (request.status, request.outcome) == (None, "unreachable")


def test_what_is_no_request_is_counted() -> None:
    told = read_lines("# Test Results\n\nthe server was slow\nLogin POST → 500: 6 failed\n\n")
    assert (len(told.requests), told.odd) == (1, 1)
    assert not looks_like_lines("the server was slow\nand then it ended\n")


def test_a_path_in_the_place_of_a_name() -> None:
    [request] = read_lines("GET /api/books?page=2 -> 500: 1 failed").requests
    assert (request.operation, request.path) == ("GET /api/books?page=2", "/api/books?page=2")


def test_what_needs_a_slug_follows_from_the_article_that_was_not_made() -> None:
    text = (
        "Create Article POST → 500: 13 failed\n"
        "Single Article by slug GET → 404: 13 failed\n"
        "Update Article PUT → 404: 13 failed\n"
        "All Tags GET → 500: 3 failed\n"
    )
    assert [request.follows for request in read_lines(text).requests] == [None, 1, 1, None]


def test_what_needs_a_token_follows_from_the_login_where_it_is_refused() -> None:
    text = (
        "Login and Remember Token POST → 500: 7 failed\n"
        "Current User GET → 401: 6 failed\n"
        "Feed GET → 500: 5 failed\n"
        "Create Comment for Article POST → 401: 6 failed\n"
    )
    assert [request.follows for request in read_lines(text).requests] == [None, 1, None, 1]


def test_a_list_of_favorites_follows_from_the_favorite_that_was_refused() -> None:
    text = "Favorite Article POST → 400: 15 failed\nArticles Favorited by Username GET → 200: 12 failed\n"
    made = classify(FailedRun(requests=read_lines(text).requests, framework="fastify"))
    assert made.cause is not None
    assert (made.cause.defect, made.cause.paper_label) == ("empty-body-refused", "framework_idiosyncrasy")
    assert made.notes[0].startswith("1 requests failed for a reason of their own, and 1 follow")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Register POST → : 6 failed\nLogin POST → : 6 failed\n", "server_startup_failure"),
        ("No Newman CSV found — server likely never started or health-check failed.\n", "server_startup_failure"),
        ("Current User GET → 404: 6 failed\nUpdate User PUT → 404: 6 failed\n", "incomplete_implementation"),
        ("Feed GET → 405: 5 failed\n", "framework_idiosyncrasy"),
        ("Register POST → 422: 6 failed\nLogin POST → 422: 6 failed\n", "schema_format_error"),
        ("Create Article POST → 201: 13 failed\nSingle Article by slug GET → 404: 13 failed\n", "schema_format_error"),
        ("All Articles GET → 200: 1 failed\nArticles by Tag GET → 200: 1 failed\n", "incorrect_query_logic"),
        ("Feed GET → 404: 5 failed\n", "framework_idiosyncrasy"),
        ("Articles by Author GET → 200: 12 failed\n", "incorrect_query_logic"),
        ("Current User GET → 401: 6 failed\nFeed GET → 401: 5 failed\n", "auth_misconfiguration"),
        ("Unfavorite Article DELETE → 200: 1 failed\n", "state_propagation_failure"),
        ("Feed GET → 301: 5 failed\n", "framework_idiosyncrasy"),
    ],
)
def test_what_lines_alone_tell(text: str, label: str) -> None:
    told = read_lines(text)
    made = classify(FailedRun(requests=told.requests, none_ran=told.none_ran))
    assert made.failed
    assert made.cause is not None
    assert made.cause.paper_label == label


def test_all_passed_is_no_failure() -> None:
    told = read_lines("All Newman assertions passed.\n")
    assert not told.odd
    assert not classify(FailedRun(requests=told.requests, none_ran=told.none_ran)).failed


@pytest.mark.parametrize(
    ("framework", "word"),
    [
        ("koa", "route-shadowed"),
        (None, "route-shadowed"),
        ("fastify", "operation-missing"),
        ("flask", "operation-missing"),
    ],
)
def test_a_feed_that_is_not_found_beside_an_article_that_is(framework: str | None, word: str) -> None:
    text = "Feed GET → 404: 5 failed\nSingle Article by slug GET → 200: 1 failed\n"
    made = classify(FailedRun(requests=read_lines(text).requests, framework=framework))
    assert made.cause is not None
    assert made.cause.defect == word
