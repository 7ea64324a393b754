"""What Fastify does with decorators that are not there yet, in each of its versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.node import Request, serve_fixture

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "fastify" / "decorator_not_there"
VERSIONS = pytest.mark.parametrize("packages", ["current", "previous", "older"])  # 5, 4 and 3
LOCKS: Request = ("GET", "/locks")


def served(kind: str, *requests: Request, packages: str) -> tuple[list[object], str]:
    """The status of each request to a fixture, and what its program wrote."""
    statuses, _, written = serve_fixture(FIXTURES / kind, list(requests), packages)
    return statuses, written


@VERSIONS
@pytest.mark.parametrize("kind", ["open", "kept"])
def test_a_hook_that_is_undefined_is_none(kind: str, packages: str) -> None:
    assert served(f"bad/{kind}", LOCKS, packages=packages)[0] == [200]


@VERSIONS
@pytest.mark.parametrize("kind", ["listed", "called", "hooked"])
def test_the_start_fails(kind: str, packages: str) -> None:
    said = "app.allow is not a function"
    if kind != "called":
        said = "Cannot read properties of undefined" if packages == "older" else "FST_ERR_HOOK_INVALID_HANDLER"
    statuses, written = served(f"bad/{kind}", LOCKS, packages=packages)
    assert statuses == ["gone"]
    assert said in written


@pytest.mark.parametrize("packages", ["current", "previous"])  # Fastify 3 takes the address in another form
def test_plugins_that_are_loaded_have_decorated(packages: str) -> None:
    keeper = {"authorization": "Bearer keeper", "role": "keeper"}
    asked: list[Request] = [LOCKS, ("GET", "/locks", None, keeper)]
    assert served("good/awaited", *asked, packages=packages)[0] == [401, 200]
    further: list[Request] = [("GET", "/keys"), ("GET", "/doors")]
    assert served("good/behind", *asked, *further, packages=packages)[0] == [401, 200, 401, 401]
