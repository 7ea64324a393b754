"""What the rules on Hono's handlers, adapter and members claim, shown on the real framework."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.proofs.node import Request, serve_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "hono"


def of(rule: str, kind: str, *requests: Request, **variables: str) -> tuple[list[object], str]:
    """The status of each request to a fixture, and what its program wrote."""
    statuses, _, written = serve_fixture(FIXTURES / rule / kind, list(requests), "current", variables)
    return statuses, written


@pytest.mark.parametrize(
    ("way", "status", "words"),
    [
        ("listen", "gone", "app.listen is not a function"),
        ("bun", "gone", "Bun is not defined"),
        ("node", "hangs", ""),
        ("bare", "hangs", ""),
        ("", "gone", "listeningListener is not a function"),
    ],
)
def test_nothing_is_served(way: str, status: str, words: str) -> None:
    statuses, written = of("adapter_misuse", "bad", ("GET", "/beers"), WAY=way)
    assert statuses == [status]
    assert words in written


def test_an_application_is_no_fetch() -> None:
    assert of("adapter_misuse", "bad", ("GET", "/beers"), WAY="whole")[0] == [500]


def test_what_node_hands_out_is_no_request(tmp_path: Path) -> None:
    """Where the answer is written by hand, it is that to another path."""
    folder = tmp_path / "incoming" / "bad"
    shutil.copytree(FIXTURES / "adapter_misuse" / "bad", folder)
    app = folder / "src" / "app.js"
    by_hand = "async (req, res) => { const answer = await app.fetch(req); res.statusCode = answer.status; res.end() }"
    app.write_text(app.read_text().replace("(req, res) => app.fetch(req, res)", by_hand))
    assert serve_fixture(folder, [("GET", "/beers")], "current", {"WAY": "node"})[0] == [404]


@pytest.mark.parametrize("way", ["listener", "own", ""])
def test_the_good_ways_serve(way: str) -> None:
    assert of("adapter_misuse", "good", ("GET", "/beers"), WAY=way)[0] == [200]


def test_members_are_not_there() -> None:
    asked: list[Request] = [
        ("GET", "/singers/1"),
        ("POST", "/singers", '{"name": "Ann"}'),
        ("DELETE", "/singers/1"),
        ("GET", "/voices"),
    ]
    assert of("unknown_member", "bad", *asked)[0] == [500, 500, 500, 500]
    assert of("unknown_member", "good", *asked)[0] == [200, 201, 204, 200]


def test_what_is_not_returned_is_not_sent() -> None:
    asked: list[Request] = [
        ("GET", "/cars/1"),
        ("GET", "/cars/2", None, {"x-key": "a"}),
        ("GET", "/lifts"),
        ("GET", "/cars/1", None, {"x-key": "a"}),
    ]
    statuses, written = of("answer_not_returned", "bad", *asked)
    assert statuses == [500, 500, 404, 200]
    assert "Context is not finalized" in written
    assert of("answer_not_returned", "good", *asked, ("GET", "/bays"))[0] == [401, 404, 200, 200, 200]


def test_hono_does_not_wait_for_next() -> None:
    statuses, written = of("next_not_awaited", "bad", ("GET", "/stars"))
    assert statuses == [500]
    assert "Context is not finalized" in written
    assert of("next_not_awaited", "good", ("GET", "/stars"))[0] == [200]


def test_no_body_is_no_json() -> None:
    asked: list[Request] = [
        ("GET", "/concerts"),
        ("POST", "/concerts", "{}"),
        ("POST", "/concerts/1/stars", ""),
        ("DELETE", "/concerts/1/stars", ""),
    ]
    assert of("absent_body", "bad", *asked)[0] == [500, 201, 500, 200]
    assert of("absent_body", "good", *asked)[0] == [200, 201, 200, 200]


def test_streams_need_half() -> None:
    statuses, written = of("stream_without_duplex", "bad", ("GET", "/jobs"), ("POST", "/jobs", "{}"))
    assert statuses == [200, "gone"]
    assert "duplex option is required when sending a body" in written
    statuses, written = of("stream_without_duplex", "bad", ("GET", "/jobs"), ALWAYS="1")
    assert statuses == ["gone"]
    assert "GET/HEAD method cannot have body" in written
    for variables in ({}, {"READ": "1"}):
        good = of("stream_without_duplex", "good", ("GET", "/jobs"), ("POST", "/jobs", "{}"), **variables)
        assert good[0] == [200, 200]
