"""Expectations: what they accept, what they say, and that no JSON breaks them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.run.suite.conduit import SUITE
from verifier.run.suite.expect import (
    BOOLEAN,
    EXPLAINED,
    FILLED,
    INTEGER,
    LIST,
    NEWEST_FIRST,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    TIME,
    WITHOUT_REPEATS,
    Expectation,
    Matcher,
    Reply,
    at,
    discreet,
    every,
    exactly,
    has,
    in_any_order,
    in_order,
    moment_of,
    more_than,
    not_before,
    other_than,
    unlike,
    with_each_once,
    without,
)
from verifier.run.suite.show import MISSING, show
from verifier.run.suite.templates import Values, fill, names_in

NOON = "2026-01-31T12:00:00.500Z"
VALUES: Values = {"slug": "a-b", "id": 7, "count": 3, "text": "3", "noon": NOON}


def problem(expectation: Expectation, value: object, status: int = 200) -> str:
    return expectation.judge(Reply(status, value), VALUES)


@pytest.mark.parametrize(
    ("expected", "right", "wrong"),
    [
        (TEXT, ["", "x"], [None, 1, True, [], {}]),
        (FILLED, ["x"], ["", " \n", None, 1]),
        (TEXT_OR_NULL, ["", None], [0, False, []]),
        (INTEGER, [0, -1, 2.0], [True, False, 2.5, "2", None, float("inf"), [2]]),
        (BOOLEAN, [True, False], [0, 1, "true", None]),
        (LIST, [[], [1]], [{}, "", None]),
        (TEXTS, [[], ["a"]], [["a", 1], "a", None]),
        (
            TIME,
            [NOON, "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456+02:00", "2026-01-31t12:00:00z"],
            ["2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-13-31T12:00:00Z", "now", 1769860800, None, ""],
        ),
        (True, [True], [1, "true", None]),
        (0, [0, 0.0], [False, "0", None]),
        (None, [None], [0, "", False]),
        ("{slug}", ["a-b"], ["{slug}", "a", None, 7]),
        ("x-{slug}", ["x-a-b"], ["a-b"]),
        ("{id}", [7], ["7", True, 8]),
        (other_than("{slug}"), ["a-b-2", ""], ["a-b", None, 7]),
        (unlike("{slug}"), ["a-b-2", "", None], ["a-b", 7]),
        (more_than("{count}", by=2), [5, 5.0], [3, 4, "5", None]),
        (more_than("{text}", by=2), [], [5, "5"]),
        (
            moment_of("{noon}"),
            [NOON, "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00"],
            ["2026-01-31T12:00:02Z", None],
        ),
        (
            not_before("{noon}"),
            [NOON, "2026-01-31T12:00:00Z", "2027-01-01T00:00:00Z"],
            ["2026-01-31T11:59:59Z", 1, None],
        ),
        (moment_of("{slug}"), [], [NOON, "a-b"]),
        (in_order("{slug}", "b"), [["a-b", "b"]], [["b", "a-b"], ["a-b"], ["a-b", "b", "b"], None, "a-b"]),
        (in_order(), [[]], [["x"], None, ""]),
        (in_any_order("{slug}", "b"), [["a-b", "b"], ["b", "a-b"]], [["b"], ["b", "b"], ["b", "a-b", "c"], None]),
        (in_any_order("{id}"), [[7]], [["7"], [[7]]]),
        (with_each_once("a", "b"), [["b", "x", "a", {}]], [["a"], ["a", "b", "a"], None, "ab"]),
        (WITHOUT_REPEATS, [[], ["a", "b"]], [["a", "a"], ["a", 1], [["a"], ["a"]], None]),
        (
            NEWEST_FIRST,
            [["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"], [NOON], [NOON, NOON]],
            [["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"], [], ["x"], [NOON, None], None],
        ),
    ],
    ids=lambda value: value.says if isinstance(value, Matcher) else None,
)
def test_a_matcher_accepts_what_is_right(expected: object, right: list[object], wrong: list[object]) -> None:
    expectation = has("a", expected)
    for value in right:
        assert problem(expectation, {"a": value}) == ""
    for value in [*wrong, MISSING]:
        said = problem(expectation, {} if value is MISSING else {"a": value})
        assert said.startswith("expected ")
        assert f"got {show(value)}" in said


def test_a_place_can_be_anywhere() -> None:
    value: Any = {"a": {"b": [{"id": 7, "c": 1}, {"id": 8, "c": 2}, 9]}}
    assert problem(has("a.b[].c", in_order(1, 2)), {"a": {"b": value["a"]["b"][:2]}}) == ""
    assert problem(has("a.b[id={id}].c", 1), value) == ""
    assert problem(has("a.b[id=9].c", 1), value) == "expected 1, got nothing"
    assert problem(has("a.b[].c", TEXTS), value) == "expected a list of texts, got [1, 2, nothing]"
    assert problem(has("a.c.d.e", 1), value) == "expected 1, got nothing"
    assert at(value, "a.b") == value["a"]["b"]
    assert at(value, "a.x") is MISSING
    for place in ("a..b", "a[", "a b", "[].a"):
        with pytest.raises(ValueError, match="not a place"):
            has(place, 1)


def test_every_item_counts_and_there_is_one() -> None:
    expectation = every("a[].b", TEXT)
    assert expectation.name == "every a[].b is text"
    assert problem(expectation, {"a": [{"b": "x"}, {"b": ""}]}) == ""
    assert problem(expectation, {"a": [{"b": "x"}, {"b": 1}]}) == "expected text, got 1 in item 1"
    assert problem(expectation, {"a": [{"b": "x"}, 3]}) == "expected text, got nothing in item 1"
    assert problem(expectation, {"a": []}) == "expected text, got an empty list"
    assert problem(expectation, {"a": {}}) == "expected text, got nothing for the list"


def test_no_password() -> None:
    assert problem(discreet("user"), {"user": {"email": "a", "id": 1}}) == ""
    assert problem(discreet("user"), {"user": {"email": "a", "password_hash": "x"}}) == 'got ["password_hash"]'
    assert problem(discreet("x[]"), {"x": [{"a": 1}, {}]}) == ""
    assert problem(discreet("x[]"), {"x": [{"a": 1}, {"Salt": 1}]}) == 'got ["Salt"]'
    wrong: list[object] = [[], {}, None, "a"]
    assert all(problem(discreet("x[]"), {"x": value}) for value in wrong)
    wrong = [None, [], "a", MISSING]
    assert all(problem(discreet("user"), value) for value in wrong)


def test_what_is_to_be_absent() -> None:
    assert problem(without("x[].a"), {"x": [{"b": 1}]}) == ""
    assert problem(without("x[].a"), {"x": [{"b": 1}, {"a": None}]}) == "expected no a, got null"
    wrong: list[object] = [[], [1], {}, None]
    assert all(problem(without("x[].a"), {"x": value}) for value in wrong)
    assert problem(without("x.a"), {"x": {}}) == ""
    assert problem(without("x.a"), {}) != ""


def test_an_answer_with_422_says_why() -> None:
    assert problem(EXPLAINED, {"errors": {"title": ["is missing"]}}, 422) == ""
    assert problem(EXPLAINED, {"detail": "no"}, 422).startswith("expected an object of errors")
    assert problem(EXPLAINED, MISSING, 422) != ""
    assert problem(EXPLAINED, MISSING, 400) == ""


def test_secrets_are_not_shown() -> None:
    assert problem(has("user.token", INTEGER), {"user": {"token": "s3cret"}}) == (
        "expected an integer, got a value of type str"
    )
    assert problem(has("user.token", TEXT), {"user": {"token": None}}) == "expected text, got null"
    shown = problem(has("user", TEXT), {"user": {"token": "s3cret", "password": "s3cret", "name": "anna"}})
    assert "s3cret" not in shown
    assert "anna" in shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"a": [1, {"b": {"c": 1}}], "b": None}, "{a: [1, {1 keys}], b: null}"),
        ([[[1]]], "[[[1 items]]]"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, 3 more]"),
        ("a\nb\x1b[31m", '"a\\nb\\x1b[31m"'),
        ("x" * 500, '"' + "x" * 119 + "..."),
        (10**500, "a very large number"),
        (float("inf"), "inf"),
        (True, "true"),
    ],
)
def test_values_are_shown_in_a_short_line(value: object, shown: str) -> None:
    assert show(value) == shown


def test_templates_are_filled_with_their_types() -> None:
    template = {"a": ["{id}", "no. {id}"], "b": {"c": "{slug}"}, "d": 1, "e": None}
    assert fill(template, VALUES) == {"a": [7, "no. 7"], "b": {"c": "a-b"}, "d": 1, "e": None}
    assert names_in(template) == {"id", "slug"}
    with pytest.raises(KeyError):
        fill("{nothing}", VALUES)
    # What a server gave is not a template.
    assert fill("{slug}", {"slug": "{id}", "id": 7}) == "{id}"


def test_a_number_is_told_from_a_truth() -> None:
    assert problem(has("a", exactly([1, True])), {"a": [1, True]}) == ""
    assert problem(has("a", exactly([1, True])), {"a": [True, 1]}) != ""


# JSON that no specification foresaw.

KEYS = ["user", "article", "articles", "comment", "comments", "profile", "tags", "author", "slug", "id", "createdAt"]
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from([10**4000, NOON, "\ud800", "a-b", 7]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=6),
    max_leaves=20,
)
EVERYTHING: Values = {
    name: "2026-01-01T00:00:00Z" if name.endswith("created") else f"value of {name}"
    for profile in SUITE.profiles.values()
    for step in profile
    for expectation in step.expects
    for name in expectation.needs
}


@given(ANY_JSON)
def test_no_json_breaks_an_expectation(value: Any) -> None:
    for step in SUITE.profiles["openapi"]:
        for expectation in step.expects:
            said = expectation.judge(Reply(200, value), EVERYTHING)
            assert said.isprintable()
            said.encode()


def nested(make: Callable[[object], object], depth: int) -> object:
    value: object = None
    for _ in range(depth):
        value = make(value)
    return value


@pytest.mark.parametrize("key", KEYS)
def test_no_depth_breaks_an_expectation(key: str) -> None:
    """As deep as Python still reads it."""
    text = f'{{"{key}":[' * 450 + "]}" * 450
    for value in (json.loads(text), {key: nested(lambda inner: [inner], 900)}):
        for step in SUITE.profiles["openapi"]:
            for expectation in step.expects:
                assert len(expectation.judge(Reply(200, value), EVERYTHING)) < 1000
