"""What the rule on Hono claims, shown by Hono itself: the fixtures are asked through its own test client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.node import run_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "hono" / "shadowed_route"
VERSIONS = ("current", "older")  # Hono 4 and 3

ASK = """
const { createApp } = await import('./src/app.js')
for (const [method, path] of REQUESTS) {
  const response = await createApp().request(path, { method })
  const text = await response.text()
  console.log(JSON.stringify([response.status, text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text]))
}
"""


def ask(kind: str, version: str, *requests: tuple[str, str]) -> list[Any]:
    """Status and body of each request to a fixture."""
    return run_fixture(FIXTURES / kind, ASK.replace("REQUESTS", json.dumps(requests)), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_bad_routes_are_not_reached(version: str) -> None:
    tonight, stage, order, other = ask(
        "bad",
        version,
        ("GET", "/concerts/tonight"),
        ("GET", "/stages/open"),
        ("POST", "/tickets/orders"),
        ("GET", "/concerts/7"),
    )
    assert tonight == [404, {"error": "no such concert"}]  # the handler for any concert has answered
    assert stage == [404, {"error": "no stage open"}]
    assert order == [404, {"error": "the box office is closed"}]
    assert other == [200, {"concert": 7}]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_good_routes_are_reached(version: str) -> None:
    answers = ask(
        "good",
        version,
        ("GET", "/concerts/tonight"),
        ("GET", "/concerts/sold-out"),
        ("GET", "/stages/open"),
        ("GET", "/stages/42"),
        ("POST", "/concerts/import"),
        ("POST", "/tickets/orders"),
        ("GET", "/tickets/mine"),
        ("GET", "/concerts/7/"),
    )
    assert answers == [
        [200, [{"concert": 7}]],
        [200, [{"concert": 9}]],
        [200, [{"stage": "main"}]],
        [200, {"stage": 42}],
        [201, {"imported": True}],
        [201, {"ordered": True}],
        [200, []],
        [200, {"tickets": []}],
    ]
