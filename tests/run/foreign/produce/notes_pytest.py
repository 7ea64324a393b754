"""Tests of the small backend with every ending that pytest knows, for its JUnit report.

NOTES=http://localhost:PORT/api pytest -p no:cacheprovider notes_pytest.py --junitxml=pytest.xml
"""

from __future__ import annotations

import json
import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

BASE = os.environ.get("NOTES", "http://localhost:18431/api")


def ask(method: str, path: str, body: object = None, base: str = BASE) -> tuple[int, str]:
    """Send a request."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(base + path, data=data, method=method), timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_list() -> None:
    assert ask("GET", "/notes")[0] == 200


def test_create() -> None:
    assert ask("POST", "/notes", {"title": "First"})[0] == 500, "the answer is not what it should be"


@pytest.mark.parametrize("place", ["GET /notes", "GET /notes/1"])
def test_place(place: str) -> None:
    method, path = place.split(" ")
    assert ask(method, path)[0] == 200


def test_unreachable() -> None:
    ask("GET", "/notes", base="http://localhost:1")


@pytest.fixture
def broken() -> None:
    raise RuntimeError("the fixture <failed> & said so")


def test_with_broken_fixture(broken: None) -> None:
    pass


@pytest.mark.skip(reason="of another day")
def test_skipped() -> None:
    pass


@pytest.mark.xfail(reason="known")
def test_expected_to_fail() -> None:
    raise AssertionError


class TestDeletion:
    def test_delete(self) -> None:
        assert ask("DELETE", "/notes/1")[0] == 204
