"""What awilix says to names that nothing is registered under."""

from __future__ import annotations

from pathlib import Path

from tests.proofs.node import serve_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "awilix" / "unregistered_name"
ROUTES = ("/sailings", "/crossings", "/fares", "/piers")


def test_what_is_not_registered_is_not_made() -> None:
    asked = [("GET", path) for path in ROUTES]
    statuses, texts, _ = serve_fixture(FIXTURES / "bad", asked)
    assert statuses == [500] * 4
    for text, name in zip(texts, ("sailingTable", "crossingService", "fareRepository", "tables"), strict=True):
        assert f"AwilixResolutionError: Could not resolve &#39;{name}&#39;" in text


def test_what_is_registered_is_made() -> None:
    statuses, texts, _ = serve_fixture(FIXTURES / "good", [("GET", path) for path in (*ROUTES, "/ports")])
    assert statuses == [200] * 5, texts
