"""Which paths take which, held against real regular expressions made from the same patterns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.link import matching
from verifier.link.matching import covers, covers_prefix
from verifier.model import FunctionRef, PathPattern, Route, Segment, Span

ALPHABET = "ab1"
SEGMENTS = st.one_of(
    st.sampled_from(["a", "b", "1", "ab"]).map(Segment),
    st.just(Segment("{x}", None, ("x",))),
    st.sampled_from([r"\d+", "[ab]+", "a.*"]).map(lambda pattern: Segment("{x}", pattern, ("x",))),
)
REST = st.just(Segment("{rest}", ".*", ("rest",), rest=True))
PATTERNS = st.builds(
    lambda segments, rest: PathPattern((*segments, *rest)),
    st.lists(SEGMENTS, max_size=3).map(tuple),
    st.lists(REST, max_size=1).map(tuple),
)
PATHS = st.lists(st.text(ALPHABET, min_size=1, max_size=2), max_size=4)


def takes(pattern: PathPattern, path: list[str]) -> bool:
    """Whether a pattern takes a path, by the meaning of its segments alone."""
    segments = pattern.segments
    if segments and segments[-1].rest:
        if len(path) < len(segments):
            return False
        segments = segments[:-1]
    elif len(path) != len(segments):
        return False
    return all(
        part == segment.text if segment.literal else re.fullmatch(segment.pattern or ".+", part) is not None
        for segment, part in zip(segments, path, strict=False)
    )


@given(PATTERNS, PATTERNS, PATHS)
def test_what_is_covered_is_taken(early: PathPattern, late: PathPattern, path: list[str]) -> None:
    if covers(early, late) and takes(late, path):
        assert takes(early, path)


@given(PATTERNS, PATTERNS, PATHS)
def test_what_lies_below_a_prefix_is_below_it(prefix: PathPattern, late: PathPattern, path: list[str]) -> None:
    if prefix.segments and prefix.segments[-1].rest:
        return
    if covers_prefix(prefix, late) and takes(late, path):
        assert takes(PathPattern(prefix.segments), path[: len(prefix.segments)])


@given(PATTERNS)
def test_a_pattern_covers_itself(pattern: PathPattern) -> None:
    if not (pattern.segments and pattern.segments[-1].rest):
        assert covers(pattern, pattern)


def test_letters_of_either_case() -> None:
    upper, lower = PathPattern((Segment("Users"),)), PathPattern((Segment("users"),))
    assert covers(upper, lower, case_sensitive=False)
    assert not covers(upper, lower)


def test_a_pattern_that_python_cannot_read_takes_nothing() -> None:
    broken = PathPattern((Segment("{x}", r"(?<name>\p{L}+", ("x",)),))
    assert not covers(broken, PathPattern((Segment("a"),)))


def route(path: str, place: int) -> Route:
    """A route that answers GET."""
    segments = tuple(
        Segment(text, None, (text[1:-1],)) if text.startswith("{") else Segment(text)
        for text in path.strip("/").split("/")
    )
    function = FunctionRef("main.py", f"f{place}", Span("main.py", place + 1))
    return Route(
        "x", "GET", path, PathPattern(segments), f"f{place}", function, Span("main.py", place + 1), place, "app"
    )


def test_only_routes_that_may_cover_another_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [f"/api/part{part}/{name}" for part in range(300) for name in ("all", "{key}", "latest", "{key}/parts")]
    compared: list[str] = []
    takes_all = matching.takes_all

    def counted(early: Route, late: Route) -> bool:
        compared.append(late.path)
        return takes_all(early, late)

    monkeypatch.setattr(matching, "takes_all", counted)
    found = list(matching.shadowed([route(path, place) for place, path in enumerate(paths)], "x"))
    assert [late.path for late, _ in found] == [f"/api/part{part}/latest" for part in range(300)]
    assert len(compared) < 2 * len(paths)


def test_paths_of_any_length() -> None:
    long = "/a" * 20_000
    assert [late.order for late, _ in matching.shadowed([route(long, 0), route(long, 1)], "x")] == [1]
